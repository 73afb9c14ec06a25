"""Scenarios that are refused as a whole: their parents, their names, their files."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridor.foundations.errors import InputError
from corridor.inputs.scenarios.scenario_files import load_scenario, parse_scenario


def test_a_parent_that_does_not_exist_is_named_with_the_nearest_that_does(folder):
    [problem] = folder.problems("name: x\nextends: rot\n")

    assert str(problem) == "x.yaml:2:10: unknown scenario 'rot'; did you mean 'root'?"


@pytest.mark.parametrize("path", ["../root", "root.yaml", "/etc/passwd", "folder/root"])
def test_a_parent_is_never_a_path(folder, path):
    [problem] = folder.problems(f"name: x\nextends: {path}\n")

    assert str(problem) == (
        f"x.yaml:2:10: '{path}' is not a name: lower-case letters, digits, - and _ only (never a path)"
    )


def test_problems_of_a_parent_are_named_in_the_parents_file_beside_the_childs(folder):
    folder.write("broken", "name: broken\nextends: root\nrun: {seed: -1}\n")

    problems = folder.problems("name: x\nextends: broken\nrun: {seed: -2}\n")

    assert [str(problem) for problem in problems] == [
        f"{folder.path}/broken.yaml:3:13: expected at least 0, not -1",
        "x.yaml:3:13: expected at least 0, not -2",
    ]


def test_scenarios_that_extend_each_other_are_refused_as_circular(folder):
    folder.write("a", "name: a\nextends: b\n")
    folder.write("b", "name: b\nextends: c\n")
    folder.write("c", "name: c\nextends: a\n")

    with pytest.raises(InputError) as caught:
        folder.load("a")

    assert str(caught.value) == f"{folder.path}/c.yaml:2:10: circular: a -> b -> c -> a"


def test_a_scenario_cannot_extend_itself(folder):
    folder.write("a", "name: a\nextends: a\n")

    with pytest.raises(InputError, match=r"a\.yaml:2:10: circular: a -> a"):
        folder.load("a")


def test_a_scenario_that_extends_none_needs_a_period(folder):
    [problem] = folder.problems("name: x\n")

    assert str(problem) == (
        "x.yaml:1:1: a scenario that extends none needs `period:` with `start` and `end`; most write `extends: history`"
    )


def test_a_period_out_of_order_is_refused(folder):
    [problem] = folder.problems("name: x\nperiod: {start: 2023-06-01, end: 2023-01-01}\n")

    assert str(problem) == "x.yaml:2:9: the period needs start <= report_from <= end"


@pytest.mark.parametrize(
    "period",
    [
        "{start: 0001-01-01, end: 0002-01-01}",
        "{start: 2023-01-01, end: 9999-12-31}",
        "{start: 2023-01-01, end: 2033-01-02}",
    ],
)
def test_a_period_that_would_fill_the_memory_is_refused(folder, period):
    [problem] = folder.problems(f"name: x\nperiod: {period}\n")

    assert str(problem) == "x.yaml:2:9: a period is at most 10 years long, between 1990 and 2100"


def test_nothing_can_be_removed_from_nothing(folder):
    [problem] = folder.problems("name: x\nperiod: {start: 2023-01-01, end: 2023-12-31}\nremove: fire\n")

    assert str(problem) == "x.yaml:3:9: no entry 'fire' to remove: the scenario extends none"


def test_what_a_parent_removed_cannot_be_removed_again(folder):
    folder.write("without-fire", "name: without-fire\nextends: root\nremove: [fire]\n")

    [problem] = folder.problems("name: x\nextends: without-fire\nremove: [fire]\n")

    assert problem.message == "no entry 'fire' in 'without-fire'"


def test_a_name_that_differs_from_the_files_is_refused(folder):
    folder.write("mine", "name: yours\nextends: root\n")

    with pytest.raises(InputError) as caught:
        folder.load("mine")

    assert str(caught.value) == (
        f"{folder.path}/mine.yaml:1:7: the name 'yours' differs from the file's: call it 'mine' or rename the file"
    )


def test_an_unknown_scenario_is_refused_with_the_nearest_name(folder):
    with pytest.raises(InputError) as caught:
        folder.load("roof")

    assert str(caught.value) == "roof: no scenario of this name; did you mean 'root'?"


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just text\n"])
def test_a_text_that_is_no_scenario_at_all_is_refused(folder, text):
    [problem] = folder.problems(text)

    assert str(problem) == "x.yaml:1:1: a scenario is a mapping that starts with `name:`"


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"missing\.yaml: cannot be read: No such file or directory"):
        load_scenario(tmp_path / "missing.yaml")


def test_a_duplicate_key_and_an_alias_bomb_are_refused_in_scenario_files(folder):
    [duplicate] = folder.problems("name: x\nextends: root\nname: y\n")
    bomb = "name: x\na: &a [x]\nb: [*a, *a]\n"

    assert str(duplicate) == "x.yaml:3:1: duplicate key 'name' (first at line 1)"
    assert [str(problem)[:12] for problem in folder.problems(bomb)] == ["x.yaml:3:5: ", "x.yaml:3:9: "]


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 40_000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        [
            "x",
            "root",
            "fire",
            "guard-2023",
            "ramp",
            "series",
            "unlimited",
            "all",
            "Cuba",
            "tijuana",
            "inm",
            "demand",
            "caravan",
            "us.title_42",
            "mexico.shelter_places",
            "mexico.return_acceptance_monthly",
            "2023-06-01",
            "2023-02-30",
            "2024-02-01",
            "../x",
        ]
    ),
)
FIELDS = st.sampled_from(
    [
        "name",
        "extends",
        "baseline",
        "period",
        "remove",
        "interventions",
        "shocks",
        "overrides",
        "run",
        "id",
        "lever",
        "kind",
        "for",
        "pooled",
        "profile",
        "start",
        "end",
        "announced",
        "cancelled",
        "to",
        "values",
        "size",
        "place",
        "crossing_rate",
        "2023-06-01",
        "2023-07-01",
        "seed",
        "value",
    ]
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6),
    max_leaves=25,
)
ENTRY = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "b", "fire"])},
    optional={
        "lever": st.sampled_from(
            ["us.title_42", "mexico.shelter_places", "mexico.return_acceptance_monthly", "us.x"]
        ),
        "kind": st.sampled_from(["demand", "caravan", "storm"]),
        "for": ANYTHING,
        "pooled": SCALARS,
        "profile": SCALARS,
        "start": SCALARS,
        "end": SCALARS,
        "announced": SCALARS,
        "cancelled": SCALARS,
        "to": SCALARS,
        "values": ANYTHING,
        "size": SCALARS,
        "place": SCALARS,
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(FIELDS, ANYTHING, max_size=8),
    st.lists(ENTRY, max_size=3),
    st.lists(ENTRY, max_size=2),
)
def test_whatever_a_file_holds_it_is_read_or_refused_with_places(folder, data, interventions, shocks):
    data = {**data, "name": "x", "extends": "root", "interventions": interventions, "shocks": shocks}
    try:
        parse_scenario(json.dumps(data), "x.yaml", [folder.path])
    except InputError as error:
        assert error.problems
        assert all(problem.file == "x.yaml" and problem.line >= 1 for problem in error.problems)


@pytest.mark.parametrize("empty", ["", " ~", " null"])
def test_an_unknown_field_is_told_even_where_it_is_left_empty(empty):
    with pytest.raises(InputError, match=r"unknown field 'intervention'; did you mean 'interventions'\?"):
        parse_scenario(f"name: x\nextends: history\nintervention:{empty}\n")
    assert parse_scenario(f"name: x\nextends: history\ninterventions:{empty}\n").interventions == ()
