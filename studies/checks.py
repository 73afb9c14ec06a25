"""What an acceptance test is made of: checks with bounds, and the ways in which runs are set beside one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from studies.ensembles import HISTORY, Ensembles, observed

UNBOUNDED = np.inf


@dataclass(frozen=True)
class Check:
    """One outcome: the mean over replicates must lie between two bounds.

    Attributes
    ----------
    low, high : bounds of the mean; in the unit of `values`
    observed : the same from public statistics, NaN where nothing was published
    values : float64[R], one a replicate
    form : how to write numbers, such as ``,.0f`` or ``.0%``
    certain : the outcome follows from what was put in, so that passing says little
    """

    what: str
    low: float
    high: float
    observed: float
    values: np.ndarray
    form: str = ",.0f"
    certain: bool = False

    @property
    def passes(self) -> bool:
        return bool(self.low <= np.nanmean(self.values) <= self.high)


@dataclass(frozen=True)
class Case:
    """An acceptance test.

    Attributes
    ----------
    title : what is done
    required : what must come of it, in the words of the inventory of the documents (section A5)
    source : of the figures observed, and of bounds that the inventory does not give
    runs : names of the scenarios that it looks at; `checks` makes its checks from them
    """

    number: str
    title: str
    required: str
    source: str
    runs: Sequence[str]
    checks: Callable[[Ensembles], Iterator[Check]]


def ratio(runs: Ensembles, indicator: str, later: str, earlier: str, **where) -> tuple[np.ndarray, float]:
    """A period over an earlier one: simulated by replicate, and observed."""
    simulated = runs.values(indicator, later, **where) / runs.values(indicator, earlier, **where)
    return simulated, observed(indicator, later, **where) / observed(indicator, earlier, **where)


def share(runs: Ensembles, months: Sequence[str], nations: Sequence[str], **run) -> tuple[np.ndarray, float]:
    """Of some nationalities in encounters between ports: simulated by replicate, and observed."""
    simulated, seen = [], []
    for nationality in (nations, "all"):
        simulated.append(
            sum(runs.values("encounters_usbp", month, nationality=nationality, **run) for month in months)
        )
        seen.append(sum(observed("encounters_usbp", month, nationality=nationality) for month in months))
    return simulated[0] / simulated[1], seen[0] / seen[1]


def change(
    runs: Ensembles, indicator: str, period: str, scenario: str, against: str = HISTORY, **where
) -> np.ndarray:
    """Relative difference between two scenarios, replicate by replicate."""
    before = runs.values(indicator, period, scenario=against, **where)
    return runs.values(indicator, period, scenario=scenario, **where) / before - 1.0


def longest_spell(days: np.ndarray) -> np.ndarray:
    """Length of the longest unbroken run of days on which something holds, int64[R] for bool[R, D]."""
    longest = spell = np.zeros(len(days), dtype=np.int64)
    for day in days.T:
        spell = np.where(day, spell + 1, 0)
        longest = np.maximum(longest, spell)
    return longest
