"""Files, links and results made to do harm, or by accident: each is read or refused, in words and in bounded time."""

import random
from datetime import timedelta
from functools import partial
from itertools import islice, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from corridor import Results, cli, load_scenario, parse_scenario, scenario_names, write_results
from corridor.foundations.errors import CorridorError
from corridor.inputs.parameters.parameter_file import read_parameters
from corridor.inputs.scenarios.scenario_files import scenario_folders
from corridor_app.choices.changes import CONTROLS
from corridor_app.jobs.reading import Readers
from corridor_app.jobs.uploads import read_uploads
from tests.for_all import for_all
from tests.fuzzing.hostile import hostile_texts
from tests.patience import PATIENCE, count, counts, processor_seconds
from tests.sealing import reseal

FOLDER = scenario_folders()[0]
LONGEST = timedelta(
    seconds=PATIENCE / 10
)  # a text that hangs the reader takes minutes, a slow machine does not
HOSTILE_VALUES = [
    *(
        ".nan",
        "-.inf",
        "1e400",
        "-1e308",
        "9" * 400,
        "0x" + "f" * 300,
        "1_000",
        "~",
        "''",
        "0",
        "-1",
        "1e-320",
    ),
    *("[]", "{}", "[[[[]]]]", "{a: {a: {a: {}}}}", "[" * 30 + "]" * 30, "[" * 500, "{a: " * 500),
    *("../../etc/passwd", "/etc/passwd", "history.yaml", "..", "C:\\x", "'a\\0b'", '"\\0"', "history\u0000"),
    *(
        "=1+1",
        "'+1'",
        "-x",
        "'@SUM(A1)'",
        "*a",
        "&a x",
        "!!python/object:os.system x",
        "!!binary aGk=",
        "<<: x",
    ),
    *("0000-00-00", "9999-12-31", "2023-02-30", "0001-01-01", "-2023-01-01", "2023-01-01T00:00:00Z", "１２"),
    *("yes", "y" * 10_000, "? a", "|", ">-", "%YAML 9.9", "--- a", "...", "\ud800", "\ufeff", "\u202e", "\t"),
]
BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
)
MERGES = "a: &a {x: 1}\n" + "b: {<<: [" + ", ".join(["*a"] * 500) + "]}\n"
WHOLE = [BOMB, MERGES, "", "\n" * 50_000, "- " * 3_000, "? " * 3_000, "a: b: c", "[" * 90_000, '"' * 9_999]
WHOLE += ["x" * 1_000_001, "name: x\n" * 5_000, "#" * 900_000, "&a " * 2_000, "name: " + "9" * 20_000]
WHOLE += ["name: x\nperiod: {start: 2020-07-01, report_from: 2021-01-01, end: 9999-12-31}\n"]

RESTORE = (
    "import streamlit as st\nfrom corridor_app.choices import state\n"
    "state.restore()\nst.markdown(' '.join(state.take_notes()))"
)

bounded = settings(
    deadline=LONGEST,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def read_or_refuse(text: str) -> None:
    try:
        parse_scenario(text)
    except CorridorError as error:
        assert str(error)


@bounded
@given(st.text(st.characters(), max_size=300) | st.text("&*[]{}:-?|>!%@`'\"#, \n\tab19.", max_size=200))
def test_any_text_is_read_or_refused(text):
    read_or_refuse(text)


@bounded
@given(raw=st.binary(max_size=300), encoding=st.sampled_from(["", "utf-8", "utf-16", "utf-32", "latin-1"]))
def test_any_bytes_are_read_or_refused(tmp_path, raw, encoding):
    file = tmp_path / "x.yaml"
    file.write_bytes(raw + ("name: x\ntitle: año\n".encode(encoding) if encoding else b""))
    with pytest.raises(CorridorError):
        load_scenario(file)


@bounded
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_a_shipped_scenario_that_is_damaged_is_read_or_refused(chance, times):
    lines = (FOLDER / f"{chance.choice(scenario_names())}.yaml").read_text(encoding="utf-8").splitlines()
    for _ in range(times):
        damage(lines, chance)
    read_or_refuse("\n".join(lines))


def damage(lines: list[str], chance: random.Random) -> None:
    """Drop, repeat, shift or cut a line, or put something else where its value is."""
    at = chance.randrange(len(lines)) if lines else 0
    line = lines[at] if lines else ""
    key, colon, _ = line.partition(":")
    value = chance.choice(HOSTILE_VALUES)
    lines[at : at + 1] = chance.choice(
        [[], [line, line], [" " + line], [line[: len(line) // 2]], *[[f"{key}{colon} {value}"]] * 4]
    )


@for_all("field, value", product(["name", "extends", "interventions", "run", "period"], HOSTILE_VALUES))
def test_any_field_is_read_or_refused_whatever_its_value(field, value):
    read_or_refuse(f"name: x\nextends: history\n{field}: {value}\n")


@pytest.mark.parametrize("text", WHOLE, ids=range(len(WHOLE)))
def test_texts_made_to_hang_a_reader_are_refused(text):
    with pytest.raises(CorridorError):
        parse_scenario(text)


@pytest.mark.parametrize("name", ["=1+1", "'+1'", "-x", "'@SUM(A1)'", "\"=cmd|' /C calc'!A0\""])
def test_no_scenario_or_entry_has_a_name_that_a_spreadsheet_would_calculate(name):
    with pytest.raises(CorridorError, match="is not a name"):
        parse_scenario(f"name: {name}\nextends: history\n")
    entry = f"- {{id: {name}, lever: panama.darien_gate, start: 2023-01-10, to: 0.5, source: a test}}"
    with pytest.raises(CorridorError, match="is not a name"):
        parse_scenario(f"name: x\nextends: history\ninterventions:\n  {entry}\n")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("scenario", "../../etc/passwd"),
        ("start", "9" * 5_000),
        ("replicates", "1e9"),
        ("replicates", "9" * 5_000),
        ("period", "²²²²"),
        ("show", "<script>alert(1)</script>"),
        ("of", "x" * 5_000),
        ("hold", ",,,"),
        (next(iter(CONTROLS)), "nan"),
        (next(iter(CONTROLS)), "1e999"),
        ("unknown", "\0"),
    ],
)
def test_a_link_with_nonsense_opens_the_page_and_says_what_was_left_out(key, value):
    page = AppTest.from_string(RESTORE, default_timeout=PATIENCE)
    page.query_params[key] = value
    page.run()
    assert not page.exception
    said = " ".join(each.value for each in page.markdown)
    assert key in {"of", "unknown"} or f"The link's `{key}` was left out" in said
    assert page.session_state["scenario"] == "history"


DAMAGES = {
    "empty": lambda raw: b"",
    "one line": lambda raw: raw.splitlines(keepends=True)[0],
    "cut in a line": lambda raw: raw[: len(raw) // 2],
    "cut between lines": lambda raw: b"".join(raw.splitlines(keepends=True)[:-2]),
    "a line twice": lambda raw: raw + raw.splitlines(keepends=True)[-1],
    "wrong header": lambda raw: raw.replace(b"value", b"worth", 1),
    "bad bytes in the header": lambda raw: raw.replace(b"draw", b"dr\x9fw", 1),  # found by fuzzing
    "not a number": lambda raw: raw.rsplit(b",", 2)[0] + b",nan,people\n",
    "text for a number": lambda raw: raw.rsplit(b",", 2)[0] + b",many,people\n",
    "infinite": lambda raw: raw.rsplit(b",", 2)[0] + b",inf,people\n",
    "other encoding": lambda raw: raw.decode().encode("utf-16"),
    "bad bytes": lambda raw: raw.replace(b"departures", b"\xff\xfe\x00tures", 1),
    "unknown indicator": lambda raw: raw.replace(b"departures", b"departings"),
    "quote left open": lambda raw: raw + b'"',
    "noise": lambda raw: random.Random(1).randbytes(500),
}


OF_TABLES = {
    "wrong header",
    "bad bytes in the header",
    "bad bytes",
    "unknown indicator",
}  # a manifest has nothing that these could change


@pytest.mark.parametrize(
    ("name", "damaged", "fits"),  # fits: every hash of the manifest does
    [
        *(("replicates.csv", damaged, fits) for damaged in DAMAGES for fits in (False, True)),
        *(("manifest.json", damaged, False) for damaged in DAMAGES if damaged not in OF_TABLES),
    ],
)
def test_damaged_results_are_refused_with_the_file_and_nothing_is_written(
    name, damaged, fits, make_results, tmp_path, capsys
):
    write_results([make_results("history"), make_results("gate", shift=1, baseline="history")], tmp_path)
    file = tmp_path / "gate" / name
    before = file.read_bytes()
    file.write_bytes(DAMAGES[damaged](before))
    assert file.read_bytes() != before
    if fits:
        reseal(tmp_path / "gate")
    out = tmp_path / "out.csv"
    with pytest.raises(SystemExit) as ended:
        cli.main(["compare", str(tmp_path / "history"), str(tmp_path / "gate"), "--out", str(out)])
    assert ended.value.code == 2
    assert str(tmp_path / "gate") in capsys.readouterr().err
    assert not out.exists()


def put(manifest, key, part):
    if part is ...:
        del manifest[key]
    else:
        manifest[key] = part


@pytest.mark.parametrize(
    "change",
    [
        {"run": {}},
        {"baseline": ...},
        {"period": {"start": "x", "report_from": "y", "end": "z"}},
        {"hashes": None},
        {"texts": {"../../x": "name: x"}},
        {"texts": {"gate": 1}},
        {"scenario": "../gate"},
        {"baseline": 3},
    ],
)
@pytest.mark.parametrize("command", ["compare", "reproduce"])
def test_a_manifest_that_lacks_a_part_or_names_a_path_is_refused(
    change, command, make_results, tmp_path, capsys
):
    write_results([make_results("history"), make_results("gate", shift=1, baseline="history")], tmp_path)
    file = tmp_path / "gate" / "manifest.json"
    reseal(tmp_path / "gate", lambda manifest: [put(manifest, *each) for each in change.items()])
    folders = [tmp_path / "history", tmp_path / "gate"] if command == "compare" else [tmp_path / "gate"]
    with pytest.raises(SystemExit) as ended:
        cli.main([command, *map(str, folders)])
    assert ended.value.code == 2
    assert str(file) in capsys.readouterr().err


def test_a_manifest_nested_too_deep_is_refused(make_results, tmp_path):
    write_results([make_results("history")], tmp_path)
    (tmp_path / "history" / "manifest.json").write_text("[" * 200_000)
    with pytest.raises(CorridorError, match="cannot be read"):
        Results.read(tmp_path / "history")


HUGE = 100_000_000
MOST_COUNTS_OF_A_LARGE_FILE = 50  # about two seconds; to read it would take minutes
MOST_COUNTS_OF_A_TEXT = 150  # about five seconds


@pytest.mark.parametrize("name", ["x.yaml", "manifest.json", "replicates.csv"])
def test_a_file_of_100_mb_is_refused_quickly(name, make_results, tmp_path):
    write_results([make_results("gate")], tmp_path)
    file = tmp_path / "gate" / name
    file.write_bytes(b"name: x\n" * (HUGE // 8))

    def refuse():
        with pytest.raises(CorridorError):
            load_scenario(file) if name == "x.yaml" else Results.read(tmp_path / "gate")

    assert counts(refuse) < MOST_COUNTS_OF_A_LARGE_FILE


def test_an_upload_of_100_mb_is_refused_quickly():
    readers = Readers()

    def refuse():
        assert "larger than" in read_uploads([("x.yaml", b"a" * HUGE)], readers, "ana")[0].errors

    assert counts(refuse) < MOST_COUNTS_OF_A_LARGE_FILE


@pytest.mark.parametrize("alternatives", ["note", "[note]", "{a: 1}", "3", "[[]]"])
def test_alternatives_of_a_parameter_that_are_none_are_refused(alternatives):  # found by fuzzing
    entry = (
        "{label: x, group: x, unit: x, range: [0, 1], status: assumed, source: assumed, value: 0.5, note: x"
    )
    with pytest.raises(CorridorError, match="alternative"):
        read_parameters(f"x: {entry}, alternatives: {alternatives}}}\n")


def test_texts_made_to_break_or_fill_a_reader_are_read_or_refused_without_much_work():
    """A few of what `python -m tests.fuzzing.hostile` reads by the thousand."""

    def read_or_refuse_in_few_words(raw):
        try:
            parse_scenario(raw)
        except CorridorError as error:
            assert str(error) and len(str(error)) < 100_000, raw[:200]

    took = {
        raw[:200]: processor_seconds(partial(read_or_refuse_in_few_words, raw))
        for raw in islice(hostile_texts(seed=17), 300)
    }
    slowest = max(took, key=took.__getitem__)
    assert took[slowest] < MOST_COUNTS_OF_A_TEXT * processor_seconds(count), slowest


def test_hostile_texts_are_the_same_for_the_same_seed():
    first, again, other = ([*islice(hostile_texts(seed), 20)] for seed in (3, 3, 4))
    assert first == again != other
