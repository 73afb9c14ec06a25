"""Departures: a stock of people who intend to leave, and the party that sets out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.departures import (
    count_departures,
    create_party,
    decide_to_go,
    leave_pool,
    share_waiting_for_parole,
    update_demand_noise,
)
from corridor.engine.records.codes import Party
from corridor.engine.records.layout import (
    CIRCLE,
    NATION,
    NATIONS,
    OUTLOOK,
    PERSON,
    ROUTES,
    RULES,
    TRAIT,
    WORLD,
)
from corridor.engine.records.network import normal_table
from tests.engine.bare_records import QUICK, SHARES, agreed, record_of

NORMAL = normal_table()


def leave(
    pool=3000.0,
    *,
    demand=100.0,
    belief=0.0,
    way=0.0,
    deter=0.0,
    ease=0.0,
    attract=0.0,
    access=1.0,
    evader=0.1,
    parole=0.0,
    able=1.0,
    able_hidden=1.0,
):
    circle = record_of(
        CIRCLE, share=1.0, response=1.0, pool=pool, belief_origin=belief, able=able, able_hidden=able_hidden
    )
    circle["belief_way"][:2] = way
    circle["leaning"][:3] = [0.3, 0.3, 0.4]
    nation = record_of(NATION, tighter_origin=deter, looser_origin=ease, attracted=attract)
    trait = record_of(TRAIT, departure_response=3.0, evader=evader, route_pull=1.0)
    rules = record_of(
        RULES,
        pool_departure=1 / 30,
        pool_lapse=1 / 25,
        evader_response=0.1,
        route_response=2.0,
        indifference=0.4,
    )
    every = np.full(NATIONS, 1.0)
    today = record_of(OUTLOOK, parole=every * parole, entries=-1.0, ways=1.0)
    agreed(decide_to_go, circle, nation, trait, rules, today, 0)
    inflow = demand * (rules["pool_departure"] + rules["pool_lapse"]) / rules["pool_departure"]
    given = (rules, inflow, access, 0.2 * parole)
    return agreed(leave_pool, circle, *given), circle, (nation, trait, rules, today, given)


def settled(**conditions):
    """People a day in the long run."""
    _, circle, (nation, trait, rules, today, given) = leave(**conditions)
    for _ in range(600):
        decide_to_go(circle, nation, trait, rules, today, 0)
        leaving = leave_pool(circle, *given)
    return leaving


def test_with_nothing_to_deter_departures_equal_demand_in_the_long_run():
    assert settled(demand=100.0) == pytest.approx(100.0, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "way"),
    [
        ({"belief": 0.8}, -1),
        ({"deter": 0.8}, -1),
        ({"way": 0.8}, -1),
        ({"access": 0.5}, -1),
        ({"parole": 50.0}, -1),
        ({"demand": 150.0}, 1),
        ({"able": 0.5}, -1),
        ({"able_hidden": 0.5}, -1),
    ],
    ids=[
        "returns expected",
        "news",
        "the way fails",
        "closed routes",
        "parole",
        "demand",
        "a dear way",
        "dear guides",
    ],
)
def test_departures_respond(change, way):
    assert np.sign(round(settled(**change) - settled(), 6)) == way


def test_those_with_a_sponsor_wait_for_parole_while_it_is_likely():
    # by hand: 100 a day, 60,000 of whom half have a sponsor: .1 within a month; .5 * .1 / .15 of all wait
    rules = record_of(RULES, parole_reference=0.05)
    assert agreed(share_waiting_for_parole, 100.0, 60_000.0, 0.5, rules) == pytest.approx(1 / 3)
    assert agreed(share_waiting_for_parole, 0.0, 60_000.0, 0.5, rules) == 0.0
    assert agreed(share_waiting_for_parole, 100.0, 60_000.0, 0.0, rules) == 0.0
    few, many = (share_waiting_for_parole(daily, 60_000.0, 0.5, rules) for daily in (10.0, 1000.0))
    assert 0.0 < few < 1 / 3 < many < 0.5


def test_an_announced_opening_takes_the_fear_away():
    assert settled(belief=0.8, attract=0.5) > settled(belief=0.8)


def test_a_loosening_in_force_takes_some_fear_away():
    assert settled(belief=0.8) < settled(belief=0.8, ease=0.5) < settled(belief=0.4, ease=0.5)


def test_fewer_take_a_route_that_fails_and_the_others_gain():
    _, circle, _ = leave(way=0.5)
    # by hand: wishes .3, .3, .4; the first two fall to exp(-2 * .5) = .368 of that
    falls = 0.3 * np.exp(-1.0)
    assert circle["routes"][:3] == pytest.approx(np.cumsum([falls, falls, 0.4]) / (2 * falls + 0.4), rel=1e-5)
    assert circle["perceived_origin"] == pytest.approx(0.5 * 2 * falls / (2 * falls + 0.4), rel=1e-5)


def test_evaders_fear_the_way_and_hardly_the_border():
    sure, barred, stopped = settled(evader=1.0), settled(evader=1.0, belief=0.9), settled(evader=1.0, way=0.9)
    assert stopped < min(0.95 * sure, barred)  # the third route stays open, and most take it
    assert barred > 0.9 * sure


def test_evaders_hardly_respond_to_what_is_expected():
    deterred, told = settled(evader=0.0, belief=0.9), settled(evader=1.0, belief=0.9)
    assert told > 2 * deterred


@QUICK
@given(st.floats(0, 1e5), st.floats(0, 1e4), SHARES, SHARES, SHARES, SHARES, SHARES, st.floats(0, 1e4))
def test_nobody_is_made_or_owed(pool, demand, belief, deter, attract, access, evader, parole):
    leaving, circle, _ = leave(
        pool,
        demand=demand,
        belief=belief,
        deter=deter,
        attract=attract,
        access=access,
        evader=evader,
        parole=parole,
    )
    assert 0.0 <= leaving <= pool
    assert circle["pool"] >= 0.0
    assert 0.0 <= circle["evaders_leaving"] <= 1.0
    assert 0.0 <= circle["perceived_origin"] <= 1.0 + 1e-9


def world_of(**fields):
    return record_of(WORLD, clock__seed=3, clock__represents=50, **fields)


def test_how_many_set_out_is_their_expected_number_on_average():
    world = world_of()
    world["nations"]["leaving"][4] = 750.0
    counts = [count_departures(world, 4, day, NORMAL, 1.5) for day in range(4000)]
    assert np.mean(counts) == pytest.approx(750.0 / 1.5 / 50, rel=0.02)
    assert agreed(count_departures, world, 4, 7, NORMAL, 1.5) == counts[7]


def test_demand_noise_keeps_its_spread_and_persistence():
    world = world_of(rules__noise_sd=0.3, rules__noise_persistence=0.7)
    noise = []
    for month in range(1, 4000):
        update_demand_noise(world, 2, NORMAL, month, 0.0)
        noise.append(float(world["nations"]["noise"][2]))
    assert np.std(noise) == pytest.approx(0.3, rel=0.08)
    assert np.corrcoef(noise[:-1], noise[1:])[0, 1] == pytest.approx(0.7, abs=0.05)
    assert np.mean(noise) == pytest.approx(0.0, abs=0.04)


def test_past_the_data_each_month_adds_to_the_spread_of_demand():
    ends = []
    for replicate in range(3000):
        world = world_of(rules__walk_memory=0.9, clock__replicate=replicate)
        for month in range(1, 5):
            update_demand_noise(world, 2, NORMAL, month, 0.3 if month > 1 else 0.0)
        ends.append(float(world["nations"]["walk"][2]))
    assert np.std(ends) == pytest.approx(0.3 * (1 + 0.9**2 + 0.9**4) ** 0.5, rel=0.05)
    assert np.mean(ends) == pytest.approx(0.0, abs=0.04)


TODAY = record_of(OUTLOOK, family=np.full(NATIONS, 0.3), child=np.full(NATIONS, 0.1))


def newcomers(count):
    world = world_of(rules__family_sizes=[0.5, 0.8, 0.93, 1.0])
    world["nations"]["circles"] = 1
    world["circles"]["sponsored"], world["circles"]["sponsored_hidden"] = 0.4, 0.8
    world["circles"]["routes"][:] = [0.25, 0.5, 0.5, 0.7, 0.7, 0.9, 0.9, 1.0]
    people = np.zeros(count, dtype=PERSON)
    for ordinal in range(count):
        create_party(world, TODAY, people[ordinal], 5, 100, ordinal)
    return world, people


def test_newcomers_have_the_shares_and_sizes_of_their_nation():
    _, people = newcomers(8000)
    assert np.mean(people["party"] == Party.FAMILY) == pytest.approx(0.3, abs=0.02)
    assert np.mean(people["party"] == Party.CHILD) == pytest.approx(0.1, abs=0.02)
    assert np.mean(people["sponsor"]) == pytest.approx(0.4, abs=0.02)
    family = people["heads"][people["party"] == Party.FAMILY]
    assert set(family.tolist()) == {2, 3, 4, 5}
    assert family.mean() == pytest.approx(2 * 0.5 + 3 * 0.3 + 4 * 0.13 + 5 * 0.07, abs=0.05)
    assert (people["heads"][people["party"] != Party.FAMILY] == 1).all()
    assert np.bincount(people["route"], minlength=ROUTES) / 8000 == pytest.approx(
        [0.25, 0.25, 0.0, 0.2, 0.0, 0.2, 0.0, 0.1], abs=0.02
    )
    assert people["inclination"].mean() == pytest.approx(127.5, abs=3)


def test_a_newcomer_is_named_by_nation_day_and_ordinal_and_keeps_nothing_of_whoever_came_before():
    world, people = newcomers(1)
    key = int(people["key"][0])
    assert (key >> 56, (key >> 32) & 0xFFFFFF, key & 0xFFFFFFFF) == (5, 100, 0)
    used = np.zeros(1, dtype=PERSON)
    used.view(np.uint8)[:] = 0xFF
    agreed(create_party, world, TODAY, used[0], 5, 100, 0)
    for name in set(PERSON.names) - {"place"}:  # where it stands is set by the day
        assert used[name][0] == people[name][0], name


def test_whoever_leaves_does_not_depend_on_how_many_do():
    _, few = newcomers(3)
    _, many = newcomers(30)
    np.testing.assert_array_equal(few, many[:3])


def test_fewer_of_those_who_set_out_hide_where_hiding_is_dear():
    shares = [leave(able_hidden=able, evader=0.4)[1]["evaders_leaving"] for able in (1.0, 0.5)]
    assert shares == pytest.approx([0.4, 0.2 / 0.8])


def test_those_who_hide_have_the_sponsors_of_their_own():
    world = world_of(rules__family_sizes=[0.5, 0.8, 0.93, 1.0])
    world["nations"]["circles"] = 1
    world["circles"]["sponsored"], world["circles"]["sponsored_hidden"] = 0.2, 0.9
    world["nations"]["evasion"] = 0.5
    world["circles"]["routes"] = 1.0
    people = np.zeros(6000, dtype=PERSON)
    for ordinal in range(len(people)):
        create_party(world, TODAY, people[ordinal], 5, 100, ordinal)
    hide = people["inclination"] < 128
    assert np.mean(people["sponsor"][hide]) == pytest.approx(0.9, abs=0.02)
    assert np.mean(people["sponsor"][~hide]) == pytest.approx(0.2, abs=0.02)
