"""Results that were changed with care: each reader refuses what the writer may not write, by its part, without a trace.

Every hash fits again (`reseal`), so the checks behind the hashes are what is tested here.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from corridor import InputError, Results, cli, write_results
from corridor.experiments.reproduce import scenario_of
from corridor.outputs.result_folders import open_results
from tests.patience import PATIENCE
from tests.sealing import reseal

PACKAGES = ("corridor", "python", "numpy", "numba", "mesa")
HASHES = ("scenario", "parameters", "cells", "code", "data")
WRONG = {  # part of the manifest -> values that no run records
    "format": (0, 1, 2, 4, "3", None),
    "scenario": ("=1+1", "../x", "", 7, "a" * 81, "\ud7ff\x00"),
    "baseline": (3, "../x", "=1+1", [], "a\n"),
    "extends": (None, "short", [1], ["nowhere"], ["../x"]),
    "texts": ({}, [], {"gate": 1}, {"gate": "x", "other": "y"}),
    "command": ("", "rm -rf /", None, 5),
    "files": ({}, [], None, {"replicates.csv": {}}, {"../../x": {"bytes": 1, "sha256": "0" * 64}}),
    "versions": ({}, None, {"corridor": "1"}, dict.fromkeys(PACKAGES, "\x1b[31m")),
}  # fmt: skip
WRONG_RUN = {
    "seed": (-1, 2**70, 1.0, True, "1", None),
    "people_per_agent": (0, -5, 10_001, 50.0, None, False),
    "replicates": (
        *([], [-1, -2, -3], [0, 0, 0], [2**64, 1, 2], [0, 1], [0, 1, 2.0], [True, 1, 2], "012", [1, 2, 3], None),
    ),
    "draws": ([], [1, 1, 1], [0, 0], [0, 0, 1], None),
    "daily": (0, 1, None, "no"),
    "fates": (0, True, None),
}  # fmt: skip
WRONG_PERIOD = {
    "start": ("2020-7-1", "x", 2020, "2030-01-01", None),
    "report_from": ("2024-01-01", "20210101", "", None),
    "end": ("1999-12-31", "2023-13-01", None, "0001-01-01"),
}
CASES = [
    *(((part,), value) for part, values in WRONG.items() for value in values),
    *((("run", part), value) for part, values in WRONG_RUN.items() for value in values),
    *((("period", part), value) for part, values in WRONG_PERIOD.items() for value in values),
    *((("hashes", part), value) for part in HASHES for value in ("", "g" * 64, 1)),
]  # fmt: skip
ROWS = {  # of tables with `gate,0,0,month,2023-11-01,2023-11-30,departures,all,all,all,1.0,people,yes` and the like
    "a negative number": lambda text: text.replace(
        ",departures,all,all,all,", ",departures,all,all,all,-", 1
    ),
    "another unit": lambda text: text.replace(",people,", ",dollars,"),
    "another unit in one row": lambda text: text.replace(",people,", ",usd,", 1),
    "markup as a place": lambda text: text.replace("tucson_sector", "<b>zz</b>"),
    "a NUL": lambda text: text.replace("tucson_sector", "tucson\0sector"),
    "an escape": lambda text: text.replace("tucson_sector", "\x1b[31mtucson"),
    "an unknown nationality": lambda text: text.replace(",Cuba,", ",Cubaa,"),
    "a formula as scenario": lambda text: text.replace("gate,", "=1+1,"),
    "another scenario": lambda text: text.replace("gate,", "other,"),
    "two scenarios": lambda text: text.replace("gate,", "other,", 1),
    "an indicator that is none": lambda text: text.replace("departures", "departings"),
    "a breakdown that is none": lambda text: text.replace(
        "departures,all,all", "departures,tucson_sector,Cuba"
    ),
    "a period before the run": lambda text: text.replace("2023-11", "1999-11"),
    "a period that is none": lambda text: text.replace("2023-11-01", "2023-11-31"),
    "a month as a spreadsheet has it": lambda text: text.replace("2023-11-01,2023-11-30", "Nov-23,Nov-23"),
    "semicolons": lambda text: text.replace(",", ";"),
    "a row twice": lambda text: text + text.splitlines(keepends=True)[-1],
    "another replicate": lambda text: text.replace("gate,0,1,", "gate,0,7,"),
    "another draw": lambda text: text.replace("gate,0,1,", "gate,1,1,"),
    "not a number": lambda text: text.replace(",departures,all,all,all,", ",departures,all,all,all,nan", 1),
    "infinity": lambda text: text.replace(",people,", "e999,people,", 1),
    "one column less": lambda text: text.replace(",sums\n", "\n", 1),
    "rows of one replicate left out": lambda text: "".join(
        line for line in text.splitlines(keepends=True) if not line.startswith("gate,0,2,")
    ),
    "rows that may be added and may not": lambda text: text.replace(",yes\n", ",no\n", 1),
    "a part among totals": lambda text: text.replace("departures,all,all,all", "departures,all,Cuba,all", 1),
    "a month called a year": lambda text: text.replace(",month,", ",year,", 1),
    "no rows": lambda text: text.splitlines(keepends=True)[0],
}


@pytest.fixture
def written(make_results, tmp_path):
    write_results([make_results("history"), make_results("gate", shift=1, baseline="history")], tmp_path)
    return tmp_path


def refused(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        cli.main([*map(str, words)])
    said = capsys.readouterr().err
    assert ended.value.code == 2, said
    assert "Traceback" not in said and "\x1b" not in said and "\0" not in said
    assert len(said) < 2_000
    return said


def change(part, value):
    def apply(manifest):
        for name in part[:-1]:
            manifest = manifest[name]
        manifest[part[-1]] = value

    return apply


def test_what_was_written_is_read(written):
    reseal(written / "gate")
    assert Results.read(written / "gate").scenario == "gate"


@pytest.mark.parametrize(("part", "value"), CASES, ids=lambda each: repr(each)[:30])
def test_a_manifest_that_no_run_writes_is_refused(written, part, value, capsys):
    try:
        reseal(written / "gate", change(part, value))
    except UnicodeEncodeError:
        pytest.fail("a test must write what it means")
    said = refused(capsys, "compare", written / "history", written / "gate", "--out", written / "x.csv")
    assert "manifest.json" in said
    assert "manifest.json" in refused(capsys, "reproduce", written / "gate")
    assert "manifest.json" in refused(capsys, "report", written / "gate", "--out", written / "x.html")
    assert not (written / "x.csv").exists() and not (written / "x.html").exists()


@pytest.mark.parametrize("case", ROWS)
def test_rows_that_no_run_writes_are_refused(written, case, capsys):
    files = sorted((written / "gate").glob("replicates*.csv"))
    file = next(each for each in files if ROWS[case](each.read_text()) != each.read_text())
    file.write_text(ROWS[case](file.read_text()))
    reseal(written / "gate")
    for command in ("compare", "report"):
        folders = [written / "history", written / "gate"] if command == "compare" else [written / "gate"]
        said = refused(capsys, command, *folders, "--out", written / "x")
        assert "replicates" in said
        assert not (written / "x").exists()


def test_a_field_more_and_other_spaces_are_refused(written):
    reseal(written / "gate", change(("note",), "mine"))
    with pytest.raises(InputError, match="'note' is no part of a manifest"):
        Results.read(written / "gate")
    file = written / "history" / "manifest.json"
    file.write_text(file.read_text() + "\n")
    with pytest.raises(InputError, match="has changed since Corridor wrote it"):
        Results.read(written / "history")


@pytest.mark.parametrize("name", ["replicates.csv", "summary.csv", "manifest.json"])
@pytest.mark.parametrize("how", ["missing", "cut", "pipe", "folder", "device"])
@pytest.mark.parametrize("command", ["compare", "report"])
def test_a_file_that_is_not_as_it_was_written_is_refused(written, name, how, command):
    file = written / "gate" / name
    content = file.read_bytes()
    file.unlink()
    if how == "cut":
        file.write_bytes(content[:-1])
    elif how == "pipe":
        os.mkfifo(file)
    elif how == "folder":
        file.mkdir()
    elif how == "device":
        file.symlink_to("/dev/zero")
    with pytest.raises(InputError, match=name if name != "manifest.json" or how == "cut" else "gate"):
        Results.read(written / "gate")


def test_a_link_to_a_regular_file_is_read(written):
    file = written / "gate" / "replicates.csv"
    file.rename(written / "elsewhere")
    file.symlink_to(written / "elsewhere")
    assert Results.read(written / "gate").scenario == "gate"


def test_results_of_an_earlier_release_are_refused_with_the_way_on(written):
    reseal(written / "gate", change(("format",), 1))
    with pytest.raises(InputError, match=r"earlier version.*run the scenario again"):
        Results.read(written / "gate")


def test_a_pipe_does_not_keep_a_command_waiting(tmp_path):
    for name in ("manifest.json", "scenario.yaml"):
        os.mkfifo(tmp_path / name)
    for words in (
        ["compare", tmp_path],
        ["reproduce", tmp_path],
        ["report", tmp_path],
        ["validate", tmp_path / "scenario.yaml"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "corridor", *map(str, words)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr


def test_the_scenario_of_a_manifest_is_the_one_that_ran(written, scenario_folder):
    assert set(open_results(written / "gate").manifest["texts"]) == {"gate"}
    with pytest.raises(InputError):
        scenario_of(open_results(written / "gate").manifest)  # its text is one line, and no scenario
    assert Path(scenario_folder).exists()
