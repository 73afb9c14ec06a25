"""Going or not: a logit choice on the chance that it fails."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.choice import share_going
from tests.engine.bare_records import QUICK, SHARES, agreed


def test_who_would_go_if_nothing_could_fail_goes():
    assert agreed(share_going, 0.0, 12.0, 0.45) == 1.0


def test_an_example_by_hand():
    # (1 + exp(-4.5)) / (1 + exp(10 * (.8 - .45))) = 1.01111 / 34.1155
    assert agreed(share_going, 0.8, 10.0, 0.45) == pytest.approx(0.0296379, rel=1e-5)


def test_without_a_response_nobody_is_deterred():
    assert agreed(share_going, 0.9, 0.0, 0.45) == 1.0


def test_a_small_chance_hardly_deters_and_a_large_one_deters_nearly_all():
    assert share_going(0.2, 12.0, 0.45) > 0.94
    assert share_going(0.9, 12.0, 0.45) < 0.01


@QUICK
@given(SHARES, SHARES, st.floats(0, 25), st.floats(0.2, 0.8))
def test_more_to_fear_never_makes_more_go(one, other, response, indifference):
    less, more = sorted((one, other))
    shares = [share_going(chance, response, indifference) for chance in (less, more)]
    assert 0.0 <= shares[1] <= shares[0] <= 1.0 + 1e-12
    assert np.isfinite(shares).all()
