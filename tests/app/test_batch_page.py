import io
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.testing.v1 import AppTest

import corridor
from corridor_app.jobs import reading, runs, uploads
from corridor_app.jobs.reading import Ended, Readers
from corridor_app.jobs.reading_process import LONGEST_PROBLEM, MOST_PROBLEMS, Answer
from corridor_app.jobs.uploads import MOST_BYTES, MOST_ENDED, MOST_FILES
from corridor_app.jobs.zipped import ZIPPED_AT
from corridor_app.pages import batch
from tests.patience import PATIENCE

GOOD = b"name: mine\ntitle: <script>alert(1)</script>\nextends: history\n"


# Small texts that cost much, whatever the reader of YAML refuses by itself: many scalars, each an object of its own.
SLOW = b"name: slow\nextends: history\ndemands:\n" + b"".join(
    b"  - {id: d%d, from: 2022-01-01}\n" % n for n in range(6_500)
)
READERS = Readers(processes=2)


@pytest.fixture(scope="module", autouse=True)
def readers_end():
    yield
    READERS.stop()


def read_uploads(files):
    return uploads.read_uploads(files, READERS, "ana")


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
    assert len(read_uploads([("x.yaml", b"]")] * 1_000)) == MOST_FILES + 1


def test_a_files_name_is_one_line_without_folders():
    assert uploads.label_of("../../x\n<b>.yaml") == "x?<b>.yaml"


def render():
    from corridor_app.pages import batch

    batch.show()


def test_the_page_runs_the_right_files_and_names_the_wrong_ones(monkeypatch):
    monkeypatch.setattr(batch, "REPLICATES", 2)
    page = AppTest.from_function(render, default_timeout=PATIENCE).run()
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
    packed = uploads.pack([outcome], {"mine": scenario.to_yaml()})
    assert packed == uploads.pack([outcome], {"mine": scenario.to_yaml()})
    with zipfile.ZipFile(io.BytesIO(packed)) as content:
        assert {each.date_time for each in content.infolist()} == {ZIPPED_AT}
        assert content.read("mine/compare.csv") == corridor.compare(outcome.both).csv()
        assert content.read("mine/replicates.csv") == outcome.scenario.files()["replicates.csv"]
        assert corridor.parse_scenario(content.read("mine/mine.yaml").decode()) == scenario


def test_errors_are_bounded_in_number_and_length():
    lines = b"".join(b"%s%d: 1\n" % (b"k" * 900, n) for n in range(200))
    said = errors_of(b"name: mine\nextends: history\n" + lines).split("\n")
    assert len(said) == MOST_PROBLEMS + 1
    assert said[-1] == f"and {200 - MOST_PROBLEMS} more problems"
    assert max(map(len, said)) <= LONGEST_PROBLEM


def test_a_file_that_costs_too_much_is_ended_or_refused():
    outcome = READERS.read("eve", SLOW.decode(), "slow.yaml")
    if outcome is not Ended.TOO_LONG:  # a reader that refuses it in time is as good
        assert isinstance(outcome, Answer)
        assert outcome.scenario is None


def test_while_one_file_is_read_for_long_those_of_others_are_read(tmp_path, monkeypatch):
    let_go = tmp_path / "let go"
    (tmp_path / "child.py").write_text(
        CHILD.format(body=f"while not Path({str(let_go)!r}).exists(): sleep(0.01)")
    )
    monkeypatch.setattr(reading, "COMMAND", (sys.executable, "-P", str(tmp_path / "child.py")))
    monkeypatch.setattr(reading, "SECONDS", PATIENCE)
    readers = Readers(processes=2)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(readers.read, "eve", "bad", "held.yaml")
        for number in range(8):
            assert isinstance(readers.read("ana", f"good {number}", "a.yaml"), Answer)
        assert not held.done()
        let_go.touch()
        assert isinstance(held.result(), Answer)
    readers.stop()


@pytest.mark.parametrize(("name", "why"), [("busy", Ended.TOO_LONG), ("hungry", Ended.TOO_LARGE)])
def test_a_read_that_is_ended_says_so_and_the_next_file_is_read(name, why, tmp_path, monkeypatch):
    """The bounds themselves, whatever the reader of YAML refuses: its place is taken by one that goes on for ever."""
    child = tmp_path / f"{name}.py"
    child.write_text(CHILD.format(body=BODIES[name]))
    monkeypatch.setattr(reading, "COMMAND", (sys.executable, "-P", str(child)))
    readers = Readers(processes=1)
    assert readers.read("eve", "bad", "a.yaml") is why
    assert isinstance(readers.read("eve", "good", "a.yaml"), Answer)
    readers.stop()


CHILD = """
import sys
from pathlib import Path
from time import sleep
from corridor_app.jobs import reading_process as child

def read(text, label):
    if text == "bad":
        {body}
    return child.Answer()

child.read = read
child.main(int(sys.argv[1]))
"""
BODIES = {
    "busy": "while True: pass",
    "hungry": "\n        ".join(
        (
            "try:",
            "    held = bytearray(2 * child.MEMORY)",
            "except MemoryError:",
            "    return child.Answer(too_large=True)",
        )
    ),
}


def test_after_two_files_that_could_not_be_read_the_others_are_not_begun():
    class Endless:
        asked = 0

        def read(self, visitor, text, label):
            self.asked += 1
            return Ended.TOO_LONG

    readers = Endless()
    found = uploads.read_uploads([(f"{n}.yaml", GOOD) for n in range(5)], readers, "eve")
    assert readers.asked == MOST_ENDED
    assert all("not read" in each.errors for each in found)


def test_a_file_is_read_once_however_often_the_page_is_drawn(monkeypatch):
    text = GOOD.decode().replace("mine", "once")
    first = READERS.read("ana", text, "a.yaml")
    monkeypatch.setattr(reading._Process, "read", None)
    assert READERS.read("ben", text, "a.yaml") is first


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(reading, "KEPT", 3)
    readers = Readers(processes=1)
    for number in range(5):
        readers.read("ana", GOOD.decode().replace("mine", f"kept-{number}"), "a")
    assert len(readers._kept) == 3
    monkeypatch.setattr(reading, "KEPT_BYTES", 1)
    readers.read("ana", GOOD.decode().replace("mine", "last"), "a")
    assert len(readers._kept) == 0
    readers.stop()
