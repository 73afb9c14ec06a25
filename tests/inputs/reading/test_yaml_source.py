"""YAML text to data with places: what is read, and what is refused where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.foundations.errors import InputError
from corridor.inputs.reading.yaml_source import MAX_BYTES, MAX_DEPTH, read_yaml_file, read_yaml_text


def places(text):
    """Problems of a text, as `line:column: message`."""
    with pytest.raises(InputError) as caught:
        read_yaml_text(text, file="f")
    return [f"{p.line}:{p.column}: {p.message}" for p in caught.value.problems]


def test_words_that_older_yaml_changes_stay_what_was_written():
    text = "no: yes\non: off\ntime: 12:30:45\nday: 2023-12-01\nbad_day: 2023-13-01\n"

    assert read_yaml_text(text).data == {
        "no": "yes",
        "on": "off",
        "time": "12:30:45",
        "day": "2023-12-01",
        "bad_day": "2023-13-01",
    }


def test_numbers_truth_and_nothing_are_read_by_the_rules_of_yaml_1_2():
    data = read_yaml_text("a: 010\nb: 1e3\nc: true\nd:\ne: ~\nf: -0.5\n").data

    assert data == {"a": 10, "b": 1000.0, "c": True, "d": None, "e": None, "f": -0.5}
    assert type(data["a"]) is int


def test_every_value_and_key_has_its_line_and_column():
    source = read_yaml_text("a:\n  - b: 1\n    c: [x, y]\n")

    assert source.marks["a", 0, "b"] == (2, 8)
    assert source.key_marks["a", 0, "c"] == (3, 5)
    assert source.marks["a", 0, "c", 1] == (3, 12)


def test_a_problem_with_something_missing_points_at_the_nearest_part_that_is_there():
    problem = read_yaml_text("a:\n  - b: 1\n", file="f").problem(("a", 0, "zz"), "is missing")

    assert str(problem) == "f:2:5: is missing"
    assert problem.path == "a.0.zz"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", "3:1: duplicate key 'a' (first at line 1)"),
        ("a: &x [1]\nb: *x\n", "2:4: an alias (*name) of a list or mapping is not allowed; write it out"),
        ("a: .nan\n", "1:4: .nan is not a finite number"),
        ("a: -.inf\n", "1:4: -.inf is not a finite number"),
        ("a: 1e999\n", "1:4: 1e999 is not a finite number"),
        ("a: !secret 3\n", "1:4: the tag !secret is not allowed"),
        ("a: !!set {b}\n", "1:4: the tag tag:yaml.org,2002:set is not allowed"),
        ("<<: {a: 1}\n", "1:1: the merge key << is not allowed; write the fields out"),
        ("? [a]\n: 1\n", "1:3: a key must be plain text"),
    ],
)
def test_what_hides_errors_is_refused_at_its_place(text, expected):
    assert places(text) == [expected]


def test_all_that_is_refused_comes_at_once():
    assert [line.split(":")[0] for line in places("a: .nan\nb: &x {}\nc: *x\na: 1\n")] == ["1", "3", "4"]


def test_a_scalar_may_be_repeated_by_alias():
    assert read_yaml_text("a: &x 3\nb: *x\n").data == {"a": 3, "b": 3}


def test_an_anchor_may_be_used_again():
    assert read_yaml_text("a: &x 1\nb: &x 2\nc: *x\n").data == {"a": 1, "b": 2, "c": 2}


def test_an_alias_bomb_is_refused_and_not_unfolded():
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))

    assert places(bomb)[0] == "2:10: an alias (*name) of a list or mapping is not allowed; write it out"


def test_nesting_as_deep_as_allowed_is_read():
    assert read_yaml_text("[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH).data


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 400, 50_000])
def test_nesting_too_deep_is_refused_where_it_is_too_deep(depth):
    assert places("[" * depth + "]" * depth) == [f"1:{MAX_DEPTH + 1}: nested deeper than {MAX_DEPTH} levels"]


def test_a_number_too_long_to_read_is_refused():
    assert places("a: " + "9" * 5000) == [f"1:4: cannot be read as a number: '{'9' * 80}'..."]


def test_a_syntax_error_names_its_place():
    assert places("a: [1\nb: 2\n") == [
        "2:2: is not YAML: while parsing a flow sequence expected ',' or ']', but got ':'"
    ]
    assert places("a: 1\n---\nb: 1\n") == [
        "2:1: is not YAML: expected a single document in the stream but found another document"
    ]


def test_a_character_that_yaml_forbids_is_named_at_its_place():
    assert places("a: 1\nb: x\x01\n") == ["2:5: is not YAML: the character #x0001 is not allowed"]


def test_a_text_too_large_is_refused_unread():
    assert places("a" * (MAX_BYTES + 1)) == ["0:0: is too large: 262,145 bytes; at most 262,144 are read"]


def test_a_file_that_is_missing_too_large_or_not_text_is_refused_with_its_name(tmp_path):
    missing, large, odd = tmp_path / "missing.yaml", tmp_path / "large.yaml", tmp_path / "odd.yaml"
    large.write_bytes(b" " * (MAX_BYTES + 1))
    odd.write_bytes(b"a: 1\nb: \xff\n")

    for file, message in [
        (missing, f"{missing}: cannot be read: No such file or directory"),
        (large, f"{large}: is too large: 262,145 bytes; at most 262,144 are read"),
        (odd, f"{odd}:2:4: is not UTF-8 text"),
    ]:
        with pytest.raises(InputError) as caught:
            read_yaml_file(file)
        assert str(caught.value) == message


def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path):
    file = tmp_path / "marked.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: x\n")

    assert read_yaml_file(file).data == {"name": "x"}


@given(st.text(max_size=40) | st.text(alphabet="ab:-[]{}&*!?#|>'\"%@, \n\t0.", max_size=60))
def test_any_text_is_read_or_refused_with_a_place_and_never_anything_else(text):
    try:
        read_yaml_text(text)
    except InputError as error:
        assert error.problems
        assert all(problem.line >= 1 and problem.column >= 1 for problem in error.problems)
