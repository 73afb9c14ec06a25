"""Levers at their ends for six years, alone and mixed: bounds hold on every day looked at, in every number written."""

import json
import random

import numpy as np
import pytest

from corridor import CorridorError, run_ensemble, write_results
from corridor.engine.simulation import Simulation
from corridor.foundations.errors import RunError
from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.levers import LEVERS, UNLIMITED
from corridor.inputs.scenarios.scenario_files import parse_scenario
from tests.small_runs import live_to, parties_in, simulation_of

SIX_YEARS = (
    "2026-06-30"  # from the first day simulated; the latest that a scenario after outlook-2024 may end
)
SEEDS = range(5)


def ends(lever):
    return [lever.low, lever.high, *[UNLIMITED] * lever.unlimited]


def lowest(lever):
    return lever.low


def highest(lever):
    return lever.high


def unlimited(lever):
    return ends(lever)[-1]


def mixed(seed):
    chance = random.Random(seed)
    return lambda lever: chance.choice(ends(lever))


def live_six_years(level):
    moved = []
    for lever in LEVERS.values():
        entry = {
            "id": lever.id.replace(".", "-"),
            "lever": lever.id,
            "start": "2021-01-01",
            "to": level(lever),
        }
        moved.append(entry | {"source": "a test"} | ({"for": list(lever.members)} if lever.domain else {}))
    head = f"name: extreme\nextends: outlook-2024\nperiod: {{end: {SIX_YEARS}}}\n"
    policy = resolve(parse_scenario(f"{head}interventions: {json.dumps(moved)}\n"))
    drivers = compile_drivers(policy, load_parameters(policy.overrides), people_per_agent=1000)
    simulation = Simulation(drivers, seed=1, check_every=28)
    return drivers, simulation.run()


@pytest.mark.parametrize(
    "level",
    [lowest, highest, unlimited, *map(mixed, SEEDS)],
    ids=["lowest", "highest", "unlimited", *(f"mix {seed}" for seed in SEEDS)],
)
def test_bounds_hold_for_six_years_with_every_lever_at_an_end(level):
    drivers, recording = live_six_years(level)
    assert drivers.timeline.days == 2191
    values, indicator = recording.values, np.array(recording.cells.indicator)
    given_money = (indicator == "public_cost_usd") & (np.array(recording.cells.place) == "mexico")
    counts = values[:, ~given_money]  # money from another government relieves who is given it
    assert (counts[~np.isnan(counts)] >= 0).all()
    assert np.isfinite(values[~np.isnan(values)]).all()
    assert set(indicator[np.isnan(values).any(axis=0)]) <= {"days_en_route", "unique_people"}
    assert values[:, np.char.startswith(indicator, "satisfaction")].max() <= 1


def set_stock(simulation, field, value, place="tapachula"):
    simulation.world["places"][field][simulation.drivers.geography.codes[place]] = value


def set_nation(simulation, field, value):
    simulation.world["nations"][field][2] = value


WRONGS = {
    "people lost": (lambda s: set_stock(s, "present", 10**6), "tapachula holds 1000000 people, but "),
    "below nobody": (lambda s: set_stock(s, "present", -1), "tapachula holds -1 people"),
    "not a number": (lambda s: set_stock(s, "recent", np.nan), r"tapachula: places\.recent is nan"),
    "negative stock": (lambda s: set_stock(s, "shelter", -2.0), r"tapachula: places\.shelter is -2\.0"),
    "share above one": (lambda s: set_nation(s, "remove", 1.2), r"nations\.remove is 1\.2"),
    "negative pool": (lambda s: s.world["circles"]["pool"].__setitem__(3, -0.5), r"circles\.pool is -0\.5"),
    "nan in rules": (
        lambda s: s.world["rules"].__setitem__("stop_chance", np.nan),
        r"rules\.stop_chance is nan",
    ),
}


@pytest.mark.parametrize("wrong", WRONGS)
def test_a_guard_stops_a_run_and_names_the_day_the_place_and_the_sum(wrong):
    break_it, said = WRONGS[wrong]
    simulation = live_to(simulation_of("", 2000), 60)
    simulation.check_days = frozenset({61})
    advance = simulation._advance_to

    def advance_and_break(last):
        advance(last)
        break_it(simulation)

    simulation._advance_to = advance_and_break
    with pytest.raises(RunError, match=f"guard: on the morning of 2020-08-31, .*{said}"):
        simulation.run_until(61)


def test_a_party_in_two_places_is_found():
    simulation = live_to(simulation_of("", 1000), 100)
    parties, _ = parties_in(simulation)
    one, other = parties["key"][:2]
    held = simulation.chunks["parties"]
    held["key"][held["key"] == other] = one
    simulation.check_days = frozenset({100})
    with pytest.raises(RunError, match=f"party {one} is in 2 places: "):
        simulation._guard()


def test_a_checked_run_gives_the_numbers_of_an_unchecked_one():
    settings = {"replicates": 2, "people_per_agent": 2000, "workers": 1}
    plain, checked = (run_ensemble("history", **settings, check_every=days) for days in (0, 3))
    assert plain.files() == checked.files()


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_no_number_that_cannot_be_reaches_a_file(value, make_results, tmp_path):
    results = make_results("history")
    values = results.values.copy()
    values[1, 0, 0] = value
    object.__setattr__(results, "values", values)
    with pytest.raises(CorridorError, match=f"replicate 1, 2023-11: departures is {value}, which cannot be"):
        write_results([results], tmp_path / "out")
    assert not (tmp_path / "out").exists()
