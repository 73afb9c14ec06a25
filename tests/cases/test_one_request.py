"""One check of what is asked of a run, with the same bounds and words at every door; no legal zero is replaced."""

import ast
from pathlib import Path

import numpy as np
import pytest

import corridor
import corridor_app
from corridor.cli import main
from corridor.experiments.discovery import discover
from corridor.experiments.estimation.estimate import estimate
from corridor.experiments.hindcast.run import run_hindcast
from corridor.experiments.sensitivity import analyse_sensitivity
from corridor.inputs.scenarios.request import BOUNDS, check_request, read_number, whole_number
from tests.for_all import for_all

FILE = "name: x\nextends: history\nrun: {{{name}: {value}}}\n"
IN_A_FILE = ("replicates", "seed", "people_per_agent")


def words(name, shown):
    least, most = BOUNDS[name]
    return f"expected a whole number from {least:,} to {most:,}, not {shown}"


WRONG = {
    name: [(str(bound), bound) for bound in (BOUNDS[name][0] - 1, BOUNDS[name][1] + 1)] + [("'x'", "x")]
    for name in BOUNDS
}


@for_all("name, shown, value", [(name, *case) for name in IN_A_FILE for case in WRONG[name]])
def test_a_wrong_setting_is_refused_in_the_same_words_at_every_door(name, shown, value, capsys):
    expected = words(name, shown)
    option = f"--{name.replace('_', '-')}"
    with pytest.raises(SystemExit) as ended:
        main(["run", "history", option, str(value)])
    assert ended.value.code == 2
    said = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert expected in said and option in said
    with pytest.raises(corridor.InputError) as found:
        corridor.parse_scenario(FILE.format(name=name, value=value), "x.yaml")
    assert expected in str(found.value) and found.value.problems[0].line == 3
    with pytest.raises(corridor.InputError) as found:
        corridor.run_ensemble("history", **{name: value})
    assert str(found.value) == f"{name}: {expected}"
    with pytest.raises(ValueError) as told:
        read_number(name, str(value))
    assert str(told.value) == expected


@for_all("value", [1.5, 2.0, np.float64(2.0), True, np.True_, "2", "", None, [2], 10**400])
def test_what_is_no_whole_number_is_none_anywhere(value):
    for name in BOUNDS:
        with pytest.raises(ValueError, match="expected a whole number from"):
            whole_number(name, value)


@for_all("kind", [int, np.int8, np.int64, np.uint32])
def test_every_integer_at_a_bound_is_taken_as_a_whole_number(kind):
    for name, (least, most) in BOUNDS.items():
        for bound in (least, most):
            if bound <= (np.iinfo(kind).max if kind is not int else bound):
                found = whole_number(name, kind(bound))
                assert found == bound and type(found) is int


def test_all_wrong_settings_are_told_at_once_and_before_anything_is_read():
    with pytest.raises(corridor.InputError) as found:
        corridor.run_ensemble("no-such-scenario", seed=-1, replicates=0, workers=1.5)
    assert [problem.file for problem in found.value.problems] == ["replicates", "seed", "workers"]
    assert check_request(seed=0, workers=None) == {"seed": 0, "workers": None}


@for_all(
    "call, name",
    [
        (lambda: analyse_sensitivity(corridor.load_scenario("history"), responses=[], size=1), "size"),
        (lambda: analyse_sensitivity(corridor.load_scenario("history"), responses=[], seed=1.0), "seed"),
        (lambda: discover(corridor.load_scenario("history"), generations=-1), "generations"),
        (lambda: corridor.explore_deals("history", draws=0), "futures"),
        (lambda: estimate(members=1), "members"),
        (lambda: run_hindcast(Path("nowhere"), ensemble=3), "ensemble"),
        (lambda: corridor.run_ensemble("history", check_every=-1), "check_every"),
    ],
)
def test_analyses_check_what_they_are_asked(call, name):
    with pytest.raises(corridor.InputError, match=f"^{name}: expected a whole number"):
        call()


def test_a_seed_of_zero_and_settings_of_a_parent_hold_in_every_command():
    text = "name: x\nextends: history\nrun: {seed: 0, replicates: 3}\n"
    scenario = corridor.parse_scenario(text)
    assert scenario.run_settings.seed == 0
    child = corridor.Scenario(name="child", extends="x")
    child._parent = scenario
    assert child.run_settings == scenario.run


SETTINGS = set(BOUNDS) - {"members"}  # also what lists of nationalities are called
SOURCES = [
    file
    for package in (corridor, corridor_app)
    for file in sorted(Path(package.__file__).parent.rglob("*.py"))
]


def test_no_setting_is_replaced_where_it_is_zero():
    """`seed or 1` takes 0, which is a seed, for nothing; so for every setting of a request."""
    found = [
        f"{file.name}:{node.lineno}: {ast.unparse(node)}"
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and _name(node.values[0]) in SETTINGS
    ]
    assert found == []


def _name(node):
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
