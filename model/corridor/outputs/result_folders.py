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
from corridor.foundations.timeline import ends_of
from corridor.inputs.registries.geography import PARTIES
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.files import refusal
from corridor.outputs.manifest import WHOLE, digest
from corridor.outputs.manifest_checks import read_manifest
from corridor.outputs.parquet import read_parquet
from corridor.outputs.rows import (
    ALL,
    ALWAYS_DEFINED,
    MANIFEST,
    REPLICATES_COLUMNS,
    WRITTEN_BESIDE,
    Cell,
    is_crossed,
)

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
CHANGED = (
    "has changed since Corridor wrote it (a spreadsheet rewrites what it saves): "
    "put the file back as it was written, or run it again: {command}"
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
            raise refusal(path, CHANGED.format(command=self.manifest["command"]))
        return content


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
    """What a table of values says, as arrays.

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


def read_rows(path: Path, content: bytes, manifest: Mapping[str, Any]) -> Rows:
    """Read the content of replicates.csv; `path` names it in a refusal.

    Raises
    ------
    InputError
        If it is not what Corridor writes of the run that the manifest describes.
    """
    return _rows_of(path, _parse(path, content), manifest, crossed=False)


def read_crossed_rows(path: Path, content: bytes, manifest: Mapping[str, Any]) -> Rows:
    """As `read_rows`, of crossed.parquet."""
    table = read_parquet(path, content, REPLICATES_COLUMNS)
    if any(column.null_count for column in table.columns):
        raise refusal(path, "a field of it is empty")
    try:
        table = table.cast(pa.schema([(name, TYPES[name]) for name in REPLICATES_COLUMNS])).combine_chunks()
    except pa.ArrowException as error:
        raise refusal(path, f"cannot be read: {str(error)[:200]}") from None
    if table.num_rows == 0:
        raise refusal(path, "it holds no rows")
    return _rows_of(path, table, manifest, crossed=True)


def _rows_of(path: Path, table: pa.Table, manifest: Mapping[str, Any], *, crossed: bool) -> Rows:
    columns = {name: _coded(table, name) for name in TEXTS}
    _refuse_names(path, manifest, columns)
    combined = np.zeros(table.num_rows, dtype=np.int64)
    for name in Cell._fields:
        combined = combined * len(columns[name].names) + columns[name].codes
    _, first, cell_of = np.unique(combined, return_index=True, return_inverse=True)
    cells = [Cell(*(columns[name].at(row) for name in Cell._fields)) for row in first]
    _refuse_cells(path, cells, crossed=crossed)
    _refuse_units(path, columns)
    pairs = np.column_stack([table["draw"].to_numpy(), table["replicate"].to_numpy()])
    runs, run_of = np.unique(pairs, axis=0, return_inverse=True)
    run, periods = manifest["run"], columns["period"].names
    if list(zip(run["draws"], run["replicates"], strict=True)) != [tuple(row) for row in runs.tolist()]:
        raise refusal(path, f"its draws and replicates are not those that {MANIFEST} lists")
    numbers = table["value"].to_numpy()
    if not np.isfinite(numbers).all():
        raise refusal(path, "the column value holds something that is not a finite number")
    if len(runs) * len(periods) * len(cells) > EMPTIEST * len(numbers):
        raise refusal(path, "most of its rows are missing; the file may be cut short")
    values = np.full((len(runs), len(periods), len(cells)), np.nan)
    values[run_of.reshape(-1), columns["period"].codes, cell_of] = numbers
    _refuse_holes(path, values, cells, len(numbers))
    return Rows(periods, cells, [columns["unit"].at(row) for row in first], values, runs)


def _parse(path: Path, content: bytes) -> pa.Table:
    """The rows of replicates.csv, texts as codes."""
    options = pacsv.ConvertOptions(column_types=TYPES, strings_can_be_null=False)
    try:
        table = pacsv.read_csv(BytesIO(content), convert_options=options).combine_chunks()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise refusal(path, f"cannot be read: {str(error)[:200]}") from None
    if tuple(table.column_names) != REPLICATES_COLUMNS:
        raise refusal(path, f"expected the columns {', '.join(REPLICATES_COLUMNS)}")
    if table.num_rows == 0:
        raise refusal(path, "it holds no rows")
    return table


def _refuse_names(path: Path, manifest: Mapping[str, Any], columns: Mapping[str, _Coded]) -> None:
    """Refuse names that no results have: of another scenario, of a day that was not reported, or unknown."""
    first, last = (date.fromisoformat(manifest["period"][name]) for name in ("report_from", "end"))

    def is_reported(text: str) -> bool:
        try:
            begins, ends = ends_of(text)
        except ValueError:
            return False
        return begins <= last and first <= ends

    rules: tuple[tuple[str, Callable[[str], object], str], ...] = (
        ("scenario", lambda name: name == manifest["scenario"], f"the scenario that {MANIFEST} names"),
        ("period", is_reported, "a day, a month, a year or part of one that this run reports"),
        ("indicator", INDICATORS.__contains__, "an indicator of this version"),
        ("place", PLACE.fullmatch, "the name of a place"),
        ("nationality", (ALL, *NATIONALITIES).__contains__, "a nationality of this version"),
        ("party", (ALL, *PARTIES).__contains__, "a kind of party"),
    )
    for column, is_right, what in rules:
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
