"""A blind record beside what came: errors of the record and of its opponents, and whether its bands held.

The number that is scored is the mean, which every face of Corridor shows. Opponents are in the record itself: the last
month that had been published, held, and the same month of the year before. Months of which the record claims nothing
are scored apart. Nothing here imports the model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corridor.experiments.blind.record import (
    ENCOUNTERS,
    LEVELS,
    OPPONENTS,
    PARTS_OF_ENCOUNTERS,
    QUANTILES,
    BlindRecord,
)
from corridor.experiments.scores import wape
from corridor.foundations.errors import InputError, Problem
from corridor.inputs.evidence.observed_series import ObservedSeries
from corridor.outputs.rows import Cell
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

Came = Mapping[Cell, Mapping[str, tuple[int, str, str]]]
"""Series -> month -> value, publisher, vintage."""


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
    for key, rows in record.table.groupby([*Cell._fields, "claimed"], sort=False):
        *fields, claimed = map(str, key)
        cell = Cell(*fields)
        figures = came.get(cell, {})
        rows = rows[[period in figures for period in rows["period"]]].sort_values("period")
        if rows.empty:
            continue
        seen = np.array([figures[period][0] for period in rows["period"]], dtype=np.float64)
        inside = (rows[BAND[0]].to_numpy() <= seen) & (seen <= rows[BAND[1]].to_numpy())
        scores.append(
            (record.name, *cell, claimed, *_score(rows, seen), int(inside.sum()), *_opponents(rows, seen))
        )
        for row, value, held in zip(rows.to_dict("records"), seen, inside, strict=True):
            told = [row[name] for name in ("mean", *BAND)]
            said = [row[name] for name in OPPONENTS]
            about = figures[row["period"]][1:]
            held_word = "yes" if held else "no"
            months.append(
                (record.name, *cell, row["period"], claimed, value, *told, held_word, *said, *about)
            )
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


def _score(rows: pd.DataFrame, seen: np.ndarray) -> Iterator[object]:
    mean = rows["mean"].to_numpy()
    periods = list(rows["period"])
    yield from (len(periods), periods[0], periods[-1], float(seen.sum()), _rounded(mean.sum()))
    yield from _errors(mean, seen)
    yield _rounded(crps_of_quantiles(rows[list(QUANTILES)].to_numpy().T, seen))


def _opponents(rows: pd.DataFrame, seen: np.ndarray) -> Iterator[float]:
    for opponent in OPPONENTS:
        yield from _errors(rows[opponent].to_numpy(), seen)


def _errors(said: np.ndarray, seen: np.ndarray) -> tuple[float, float]:
    """Bias and WAPE; NaN where nothing was observed or a month was not said."""
    if not seen.sum() or np.isnan(said).any():
        return np.nan, np.nan
    return _rounded(said.sum() / seen.sum() - 1.0), _rounded(wape(said, seen))


def _rounded(value: float) -> float:
    return float(round_values(np.asarray(value)))


def _came(observed: ObservedSeries) -> Came:
    """What was observed, and encounters in all where both of their parts were."""
    came: dict[Cell, dict[str, tuple[int, str, str]]] = defaultdict(dict)
    for row in observed.rows:
        cell = Cell(row.indicator, row.place, row.nationality, row.party)
        came[cell][row.period] = row.value, row.publisher, row.vintage
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
    cells = {Cell(*map(str, key)) for key in record.table[list(Cell._fields)].drop_duplicates().to_numpy()}
    apart = sorted({cell.indicator for cell in came if cell.indicator in held and cell not in cells})
    if apart:
        yield f"the record does not hold some breakdowns of {', '.join(apart)}"
    outside = sorted({period for figures in came.values() for period in figures} - set(record.periods))
    if outside:
        yield f"the record does not hold {len(outside)} of the months observed ({outside[0]} to {outside[-1]})"
