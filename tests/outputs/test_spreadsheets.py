"""Files for a Spanish spreadsheet: read there as the numbers that they are."""

import io
import json

import pandas as pd

from corridor import compare


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
