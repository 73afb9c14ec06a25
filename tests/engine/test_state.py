"""The state of a replicate: whoever goes on from it lives the days that follow as if there had been no break."""

import numpy as np
import pytest

from corridor.engine.simulation import Simulation
from corridor.engine.state import from_bytes, to_bytes
from tests.small_runs import drivers_of, simulation_of, unlike

DAY = 7 * 121  # 2022-10-27: in the middle of a month and a year
LATER = "interventions: [{id: x, lever: us.cbp_one_daily, start: 2023-06-01, to: 5000}]"


def state_at(day=DAY, **key):
    simulation = simulation_of("", 1000, **key)
    simulation.run_until(day)
    return simulation.state()


@pytest.fixture(scope="module")
def whole():
    return simulation_of("", 1000).run().values


def resumed(state, body="", **key):
    simulation = simulation_of(body, 1000, **key)
    simulation.resume(state)
    return simulation


@pytest.mark.parametrize("day", [7, DAY, 7 * 182])
def test_going_on_from_a_state_gives_the_whole_run(day, whole):
    assert resumed(state_at(day)).run().values.tobytes() == whole.tobytes()


def test_to_live_until_today_is_to_do_nothing(whole):
    simulation = simulation_of("", 1000)
    simulation.run_until(0)
    simulation.run_until(DAY)
    simulation.run_until(DAY)
    assert simulation.run().values.tobytes() == whole.tobytes()


def test_a_state_that_travelled_as_bytes_is_the_same(whole):
    assert resumed(from_bytes(to_bytes(state_at()))).run().values.tobytes() == whole.tobytes()


def test_to_live_until_a_day_is_to_step_there():
    ran, stepped = simulation_of("", 1000), simulation_of("", 1000)
    ran.run_until(DAY)
    while stepped.today < DAY:
        stepped.step()
    assert unlike(ran, stepped) == []


def test_asking_for_a_state_does_not_disturb_a_run(whole):
    simulation = simulation_of("", 1000)
    simulation.run_until(DAY)
    simulation.state()
    assert simulation.run().values.tobytes() == whole.tobytes()


def test_a_state_can_be_gone_on_from_again_and_again(whole):
    simulation = simulation_of("", 1000)
    simulation.run_until(DAY)
    state = simulation.state()
    simulation.run()
    for _ in range(2):
        assert resumed(state).run().values.tobytes() == whole.tobytes()


def test_a_scenario_that_diverges_later_can_go_on_from_historys_state():
    state = state_at()
    branched = resumed(state, LATER).run()
    straight = simulation_of(LATER, 1000).run()
    assert branched.periods == straight.periods
    assert branched.values.tobytes() == straight.values.tobytes()


def test_daily_reporting_survives_a_break():
    drivers = drivers_of("", 1000, daily=True)
    first, again = Simulation(drivers), Simulation(drivers)
    first.run_until(DAY)
    again.resume(first.state())
    assert again.run().values.tobytes() == Simulation(drivers).run().values.tobytes()


def test_a_larger_crowd_than_the_memory_given_can_be_resumed(whole):
    simulation = simulation_of("", 1000)
    state = state_at()
    simulation.chunks = simulation.chunks[:4].copy()
    simulation.resume(state)
    assert simulation.run().values.tobytes() == whole.tobytes()


def test_damaged_bytes_are_refused():
    content = bytearray(to_bytes(state_at(7)))
    content[len(content) // 2] ^= 1
    with pytest.raises(ValueError, match="damaged"):
        from_bytes(bytes(content))
    with pytest.raises(ValueError, match="damaged"):
        from_bytes(bytes(content[:-10]))


def test_fates_of_before_the_break_are_kept():
    whole = simulation_of("", 1000, keep_fates=True).run().fates
    again = resumed(state_at(keep_fates=True), keep_fates=True).run().fates
    assert np.array_equal(again, whole)
