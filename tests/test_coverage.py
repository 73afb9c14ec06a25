"""Every item of the founding documents has a home, a scenario and a check, and all of them exist."""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from corridor.engine import institutions
from corridor.inputs.evidence.search import document_figures
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.bargain_items import INTERESTS
from corridor.inputs.registries.coverage import GROUPS, ITEMS, KINDS, load_coverage
from corridor.inputs.registries.geography import load_geography
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.registries.shocks import SHOCKS
from corridor.inputs.scenarios.scenario_files import scenario_names

ROOT = Path(__file__).parents[1]
COVERAGE = load_coverage()
KNOWN = {
    "lever": set(LEVERS),
    "shock": set(SHOCKS),
    "parameter": set(load_parameters()),
    "indicator": set(INDICATORS),
    "figure": {str(figure["item"]) for figure in document_figures()},
    "nationality": set(NATIONALITIES),
    "place": {place.id for place in load_geography().places},
    "institution": set(institutions.__all__),
    "party": set(INTERESTS),
}


@cache
def functions_of(file):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_all_items_are_there_once_and_in_order():
    assert [item.number for item in COVERAGE] == list(range(1, ITEMS + 1))
    assert {item.group for item in COVERAGE} == set(GROUPS)
    assert {item.kind for item in COVERAGE} == set(KINDS)


@pytest.mark.parametrize("item", COVERAGE, ids=lambda item: str(item.number))
def test_an_item_has_a_home_a_scenario_and_a_check_that_exist(item):
    assert item.text and item.documents and set(item.documents) <= {"S0", "S1", "S2", "S3", "S4"}
    assert item.lives_in and item.scenarios and item.check
    for home in (*item.lives_in, *item.also_about):
        if home.kind == "code":
            assert find_spec(f"corridor.{home.name}") is not None
        else:
            assert home.name in KNOWN[home.kind], f"no {home.kind} {home.name!r}"
    assert set(item.scenarios) <= set(scenario_names())
    file, function = item.check.split("::")
    assert function in functions_of(file)


def test_what_an_item_is_also_about_is_said_once():
    twice = [
        item.number for item in COVERAGE if len(item.subjects) < len(item.lives_in) + len(item.also_about)
    ]

    assert twice == []


def test_a_policy_instrument_lives_in_a_lever_that_names_it_or_in_what_it_moves():
    for item in COVERAGE:
        levers = [home.name for home in item.lives_in if home.kind == "lever"]
        if item.group == "lever" and levers:
            assert any(item.number in LEVERS[name].items for name in levers), item.number


def test_every_mechanism_and_nothing_else_names_a_test_that_fails_without_it():
    for item in COVERAGE:
        assert bool(item.test) == (item.kind == "mechanism"), item.number
        if item.test:
            file, function = item.test.split("::")
            name, _, case = function.partition("[")
            assert name in functions_of(file), item.number
            assert (item.switch is not None) == (case == f"{item.number}]"), item.number


def test_what_is_switched_moves_an_indicator_that_there_is():
    for item in COVERAGE:
        if item.switch:
            assert item.switch.indicator in INDICATORS and item.switch.by, item.number
            assert item.switch.extends in scenario_names()
            assert item.switch.on or item.switch.off, item.number
