"""Places and legs of the corridor, read from `data/places.yaml`: the map that the engine walks.

Adding a place or a leg means adding a row there. This module gives every place a code, turns sectors into a crossing
and a custody, and resolves where exits lead; the engine turns the result into records (`engine.network`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.inputs.reading.data_files import read_data_text
from corridor.inputs.reading.registry import read_data_source
from corridor.inputs.reading.yaml_source import YamlSource
from corridor.inputs.registries.nationalities import load_nationalities
from corridor.inputs.registries.places import FIELDS, PLACES_FILE, problems_of_rows, visa_lever
from corridor.inputs.registries.sources import check_entries

__all__ = [
    "Geography",
    "Place",
    "Route",
    "build_geography",
    "load_geography",
    "load_outlines",
]

PARTIES = ("single_adult", "family_unit", "unaccompanied_child")
REMEMBERED = "remembered"
DEAD = "dead"
BORDER = "border"
RELEASE = "release"

RANKS = {"fork": 20, "city": 21, "crossing": 22, "custody": 23, "return": 24, "end": 30}


@dataclass(frozen=True)
class Place:
    """One place: `reported_as` is the name in results (a sector's crossing and custody share one)."""

    id: str
    label: str
    kind: str
    rank: int
    latitude: float | None = None
    longitude: float | None = None
    country: str | None = None
    days: str | float = 0
    exits: Mapping[str, str] = field(default_factory=dict)
    feeds: Mapping[str, float] = field(default_factory=dict)
    harm: str | None = None
    fate: str | None = None
    reported_as: str = ""
    traits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """A way to begin: its parameters, the first place by nationality, and where people land by air.

    `parameter` is the share that leans to it on the first day, `pull` its pull. People on it may be counted
    (`observed_as`, an indicator) at a place (`observed_at`). A route without a parameter is taken by dated arrivals
    alone (the shock `arrival`).
    """

    id: str
    parameter: str | None
    pull: str | None
    begins: str
    differs: Mapping[str, str]
    opened_by: str | None
    lands_in: str | None
    observed_as: str | None = None
    observed_at: str | None = None

    @property
    def closed_by(self) -> str | None:
        """The lever that closes it: the visa of the country where people land; None where they come by land."""
        return None if self.lands_in is None else visa_lever(self.lands_in)


@dataclass(frozen=True)
class Geography:
    """All places in code order, the routes, and the crossings that can be closed."""

    places: tuple[Place, ...]
    routes: tuple[Route, ...]
    crossings: Mapping[str, Mapping[str, Any]]

    @cached_property
    def fingerprint(self) -> str:
        """Text that two maps share only if they are the same."""
        return repr((self.places, self.routes, sorted(self.crossings)))

    @cached_property
    def codes(self) -> dict[str, int]:
        """Code of each place by id."""
        return {place.id: code for code, place in enumerate(self.places)}

    @cached_property
    def offices(self) -> list[int]:
        """Codes of the field offices that admit people from northern cities, in the order of places."""
        return sorted({self.codes[city.exits["admitted"]] for _, city in self.of_kind("wait")})

    def of_kind(self, kind: str) -> list[tuple[int, Place]]:
        """Codes and places of one kind."""
        return [(code, place) for code, place in enumerate(self.places) if place.kind == kind]


_OF_EVERY_ROW = {
    "id",
    "label",
    "name",
    "es",
    "country",
    "latitude",
    "longitude",
    "rank",
    "days",
    "exits",
    "harm",
}
_OF_EVERY_ROW |= {"fate", "defaults", "source"}
HELD = {
    "released": RELEASE,
    "expelled_to_mexico": "expelled_north",
    "expelled_by_flight": "returned_by_us",
    "returned_to_mexico": "returned_north",
    "removed_by_flight": "returned_by_us",
    "third_country": "third_country",
    "to_ice": "transferred_ice",
    "to_hhs": "transferred_hhs",
    "remain_in_mexico": "returned_north",
    "street_release": RELEASE,
}
"""Where the exits of every sector's custody lead."""


def _place(row: Mapping[str, Any], kind: str, rank: int, **said: Any) -> Place:
    """A place from its row; `said` is what its kind says and the row does not."""
    found: dict[str, Any] = {
        "days": row.get("days", 0),
        "exits": dict(row.get("exits", {})),
        "harm": row.get("harm"),
        "fate": row.get("fate"),
        "country": row.get("country"),
        "reported_as": row["id"],
    }
    return Place(
        id=row["id"],
        label=row["label"],
        kind=kind,
        rank=rank,
        latitude=row.get("latitude"),
        longitude=row.get("longitude"),
        **{**found, **said},
    )


def _on_the_way(row: Mapping[str, Any], kind: str) -> Place:
    """A leg or a station: its row says its rank, and every trait that institutions look for."""
    traits = {name: value for name, value in row.items() if name not in _OF_EVERY_ROW}
    return _place(row, kind, row["rank"], traits=traits)


def _fork(name: str, label: str, rank: int, leads_to: Sequence[Mapping[str, Any]]) -> Place:
    """A choice that takes no time."""
    return Place(name, label, "fork", rank, reported_as=name, feeds={row["id"]: 1.0 for row in leads_to})


def _city(row: Mapping[str, Any], crossed_from: Mapping[str, Mapping[str, float]]) -> Place:
    """A northern city; `crossed_from` holds the share of each sector's crossings that sets out from each city."""
    return _place(
        row,
        "wait",
        RANKS["city"],
        country="Mexico",
        harm="mexico",
        exits={
            "admitted": row["office"],
            "gave_up": "gave_up",
            "moved_south": "sent_back",
            "settled": "settled",
        },
        feeds={
            sector: float(shares[row["id"]]) for sector, shares in crossed_from.items() if row["id"] in shares
        },
    )


def _custody_of(sector: str) -> str:
    return sector.removesuffix("_sector") + "_custody"


def _crossing(row: Mapping[str, Any], shares: Mapping[str, float]) -> Place:
    """A sector as a place to cross."""
    return _place(
        row,
        "cross",
        RANKS["crossing"],
        country="United States",
        harm="crossing",
        exits={"apprehended": _custody_of(row["id"]), "evaded": "evaded"},
        traits={"from": dict(shares)},
    )


def _custody(row: Mapping[str, Any]) -> Place:
    """A sector as a place of custody, reported under the sector's name."""
    held = {**row, "id": _custody_of(row["id"]), "label": f"{row['label']} custody"}
    return _place(
        held,
        "custody",
        RANKS["custody"],
        country="United States",
        days="custody_days",
        exits=HELD,
        reported_as=row["id"],
    )


def _after_return(row: Mapping[str, Any]) -> Place:
    """Northern Mexico after a return."""
    traits = {"title_42": row.get("title_42", False)}
    return _place(row, "return", RANKS["return"], country="Mexico", harm="mexico", traits=traits)


def _crossed_from(data: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """For each sector the share of its crossings that sets out from each city: the cities' weights, shared out."""
    shares: dict[str, dict[str, float]] = {row["id"]: {} for row in data["sectors"]}
    for city in data["cities"]:
        for sector, weight in city["crosses_to"].items():
            if sector in shares:
                shares[sector][city["id"]] = weight
    return {
        sector: {city: weight / sum(weights.values()) for city, weight in weights.items()}
        for sector, weights in shares.items()
    }


def _route(row: Mapping[str, Any]) -> Route:
    return Route(
        id=row["id"],
        parameter=row.get("parameter"),
        pull=row.get("pull"),
        begins=row["begins"],
        differs={
            name: nation.begins[row["id"]]
            for name, nation in load_nationalities().items()
            if row["id"] in nation.begins
        },
        opened_by=row.get("opened_by"),
        lands_in=row.get("lands_in"),
        observed_as=row.get("observed_as"),
        observed_at=row.get("observed_at"),
    )


def build_geography(data: Mapping[str, Any]) -> Geography:
    """Build the geography from the content of a places file.

    Raises
    ------
    InputError
        If an exit leads to an unknown place, a city crosses to an unknown sector, or an id occurs twice.
    """
    end, us = RANKS["end"], "United States"
    cities, sectors, receiving = data["cities"], data["sectors"], data["receiving_cities"]
    crossed_from = _crossed_from(data)
    places = [
        *(_place(row, "end", end) for row in data["ends"]),
        *(_place(row, "end", end, country=us, fate="lawfully_admitted") for row in data["offices"]),
        *(_place(row, "end", end, country=us, fate="released") for row in receiving),
        *(_on_the_way(row, "leg") for row in data["legs"]),
        *(_on_the_way(row, "station") for row in data["stations"]),
        _fork(BORDER, "On the way to a northern city", RANKS["fork"], cities),
        *(_city(row, crossed_from) for row in cities),
        *(_crossing(row, crossed_from[row["id"]]) for row in sectors),
        *(_custody(row) for row in sectors),
        _fork(RELEASE, "Released", RANKS["return"], receiving),
        *(_after_return(row) for row in data["returns"]),
    ]
    crossings = {row["id"]: dict(row) for row in data["crossings"]}
    geography = Geography(tuple(places), tuple(_route(row) for row in data["routes"]), crossings)
    _check(geography, data)
    return geography


def _check(geography: Geography, data: Mapping[str, Any]) -> None:
    names = [place.id for place in geography.places]
    problems = [f"place {name!r} occurs twice" for name in sorted({n for n in names if names.count(n) > 1})]
    sectors = [row["id"] for row in data["sectors"]]
    for city in data["cities"]:
        for sector in city["crosses_to"]:
            if sector not in sectors:
                problems.append(
                    f"city {city['id']!r} crosses to unknown sector {sector!r}{nearest_name(sector, sectors)}"
                )
    for place in geography.places:
        for target in [*place.exits.values(), *place.feeds]:
            if target not in names and target != REMEMBERED:
                problems.append(
                    f"place {place.id!r} leads to unknown place {target!r}{nearest_name(target, names)}"
                )
    for route in geography.routes:
        for target in [route.begins, *route.differs.values()]:
            if target not in names:
                problems.append(
                    f"route {route.id!r} begins at unknown place {target!r}{nearest_name(target, names)}"
                )
    if problems:
        raise InputError([Problem(PLACES_FILE, 0, 0, "", message) for message in problems])


@cache
def load_geography() -> Geography:
    """The corridor as shipped in `data/places.yaml`."""
    if problems := problems_of_rows():
        raise InputError(problems)
    file = read_data_source(PLACES_FILE)
    _check_sources(file)
    return build_geography(file.data)


def _check_sources(file: YamlSource) -> None:
    """Refuse wrong citations, and a number of a place that has no source.

    Raises
    ------
    InputError
        With all of them.
    """
    check_entries(
        file, ((("sources", name), {"source": text}, ()) for name, text in file.data["sources"].items())
    )
    told = []
    for part in FIELDS:
        for number, row in enumerate(file.data[part]):
            days, shares = row.get("days"), row.get("crosses_to", {}).values()
            if "source" in row or isinstance(days, int | float) or any(share != 1 for share in shares):
                told.append(((part, number), row, (f"place:{row['id']}",)))
    check_entries(file, told, ranged=True)


@cache
def load_outlines() -> Mapping[str, Any]:
    """Outlines of countries for maps, GeoJSON in degrees (Natural Earth, 1:50 million, public domain)."""
    return json.loads(read_data_text("outlines.geojson"))
