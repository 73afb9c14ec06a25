"""indicators.md: every kind of indicator, and every indicator."""

from __future__ import annotations

from corridor.inputs.registries.indicators import END_SUFFIX, INDICATORS, Indicator
from generators.tables import head, items, table

KINDS_OF_INDICATOR = {
    "flow": "counted during the period; months add up to the year",
    "stock": f"mean of the period's days; `ID{END_SUFFIX}` is the value on the last day",
    "peak": "largest day of the period",
    "distinct": "different people within the period; sums neither over periods nor over places",
    "mean": "mean for each person who arrives in the period",
}


def indicator_page() -> str:
    """Every indicator; the `_end` twins of stocks are named once."""

    def row(indicator: Indicator) -> list[str]:
        breakdowns = [
            name.replace("place", f"place ({indicator.place})") if indicator.place else name
            for name in indicator.breakdowns
        ]
        return [
            *(f"`{indicator.id}`", indicator.label, indicator.unit, indicator.kind),
            *(indicator.counts if indicator.unit.startswith("people") else "", ", ".join(breakdowns)),
            items(indicator.items),
        ]

    shown = [one for one in INDICATORS.values() if not one.id.endswith(END_SUFFIX)]
    header = ["id", "what", "unit", "kind", "counts", "broken down by", "document items"]
    return "\n".join(
        [
            head(
                "Indicators",
                ["indicators.yaml"],
                "What a run reports. Units are people, never parties. *Events* can count one person several times: "
                "an encounter is an event. Each breakdown is on its own: by nationality, by party or by place. A few "
                "are crossed as well, `nationality x place` or `nationality x party`: those cells are in "
                "`crossed.parquet`, in no CSV ([why](../decisions/0018-crossed-breakdowns.md)).",
            ),
            f"## Kinds\n\n{table(['kind', 'meaning'], KINDS_OF_INDICATOR.items())}",
            f"## All indicators\n\n{table(header, map(row, shown))}",
        ]
    )
