"""Coverage: where each of the 109 items that the founding documents name lives, what shows it, and what checks it.

Read from model/corridor/data/coverage.yaml. That every name in it exists is tested (tests/test_coverage.py), not
checked on loading: scenarios and tests lie outside the package.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from corridor.inputs.reading.registry import read_data_file

ITEMS = 109
GROUPS = ("actor", "lever", "mechanism", "figure", "event")
"""What the documents have an item as."""
KINDS = ("mechanism", "input", "counter", "context")
"""What the model makes of an item; coverage.yaml says what each word means."""


@dataclass(frozen=True)
class Home:
    """One place in the model: `kind` is lever, shock, parameter, indicator, figure, nationality, place, party,
    institution or code; `name` its id, class, or module below `model`.
    """

    kind: str
    name: str


@dataclass(frozen=True)
class Switch:
    """How a mechanism is switched off, and what is then another.

    Attributes
    ----------
    extends : str
        A shipped scenario.
    both, on, off : mapping
        What is added to it in both runs, in the run with the mechanism, in the run without: parts of a scenario file,
        and ``parameters`` by id, which may leave their range.
    indicator, place, nationality : str
        The cell that moves.
    periods : tuple of str
        Over which it is added up.
    by : float
        The least change, as a share of the run that has the mechanism; below zero if it falls.
    """

    extends: str
    both: Mapping[str, Any] = field(hash=False)
    on: Mapping[str, Any] = field(hash=False)
    off: Mapping[str, Any] = field(hash=False)
    indicator: str
    place: str
    nationality: str
    periods: tuple[str, ...]
    by: float


@dataclass(frozen=True)
class Item:
    """One thing that the documents name.

    Attributes
    ----------
    number : 1 to 109
    group : one of `GROUPS`
    kind : one of `KINDS`
    documents : codes S0 to S4
    scenarios : names of shipped scenarios
    lives_in, also_about : where it is in the model, and what else it is about
    check : a test, as ``file::function``
    test : of a mechanism, the test that fails once it is switched off; else empty
    switch : how that test does it; None where it is a test of its own
    """

    number: int
    group: str
    kind: str
    text: str
    documents: tuple[str, ...]
    lives_in: tuple[Home, ...]
    also_about: tuple[Home, ...]
    scenarios: tuple[str, ...]
    check: str
    test: str = ""
    switch: Switch | None = None

    @cached_property
    def subjects(self) -> frozenset[str]:
        """What the item is about, such as ``lever:us.title_42``: only these may cite it."""
        return frozenset(f"{home.kind}:{home.name}" for home in (*self.lives_in, *self.also_about))


@cache
def load_coverage() -> tuple[Item, ...]:
    """Every item, by number."""
    return tuple(
        Item(
            row["item"],
            row["group"],
            row["kind"],
            row["text"],
            tuple(row["documents"]),
            _homes(row["lives_in"]),
            _homes(row.get("also_about", ())),
            tuple(row["scenario"]),
            row["check"],
            row.get("test", ""),
            _switch(row["switch"]) if "switch" in row else None,
        )
        for row in read_data_file("coverage.yaml")
    )


def _switch(row: Mapping[str, Any]) -> Switch:
    moves = row["moves"]
    return Switch(
        row.get("extends", "history"),
        row.get("with", {}),
        row.get("on", {}),
        row.get("off", {}),
        moves["indicator"],
        moves.get("place", "all"),
        moves.get("nationality", "all"),
        tuple(str(period) for period in moves.get("in", ("2023",))),
        float(moves["by"]),
    )


def _homes(names: Iterable[str]) -> tuple[Home, ...]:
    return tuple(Home(*name.split(":", 1)) for name in names)
