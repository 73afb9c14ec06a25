"""Scenarios that are refused as a whole: their parents, their names, their files."""

import pytest

from model.foundations.errors import InputError
from model.spec.scenario import load_scenario


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
