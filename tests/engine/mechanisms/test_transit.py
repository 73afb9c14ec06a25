"""A leg: one uniform decides what stops the party, and the same luck meets the same fate when risks grow elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.transit import choose_leg_exit
from corridor.engine.records.codes import Leg
from corridor.engine.records.layout import RULES, TERM
from tests.engine.bare_records import QUICK, SHARES, UNIFORMS, agreed, record_of

LEG = {"turn_back": 0.1, "quit": 0.2, "detect": 0.3}


def leave(luck, detail=0.5, *, joins_here=False, heads=1, room=0.0, joins=0.0, **risks):
    term = record_of(TERM, **(risks or LEG))
    rules = record_of(RULES, caravan_room=room, caravan_joins=joins)
    return agreed(choose_leg_exit, term, rules, joins_here, heads, luck, detail)


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


def test_without_risks_everyone_goes_on():
    assert leave(0.0, turn_back=0.0) == Leg.ONWARD


@pytest.mark.parametrize(
    ("heads", "room", "detail", "exit"),
    [
        (3, 3.0, 0.1, Leg.JOINED_CARAVAN),
        (3, 2.0, 0.1, Leg.ONWARD),
        (3, 3.0, 0.9, Leg.ONWARD),
    ],
    ids=["there is room", "no room for all of them", "they would rather not"],
)
def test_a_party_joins_a_caravan_that_has_room_for_all_of_it(heads, room, detail, exit):
    assert leave(0.99, detail, joins_here=True, heads=heads, room=room, joins=0.6) == exit
    assert leave(0.99, detail, joins_here=False, heads=heads, room=room, joins=0.6) == Leg.ONWARD
    assert leave(0.05, detail, joins_here=True, heads=heads, room=room, joins=0.6) == Leg.TURNED_BACK


@QUICK
@given(SHARES, SHARES, SHARES, UNIFORMS, UNIFORMS, st.booleans(), st.integers(1, 5))
def test_compiled_and_plain_agree_and_every_exit_is_one_of_a_leg(
    back, quit, detect, luck, detail, joins, heads
):
    risks = {"turn_back": back, "quit": quit, "detect": detect}
    exit = leave(luck, detail, joins_here=joins, heads=heads, room=4.0, joins=0.5, **risks)
    assert exit in Leg
    if luck >= back + quit + detect:
        assert exit in (Leg.ONWARD, Leg.JOINED_CARAVAN)


@QUICK
@given(SHARES, st.floats(0.0, 0.5), UNIFORMS)
def test_more_detection_stops_nobody_whom_something_else_stopped(detect, more, luck):
    before = leave(luck, turn_back=0.05, quit=0.05, detect=detect)
    after = leave(luck, turn_back=0.05, quit=0.05, detect=detect + more)
    assert after == before or (before, after) == (Leg.ONWARD, Leg.DETECTED)
