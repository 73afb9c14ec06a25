"""Numbers, dates and names as a reader sees them. Every number on the page is written here. No Streamlit here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

Format = Literal["count", "share"]

MINUS = "\u2212"
MISSING = "not defined"
LARGE = ((1e9, "billion"), (1e6, "million"))
DIGITS = 3
SHARE_PLACES = 3

PLACES = {
    "us": "United States",
    "mexico": "Mexico",
    "origin": "country of origin",
    "third_country": "third country",
    "approach": "before the Darien",
    "darien": "Darien",
    "costa_rica_nicaragua": "Costa Rica to Nicaragua",
    "managua": "Managua (by air)",
    "honduras_guatemala": "Honduras to Guatemala",
    "inm_south": "INM in the south",
    "inm_central": "INM in central Mexico",
    "caravan": "caravans",
    "mexico_interior": "Mexico's interior (by air)",
    "expelled_north": "expelled to northern Mexico",
    "returned_north": "returned to northern Mexico",
    "ciudad_juarez": "Ciudad Juárez",
    "el_paso_city": "El Paso",
    "other_us_city": "other US cities",
    "washington_dc": "Washington, DC",
    "pedwest": "PedWest",
}
PARTIES = {
    "single_adult": "single adults",
    "family_unit": "people in families",
    "unaccompanied_child": "unaccompanied children",
}


def rounded(value: float) -> str:
    """A number to three digits: `2.38 million`, `416,000`, `33.5`. More digits than these mean nothing here."""
    if math.isnan(value):
        return MISSING
    size = abs(value)
    sign = MINUS if value < 0 else ""
    for unit, word in LARGE:
        if float(f"{size:.{DIGITS}g}") >= unit:
            return f"{sign}{_three_digits(size / unit)} {word}"
    text = _three_digits(size)
    return sign + (text.rstrip("0").rstrip(".") if "." in text else text)


def _three_digits(size: float) -> str:
    if size == 0:
        return "0"
    places = DIGITS - 1 - math.floor(math.log10(float(f"{size:.{DIGITS}g}")))
    return f"{round(size, places):,.{max(places, 0)}f}"


def people(value: float) -> float:
    """A mean number of people as whole people; NaN stays."""
    return value if math.isnan(value) else float(round(value))


def change(value: float) -> str:
    """A difference with its sign."""
    text = rounded(value)
    if value == 0 or text == MISSING:
        return text
    return text if value < 0 else f"+{text}"


def relative(value: float) -> str:
    """A difference as a percentage, with its sign; nothing when it is zero or not defined."""
    if not math.isfinite(value) or round(value, SHARE_PLACES) == 0:
        return ""
    size = abs(value) * 100
    text = f"{size:.0f}%" if size >= 10 else f"{size:.1f}%"
    return f"{MINUS if value < 0 else '+'}{text}"


def amount(value: float, shown: Format) -> str:
    """A lever's value: a count with its thousands apart, or a share as a percentage."""
    if math.isinf(value):
        return "unlimited"
    return f"{value:,.10g}" if shown == "count" else f"{value * 100:.4g}%"


def day_words(day: date) -> str:
    """A date as `1 June 2023`."""
    return f"{day.day} {day:%B %Y}"


def month_words(period: str) -> str:
    """A month such as `2023-06` as `June 2023`; anything else as it is."""
    return f"{date.fromisoformat(f'{period}-01'):%B %Y}" if len(period) == len("2023-06") else period


def joined(names: Sequence[str]) -> str:
    """Names in a row: `Venezuela, Cuba and Haiti`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def place_words(place: str) -> str:
    """A place's name for a reader."""
    return PLACES.get(place) or place.replace("_", " ").title()


def skill_words(skill: Mapping[str, Any]) -> str:
    """How far off the model was on months that it had not seen, in a few sentences."""
    ahead = skill["horizons"]
    months = [number for number in ("1", "3", "6", "12") if number in ahead]
    errors = ", ".join(f"{ahead[number]['mape']:.0%}" for number in months)
    simple = ", ".join(f"{ahead[number]['mape_persistence']:.0%}" for number in months)
    unknown = ", ".join(f"{ahead[number]['mape_announced']:.0%}" for number in months)
    return (
        f"On months that its fit had not seen ({skill['origins'][0]} to {skill['origins'][1]}), the model was off by "
        f"{errors} in all encounters, {', '.join(months)} months ahead and with policies known; by {unknown} with only "
        f"announced policies known; repeating the last month was off by {simple}. Three months ahead it does better "
        f"than that for {joined(ahead['3']['nationalities_better'])}, and not for other nationalities."
    )
