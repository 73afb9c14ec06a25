"""Crossing between ports: surrender or evade."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.crossing import chance_of_apprehension, choose_crossing_exit
from corridor.engine.records.codes import Cross
from corridor.engine.records.layout import PERSON, PLACE, RULES
from tests.engine.bare_records import QUICK, UNIFORMS, agreed, record_of


def cross(luck, *, evades=1, present=0, beds=100.0, apprehension=0.6, patrol=1.0):
    person = record_of(PERSON, evades=evades, heads=1)
    custody = record_of(PLACE, present=present, beds=beds)
    rules = record_of(
        RULES,
        apprehension=apprehension,
        apprehension_exponent=2.0,
        apprehension_reference=1.0,
        patrol_exponent=0.5,
    )
    return agreed(choose_crossing_exit, person, patrol, custody, rules, luck)


@pytest.mark.parametrize("luck", [0.0, 0.5, 1.0])
def test_whoever_surrenders_is_encountered(luck):
    assert cross(luck, evades=0) == Cross.APPREHENDED


@pytest.mark.parametrize(
    ("luck", "exit"), [(0.0, Cross.APPREHENDED), (0.599, Cross.APPREHENDED), (0.601, Cross.EVADED)]
)
def test_an_evader_is_caught_with_the_chance_of_an_empty_custody(luck, exit):
    assert cross(luck) == exit


def test_full_custody_halves_the_chance_of_being_caught():
    assert cross(0.29, present=100) == Cross.APPREHENDED
    assert cross(0.31, present=100) == Cross.EVADED


def test_a_sector_without_beds_catches_nobody_who_hides():
    assert cross(0.001, present=1000, beds=0.0) == Cross.EVADED
    assert cross(0.001, present=0, beds=0.0) == Cross.EVADED
    assert cross(0.99, evades=0, present=1000, beds=0.0) == Cross.APPREHENDED


BEDS = st.just(0.0) | st.floats(1e-6, 1000.0)


@QUICK
@given(UNIFORMS, st.integers(0, 1000), BEDS, BEDS)
def test_more_beds_catch_nobody_less(luck, present, some, more):
    few, many = cross(luck, present=present, beds=some), cross(luck, present=present, beds=some + more)
    assert many == few or (few, many) == (Cross.EVADED, Cross.APPREHENDED)


@QUICK
@given(st.integers(1, 1000), st.just(0.0) | st.floats(1e-9, 1e-3))
def test_hardly_any_bed_is_like_none(present, beds):
    assert cross(1e-5, present=present, beds=beds) == Cross.EVADED


@QUICK
@given(UNIFORMS, st.integers(0, 1000), st.integers(0, 1000))
def test_a_fuller_custody_catches_nobody_more(luck, some, more):
    few, many = cross(luck, present=some), cross(luck, present=some + more)
    assert many == few or (few, many) == (Cross.APPREHENDED, Cross.EVADED)


def test_four_times_the_patrols_leave_the_square_of_those_who_got_through():
    """Of .4 who got through .16 do: the exponent of .5 doubles the hazard of being found."""
    assert cross(0.839, patrol=4.0) == Cross.APPREHENDED
    assert cross(0.841, patrol=4.0) == Cross.EVADED


def test_without_patrols_nobody_who_hides_is_found_and_whoever_surrenders_still_is():
    assert cross(0.0, patrol=0.0) == Cross.EVADED
    assert cross(0.0, patrol=0.0, evades=0) == Cross.APPREHENDED


@QUICK
@given(st.floats(0.0, 3.0), st.floats(0.0, 3.0), st.integers(0, 1000))
def test_more_patrols_find_more_and_never_everyone(one, other, present):
    custody = record_of(PLACE, present=present, beds=100.0)
    rules = record_of(
        RULES,
        apprehension=0.72,
        apprehension_exponent=1.0,
        apprehension_reference=6.0,
        patrol_exponent=0.5,
    )
    few, many = (agreed(chance_of_apprehension, each, custody, rules) for each in sorted((one, other)))
    assert 0.0 <= few <= many + 1e-12
    assert many < 1.0
