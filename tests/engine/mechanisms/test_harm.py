"""Harm: at most one kind a visit, more with days and with crowding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.harm import sample_harm
from corridor.engine.records.codes import Harm
from corridor.engine.records.layout import PLACE
from tests.engine.bare_records import QUICK, UNIFORMS, agreed, record_of

RATES = {"kidnapping": 0.003, "sexual_violence": 0.001, "extortion": 0.007, "robbery": 0.011}


def place_of(crowding=1.0, deadly=0.0005, **rates):
    rates = rates or RATES
    return record_of(PLACE, crowding=crowding, deadly=deadly, daily_harm=sum(rates.values()), **rates)


def test_where_nothing_happens_nothing_happens():
    assert sample_harm(record_of(PLACE, crowding=1.0), 0, 100.0, 1, 0.0) == Harm.NONE


@pytest.mark.parametrize(("u", "kind"), [(0.0, Harm.DEATH), (0.0004, Harm.DEATH), (1.0, Harm.NONE)])
def test_the_worst_luck_is_death_and_the_best_is_no_harm(u, kind):
    assert agreed(sample_harm, place_of(), 0, 10.0, 1, u) == kind


@QUICK
@given(UNIFORMS, st.floats(0.0, 200.0), st.floats(1.0, 4.0))
def test_compiled_and_plain_agree_on_every_kind(u, days, crowding):
    assert agreed(sample_harm, place_of(crowding), 0, days, 1, u) in Harm


def test_each_kind_comes_with_its_rate():
    place, days = place_of(), 8.0
    luck = (np.arange(100_000) + 0.5) / 100_000
    kinds = np.bincount([sample_harm(place, 0, days, 1, u) for u in luck], minlength=len(Harm)) / len(luck)
    for name, rate in RATES.items():
        code = getattr(Harm, name.upper())
        assert kinds[code] == pytest.approx(1.0 - np.exp(-rate * days), abs=2e-5), name
    assert kinds[Harm.DEATH] == pytest.approx(0.0005, abs=2e-5)


def test_deaths_come_by_visit_and_not_by_day():
    assert {sample_harm(place_of(robbery=0.0), 0, days, 1, 0.0004) for days in (0.0, 1.0, 100.0)} == {
        Harm.DEATH
    }
    assert {sample_harm(place_of(robbery=0.0), 0, days, 1, 0.0006) for days in (0.0, 1.0, 100.0)} == {
        Harm.NONE
    }


@QUICK
@given(UNIFORMS, st.floats(0.0, 100.0), st.floats(1.0, 3.0))
def test_crowding_never_makes_a_visit_harmless(u, days, more):
    calm, crowded = sample_harm(place_of(), 0, days, 1, u), sample_harm(place_of(more), 0, days, 1, u)
    assert crowded != Harm.NONE or calm == Harm.NONE


def test_a_family_of_four_risks_four_lives():
    assert sample_harm(place_of(robbery=0.0), 0, 1.0, 4, 0.0019) == Harm.DEATH
    assert sample_harm(place_of(robbery=0.0), 0, 1.0, 1, 0.0019) == Harm.NONE


def test_kidnapping_on_the_way_is_by_transit_and_not_by_day():
    place = record_of(PLACE, crowding=4.0, kidnapped=0.05)
    for days in (0.0, 3.0, 100.0):
        assert agreed(sample_harm, place, 0, days, 1, 0.049) == Harm.KIDNAPPING
        assert agreed(sample_harm, place, 0, days, 1, 0.051) == Harm.NONE


def test_whoever_hides_crosses_where_more_people_die():
    place = record_of(PLACE, crowding=1.0, deadly=0.0001, deadly_hidden=0.0004)
    assert agreed(sample_harm, place, 1, 1.0, 1, 0.0003) == Harm.DEATH
    assert agreed(sample_harm, place, 0, 1.0, 1, 0.0003) == Harm.NONE
