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

from corridor.inputs.evidence.search import load_observed, observed_rows
from corridor.outputs.results import ALL, Cell

MONTHS_A_YEAR = 12

__all__ = ["load_observed", "observed_points", "observed_table", "observed_values"]


def observed_values(cells: Iterable[Cell], periods: Sequence[str]) -> NDArray[np.float64]:
    """Return the observed value of every period and cell.

    Parameters
    ----------
    cells : iterable of Cell
        C cells, as `Results.cells`.
    periods : sequence of str
        P months (``2023-12``) and years (``2023``); days are never observed.

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
    rows = rows[rows[by] != ALL]
    order = list(dict.fromkeys(rows[by]))
    table = rows.pivot(index="period", columns=by, values="value")
    return table.reindex(columns=pd.Index(order, name=by)).astype(np.float64)


@lru_cache(maxsize=1)
def _months() -> Mapping[Cell, dict[str, tuple[int, str]]]:
    """Value and publisher of every cell by month."""
    months: dict[Cell, dict[str, tuple[int, str]]] = {}
    for indicator, period, place, nationality, party, value, publisher in observed_rows():
        months.setdefault(Cell(indicator, place, nationality, party), {})[period] = (value, publisher)
    return months


def _values_of(cell: Cell, periods: Sequence[str]) -> list[float]:
    rows = _months().get(cell, {})
    return [_year(rows, period) if len(period) == 4 else rows.get(period, (np.nan,))[0] for period in periods]


def _year(rows: Mapping[str, tuple[int, str]], year: str) -> float:
    values = [value for month, (value, _) in rows.items() if month.startswith(year)]
    return float(sum(values)) if len(values) == MONTHS_A_YEAR else np.nan
