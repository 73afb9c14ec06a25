"""Programs that people read CSV files with, each as a function: paths and a locale in, columns of values out.

A value comes out as the program took it: int, float, str, a date, or None where the field is empty.
"""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pandas as pd

from corridor.outputs.datapackage import columns
from tests.patience import PATIENCE

Table = dict[str, list]
"""Name of a column -> its values."""


class Program(NamedTuple):
    """A program: what reads files of one folder, and how to ask for its version; `command` where it is no package."""

    name: str
    read: Callable[[Sequence[Path], str], Iterator[Table]]
    command: str = ""

    @property
    def version(self) -> str:
        """Its version, or nothing where it is missing."""
        if not self.command:
            try:
                return version(self.name.lower())
            except PackageNotFoundError:
                return ""
        if shutil.which(self.command) is None:
            return ""
        said = _call(self.command, "--version")
        return next(word for word in said.split() if word[0].isdigit())


def _call(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, f"{command[0]}: {done.stderr or done.stdout}"
    return done.stdout


def _frames(paths: Sequence[Path], locale: str) -> Iterator[Table]:
    spanish = {"sep": ";", "decimal": ","} if locale == "es" else {}
    for path in paths:
        table = pd.read_csv(path, keep_default_na=False, na_values=[""], **spanish)
        yield {name: [None if value != value else value for value in table[name].tolist()] for name in table}


def _polars(paths: Sequence[Path], locale: str) -> Iterator[Table]:
    import polars

    spanish = {"separator": ";", "decimal_comma": True} if locale == "es" else {}
    for path in paths:
        yield polars.read_csv(path, try_parse_dates=True, **spanish).to_dict(as_series=False)


def _duckdb(paths: Sequence[Path], locale: str) -> Iterator[Table]:
    import duckdb

    spanish = ", delim = ';', decimal_separator = ','" if locale == "es" else ""
    for path in paths:
        table = duckdb.sql(f"SELECT * FROM read_csv('{path}'{spanish})")
        rows = table.fetchall()
        yield {name: [row[at] for row in rows] for at, name in enumerate(table.columns)}


def _sqlite(paths: Sequence[Path], locale: str) -> Iterator[Table]:
    """Into columns of the types that the data package names; what is stored otherwise stays text."""
    kinds = {"number": "REAL", "integer": "INTEGER"}
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        declared = ", ".join(f"{name} {kinds.get(columns()[name]['type'], 'TEXT')}" for name in head)
        base = sqlite3.connect(":memory:")
        base.execute(f"CREATE TABLE t ({declared})")
        rows = [[None if field == "" else field for field in row] for row in rows]
        base.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(head))})", rows)
        found = base.execute("SELECT * FROM t").fetchall()
        base.close()
        yield {name: [row[at] for row in found] for at, name in enumerate(head)}


def _frictionless(paths: Sequence[Path], locale: str) -> Iterator[Table]:
    """By the data package beside the files, which must be valid."""
    import frictionless

    described = {}
    for path in sorted(
        {each for folder in {path.parent for path in paths} for each in folder.glob("*.json")}
    ):
        if path.name.endswith("datapackage.json"):
            report = frictionless.validate(str(path))
            assert report.valid, report.flatten(["type", "message"])
            for resource in frictionless.Package(str(path)).resources:
                described[path.parent / str(resource.path)] = resource
    for path in paths:
        rows = described[path].read_rows()
        yield {
            name: [float(row[name]) if isinstance(row[name], Decimal) else row[name] for row in rows]
            for name in described[path].schema.field_names
        }


R = """
given <- commandArgs(trailingOnly = TRUE)
for (path in given[-1]) {
  table <- if (given[1] == "es") read.csv2(path, fileEncoding = "UTF-8-BOM", na.strings = "", check.names = FALSE)
           else read.csv(path, na.strings = "", check.names = FALSE)
  cat(path, nrow(table), ncol(table), sep = "\\t"); cat("\\n")
  for (name in names(table)) {
    cat(name, class(table[[name]]), sep = "\\t"); cat("\\n")
    writeLines(if (is.double(table[[name]])) format(table[[name]], digits = 15, trim = TRUE)
               else as.character(table[[name]]))
  }
}
"""


def _r(paths: Sequence[Path], locale: str) -> Iterator[Table]:
    """With `read.csv`, and `read.csv2` for Spanish files; it gives the class of each column and every value."""
    kinds = {"integer": int, "numeric": float, "character": str}
    lines = iter(_call("Rscript", "--vanilla", "-e", R, locale, *paths).splitlines())
    for path in paths:
        named, rows, wide = next(lines).split("\t")
        assert named == str(path)
        table: Table = {}
        for _ in range(int(wide)):
            name, kind = next(lines).split("\t")
            texts = [next(lines) for _ in range(int(rows))]
            make = kinds.get(kind, str)  # logical: a column without a value
            table[name] = [None if text == "NA" else make(text) for text in texts]
        yield table


def _miller(paths: Sequence[Path], locale: str) -> Iterator[Table]:
    """As JSON, in which Miller quotes what it takes for text; a decimal comma is turned into a point."""
    point = r'for (k, v in $*) { if (v =~ "^-?[0-9]+,[0-9]+$") { $[k] = float(sub(v, ",", ".")) } }'
    spanish = ("--ifs", ";", "put", point) if locale == "es" else ("cat",)
    for path in paths:
        rows = json.loads(_call("mlr", "--icsv", "--ojson", *spanish, path))
        names = rows[0] if rows else ()
        yield {name: [None if row[name] == "" else row[name] for row in rows] for name in names}


OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
SHEET = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
WORDS = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
LANGUAGES = {"en": 1033, "es": 3082}  # of the United States, of Spain: as LibreOffice numbers them
SEPARATORS = {"en": ord(","), "es": ord(";")}


def _libre_office(paths: Sequence[Path], locale: str) -> Iterator[Table]:
    """As a sheet of its locale, saved as a flat file of cells with their types; separator and language are given."""
    yield from opened_by_libre_office(paths, SEPARATORS[locale], LANGUAGES[locale])


def opened_by_libre_office(paths: Sequence[Path], separator: int, language: int) -> Iterator[Table]:
    """Files of one folder, opened with a separator (its code) and a language (its number)."""
    filter_ = f"CSV:{separator},34,76,1,,{language},false,true"  # quote, UTF-8, first line, language, detect numbers
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        words = ("--headless", f"--infilter={filter_}", "--convert-to", "fods", "--outdir", folder)
        _call("soffice", profile, *words, *paths)
        for path in paths:
            yield _sheet(Path(folder) / f"{path.stem}.fods")


def _sheet(path: Path) -> Table:
    rows = []
    for _, element in ElementTree.iterparse(path):
        if element.tag == f"{SHEET}table-row":
            repeated = int(element.get(f"{SHEET}number-rows-repeated", "1"))
            row = [value for cell in element for value in _cells(cell)]
            if any(value is not None for value in row):
                rows.extend([row] * repeated)
            element.clear()
    head = [name for name in rows[0] if name is not None]
    return {name: [row[at] if at < len(row) else None for row in rows[1:]] for at, name in enumerate(head)}


def _cells(cell: ElementTree.Element) -> list:
    if cell.tag != f"{SHEET}table-cell":
        return []
    kind, repeated = cell.get(f"{OFFICE}value-type"), int(cell.get(f"{SHEET}number-columns-repeated", "1"))
    value: object = None
    if kind in ("float", "percentage", "currency"):
        value = float(cell.get(f"{OFFICE}value", ""))
    elif kind == "date":
        value = date.fromisoformat(cell.get(f"{OFFICE}date-value", ""))
    elif kind is not None:
        value = "".join(text for each in cell.iter(f"{WORDS}p") for text in each.itertext())
    return [value] * (repeated if kind is not None or repeated < 100 else 0)


PANDAS = Program("pandas", _frames)
SQLITE = Program("SQLite", _sqlite)
FOREIGN = (
    Program("polars", _polars),
    Program("DuckDB", _duckdb),
    Program("frictionless", _frictionless),
    Program("R", _r, "Rscript"),
    Program("Miller", _miller, "mlr"),
    Program("LibreOffice", _libre_office, "soffice"),
)
"""Those that `make study` runs."""
