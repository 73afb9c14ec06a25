"""Sweeps: designs are repeatable and within their bounds, variants are whole scenarios, and mistakes have a place."""

import numpy as np
import pytest

from corridor.foundations.errors import InputError
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.scenarios.scenario_files import parse_scenario
from corridor.inputs.scenarios.variants import variants

HEAD = """\
name: swept
extends: history
interventions:
  - {id: guard, lever: mexico.guard_deployed, start: 2023-01-01, to: 16000}
  - {id: gate, lever: panama.darien_gate, start: 2023-01-01, to: 0.1}
"""
OVER = "over: [{intervention: guard, range: [0, 64000]}, {parameter: crossing_rate, range: [0.5, 1.0]}]"


def swept(block):
    return parse_scenario(f"{HEAD}sweep: {{{block}}}")


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol"])
def test_a_design_fills_its_ranges_and_comes_again(method):
    block = f"method: {method}, size: 16, {OVER}"
    points = np.array([point for _, point in variants(swept(block))])
    assert points.shape == (16, 2)
    assert ((points >= [0, 0.5]) & (points <= [64000, 1.0])).all()
    halves = (points < [32000, 0.75]).sum(axis=0)
    assert halves.tolist() == [8, 8], "each half of a range gets its share"
    assert np.array_equal(points, [point for _, point in variants(swept(block))])
    other = [point for _, point in variants(swept(f"seed: 2, {block}"))]
    assert not np.array_equal(points, other)


def test_a_grid_is_every_combination_in_order():
    block = "over: [{intervention: guard, values: [0, 8000]}, {intervention: gate, values: [0, 0.5, 1]}]"
    found = variants(swept(block))
    assert [scenario.name for scenario, _ in found] == [f"swept-{number}" for number in range(1, 7)]
    assert [point for _, point in found] == [(g, d) for g in (0, 8000) for d in (0, 0.5, 1)]


def test_a_variant_is_a_scenario_of_its_own_with_the_values_of_its_point():
    scenario, (guard, rate) = variants(swept(f"method: sobol, size: 2, {OVER}"))[1]
    assert (scenario.sweep, scenario.baseline_name, scenario.parent.name) == (None, "history", "history")
    policy = resolve(scenario)
    assert policy.levers["mexico.guard_deployed"].values[-1, 0] == guard
    assert policy.levers["panama.darien_gate"].values[-1, 0] == 0.1, "what is not swept stays"
    assert policy.overrides["crossing_rate"] == rate
    assert parse_scenario(scenario.to_yaml()).overrides == scenario.overrides


def test_a_scenario_without_a_sweep_stands_for_itself():
    scenario = parse_scenario(HEAD)
    assert variants(scenario) == [(scenario, ())]


MISTAKES = [
    (f"method: sobol, {OVER}", "sobol needs a `size:`"),
    ("over: []", "varies one thing at least"),
    (
        "over: [{intervention: gard, values: [1]}]",
        "no intervention 'gard' in this file; did you mean 'guard'?",
    ),
    ("over: [{parameter: crossing_rat, values: [1]}]", "did you mean 'crossing_rate'?"),
    ("over: [{parameter: departure_response, values: [1]}]", "departure_response is not one number"),
    ("over: [{values: [1]}]", "name one thing to vary"),
    ("over: [{intervention: guard, range: [0, 1]}]", "a grid takes `values:` and no `range:`"),
    (
        "over: [{intervention: guard, values: [0, 200000]}]",
        "200,000 is out of range: mexico.guard_deployed",
    ),
    ("over: [{intervention: guard, values: [7, 7]}]", "a value is given twice"),
    ("over: [{intervention: guard, values: [7, 7.0]}]", "a value is given twice"),
    ("over: [{intervention: guard, values: []}]", "a grid needs values"),
    (
        "method: sobol, size: 4, over: [{intervention: guard, range: [9, 3]}]",
        "a range goes from the lower to the higher value",
    ),
    (
        f"over: [{{intervention: guard, values: {list(range(150))}}},"
        f" {{intervention: gate, values: {[n / 100 for n in range(100)]}}}]",
        "15,000 points are more than 10,000",
    ),
]


@pytest.mark.parametrize(("block", "problem"), MISTAKES)
def test_a_mistake_is_said_once_with_its_place(block, problem):
    with pytest.raises(InputError) as error:
        swept(block)
    found = [each for each in error.value.problems if problem in each.message]
    assert len(found) == 1 and found[0].line == 6
