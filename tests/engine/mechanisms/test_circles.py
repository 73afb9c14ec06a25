"""Circles: whom they hear from, how they differ, and that a nation of one circle hears of all."""

import numpy as np
import pytest

from corridor.engine.mechanisms.circles import choose_circle, hear_of_all, hear_of_own, listens
from corridor.engine.records.circles import ring_of, sponsors_of, unlike
from corridor.engine.records.layout import CIRCLE, NATION, ROUTES, RULES, TIES, WORLD
from corridor.engine.records.network import build_world
from corridor.inputs.registries.nationalities import NATIONALITIES, load_nationalities
from tests.engine.bare_records import agreed, record_of
from tests.small_runs import drivers_of, simulation_of

COUNT = len(NATIONALITIES)
VENEZUELA, GUATEMALA = (NATIONALITIES.index(name) for name in ("Venezuela", "Guatemala"))


@pytest.fixture(scope="module")
def world():
    return build_world(drivers_of(""))[0]


def circles_of(world, nation):
    first, number = (int(world["nations"][name][nation]) for name in ("first_circle", "circles"))
    return world["circles"][first : first + number]


def test_a_circle_moves_towards_what_its_own_and_those_of_its_ties_met_as_by_hand():
    world = record_of(WORLD, rules__tie_weight=0.25, rules__origin_memory=30.0, rules__leaning_days=70.0)
    world["circles"]["told_failed"][1], world["circles"]["told_passed"][1] = 60.0, 40.0
    circle = record_of(CIRCLE, belief_origin=0.4, failed=30.0, passed=20.0, ties=[1, *[2] * (TIES - 1)])
    circle["way_failed"][1], circle["belief_way"] = 35.0, 0.2
    circle["way_passed"][2], circle["leaning"][2:4] = 14.0, 0.5
    world["circles"]["told_way_passed"][1, 3] = 28.0
    nation = record_of(NATION, belief_origin=0.5, belief_way=0.2)
    agreed(hear_of_own, world, circle, nation, np.ones(ROUTES))
    assert circle["belief_origin"] == pytest.approx(0.4 + (62.5 / 110 - 0.4) * 7 / 30)
    assert circle["belief_way"][1] == pytest.approx(0.2 + ((35 + 7) / 70 - 0.2) * 7 / 30)
    assert circle["belief_way"][4] == pytest.approx(0.2), "with no news of a route a belief keeps"
    # 14 of its own came by one route and 7 of its ties by another, beside 35 as it leans: (31.5, 24.5) of 56
    assert circle["leaning"][2:4] == pytest.approx([0.5 + 0.1 * 3.5 / 56, 0.5 - 0.1 * 3.5 / 56])
    assert [circle[name] for name in ("told_failed", "told_passed", "failed", "passed")] == [30, 20, 0, 0]
    assert circle["told_way_failed"][1] == 35.0 and circle["told_way_passed"][2] == 14.0
    assert not circle["way_failed"].any()


def test_each_circle_listens_once_a_week_and_one_that_is_alone_every_day():
    days = [[day for day in range(14) if listens(number, 40, day)] for number in range(40)]
    assert all(second - first == 7 for first, second in days)
    assert {first for first, _ in days} == set(range(7))
    assert all(listens(3, 1, day) for day in range(14))


def test_a_circle_that_is_alone_believes_what_all_are_told():
    circle = record_of(CIRCLE, belief_origin=0.9)
    nation = record_of(NATION, belief_origin=0.3, belief_way=0.1)
    circle["leaning"][:2], nation["way_passed"][0] = 0.5, 5.0
    agreed(hear_of_all, circle, nation, record_of(RULES, leaning_days=10.0), np.ones(ROUTES))
    assert circle["leaning"][:2] == pytest.approx([0.525, 0.475])  # a tenth towards 7.5 of 10 people a day
    assert circle["belief_origin"] == 0.3
    assert (circle["belief_way"] == 0.1).all()


def test_as_many_come_from_a_circle_as_leave_it():
    world = record_of(WORLD)
    nation = world["nations"][2]
    nation["first_circle"], nation["circles"] = 10, 3
    world["circles"]["until"][10:13] = [2.0, 2.0, 10.0]
    chosen = [agreed(choose_circle, world, nation, u) for u in (0.05, 0.19, 0.21, 0.99)]
    assert chosen == [10, 10, 12, 12]
    world["circles"]["until"][10:13] = 0.0  # people begin as they were counted, and nobody leaves by himself
    assert choose_circle(world, nation, 0.5) == 12


def test_the_circles_of_a_nation_share_its_people_and_keep_its_means(world):
    for code, nationality in enumerate(load_nationalities().values()):
        rows = circles_of(world, code)
        assert len(rows) == nationality.circles
        assert rows["share"].sum() == pytest.approx(1.0)
        assert rows["response"].mean() == pytest.approx(1.0)
        assert rows["sponsor"].mean() == pytest.approx(world["traits"]["sponsor"][code], rel=1e-6)
        assert (rows["pool"] > 0).all()


def test_circles_differ_in_how_they_answer_and_in_sponsors_and_the_two_are_unrelated(world):
    rows = circles_of(world, VENEZUELA)
    assert np.log(rows["response"]).std() == pytest.approx(0.6, rel=0.1)
    assert rows["sponsor"].std() > 0.05
    for number in (8, 16, 40):
        assert abs(np.corrcoef(*unlike(number))[0, 1]) < 0.3, number
    assert sponsors_of(0.0, np.array([-1.0, 1.0]), 0.7).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("number", [8, 10, 44])
def test_a_circle_knows_others_of_its_nation_and_not_itself(number):
    ties = ring_of(100, number)
    assert ties.shape == (number, TIES)
    assert (ties != 100 + np.arange(number)[:, None]).all()
    assert set(ties.ravel().tolist()) == set(range(100, 100 + number))


def test_where_behaviour_is_mean_field_a_nation_is_one_circle_with_its_own_means():
    null = build_world(drivers_of("behaviour: mean-field"))[0]
    assert null["nations"]["circles"][:COUNT].tolist() == [1] * COUNT
    assert null["circles"]["response"][:COUNT].tolist() == [1.0] * COUNT
    np.testing.assert_array_equal(null["circles"]["sponsor"][:COUNT], null["traits"]["sponsor"][:COUNT])


def test_in_a_run_circles_come_to_believe_different_things_and_those_of_the_null_do_not():
    with_circles, null = simulation_of("", 500), simulation_of("behaviour: mean-field", 500)
    for simulation in (with_circles, null):
        simulation.run_until(200)
    beliefs = circles_of(with_circles.world, GUATEMALA)["belief_origin"]
    assert beliefs.std() > 0.005
    nation = null.world["nations"][GUATEMALA]
    # It hears in the morning what the nation was told by the evening before.
    lonely = circles_of(null.world, GUATEMALA)["belief_origin"][0]
    assert abs(lonely - nation["belief_origin"]) < 0.02
