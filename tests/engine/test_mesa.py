"""A simulation is a Mesa model: what Mesa does with a model works with it."""

import copy
import pickle
from operator import itemgetter

import mesa
import numpy as np
import pytest
from mesa.experimental.devs import ABMSimulator

import corridor
from corridor import CorridorError, Simulation
from corridor.engine.reporters import REPORTERS
from tests.small_runs import simulation_of


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
    stepped, ran = (Simulation(short, seed=1, people_per_agent=5000) for _ in range(2))
    stepped.run_model()
    assert stepped.recording().values.tobytes() == ran.run().values.tobytes()


def test_no_step_is_left_after_the_last_day_however_it_was_reached(short):
    simulation = Simulation(short, seed=1, people_per_agent=5000)
    simulation.run_until(simulation.drivers.timeline.days)
    assert not simulation.running
    simulation.run_model()
    again = Simulation(short, seed=1, people_per_agent=5000)
    assert simulation.run().values.tobytes() == again.run().values.tobytes()


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
        {"scenario": [str(short)], "people_per_agent": 5000, "replicate": [1, 2]},
        number_processes=1,
        data_collection_period=period,
        display_progress=False,
    )
    last = [row for row in found if row["Step"] == max(each["Step"] for each in found)]
    assert {row["replicate"] for row in last} == {1, 2}
    assert last[0]["departed"] != last[1]["departed"]
    assert len(found) == 2 if period < 0 else len({row["Step"] for row in found}) >= 243 // 50


@pytest.mark.study
@pytest.mark.parametrize("processes", [2, None])
def test_mesas_batch_run_works_with_processes(short, processes):
    parameters = {"scenario": [str(short)], "people_per_agent": 5000, "replicate": [1, 2]}
    here, there = (
        mesa.batch_run(Simulation, parameters, number_processes=number, display_progress=False)
        for number in (1, processes)
    )
    assert sorted(here, key=itemgetter("replicate")) == sorted(there, key=itemgetter("replicate"))


@pytest.mark.filterwarnings("ignore:ABMSimulator:FutureWarning")  # Mesa 3.5
def test_a_mesa_simulator_runs_it(short):
    simulation = Simulation(short, people_per_agent=5000)
    simulator = ABMSimulator()
    simulator.setup(simulation)
    simulator.run_for(10)
    assert simulation.today == 10 and len(columns_of(simulation)) == 10


def test_another_name_of_the_seed(short):
    by_seed, by_rng = (Simulation(short, people_per_agent=5000, **{name: 7}) for name in ("seed", "rng"))
    assert by_seed.run().values.tobytes() == by_rng.run().values.tobytes()


def test_without_a_seed_every_model_has_its_own_and_tells_it(short):
    one, other = (Simulation(short, people_per_agent=2000) for _ in range(2))
    again = Simulation(short, one.seed, people_per_agent=2000)
    first, second, third = (each.run().values.tobytes() for each in (one, other, again))
    assert first == third != second


@pytest.mark.filterwarnings("ignore:The `iterations` keyword:DeprecationWarning")  # Mesa 3.5: rng=[None] * 3
def test_iterations_of_batch_run_differ_and_replicates_are_those_of_an_ensemble(short):
    same = {"scenario": [str(short)], "people_per_agent": 2000}
    rows = mesa.batch_run(Simulation, same, iterations=3, number_processes=1, display_progress=False)
    assert len({row["departed"] for row in rows}) > 1
    rows = mesa.batch_run(Simulation, {**same, "replicate": range(3)}, display_progress=False)
    seed = corridor.load_scenario(short).run_settings.seed
    ensemble = [Simulation(short, seed, number, people_per_agent=2000) for number in range(3)]
    for simulation in ensemble:
        simulation.run()
    people = [float(each.world["clock"]["departed"]) * 2000 for each in ensemble]
    assert [row["departed"] for row in rows] == people and len(set(people)) > 1


@pytest.mark.parametrize(
    "given",
    [
        {"seed": -1},
        {"seed": 1.5},
        {"rng": True},
        {"replicate": -1},
        {"people_per_agent": 0},
        {"people_per_agent": 20_000},
        {"people_per_agent": "50"},
        {"seed": 1, "rng": 1},
    ],
    ids=str,
)
def test_a_number_that_is_none_or_out_of_range_is_refused(short, given):
    with pytest.raises(corridor.InputError, match=next(iter(given))):
        Simulation(short, **given)


def test_numpy_integers_are_integers(short):
    one = Simulation(short, np.int64(3), people_per_agent=np.uint16(5000))
    assert (one.seed, one.drivers.people_per_agent) == (3, 5000)
    assert type(one.seed) is int


class Watched(Simulation):
    """As a user of Mesa extends a model: another constructor, and columns of their own."""

    def __init__(self, text, limit):
        super().__init__(text, seed=2, people_per_agent=5000)
        self.limit, self.itself = limit, self
        self.datacollector = mesa.DataCollector({"date": REPORTERS["date"], "over": Watched.over})

    def over(self):
        return self.briefing.waiting > self.limit


@pytest.mark.parametrize("made_again", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_a_copy_keeps_what_a_user_added(short, made_again):
    simulation = Watched(str(short), 1000)
    for _ in range(30):
        simulation.step()
    again = made_again(simulation)
    assert type(again) is Watched and again.itself is again and again.limit == 1000
    for each in (simulation, again):
        each.run_model()
    assert columns_of(again).equals(columns_of(simulation)) and list(columns_of(again)) == ["date", "over"]


def test_a_copy_of_governments_that_bargain_goes_on_to_the_same_bytes():
    simulation = simulation_of("diplomacy: {mode: negotiated, from: 2022-12-01}", 5000)
    simulation.run_until(1000)
    again = copy.deepcopy(simulation)
    assert again.talks.book == simulation.talks.book and again.talks.book
    one, other = simulation.run(), again.run()
    assert one.values.tobytes() == other.values.tobytes() and one.deals == other.deals
