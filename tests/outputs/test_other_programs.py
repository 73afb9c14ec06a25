"""The CSV files in programs that people read them with: right types and values, and sums that are totals.

`make study` runs polars, DuckDB, frictionless, R, Miller and LibreOffice, over every CSV file that `run`, `batch` and
`compare` write. The first three are installed with the extra `readers`; what the system lacks of the others is skipped
there, and named.
"""

import csv
import json
import math
import subprocess
import sys
from datetime import date
from itertools import groupby

import pytest

from corridor.experiments.batch import run_batch
from corridor.inputs.registries.indicators import INDICATORS
from corridor.outputs.datapackage import columns
from tests.outputs.programs import (
    FOREIGN,
    LANGUAGES,
    PANDAS,
    SEPARATORS,
    SQLITE,
    opened_by_libre_office,
)

ROOT = """\
name: {name}
title: A quarter
period: {{start: 2020-07-01, report_from: {first}, end: 2021-03-31}}
"""
GATE = """\
baseline: long
interventions:
  - {id: gate, lever: panama.darien_gate, start: 2021-03-10, to: 0.9, source: a test}
"""
SWEEP = """\
sweep:
  method: grid
  over: [{intervention: gate, values: [0.25, 0.9]}]
"""
STUDIED = [pytest.param(each, id=each.name, marks=pytest.mark.study) for each in FOREIGN]
PROGRAMS = [pytest.param(PANDAS, id="pandas"), pytest.param(SQLITE, id="SQLite"), *STUDIED]


def scenarios_in(folder, first="2021-01-01"):
    (folder / "long.yaml").write_text(ROOT.format(name="long", first=first))
    (folder / "gate.yaml").write_text(ROOT.format(name="gate", first=first) + GATE)
    (folder / "swept.yaml").write_text(ROOT.format(name="swept", first=first) + GATE + SWEEP)
    return folder


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What a batch writes of a scenario and its baseline, as CSV."""
    folder = scenarios_in(tmp_path_factory.mktemp("other"))
    files = [folder / "long.yaml", folder / "gate.yaml"]
    run_batch(files, folder / "r", replicates=2, people_per_agent=1000, workers=1, csv=True)
    return folder / "r"


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """A file of every kind that the commands write: of days and fates, of a sweep, of deals, of both locales."""
    folder = scenarios_in(tmp_path_factory.mktemp("every"), first="2021-03-01")
    small = ("--people-per-agent", "1000", "--workers", "1")
    for words in (
        ("run", "gate.yaml", "--daily", "--fates", "--replicates", "2", "--out", "run", *small),
        ("batch", "swept.yaml", "--csv", "--replicates", "2", "--out", "batch", *small),
        ("run", "negotiated-2023", "--no-baseline", "--replicates", "1", "--out", "deals", *small),
        ("compare", "run", "--out", "en/mine.csv"),
        ("compare", "run", "--locale", "es", "--out", "es/mio.csv"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "corridor", *words], cwd=folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    return folder


def needed(program):
    """Skip where the system lacks it; what pip installs must be there, as `make study` installs it."""
    if program.command and not program.version:
        pytest.skip(f"{program.name} is not installed here (there is no {program.command})")


def type_of(name):
    """The type that the data package gives a column; those of a sweep's table of points are numbers."""
    return columns()[name]["type"] if name in columns() else "number"


def is_right(program, kind, expected, found):
    """Whether a program took a field as what it is; `expected` is what pandas reads."""
    if expected is None:
        return found is None
    if kind == "string":  # DuckDB takes yes and no for true and false
        return found == expected or (isinstance(found, bool) and found == (expected == "yes"))
    if kind == "date":
        return found in (expected, date.fromisoformat(expected))
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    if (
        kind == "integer" and not isinstance(found, int) and program.name != "LibreOffice"
    ):  # cells have one kind
        return False
    return math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12)


def assert_read_rightly(program, paths, locale):
    """Every value of files of one folder as pandas reads it, and the sum of every column of numbers."""
    values = 0
    for path, known, found in zip(
        paths, PANDAS.read(paths, locale), program.read(paths, locale), strict=True
    ):
        assert list(found) == list(known), path
        for name, kind in ((name, type_of(name)) for name in known):
            assert len(found[name]) == len(known[name]), (path, name)
            for row, (expected, value) in enumerate(zip(known[name], found[name], strict=True), 2):
                assert is_right(program, kind, expected, value), (path, row, name, expected, value)
            values += len(found[name])
            if kind in ("number", "integer"):
                sums = (
                    math.fsum(each for each in table[name] if each is not None) for table in (known, found)
                )
                assert next(sums) == pytest.approx(next(sums), rel=1e-12), (path, name)
    return values


@pytest.mark.study
@pytest.mark.parametrize("program", STUDIED)
def test_every_file_is_read_with_right_types_values_and_sums(everything, program):
    needed(program)
    files = sorted(everything.rglob("*.csv"))
    if program.name == "frictionless":  # it reads what a data package describes
        files = [path for path in files if not path.name.endswith("-points.csv")]
    assert len(files) > 120
    values = 0
    for folder, paths in groupby(files, key=lambda path: path.parent):
        values += assert_read_rightly(program, list(paths), "es" if folder.name == "es" else "en")
    print(f"{program.name} {program.version}: {len(files)} files, {values:,} values")


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_a_batch_writes_has_the_types_that_the_data_package_names(written, program):
    needed(program)
    files = sorted(written.rglob("*.csv"))
    assert len(files) > 30
    for _, paths in groupby(files, key=lambda path: path.parent):
        assert_read_rightly(program, list(paths), "en")


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_plain_sum_of_a_flow_in_a_file_is_its_total(written, program):
    needed(program)
    for stem, column in (("summary", "mean"), ("replicates", "value"), ("replicates_years", "value")):
        sums = {}
        for level in ("", "_by_place", "_by_nationality", "_by_party"):
            (found,) = program.read([written / "gate" / f"{stem}{level}.csv"], "en")
            sums[level] = {}
            for name, value, adds in zip(found["indicator"], found[column], found["sums"], strict=True):
                assert (adds in ("yes", True)) == (INDICATORS[name].kind == "flow")  # DuckDB knows yes and no
                if adds in ("yes", True):
                    sums[level][name] = sums[level].get(name, 0.0) + value
        for level in ("_by_place", "_by_nationality", "_by_party"):
            assert sums[level]
            for name, total in sums[level].items():
                assert total == pytest.approx(sums[""][name], abs=1e-3), (stem, level, name)


def test_the_data_package_describes_every_file_and_column(written):
    for folder in (written, written / "gate", written / "long"):
        package = json.loads((folder / "datapackage.json").read_text())
        described = {
            each["path"]: [field["name"] for field in each["schema"]["fields"]]
            for each in package["resources"]
        }
        heads = {path.name: path.read_text().split("\n", 1)[0].split(",") for path in folder.glob("*.csv")}
        assert described == heads
        for each in package["resources"]:
            for field in each["schema"]["fields"]:
                assert field["titles"]["en"] and field["titles"]["es"] and field["type"] != "any"


@pytest.mark.study
def test_a_spanish_sheet_without_the_settings_of_the_page_shows_every_number_as_text(everything):
    """And none as a thousand times as much: what the page on reading results says of a wrong locale."""
    needed(next(each for each in FOREIGN if each.name == "LibreOffice"))
    paths = sorted((everything / "en").glob("*.csv"))
    tables = opened_by_libre_office(paths, SEPARATORS["en"], LANGUAGES["es"])
    seen = 0
    for path, found in zip(paths, tables, strict=True):
        with path.open(encoding="utf-8", newline="") as file:
            written = list(csv.DictReader(file))
        for name in (name for name in found if type_of(name) == "number"):
            for row, value in zip(written, found[name], strict=True):
                assert value == (row[name] or None), (path, name)
                seen += bool(row[name])
    print(f"{seen:,} numbers stay text")
    assert seen > 100_000
