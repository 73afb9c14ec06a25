"""The headline numbers: four indicators over a year or the whole period, and what a scenario changes.

A scenario and its baseline run with the same draws, so replicates are paired: the interval is that of the paired
differences, and for a year it is what compare.csv holds. No Streamlit here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import corridor
from corridor_app.choices.periods import WHOLE_PERIOD
from corridor_app.words.language import N_

LOW, HIGH = 0.10, 0.90


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
        N_("The mean over the days of the period, in six cities."),
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
    """One indicator over one period.

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
    period: str,
    indicator: str,
    breakdown: tuple[str, str, str] = ("all", "all", "all"),
) -> Measure | None:
    """An indicator over a period; None where the run does not report it.

    Parameters
    ----------
    period
        A year, part of one, or `WHOLE_PERIOD`.
    breakdown
        Place, nationality and party.
    """
    years, baseline = recorded(scenario, baseline, period)
    ours = over(scenario, years, indicator, breakdown)
    if ours is None:
        return None
    theirs = None if baseline is None else over(baseline, years, indicator, breakdown)
    observed = observed_over(years, indicator, breakdown)
    if theirs is None:
        return Measure(float(np.mean(ours)), np.nan, observed, np.nan, np.nan, np.nan, np.nan)
    differences = ours - theirs
    low, high = np.quantile(differences, [LOW, HIGH])
    base = float(np.mean(theirs))
    mean = float(np.mean(differences))
    return Measure(
        float(np.mean(ours)), base, observed, mean, float(low), float(high), mean / base if base else np.nan
    )


def over(
    results: corridor.Results, years: Sequence[str], indicator: str, breakdown: tuple[str, str, str]
) -> NDArray[np.float64] | None:
    """An indicator over recorded periods in every replicate, float64[R]; None where it is not defined.

    See `corridor.Results.over`: people counted once a year, and means for each person, have none over several years.
    """
    cell = next((at for each, at in results.index.items() if tuple(each) == (indicator, *breakdown)), None)
    if cell is None or not years or not set(years) <= set(results.periods):
        return None
    values = results.over(years, [results.cells[cell]])[:, 0]
    return None if np.isnan(values).any() else values


def recorded(
    results: corridor.Results, baseline: corridor.Results | None, period: str
) -> tuple[list[str], corridor.Results | None]:
    """The recorded periods that a period is the sum of, and the baseline where it covers them wholly."""
    years = years_of(results, period, baseline)
    if baseline is None:
        return years, None
    shared = corridor.shared_periods(results, baseline)
    return (shared.recorded(years), baseline) if set(years) <= set(shared.years) else (years, None)


def years_of(
    results: corridor.Results, period: str = WHOLE_PERIOD, baseline: corridor.Results | None = None
) -> list[str]:
    """The years, and parts of years, that a period stands for: of the whole period those that a run and its baseline
    share.
    """
    shared = results.years if baseline is None else corridor.shared_periods(results, baseline).years
    if period == WHOLE_PERIOD:
        return list(shared)
    return [period] if period in shared or period in results.years else []


def observed_over(periods: Sequence[str], indicator: str, breakdown: tuple[str, str, str]) -> float:
    """The published sum over recorded periods; NaN unless every month was published."""
    return float(corridor.observed_values([(indicator, *breakdown)], periods).sum()) if periods else np.nan
