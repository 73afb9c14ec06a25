"""Files for spreadsheets: a Spanish one reads the same numbers, and a file that one does not open whole is told of."""

import io
import json

import pandas as pd
import pytest

from corridor import compare
from corridor.foundations.errors import CorridorWarning
from corridor.outputs.spreadsheets import SPREADSHEET_ROWS, too_long, too_long_in_words


def test_a_spanish_spreadsheet_reads_the_same_numbers(make_results, tmp_path):
    found = compare([make_results(), make_results("funds", shift=1 / 3)])
    found.write(tmp_path / "en.csv")
    written = found.write(tmp_path / "es.csv", locale="es")
    assert len(written) == 7
    for path in (path for path in written if path.suffix == ".csv"):
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf") and b"." not in content
        spanish = pd.read_csv(io.BytesIO(content), sep=";", decimal=",", encoding="utf-8-sig")
        english = pd.read_csv(tmp_path / path.name.replace("es", "en", 1))
        pd.testing.assert_frame_equal(spanish, english)
    package = json.loads((tmp_path / "es_datapackage.json").read_text())
    assert {each["dialect"]["delimiter"] for each in package["resources"]} == {";"}


def test_a_locale_that_is_none_is_refused(run_command, tmp_path):
    code, _, said = run_command("compare", tmp_path, "--locale", "fr")
    assert code == 2 and "unknown locale 'fr': write en or es" in said


def test_a_file_is_too_long_with_one_row_more_than_a_sheet_has(tmp_path):
    files = {"three.csv": b"a\n1\n2\n", "four.csv": [b"a\n1\n", b"2\n3\n"], "four.parquet": b"\n\n\n\n"}
    assert too_long("out", files, limit=3) == ["out/four.csv"]
    assert too_long("out", files, limit=4) == []
    whole = b"a\n" + b"1\n" * (SPREADSHEET_ROWS - 1)
    assert too_long("out", {"full.csv": whole, "over.csv": whole + b"1\n"}) == ["out/over.csv"]


def test_one_sentence_names_the_files_and_what_to_do():
    assert too_long_in_words([]) == ""
    said = too_long_in_words(["r/a.csv"])
    assert said.startswith("r/a.csv has more than the 1,048,576 rows that a spreadsheet opens")
    assert "open headline.csv or summary.csv there, or read it with Python" in said
    said = too_long_in_words([f"r/{name}.csv" for name in "abcde"])
    assert said.startswith("r/a.csv, r/b.csv, r/c.csv and 2 more files have more than")


@pytest.fixture
def small_sheets(monkeypatch):
    """A spreadsheet of 600 rows, for every file that is written in this process."""
    for function in (too_long, too_long_in_words):
        monkeypatch.setattr(function, "__defaults__", (600,))


@pytest.mark.usefixtures("small_sheets")
def test_run_batch_and_compare_tell_of_a_long_file_once(scenario_folder, run_command, tmp_path):
    sizes = ("--replicates", "2", "--people-per-agent", "1000", "--workers", "1")
    gate, out = scenario_folder / "gate.yaml", tmp_path / "r"
    code, _, said = run_command("run", gate, *sizes, "--out", out)
    assert code == 0, said
    assert said.count("rows that a spreadsheet opens") == 1
    assert f"{out}/gate/replicates_by_place.csv" in said and "600 rows" in said
    code, _, said = run_command("batch", gate, *sizes, "--csv", "--out", tmp_path / "b")
    assert code == 0, said
    assert said.count("rows that a spreadsheet opens") == 1
    assert f"{tmp_path}/b/" in said
    with pytest.warns(CorridorWarning, match="mine_by_nationality.csv has more than the 600 rows"):
        code, _, _ = run_command("compare", out, "--out", tmp_path / "mine.csv")
    assert code == 0


@pytest.mark.study
def test_a_run_by_days_that_a_spreadsheet_does_not_open_says_so(run_command, tmp_path):
    words = ("--daily", "--no-baseline", "--replicates", "3", "--people-per-agent", "1000")
    code, _, said = run_command("run", "history", *words, "--out", tmp_path)
    assert code == 0, said
    assert f"{tmp_path}/history/replicates_days_by_nationality.csv" in said and "1,048,576 rows" in said
