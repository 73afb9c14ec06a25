"""Rows of `data/places.yaml` as the registries read them: members of domains, names, and defaults of levers.

A row owns everything that is said of its place. `corridor.inputs.registries.geography` makes the map of the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from corridor.foundations.errors import Problem
from corridor.inputs.reading.data_files import data_label, read_data_text
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.reading.yaml_source import DataPath, read_yaml_text

PLACES_FILE = "places.yaml"
ON_THE_MAP = ("latitude", "longitude")
FIELDS = {
    "legs": (*ON_THE_MAP, "country", "rank", "days", "exits"),
    "stations": (*ON_THE_MAP, "country", "rank", "days", "exits"),
    "cities": (*ON_THE_MAP, "office", "crosses_to"),
    "sectors": ON_THE_MAP,
    "offices": ON_THE_MAP,
    "receiving_cities": ON_THE_MAP,
    "operators": (),
    "crossings": (*ON_THE_MAP, "sector"),
    "returns": (*ON_THE_MAP, "days", "exits"),
    "ends": ("fate",),
}
"""What a row of each section must say, beside `id` and `label`."""
NO_PLACES = ("routes", "sources")
"""Sections whose rows are not places."""
STATUSES = ("documented", "published", "fitted", "assumed")
"""What a default rests on: the five documents, something published, a fit, or nothing but judgement."""


@dataclass(frozen=True)
class PlaceDomain:
    """The places that a lever or a shock tells apart: those of a section of the file, by a trait if one is named."""

    section: str
    having: str | None = None
    without: str | None = None

    def rows(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Number in its section, and content, of every row that belongs."""
        for number, row in enumerate(read_data_file(PLACES_FILE)[self.section]):
            if (self.having is None or row.get(self.having)) and not (self.without and row.get(self.without)):
                yield number, row

    @property
    def members(self) -> tuple[str, ...]:
        """Their ids, in the order of the file."""
        return tuple(row["id"] for _, row in self.rows())


def read_place_domain(declared: Mapping[str, Any]) -> PlaceDomain:
    """A domain as a registry file declares it: ``{places: SECTION}``, with ``having`` or ``without`` a trait."""
    return PlaceDomain(declared["places"], declared.get("having"), declared.get("without"))


@cache
def place_names() -> Mapping[str, str]:
    """A name for readers of every place, crossing and operator by id: the row's `name`, else the id as a title."""
    return {row["id"]: row.get("name") or titled(row["id"]) for row in _all_rows()}


VISA = ".visa_required"


def visa_lever(country: str) -> str:
    """The lever of a country's visa rules, ``el_salvador.visa_required``: it closes the routes that land there."""
    return country.lower().replace(" ", "_") + VISA


def countries_landed_in() -> tuple[str, ...]:
    """Countries where a route begins by air, in the order of the file: those whose visa rules close a route."""
    landed = (row.get("lands_in") for row in read_data_file(PLACES_FILE)["routes"])
    return tuple(dict.fromkeys(country for country in landed if country))


def titled(identifier: str) -> str:
    """An id as a title: ``piedras_negras`` is Piedras Negras."""
    return identifier.replace("_", " ").title()


@cache
def place_texts(language: str) -> Mapping[str, str]:
    """Labels and names of places in another language, by the English text; what a row leaves out is not here."""
    texts: dict[str, str] = {}
    for row in _all_rows():
        english = {"label": row["label"], "name": place_names()[row["id"]]}
        texts.update({english[field]: text for field, text in row.get(language, {}).items()})
    return texts


def problems_at(found: Iterable[tuple[DataPath, str]]) -> list[Problem]:
    """Problems with the lines of ``places.yaml``, from paths in it and messages."""
    found = list(found)
    if not found:
        return []
    source = read_yaml_text(read_data_text(PLACES_FILE), file=data_label(PLACES_FILE))
    return sorted(source.problem(path, message) for path, message in found)


def problems_of_rows() -> list[Problem]:
    """What rows of ``places.yaml`` lack of that which their kind of place must say; all of it."""
    return problems_at(
        ((section, number), f"{row.get('id', 'this row')} lacks `{field}`")
        for section, fields in FIELDS.items()
        for number, row in enumerate(read_data_file(PLACES_FILE)[section])
        for field in ("id", "label", *fields)
        if field not in row
    )


def _all_rows() -> Iterator[Mapping[str, Any]]:
    for section, rows in read_data_file(PLACES_FILE).items():
        if section not in NO_PLACES:
            yield from rows
