"""The indicators that headlines are made of, in the order in which they are shown: flows along the way, then harm."""

HEADLINES = (
    "departures",
    "darien_entries",
    "mexico_detections",
    "mexico_returns",
    "waiting_north_mexico",
    "encounters_usbp",
    "encounters_ofo",
    "evasions",
    "returns_to_mexico",
    "releases",
    "lawful_admissions",
    "deaths",
    "kidnappings",
    "sexual_violence",
    "public_cost_usd",
)
