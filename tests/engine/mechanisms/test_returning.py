"""After a return to northern Mexico: try again, or give up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.returning import choose_return_exit
from corridor.engine.records.codes import Return
from corridor.engine.records.layout import PERSON, RULES, TRAIT
from tests.engine.bare_records import QUICK, UNIFORMS, agreed, record_of

CHANCES = {"retry_evader_42": 0.9, "retry_evader_8": 0.5, "retry_surrender": 0.7}


def after_return(luck, evades, under_title_42, *, sponsor=1, debt=0.0):
    return agreed(
        choose_return_exit,
        record_of(PERSON, evades=evades, sponsor=sponsor),
        record_of(TRAIT, usual_sponsor=0.6),
        record_of(RULES, **CHANCES, retry_debt=debt),
        under_title_42,
        luck,
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


def test_whoever_owes_a_sponsor_gives_up_less_and_the_usual_mix_of_people_keeps_the_mean():
    """With .3: .5 * (1 + .3 * .4) = .56 with a sponsor, .5 * (1 - .3 * .6) = .41 without; .6 * .56 + .4 * .41 = .5."""
    for sponsor, chance in ((1, 0.56), (0, 0.41)):
        assert after_return(chance - 1e-9, 1, False, sponsor=sponsor, debt=0.3) == Return.TRIES_AGAIN
        assert after_return(chance + 1e-9, 1, False, sponsor=sponsor, debt=0.3) == Return.GAVE_UP


def test_no_debt_makes_a_chance_of_more_than_one():
    assert after_return(1.0, 1, True, sponsor=1, debt=0.6) == Return.GAVE_UP
