"""What was observed, in the shape of results: by period and cell, ready to score or to draw beside a run.

Rests on the monthly figures of model/corridor/data/observed.csv. A value that no one published is NaN, never zero; a
year is the sum of its months and NaN unless all twelve are there. Only flows are observed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridor.foundations.timeline import Timeline, ends_of, grain_of
from corridor.inputs.evidence.search import load_observed
from corridor.inputs.registries.observed import observed_rows
from corridor.outputs.rows import ALL, Cell

__all__ = [
    "goes_past",
    "last_published",
    "load_observed",
    "observed_points",
    "observed_table",
    "observed_values",
]


def observed_values(
    cells: Iterable[tuple[str, str, str, str]], periods: Sequence[str]
) -> NDArray[np.float64]:
    """Return the observed value of every period and cell.

    Parameters
    ----------
    cells : iterable of (indicator, place, nationality, party)
        C cells, as `Results.cells`.
    periods : sequence of str
        P months (``2023-12``), years (``2023``) and parts of years; days are never observed.

    Returns
    -------
    float64[P, C]
        NaN where nothing was published.
    """
    columns = [_values_of(cell, periods) for cell in cells]
    return np.array(columns, dtype=np.float64).reshape(len(columns), len(periods)).T


def observed_points(
    indicator: str, *, place: str = ALL, nationality: str = ALL, party: str = ALL
) -> pd.DataFrame:
    """Return one monthly series as points to draw: `date` (first of the month), `value`, `publisher`.

    Empty if the series is not published at that breakdown.
    """
    rows = _months().get(Cell(indicator, place, nationality, party), {})
    return pd.DataFrame(
        {
            "date": pd.to_datetime(list(rows), format="%Y-%m"),
            "value": np.array([value for value, _ in rows.values()], dtype=np.float64),
            "publisher": [publisher for _, publisher in rows.values()],
        }
    )


def observed_table(indicator: str, by: str = "nationality") -> pd.DataFrame:
    """Return one series by month (rows) and by nationality, party or place (columns); NaN where not published.

    Raises
    ------
    InputError
        If there is no such series.
    """
    rows = load_observed(indicator)
    others = [axis for axis in ("place", "nationality", "party") if axis != by]
    rows = rows[(rows[by] != ALL) & (rows[others] == ALL).all(axis=1)]
    order = list(dict.fromkeys(rows[by]))
    table = rows.pivot(index="period", columns=by, values="value")
    return table.reindex(columns=pd.Index(order, name=by)).astype(np.float64)


def last_published() -> str:
    """The last month of which all encounters between ports were published, such as ``2023-12``: fits go so far."""
    return max(_months()[Cell("encounters_usbp", ALL, ALL, ALL)])


def goes_past(period: str) -> bool:
    """Whether a day, month or year ends after the last published month, so that a run of it is a projection."""
    return f"{ends_of(period)[1]:%Y-%m}" > last_published()


@lru_cache(maxsize=1)
def _months() -> Mapping[Cell, dict[str, tuple[int, str]]]:
    """Value and publisher of every cell by month."""
    months: dict[Cell, dict[str, tuple[int, str]]] = {}
    for indicator, period, place, nationality, party, value, publisher in observed_rows():
        months.setdefault(Cell(indicator, place, nationality, party), {})[period] = (value, publisher)
    return months


def _values_of(cell: tuple[str, str, str, str], periods: Sequence[str]) -> list[float]:
    rows = _months().get(Cell(*cell), {})
    return [
        _year(rows, period) if grain_of(period) == "year" else rows.get(period, (np.nan,))[0]
        for period in periods
    ]


def _year(rows: Mapping[str, tuple[int, str]], year: str) -> float:
    """The sum of what was published of a year, or of part of one; NaN unless all its months are whole and known."""
    first, last = ends_of(year)
    months = Timeline(first, last, first).months()
    whole = ends_of(f"{first:%Y-%m}")[0] == first and ends_of(f"{last:%Y-%m}")[1] == last
    if not whole or not set(months) <= set(rows):
        return np.nan
    return float(sum(rows[month][0] for month in months))
