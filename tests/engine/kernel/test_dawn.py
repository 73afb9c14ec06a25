"""Dawn: what decisions read is settled before anyone moves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.kernel.dawn import (
    HIGHEST_ADMISSION_RATE,
    INVITED,
    accumulate_weights,
    close_day,
    share_appointments,
    update_sector_attraction,
)
from corridor.engine.records.codes import Kind, Pool
from corridor.engine.records.layout import EXITS, OUTLOOK, TALLY, WORLD
from tests.engine.bare_records import QUICK, agreed, record_of

TIJUANA, JUAREZ, SAN_DIEGO, EL_PASO = 1, 2, 3, 4


def world_with_people(**waiting):
    """Two cities and two sectors; people by nation wait in the cities."""
    world = record_of(WORLD, clock__represents=50, rules__word_of_mouth=0.5)
    places = world["places"]
    places["kind"][[TIJUANA, JUAREZ]] = Kind.WAIT
    places["kind"][[SAN_DIEGO, EL_PASO]] = Kind.CROSS
    for code, people in enumerate(waiting.get("tijuana", ())):
        places["by_nation"][TIJUANA, code] = people
    for code, people in enumerate(waiting.get("juarez", ())):
        places["by_nation"][JUAREZ, code] = people
    places["present"] = places["by_nation"].sum(axis=1)
    return world


def admitted(world, appointments, exceptions=0.0, interest=(1.0, 1.0), excepted=(0.0, 0.0)):
    world["rules"]["appointments"] = appointments
    world["traits"]["interest"][:2] = interest
    today = record_of(OUTLOOK, exceptions=exceptions * 50)
    today["exception_interest"][:2] = excepted
    agreed(share_appointments, world, today)
    return world["nations"]["admit"]


def test_appointments_are_shared_by_interest_among_those_who_wait():
    world = world_with_people(tijuana=[100, 300], juarez=[100, 0])
    rates = admitted(world, 20.0, interest=(3.0, 1.0))
    assert rates[0] / rates[1] == pytest.approx(3.0)
    expected = rates[0] * 200 + rates[1] * 300
    assert expected == pytest.approx(INVITED * 20.0)
    assert world["allowances"]["daily"][Pool.APPOINTMENTS] == 20.0


def test_exceptions_go_to_those_who_have_them():
    rates = admitted(world_with_people(tijuana=[100, 300]), 0.0, exceptions=5.0, excepted=(1.0, 0.0))
    assert rates[0] == pytest.approx(INVITED * 0.05)
    assert rates[1] == 0.0


def test_nobody_is_admitted_where_nobody_waits_and_few_are_not_admitted_at_once():
    assert not admitted(world_with_people(), 20.0).any()
    assert admitted(world_with_people(tijuana=[2]), 20.0)[0] == HIGHEST_ADMISSION_RATE


PEOPLE_A_DAY = st.one_of(st.just(0.0), st.floats(1e-6, 100))


@QUICK
@given(st.lists(st.integers(0, 1000), min_size=2, max_size=2), PEOPLE_A_DAY, PEOPLE_A_DAY)
def test_hardly_more_are_expected_at_the_ports_than_there_are_places(people, appointments, exceptions):
    world = world_with_people(tijuana=people)
    rates = admitted(world, appointments, exceptions, interest=(1.0, 4.0), excepted=(0.5, 0.1))
    assert rates[:2] @ people <= INVITED * (appointments + exceptions) * (1 + 1e-6)


def weights(world, attraction=(1.0, 3.0)):
    today = record_of(OUTLOOK)
    today["attraction"][[SAN_DIEGO, EL_PASO]] = attraction
    agreed(update_sector_attraction, world, today)
    return world["places"]["weight"][[SAN_DIEGO, EL_PASO]]


def test_sectors_attract_as_usual_where_nobody_has_crossed():
    np.testing.assert_allclose(weights(world_with_people()), [0.25, 0.75])


def test_people_follow_where_others_crossed():
    world = world_with_people()
    world["places"]["recent"][[SAN_DIEGO, EL_PASO]] = [50.0, 50.0]
    followed = weights(world)
    assert followed[0] > 0.25
    assert followed[1] < 0.75


def test_a_sector_that_attracts_nobody_has_no_weight():
    world = world_with_people()
    world["places"]["recent"][SAN_DIEGO] = 100.0
    assert weights(world, (0.0, 1.0))[0] == 0.0


def test_choices_among_exits_are_cumulative_shares():
    world = world_with_people()
    place = world["places"][TIJUANA]
    place["exits"][:2] = [SAN_DIEGO, EL_PASO]
    place["feeds"][:2] = [1.0, 0.5]
    world["places"]["weight"][[SAN_DIEGO, EL_PASO]] = [0.2, 0.4]
    assert accumulate_weights(world, place) == pytest.approx(0.4)
    np.testing.assert_allclose(place["toward"], [0.5] + [1.0] * (EXITS - 1))


def test_a_place_that_feeds_nothing_sends_everyone_through_its_first_exit():
    world = world_with_people()
    assert accumulate_weights(world, world["places"][TIJUANA]) == 0.0
    assert (world["places"]["toward"][TIJUANA] == 1.0).all()


def test_dusk_adds_up_stocks_and_ends_what_lasts_one_night():
    world = world_with_people(tijuana=[100, 300])
    world["rules"]["border_memory"] = world["rules"]["origin_memory"] = 30.0
    places, tally = world["places"], record_of(TALLY, encounters_today=70.0, peak_day=50.0)
    places["counted"][TIJUANA] = 1
    places["shelter"][TIJUANA] = 150.0
    places["surge"][JUAREZ] = 9.0
    places["today"][SAN_DIEGO] = 14.0
    agreed(close_day, world, tally)
    assert tally["people_days"][TIJUANA, :2].tolist() == [100.0, 300.0]
    assert tally["overflow_days"][TIJUANA] == 250.0
    assert (tally["peak_day"], tally["encounters_today"], tally["days"]) == (70.0, 0.0, 1.0)
    assert places["surge"][JUAREZ] == 0.0
    assert places["recent"][SAN_DIEGO] == pytest.approx(1.0)
    assert world["clock"]["day"] == 1
