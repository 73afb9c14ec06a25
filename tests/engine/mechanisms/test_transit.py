"""A leg: one uniform decides what stops the party, and the same luck meets the same fate when risks grow elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.transit import choose_leg_exit, joins_caravan
from corridor.engine.records.codes import Leg
from corridor.engine.records.layout import PERSON, RULES, TERM, TRAIT
from tests.engine.bare_records import QUICK, SHARES, UNIFORMS, agreed, record_of

LEG = {"turn_back": 0.1, "quit": 0.2, "detect": 0.3}


def leave(luck, *, stops=0, toll=1.0, **risks):
    person, trait = record_of(PERSON, stops=stops), record_of(TRAIT, resolve=(1.0, 1.0))
    term, rules = record_of(TERM, **(risks or LEG)), record_of(RULES, toll=toll)
    return agreed(choose_leg_exit, person, term, trait, rules, luck)


@pytest.mark.parametrize(
    ("luck", "exit"),
    [
        (0.0, Leg.TURNED_BACK),
        (0.0999, Leg.TURNED_BACK),
        (0.1001, Leg.GAVE_UP),
        (0.3001, Leg.DETECTED),
        (0.5999, Leg.DETECTED),
        (0.6001, Leg.ONWARD),
        (1.0, Leg.ONWARD),
    ],
)
def test_luck_meets_the_risks_in_their_order(luck, exit):
    assert leave(luck) == exit


def test_who_was_stopped_before_gives_up_by_its_own_odds():
    """A chance of .2 has odds of .25; three times that is a chance of .429."""
    assert leave(0.1 + 0.428, stops=1, toll=3.0) == Leg.GAVE_UP
    assert leave(0.1 + 0.429, stops=1, toll=3.0) == Leg.DETECTED
    assert leave(0.301, stops=0, toll=3.0) == Leg.DETECTED


def test_without_risks_everyone_goes_on():
    assert leave(0.0, turn_back=0.0) == Leg.ONWARD


def test_more_join_a_caravan_where_more_are_stopped():
    """Half if nobody is stopped; odds exp(2 x .5) = 2.7, so .731, where half are."""
    rules = record_of(RULES, caravan_joins=0.5, caravan_safety=2.0)
    for stopped, share in ((0.0, 0.5), (0.5, 0.731)):
        assert agreed(joins_caravan, stopped, rules, share - 1e-3)
        assert not agreed(joins_caravan, stopped, rules, share + 1e-3)


@QUICK
@given(SHARES, SHARES, SHARES, UNIFORMS)
def test_compiled_and_plain_agree_and_every_exit_is_one_of_a_leg(back, quit, detect, luck):
    exit = leave(luck, turn_back=back, quit=quit, detect=detect)
    assert exit in Leg
    assert exit == Leg.ONWARD or luck < back + quit + detect


@QUICK
@given(SHARES, st.floats(0.0, 0.5), UNIFORMS)
def test_more_detection_stops_nobody_whom_something_else_stopped(detect, more, luck):
    before = leave(luck, turn_back=0.05, quit=0.05, detect=detect)
    after = leave(luck, turn_back=0.05, quit=0.05, detect=detect + more)
    assert after == before or (before, after) == (Leg.ONWARD, Leg.DETECTED)
