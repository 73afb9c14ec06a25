"""Sensitivity and discovery: known functions, a planted box, a known front, and the whole way at toy size."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from corridor.experiments.discovery import discover, find_box, search_front, sort_fronts
from corridor.experiments.responses import indicator_response, respond
from corridor.experiments.sensitivity import _sobol, analyse_sensitivity
from corridor.foundations.errors import InputError
from corridor.inputs.scenarios.scenario_files import parse_scenario

TEXT = """\
name: tried
extends: history
interventions:
  - {id: gate, lever: panama.darien_gate, start: 2023-01-01, to: 0.1}
  - {id: shelters, lever: mexico.shelter_places, start: 2023-01-01, to: 3000}
sweep:
  method: sobol
  size: 8
  over:
    - {intervention: gate, range: [0, 1]}
    - {intervention: shelters, range: [1000, 20000]}
"""
DEMANDS = """\
demands:
  - {id: few, of: panama, indicator: darien_entries, year: 2023, at_most: 430000}
  - {id: housed, of: humanitarian, indicator: shelter_overflow, at_most: 1e6}
"""
TOY = {"people_per_agent": 2000, "seed": 1}


def ishigami(x):
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_the_indices_of_ishigamis_function_are_found():
    size = 1024
    base = (qmc.Sobol(6, rng=1).random(size) * 2 - 1) * np.pi
    one, other = base[:, :3], base[:, 3:]
    crossed = [np.where(np.arange(3) == place, other, one) for place in range(3)]
    halves = np.stack([ishigami(one), ishigami(other)])
    first, total = _sobol(halves, np.stack([ishigami(each) for each in crossed]))
    assert first == pytest.approx([0.314, 0.442, 0.0], abs=0.03)
    assert total == pytest.approx([0.558, 0.442, 0.244], abs=0.03)


def test_a_planted_box_is_found_and_what_does_not_matter_is_not_restricted_by_more_than_chance():
    sample = qmc.Sobol(3, rng=1).random(1024)
    holds = (sample[:, 0] > 0.7) & (sample[:, 1] < 0.4)
    box = find_box(sample, holds, ["a", "b", "c"])
    assert box.density >= 0.8
    assert box.coverage > 0.8
    assert box.limits["a"][0] == pytest.approx(0.7, abs=0.1)
    assert box.limits["b"][1] == pytest.approx(0.4, abs=0.1)
    assert max(box.chance["a"], box.chance["b"]) < 1e-6
    assert box.chance.get("c", 1.0) > 1e-3
    assert find_box(sample, np.zeros(1024, dtype=bool), ["a", "b", "c"]) is None


def test_a_known_front_is_reached():
    """Schaffer's problem: both goals pull on one number, and all between 0 and 2 is optimal."""

    def goals(rows):
        return np.stack([rows[:, 0] ** 2, (rows[:, 0] - 2) ** 2], axis=1)

    sample = qmc.scale(qmc.Sobol(1, rng=1).random(32), [-10], [10])
    bounds = np.array([[-10.0, 10.0]])
    points, reached = search_front(sample, goals(sample), bounds, goals, 12, 1)
    assert len(points) >= 20
    assert ((points > -0.05) & (points < 2.05)).all()
    assert (sort_fronts(reached)[0] == 0).all()


@pytest.mark.study
def test_what_is_varied_moves_what_it_should_and_luck_is_measured():
    scenario = parse_scenario(TEXT)
    responses = [indicator_response(name) for name in ("mexico_entries", "shelter_overflow")]
    found = analyse_sensitivity(scenario, responses=responses, size=16, workers=1, **TOY)
    best = found.table.groupby("indicator").first()
    assert best.loc["mexico_entries", "varied"] == "gate"
    assert best.loc["shelter_overflow", "varied"] == "shelters"
    assert found.runs == 16 * 4 + 16
    assert (found.table["luck"] > 0).all()
    again = analyse_sensitivity(scenario, responses=responses, size=16, workers=2, **TOY)
    assert again.csv() == found.csv(), "the same bytes on any number of processes"


def test_demands_are_counted_point_by_point():
    scenario = parse_scenario(TEXT + DEMANDS)
    middle = discover(scenario, replicates=1, generations=0, workers=1, **TOY).points["few"].median()
    scenario = parse_scenario(TEXT + DEMANDS.replace("430000", f"{middle}"))
    found = discover(scenario, replicates=1, generations=1, workers=1, **TOY)
    points = found.points
    assert (points["few met"] == (points["few"] <= middle)).all()
    assert points["housed met"].all()
    assert set(points["few met"]) == {0, 1}
    box = found.box
    assert box is not None
    inside = points
    for name, (low, high) in box.limits.items():
        inside = inside[inside[name].between(low, high)]
    assert inside["all met"].mean() == pytest.approx(box.density)
    assert set(found.files()) == {"points.csv", "demands.csv", "together.csv", "box.csv", "pareto.csv"}
    goals = found.pareto[[name for name in found.pareto.columns if name not in ("gate", "shelters")]]
    beaten = [((goals <= row).all(axis=1) & (goals < row).any(axis=1)).any() for _, row in goals.iterrows()]
    assert not any(beaten)


def test_points_are_run_as_the_scenarios_that_they_stand_for():
    from corridor import run_ensemble
    from corridor.outputs.rows import Cell

    scenario = parse_scenario(TEXT)
    made = respond(
        scenario, [(0.4, 5000.0)], [indicator_response("darien_entries")], replicates=[1], workers=1, **TOY
    )
    plain = TEXT.split("sweep:")[0].replace("to: 0.1", "to: 0.4").replace("to: 3000", "to: 5000")
    results = run_ensemble(parse_scenario(plain), replicates=2, workers=1, **TOY)
    years = [place for place, period in enumerate(results.periods) if len(period) != len("2023-01")]
    cell = results.index[Cell("darien_entries", "all", "all", "all")]
    assert made[0, 0, 0] == results.values[1, years, cell].sum()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT.split("sweep:")[0] + DEMANDS, "has no `sweep:` block"),
        (TEXT, "has no `demands:` block"),
    ],
)
def test_discovery_says_what_a_file_lacks(text, said):
    with pytest.raises(InputError, match=said):
        discover(parse_scenario(text), replicates=1, workers=1, **TOY)


def test_mistakes_in_demands_have_a_place():
    text = TEXT + (
        "demands:\n"
        "  - {id: a, of: us, indicator: encounter_usbp, at_most: 1}\n"
        "  - {id: a, of: us, indicator: encounters_usbp, nationality: Venezuel, at_most: 1, at_least: 2}\n"
        "  - {id: b, of: us, indicator: encounters_peak_day, nationality: Venezuela, at_most: .nan}\n"
    )
    with pytest.raises(InputError) as refused:
        parse_scenario(text)
    said = str(refused.value)
    assert "<text>:13:32: unknown indicator 'encounter_usbp'; did you mean 'encounters_usbp'?" in said
    for part in (
        "two demands have the id 'a'",
        "one bound",
        "did you mean 'Venezuela'",
        "not reported by nationality",
    ):
        assert part in said
    assert len(refused.value.problems) >= 5


def test_an_analysis_needs_ranges_and_a_power_of_two():
    grid = TEXT.replace("method: sobol\n  size: 8\n", "").replace("range: [0, 1]", "values: [0, 1]")
    grid = grid.replace("range: [1000, 20000]", "values: [1000, 2000]")
    responses = [indicator_response("deaths")]
    with pytest.raises(InputError, match="range"):
        analyse_sensitivity(parse_scenario(grid), responses=responses, **TOY)
    with pytest.raises(InputError, match="power of 2"):
        analyse_sensitivity(parse_scenario(TEXT), responses=responses, size=12, **TOY)
    with pytest.raises(InputError, match="did you mean 'deaths'"):
        indicator_response("death")


def test_the_figure_is_the_same_svg_each_time():
    from corridor.outputs.drawings import plot_indices

    columns = [
        "indicator",
        "rank",
        "varied",
        "first",
        "first_low",
        "first_high",
        "total",
        "total_low",
        "total_high",
    ]
    rows = [
        ["deaths", 1, "gate", 0.5, 0.4, 0.6, 0.7, 0.6, 0.8],
        ["deaths", 2, "rate", 0.1, 0.0, 0.2, 0.2, 0.1, 0.3],
    ]
    table = pd.DataFrame(rows, columns=columns).assign(luck=0.05)
    drawn = plot_indices(table, title="what moves deaths")
    assert drawn == plot_indices(table, title="what moves deaths")
    assert b"<svg" in drawn
    assert b"gate" in drawn
