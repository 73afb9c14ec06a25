"""The small wide table of a comparison: a row a window, scenario and headline indicator, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from corridor.experiments.shared_windows import HIGH, LOW, Pair, pair_during
from corridor.foundations.windows import Window
from corridor.inputs.registries.indicators import INDICATORS
from corridor.outputs.headlines import HEADLINES
from corridor.outputs.layout import WINDOW_COLUMNS, level_of, window_texts
from corridor.outputs.results import Results
from corridor.outputs.rows import Cell
from corridor.outputs.tables import label, repeat, round_values, spread

NUMBERS = ("value", "baseline_value", "difference", "difference_p10", "difference_p90", "relative")
HOLDS = "interval_holds"
CHANCE, WITH_PARAMETERS = "chance", "chance + parameters"
SHARES = ("share", "baseline_share")
COLUMNS = ("scenario", "baseline", *WINDOW_COLUMNS, *Cell._fields, *NUMBERS, "pairs", HOLDS, *SHARES, "unit")
TYPES = {name: pa.float64() for name in (*NUMBERS, *SHARES)} | {"pairs": pa.int64()}


def headline_rows(windows: Sequence[tuple[Pair, Sequence[Window]]], *, level: str = "") -> pa.Table:
    """Rows of headline.csv, or of headline_by_LEVEL.csv.

    Parameters
    ----------
    windows
        Each pair, and the windows that it is told for: the chosen one first.
    level
        By what the headline indicators are broken down; nothing for totals.

    Returns
    -------
    Columns scenario, baseline, window (its kind), first_day, last_day, indicator, place, nationality, party, value,
    baseline_value, difference (means), difference_p10, difference_p90, relative, pairs, interval_holds (see the
    function of this name), share and baseline_share (of the total of a flow), unit. What cannot be told is no row.
    Windows overlap: rows of different ones do not add up.
    """
    tables = [
        table
        for (before, after), days in windows
        for window in days
        if (table := _window_rows(before, after, window, level)) is not None
    ]
    if not tables:
        return pa.table({name: pa.array([], TYPES.get(name, pa.string())) for name in COLUMNS})
    return pa.concat_tables(tables).unify_dictionaries()


def _window_rows(before: Results, after: Results, window: Window, level: str) -> pa.Table | None:
    cells = [
        cell
        for cell in after.cells
        if cell.indicator in HEADLINES and level_of(cell) == level and cell in before.index
    ]
    was, now = pair_during(before, after, window, cells)
    pairs, difference, (low, high) = spread(now - was, (LOW, HIGH))
    _, value, _ = spread(now, ())
    _, base, _ = spread(was, ())
    (known,) = np.nonzero(pairs)
    if not known.size:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(base == 0, np.nan, difference / base)
    totals = pair_during(before, after, window, [_total_of(cell, after) for cell in cells])
    base_share, share = (
        _shares(cells, mean, spread(whole, ())[1]) for mean, whole in zip((base, value), totals, strict=True)
    )
    numbers = (value, base, difference, low, high, relative)
    kind, first, last = window_texts(window)
    return pa.table(
        {
            "scenario": repeat(after.scenario, known.size),
            "baseline": repeat(before.scenario, known.size),
            "window": repeat(kind, known.size),
            "first_day": repeat(first, known.size),
            "last_day": repeat(last, known.size),
            **{
                name: label(names, known)
                for name, names in zip(Cell._fields, zip(*cells, strict=True), strict=True)
            },
            **{
                name: pa.array(round_values(values[known]))
                for name, values in zip(NUMBERS, numbers, strict=True)
            },
            "pairs": pa.array(pairs[known]),
            HOLDS: repeat(interval_holds(after), known.size),
            **{
                name: pa.array(round_values(values[known]))
                for name, values in zip(SHARES, (share, base_share), strict=True)
            },
            "unit": label([INDICATORS[cell.indicator].unit for cell in cells], known),
        }
    )


def interval_holds(scenario: Results) -> str:
    """What the interval of a paired difference holds: `chance` alone, or `chance + parameters` where sets are drawn."""
    return WITH_PARAMETERS if scenario.draws.any() else CHANCE


def _total_of(cell: Cell, results: Results) -> Cell:
    """What a cell is a part of, or itself where that is not reported."""
    total = Cell(cell.indicator)
    return total if total in results.index else cell


def _shares(cells: Sequence[Cell], parts: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """The share of each cell in its total, of what adds up; NaN elsewhere, and where there is nothing to share."""
    adds = np.array([INDICATORS[cell.indicator].sums_over_periods for cell in cells], dtype=bool)
    known = adds & (totals > 0)
    return np.divide(parts, totals, out=np.full(len(cells), np.nan), where=known)


class Shown(NamedTuple):
    """What a reader sees of a pair at first sight.

    Attributes
    ----------
    rows
        Of the chosen window, and of each calendar year (or part of one) in which something shown differs; each with
        `days`, the name of its window. None where nothing differs.
    quiet
        Names of the windows in which nothing shown differs.
    """

    scenario: str
    baseline: str
    rows: list[dict[str, Any]]
    quiet: list[str]


def worth_showing(headline: pd.DataFrame, indicators: Collection[str]) -> Iterator[Shown]:
    """Each pair of a headline table, with the windows that a page or terminal shows first.

    Parameters
    ----------
    headline
        As `Comparison.headline`; the first window of a pair is the chosen one.
    """
    windows = {
        days: Window(*map(date.fromisoformat, days))
        for days in set(zip(headline["first_day"], headline["last_day"], strict=True))
    }
    days = [windows[each] for each in zip(headline["first_day"], headline["last_day"], strict=True)]
    rows = headline.assign(days=[each.name for each in days], year=[_in_a_year(each) for each in days])
    rows = rows.loc[rows["indicator"].isin(list(indicators))]
    for names in dict.fromkeys(zip(rows["scenario"], rows["baseline"], strict=True)):
        pair = rows.loc[(rows["scenario"] == names[0]) & (rows["baseline"] == names[1])]
        chosen = pair["days"] == pair["days"].iloc[0]
        differs = pair["difference"].ne(0).groupby(pair["days"]).transform("any")
        looked_at = pair.loc[chosen | pair["year"]]
        quiet = list(dict.fromkeys(looked_at.loc[~differs[looked_at.index], "days"]))
        shown = looked_at.loc[differs[looked_at.index]].to_dict("records")
        yield Shown(*names, shown, quiet)


def _in_a_year(window: Window) -> bool:
    """Whether a window is a calendar year, or a part of one."""
    return window.first.year == window.last.year
