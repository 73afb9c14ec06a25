"""Rows of `data/places.yaml` as the registries read them: members of domains, names, and defaults of levers.

A row owns everything that is said of its place. `corridor.inputs.registries.geography` makes the map of the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from corridor.inputs.reading.registry import read_data_file

PLACES_FILE = "places.yaml"
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


def _all_rows() -> Iterator[Mapping[str, Any]]:
    for section, rows in read_data_file(PLACES_FILE).items():
        if section != "routes":
            yield from rows
