"""Coverage: where each of the 109 items that the founding documents name lives, what shows it, and what checks it.

Read from model/corridor/data/coverage.yaml. That every name in it exists is tested (tests/test_coverage.py), not
checked on loading: scenarios and tests lie outside the package.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from corridor.inputs.reading.registry import read_data_file

ITEMS = 109
KINDS = ("actor", "lever", "mechanism", "figure", "event")


@dataclass(frozen=True)
class Home:
    """One place in the model: `kind` is lever, shock, parameter, indicator, figure, nationality, place, party,
    institution or code; `name` its id, class, or module below `model`.
    """

    kind: str
    name: str


@dataclass(frozen=True)
class Item:
    """One thing that the documents name.

    Attributes
    ----------
    number : 1 to 109
    kind : one of `KINDS`
    documents : codes S0 to S4
    scenarios : names of shipped scenarios
    lives_in, also_about : where it is in the model, and what else it is about
    check : a test, as ``file::function``
    """

    number: int
    kind: str
    text: str
    documents: tuple[str, ...]
    lives_in: tuple[Home, ...]
    also_about: tuple[Home, ...]
    scenarios: tuple[str, ...]
    check: str

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
            row["kind"],
            row["text"],
            tuple(row["documents"]),
            _homes(row["lives_in"]),
            _homes(row.get("also_about", ())),
            tuple(row["scenario"]),
            row["check"],
        )
        for row in read_data_file("coverage.yaml")
    )


def _homes(names: Iterable[str]) -> tuple[Home, ...]:
    return tuple(Home(*name.split(":", 1)) for name in names)
