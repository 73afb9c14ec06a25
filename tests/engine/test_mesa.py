"""A simulation is a Mesa model: what Mesa does with a model works with it."""

import copy
import pickle

import mesa
import numpy as np
import pytest
from mesa.experimental.devs import ABMSimulator

import corridor
from corridor import CorridorError, Simulation
from corridor.engine.reporters import REPORTERS


@pytest.fixture
def short(scenario_folder):
    return scenario_folder / "short.yaml"


def columns_of(simulation):
    return simulation.datacollector.get_model_vars_dataframe()


def test_it_is_made_of_the_name_of_a_scenario_and_gives_the_numbers_of_an_ensemble(short):
    recording = Simulation(short, 3, people_per_agent=2000).run()
    ensemble = corridor.run_ensemble(short, seed=3, replicates=1, people_per_agent=2000)
    rows = list(recording.cells.rows())
    here = recording.values[:, [rows.index(cell) for cell in ensemble.cells]]
    assert np.asarray(ensemble.values)[0] == pytest.approx(here, abs=1e-5, nan_ok=True)  # results are rounded


def test_a_scenario_that_does_not_exist_is_refused():
    with pytest.raises(corridor.InputError, match="histroy"):
        Simulation("histroy")


def test_it_collects_every_day_that_it_is_stepped_to(short):
    simulation = Simulation(short, people_per_agent=5000)
    simulation.run_model()
    table, days = columns_of(simulation), simulation.drivers.timeline.days
    assert not simulation.running and simulation.steps == days
    assert len(table) == days and list(table) == list(REPORTERS)
    assert table["date"].iloc[0] == "2020-07-01" and table["date"].iloc[-1] == "2021-02-28"
    assert table["departed"].is_monotonic_increasing and table["departed"].iloc[-1] > 0
    assert table["encounters_daily"].max() > 0 and table["waiting_in_cities"].max() > 0


def test_stepping_and_running_give_the_same_bytes(short):
    stepped = Simulation(short, people_per_agent=5000)
    stepped.run_model()
    assert (
        stepped.recording().values.tobytes()
        == Simulation(short, people_per_agent=5000).run().values.tobytes()
    )


@pytest.mark.parametrize("way", ["step", "run_until"])
def test_a_day_after_the_last_is_refused(short, way):
    simulation = Simulation(short, people_per_agent=5000)
    simulation.run_until(simulation.drivers.timeline.days)
    with pytest.raises(CorridorError, match="2021-02-28"):
        simulation.step() if way == "step" else simulation.run_until(simulation.today + 1)


@pytest.mark.parametrize("made_again", [copy.deepcopy, copy.copy, lambda it: pickle.loads(pickle.dumps(it))])
@pytest.mark.parametrize("day", [0, 70, 103, 243])  # the first, of a week, within a week, after the last
def test_a_copy_goes_on_to_the_same_bytes(short, made_again, day):
    simulation = Simulation(short, people_per_agent=2000, seed=5, keep_fates=True)
    for _ in range(day):
        simulation.step()
    again = made_again(simulation)
    assert again.today == day and again.steps == day and again.running == simulation.running
    assert columns_of(again).equals(columns_of(simulation))
    one, other = simulation.run(), again.run()
    assert one.values.tobytes() == other.values.tobytes()
    assert np.array_equal(one.fates, other.fates)


def test_a_copy_is_a_world_of_its_own(short):
    simulation = Simulation(short, people_per_agent=2000)
    simulation.run_until(100)
    again = copy.deepcopy(simulation)
    simulation.run()
    assert again.today == 100 and again.running


@pytest.mark.parametrize("period", [-1, 50])
def test_mesas_batch_run_works(short, period):
    found = mesa.batch_run(
        Simulation,
        {"scenario": [str(short)], "people_per_agent": 5000, "seed": [1, 2]},
        number_processes=1,
        data_collection_period=period,
        display_progress=False,
    )
    last = [row for row in found if row["Step"] == max(each["Step"] for each in found)]
    assert {row["seed"] for row in last} == {1, 2}
    assert last[0]["departed"] != last[1]["departed"]
    assert len(found) == (2 if period < 0 else 2 * 6)


@pytest.mark.study
def test_mesas_batch_run_works_with_processes(short):
    parameters = {"scenario": [str(short)], "people_per_agent": 5000, "seed": [1, 2]}
    here, there = (
        mesa.batch_run(Simulation, parameters, number_processes=number, display_progress=False)
        for number in (1, 2)
    )
    key = lambda row: row["seed"]  # noqa: E731
    assert sorted(here, key=key) == sorted(there, key=key)


def test_a_mesa_simulator_runs_it(short):
    simulation = Simulation(short, people_per_agent=5000)
    simulator = ABMSimulator()
    simulator.setup(simulation)
    simulator.run_for(10)
    assert simulation.today == 10 and len(columns_of(simulation)) == 10


def test_another_name_of_the_seed(short):
    by_seed, by_rng = (
        Simulation(short, 7, people_per_agent=5000),
        Simulation(short, rng=7, people_per_agent=5000),
    )
    assert by_seed.run().values.tobytes() == by_rng.run().values.tobytes()
