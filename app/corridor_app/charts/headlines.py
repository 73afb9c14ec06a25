"""The headline numbers: four indicators during a window, and what a scenario changes.

A scenario and its baseline run with the same draws, so replicates are paired: the interval is that of the paired
differences. Pages add up nothing themselves: numbers come from `corridor.experiments.shared_windows`, as those of
headline.csv and of the command line do. No Streamlit here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import corridor
from corridor.experiments.shared_windows import change_between, pair_during, shared_window
from corridor.outputs.rows import Cell
from corridor_app.words.language import N_

ALL_TOGETHER = ("all", "all", "all")


@dataclass(frozen=True)
class Headline:
    """An indicator at the head of the page: its title, its unit, and what a reader should know of it."""

    indicator: str
    title: str
    unit: str
    counts: str


HEADLINES = (
    Headline(
        "encounters_usbp",
        N_("Border Patrol encounters"),
        N_("events"),
        N_("One person who is met twice is counted twice."),
    ),
    Headline(
        "returns_to_mexico",
        N_("Returns to Mexico"),
        N_("events"),
        N_("People whom the US sent back to Mexico, Mexicans among them, under Title 42 or ordinary law."),
    ),
    Headline(
        "waiting_north_mexico",
        N_("Waiting in northern Mexico"),
        N_("people"),
        N_("The mean over the days compared, in six cities."),
    ),
    Headline(
        "deaths",
        N_("Deaths on the way"),
        N_("people"),
        N_("It rests on incomplete counts: read it as an order of magnitude."),
    ),
)
"""Harm stands beside flow."""


@dataclass(frozen=True)
class Measure:
    """One indicator during one window.

    Attributes
    ----------
    scenario, baseline, observed : float
        Mean over the replicates, and what was published; NaN where there is none.
    difference, low, high, relative : float
        Mean of the paired differences, its 80% interval, and the difference as a share of the baseline.
    """

    scenario: float
    baseline: float
    observed: float
    difference: float
    low: float
    high: float
    relative: float


def measure(
    scenario: corridor.Results,
    baseline: corridor.Results | None,
    window: corridor.Window,
    indicator: str,
    breakdown: tuple[str, str, str] = ALL_TOGETHER,
) -> Measure | None:
    """An indicator during a window; None where the run does not report it.

    Parameters
    ----------
    breakdown
        Place, nationality and party.
    """
    cell = Cell(indicator, *breakdown)
    ours, theirs = (each[:, 0] for each in values_during(scenario, baseline, window, [cell]))
    if np.isnan(ours).any():
        return None
    found = change_between(theirs, ours)
    return Measure(**found._asdict(), observed=_observed_during(scenario, window, cell))


def values_during(
    scenario: corridor.Results,
    baseline: corridor.Results | None,
    window: corridor.Window,
    cells: Sequence[Cell],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cells of a scenario and of its baseline during a window, float64[R, C] each; NaN where they cannot be told.

    Both are put together of the same recorded periods. Where only the scenario can tell, the baseline is NaN.
    """
    alone = np.full((len(scenario.values), len(cells)), np.nan)
    paired, theirs = alone.copy(), alone.copy()
    known = [at for at, cell in enumerate(cells) if cell in scenario.index]
    alone[:, known] = scenario.during(window, [cells[at] for at in known])
    if compared_with(scenario, baseline, window) is not None and baseline is not None:
        both = [at for at in known if cells[at] in baseline.index]
        theirs[:, both], paired[:, both] = pair_during(baseline, scenario, window, [cells[at] for at in both])
    return np.where(np.isnan(paired), alone, paired), theirs


def compared_with(
    scenario: corridor.Results, baseline: corridor.Results | None, window: corridor.Window
) -> corridor.Results | None:
    """The baseline, where both report all of a window."""
    shared = None if baseline is None else shared_window(baseline, scenario)
    return baseline if shared is not None and window.within(shared) else None


def _observed_during(results: corridor.Results, window: corridor.Window, cell: Cell) -> float:
    """The published sum of a window; NaN unless every month of it was published."""
    parts = results.parts_of(window)
    return float(corridor.observed_values([cell], parts).sum()) if parts else np.nan
