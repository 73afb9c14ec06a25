"""The CSV files in programs that people read them with: right types, and sums that are totals."""

import csv
import json
import sqlite3

import pandas as pd
import pytest

from corridor.experiments.batch import run_batch
from corridor.inputs.registries.indicators import INDICATORS
from corridor.outputs.datapackage import columns

ROOT = """\
name: {name}
title: A quarter
period: {{start: 2020-07-01, report_from: 2021-01-01, end: 2021-03-31}}
"""
GATE = """\
baseline: long
interventions:
  - {id: gate, lever: panama.darien_gate, start: 2021-02-01, to: 0.9, source: a test}
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What a batch writes of a scenario and its baseline, as CSV."""
    folder = tmp_path_factory.mktemp("other")
    (folder / "long.yaml").write_text(ROOT.format(name="long"))
    (folder / "gate.yaml").write_text(ROOT.format(name="gate") + GATE)
    files = [folder / "long.yaml", folder / "gate.yaml"]
    run_batch(files, folder / "r", replicates=2, people_per_agent=1000, workers=1, csv=True)
    return folder / "r"


def with_pandas(path):
    table = pd.read_csv(path)
    return {name: str(table[name].dtype) for name in table}, table.to_dict("list")


def with_polars(path):
    import polars

    table = polars.read_csv(path)
    return {name: str(kind).lower() for name, kind in table.schema.items()}, table.to_dict(as_series=False)


def with_duckdb(path):
    import duckdb

    table = duckdb.sql(f"SELECT * FROM read_csv('{path}')")
    kinds = dict(zip(table.columns, (str(kind).lower() for kind in table.types), strict=True))
    rows = table.fetchall()
    return kinds, {name: [row[at] for row in rows] for at, name in enumerate(table.columns)}


def with_sqlite(path):
    """Into columns of the types that the data package names; what is stored otherwise is text."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    kinds = {"number": "REAL", "integer": "INTEGER"}
    declared = ", ".join(f"{name} {kinds.get(columns()[name]['type'], 'TEXT')}" for name in head)
    base = sqlite3.connect(":memory:")
    base.execute(f"CREATE TABLE t ({declared})")
    rows = [[None if field == "" else field for field in row] for row in rows]
    base.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(head))})", rows)
    stored = base.execute(f"SELECT {', '.join(f'max(typeof({name}))' for name in head)} FROM t").fetchone()
    found = base.execute("SELECT * FROM t").fetchall()
    base.close()
    return dict(zip(head, stored, strict=True)), {
        name: [row[at] for row in found] for at, name in enumerate(head)
    }


PROGRAMS = [
    pytest.param(with_pandas, id="pandas"),
    pytest.param(with_sqlite, id="SQLite"),
    pytest.param(with_polars, id="polars", marks=pytest.mark.study),
    pytest.param(with_duckdb, id="DuckDB", marks=pytest.mark.study),
]
FLOATS, WHOLE = {"float64", "double", "real"}, {"int64", "bigint", "integer"}


@pytest.mark.parametrize("read", PROGRAMS)
def test_columns_have_the_types_that_the_data_package_names(written, read):
    paths = sorted(written.rglob("*.csv"))
    assert len(paths) > 30
    for path in paths:
        kinds, found = read(path)
        for name, kind in kinds.items():
            expected = columns()[name]["type"]
            about = (path.name, name, kind)
            if expected == "number":
                nothing = all(
                    value is None or value != value for value in found[name]
                )  # no type can be guessed
                assert kind in FLOATS or nothing, about
            elif expected == "integer":
                assert kind in WHOLE, about
            else:
                assert kind not in FLOATS | WHOLE, about


@pytest.mark.parametrize("read", PROGRAMS)
def test_the_plain_sum_of_a_flow_in_a_file_is_its_total(written, read):
    for stem, column in (("summary", "mean"), ("replicates", "value"), ("replicates_years", "value")):
        sums = {}
        for level in ("", "_by_place", "_by_nationality", "_by_party"):
            _, found = read(written / "gate" / f"{stem}{level}.csv")
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
