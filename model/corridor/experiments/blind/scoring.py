"""A blind record beside what came: errors of the record and of its opponents, and whether its bands held.

The number that is scored is the mean, which every face of Corridor shows. Opponents are in the record itself: the last
month that had been published, held, and the same month of the year before. Months of which the record claims nothing
are scored apart. Nothing here imports the model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corridor.experiments.blind.record import (
    LEVELS,
    OPPONENTS,
    QUANTILES,
    BlindRecord,
)
from corridor.experiments.observed_scores import Figures, figures_by_cell
from corridor.experiments.scores import wape
from corridor.foundations.errors import InputError, Problem
from corridor.inputs.evidence.observed_series import ObservedSeries
from corridor.outputs.rows import ENCOUNTERS, PARTS_OF_ENCOUNTERS, Cell
from corridor.outputs.tables import round_values

BAND = ("q10", "q90")
MONTH_COLUMNS = (
    "record", *Cell._fields, "period", "claimed", "observed", "mean", *BAND, "in_80", *OPPONENTS,
    "publisher", "vintage",
)  # fmt: skip
SCORE_COLUMNS = (
    "record", *Cell._fields, "claimed", "months", "first", "last", "observed", "projected", "bias", "wape", "crps",
    "in_80", *(f"{score}_{opponent}" for opponent in OPPONENTS for score in ("bias", "wape")),
)  # fmt: skip

Came = Mapping[Cell, Figures]


@dataclass(frozen=True, eq=False)
class BlindScores:
    """A record beside observed figures.

    Attributes
    ----------
    record : BlindRecord
    observed : str
        The name of the figures.
    scores : DataFrame
        A row for every series, claimed months and others apart, in the columns `SCORE_COLUMNS`: sums of people (or
        events), `bias` (projected over observed, less 1), `wape`, `crps` (people a month), months in the 80% band,
        and of each opponent bias and WAPE. NaN where nothing was observed, or an opponent lacks a month.
    months : DataFrame
        A row for every series and month that both have, in the columns `MONTH_COLUMNS`.
    notes : tuple of str
        What was not scored.
    """

    record: BlindRecord
    observed: str
    scores: pd.DataFrame
    months: pd.DataFrame
    notes: tuple[str, ...]


def score_blind(record: BlindRecord, observed: ObservedSeries) -> BlindScores:
    """Put a record beside what came, and score it.

    Raises
    ------
    InputError
        If the record and the figures have no series and month in common.
    """
    came = _came(observed)
    months, scores = [], []
    for (cell, claimed), said in _series(record).items():
        figures = came.get(cell, {})
        rows = sorted((row for row in said if row["period"] in figures), key=lambda row: row["period"])
        if not rows:
            continue
        seen = np.array([figures[row["period"]][0] for row in rows], dtype=np.float64)
        held = [bool(row[BAND[0]] <= value <= row[BAND[1]]) for row, value in zip(rows, seen, strict=True)]
        scores.append((record.name, *cell, claimed, *_score(rows, seen), sum(held), *_opponents(rows, seen)))
        for row, value, inside in zip(rows, seen, held, strict=True):
            numbers = (row["mean"], *(row[name] for name in BAND), "yes" if inside else "no")
            others = (*(row[name] for name in OPPONENTS), *figures[row["period"]][1:])
            months.append((record.name, *cell, row["period"], claimed, value, *numbers, *others))
    if not scores:
        raise InputError([Problem(observed.source, 0, 0, "", _nothing_in_common(record, observed))])
    return BlindScores(
        record,
        observed.name,
        pd.DataFrame(scores, columns=list(SCORE_COLUMNS)),
        pd.DataFrame(months, columns=list(MONTH_COLUMNS)),
        tuple(_left_out(record, came)),
    )


def crps_of_quantiles(quantiles: np.ndarray, observed: np.ndarray) -> float:
    """Mean continuous ranked probability score, from the quantiles `LEVELS`.

    It is twice the pinball loss integrated over levels. Each level stands for those that are nearest to it, so the sum
    is weighted by .075, .1, .2, .25, .2, .1, .075. If all quantiles are one number it is the absolute error, so a
    forecast without a band can be compared: its CRPS is its mean absolute error. After Gneiting & Raftery (2007),
    Journal of the American Statistical Association 102.

    Parameters
    ----------
    quantiles : float64[levels, months]
    observed : float64[months]
    """
    levels = np.array(LEVELS)
    ends = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2.0, [1.0]])
    above = observed - quantiles
    pinball = np.maximum(levels[:, None] * above, (levels[:, None] - 1.0) * above)
    return float((2.0 * np.diff(ends)[:, None] * pinball).sum(axis=0).mean())


def _series(record: BlindRecord) -> dict[tuple[Cell, str], list[dict[str, Any]]]:
    """Rows of a record by series and by whether anything is claimed of them."""
    found: dict[tuple[Cell, str], list[dict[str, Any]]] = defaultdict(list)
    for row in record.table.to_dict("records"):
        found[Cell(*(row[name] for name in Cell._fields)), row["claimed"]].append(row)
    return found


def _score(rows: Sequence[Mapping[str, Any]], seen: np.ndarray) -> Iterator[object]:
    mean = _column(rows, "mean")
    yield from (len(rows), rows[0]["period"], rows[-1]["period"], float(seen.sum()), _rounded(mean.sum()))
    yield from _errors(mean, seen)
    yield _rounded(crps_of_quantiles(np.array([_column(rows, name) for name in QUANTILES]), seen))


def _opponents(rows: Sequence[Mapping[str, Any]], seen: np.ndarray) -> Iterator[float]:
    for opponent in OPPONENTS:
        yield from _errors(_column(rows, opponent), seen)


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> np.ndarray:
    return np.array([row[name] for row in rows], dtype=np.float64)


def _errors(said: np.ndarray, seen: np.ndarray) -> tuple[float, float]:
    """Bias and WAPE; NaN where nothing was observed or a month was not said."""
    if not seen.sum() or np.isnan(said).any():
        return np.nan, np.nan
    return _rounded(said.sum() / seen.sum() - 1.0), _rounded(wape(said, seen))


def _rounded(value: float | np.floating) -> float:
    return float(round_values(np.asarray(value)))


def _came(observed: ObservedSeries) -> Came:
    """What was observed, and encounters in all where both of their parts were."""
    came = figures_by_cell(observed)
    between, at = PARTS_OF_ENCOUNTERS
    for cell in [cell for cell in came if cell.indicator == between]:
        other = came.get(cell._replace(indicator=at), {})
        both = {
            period: (figure[0] + other[period][0], *figure[1:])
            for period, figure in came[cell].items()
            if period in other
        }
        if both:
            came[cell._replace(indicator=ENCOUNTERS)] = both
    return came


def _nothing_in_common(record: BlindRecord, observed: ObservedSeries) -> str:
    return (
        f"has no month of a series in common with the record {record.name}: the record holds "
        f"{record.periods[0]} to {record.periods[-1]} of {', '.join(_indicators(record))}; the file holds "
        f"{observed.periods[0]} to {observed.periods[-1]} of {', '.join(observed.indicators)}"
    )


def _indicators(record: BlindRecord) -> list[str]:
    return list(dict.fromkeys(record.table["indicator"]))


def _left_out(record: BlindRecord, came: Came) -> Iterator[str]:
    """What of the figures the record does not hold, in words."""
    held = set(_indicators(record))
    unlike = list(dict.fromkeys(cell.indicator for cell in came if cell.indicator not in held))
    if unlike:
        yield f"the record does not hold {', '.join(unlike)}"
    cells = {cell for cell, _ in _series(record)}
    apart = sorted({cell.indicator for cell in came if cell.indicator in held and cell not in cells})
    if apart:
        yield f"the record does not hold some breakdowns of {', '.join(apart)}"
    outside = sorted({period for figures in came.values() for period in figures} - set(record.periods))
    if outside:
        yield f"the record does not hold {len(outside)} of the months observed ({outside[0]} to {outside[-1]})"
