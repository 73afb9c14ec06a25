"""Texts made to break or to fill the reader: each is refused at its line, in bounded time, memory and words."""

import ast
import resource
from pathlib import Path

import pytest

import corridor
from corridor import parse_scenario
from corridor.foundations.errors import LONGEST_MESSAGE, MOST_QUOTED, MOST_SHOWN, InputError, Problem, quoted
from corridor.inputs.reading.yaml_source import (
    MAX_BYTES,
    MAX_KEY_LENGTH,
    MAX_LENGTH,
    MAX_VALUES,
    read_yaml_text,
)
from corridor.inputs.scenarios.bounds import MOST_ENTRIES, MOST_PARENTS
from tests.for_all import for_all
from tests.patience import counts

HEAD = "name: x\nextends: history\n"
LINE = 3
MOST_COUNTS = 150  # about five seconds; what was mended took from ten to over ninety
MOST_MB = 300

READER_FAULTS = [
    *(
        "!!bool x",
        "!!bool yes",
        "!!int 1.5",
        "!!int x",
        "!!float .",
        "!!float ''",
        "!!null x",
        "!!binary '*'",
    ),
    *(
        "!!set {a, b}",
        "!!omap [a: 1]",
        "!!pairs [a: 1]",
        "!!map [1]",
        "!!seq {a: 1}",
        "!a b",
        "!<tag:x> y",
    ),
    *(r'"\UFFFFFFFF"', r'"\U00110000"', r'"\ud800"', r'"\x1b[31m"', r'"\0"', r'"\q"', r'"\xZZ"', '"'),
    *("0x" + "f" * 3_000, "0x" + "f" * 5_000, "0o" + "7" * 9_000, "9" * 5_000, "-" + "9" * 400, "1e99999"),
    *(
        "{<<: 1}",
        "{<<: [1]}",
        "{<<: {a: 1}}",
        "&a [*a]",
        "&a {b: *a}",
        "*nobody",
        "{? [a] : 1}",
        "{? {a: 1} : 1}",
    ),
    *("[" * 200, "{a: " * 200, "- " * 200, "%YAML 1.1", "@x", "`x`", "[1", "{a: 1", "'", "|9999\n x", ">x"),
    *("{!!python/object:os.system a: 1}", '{"\\e": 1}', "{" + "k" * 300 + ": 1}", "\x07", "\ud800", "\ufffe"),
]


@for_all(
    "field, value", [(field, value) for field in ("run", "note", "overrides") for value in READER_FAULTS]
)
def test_every_fault_of_the_reader_is_a_problem_with_its_line(field, value):
    with pytest.raises(InputError) as found:
        parse_scenario(f"{HEAD}{field}: {value}\n", "x.yaml")
    assert all(problem.line >= LINE and problem.column >= 1 for problem in found.value.problems)


def _rows(head: str, row: str, count: int) -> str:
    return HEAD + head + "".join(row.format(i=number) for number in range(count))


def _fill(head: str, row: str, close: str = "") -> str:
    """As many rows as fit into the largest file that is read."""
    each = len(row.format(i=99_999))
    return _rows(head, row, (MAX_BYTES - 200) // each) + close + "\n"


ENTRY = "- {{id: d{i}, lever: us.titl_{i}, start: 2023-01-01, to: 1, source: " + "a" * 150 + "}}\n"
LARGE = {
    "an alias of a long value": HEAD + f"question: &a {'x' * 19_000}\nremove: [{'*a, ' * 900}x]\n",
    "aliases as keys": HEAD
    + f"question: &a {'x' * 190}\noverrides: {{{', '.join(f'*a : {i}' for i in range(5_000))}}}\n",
    "demands": _fill("demands:\n", "- {{id: d{i}, of: us, indicator: x{i}, at_most: 1}}\n"),
    "demands without a word": _fill("demands:\n", "- {{}}\n"),
    "interventions without a word": _fill("interventions:\n", "- {{}}\n"),
    "names of one intervention": _fill(
        "interventions: [{id: a, lever: us.title_42, start: 2023-01-01, to: 1, for: [", "Cubb{i}, ", "]}]"
    ),
    "dates of one series": _fill("interventions: [{id: a, values: {", "2023-01-{i}: 1, ", "}}]"),
    "overrides": _fill("overrides:\n", "  crossing_rat{i}: 1\n"),
    "numbers": HEAD + "remove: [" + "1," * 130_000 + "]\n",
    "unknown fields": _fill("", "interventionz{i}: 1\n"),
    "the same key": _fill("", "name: x\n"),
    "parties": _fill("diplomacy: {mode: negotiated, weights: {", "u{i}: {{a: 1}}, ", "}}"),
    "fixed levers": _fill("diplomacy: {mode: mixed, fixed: [", "us.titl{i}, ", "]}"),
    "things to vary": _fill("sweep:\n  over:\n", "  - {{parameter: crossing_rat{i}, values: [1, 2]}}\n"),
    "as many interventions as are read": _rows("interventions:\n", ENTRY, MOST_ENTRIES),
    "as many shocks": _rows(
        "shocks:\n", "- {{id: d{i}, kind: deman{i}, start: 2023-01-01, size: 1}}\n", MOST_ENTRIES
    ),
    "as many demands": _rows(
        "demands:\n", "- {{id: d, of: us, indicator: x{i}, place: a{i}}}\n", MOST_ENTRIES
    ),
    "as many removals": _rows("remove:\n", "- venezuela-return{i}\n", MOST_ENTRIES),
    "as many dimensions": _rows(
        "sweep:\n  over:\n", "  - {{intervention: e{i}, values: [1, 2]}}\n", MOST_ENTRIES
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_text_at_the_bound_of_size_is_refused_in_bounded_time_memory_and_words(name):
    assert len(LARGE[name]) <= MAX_BYTES
    said = ""

    def refuse():
        nonlocal said
        with pytest.raises(InputError) as found:
            parse_scenario(LARGE[name])
        said = str(found.value)

    assert counts(refuse) < MOST_COUNTS
    assert len(said) <= (MOST_SHOWN + 1) * (LONGEST_MESSAGE + 100)
    assert len(said.splitlines()) <= MOST_SHOWN + 1


def test_a_large_text_takes_little_memory():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name in ("an alias of a long value", "aliases as keys", "numbers"):
        with pytest.raises(InputError):
            parse_scenario(LARGE[name])
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MOST_MB


def test_as_many_interventions_as_are_read_are_read():
    lever = "{{id: d{i}, lever: panama.darien_gate, start: 202{year}-{month:02}-{day:02}, to: 0.5}}"
    days = [(year, month, day) for year in (1, 2, 3) for month in range(1, 13) for day in range(1, 29)]
    text = HEAD + "interventions:\n"
    for number, (year, month, day) in enumerate(days[:MOST_ENTRIES]):
        text += f"- {lever}\n".format(i=number, year=year, month=month, day=day)
    assert len(parse_scenario(text).interventions) == MOST_ENTRIES
    with pytest.raises(InputError, match=r"1,001 entries are too many; at most 1,000 are read"):
        parse_scenario(text + "- {id: one-more, lever: us.title_42, start: 2023-01-01, to: 1}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"a: {'x' * (MAX_LENGTH + 1)}", "1:4: a value of 20,001 characters; at most 20,000 are read"),
        (f"{'k' * (MAX_KEY_LENGTH + 1)}: 1", "1:1: a key of 201 characters; at most 200 are read"),
        ("a:\n" + "- x\n" * MAX_VALUES, "12001:3: more than 12,000 values and keys; no more are read"),
        (f"a: &a {'x' * 9_000}\nb: [{'*a, ' * 40}]", "more than 262,144 characters with every alias"),
    ],
)
def test_a_bound_is_named_at_its_place(text, message):
    with pytest.raises(InputError, match=message):
        read_yaml_text(text)


def test_aliases_of_values_are_read_within_the_bound():
    assert read_yaml_text("a: &a x\nb: [*a, *a]\n").data == {"a": "x", "b": ["x", "x"]}


def test_a_row_of_a_thousand_parents_is_refused_with_the_bound_and_a_circle_is_told(tmp_path):
    for number in range(1_000):
        (tmp_path / f"s{number}.yaml").write_text(f"name: s{number}\nextends: s{number + 1}\n")
    with pytest.raises(InputError, match=f"more than {MOST_PARENTS} scenarios extend each other in a row"):
        corridor.load_scenario(tmp_path / "s0.yaml")
    (tmp_path / "s3.yaml").write_text("name: s3\nextends: s1\n")
    with pytest.raises(InputError, match="circular: s1 -> s2 -> s3 -> s1"):
        corridor.load_scenario(tmp_path / "s0.yaml")
    (tmp_path / f"s{MOST_PARENTS - 1}.yaml").write_text(f"name: s{MOST_PARENTS - 1}\nextends: history\n")
    (tmp_path / "s3.yaml").write_text("name: s3\nextends: s4\n")
    assert len(corridor.load_scenario(tmp_path / "s0.yaml").chain) == MOST_PARENTS + 1


def test_bytes_are_read_as_the_text_that_they_hold():
    assert parse_scenario(b"\xef\xbb\xbf" + HEAD.encode()) == parse_scenario(HEAD)
    with pytest.raises(InputError, match=r"x.yaml:3:8: is not UTF-8 text"):
        parse_scenario(HEAD.encode() + b"title: \xff", "x.yaml")


def test_an_error_shows_so_many_problems_and_counts_the_rest():
    error = InputError(Problem("x", line, 1, "", "wrong") for line in range(1, 102))
    lines = str(error).splitlines()
    assert len(error.problems) == 101
    assert len(lines) == MOST_SHOWN + 1 and lines[-1] == "... and 51 more; mend these first"


def test_a_message_repeats_little_of_a_long_value():
    assert quoted("x" * MOST_QUOTED) == repr("x" * MOST_QUOTED)
    for value in ("x" * 10**6, b"x" * 10**6, ["x"] * 1_000, 16**9_000):
        assert len(quoted(value)) < MOST_QUOTED + 10
    assert len(Problem("x", 1, 1, "p" * 10**6, "m" * 10**6).message) == LONGEST_MESSAGE + len("...")


def test_no_reader_of_what_others_write_repeats_a_value_without_a_bound():
    """Every value that a message of these modules repeats passes through `quoted`."""
    inputs = Path(corridor.__file__).parent / "inputs"
    found = [
        f"{file.name}:{node.lineno}"
        for folder in ("reading", "scenarios", "parameters")
        for file in (inputs / folder).glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if (isinstance(node, ast.FormattedValue) and node.conversion == ord("r"))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "repr")
    ]
    assert found == ["upgrade.py:65"], "the name of a retired entry, which is our own"
