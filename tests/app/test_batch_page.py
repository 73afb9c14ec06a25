import io
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

import corridor
from corridor_app.jobs import runs, uploads
from corridor_app.jobs.uploads import MOST_BYTES, MOST_FILES, read_uploads
from corridor_app.pages import batch

GOOD = b"name: mine\ntitle: <script>alert(1)</script>\nextends: history\n"


def errors_of(content, name="a.yaml"):
    (upload,) = read_uploads([(name, content)])
    assert upload.scenario is None
    return upload.errors


def test_a_good_file_is_read():
    (upload,) = read_uploads([("a.yaml", GOOD)])
    assert upload.scenario is not None
    assert upload.scenario.name == "mine"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name: history\nextends: history\n", "a.yaml:1:1: history is the name of a shipped scenario"),
        (b"name: mine\n", "a.yaml"),
        (b"name: mine\nextends: ../../etc/passwd\n", "a.yaml:2:10: "),
        (b"name: mine\nextends: /etc/passwd\n", "a.yaml:2:10: "),
        (b"name: ../mine\nextends: history\n", "a.yaml:1:7: "),
        (b"name: mine\nextends: history\nbaseline: other\n", "a.yaml:3:11: "),
        (b"name: mine\nextends: history\nbaseline: ../x.yaml\n", "a.yaml:3:11: "),
        (b"name: mine\nextends: history\nperiod: {end: 2099-12-31}\n", "a.yaml:3:"),
        (b"name: mine\nextends: history\ntitle: !!python/object/apply:os.system ['true']\n", "a.yaml:3:8: "),
        (b"name: mine\nextends: [", "a.yaml:2:"),
        (b"name: mine\n\xff", "a.yaml:2:1: is not UTF-8 text"),
        (b"\x00\x01", "a.yaml"),
        (b"", "a.yaml"),
        (b"[" * 50_000, "a.yaml"),
        (b"a" * (MOST_BYTES + 1), "larger than 256 KB"),
    ],
)
def test_a_wrong_file_says_why_and_where(content, words):
    assert words in errors_of(content)


def test_one_wrong_file_stops_no_other_and_names_are_taken_once():
    found = read_uploads([("a.yaml", b"]"), ("b.yaml", GOOD), ("c.yaml", GOOD)])
    assert [each.scenario is not None for each in found] == [False, True, False]
    assert found[2].errors == "c.yaml:1:1: another uploaded file has the name mine"


def test_an_upload_cannot_extend_another_upload():
    found = read_uploads([("a.yaml", GOOD), ("mine.yaml", b"name: two\nextends: mine\n")])
    assert "unknown scenario 'mine'" in found[1].errors


def test_no_more_than_ten_files_are_read():
    found = read_uploads(
        [(f"{n}.yaml", GOOD.replace(b"mine", b"mine-%d" % n)) for n in range(MOST_FILES + 1)]
    )
    assert found[-1].scenario is None
    assert all(each.scenario for each in found[:-1])


def test_a_files_name_is_one_line_without_folders():
    assert uploads.label_of("../../x\n<b>.yaml") == "x?<b>.yaml"


def render():
    from corridor_app.pages import batch

    batch.show()


def test_the_page_runs_the_right_files_and_names_the_wrong_ones(monkeypatch):
    monkeypatch.setattr(batch, "REPLICATES", 2)
    page = AppTest.from_function(render, default_timeout=300).run()
    assert page.button(key="batch-run").disabled
    page.file_uploader[0].set_value(
        [("good.yaml", GOOD, "application/yaml"), ("bad.yaml", b"name: [", "application/yaml")]
    ).run()
    assert not page.exception
    assert "bad.yaml:1:" in page.code[0].value
    page.button(key="batch-run").click().run()
    assert not page.exception
    assert set(page.table[0].value["difference"]) == {"0"}
    shown = " ".join(each.value for each in page.markdown)
    assert "<script>" not in shown


def test_the_zip_is_the_same_each_time_and_holds_what_the_command_line_writes():
    scenario = read_uploads([("a.yaml", GOOD)])[0].scenario
    assert scenario is not None
    history = corridor.load_scenario("history")
    outcome = runs.run(scenario, history, replicates=2, seed=1, progress=print)
    packed = uploads.pack([outcome], {"mine": scenario})
    assert packed == uploads.pack([outcome], {"mine": scenario})
    with zipfile.ZipFile(io.BytesIO(packed)) as content:
        assert {each.date_time for each in content.infolist()} == {uploads.ZIPPED_AT}
        assert content.read("mine/compare.csv") == corridor.compare(outcome.both).csv()
        assert content.read("mine/replicates.csv") == outcome.scenario.files()["replicates.csv"]
        assert corridor.parse_scenario(content.read("mine/mine.yaml").decode()) == scenario
