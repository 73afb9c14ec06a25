"""Projections: what a run says of months after the last published one, and bands that hold how far the model was off.

In the flow: Results -> `projection_table` -> projection.csv (`result_files`), and -> `projected_summary` -> figures.
Blind records (`blind.freezing`) spread their members in the same way.

What a band holds: chance and demand to come (replicates, each with a demand of its own), parameters (accepted sets, if
a run draws them), and the error that the hindcast made so many months ahead: where the members are spread less than
that error, they are spread as much. Past the last horizon of the hindcast nothing is claimed, and no band is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import pi, sqrt

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import ndtri

from corridor.experiments.estimation.priors import DAMPING
from corridor.foundations.timeline import grain_of
from corridor.inputs.evidence.skill import load_skill
from corridor.inputs.registries.observed import observed_rows
from corridor.outputs.layout import SUMS, WINDOW_COLUMNS, parts, sums_column, window_columns
from corridor.outputs.observations import goes_past, last_published
from corridor.outputs.results import SUMMARY_SHARES, Results, cell_columns
from corridor.outputs.rows import ALL, ENCOUNTERS, PARTS_OF_ENCOUNTERS, PROJECTION, Cell, is_crossed
from corridor.outputs.tables import csv_bytes, frame, label, repeat, round_values, spread

POINTS = 15
"""Points of a normal distribution by which each member is spread, of equal weight."""

JOIN = " + "
"""Between the things that a band holds: no field of a CSV file holds a comma."""

YES, NO, NOTHING = "yes", "no", "nothing"
ABOUT = ("months_ahead", "claimed", "holds")
COLUMNS = (
    "scenario", *WINDOW_COLUMNS, *Cell._fields, *ABOUT, "n", "mean", *SUMMARY_SHARES, "unit", SUMS,
)  # fmt: skip


def scored_cells(held: Iterable[Cell], known_to: str) -> list[Cell]:
    """Series of a run that were published up to the end of what was known, by one breakdown at most."""
    held, last = set(held), dict[Cell, str]()
    for indicator, period, place, nationality, party, *_ in observed_rows():
        cell = Cell(indicator, place, nationality, party)
        last[cell] = max(period, last.get(cell, period))
    return [
        cell for cell, period in last.items() if cell in held and period >= known_to and not is_crossed(cell)
    ]


def protocol_error(cell: Cell, ahead: np.ndarray) -> np.ndarray:
    """Standard deviation of the logarithm of what came over what was projected, by months ahead.

    Of encounters as a whole, and between ports or at them: the mean absolute error of the hindcast with the policy as
    announced (skill.json), times the square root of pi/2, as if errors were normal. Of all others the package has no
    score: the hindcast's own prior of an error by nationality. Held beyond its last horizon.

    Parameters
    ----------
    ahead : float64[months]
    """
    from corridor.experiments.hindcast.protocol import HORIZONS, PRIOR_ERROR  # it brings the whole engine

    if is_scored(cell):
        found = load_skill()["horizons"]
        errors = [found[str(horizon)]["mape_announced"] * sqrt(pi / 2.0) for horizon in HORIZONS]
    else:
        errors = list(PRIOR_ERROR["nationality"])
    return np.interp(ahead, HORIZONS, errors)


def is_scored(cell: Cell) -> bool:
    """Whether the error of a series is that of a score, and not a prior."""
    return cell.indicator in (ENCOUNTERS, *PARTS_OF_ENCOUNTERS) and cell[1:] == (ALL, ALL, ALL)


def claimed_ahead() -> int:
    """Months ahead of what was published of which a level is claimed: the last horizon of the hindcast."""
    from corridor.experiments.hindcast.protocol import HORIZONS

    return max(HORIZONS)


def months_ahead(months: Sequence[str], known_to: str) -> np.ndarray:
    """How many months each month comes after the last one that is known, int64[months]."""
    return (np.array(months, dtype="datetime64[M]") - np.datetime64(known_to, "M")).astype(np.int64)


def spread_members(members: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Members spread by an error that they do not hold already, as the hindcast spreads them.

    Parameters
    ----------
    members : float64[R, months]
    error : float64[months]
        Standard deviation of the logarithm; nothing is added where members differ more.

    Returns
    -------
    float64[R * POINTS, months]
    """
    logs = np.log(members + DAMPING)
    added = np.sqrt(np.maximum(error**2 - logs.std(axis=0) ** 2, 0.0))
    luck = ndtri((np.arange(POINTS) + 0.5) / POINTS)
    wide = np.exp(logs[None] + luck[:, None, None] * added) - DAMPING
    return np.maximum(wide, 0.0).reshape(-1, members.shape[1])


def projection_table(results: Results) -> pd.DataFrame:
    """The rows of all projection files, with the name of their month; none where a run ends with the data.

    Returns
    -------
    Columns scenario, period, indicator, place, nationality, party, months_ahead, claimed (`yes`, `no`), holds (what
    the band holds), n (runs), mean, p025 ... p975, unit. Quantiles are NaN where nothing is claimed, and `holds` says
    `nothing` there. Where it has no `error`, nobody publishes the series up to the last month: no error of it is known.
    """
    months, cells = _months(results), [at for at, cell in enumerate(results.cells) if not is_crossed(cell)]
    columns = _rows(results, months, np.array(cells, dtype=np.int64))
    names = ("scenario", "period", *Cell._fields, *ABOUT, "n", "mean", *SUMMARY_SHARES, "unit")
    return frame(pa.table({name: columns[name] for name in names}))


def result_files(results: Results, *, wide: bool = False) -> dict[str, bytes]:
    """The files of a scenario's folder: those of `Results.files`, and projections where a run goes past the data.

    Everything that writes a folder of results, app and command line, passes here.

    Parameters
    ----------
    wide
        As for `Results.files`.
    """
    months = _months(results)
    found = parts(PROJECTION, ("month",), results.periods, results.cells) if months.size else ()
    more = {
        part.name: csv_bytes(pa.table({name: columns[name] for name in COLUMNS}))
        for part in found
        if len((columns := _rows(results, months, part.cells))["n"])
    }
    return results.files(wide=wide, more=more)


def projected_summary(results: Results) -> pd.DataFrame:
    """`Results.summary` of whole months, for figures: past the data its bands are those of the projection.

    Past the last horizon, and of days and years that go past the data, quantiles are NaN but for the median of the
    runs. Results that go past the data have the columns `claimed` and `holds` too, empty within the data.
    """
    summary = results.summary(whole_months=True)
    past = [period for period in results.periods if goes_past(period)]
    rows = np.flatnonzero(summary["period"].isin(past))
    if not len(rows):
        return summary
    keys, shares, words = ["period", *Cell._fields], list(SUMMARY_SHARES), ["claimed", "holds"]
    table = projection_table(results).astype(dict.fromkeys([*keys, *words], str)).set_index(keys)
    wanted = pd.MultiIndex.from_frame(summary.loc[rows, keys].astype(str))
    found = table.reindex(index=wanted, columns=[*shares, *words])
    of_runs = summary.loc[rows, "p50"].to_numpy()
    found["p50"] = np.where(found["p50"].isna(), of_runs, found["p50"])
    told = summary.assign(**dict.fromkeys(words, ""))
    told.loc[rows, shares] = found.loc[:, shares].to_numpy(dtype=np.float64)
    for word, where_none in zip(words, (NO, NOTHING), strict=True):
        told.loc[rows, word] = found[word].fillna(where_none).to_numpy()
    return told


def _months(results: Results) -> np.ndarray:
    """Places of the months after the last published one among the periods of a run, int64[M]."""
    months = [period for period in results.periods if grain_of(period) == "month" and goes_past(period)]
    return np.array([results.periods.index(month) for month in months], dtype=np.int64)


def _rows(results: Results, months: np.ndarray, cells: np.ndarray) -> dict[str, pa.Array]:
    """Columns of projection files for months and cells, given by their places."""
    names = [results.cells[at] for at in cells]
    ahead = months_ahead([results.periods[at] for at in months], last_published())
    values, shares = results.values[:, months[:, None], cells], list(SUMMARY_SHARES.values())
    count, mean, quantiles = spread(values, shares)
    published = set(scored_cells(names, last_published())) if months.size else set()
    for at, cell in enumerate(names):
        if cell in published:
            wide = spread_members(values[:, :, at], protocol_error(cell, ahead))
            quantiles[:, :, at] = spread(wide, shares)[2]
    claimed = ahead <= claimed_ahead() if months.size else np.zeros(0, dtype=bool)
    quantiles[:, ~claimed] = np.nan
    held = [holds(results, error=each in published) for each in names]
    month, cell = np.nonzero(count)
    at, period = (month, cell), months[month]
    return {
        "scenario": repeat(results.scenario, month.size),
        **cell_columns(results.periods, results.cells, period, cells[cell]),
        **window_columns(results.periods, results.timeline, period),
        "months_ahead": pa.array(ahead[month]),
        "claimed": label([YES if each else NO for each in claimed], month),
        "holds": label([*held, NOTHING], np.where(claimed[month], cell, len(held))),
        "n": pa.array(count[at]),
        "mean": pa.array(round_values(mean[at])),
        **{
            name: pa.array(round_values(numbers[at]))
            for name, numbers in zip(SUMMARY_SHARES, quantiles, strict=True)
        },
        "unit": label(results.units, cells[cell]),
        SUMS: sums_column(results.cells, cells[cell]),
    }


def holds(results: Results, *, error: bool) -> str:
    """What a band of a projection holds, in words: `parameters + demand + chance + error`, or some of them."""
    inside = {
        "parameters": bool(results.draws.any()),
        "demand": len(results.values) > 1,
        "chance": len(results.values) > 1,
        "error": error,
    }
    return JOIN.join(name for name, within in inside.items() if within)
