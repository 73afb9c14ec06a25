"""A run beside observed figures, month by month, and how far off it was: in sum and by nationality.

The error is WAPE: the sum of absolute monthly errors over the sum of what was observed. It is a distance, not a test:
months that the model was fitted to say little about others (docs/hindcast.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corridor.experiments.scores import wape
from corridor.foundations.errors import InputError, Problem
from corridor.inputs.evidence.observed_series import ObservedSeries
from corridor.inputs.registries.indicators import INDICATORS
from corridor.outputs.results import Results
from corridor.outputs.rows import Cell
from corridor.outputs.tables import round_values

CELL = ("indicator", "place", "nationality", "party")
MONTH_COLUMNS = ("scenario", *CELL, "period", "observed", "simulated", "error", "publisher", "vintage")
SCORE_COLUMNS = ("scenario", *CELL, "months", "first", "last", "observed", "simulated", "wape")

Figures = dict[str, tuple[int, str, str]]
"""Month -> value, publisher, vintage."""


@dataclass(frozen=True, eq=False)
class ObservedScores:
    """Runs beside observed figures.

    Attributes
    ----------
    observed : str
        The name of the figures.
    months : DataFrame
        A row for every run, cell and month that both have, in the columns `MONTH_COLUMNS`: people (or events)
        observed, the mean of the run's replicates, and run less observed.
    scores : DataFrame
        A row for every run and cell, in the columns `SCORE_COLUMNS`: months compared and their ends, sums over them,
        and WAPE as a share; NaN where nothing was observed in any of them.
    notes : tuple of str
        What was not compared.
    """

    observed: str
    months: pd.DataFrame
    scores: pd.DataFrame
    notes: tuple[str, ...]


def score_observed(results: Results | Iterable[Results], observed: ObservedSeries) -> ObservedScores:
    """Put runs beside observed figures, and score them.

    Parameters
    ----------
    results
        One run or several.
    observed
        Figures that were imported, or those of the package (`read_observed`).

    Returns
    -------
    ObservedScores

    Raises
    ------
    InputError
        If a run and the figures have no month and cell in common.
    """
    runs = [results] if isinstance(results, Results) else list(results)
    by_cell = figures_by_cell(observed)
    months: list[tuple] = []
    scores: list[tuple] = []
    notes: list[str] = []
    for run in runs:
        before = len(scores)
        for cell, figures in by_cell.items():
            periods = [period for period in run.periods if period in figures]
            if cell not in run.index or not periods:
                continue
            seen = np.array([figures[period][0] for period in periods], dtype=np.float64)
            made = _means(run, periods, cell)
            _add(months, scores, run.scenario, cell, periods, seen, made, figures)
        if len(scores) == before:
            why = f"{run.scenario} and the figures {observed.name} have no month and no cell in common"
            raise InputError([Problem(observed.source, 0, 0, "", why)])
        notes += _left_out(run, by_cell)
    return ObservedScores(
        observed.name,
        pd.DataFrame(months, columns=list(MONTH_COLUMNS)),
        pd.DataFrame(scores, columns=list(SCORE_COLUMNS)),
        tuple(notes),
    )


def figures_by_cell(observed: ObservedSeries) -> defaultdict[Cell, Figures]:
    """Cell -> month -> value, publisher, vintage."""
    by_cell: defaultdict[Cell, Figures] = defaultdict(dict)
    for row in observed.rows:
        cell = Cell(row.indicator, row.place, row.nationality, row.party)
        by_cell[cell][row.period] = row.value, row.publisher, row.vintage
    return by_cell


def _means(run: Results, periods: Sequence[str], cell: Cell) -> np.ndarray:
    """Mean of the replicates, float64[months]."""
    rows = [run.periods.index(period) for period in periods]
    return round_values(run.values[:, rows, run.index[cell]].mean(axis=0))


def _add(months, scores, scenario, cell, periods, seen, made, figures) -> None:
    """The rows of one run and cell."""
    for period, value, mean in zip(periods, seen, made, strict=True):
        told = figures[period][1:]
        months.append((scenario, *cell, period, value, mean, float(round_values(mean - value)), *told))
    total = seen.sum()
    error = float(round_values(np.asarray(wape(made, seen)))) if total else np.nan
    ends = len(periods), periods[0], periods[-1]
    scores.append((scenario, *cell, *ends, total, float(round_values(made.sum())), error))


def _left_out(run: Results, by_cell) -> list[str]:
    """What of the figures the run does not report, in words."""
    reported = {cell.indicator for cell in run.cells}
    indicators = list(dict.fromkeys(cell.indicator for cell in by_cell if cell.indicator not in reported))
    unlike = sorted(
        {cell.indicator for cell in by_cell if cell.indicator in reported and cell not in run.index}
        & set(INDICATORS)
    )
    periods = {period for figures in by_cell.values() for period in figures} - set(run.periods)
    notes = []
    if indicators:
        notes.append(f"{run.scenario} does not report {', '.join(indicators)}")
    if unlike:
        notes.append(f"{run.scenario} reports some cells of {', '.join(unlike)} not at all")
    if periods:
        ends = f"{min(periods)} to {max(periods)}"
        notes.append(f"{run.scenario} does not report {len(periods)} of the months observed ({ends})")
    return notes
