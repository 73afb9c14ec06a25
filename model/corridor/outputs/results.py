"""Results: one scenario's ensemble as a cube of numbers, and its tidy tables.

In the flow: Recordings (one a replicate) -> Results -> tables, summary, Comparison. The order of periods and
cells is fixed here (months before years, indicators in the order of their registry, `all` first), so that
Results built from a run and Results read from its files are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from corridor.foundations.errors import RunError
from corridor.foundations.timeline import GRAINS, Grain, Timeline, ends_of, grain_of
from corridor.foundations.windows import Window, recorded_as
from corridor.inputs.registries.indicators import END_SUFFIX, INDICATORS
from corridor.outputs.datapackage import DATAPACKAGE, datapackage
from corridor.outputs.deals import DEALS, read_deals
from corridor.outputs.fates import FATES, read_fates
from corridor.outputs.files import refusal
from corridor.outputs.layout import SUMS, parts, sums_column, window_columns
from corridor.outputs.manifest import manifest_bytes
from corridor.outputs.parquet import parquet_bytes
from corridor.outputs.result_folders import open_results, read_replicates, timeline_of
from corridor.outputs.rows import (
    ALL,
    ALWAYS_DEFINED,
    CROSSED,
    CROSSED_COLUMNS,
    MANIFEST,
    PROJECTION,
    RECORDED,
    REPLICATES,
    REPLICATES_COLUMNS,
    SUMMARISED,
    SUMMARY,
    WIDE,
    Cell,
    is_crossed,
)
from corridor.outputs.tables import ArrowTable, csv_bytes, frame, label, repeat, round_values, spread
from corridor.outputs.wide import wide_bytes

if TYPE_CHECKING:
    from corridor.engine.recording.recorder import Recording

#: Column names of the quantiles of summary.csv and their shares.
SUMMARY_SHARES = {
    "p025": 0.025,
    "p10": 0.10,
    "p25": 0.25,
    "p50": 0.50,
    "p75": 0.75,
    "p90": 0.90,
    "p975": 0.975,
}
SUMMARY_COLUMNS = (
    "scenario", "window", "first_day", "last_day", "indicator", "place", "nationality", "party", "n", "mean",
    *SUMMARY_SHARES, "unit", "sums",
)  # fmt: skip
_REGISTERED = {name: position for position, name in enumerate(INDICATORS)}


@dataclass(frozen=True, eq=False)
class Results:
    """One scenario's replicates.

    Attributes
    ----------
    scenario : name
    periods : P names such as `2023-12` or `2023`; part of a year is named by its ends, `2024-01 to 2024-06`
    cells : C cells, crossed ones (`is_crossed`) among them; `units` their units
    values : float64[R, P, C], rounded as written; NaN where undefined
    draws, replicates : int64[R]
        Which parameter draw (0 is the central set) and which replicate each row is.
    manifest
        What produced it; see `corridor.outputs.manifest`.
    fates
        How every journey ended, if the run kept that; see `corridor.outputs.fates`.
    deals
        What governments agreed and broke, if they bargained; see `corridor.outputs.deals`.
    """

    scenario: str
    periods: tuple[str, ...]
    cells: tuple[Cell, ...]
    units: tuple[str, ...]
    values: np.ndarray
    draws: np.ndarray
    replicates: np.ndarray
    manifest: Mapping[str, Any]
    fates: ArrowTable | None = None
    deals: ArrowTable | None = None

    @classmethod
    def from_recordings(
        cls,
        scenario: str,
        recordings: Sequence[Recording],
        *,
        draws: Sequence[int],
        replicates: Sequence[int],
        manifest: Mapping[str, Any],
        fates: ArrowTable | None = None,
        deals: ArrowTable | None = None,
    ) -> Results:
        """Stack the recordings of one scenario; all must report the same periods and cells."""
        first = recordings[0]
        for other in recordings[1:]:
            if other.periods != first.periods or other.cells != first.cells:
                raise ValueError(f"the replicates of {scenario!r} report different cells or periods")
        cells = [Cell(*row) for row in first.cells.rows()]
        return cls._ordered(
            scenario,
            first.periods,
            cells,
            first.cells.unit,
            np.stack([recording.values for recording in recordings]),
            np.asarray(draws, dtype=np.int64),
            np.asarray(replicates, dtype=np.int64),
            manifest,
            fates,
            deals,
        )

    @classmethod
    def _ordered(
        cls, scenario, periods, cells, units, values, draws, replicates, manifest, fates, deals
    ) -> Results:
        by_run = np.lexsort((replicates, draws)).tolist()
        by_period = sorted(range(len(periods)), key=lambda p: period_order(periods[p]))
        by_cell = sorted(range(len(cells)), key=lambda c: cell_order(cells[c]))
        values = round_values(values[np.ix_(by_run, by_period, by_cell)])
        values.setflags(write=False)
        return cls(
            scenario=scenario,
            periods=tuple(periods[p] for p in by_period),
            cells=tuple(cells[c] for c in by_cell),
            units=tuple(units[c] for c in by_cell),
            values=values,
            draws=draws[by_run],
            replicates=replicates[by_run],
            manifest=manifest,
            fates=fates,
            deals=deals,
        )

    @classmethod
    def read(cls, folder: Path | str) -> Results:
        """Read what `files` wrote: only files that the manifest lists, and only as they were written.

        Raises
        ------
        InputError
            If a file is missing, cut short, changed, or not what this version writes.
        """
        opened = open_results(folder)
        rows = read_replicates(opened)
        for name in opened.listed:
            if name.startswith(
                (SUMMARY, PROJECTION, DATAPACKAGE)
            ):  # not needed here, but files that must be as they were written
                opened.read(name)
        found = cls._ordered(
            opened.manifest["scenario"],
            rows.periods,
            rows.cells,
            rows.units,
            rows.values,
            rows.runs[:, 0],
            rows.runs[:, 1],
            opened.manifest,
            read_fates(opened.path / FATES, opened.read(FATES)) if FATES in opened.listed else None,
            read_deals(opened.path / DEALS, opened.read(DEALS)) if DEALS in opened.listed else None,
        )
        first = next(name for name in opened.listed if name.startswith(REPLICATES))
        for crossed, name in ((False, first), (True, CROSSED)):
            if why := found.impossible(crossed=crossed):
                raise refusal(opened.path / name, why)
        return found

    @cached_property
    def index(self) -> dict[Cell, int]:
        """Position of each cell on the last axis."""
        return {cell: position for position, cell in enumerate(self.cells)}

    @cached_property
    def timeline(self) -> Timeline:
        """The days of the run, from its manifest."""
        return timeline_of(self.manifest)

    @cached_property
    def years(self) -> tuple[str, ...]:
        """Of the periods the years, and parts of years, in order."""
        return tuple(period for period in self.periods if grain_of(period) == "year")

    def days_in(self, period: str) -> int:
        """How many days of a period the run reports."""
        first, last = ends_of(period)
        return (min(last, self.timeline.end) - max(first, self.timeline.report_from)).days + 1

    def over(self, periods: Sequence[str], cells: Iterable[Cell]) -> np.ndarray:
        """Cells over consecutive periods that are reported, taken as one, float64[R, C].

        Flows add up, stocks are means over days, of largest days the largest counts, and of values on the last day the
        last. Different people, and means for each person, cannot be told from parts: NaN, unless it is one period.
        """
        cells = list(cells)
        rows = [self.periods.index(period) for period in periods]
        values = self.values[np.ix_(range(len(self.values)), rows, [self.index[cell] for cell in cells])]
        if len(rows) == 1:
            return values[:, 0]
        days = np.array([self.days_in(period) for period in periods], dtype=np.float64)
        whole = np.full((len(values), len(cells)), np.nan)
        for kind, joined in (
            ("flow", values.sum(axis=1)),
            ("stock", np.average(values, axis=1, weights=days)),
            ("last", values[:, -1]),
            ("peak", values.max(axis=1)),
        ):
            chosen = [place for place, cell in enumerate(cells) if _joins_as(cell.indicator) == kind]
            whole[:, chosen] = joined[:, chosen]
        return whole

    def parts_of(self, window: Window, among: Set[str] | None = None) -> tuple[str, ...]:
        """The recorded periods that a window is the sum of, in order: itself, or its months, or its days; none if the
        run does not report all of its days, or not apart from others.

        Parameters
        ----------
        among
            Periods that may be used, such as those that another run has too. None: all.
        """
        by_grain: dict[str, list[str]] = {"day": [], "month": [], "year": []}
        for period in self.periods:
            if among is not None and period not in among:
                continue
            days = recorded_as(period, self.timeline)
            if days == window:
                return (period,)
            if days.within(window):
                by_grain[grain_of(period)].append(period)
        for grain in ("month", "day"):
            if sum(self.days_in(period) for period in by_grain[grain]) == window.days:
                return tuple(by_grain[grain])
        return ()

    def during(self, window: Window, cells: Iterable[Cell]) -> np.ndarray:
        """Cells over a window, float64[R, C], as `over` joins its parts; NaN where they cannot be told."""
        cells = list(cells)
        parts = self.parts_of(window)
        return self.over(parts, cells) if parts else np.full((len(self.values), len(cells)), np.nan)

    def only(self, cells: Iterable[Cell]) -> Results:
        """The same runs, with these cells alone; small enough to keep many of."""
        cells = [cell for cell in dict.fromkeys(cells) if cell in self.index]
        places = [self.index[cell] for cell in cells]
        return replace(
            self,
            cells=tuple(cells),
            units=tuple(self.units[place] for place in places),
            values=self.values[:, :, places],
            fates=None,
            deals=None,
        )

    def with_runs(self, runs: Set[tuple[int, int]]) -> Results:
        """The same results with some of their runs, each a draw and a replicate; the manifest stays that of all."""
        pairs = zip(self.draws.tolist(), self.replicates.tolist(), strict=True)
        chosen = [number for number, run in enumerate(pairs) if run in runs]
        if len(chosen) == len(self.values):
            return self
        kept = {}
        for name in ("fates", "deals"):
            table = getattr(self, name)
            if table is not None:
                rows = zip(table["draw"].to_pylist(), table["replicate"].to_pylist(), strict=True)
                kept[name] = table.filter(pa.array([run in runs for run in rows]))
        return replace(
            self,
            values=self.values[chosen],
            draws=self.draws[chosen],
            replicates=self.replicates[chosen],
            **kept,
        )

    def series(
        self, indicator: str, *, place: str = ALL, nationality: str = ALL, party: str = ALL
    ) -> tuple[tuple[str, ...], np.ndarray]:
        """One cell over the months or days: names of the P periods (no years) and float64[R, P].

        Raises
        ------
        InputError
            If the run does not report this cell.
        """
        cell = Cell(indicator, place, nationality, party)
        if cell not in self.index:
            known = "it is not an indicator of this run"
            if any(other.indicator == indicator for other in self.cells):
                known = "the run reports this indicator, not this breakdown of it"
            raise refusal(self.scenario, f"no values for {', '.join(cell)}: {known}")
        finest = grain_of(min(self.periods, key=period_order))
        chosen = [p for p, period in enumerate(self.periods) if grain_of(period) == finest]
        return tuple(self.periods[p] for p in chosen), self.values[:, chosen, self.index[cell]]

    def table(self) -> pd.DataFrame:
        """Every value that is not crossed, tidy: the rows of all replicates files, with the name of their period."""
        return self._framed(self._rows(*self._single()))

    def crossed(self) -> pd.DataFrame:
        """Every value of two breakdowns at once, tidy: the rows of crossed.parquet."""
        return frame(self._crossed())

    def summary(self, *, whole_months: bool = False) -> pd.DataFrame:
        """Mean and quantiles over the replicates: as the summary files, of all levels, months and years together.

        Parameters
        ----------
        whole_months
            Leave out a month that the run cuts short: as a point of a chart it reads as a fall.
        """
        rows = self._framed(self._summary_rows(*self._single()))
        if not whole_months:
            return rows
        short = [
            period
            for period in self.periods
            if grain_of(period) == "month" and not self.timeline.covers(period)
        ]
        return rows.loc[~rows["period"].isin(short)].reset_index(drop=True) if short else rows

    def files(self, *, wide: bool = False, more: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
        """The files of one scenario's folder, by name; `corridor.result_files` adds projections.

        Parameters
        ----------
        wide
            Write the replicates as one Parquet file with a column a replicate, as a batch does: far smaller.
        more
            Name -> content of files that lie beside these, and are described with them.

        Raises
        ------
        RunError
            If a number cannot be (below zero, infinite, or missing where every run has one): it reaches no file.
        """
        if why := self.impossible():
            raise RunError(f"{why}; nothing is written")
        kept = {CROSSED: parquet_bytes(self._crossed())} if any(map(is_crossed, self.cells)) else {}
        kept |= {} if self.fates is None else {FATES: parquet_bytes(self.fates)}
        kept |= {} if self.deals is None else {DEALS: csv_bytes(self.deals)}
        written = self._wide_file() if wide else self._csv_files(REPLICATES, RECORDED, self._rows_of)
        files = {**written, **self._csv_files(SUMMARY, SUMMARISED, self._summary_of), **kept}
        files |= more or {}
        files[DATAPACKAGE] = datapackage(self.scenario.lower(), f"Results of {self.scenario}", files)
        return {**files, MANIFEST: manifest_bytes(self.manifest, files)}

    def impossible(self, *, crossed: bool | None = None) -> str:
        """The first number that no sound run has, whatever made it, in words; nothing where there is none.

        Parameters
        ----------
        crossed
            Look at cells that are crossed, or at those that are not; None: at all.
        """
        kinds = [
            INDICATORS[cell.indicator].kind if cell.indicator in INDICATORS else "" for cell in self.cells
        ]
        defined = np.array([kind in ALWAYS_DEFINED for kind in kinds])
        looked_at = np.array([crossed in (None, is_crossed(cell)) for cell in self.cells])
        wrong = (self.values < 0) | np.isinf(self.values) | (np.isnan(self.values) & defined)
        wrong &= looked_at
        if not wrong.any():
            return ""
        run, period, cell = np.argwhere(wrong)[0]
        about = ", ".join(part for part in self.cells[cell] if part != ALL)
        return (
            f"{self.scenario}, replicate {self.replicates[run]}, {self.periods[period]}: {about} is "
            f"{self.values[run, period, cell]}, which cannot be"
        )

    def _single(self, crossed: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """All periods, and the cells that are broken down by one thing at most (or by two), as places."""
        chosen = [position for position, cell in enumerate(self.cells) if is_crossed(cell) == crossed]
        return np.arange(len(self.periods)), np.array(chosen, dtype=np.int64)

    def _crossed(self) -> pa.Table:
        """Rows of crossed.parquet."""
        columns = self._rows(*self._single(crossed=True))
        return pa.table({name: columns[name] for name in CROSSED_COLUMNS})

    def _csv_files(
        self, stem: str, grains: Sequence[Grain], rows: Callable[[np.ndarray, np.ndarray], pa.Table]
    ) -> dict[str, bytes]:
        """A file for each level and kind of window."""
        return {
            part.name: csv_bytes(rows(part.periods, part.cells))
            for part in parts(stem, grains, self.periods, self.cells)
        }

    def _rows_of(self, periods: np.ndarray, cells: np.ndarray) -> pa.Table:
        """Rows of a replicates file."""
        _, period, cell = np.nonzero(~np.isnan(self.values[:, periods[:, None], cells]))
        return self._dated(self._rows(periods, cells), periods[period], cells[cell], REPLICATES_COLUMNS)

    def _summary_of(self, periods: np.ndarray, cells: np.ndarray) -> pa.Table:
        """Rows of a summary file."""
        period, cell = np.nonzero(~np.isnan(self.values[:, periods[:, None], cells]).all(axis=0))
        return self._dated(self._summary_rows(periods, cells), periods[period], cells[cell], SUMMARY_COLUMNS)

    def _rows(self, periods: np.ndarray, cells: np.ndarray) -> dict[str, pa.Array]:
        values = self.values[:, periods[:, None], cells]
        run, period, cell = np.nonzero(~np.isnan(values))
        return {
            "scenario": repeat(self.scenario, run.size),
            "draw": pa.array(self.draws[run]),
            "replicate": pa.array(self.replicates[run]),
            "value": pa.array(values[run, period, cell]),
            **self._about(periods[period], cells[cell]),
        }

    def _summary_rows(self, periods: np.ndarray, cells: np.ndarray) -> dict[str, pa.Array]:
        count, mean, quantiles = spread(
            self.values[:, periods[:, None], cells], list(SUMMARY_SHARES.values())
        )
        period, cell = np.nonzero(count)
        at = (period, cell)
        return {
            "scenario": repeat(self.scenario, period.size),
            "n": pa.array(count[at]),
            "mean": pa.array(round_values(mean[at])),
            **{
                name: pa.array(round_values(values[at]))
                for name, values in zip(SUMMARY_SHARES, quantiles, strict=True)
            },
            **self._about(periods[period], cells[cell]),
        }

    def _about(self, period: np.ndarray, cell: np.ndarray) -> dict[str, pa.Array]:
        """The columns that say what rows are about: places among all periods and cells, one a row."""
        return {
            **cell_columns(self.periods, self.cells, period, cell),
            "unit": label(self.units, cell),
        }

    def _dated(
        self, columns: dict[str, pa.Array], period: np.ndarray, cell: np.ndarray, names: Sequence[str]
    ) -> pa.Table:
        """The columns of a file, which names the days of its rows and no period."""
        columns |= window_columns(self.periods, self.timeline, period)
        columns[SUMS] = sums_column(self.cells, cell)
        return pa.table({name: columns[name] for name in names})

    @staticmethod
    def _framed(columns: dict[str, pa.Array]) -> pd.DataFrame:
        """The columns for people, who have the name of a period."""
        first = [
            name for name in ("scenario", "draw", "replicate", "period", *Cell._fields) if name in columns
        ]
        left_out = {*first, "unit"}
        numbers = [name for name in columns if name not in left_out]
        return frame(pa.table({name: columns[name] for name in (*first, *numbers, "unit")}))

    def _wide_file(self) -> dict[str, bytes]:
        """The replicates as Parquet: a row a period and cell, a column a replicate."""
        _, chosen = self._single()
        cells, units = [self.cells[at] for at in chosen], [self.units[at] for at in chosen]
        values = self.values[:, :, chosen]
        return {WIDE: wide_bytes(self.periods, cells, units, values, self.draws, self.replicates)}


def _joins_as(indicator: str) -> str:
    """How values of consecutive periods become one."""
    kind = INDICATORS[indicator].kind
    return "last" if kind == "stock" and indicator.endswith(END_SUFFIX) else kind


def cell_columns(
    periods: Sequence[str], cells: Sequence[Cell], period: np.ndarray, cell: np.ndarray
) -> dict[str, pa.Array]:
    """The five columns that say what a row is about, for rows at these places among periods and cells."""
    columns: dict[str, pa.Array] = {"period": label(periods, period)}
    for at, name in enumerate(Cell._fields):
        columns[name] = label([each[at] for each in cells], cell)
    return columns


def period_order(period: str) -> tuple[int, str]:
    """Days, then months, then years and their parts; each by date."""
    return list(GRAINS.values()).index(grain_of(period)), period


def cell_order(cell: Cell) -> tuple[Any, ...]:
    """Indicators as registered, then by place, nationality and party, `all` first."""
    known = _REGISTERED.get(cell.indicator, len(_REGISTERED))
    breakdown = ((name != ALL, name) for name in cell[1:])
    return known, cell.indicator, *breakdown
