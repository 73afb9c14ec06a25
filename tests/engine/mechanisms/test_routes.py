"""Routes: a leaning follows those who arrived; a choice follows leaning, pull, what is open and what is heard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.routes import choose_routes, learn_routes
from corridor.engine.records.layout import CIRCLE, ROUTES, RULES, TRAIT
from tests.engine.bare_records import QUICK, SHARES, agreed, record_of

MANY = st.floats(0.0, 1e5)


def over_routes(*some, rest=0.0):
    return np.array([*some, *[rest] * (ROUTES - len(some))])


def learned(leaning, arrived, ways, *, prior=10.0, step=0.1):
    circle = record_of(CIRCLE, leaning=over_routes(*leaning))
    agreed(learn_routes, circle, over_routes(*arrived), over_routes(*ways), prior, step)
    return circle["leaning"]


def chosen(leaning, *, pull=(1.0, 1.0, 1.0), ways=(1.0, 1.0, 1.0), fails=(), tries=0.0, response=2.0):
    circle = record_of(CIRCLE, leaning=over_routes(*leaning), belief_way=over_routes(*fails))
    trait = record_of(TRAIT, route_pull=over_routes(*pull))
    rules = record_of(RULES, route_tries=tries, route_response=response)
    chance = agreed(choose_routes, circle, trait, rules, over_routes(*ways))
    return np.diff(circle["routes"], prepend=0.0), float(circle["lost"]), chance


def test_the_example_that_is_worked_by_hand():
    after = learned((0.8, 0.1, 0.1), (500.0, 30.0, 10.0), (0.0, 1.0, 1.0))
    assert after[:3] == pytest.approx([0.8, 0.104, 0.096])
    shares, lost, _ = chosen(after[:3], pull=(1.0, 2.0, 1.0), ways=(0.0, 1.0, 1.0))
    assert lost == pytest.approx(0.8 / 1.104)
    assert shares[:3] == pytest.approx([0.0, 0.208 / 0.304, 0.096 / 0.304])


def test_with_no_news_or_with_nothing_open_that_anybody_leans_to_a_leaning_stays():
    assert learned((0.7, 0.3), (0.0, 0.0), (1.0, 1.0))[:2] == pytest.approx([0.7, 0.3])
    assert learned((1.0, 0.0), (9.0, 9.0), (0.0, 1.0))[:2] == pytest.approx([1.0, 0.0])


@QUICK
@given(
    st.lists(SHARES, min_size=3, max_size=3).filter(lambda some: sum(some) > 0.01),
    st.lists(MANY, min_size=3, max_size=3),
    st.lists(st.sampled_from([0.0, 1.0, 50.0]), min_size=3, max_size=3),
    st.floats(0.01, 1000.0),
    SHARES,
)
def test_a_leaning_stays_a_set_of_shares_and_what_is_closed_keeps_its_own(
    leaning, arrived, ways, prior, step
):
    before = np.array(leaning) / sum(leaning)
    after = learned(before, arrived, ways, prior=prior, step=step)[:3]
    assert after.sum() == pytest.approx(1.0)
    assert (after >= 0.0).all()
    closed = np.array(ways) == 0.0
    np.testing.assert_array_equal(after[closed], before[closed])


def test_a_route_that_opens_is_tried_and_a_pull_or_seats_bring_more():
    untried, tried, pulled, seats = (
        chosen((1.0, 0.0), **given)[0][1]
        for given in (
            {},
            {"tries": 0.01},
            {"tries": 0.01, "pull": (1.0, 10.0)},
            {"tries": 0.01, "ways": (1.0, 30.0)},
        )
    )
    assert untried == 0.0 < tried < pulled < seats < 0.3


def test_fewer_take_a_route_that_fails_and_those_who_leave_expect_what_they_take():
    shares, lost, chance = chosen((0.3, 0.3, 0.4), fails=(0.5, 0.5))
    falls = 0.3 * np.exp(-1.0)
    assert shares[:3] == pytest.approx(np.array([falls, falls, 0.4]) / (2 * falls + 0.4))
    assert (lost, chance) == (0.0, pytest.approx(0.5 * 2 * falls / (2 * falls + 0.4)))


def test_where_nothing_is_open_all_are_lost_and_expect_nothing():
    _, lost, chance = chosen((0.5, 0.5), ways=(0.0, 0.0))
    assert (lost, chance) == (1.0, 0.0)
    assert chosen((1.0, 0.0), pull=(1.0, 0.0), tries=0.1, ways=(0.0, 1.0))[1] == 1.0
