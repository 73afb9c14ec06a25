"""Exceptions and the hints that they carry."""

import pickle

import pytest

from corridor.foundations.errors import CorridorError, InputError, Problem, RunError, nearest_name

FIRST = Problem("a.yaml", 2, 10, "extends", "unknown scenario 'histroy'")
SECOND = Problem("a.yaml", 11, 3, "run.seed", "expected a whole number")


def test_everything_raised_on_purpose_is_a_corridor_error():
    assert issubclass(InputError, CorridorError)
    assert issubclass(RunError, CorridorError)


def test_an_input_error_shows_one_problem_a_line_in_the_order_of_the_text():
    error = InputError([SECOND, FIRST])

    assert error.problems == (FIRST, SECOND)
    assert str(error) == "a.yaml:2:10: unknown scenario 'histroy'\na.yaml:11:3: expected a whole number"


def test_a_problem_found_twice_is_shown_once():
    assert InputError([FIRST, SECOND, FIRST]).problems == (FIRST, SECOND)


def test_a_problem_without_a_place_in_the_text_shows_the_file_alone():
    assert str(Problem("a.yaml", 0, 0, "", "cannot be read")) == "a.yaml: cannot be read"


def test_an_input_error_comes_back_whole_from_a_worker_process():
    error = pickle.loads(pickle.dumps(InputError([FIRST, SECOND])))

    assert error.problems == (FIRST, SECOND)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("mexico.slowdwon", "mexico.slowdown"), ("Venezeula", "Venezuela"), ("VENEZUELA", "Venezuela")],
)
def test_the_nearest_name_is_offered_whatever_its_case(written, meant):
    known = ["mexico.slowdown", "mexico.guard_deployed", "Venezuela", "Cuba"]

    assert nearest_name(written, known) == f"; did you mean {meant!r}?"


def test_no_name_is_offered_when_none_is_near():
    assert nearest_name("zebra", ["Venezuela", "Cuba"]) == ""
    assert nearest_name("zebra", []) == ""
