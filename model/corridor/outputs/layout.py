"""Which file holds which rows: one level of breakdown and one kind of window in each, so that its flows add up.

    summary.csv                   totals by month
    summary_by_nationality.csv    the same, by nationality; `_by_place` and `_by_party` too
    summary_days.csv              totals by day, where a run reports days
    replicates_years.csv          of each replicate, by calendar year (or the part of one that the run reports)

A row says which days it is about (`window`, `first_day`, `last_day`), and whether rows of its file may be added
(`sums`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from corridor.foundations.timeline import Grain, Timeline, grain_of
from corridor.foundations.windows import Window, recorded_as
from corridor.inputs.registries.indicators import INDICATORS
from corridor.outputs.rows import ALL, Cell
from corridor.outputs.tables import label

LEVELS = ("", "place", "nationality", "party")
"""By what the rows of a file are broken down: nothing, or one thing."""

GRAINS: dict[Grain, str] = {"month": "", "day": "_days", "year": "_years"}
"""Kind of window -> what a file's name says of it."""

WINDOW_COLUMNS = ("window", "first_day", "last_day")
SUMS = "sums"


class Part(NamedTuple):
    """What a file holds: places among the periods and cells of results, in their order."""

    name: str
    periods: np.ndarray
    cells: np.ndarray


def level_of(cell: Cell) -> str | None:
    """The one thing that a cell is broken down by; nothing, or None for a crossing of two."""
    by = [name for name, value in zip(Cell._fields[1:], cell[1:], strict=True) if value != ALL]
    return None if len(by) > 1 else by[0] if by else ""


def file_name(stem: str, grain: Grain, level: str) -> str:
    """Name of the file of a level and a kind of window."""
    return f"{stem}{GRAINS[grain]}{f'_by_{level}' if level else ''}.csv"


def names_of(stem: str, grains: Sequence[Grain]) -> dict[str, tuple[Grain, str]]:
    """Every name that a file can have -> its kind of window and its level."""
    return {file_name(stem, grain, level): (grain, level) for grain in grains for level in LEVELS}


def parts(
    stem: str, grains: Sequence[Grain], periods: Sequence[str], cells: Sequence[Cell]
) -> Iterator[Part]:
    """The files of some results; those that would have no row are left out."""
    levels = [level_of(cell) for cell in cells]
    kinds = [grain_of(period) for period in periods]
    for name, (grain, level) in names_of(stem, grains).items():
        chosen = np.flatnonzero([each == grain for each in kinds])
        about = np.flatnonzero([each == level for each in levels])
        if chosen.size and about.size:
            yield Part(name, chosen, about)


def window_texts(window: Window) -> tuple[str, str, str]:
    """Kind, first and last day of a window, as a row says them."""
    return window.kind, window.first.isoformat(), window.last.isoformat()


def window_columns(periods: Sequence[str], timeline: Timeline, period: np.ndarray) -> dict[str, pa.Array]:
    """The three columns that say which days rows are about; `period` gives each row's place among the periods."""
    texts = [window_texts(recorded_as(each, timeline)) for each in periods]
    return {
        name: label(column, period)
        for name, column in zip(WINDOW_COLUMNS, zip(*texts, strict=True), strict=True)
    }


def sums_column(cells: Sequence[Cell], cell: np.ndarray) -> pa.Array:
    """Whether rows may be added: those of flows may, over days as over what they are broken down by."""
    return label(["yes" if INDICATORS[each.indicator].sums_over_periods else "no" for each in cells], cell)
