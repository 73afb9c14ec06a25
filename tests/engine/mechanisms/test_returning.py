"""After a return to northern Mexico: try again, or give up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.returning import choose_return_exit
from corridor.engine.records.codes import Return
from corridor.engine.records.layout import PERSON, RULES
from tests.engine.bare_records import QUICK, UNIFORMS, agreed, record_of

CHANCES = {"retry_evader_42": 0.9, "retry_evader_8": 0.5, "retry_surrender": 0.7}


def after_return(luck, evades, under_title_42):
    return agreed(
        choose_return_exit,
        record_of(PERSON, evades=evades),
        record_of(RULES, **CHANCES),
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
