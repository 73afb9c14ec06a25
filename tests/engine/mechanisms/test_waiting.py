"""Waiting in a northern city: competing hazards over the days since the last decision."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.waiting import choose_waiting_exit, days_to_review, toward_sector
from corridor.engine.records.codes import Party, Pool, Wait
from corridor.engine.records.layout import LEANING, NATION, PERSON, PLACE, RULES, WORLD
from tests.engine.bare_records import QUICK, SHARES, UNIFORMS, agreed, record_of

READY, HOME = (0.4, 0.6), (0.2, 0.2)
ADMITTED, OFFICE, CITY, NUMBER = 0.3, 7, 3, 2
MOVED = 0.1


def decide(
    luck=1.0,
    detail=0.0,
    days=3.0,
    *,
    left=10.0,
    surge=0.0,
    heads=1,
    evasion=0.0,
    inclination=0,
    against=0.0,
    settling=0.0,
    toll=1.0,
):
    world = record_of(WORLD, rules__settling=settling)
    world["rules"]["toll"] = toll
    world["traits"]["resolve"] = 1.0
    world["allowances"]["left"][Pool.APPOINTMENTS + OFFICE] = left
    world["terms"]["admit"][CITY, 0] = ADMITTED
    person = record_of(PERSON, place=CITY, heads=heads, inclination=inclination, party=Party.SINGLE)
    place = record_of(PLACE, south=MOVED, surge=surge, number=NUMBER)
    for name in ("sectors", "sectors_hidden"):
        world["leanings"][name][0, NUMBER] = [0.25, 0.5, 0.75, 1.0]
    place["exits"][Wait.ADMITTED] = OFFICE
    nation = record_of(NATION, ready=READY, against=against, homeward=HOME)
    nation["evasion"][Party.SINGLE] = evasion
    exit = agreed(choose_waiting_exit, world, person, place, nation, days, luck, detail)
    return exit, person, place, world


@pytest.mark.parametrize(
    ("detail", "exit"),
    [
        (0.0, Wait.CROSS_FIRST),
        (0.39, Wait.CROSS_FIRST + 3),
        (0.41, Wait.ADMITTED),
        (0.69, Wait.ADMITTED),
        (0.71, Wait.MOVED_SOUTH),
        (0.79, Wait.MOVED_SOUTH),
        (0.81, Wait.GAVE_UP),
        (1.0, Wait.GAVE_UP),
    ],
)
def test_detail_chooses_among_the_hazards_in_proportion(detail, exit):
    assert decide(detail=detail)[0] == exit


def test_who_failed_before_crosses_less_and_gives_up_more():
    """Hazards of 1 a day: .4 / (1 + 1) = .2 crosses, .3 + .1, .2 gives up. Odds doubled: .4 / 3 and .4."""
    assert decide(detail=0.24, against=1.0)[0] == Wait.CROSS_FIRST + 3
    assert decide(detail=0.26, against=1.0)[0] == Wait.ADMITTED
    total = 0.4 / 3 + ADMITTED + MOVED + 0.4
    assert decide(detail=(0.4 / 3 - 0.001) / total, against=1.0, toll=2.0)[0] == Wait.CROSS_FIRST + 3
    assert decide(detail=(0.4 / 3 + 0.001) / total, against=1.0, toll=2.0)[0] == Wait.ADMITTED
    assert decide(detail=(total - 0.399) / total, against=1.0, toll=2.0)[0] == Wait.GAVE_UP


def test_of_those_who_give_up_in_the_north_some_settle():
    assert decide(detail=0.81, settling=1 / 3)[0] == Wait.SETTLED
    assert decide(detail=0.849, settling=1 / 3)[0] == Wait.SETTLED
    assert decide(detail=0.851, settling=1 / 3)[0] == Wait.GAVE_UP


def test_little_luck_means_that_nothing_happens_and_the_chance_grows_with_the_days():
    assert decide(luck=0.0)[0] == Wait.STAYED
    threshold = np.exp(-1.0)  # hazards add up to 1 a day
    assert decide(luck=threshold - 1e-9, days=1.0)[0] == Wait.STAYED
    assert decide(luck=threshold + 1e-9, days=1.0)[0] != Wait.STAYED
    assert decide(luck=threshold - 1e-9, days=2.0)[0] != Wait.STAYED


def test_nobody_is_admitted_without_a_place_and_a_place_is_used_for_each_member():
    assert decide(detail=0.5, left=0.0)[0] == Wait.STAYED
    exit, _, _, world = decide(detail=0.5, heads=4)
    assert exit == Wait.ADMITTED
    assert world["allowances"]["used"][Pool.APPOINTMENTS + OFFICE] == 4


@pytest.mark.parametrize(
    ("inclination", "evasion", "evades"), [(0, 0.3, 1), (255, 0.3, 0), (255, 1.0, 1), (0, 0.0, 0)]
)
def test_the_readiest_evade_first_and_follow_the_hazard_of_evaders(inclination, evasion, evades):
    _, person, _, _ = decide(inclination=inclination, evasion=evasion)
    assert person["evades"] == evades


def test_a_surge_crosses_before_anything_else_and_shrinks_by_those_who_went():
    exit, _, place, _ = decide(luck=0.0, detail=0.6, surge=5.0, heads=3)
    assert exit == Wait.CROSS_FIRST + 2
    assert place["surge"] == 2.0
    exit, _, place, _ = decide(luck=0.0, surge=2.0, heads=3)
    assert (exit, place["surge"]) == (Wait.STAYED, 2.0)


@QUICK
@given(UNIFORMS, UNIFORMS, st.floats(0.0, 30.0), st.integers(0, 255), SHARES, st.sampled_from([0.0, 2.0]))
def test_compiled_and_plain_agree(luck, detail, days, inclination, evasion, left):
    exit, *_ = decide(luck, detail, days, left=left, inclination=inclination, evasion=evasion)
    assert exit in (0, 1, 2, 3, *Wait)


@QUICK
@given(UNIFORMS)
def test_every_sector_is_chosen_by_its_share(u):
    place, leaning = record_of(PLACE, number=NUMBER), record_of(LEANING)
    leaning["sectors"][NUMBER] = [0.2, 0.2, 0.9, 1.0]
    leaning["sectors_hidden"][NUMBER] = [0.6, 1.0, 1.0, 1.0]
    expected = 0 if u < 0.2 else 2 if u < 0.9 else 3
    assert agreed(toward_sector, leaning, place, 0, u) == Wait.CROSS_FIRST + expected
    assert agreed(toward_sector, leaning, place, 1, u) == Wait.CROSS_FIRST + (0 if u < 0.6 else 1)


@QUICK
@given(st.integers(0, 100), UNIFORMS)
def test_parties_decide_again_within_two_weeks_and_rarer_the_longer_they_wait(tries, u):
    rules = record_of(RULES, review_days=3.0)
    days = agreed(days_to_review, rules, tries, u)
    assert 1.0 <= days <= 14.0
    assert days <= days_to_review(rules, tries + 1, u)
