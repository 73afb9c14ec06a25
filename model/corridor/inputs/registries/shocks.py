"""The registry of shocks: what happens at a date and is nobody's lever. Data in ``model/corridor/data/shocks.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corridor.inputs.reading.registry import Registry, read_data_file, read_data_source
from corridor.inputs.registries.levers import LEVERS_FILE, read_domains
from corridor.inputs.registries.sources import check_entries


@dataclass(frozen=True)
class ShockKind:
    """One kind of shock.

    Attributes
    ----------
    kind, label, unit : str
        Its name in files, in words, and what its size measures.
    low, high : float
        Range of allowed sizes.
    domain : str or None
        What `for:` names; None when the kind takes no `for:`.
    members : tuple of str
        Members of the domain; empty when there is none.
    places : tuple of str
        Where it may happen; empty when it has no place.
    lasts_one_night : bool
        Whether it happens on its start date alone; if not, it lasts to its end or to the end of the run.
    items : tuple of int
        Items of the inventory of the founding documents.
    source : str
        Where the range of sizes comes from: a citation (model/corridor/data/sources.yaml).
    """

    kind: str
    label: str
    unit: str
    low: float
    high: float
    domain: str | None
    members: tuple[str, ...]
    places: tuple[str, ...]
    lasts_one_night: bool
    items: tuple[int, ...]
    source: str

    @property
    def range_text(self) -> str:
        """The range in words, such as ``0 to 10 (multiple of departures)``."""
        return f"{self.low:,g} to {self.high:,.10g} ({self.unit})"


def _read_shocks() -> dict[str, ShockKind]:
    file = read_data_source("shocks.yaml")
    data = file.data
    check_entries(
        file,
        (
            (("shocks", number), entry, {f"shock:{entry['kind']}"})
            for number, entry in enumerate(data["shocks"])
        ),
    )
    domains = read_domains({**read_data_file(LEVERS_FILE)["domains"], **data["domains"]})
    return {entry["kind"]: _make_kind(entry, domains) for entry in data["shocks"]}


def _make_kind(entry: Mapping[str, Any], domains: Mapping[str, tuple[str, ...]]) -> ShockKind:
    domain, places = entry.get("domain"), entry.get("places")
    low, high = entry["range"]
    return ShockKind(
        kind=entry["kind"],
        label=entry["label"],
        unit=entry["unit"],
        low=float(low),
        high=float(high),
        domain=domain,
        members=domains[domain] if domain else (),
        places=domains[places] if places else (),
        lasts_one_night=entry["lasts"] == "one night",
        items=tuple(entry["items"]),
        source=entry["source"],
    )


SHOCKS: Registry[ShockKind] = Registry("shock", _read_shocks)
"""Every kind of shock by name, in the order of the file."""
