"""What a party's own history does to its choices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.deciding import chance_after, haste_home, is_harmed, settles_here, toll_of
from corridor.engine.records.codes import Harm, Party
from corridor.engine.records.layout import FAILURES, NATION, PERSON, RULES, TRAIT
from tests.engine.bare_records import QUICK, SHARES, agreed, record_of

TOLL = [[2.0**k, 3.0 * 2.0**k, 2.0**k, 9.0 * 2.0**k] for k in range(FAILURES)]


def toll(failures=0, *, party=Party.SINGLE, sponsor=0, marks=0):
    person = record_of(PERSON, party=party, sponsor=sponsor, marks=marks)
    return agreed(
        toll_of, person, record_of(TRAIT, resolve=(1.5, 0.5)), record_of(RULES, toll=TOLL), failures
    )


def test_failures_harm_children_and_debt_multiply_the_odds():
    assert toll() == 1.5
    assert toll(sponsor=1) == 0.5
    assert toll(2) == 4 * 1.5
    assert toll(2, marks=1 << Harm.KIDNAPPING) == 3 * 4 * 1.5
    assert toll(2, marks=1 << Harm.SEXUAL_VIOLENCE, party=Party.FAMILY) == 9 * 4 * 1.5
    assert toll(party=Party.CHILD) == 1.5


def test_more_failures_than_are_told_apart_count_as_the_most():
    assert toll(200) == toll(FAILURES - 1)
    assert toll(-1) == toll(0)


def test_robbery_is_no_grave_harm():
    assert agreed(is_harmed, record_of(PERSON, marks=1 << Harm.ROBBERY | 1 << Harm.EXTORTION)) == 0


@QUICK
@given(SHARES, st.floats(0.01, 100.0))
def test_a_chance_stays_a_chance_and_moves_with_its_odds(chance, factor):
    after = agreed(chance_after, chance, factor)
    assert 0.0 <= after <= 1.0 + 1e-12
    assert (after - chance) * (factor - 1.0) >= -1e-12


def test_the_example_of_the_description():
    assert chance_after(0.6, 1 / 6.7) == pytest.approx(0.18, abs=0.005)
    rules = record_of(RULES, settling=1 / 3, toll=[[1.0, 2.0137527, 1.0, 4.0552]] * FAILURES)
    nation, person = record_of(NATION), record_of(PERSON)
    assert agreed(settles_here, person, nation, rules, 0.249)
    assert not agreed(settles_here, person, nation, rules, 0.251)
    harmed = record_of(PERSON, marks=1 << Harm.KIDNAPPING)
    assert agreed(settles_here, harmed, nation, rules, 0.141)
    assert not agreed(settles_here, harmed, nation, rules, 0.143)
    assert not agreed(settles_here, person, record_of(NATION, at_home_in_mexico=1), rules, 0.0)


@pytest.mark.parametrize(("prospect", "hazard"), [(1.0, 0.01), (0.5, 0.02), (0.0, 0.03)])
def test_the_fewer_ways_are_open_the_sooner_people_leave(prospect, hazard):
    assert agreed(haste_home, prospect, record_of(RULES, give_up_rate=0.01, hopelessness=2.0)) == hazard
