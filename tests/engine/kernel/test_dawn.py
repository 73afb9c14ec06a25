"""Dawn: what decisions read is settled before anyone moves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.kernel.dawn import (
    HIGHEST_ADMISSION_RATE,
    accumulate_weights,
    close_day,
    offer_places,
    ration_ice,
    update_leanings,
)
from corridor.engine.records.codes import Kind, Pool, Wait
from corridor.engine.records.layout import EXITS, NATIONS, OUTLOOK, TALLY, WORLD
from tests.engine.bare_records import QUICK, agreed, record_of

TIJUANA, JUAREZ, SAN_DIEGO, EL_PASO, SAN_DIEGO_OFFICE, EL_PASO_OFFICE = 1, 2, 3, 4, 5, 6


def world_with_people(**waiting):
    """Two cities and two sectors; people by nation wait in the cities."""
    world = record_of(WORLD, clock__represents=50, rules__leaning_days=70.0)
    places = world["places"]
    places["kind"][[TIJUANA, JUAREZ]] = Kind.WAIT
    places["kind"][[SAN_DIEGO, EL_PASO]] = Kind.CROSS
    places["kind"][[SAN_DIEGO_OFFICE, EL_PASO_OFFICE]] = Kind.SINK
    places["exits"][[TIJUANA, JUAREZ], Wait.ADMITTED] = [SAN_DIEGO_OFFICE, EL_PASO_OFFICE]
    for code, people in enumerate(waiting.get("tijuana", ())):
        places["by_nation"][TIJUANA, code] = people
    for code, people in enumerate(waiting.get("juarez", ())):
        places["by_nation"][JUAREZ, code] = people
    places["present"] = places["by_nation"].sum(axis=1)
    return world


def admitted(
    world, appointments, exceptions=0.0, interest=(1.0, 1.0), excepted=(0.0, 0.0), shares=(0.5, 0.5)
):
    """Hazards of a lawful admission, [city, nation], after offices have handed out what they have."""
    world["rules"]["appointments"] = appointments
    today = record_of(OUTLOOK, exceptions=exceptions * 50)
    today["appointment_interest"][:2] = interest
    today["exception_interest"][:2] = excepted
    today["attraction"][[SAN_DIEGO_OFFICE, EL_PASO_OFFICE]] = shares
    agreed(offer_places, world, today)
    return world["terms"]["admit"][[TIJUANA, JUAREZ], :2]


def expected_at(world, rates):
    """People whom ports expect a day, by city and nation."""
    return rates * world["places"]["by_nation"][[TIJUANA, JUAREZ], :2]


def test_each_office_gives_its_share_and_nations_share_as_they_are_taken():
    world = world_with_people(tijuana=[100, 300], juarez=[50, 150])
    expected = expected_at(world, admitted(world, 20.0, interest=(3.0, 1.0), shares=(0.7, 0.3)))
    assert expected.sum(axis=1) == pytest.approx([14.0, 6.0])
    assert expected.sum(axis=0) == pytest.approx([15.0, 5.0])
    assert world["nations"]["admit"][:2] == pytest.approx([15.0 / 150, 5.0 / 450])


def test_a_nation_of_which_nobody_waits_leaves_its_places_to_the_others():
    world = world_with_people(tijuana=[100, 0])
    assert expected_at(
        world, admitted(world, 20.0, interest=(1.0, 3.0), shares=(1.0, 0.0))
    ).sum() == pytest.approx(20)


def test_exceptions_go_to_those_who_have_them():
    rates = admitted(
        world_with_people(tijuana=[100, 300]), 0.0, exceptions=5.0, excepted=(1.0, 0.0), shares=(1.0, 0.0)
    )
    assert rates[0].tolist() == pytest.approx([0.05, 0.0])


def test_what_was_not_taken_is_offered_again():
    world = world_with_people(tijuana=[1000, 0])
    places = world["allowances"][Pool.APPOINTMENTS + SAN_DIEGO_OFFICE]
    places["left"] = 8.0
    assert expected_at(world, admitted(world, 20.0, shares=(1.0, 0.0))).sum() == pytest.approx(28.0)
    places["left"] = -4.0  # a family took more than was left
    assert expected_at(world, admitted(world, 20.0, shares=(1.0, 0.0))).sum() == pytest.approx(16.0)


def test_nobody_is_admitted_where_nobody_waits_and_few_are_not_admitted_at_once():
    assert not admitted(world_with_people(), 20.0).any()
    assert admitted(world_with_people(tijuana=[2]), 20.0)[0, 0] == HIGHEST_ADMISSION_RATE


PEOPLE_A_DAY = st.one_of(st.just(0.0), st.floats(1e-6, 100))


@QUICK
@given(st.lists(st.integers(0, 1000), min_size=2, max_size=2), PEOPLE_A_DAY, PEOPLE_A_DAY)
def test_no_more_are_expected_at_the_ports_than_there_are_places(people, appointments, exceptions):
    world = world_with_people(tijuana=people)
    rates = admitted(
        world, appointments, exceptions, interest=(1.0, 4.0), excepted=(0.5, 0.1), shares=(1.0, 0.0)
    )
    assert expected_at(world, rates).sum() <= (appointments + exceptions) * (1 + 1e-6)


@pytest.mark.parametrize(
    ("asked", "left", "taken"), [(0.0, 5.0, 1.0), (20.0, 5.0, 0.25), (4.0, 5.0, 1.0), (4.0, -1.0, 0.0)]
)
def test_ice_takes_as_many_of_those_it_is_lately_asked_to_take_as_it_has_places(asked, left, taken):
    world = record_of(WORLD, rules__ice_asked=asked)
    world["allowances"]["left"][Pool.ICE] = left
    agreed(ration_ice, world)
    assert world["rules"]["ice_taken"] == taken


def leaning_of(world, nation, day):
    """Towards San Diego and El Paso, after the dawn of a day."""
    world["clock"]["day"] = day
    agreed(update_leanings, world)
    return world["leanings"]["share"][nation, :2].tolist()


def leaning_world(**rules):
    world = world_with_people()
    world["places"]["number"][[SAN_DIEGO, EL_PASO, TIJUANA, JUAREZ]] = [0, 1, 0, 1]
    world["places"]["weight"][[SAN_DIEGO, EL_PASO]] = 1.0
    world["leanings"]["share"][:, :2] = 0.5
    for name, value in rules.items():
        world["rules"][name] = value
    return world


def test_people_follow_where_their_own_crossed():
    world = leaning_world()
    world["leanings"]["heard"][0, 0] = 1000.0  # of the first nationality
    ours, others = leaning_of(world, 0, 7), world["leanings"]["share"][7, :2].tolist()
    assert ours[0] > 0.54 and ours[1] < 0.46
    assert others == pytest.approx([0.5, 0.5])


def test_people_follow_a_little_where_everybody_crosses():
    world = leaning_world(leaning_follows=0.2)
    world["places"]["recent"][[SAN_DIEGO, EL_PASO]] = [30.0, 10.0]
    assert leaning_of(world, 0, 7) == pytest.approx([0.5 + 0.1 * 0.2 * 0.25, 0.5 - 0.1 * 0.2 * 0.25])


def test_a_seventh_of_the_nationalities_moves_on_a_day_and_all_choose_on_the_first():
    world = leaning_world()
    world["places"]["exits"][TIJUANA, :2] = [SAN_DIEGO, EL_PASO]
    world["places"]["feeds"][TIJUANA, :2] = [1.0, 0.5]
    world["leanings"]["crossed"] = 7.0
    leaning_of(world, 0, 1)
    moved = np.flatnonzero(world["leanings"]["crossed"] == 0.0)
    assert moved.tolist() == [code for code in range(NATIONS) if (1 + code) % 7 == 0]
    chosen = world["leanings"]["sectors"][:, 0, 1] == 1.0
    assert np.flatnonzero(chosen).tolist() == moved.tolist()
    leaning_of(world, 0, 0)
    np.testing.assert_allclose(world["leanings"]["sectors"][:, 0, 0], 2 / 3)


def test_of_the_places_at_ports_each_nationality_has_its_part():
    world = world_with_people(tijuana=[100, 300])
    admitted(world, 20.0, interest=(3.0, 1.0), shares=(1.0, 0.0))
    assert world["leanings"]["ports"][:3].tolist() == pytest.approx([0.75, 0.25, 0.0])


def test_choices_among_exits_are_cumulative_shares():
    world = world_with_people()
    place = world["places"][TIJUANA]
    place["exits"][:2] = [SAN_DIEGO, EL_PASO]
    place["feeds"][:2] = [1.0, 0.5]
    world["places"]["weight"][[SAN_DIEGO, EL_PASO]] = [0.2, 0.4]
    accumulate_weights(world, place)
    np.testing.assert_allclose(place["toward"], [0.5] + [1.0] * (EXITS - 1))


def test_a_place_that_feeds_nothing_sends_everyone_through_its_first_exit():
    world = world_with_people()
    accumulate_weights(world, world["places"][TIJUANA])
    assert (world["places"]["toward"][TIJUANA] == 1.0).all()


@pytest.mark.parametrize(("shelter", "outside"), [(0.0, 400.0), (1.0, 399.0), (400.0, 0.0), (500.0, 0.0)])
def test_without_a_shelter_place_everybody_who_waits_is_outside(shelter, outside):
    world = world_with_people(tijuana=[100, 300])
    world["rules"]["border_memory"] = world["rules"]["origin_memory"] = 30.0
    world["rules"]["trust_returns"] = 365.0
    world["places"]["shelter"][TIJUANA] = shelter
    tally = record_of(TALLY)
    agreed(close_day, world, tally, record_of(OUTLOOK))
    assert tally["overflow_days"][TIJUANA] == outside
    assert tally["overflow_days"].sum() == outside, "nobody waits for a shelter in a sector"


def test_dusk_adds_up_stocks_and_ends_what_lasts_one_night():
    world = world_with_people(tijuana=[100, 300])
    world["rules"]["border_memory"] = world["rules"]["origin_memory"] = 30.0
    world["rules"]["trust_returns"] = 365.0
    places, tally = world["places"], record_of(TALLY, encounters_today=70.0, peak_day=50.0)
    places["counted"][TIJUANA] = 1
    places["shelter"][TIJUANA] = 150.0
    places["surge"][JUAREZ] = 9.0
    places["today"][SAN_DIEGO] = 14.0
    agreed(close_day, world, tally, record_of(OUTLOOK))
    assert tally["people_days"][TIJUANA, :2].tolist() == [100.0, 300.0]
    assert tally["overflow_days"][TIJUANA] == 250.0
    assert (tally["peak_day"], tally["encounters_today"], tally["days"]) == (70.0, 0.0, 1.0)
    assert places["surge"][JUAREZ] == 0.0
    assert places["recent"][SAN_DIEGO] == pytest.approx(1.0)
    assert world["clock"]["day"] == 1
