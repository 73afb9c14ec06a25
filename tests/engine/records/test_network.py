"""From geography and drivers to records: the world on the morning of day 0."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from corridor.engine.records.codes import BLOCK, EXIT_NAMES, NATIONS, POOLS, Kind, Pool
from corridor.engine.records.layout import EXITS, PLACES, REMEMBERED, STAY_KNOTS
from corridor.engine.records.network import build_outlook, build_world, normal_table, stay_table
from corridor.foundations.errors import RunError
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import drivers_of

COUNT = len(NATIONALITIES)


@pytest.mark.parametrize("cv", [0.2, 0.5, 0.8, 1.0])
def test_stays_have_a_mean_of_one_and_the_spread_asked_for(cv):
    table = stay_table(cv)
    assert len(table) == STAY_KNOTS
    assert (np.diff(table) >= 0).all()
    u = (np.arange(400_000) + 0.5) / 400_000 * (STAY_KNOTS - 1)
    drawn = np.interp(u, np.arange(STAY_KNOTS), table)
    assert drawn.mean() == pytest.approx(1.0, rel=1e-4)
    assert drawn.std() == pytest.approx(cv, rel=0.05)


def test_normal_quantiles_are_those_of_the_normal():
    table = normal_table()
    inner = np.linspace(0.0, 1.0, STAY_KNOTS)[1:-1]
    np.testing.assert_allclose(table[1:-1], stats.norm.ppf(inner))
    np.testing.assert_allclose(table, -table[::-1], atol=1e-12)


@pytest.fixture(scope="module")
def drivers():
    return drivers_of("", 1000)


@pytest.fixture(scope="module")
def world(drivers):
    return build_world(drivers)[0]


def test_every_exit_leads_where_the_map_says(drivers, world):
    codes = drivers.geography.codes
    for code, place in enumerate(drivers.geography.places):
        row = world["places"][code]
        for name, target in place.exits.items():
            expected = REMEMBERED if target == "remembered" else codes[target]
            assert row["exits"][EXIT_NAMES[place.kind][name]] == expected, (place.id, name)
        for exit, (target, share) in enumerate(place.feeds.items()):
            assert (row["exits"][exit], row["feeds"][exit]) == (codes[target], share)
        assert (row["feeds"][len(place.feeds) :] == 0).all()


def test_nobody_is_anywhere_on_the_first_morning(world):
    assert not world["places"]["present"].any()
    assert not world["places"]["by_nation"].any()
    assert world["clock"]["departed"] == world["clock"]["born"] == 0


def test_an_exit_that_a_place_has_not_leads_nowhere_else(drivers, world):
    for code, place in enumerate(drivers.geography.places):
        used = {EXIT_NAMES[place.kind][name] for name in place.exits} | set(range(len(place.feeds)))
        for exit in set(range(EXITS)) - used:
            assert world["places"][code]["exits"][exit] == code


def test_beliefs_begin_as_chances_and_pools_in_balance(world):
    nations = world["nations"]
    for name in ("belief_origin", "belief_border"):
        assert ((nations[name][:COUNT] >= 0) & (nations[name][:COUNT] <= 0.95)).all()
    circles, used = world["circles"], int(nations["circles"].sum())
    assert (circles["pool"][:used] > 0).all()
    assert not circles["pool"][used:].any()
    assert not nations["circles"][COUNT:].any()


def test_parties_and_people_of_a_nation_agree_on_every_day(drivers):
    outlook = build_outlook(drivers)
    family, child = outlook["family"][:, :COUNT], outlook["child"][:, :COUNT]
    sizes = drivers.parameters["family_size"].sequence() @ np.array([2.0, 3.0, 4.0, 5.0])
    people = (1 - family - child) + family * sizes + child
    np.testing.assert_allclose(people, outlook["people"][:, :COUNT], rtol=1e-6)
    np.testing.assert_allclose(family * sizes / people, drivers.family, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(child / people, drivers.child, rtol=1e-5, atol=1e-7)
    assert (outlook["people"][:, COUNT:] == 1.0).all()


def test_those_who_set_out_are_other_people_in_other_months(drivers):
    mexico = NATIONALITIES.index("Mexico")
    day = drivers.timeline.day_of
    assert drivers.family[day(date(2022, 1, 15)), mexico] < 0.1
    assert drivers.family[day(date(2023, 10, 1)), mexico] > 0.3


def test_traits_of_nationalities_stand_in_their_records(world):
    mexico = NATIONALITIES.index("Mexico")
    at_home = world["nations"]["at_home_in_mexico"]
    assert np.flatnonzero(at_home).tolist() == [mexico]


def test_people_give_up_where_they_are_sent_back_to_and_on_no_other_leg(drivers, world):
    quits = world["terms"]["quit"][:, :COUNT]
    sent_back = drivers.geography.codes["sent_back"]
    assert (quits[sent_back] == drivers.parameters["sent_back_give_up"].scalar()).all()
    assert not np.delete(quits, sent_back, axis=0).any()


def test_there_are_rows_for_every_nationality_and_allowances_do_not_overlap():
    assert COUNT <= NATIONS < COUNT + BLOCK
    assert Pool.INM_RETURNS == 4 * NATIONS
    assert Pool.BOATS == 5 * NATIONS == Pool.ICE - 1 == Pool.APPOINTMENTS - 2
    assert POOLS - Pool.APPOINTMENTS == PLACES


def test_every_route_begins_at_a_leg(world):
    assert (world["places"]["kind"][world["traits"]["entry"][:COUNT, :4]] == Kind.LEG).all()


def test_too_many_places_are_refused(drivers):
    geography = drivers.geography
    more = tuple(replace(geography.places[0], id=f"extra_{number}") for number in range(PLACES))
    crowded = replace(drivers, geography=replace(geography, places=geography.places + more))
    with pytest.raises(RunError, match="the engine holds"):
        build_world(crowded)


def test_two_places_of_one_stream_are_refused(drivers, monkeypatch):
    monkeypatch.setattr("corridor.engine.records.network.crc32", lambda name: 7)
    with pytest.raises(RunError, match="random stream"):
        build_world(drivers)


def test_a_fork_behind_a_fork_is_refused(drivers):
    geography = drivers.geography
    fork = next(place for place in geography.places if place.kind == "fork")
    longer = replace(fork, feeds={**fork.feeds, "san_diego_sector": 1.0})
    places = tuple(longer if place is fork else place for place in geography.places)
    with pytest.raises(RunError, match=f"'{fork.id}' leads to 'san_diego_sector'"):
        build_world(replace(drivers, geography=replace(geography, places=places)))


def test_the_outlook_holds_every_day_and_numbers_the_months(drivers):
    outlook = build_outlook(drivers)
    assert len(outlook) == drivers.timeline.days
    months = outlook["new_month"][outlook["new_month"] > 0]
    np.testing.assert_array_equal(months, np.arange(1, 49))
    starts = [drivers.timeline.date_of(int(day)) for day in np.flatnonzero(outlook["new_month"])]
    assert {day.day for day in starts} == {1}
    changes = (np.diff(outlook["ways"], axis=0) != 0.0).any(axis=2)
    np.testing.assert_array_equal(outlook["ways_change"][1:], changes)
    assert not outlook["ways_change"][0].any() and 5 < changes.sum() < 20  # visas and flights of history
    np.testing.assert_allclose(outlook["demand"][:, :COUNT], drivers.demand, rtol=1e-6)
