"""Places and legs of the corridor, read from `data/places.yaml`: the map that the engine walks.

Adding a place or a leg means adding a row there. This module gives every place a code, turns sectors into a crossing
and a custody, and resolves where exits lead; the engine turns the result into records (`engine.network`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from model.foundations.errors import InputError, Problem, nearest_name
from model.spec.data_files import read_data_text
from model.spec.registry import read_data_source
from model.spec.sources import check_entries
from model.spec.yaml_source import YamlSource

NATIONALITIES = (
    "Venezuela",
    "Cuba",
    "Nicaragua",
    "Haiti",
    "Colombia",
    "Ecuador",
    "Peru",
    "Mexico",
    "Guatemala",
    "Honduras",
    "El Salvador",
    "Other",
)
PARTIES = ("single_adult", "family_unit", "unaccompanied_child")
REMEMBERED = "remembered"
DEAD = "dead"
BORDER = "border"
RELEASE = "release"

PARTS_WITH_NUMBERS = ("legs", "stations", "cities", "sectors", "returns")
"""Parts of the file whose rows may say how long or in which shares; that needs a source beside it."""

RANKS = {"city": 21, "crossing": 22, "custody": 23, "return": 24, "end": 30}


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
    """A way to begin: the parameter with its share, and the first place by nationality."""

    id: str
    parameter: str
    begins: str
    differs: Mapping[str, str]
    opened_by: str | None
    closed_by: str | None


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

    def of_kind(self, kind: str) -> list[tuple[int, Place]]:
        """Codes and places of one kind."""
        return [(code, place) for code, place in enumerate(self.places) if place.kind == kind]


def _sector_places(row: Mapping[str, Any]) -> tuple[Place, Place]:
    """A sector is a place to cross and a place of custody."""
    custody = row["id"].removesuffix("_sector") + "_custody"
    where = {"latitude": row["latitude"], "longitude": row["longitude"], "country": "United States"}
    held = {
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
    crossing = Place(
        row["id"],
        row["label"],
        "cross",
        RANKS["crossing"],
        reported_as=row["id"],
        harm="crossing",
        exits={"apprehended": custody, "evaded": "evaded"},
        traits={"from": dict(row["from"])},
        **where,
    )
    return crossing, Place(
        custody,
        f"{row['label']} custody",
        "custody",
        RANKS["custody"],
        days="custody_days",
        exits=held,
        reported_as=row["id"],
        **where,
    )


def build_geography(data: Mapping[str, Any]) -> Geography:
    """Build the geography from the content of a places file.

    Raises
    ------
    InputError
        If an exit leads to an unknown place, or an id occurs twice.
    """
    places = [
        Place(row["id"], row["label"], "end", RANKS["end"], fate=row["fate"], reported_as=row["id"])
        for row in data["ends"]
    ]
    for office in data["offices"]:
        places.append(
            Place(
                office["id"],
                office["label"],
                "end",
                RANKS["end"],
                office["latitude"],
                office["longitude"],
                "United States",
                fate="lawfully_admitted",
                reported_as=office["id"],
            )
        )
    for city in data["receiving_cities"]:
        places.append(
            Place(
                city["id"],
                city["label"],
                "end",
                RANKS["end"],
                city["latitude"],
                city["longitude"],
                "United States",
                fate="released",
                reported_as=city["id"],
            )
        )
    known = {"id", "label", "country", "latitude", "longitude", "rank", "days", "exits", "harm", "source"}
    for kind, rows in (("leg", data["legs"]), ("station", data["stations"])):
        for row in rows:
            places.append(
                Place(
                    row["id"],
                    row["label"],
                    kind,
                    row["rank"],
                    row["latitude"],
                    row["longitude"],
                    row["country"],
                    row["days"],
                    dict(row["exits"]),
                    harm=row.get("harm"),
                    reported_as=row["id"],
                    traits={k: v for k, v in row.items() if k not in known},
                )
            )
    places.append(
        Place(
            BORDER,
            "On the way to a northern city",
            "fork",
            20,
            reported_as=BORDER,
            feeds={city["id"]: 1.0 for city in data["cities"]},
        )
    )
    sectors = [_sector_places(row) for row in data["sectors"]]
    for city in data["cities"]:
        feeds = {
            row["id"]: float(row["from"][city["id"]]) for row in data["sectors"] if city["id"] in row["from"]
        }
        places.append(
            Place(
                city["id"],
                city["label"],
                "wait",
                RANKS["city"],
                city["latitude"],
                city["longitude"],
                "Mexico",
                feeds=feeds,
                harm="mexico",
                reported_as=city["id"],
                exits={"admitted": city["office"], "gave_up": "gave_up", "moved_south": "tapachula"},
            )
        )
    places += [crossing for crossing, _ in sectors] + [custody for _, custody in sectors]
    places.append(
        Place(
            RELEASE,
            "Released",
            "fork",
            RANKS["return"],
            reported_as=RELEASE,
            feeds={city["id"]: 1.0 for city in data["receiving_cities"]},
        )
    )
    for row in data["returns"]:
        places.append(
            Place(
                row["id"],
                row["label"],
                "return",
                RANKS["return"],
                row["latitude"],
                row["longitude"],
                "Mexico",
                row["days"],
                dict(row["exits"]),
                reported_as=row["id"],
                harm="mexico",
                traits={"title_42": row.get("title_42", False)},
            )
        )
    routes = tuple(
        Route(
            row["id"],
            row["parameter"],
            row["begins"],
            dict(row.get("differs", {})),
            row.get("opened_by"),
            row.get("closed_by"),
        )
        for row in data["routes"]
    )
    geography = Geography(tuple(places), routes, {row["id"]: dict(row) for row in data["crossings"]})
    _check(geography)
    return geography


def _check(geography: Geography) -> None:
    names = [place.id for place in geography.places]
    problems = [f"place {name!r} occurs twice" for name in sorted({n for n in names if names.count(n) > 1})]
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
        raise InputError([Problem("places.yaml", 0, 0, "", message) for message in problems])


@cache
def load_geography() -> Geography:
    """The corridor as shipped in `data/places.yaml`."""
    file = read_data_source("places.yaml")
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
    for part in PARTS_WITH_NUMBERS:
        for number, row in enumerate(file.data[part]):
            days, shares = row.get("days"), row.get("from", {}).values()
            if "source" in row or isinstance(days, int | float) or any(share != 1 for share in shares):
                told.append(((part, number), row, (f"place:{row['id']}",)))
    check_entries(file, told, ranged=True)


@cache
def load_outlines() -> Mapping[str, Any]:
    """Outlines of countries for maps, GeoJSON in degrees (Natural Earth, 1:50 million, public domain)."""
    return json.loads(read_data_text("outlines.geojson"))
