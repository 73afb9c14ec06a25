"""shocks.md: every kind of shock."""

from __future__ import annotations

from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.shocks import SHOCKS, ShockKind
from generators.tables import code, head, items, table


def shock_page() -> str:
    """Every kind of shock."""
    known = {lever.domain for lever in LEVERS.values() if lever.domain}

    def row(shock: ShockKind) -> list[str]:
        lasts = "one night" if shock.lasts_one_night else "from start to end"
        places = code(shock.places)
        members = f"`{shock.domain}`" if shock.domain in known else code(shock.members)
        return [
            *(f"`{shock.kind}`", shock.label, shock.range_text, members, places),
            *(lasts, items(shock.items), shock.source),
        ]

    header = ["kind", "what", "size (unit)", "for", "place", "lasts", "document items", "range from"]
    return "\n".join(
        [
            head(
                "Shocks",
                ["shocks.yaml"],
                "What happens on a date and nobody moves. A shock without an `end` lasts to the end of the run, unless "
                "it is one of a single night. A kind that is *to come* is refused in a scenario. Members of "
                "`nationality` and `origin` are listed with the [levers](levers.md#what-for-names).",
            ),
            table(header, map(row, SHOCKS.values())),
        ]
    )
