"""The small wide table of a comparison: a row a window, scenario and headline indicator, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from corridor.experiments.shared_windows import HIGH, LOW, Pair, pair_during, windows_of
from corridor.foundations.windows import Window
from corridor.inputs.registries.indicators import INDICATORS
from corridor.outputs.headlines import HEADLINES
from corridor.outputs.rows import Cell
from corridor.outputs.tables import round_values


def headline_rows(pairs: Sequence[Pair], *, asked: Window | None = None) -> pa.Table:
    """Rows of headline.csv.

    Parameters
    ----------
    asked
        A window to tell besides those of `windows_of`: it comes first.

    Returns
    -------
    Columns scenario, baseline, window (its kind), first_day, last_day, indicator, value, baseline_value, difference
    (means), difference_p10, difference_p90, relative, pairs, unit. What cannot be told is no row.
    """
    columns: dict[str, list] = {name: [] for name in COLUMNS}
    for before, after in pairs:
        cells = [cell for name in HEADLINES if (cell := Cell(name)) in after.index and cell in before.index]
        windows = windows_of(before, after)
        for window in dict.fromkeys([asked, *windows] if asked else windows):
            was, now = pair_during(before, after, window, cells)
            for column, cell in enumerate(cells):
                pairs_known = ~np.isnan(now[:, column])
                if not pairs_known.any():
                    continue
                old, new = was[pairs_known, column], now[pairs_known, column]
                low, high = np.quantile(new - old, [LOW, HIGH])
                base, difference = float(old.mean()), float((new - old).mean())
                row = (
                    after.scenario,
                    before.scenario,
                    window.kind,
                    window.first.isoformat(),
                    window.last.isoformat(),
                    cell.indicator,
                    float(new.mean()),
                    base,
                    difference,
                    low,
                    high,
                    difference / base if base else np.nan,
                    int(pairs_known.sum()),
                    INDICATORS[cell.indicator].unit,
                )
                for name, value in zip(COLUMNS, row, strict=True):
                    columns[name].append(value)
    made = {name: pa.array(values, TYPES.get(name, pa.string())) for name, values in columns.items()}
    rounded = {
        name: pa.array(round_values(values.to_numpy(zero_copy_only=False)))
        for name, values in made.items()
        if pa.types.is_floating(values.type)
    }
    return pa.table(made | rounded)


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


COLUMNS = (
    "scenario", "baseline", "window", "first_day", "last_day", "indicator", "value", "baseline_value", "difference",
    "difference_p10", "difference_p90", "relative", "pairs", "unit",
)  # fmt: skip
TYPES = {
    name: pa.float64()
    for name in ("value", "baseline_value", "difference", "difference_p10", "difference_p90", "relative")
} | {"pairs": pa.int64()}
