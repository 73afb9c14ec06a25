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
from corridor_app.words.language import N_

WHOLE_PERIOD = "all"
"""The period of all years that a run reports."""

LOW, HIGH = 0.10, 0.90
MONTHS_A_YEAR = 12
DAYS_OF_MONTH = "datetime64[D]"


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
        A year, or `WHOLE_PERIOD`.
    breakdown
        Place, nationality and party.
    """
    years = years_of(scenario, period, baseline)
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
    """An indicator over one or more years in every replicate, float64[R]; None where it is not defined.

    A flow adds up over the years and a stock is the mean over their days; of a largest day the largest is taken.
    People counted once a year, and means for each person, have no value over several years.
    """
    cell = next((at for each, at in results.index.items() if tuple(each) == (indicator, *breakdown)), None)
    if cell is None or not years or not set(years) <= set(results.periods):
        return None
    values = results.values[:, [results.periods.index(year) for year in years], cell]
    kind = corridor.INDICATORS[indicator].kind
    if np.isnan(values).any():
        return None
    if len(years) == 1:
        return values[:, 0]
    if kind == "flow":
        return values.sum(axis=1)
    if kind == "stock":
        return np.average(values, axis=1, weights=[_days(results, year) for year in years])
    return values.max(axis=1) if kind == "peak" else None


def years_of(
    results: corridor.Results, period: str = WHOLE_PERIOD, baseline: corridor.Results | None = None
) -> list[str]:
    """The years that a period stands for; the whole period is what a run and its baseline both report."""
    years = [each for each in results.periods if len(each) == len("2023")]
    if period != WHOLE_PERIOD:
        return [year for year in years if year == period]
    return [year for year in years if baseline is None or year in baseline.periods]


def observed_over(years: Sequence[str], indicator: str, breakdown: tuple[str, str, str]) -> float:
    """The published sum over whole years; NaN unless every month was published."""
    place, nationality, party = breakdown
    points = corridor.observed_points(indicator, place=place, nationality=nationality, party=party)
    wanted = [f"{day:%Y}" in years for day in points["date"]]
    values = points["value"].to_numpy(dtype=np.float64)[wanted]
    return float(values.sum()) if values.size == MONTHS_A_YEAR * len(years) > 0 else np.nan


def _days(results: corridor.Results, year: str) -> int:
    """Days of a year that the run reports."""
    months = [each for each in results.periods if len(each) == len("2023-01") and each.startswith(year)]
    spans = [np.datetime64(month, "M") for month in months]
    return sum(
        int(((month + 1).astype(DAYS_OF_MONTH) - month.astype(DAYS_OF_MONTH)).astype(int)) for month in spans
    )
