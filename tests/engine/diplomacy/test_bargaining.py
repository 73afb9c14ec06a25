import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.diplomacy.bargaining import bargain

GAINS = st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=40)


def arrays(pairs):
    both = np.array(pairs)
    return both[:, 0], both[:, 1]


@given(GAINS, st.floats(0.1, 0.9))
def test_an_agreement_is_better_for_both_and_no_other_package_is_better_for_both_still(pairs, power):
    first, second = arrays(pairs)
    result = bargain(first, second, power)
    if not result.agreed:
        assert not ((first > 0) & (second > 0)).any()
        return
    ours, theirs = first[result.package], second[result.package]
    assert ours > 0 and theirs > 0
    assert result.gains == (ours, theirs)
    assert not ((first > ours) & (second > theirs)).any()


@given(GAINS, st.floats(0.1, 0.45), st.floats(0.05, 0.4))
def test_more_power_never_costs_a_side(pairs, power, more):
    first, second = arrays(pairs)
    weak, strong = bargain(first, second, power), bargain(first, second, power + more)
    assert weak.agreed == strong.agreed
    if not weak.agreed:
        return
    assert strong.gains[0] >= weak.gains[0] - 1e-12
    assert strong.gains[1] <= weak.gains[1] + 1e-12


def test_the_symmetric_solution_of_a_divided_pie_is_the_middle():
    share = np.linspace(0, 1, 101)
    result = bargain(share, 1 - share, 0.5)
    assert result.gains == pytest.approx((0.5, 0.5))


@given(GAINS)
def test_units_of_worth_do_not_matter(pairs):
    first, second = arrays(np.round(pairs, 2))
    assert bargain(first, second, 0.5).agreed == bargain(first * 4, second * 0.25, 0.5).agreed


def test_each_side_asks_for_the_best_that_the_other_would_sign():
    first, second = np.array([5.0, 3.0, 1.0, 0.5]), np.array([-1.0, 0.2, 2.0, 4.0])
    result = bargain(first, second, 0.5)
    assert (result.best_for_first, result.best_for_second) == (1, 3)


def test_nothing_on_the_table_is_no_agreement():
    assert not bargain(np.array([]), np.array([]), 0.5).agreed
