"""Coverage: where each of the 109 items that the founding documents name lives, what shows it, and what checks it.

Read from model/corridor/data/coverage.yaml. That every name in it exists is tested (tests/test_coverage.py), not
checked on loading: scenarios and tests lie outside the package.
"""

from __future__ import annotations

from dataclasses import dataclass

from corridor.inputs.reading.registry import read_data_file

ITEMS = 109
KINDS = ("actor", "lever", "mechanism", "figure", "event")


@dataclass(frozen=True)
class Home:
    """One place in the model: `kind` is lever, shock, parameter, indicator, figure, nationality, place, institution
    or code; `name` its id, class, or module below `model`.
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
    check : a test, as ``file::function``
    """

    number: int
    kind: str
    text: str
    documents: tuple[str, ...]
    lives_in: tuple[Home, ...]
    scenarios: tuple[str, ...]
    check: str


def load_coverage() -> tuple[Item, ...]:
    """Every item, by number."""
    return tuple(
        Item(
            row["item"],
            row["kind"],
            row["text"],
            tuple(row["documents"]),
            tuple(Home(*home.split(":", 1)) for home in row["lives_in"]),
            tuple(row["scenario"]),
            row["check"],
        )
        for row in read_data_file("coverage.yaml")
    )
