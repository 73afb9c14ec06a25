"""corridor observed import, list, score: files, exit codes, one document with --json, nothing half-written."""

import csv
import inspect
import json

import pytest

from corridor import write_results
from corridor.cli.observed import COMMANDS
from tests.cbp_file import cbp_rows, elsewhere, written

TIDY = "indicator,period,value\nencounters_usbp,2023-11,16\nencounters_usbp,2023-12,41\n"


@pytest.fixture
def folder(tmp_path, monkeypatch, make_results):
    """A current folder with a file of CBP's, a tidy one, a wrong one, and results."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "CBP.csv").write_bytes(written([*cbp_rows(), *elsewhere()]))
    (tmp_path / "mine.csv").write_text(TIDY)
    (tmp_path / "wrong.csv").write_text(TIDY + "encounter_usbp,2023-12,-5\n")
    write_results([make_results("history"), make_results("gate", shift=10.0)], tmp_path / "results")
    return tmp_path


def document(run_command, *words):
    code, shown, said = run_command(*words, "--json")
    assert said == ""
    found = json.loads(shown)
    assert (found["command"], found["exit_code"]) == ("observed", code)
    return code, found


def test_import_writes_figures_and_where_they_come_from(run_command, folder):
    code, shown, said = run_command("observed", "import", "CBP.csv", "--vintage", "2023-01-20")
    assert code == 0 and "publisher unknown, vintage 2023-01-20" in shown
    assert (
        "note: this publisher does not name West Africa: it is in Other" in said
        and "no publisher was told" in said
    )
    with (folder / "observed" / "cbp.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 140 and rows[0]["vintage"] == "2023-01-20" and rows[0]["value"] == "207597"
    told = json.loads((folder / "observed" / "cbp.json").read_text())
    assert told["source"] == "CBP.csv" and len(told["sha256"]) == 64 and told["layout"] == "cbp"


def test_importing_again_replaces_and_says_so(run_command, folder):
    run_command("observed", "import", "mine.csv")
    _, found = document(run_command, "observed", "import", "mine.csv", "--vintage", "2024-02-01")
    assert "observed/mine.csv was there and is replaced" in found["notes"]
    assert found["observed"]["vintage"] == "2024-02-01"
    assert found["written"] == ["observed/mine.csv", "observed/mine.json"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("import", "wrong.csv"), "wrong.csv:4:1: indicator: 'encounter_usbp' is no indicator; did you mean"),
        (("import", "wrong.csv"), "wrong.csv:4:24: value: '-5' is negative"),
        (("import", "nothing.csv"), "nothing.csv: cannot be read: No such file or directory"),
        (("import", "mine.csv", "--locale", "fr"), "--locale: 'fr' is no locale; expected en or es"),
        (("import", "mine.csv", "--vintage", "May"), "--vintage: 'May' is no day"),
        (("import", "mine.csv", "--name", "../up"), "--name: '../up' is no name"),
        (("import", "mine.csv", "--vintage", "2023-12-05", "--out", "mine.csv"), "mine.csv"),
        (("score", "results", "--observed", "mine"), "--observed: no imported figures 'mine' in observed"),
        (("score", "results", "--observed", "wrong.csv"), "wrong.csv:4:24"),
        (("score", "nowhere"), "nowhere: no results here"),
        (("score", "results", "--out", "results"), "--out: results is a folder"),
        (("scor", "results"), "No such command 'scor'"),
    ],
)
def test_bad_input_ends_with_2_and_writes_nothing(run_command, folder, words, says):
    before = sorted(folder.iterdir())
    code, shown, said = run_command("observed", *words)
    assert (code, shown) == (2, "") and says in said
    assert sorted(folder.iterdir()) == before


def test_problems_are_part_of_the_document(run_command, folder):
    code, found = document(run_command, "observed", "import", "wrong.csv")
    assert code == 2
    first, second = found["problems"]
    assert (first["line"], first["column"], first["nearest"]) == (4, 1, "encounters_usbp")
    assert (second["line"], second["column"], second["path"]) == (4, 24, "value")


def test_list_shows_the_packaged_figures_and_the_imported_ones(run_command, folder):
    run_command("observed", "import", "mine.csv", "--publisher", "A ministry")
    lines = [line.split("\t") for line in run_command("observed", "list")[1].splitlines()]
    assert lines[0] == ["name", "months", "figures", "publisher", "vintage", "source"]
    assert lines[2] == ["mine", "2023-11 to 2023-12", "2", "A ministry", "unknown", "mine.csv"]
    _, found = document(run_command, "observed", "list")
    assert [each["name"] for each in found["observed"]] == ["packaged", "mine"]


def test_score_shows_months_and_errors_and_writes_them(run_command, folder):
    run_command("observed", "import", "mine.csv")
    code, shown, _ = run_command(
        "observed", "score", "results/history", "--observed", "mine", "--out", "scores.csv"
    )
    assert code == 0
    assert "2023-11        16   11                 -5" in shown and "43.9%" in shown  # 25 of 57
    with (folder / "scores.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["observed"], row["simulated"], row["wape"]) == ("57.0", "72.0", "0.438596")
    with (folder / "scores-months.csv").open() as file:
        assert [row["error"] for row in csv.DictReader(file)] == ["-5.0", "20.0"]
    _, found = document(run_command, "observed", "score", "results", "--observed", "mine.csv")
    assert [row["scenario"] for row in found["scores"]] == ["gate", "history"]
    assert found["scores"][1]["wape"] == 0.438596 and len(found["months"]) == 4


def test_every_observed_command_answers_with_json():
    assert all("json" in inspect.signature(command).parameters for command in COMMANDS.values())
