"""The registry of indicators: what a run reports, in which unit. Data in ``model/corridor/data/indicators.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from corridor.inputs.reading.registry import Registry, read_data_source
from corridor.inputs.registries.sources import check_items

Kind = Literal["flow", "stock", "peak", "distinct", "mean"]

MARGINS = ("nationality", "party", "place")
"""By what an indicator can be reported, one at a time."""

CROSSINGS = {"nationality x place": ("nationality", "place"), "nationality x party": ("nationality", "party")}
"""What it can be reported by at once, by the name in the data; made in `engine.recording.cells`."""

BREAKDOWNS = (*MARGINS, *CROSSINGS)
"""Every name of a breakdown in the data."""

INDEX = "index 0-1"
"""The unit of what is neither added up nor averaged over places."""

END_SUFFIX = "_end"
"""A stock's value on the last day of the period is reported under its id with this suffix."""


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    Attributes
    ----------
    id, label, unit : str
        Its name in files, in words, and what its number measures (people unless said).
    kind : str
        ``flow``, ``stock``, ``peak``, ``distinct`` or ``mean``.
    counts : str
        ``people``, or ``events`` where one person can be counted several times.
    breakdowns : tuple of str
        Which of nationality, party and place it is reported by, and which of their crossings.
    place : str or None
        What kind of place a breakdown by place uses.
    items : tuple of int
        Items of the inventory of the founding documents.
    """

    id: str
    label: str
    unit: str
    kind: Kind
    counts: Literal["people", "events"]
    breakdowns: tuple[str, ...]
    place: str | None
    items: tuple[int, ...]

    @property
    def has_total(self) -> bool:
        """Whether it is reported for everyone, everywhere; an index of each government is not."""
        return self.unit != INDEX

    @property
    def margins(self) -> tuple[str, ...]:
        """Of the breakdowns those by one thing at a time."""
        return tuple(name for name in self.breakdowns if name in MARGINS)

    @property
    def crossings(self) -> tuple[tuple[str, str], ...]:
        """Of the breakdowns those by two things at once, as pairs of margins."""
        return tuple(CROSSINGS[name] for name in self.breakdowns if name in CROSSINGS)

    @property
    def sums_over_periods(self) -> bool:
        """Whether the months of a year add up to the year."""
        return self.kind == "flow"


def _read_indicators() -> dict[str, Indicator]:
    indicators: dict[str, Indicator] = {}
    file = read_data_source("indicators.yaml")
    entries = list(enumerate(file.data["indicators"]))
    check_items(file, ((("indicators", number), one, {f"indicator:{one['id']}"}) for number, one in entries))
    for _, entry in entries:
        indicator = _make_indicator(entry)
        indicators[indicator.id] = indicator
        if indicator.kind == "stock":
            last_day = replace(
                indicator, id=f"{indicator.id}{END_SUFFIX}", label=f"{indicator.label}, on the last day"
            )
            indicators[last_day.id] = last_day
    return indicators


def _make_indicator(entry: dict[str, Any]) -> Indicator:
    return Indicator(
        id=entry["id"],
        label=entry["label"],
        unit=entry["unit"],
        kind=entry["kind"],
        counts=entry.get("counts", "people"),
        breakdowns=tuple(entry["breakdowns"]),
        place=entry.get("place"),
        items=tuple(entry["items"]),
    )


INDICATORS: Registry[Indicator] = Registry("indicator", _read_indicators)
"""Every indicator by id, in the order of the file."""
