"""Reading folders of results: one reader for comparison, report and app, which refuses what the writer may not write.

A folder is opened by its manifest: only the files that it lists are read, each once, and only as Corridor wrote it
(size and hash). Then what they say is checked as if nobody had: names, units, bounds, rows that are missing or twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from corridor.foundations.regular_files import read_regular
from corridor.foundations.timeline import Grain, Timeline, grain_of
from corridor.foundations.windows import recorded_as
from corridor.inputs.registries.geography import PARTIES
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.files import refusal
from corridor.outputs.layout import LEVELS, SUMS, WINDOW_COLUMNS, names_of, window_texts
from corridor.outputs.manifest import WHOLE, digest
from corridor.outputs.manifest_checks import read_manifest
from corridor.outputs.parquet import read_parquet
from corridor.outputs.rows import (
    ALL,
    ALWAYS_DEFINED,
    CROSSED,
    CROSSED_COLUMNS,
    MANIFEST,
    RECORDED,
    REPLICATES,
    REPLICATES_COLUMNS,
    SUMMARISED,
    WIDE,
    WRITTEN_BESIDE,
    Cell,
    is_crossed,
)
from corridor.outputs.stored_results import ASIDE
from corridor.outputs.tables import label
from corridor.outputs.wide import Wide, read_wide

MOST_FILE_BYTES = 4_000_000_000
TEXTS = ("scenario", "period", "indicator", "place", "nationality", "party", "unit")
TYPES: dict[str, pa.DataType] = {
    **{name: pa.dictionary(pa.int32(), pa.string()) for name in TEXTS},
    "draw": pa.int64(),
    "replicate": pa.int64(),
    "value": pa.float64(),
}
EMPTIEST = 20  # a table of results has a number in more than one of so many places
PLACE = re.compile(r"[a-z][a-z0-9_]{0,79}")
CHANGED = "has changed since Corridor wrote it"
AGAIN = "put the file back as it was written, or run it again: {command}"
REWRITTEN_DATES = re.compile(
    rb"[,;\t](?:[A-Za-z]{3}[-/ ][0-9]{2,4}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4})[,;\t]"
)


@dataclass(frozen=True)
class ResultFolder:
    """A folder of results as it was written: its manifest, and the files that the manifest lists.

    Attributes
    ----------
    manifest
        As `describe_run` made it, without what was added for its files.
    listed
        Name of a file -> its size and hash.
    """

    path: Path
    manifest: Mapping[str, Any]
    listed: Mapping[str, Mapping[str, Any]]

    def read(self, name: str) -> bytes:
        """The content of a file that the manifest lists.

        Raises
        ------
        InputError
            If it is missing, no regular file, or not as it was written.
        """
        path, about = self.path / name, self.listed[name]
        if about["bytes"] > MOST_FILE_BYTES:
            raise refusal(path, f"is larger than {MOST_FILE_BYTES // 1_000_000:,} MB, the most that is read")
        try:
            content = read_regular(path, MOST_FILE_BYTES)
        except OSError as error:
            raise refusal(path, f"cannot be read: {error.strerror}") from None
        if len(content) != about["bytes"] or digest(content) != about["sha256"]:
            raise refusal(
                path, f"{CHANGED}{how_changed(content)}: {AGAIN.format(command=self.manifest['command'])}"
            )
        return content


def how_changed(content: bytes) -> str:
    """What a spreadsheet did to a CSV file, in words; nothing where no sign of one is seen."""
    head, _, rows = content.partition(b"\n")
    signs = []
    if head.startswith(b"\xef\xbb\xbf"):
        signs.append("it begins with a byte order mark")
    if head.count(b";") > head.count(b","):
        signs.append("its columns are separated by ;")
    elif head.count(b"\t") > head.count(b","):
        signs.append("its columns are separated by tabs")
    if head.endswith(b"\r"):
        signs.append("its lines end as on Windows")
    if found := REWRITTEN_DATES.search(rows):
        signs.append(f"its dates are written as {found[0][1:-1].decode('ascii')}")
    return f" (a spreadsheet saved it: {', '.join(signs)})" if signs else ""


def open_results(folder: Path | str) -> ResultFolder:
    """Open a folder of results by its manifest.

    Raises
    ------
    InputError
        If there is none, or it is not as it was written.
    """
    path = Path(folder)
    manifest = read_manifest(path / MANIFEST)
    listed = manifest.pop("files")
    del manifest[WHOLE]
    return ResultFolder(path, manifest, listed)


@dataclass(frozen=True)
class Rows:
    """What tables of values say, as arrays.

    Attributes
    ----------
    values : float64[R, P, C]
        NaN where there is no row.
    runs : int64[R, 2]
        Draw and replicate.
    """

    periods: list[str]
    cells: list[Cell]
    units: list[str]
    values: np.ndarray
    runs: np.ndarray


def read_replicates(opened: ResultFolder) -> Rows:
    """Read the replicates of a folder, from its CSV files or from one Parquet file.

    Raises
    ------
    InputError
        If they are not what Corridor writes of the run that the manifest describes.
    """
    crossed = _read_crossed(opened) if CROSSED in opened.listed else None
    rows = _read_single(opened)
    if crossed is None:
        return rows
    if sorted(crossed.periods) != sorted(rows.periods):
        raise refusal(opened.path / CROSSED, f"its periods are not those of {REPLICATES}")
    return _joined(rows, crossed)


def _read_single(opened: ResultFolder) -> Rows:
    """The values that are broken down by one thing at most."""
    if WIDE in opened.listed:
        path = opened.path / WIDE
        return _from_wide(path, read_wide(path, opened.read(WIDE)), opened.manifest)
    names = {name: about for name, about in names_of(REPLICATES, RECORDED).items() if name in opened.listed}
    tables = []
    for name, (grain, level) in names.items():
        path = opened.path / name
        table = _parse(path, opened.read(name))
        tables.append(_with_periods(path, table, grain, level, timeline_of(opened.manifest)))
        _refuse_names(path, opened.manifest, {each: _coded(tables[-1], each) for each in TEXTS})
    whole = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    return _from_rows(opened.path / next(iter(names)), whole, opened.manifest, crossed=False)


def _read_crossed(opened: ResultFolder) -> Rows:
    """The values of two breakdowns at once."""
    path = opened.path / CROSSED
    table = read_parquet(path, opened.read(CROSSED), CROSSED_COLUMNS)
    if any(column.null_count for column in table.columns):
        raise refusal(path, "a field of it is empty")
    try:
        table = table.cast(pa.schema([(name, TYPES[name]) for name in CROSSED_COLUMNS])).combine_chunks()
    except pa.ArrowException as error:
        raise refusal(path, f"cannot be read: {str(error)[:200]}") from None
    if table.num_rows == 0:
        raise refusal(path, "it holds no rows")
    _refuse_names(path, opened.manifest, {each: _coded(table, each) for each in TEXTS})
    return _from_rows(path, table, opened.manifest, crossed=True)


def _joined(rows: Rows, crossed: Rows) -> Rows:
    """Rows of the two files of values as one; their runs and periods are the same."""
    order = [crossed.periods.index(period) for period in rows.periods]
    return Rows(
        rows.periods,
        [*rows.cells, *crossed.cells],
        [*rows.units, *crossed.units],
        np.concatenate([rows.values, crossed.values[:, order]], axis=2),
        rows.runs,
    )


def timeline_of(manifest: Mapping[str, Any]) -> Timeline:
    """The days of a run, from its manifest."""
    days = manifest["period"]
    start, end, report_from = (date.fromisoformat(days[name]) for name in ("start", "end", "report_from"))
    return Timeline(start, end, report_from)


def _from_rows(path: Path, table: pa.Table, manifest: Mapping[str, Any], *, crossed: bool) -> Rows:
    """The numbers of a table whose names have been checked."""
    columns = {name: _coded(table, name) for name in TEXTS}
    cells, first, cell_of = _cells(path, columns, crossed=crossed)
    pairs = np.column_stack([table["draw"].to_numpy(), table["replicate"].to_numpy()])
    runs, run_of = np.unique(pairs, axis=0, return_inverse=True)
    periods = columns["period"].names
    _refuse_runs(path, manifest, runs)
    numbers = table["value"].to_numpy()
    if not np.isfinite(numbers).all():
        raise refusal(path, "the column value holds something that is not a finite number")
    _refuse_empty(path, len(runs) * len(periods) * len(cells), len(numbers))
    values = np.full((len(runs), len(periods), len(cells)), np.nan)
    values[run_of.reshape(-1), columns["period"].codes, cell_of] = numbers
    _refuse_holes(path, values, cells, len(numbers))
    return Rows(periods, cells, [columns["unit"].at(row) for row in first], values, runs)


def _from_wide(path: Path, wide: Wide, manifest: Mapping[str, Any]) -> Rows:
    """The numbers of a Parquet file."""
    columns = {name: _split(column) for name, column in wide.texts.items()}
    if not len(wide.values):
        raise refusal(path, "it holds no rows")
    _refuse_names(path, manifest, columns)
    cells, first, cell_of = _cells(path, columns, crossed=False)
    _refuse_runs(path, manifest, wide.runs)
    if np.isinf(wide.values).any():
        raise refusal(path, "it holds something that is not a finite number")
    periods = columns["period"].names
    _refuse_empty(path, len(periods) * len(cells), len(wide.values))
    values = np.full((len(wide.runs), len(periods), len(cells)), np.nan)
    values[:, columns["period"].codes, cell_of] = wide.values.T
    _refuse_holes(path, values, cells, np.isfinite(wide.values).sum())
    return Rows(periods, cells, [columns["unit"].at(row) for row in first], values, wide.runs)


def _cells(
    path: Path, columns: Mapping[str, _Coded], *, crossed: bool
) -> tuple[list[Cell], np.ndarray, np.ndarray]:
    """The cells of rows, the first row of each, and the cell of each row."""
    combined = np.zeros(len(columns["unit"].codes), dtype=np.int64)
    for name in Cell._fields:
        combined = combined * len(columns[name].names) + columns[name].codes
    _, first, cell_of = np.unique(combined, return_index=True, return_inverse=True)
    cells = [Cell(*(columns[name].at(row) for name in Cell._fields)) for row in first]
    _refuse_cells(path, cells, crossed=crossed)
    _refuse_units(path, columns)
    return cells, first, cell_of.reshape(-1)


def _parse(path: Path, content: bytes) -> pa.Table:
    """The rows of a replicates file, texts as codes."""
    types = TYPES | {name: pa.dictionary(pa.int32(), pa.string()) for name in (*WINDOW_COLUMNS, SUMS)}
    options = pacsv.ConvertOptions(column_types=types, strings_can_be_null=False)
    try:
        table = pacsv.read_csv(BytesIO(content), convert_options=options).combine_chunks()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise refusal(path, f"cannot be read: {str(error)[:200]}") from None
    if tuple(table.column_names) != REPLICATES_COLUMNS:
        raise refusal(path, f"expected the columns {', '.join(REPLICATES_COLUMNS)}")
    if table.num_rows == 0:
        raise refusal(path, "it holds no rows")
    return table


def _with_periods(path: Path, table: pa.Table, grain: Grain, level: str, timeline: Timeline) -> pa.Table:
    """Rows with the name of their period in place of its days; refused if a row is of another level or window."""
    days = [_coded(table, name) for name in WINDOW_COLUMNS]
    combined = np.zeros(table.num_rows, dtype=np.int64)
    for column in days:
        combined = combined * len(column.names) + column.codes
    _, first, code = np.unique(combined, return_index=True, return_inverse=True)
    known = {window_texts(recorded_as(name, timeline)): name for name in periods_of(timeline, grain)}
    names = []
    for row in first:
        texts = (days[0].at(row), days[1].at(row), days[2].at(row))
        if texts not in known:
            shown = ", ".join(text[:20] for text in texts)
            raise refusal(path, f"{shown!r} are no {grain} that this run reports")
        names.append(known[texts])
    sums = _coded(table, SUMS)
    indicator = _coded(table, "indicator")
    adds = np.array([name in INDICATORS and INDICATORS[name].sums_over_periods for name in indicator.names])
    if (np.array([name == "yes" for name in sums.names])[sums.codes] != adds[indicator.codes]).any():
        raise refusal(path, f"the column {SUMS} is not what the registry of indicators says")
    for name in LEVELS[1:]:
        column = _coded(table, name)
        total = np.array([each == ALL for each in column.names])[column.codes]
        if (total if name == level else ~total).any():
            raise refusal(path, f"a row is not {f'by {level}' if level else 'a total'}, as its file is")
    table = table.append_column("period", label(names, code.reshape(-1)))
    return table.select(["draw", "replicate", "value", *TEXTS])


def periods_of(timeline: Timeline, grain: Grain) -> list[str]:
    """The names of all days, months or years that a run reports."""
    if grain == "day":
        first = timeline.report_day
        return [timeline.date_of(day).isoformat() for day in range(first, timeline.days)]
    return timeline.months() if grain == "month" else timeline.years()


def _refuse_runs(path: Path, manifest: Mapping[str, Any], runs: np.ndarray) -> None:
    run = manifest["run"]
    if list(zip(run["draws"], run["replicates"], strict=True)) != [tuple(row) for row in runs.tolist()]:
        raise refusal(path, f"its draws and replicates are not those that {MANIFEST} lists")


def _refuse_empty(path: Path, places: int, numbers: int) -> None:
    if places > EMPTIEST * numbers:
        raise refusal(path, "most of its rows are missing; the file may be cut short")


def _refuse_names(path: Path, manifest: Mapping[str, Any], columns: Mapping[str, _Coded]) -> None:
    """Refuse names that no results have: of another scenario, of a day that was not reported, or unknown."""
    timeline = timeline_of(manifest)

    def is_reported(text: str) -> bool:
        try:
            return text in periods_of(timeline, grain_of(text))
        except (KeyError, ValueError):
            return False

    rules: tuple[tuple[str, Callable[[str], object], str], ...] = (
        ("scenario", lambda name: name == manifest["scenario"], f"the scenario that {MANIFEST} names"),
        ("period", is_reported, "a day, a month, a year or part of one that this run reports"),
        ("indicator", INDICATORS.__contains__, "an indicator of this version"),
        ("place", PLACE.fullmatch, "the name of a place"),
        ("nationality", (ALL, *NATIONALITIES).__contains__, "a nationality of this version"),
        ("party", (ALL, *PARTIES).__contains__, "a kind of party"),
    )
    for column, is_right, what in rules:
        if column not in columns:
            continue
        if wrong := [name for name in columns[column].names if not is_right(name)]:
            raise refusal(path, f"{wrong[0][:40]!r} in the column {column} is not {what}")


def _refuse_units(path: Path, columns: Mapping[str, _Coded]) -> None:
    indicators, units = columns["indicator"], columns["unit"]
    pairs = np.unique(indicators.codes.astype(np.int64) * len(units.names) + units.codes)
    for pair in pairs.tolist():
        indicator, unit = indicators.names[pair // len(units.names)], units.names[pair % len(units.names)]
        if unit != INDICATORS[indicator].unit:
            raise refusal(path, f"{indicator} is in {INDICATORS[indicator].unit}, not in {unit[:40]!r}")


def _refuse_cells(path: Path, cells: Sequence[Cell], *, crossed: bool) -> None:
    """Refuse breakdowns that are not reported, or not in this file: crossings have one of their own."""
    for cell in cells:
        by = {name for name, value in zip(Cell._fields[1:], cell[1:], strict=True) if value != ALL}
        indicator = INDICATORS[cell.indicator]
        known = (
            map(set, indicator.crossings)
            if is_crossed(cell)
            else [set(), *({name} for name in indicator.margins)]
        )
        if by not in known:
            raise refusal(path, f"{cell.indicator} is not reported by {' and '.join(sorted(by))}")
        if is_crossed(cell) != crossed:
            words = " and ".join(sorted(by)) or "itself"
            raise refusal(path, f"{cell.indicator} by {words} is in another file")


def _refuse_holes(path: Path, values: np.ndarray, cells: Sequence[Cell], rows: int) -> None:
    """Refuse rows given twice, and rows that are missing though every run has a number there."""
    absent = np.isnan(values)
    if values.size - absent.sum() < rows:
        raise refusal(path, "it holds the same row twice")
    for position, cell in enumerate(cells):
        if INDICATORS[cell.indicator].kind in ALWAYS_DEFINED and absent[:, :, position].any():
            raise refusal(path, f"rows of {cell.indicator} are missing; the file may be cut short")


class _Coded(NamedTuple):
    """A text column as row codes into its distinct names."""

    codes: np.ndarray
    names: list[str]

    def at(self, row: int) -> str:
        return self.names[self.codes[row]]


def _coded(table: pa.Table, name: str) -> _Coded:
    column = table[name].unify_dictionaries().combine_chunks()
    return _split(column.chunk(0) if isinstance(column, pa.ChunkedArray) else column)


def _split(column: pa.DictionaryArray) -> _Coded:
    return _Coded(column.indices.to_numpy(), column.dictionary.to_pylist())


def is_beside(name: str) -> bool:
    """Whether Corridor writes a file of this name beside folders of results."""
    return name in WRITTEN_BESIDE or any(
        name in names_of(stem, SUMMARISED) for stem in ("compare", "headline")
    )


def find_results(given: Iterable[Path | str]) -> list[Path]:
    """Folders of results among those given, or directly below them, each once.

    Files that Corridor writes beside them (`compare.csv`) are passed over, so `results/*` can be given. Earlier
    versions that were put aside (`NAME@...`) are found only where they are named.

    Raises
    ------
    InputError
        If there are no results in one of them.
    """
    found: dict[Path, Path] = {}
    given = [Path(each) for each in given]
    folders = [each for each in given if not (each.is_file() and is_beside(each.name))]
    for folder in folders or given:
        below = [folder] if (folder / MANIFEST).is_file() else []
        if not below and folder.is_dir():
            below = sorted(
                each for each in folder.iterdir() if ASIDE not in each.name and (each / MANIFEST).is_file()
            )
        if not below:
            raise refusal(
                folder, f"no results here: {MANIFEST} is neither in it nor in a folder directly below"
            )
        for each in below:
            found.setdefault(each.resolve(), each)
    return list(found.values())
