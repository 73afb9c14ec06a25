"""Draws: tabulated quantiles and Poisson counts by inversion (the generator itself: tests/test_randomness.py)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from corridor.engine.records.layout import PERSON, STAY_KNOTS
from corridor.engine.records.network import normal_table
from corridor.foundations.draws import poisson, quantile, visit_of
from tests.engine.bare_records import QUICK, UNIFORMS, agreed, record_of

NORMAL = normal_table()
RAMP = np.linspace(0.0, 2.0, STAY_KNOTS)


@QUICK
@given(UNIFORMS)
def test_a_quantile_is_linear_between_knots(u):
    assert agreed(quantile, RAMP, u) == pytest.approx(2.0 * u)


@QUICK
@given(UNIFORMS, UNIFORMS)
def test_more_luck_is_never_a_smaller_quantile(u, v):
    low, high = sorted((u, v))
    assert quantile(NORMAL, low) <= quantile(NORMAL, high)


@QUICK
@given(st.floats(0.001, 60.0), UNIFORMS)
def test_small_poisson_counts_are_those_of_scipy(mean, u):
    count = agreed(poisson, mean, u, NORMAL)
    nearly = 1e-12  # sums of probabilities are rounded
    assert stats.poisson.ppf(u * (1 - nearly), mean) <= count <= stats.poisson.ppf(min(1.0, u + nearly), mean)


@QUICK
@given(st.floats(60.1, 3000.0), st.floats(0.01, 0.99))
def test_large_poisson_counts_are_within_one_of_scipys(mean, u):
    # The normal quantile is tabulated, so the spread of large counts is right to a hundredth of its deviation.
    allowed = 1.0 + 0.02 * np.sqrt(mean)
    assert abs(agreed(poisson, mean, u, NORMAL) - stats.poisson.ppf(u, mean)) <= allowed


@pytest.mark.parametrize("mean", [0.3, 5.0, 59.0, 61.0, 400.0])
def test_poisson_counts_have_the_mean_and_the_spread_of_their_mean(mean):
    luck = (np.arange(20_000) + 0.5) / 20_000
    counts = np.array([poisson(mean, u, NORMAL) for u in luck])
    assert counts.mean() == pytest.approx(mean, rel=0.002, abs=0.002)
    assert counts.var() == pytest.approx(mean, rel=0.04)


@QUICK
@given(st.floats(0.0, 300.0), st.floats(0.0, 300.0), UNIFORMS)
def test_the_same_luck_gives_no_fewer_when_more_are_expected(a, b, u):
    low, high = sorted((a, b))
    assert poisson(low, u, NORMAL) <= poisson(high, u, NORMAL)


@pytest.mark.parametrize("mean", [0.0, -1.0])
def test_nobody_comes_where_nobody_is_expected(mean):
    assert agreed(poisson, mean, 0.999, NORMAL) == 0


@QUICK
@given(st.integers(0, 2**16 - 1), st.integers(0, 2**16 - 1))
def test_a_visit_number_holds_setbacks_and_tries_apart(setbacks, tries):
    visit = agreed(visit_of, record_of(PERSON, setbacks=setbacks, tries=tries))
    assert divmod(int(visit), 1 << 16) == (setbacks, tries)
