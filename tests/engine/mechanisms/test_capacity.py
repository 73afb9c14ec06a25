"""Allowances: so many people a day, with a little carried over."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.capacity import CARRIED_DAYS, LARGEST_PARTY, renew_places, take_places
from corridor.engine.records.layout import ALLOWANCE
from tests.engine.bare_records import QUICK, agreed, record_of


def used_by(daily, demand):
    """People taken, day by day, when parties of the sizes given come each day."""
    allowance = record_of(ALLOWANCE, daily=daily)
    used = []
    for parties in demand:
        renew_places(allowance)
        for heads in parties:
            take_places(allowance, heads)
        used.append(float(allowance["used"]))
    return np.array(used)


@QUICK
@given(st.floats(0.0, 100.0), st.floats(-10.0, 1000.0))
def test_what_is_carried_over_is_bounded(daily, left):
    allowance = record_of(ALLOWANCE, daily=daily, left=left)
    agreed(renew_places, allowance)
    assert allowance["left"] <= max(daily * CARRIED_DAYS, LARGEST_PARTY)


def test_an_unlimited_allowance_is_never_used_up_and_a_limit_set_later_holds():
    allowance = record_of(ALLOWANCE, daily=np.inf)
    agreed(renew_places, allowance)
    assert all(take_places(allowance, 5) for _ in range(1000))
    assert allowance["used"] == 5000
    allowance["daily"] = 2.0
    agreed(renew_places, allowance)
    assert allowance["left"] == 2.0


def test_a_closed_allowance_takes_nobody():
    assert used_by(0.0, [[1, 2, 3]] * 30)[-1] == 0


def test_a_refused_party_uses_nothing():
    allowance = record_of(ALLOWANCE, daily=0.5, left=-0.5)
    assert not agreed(take_places, allowance, 1)
    assert (allowance["left"], allowance["used"]) == (-0.5, 0.0)


def test_a_family_is_not_split_and_what_it_took_beyond_the_day_is_paid_back():
    allowance = record_of(ALLOWANCE, daily=1.0)
    agreed(renew_places, allowance)
    assert agreed(take_places, allowance, 4)
    assert allowance["left"] == -3.0
    waited = 0
    while not take_places(allowance, 1):
        renew_places(allowance)
        waited += 1
    assert waited == 4


@QUICK
@given(st.floats(3.0, 50.0), st.integers(5, 60))
def test_single_people_use_no_more_than_was_given(daily, days):
    used = used_by(daily, [[1] * 200] * days)
    assert daily * days <= used[-1] + 1e-9
    assert used[-1] <= daily * days + 1.0


@pytest.mark.parametrize("daily", [1.0, 1.6, 4.0])
def test_families_use_no_more_over_time_than_was_given(daily):
    days = 365
    used = used_by(daily, [[4, 2, 5, 3] * 5] * days)
    assert used[-1] <= daily * days + LARGEST_PARTY


@pytest.mark.parametrize("daily", [0.02, 0.1, 0.3])
def test_a_small_allowance_is_used_in_the_end(daily):
    days = 730
    used = used_by(daily, [[1, 1]] * days)
    assert used[-1] == pytest.approx(daily * days, abs=2.0)


@QUICK
@given(st.floats(0.0, 20.0), st.lists(st.lists(st.integers(1, 5), max_size=12), min_size=1, max_size=40))
def test_no_day_takes_more_than_what_was_kept_and_one_party(daily, demand):
    used = used_by(daily, demand)
    each_day = np.diff(used, prepend=0.0)
    assert each_day.max() <= max(daily * CARRIED_DAYS, LARGEST_PARTY) + LARGEST_PARTY
