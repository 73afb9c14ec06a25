"""After a return to northern Mexico: try again, go home, or settle there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.returning import choose_return_exit
from corridor.engine.records.codes import Return
from corridor.engine.records.layout import NATION, PERSON, RULES, TRAIT
from tests.engine.bare_records import QUICK, UNIFORMS, agreed, record_of

CHANCES = {"retry_evader_42": 0.9, "retry_evader_8": 0.5, "retry_surrender": 0.7}


def after_return(luck, evades, under_title_42, *, toll=1.0, settling=0.0, settles=1.0, at_home=0):
    return agreed(
        choose_return_exit,
        record_of(PERSON, evades=evades, sponsor=1, attempts=1),
        record_of(NATION, at_home_in_mexico=at_home),
        record_of(TRAIT, resolve=(1.0, 1.0)),
        record_of(RULES, **CHANCES, toll=toll, settling=settling),
        under_title_42,
        luck,
        settles,
    )


@pytest.mark.parametrize(
    ("evades", "under_title_42", "chance"), [(1, True, 0.9), (1, False, 0.5), (0, True, 0.7), (0, False, 0.7)]
)
def test_each_strategy_and_ground_has_its_chance(evades, under_title_42, chance):
    assert after_return(0.0, evades, under_title_42) == Return.TRIES_AGAIN
    assert after_return(chance - 1e-9, evades, under_title_42) == Return.TRIES_AGAIN
    assert after_return(chance, evades, under_title_42) == Return.GAVE_UP
    assert after_return(1.0, evades, under_title_42) == Return.GAVE_UP


@QUICK
@given(UNIFORMS, st.integers(0, 1))
def test_nobody_tries_again_under_ordinary_law_who_would_not_under_title_42(luck, evades):
    assert after_return(luck, evades, True) <= after_return(luck, evades, False)


def test_a_party_that_gives_up_more_tries_again_less():
    """Odds of .5 over 3: a chance of .25."""
    assert after_return(0.25 - 1e-9, 1, False, toll=3.0) == Return.TRIES_AGAIN
    assert after_return(0.25 + 1e-9, 1, False, toll=3.0) == Return.GAVE_UP


def test_of_those_who_give_up_after_a_return_some_settle_and_mexicans_are_at_home():
    assert after_return(0.9, 0, False, settling=1 / 3, settles=0.249) == Return.SETTLED
    assert after_return(0.9, 0, False, settling=1 / 3, settles=0.251) == Return.GAVE_UP
    assert after_return(0.9, 0, False, settling=1 / 3, settles=0.0, at_home=1) == Return.GAVE_UP
