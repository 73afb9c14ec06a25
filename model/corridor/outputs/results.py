"""Results: one scenario's ensemble as a cube of numbers, and its tidy tables.

In the flow: Recordings (one a replicate) -> Results -> tables, summary, Comparison. The order of periods and
cells is fixed here (months before years, indicators in the order of their registry, `all` first), so that
Results built from a run and Results read from its files are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from corridor.foundations.errors import RunError
from corridor.foundations.timeline import GRAINS, Timeline, ends_of, grain_of
from corridor.inputs.registries.indicators import END_SUFFIX, INDICATORS
from corridor.outputs.deals import DEALS, read_deals
from corridor.outputs.fates import FATES, parquet_bytes, read_fates
from corridor.outputs.files import refusal
from corridor.outputs.manifest import manifest_bytes, read_manifest
from corridor.outputs.tables import ArrowTable, csv_bytes, frame, label, repeat, round_values, spread

if TYPE_CHECKING:
    from corridor.engine.recording.recorder import Recording

REPLICATES = "replicates.csv"
SUMMARY = "summary.csv"
MANIFEST = "manifest.json"
WRITTEN_BESIDE = (
    "compare.csv",
    "fates.csv",
    "failures.csv",
)  # beside the folders of results, by runs and batches

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
REPLICATES_COLUMNS = (
    "scenario", "draw", "replicate", "period", "indicator", "place", "nationality", "party", "value", "unit",
)  # fmt: skip
ALL = "all"
ALWAYS_DEFINED = {"flow", "stock", "peak"}  # means and distinct people may have no number in a period
_REGISTERED = {name: position for position, name in enumerate(INDICATORS)}


class Cell(NamedTuple):
    """What one number is about; `all` where it is not broken down."""

    indicator: str
    place: str = ALL
    nationality: str = ALL
    party: str = ALL


@dataclass(frozen=True, eq=False)
class Results:
    """One scenario's replicates.

    Attributes
    ----------
    scenario : name
    periods : P names such as `2023-12` or `2023`; part of a year is named by its ends, `2024-01 to 2024-06`
    cells : C cells; `units` their units
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
        """Read what `files` wrote: replicates.csv, manifest.json fates.parquet and deals.csv where there are any.

        Raises
        ------
        InputError
            If a file is missing, cut short, or not what this version writes.
        """
        folder = Path(folder)
        manifest = read_manifest(folder / MANIFEST)
        path = folder / REPLICATES
        names = {"scenario", "period", "indicator", "place", "nationality", "party", "unit"}
        types = {name: pa.dictionary(pa.int32(), pa.string()) for name in names}
        types |= {"draw": pa.int64(), "replicate": pa.int64(), "value": pa.float64()}
        options = pacsv.ConvertOptions(column_types=types, strings_can_be_null=False)
        try:
            table = pacsv.read_csv(path, convert_options=options).combine_chunks()
        except (OSError, ValueError, pa.ArrowException) as error:
            raise refusal(path, f"cannot be read: {error}") from None
        if tuple(table.column_names) != REPLICATES_COLUMNS:
            raise refusal(path, f"expected the columns {', '.join(REPLICATES_COLUMNS)}")
        if table.num_rows == 0:
            raise refusal(path, "it holds no rows")
        columns = {name: _coded(table, name) for name in names}
        scenario, periods = columns["scenario"].names, columns["period"].names
        if len(scenario) != 1:
            raise refusal(path, f"expected one scenario, found {', '.join(scenario)}")
        for name, known, what in (
            ("period", _is_period, "a day, a month, a year or part of one"),
            ("indicator", INDICATORS.__contains__, "an indicator of this version"),
        ):
            if unknown := [text for text in columns[name].names if not known(text)]:
                raise refusal(path, f"{unknown[0][:40]!r} in the column {name} is not {what}")
        combined = np.zeros(table.num_rows, dtype=np.int64)
        for name in Cell._fields:
            combined = combined * len(columns[name].names) + columns[name].codes
        _, first, cell_of = np.unique(combined, return_index=True, return_inverse=True)
        cells = [Cell(*(columns[name].at(row) for name in Cell._fields)) for row in first]
        units = [columns["unit"].at(row) for row in first]
        pairs = np.column_stack([table["draw"].to_numpy(), table["replicate"].to_numpy()])
        runs, run_of = np.unique(pairs, axis=0, return_inverse=True)
        numbers = table["value"].to_numpy()
        if not np.isfinite(numbers).all():
            raise refusal(path, "the column value holds something that is not a finite number")
        values = np.full((len(runs), len(periods), len(cells)), np.nan)
        values[run_of.reshape(-1), columns["period"].codes, cell_of] = numbers
        _refuse_holes(path, values, cells, len(numbers))
        run = manifest["run"]
        if sorted(zip(run["draws"], run["replicates"], strict=True)) != [tuple(row) for row in runs.tolist()]:
            raise refusal(path, f"its draws and replicates are not those that {MANIFEST} lists")
        fates = read_fates(folder / FATES) if (folder / FATES).exists() else None
        deals = read_deals(folder / DEALS) if (folder / DEALS).exists() else None
        return cls._ordered(
            scenario[0], periods, cells, units, values, runs[:, 0], runs[:, 1], manifest, fates, deals
        )

    @cached_property
    def index(self) -> dict[Cell, int]:
        """Position of each cell on the last axis."""
        return {cell: position for position, cell in enumerate(self.cells)}

    @cached_property
    def timeline(self) -> Timeline:
        """The days of the run, from its manifest."""
        start, end, report_from = (
            date.fromisoformat(self.manifest["period"][name]) for name in ("start", "end", "report_from")
        )
        return Timeline(start, end, report_from)

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
        """Every value, tidy: the rows of replicates.csv."""
        return frame(self._rows())

    def summary(self, *, whole_months: bool = False) -> pd.DataFrame:
        """Mean and quantiles over the replicates: the rows of summary.csv.

        Parameters
        ----------
        whole_months
            Leave out a month that the run cuts short: as a point of a chart it reads as a fall.
        """
        rows = frame(self._summary())
        if not whole_months:
            return rows
        short = [
            period
            for period in self.periods
            if grain_of(period) == "month" and not self.timeline.covers(period)
        ]
        return rows.loc[~rows["period"].isin(short)].reset_index(drop=True) if short else rows

    def files(self) -> dict[str, bytes]:
        """The files of one scenario's folder, by name.

        Raises
        ------
        RunError
            If a number cannot be (below zero, infinite, or missing where every run has one): it reaches no file.
        """
        _refuse_impossible(self)
        kept = {} if self.fates is None else {FATES: parquet_bytes(self.fates)}
        kept |= {} if self.deals is None else {DEALS: csv_bytes(self.deals)}
        return {
            REPLICATES: csv_bytes(self._rows()),
            SUMMARY: csv_bytes(self._summary()),
            **kept,
            MANIFEST: manifest_bytes(self.manifest),
        }

    def _rows(self) -> pa.Table:
        run, period, cell = np.nonzero(~np.isnan(self.values))
        columns = {
            "scenario": repeat(self.scenario, run.size),
            "draw": pa.array(self.draws[run]),
            "replicate": pa.array(self.replicates[run]),
            **cell_columns(self.periods, self.cells, period, cell),
            "value": pa.array(self.values[run, period, cell]),
            "unit": label(self.units, cell),
        }
        return pa.table(columns).select(list(REPLICATES_COLUMNS))

    def _summary(self) -> pa.Table:
        count, mean, quantiles = spread(self.values, list(SUMMARY_SHARES.values()))
        period, cell = np.nonzero(count)
        at = (period, cell)
        return pa.table(
            {
                "scenario": repeat(self.scenario, period.size),
                **cell_columns(self.periods, self.cells, period, cell),
                "n": pa.array(count[at]),
                "mean": pa.array(round_values(mean[at])),
                **{
                    name: pa.array(round_values(values[at]))
                    for name, values in zip(SUMMARY_SHARES, quantiles, strict=True)
                },
                "unit": label(self.units, cell),
            }
        )


def _is_period(text: str) -> bool:
    """Whether a text is a day, a month, a year or part of one, as results write them."""
    try:
        ends_of(text)
    except ValueError:
        return False
    return True


def _joins_as(indicator: str) -> str:
    """How values of consecutive periods become one."""
    kind = INDICATORS[indicator].kind
    return "last" if kind == "stock" and indicator.endswith(END_SUFFIX) else kind


def _refuse_holes(path: Path, values: np.ndarray, cells: Sequence[Cell], rows: int) -> None:
    """Refuse rows given twice, and rows that are missing though every run has a number there."""
    absent = np.isnan(values)
    if values.size - absent.sum() < rows:
        raise refusal(path, "it holds the same row twice")
    for position, cell in enumerate(cells):
        if INDICATORS[cell.indicator].kind in ALWAYS_DEFINED and absent[:, :, position].any():
            raise refusal(path, f"rows of {cell.indicator} are missing; the file may be cut short")


def _refuse_impossible(results: Results) -> None:
    """Refuse results that no sound run has, whatever made them."""
    values = results.values
    kinds = [
        INDICATORS[cell.indicator].kind if cell.indicator in INDICATORS else "" for cell in results.cells
    ]
    defined = np.array([kind in ALWAYS_DEFINED for kind in kinds])
    wrong = (values < 0) | np.isinf(values) | (np.isnan(values) & defined)
    if wrong.any():
        run, period, cell = np.argwhere(wrong)[0]
        about = ", ".join(part for part in results.cells[cell] if part != ALL)
        raise RunError(
            f"{results.scenario}, replicate {results.replicates[run]}, {results.periods[period]}: {about} is "
            f"{values[run, period, cell]}, which cannot be; nothing is written"
        )


def cell_columns(
    periods: Sequence[str], cells: Sequence[Cell], period: np.ndarray, cell: np.ndarray
) -> dict[str, pa.Array]:
    """The five columns that say what a row is about, for rows at these places among periods and cells."""
    columns: dict[str, pa.Array] = {"period": label(periods, period)}
    for name, names in zip(Cell._fields, zip(*cells, strict=True), strict=True):
        columns[name] = label(names, cell)
    return columns


def period_order(period: str) -> tuple[int, str]:
    """Days, then months, then years and their parts; each by date."""
    return list(GRAINS.values()).index(grain_of(period)), period


def cell_order(cell: Cell) -> tuple[Any, ...]:
    """Indicators as registered, then by place, nationality and party, `all` first."""
    known = _REGISTERED.get(cell.indicator, len(_REGISTERED))
    breakdown = ((name != ALL, name) for name in cell[1:])
    return known, cell.indicator, *breakdown


class _Coded(NamedTuple):
    """A text column as row codes into its distinct names."""

    codes: np.ndarray
    names: list[str]

    def at(self, row: int) -> str:
        return self.names[self.codes[row]]


def _coded(table: pa.Table, name: str) -> _Coded:
    column = table[name].unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0)
    return _Coded(column.indices.to_numpy(), column.dictionary.to_pylist())


def find_results(given: Iterable[Path | str]) -> list[Path]:
    """Folders of results among those given, or directly below them, each once.

    Files that Corridor writes beside them (`compare.csv`) are passed over, so `results/*` can be given.

    Raises
    ------
    InputError
        If there are no results in one of them.
    """
    found: dict[Path, Path] = {}
    given = [Path(each) for each in given]
    folders = [each for each in given if not (each.is_file() and each.name in WRITTEN_BESIDE)]
    for folder in folders or given:
        below = [folder] if (folder / MANIFEST).is_file() else []
        if not below and folder.is_dir():
            below = sorted(each for each in folder.iterdir() if (each / MANIFEST).is_file())
        if not below:
            raise refusal(
                folder, f"no results here: {MANIFEST} is neither in it nor in a folder directly below"
            )
        for each in below:
            found.setdefault(each.resolve(), each)
    return list(found.values())
