"""Conservation: every person is somewhere on every day, whatever policies a scenario holds."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings

from corridor.engine.records.codes import Kind
from corridor.engine.records.layout import DIED, UNDER_WAY
from corridor.foundations.errors import RunError
from tests.random_scenarios import scenario_bodies
from tests.small_runs import check_people, drivers_of, live_to, simulation_of

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=7, deadline=None, suppress_health_check=SLOW)
@given(body=scenario_bodies())
def test_people_are_neither_lost_nor_made_on_any_day_of_a_random_scenario(body):
    note(body)
    simulation = simulation_of(body, 2000)
    places = simulation.world["places"]
    sinks = places["kind"] == Kind.SINK
    ended = places["present"][sinks].copy()
    while simulation.running:
        simulation.step()
        check_people(simulation)
        assert (places["present"][sinks] >= ended).all(), "someone came back from an end"
        ended = places["present"][sinks].copy()


def test_history_keeps_everyone_on_every_day():
    simulation = simulation_of("", 500)
    while simulation.running:
        simulation.step()
        check_people(simulation)
    clock = simulation.world["clock"]
    assert clock["departed"] > 10_000
    assert clock["died"] > 0


def test_every_person_departed_is_in_one_of_the_fates_of_the_account_or_under_way():
    simulation = simulation_of("", 1000, keep_fates=True)
    recording = simulation.run()
    assert recording.fates is not None
    clock, places = simulation.world["clock"], drivers_of("", 1000).geography.places
    under_way, dead = (recording.fates["exit"] == code for code in (UNDER_WAY, DIED))
    assert (~under_way).sum() == clock["ended"]
    assert recording.fates["heads"].sum() + clock["died"] == clock["departed"]
    assert recording.fates["lost"].sum() == clock["died"]
    assert {places[code].fate for code in recording.fates["place"][under_way]} == {None}
    fates = {places[code].fate for code in recording.fates["place"][~dead & ~under_way]}
    assert fates <= {
        "gave_up",
        "settled",
        "returned_home",
        "third_country",
        "transferred",
        "evaded",
        "lawfully_admitted",
        "released",
    }
    assert {"gave_up", "returned_home", "released", "evaded", "lawfully_admitted", "transferred"} <= fates
    assert len(np.unique(recording.fates["key"])) == len(recording.fates), "a party ended twice"


@pytest.mark.parametrize("wrong", ["lost", "negative"])
def test_the_guard_stops_a_run_that_loses_people(wrong):
    simulation = live_to(simulation_of("", 2000), 60)
    present = simulation.world["places"]["present"]
    if wrong == "lost":
        present[simulation.drivers.geography.codes["tapachula"]] += 1
    else:
        present[1] -= present[1] + 1
        simulation.world["clock"]["departed"] = present.sum() + simulation.world["clock"]["died"]
    with pytest.raises(RunError, match="2020-08-30"):
        simulation.check_conservation()
