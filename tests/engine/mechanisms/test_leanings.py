"""Leanings: they follow where their own people were met, a little everybody, and choose sectors and cities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.leanings import (
    choose_cities,
    choose_sectors,
    hear_of_sector,
    move_leaning,
)
from corridor.engine.records.codes import Kind, Pool, Wait
from corridor.engine.records.layout import LEANING, PLACES, RULES, SECTORS, WORLD
from tests.engine.bare_records import QUICK, SHARES, agreed, record_of

TIJUANA, JUAREZ, SAN_DIEGO, TUCSON, EL_PASO, SAN_DIEGO_OFFICE, EL_PASO_OFFICE, FORK = range(1, 9)


def shares_of(*some):
    return np.array([*some, *[0.0] * (SECTORS - len(some))])


def moved(share, heard, everybody=(), *, prior=10.0, days=70.0, follows=0.1, crossed=0.0, recent=0.0):
    leaning = record_of(LEANING, share=shares_of(*share), heard=shares_of(*heard))
    leaning["crossed"], leaning["recent"] = crossed, recent
    rules = record_of(RULES, leaning_days=days, leaning_follows=follows)
    agreed(move_leaning, leaning, shares_of(*everybody), rules, prior)
    return leaning


def test_the_example_that_is_worked_by_hand():
    leaning = moved((0.5, 0.5), (40.0, 0.0), (0.2, 0.8))
    np.testing.assert_allclose(leaning["share"][:2], [0.533, 0.467])
    assert not leaning["heard"].any()


def test_a_people_of_whom_nothing_is_heard_follows_everybody_alone():
    np.testing.assert_allclose(moved((0.5, 0.5), (), (0.0, 1.0))["share"][:2], [0.495, 0.505])
    np.testing.assert_allclose(moved((0.5, 0.5), ())["share"][:2], [0.5, 0.5])


def test_few_people_turn_a_leaning_less_than_many():
    few, many = (moved((0.5, 0.5), (heard, 0.0), follows=0.0)["share"][0] for heard in (2.0, 200.0))
    assert 0.5 < few < many < 0.5 + 7 / 70 * 0.5


def test_a_week_is_half_of_the_memory_of_crossings_and_begins_anew():
    leaning = moved((1.0,), (), crossed=70.0, recent=4.0)
    assert (leaning["recent"], leaning["crossed"]) == (7.0, 0.0)


@QUICK
@given(
    st.lists(SHARES, min_size=3, max_size=3).filter(lambda some: sum(some) > 0.01),
    st.lists(st.floats(0.0, 1e5), min_size=3, max_size=3),
    st.lists(SHARES, min_size=3, max_size=3).filter(lambda some: sum(some) > 0.01),
    st.floats(0.01, 1000.0),
    st.floats(1.0, 2000.0),
    SHARES,
)
def test_a_leaning_stays_a_set_of_shares(share, heard, everybody, prior, days, follows):
    share, everybody = np.array(share) / sum(share), np.array(everybody) / sum(everybody)
    after = moved(share, heard, everybody, prior=prior, days=days, follows=follows)["share"]
    assert after.sum() == pytest.approx(1.0)
    assert (after >= 0).all()


def test_hearing_adds_people():
    leaning = record_of(LEANING)
    for people in (3.0, 0.5):
        agreed(hear_of_sector, leaning, 2, people)
    assert leaning["heard"].tolist() == shares_of(0.0, 0.0, 3.5).tolist()


def border(*, places=(0.0, 0.0)):
    """Two cities before three sectors, of which both lead to the second; a fork before them."""
    world = record_of(WORLD)
    rows = world["places"]
    rows["kind"][[TIJUANA, JUAREZ]] = Kind.WAIT
    rows["kind"][[SAN_DIEGO, TUCSON, EL_PASO]] = Kind.CROSS
    rows["kind"][FORK] = Kind.FORK
    rows["number"][[SAN_DIEGO, TUCSON, EL_PASO]] = [0, 1, 2]
    rows["number"][[TIJUANA, JUAREZ]] = [0, 1]
    rows["weight"][[SAN_DIEGO, TUCSON, EL_PASO]] = [1.0, 2.0, 1.0]
    rows["exits"][TIJUANA, :2] = [SAN_DIEGO, TUCSON]
    rows["feeds"][TIJUANA, :2] = [1.0, 0.5]
    rows["exits"][JUAREZ, :2] = [TUCSON, EL_PASO]
    rows["feeds"][JUAREZ, :2] = [0.5, 1.0]
    rows["exits"][FORK, :2] = [TIJUANA, JUAREZ]
    rows["feeds"][FORK, :2] = 1.0
    for city, office, daily in zip(
        (TIJUANA, JUAREZ), (SAN_DIEGO_OFFICE, EL_PASO_OFFICE), places, strict=True
    ):
        rows["exits"][city, Wait.ADMITTED] = office
        world["allowances"]["daily"][Pool.APPOINTMENTS + office] = daily
    return world


def chosen(world, share, *, ports=0.0, crossing=10.0):
    leaning = record_of(LEANING, share=shares_of(*share), ports=ports)
    drawn = np.zeros(PLACES)
    choose_sectors(world, leaning, drawn, False)
    choose_cities(world, leaning, drawn, crossing, False)
    return leaning


def test_sectors_draw_by_leaning_pull_and_the_part_of_the_city():
    leaning = chosen(border(), (0.2, 0.2, 0.4))  # draws .2, .4 (twice the pull) and .4
    np.testing.assert_allclose(leaning["sectors"][0], [0.5, 1.0, 1.0, 1.0])
    np.testing.assert_allclose(leaning["sectors"][1], [1 / 3, 1.0, 1.0, 1.0])
    np.testing.assert_allclose(leaning["cities"][:2], [0.4, 1.0])


def test_a_sector_towards_which_nobody_leans_is_not_chosen():
    leaning = chosen(border(), (0.0, 0.0, 1.0))
    assert leaning["sectors"][0].tolist() == [1.0] * 4, "a city from which nobody crosses: its first exit"
    assert leaning["cities"][0] == 0.0


def test_cities_draw_those_who_get_places_at_their_ports():
    leaning = chosen(border(places=(20.0, 0.0)), (0.2, 0.2, 0.4), ports=0.5)
    np.testing.assert_allclose(leaning["cities"][:2], [(4.0 + 10.0) / 20.0, 1.0])
    assert chosen(border(places=(20.0, 0.0)), (0.2, 0.2, 0.4))["cities"][0] == pytest.approx(0.4)


def test_choices_agree_with_plain_python():
    world, leaning = border(places=(20.0, 3.0)), record_of(LEANING, share=shares_of(0.3, 0.3, 0.4), ports=0.2)
    drawn = np.zeros(PLACES)
    agreed(choose_sectors, world, leaning, drawn, False)
    agreed(choose_cities, world, leaning, drawn, 4.0, False)
