"""Beliefs: what happened to compatriots is learned slowly, and crossing responds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.beliefs import (
    MEMORY_DAYS,
    record_admission,
    record_outcome,
    record_stop,
    update_beliefs,
    update_hazards,
)
from corridor.engine.records.codes import Party
from corridor.engine.records.layout import NATION, NATIONS, OUTLOOK, RULES, TRAIT
from tests.engine.bare_records import QUICK, SHARES, agreed, record_of


def learner(failures=0.0, successes=0.0, admissions=0.0, belief=0.5, stopped=0.0):
    return record_of(
        NATION, failures=failures, successes=successes, admissions=admissions,
        belief_border=belief, belief_origin=belief, stopped=stopped,
    )  # fmt: skip


RULES_OF_LEARNING = record_of(RULES, origin_memory=30.0, border_memory=10.0)


@QUICK
@given(SHARES, st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4))
def test_beliefs_stay_chances_and_memories_fade(belief, failures, successes, admissions, stopped):
    nation = learner(failures, successes, admissions, belief, stopped)
    agreed(update_beliefs, nation, RULES_OF_LEARNING)
    assert 0.0 <= nation["belief_border"] <= 1.0
    assert 0.0 <= nation["belief_origin"] <= 1.0
    assert nation["failures"] == pytest.approx(failures * np.exp(-1 / MEMORY_DAYS))
    assert nation["stopped"] == pytest.approx(stopped * np.exp(-1 / MEMORY_DAYS))


@pytest.mark.parametrize(("failures", "successes", "way"), [(500, 0, 1), (0, 500, -1), (0, 0, 0)])
def test_beliefs_move_towards_what_was_seen_and_keep_without_news(failures, successes, way):
    nation = learner(failures, successes)
    agreed(update_beliefs, nation, RULES_OF_LEARNING)
    for name in ("belief_border", "belief_origin"):
        assert np.sign(round(float(nation[name]) - 0.5, 12)) == way


def test_people_at_the_border_learn_faster_than_those_at_home():
    nation = learner(failures=500)
    update_beliefs(nation, RULES_OF_LEARNING)
    assert nation["belief_border"] > nation["belief_origin"] > 0.5


def test_an_admission_is_a_success_for_those_at_home_only():
    with_admissions, without = learner(100, 100, 300), learner(100, 100, 0)
    update_beliefs(with_admissions, RULES_OF_LEARNING)
    update_beliefs(without, RULES_OF_LEARNING)
    assert with_admissions["belief_origin"] < without["belief_origin"]
    assert with_admissions["belief_border"] == without["belief_border"]


def test_whom_mexico_returned_is_a_failure_for_those_at_home_only():
    with_returns, without = learner(100, 100, 50, stopped=300), learner(100, 100, 50)
    as_failures = learner(400, 100, 50)
    for nation in (with_returns, without, as_failures):
        agreed(update_beliefs, nation, RULES_OF_LEARNING)
    assert with_returns["belief_origin"] == pytest.approx(as_failures["belief_origin"])
    assert with_returns["belief_origin"] > without["belief_origin"]
    assert with_returns["belief_border"] == without["belief_border"]


def test_a_steady_rate_is_remembered_as_people_a_day():
    nation = learner()
    for _ in range(200):
        record_outcome(nation, 40.0, True)
        record_outcome(nation, 10.0, False)
        record_admission(nation, 5.0)
        record_stop(nation, 20.0)
        update_beliefs(nation, RULES_OF_LEARNING)
    for name, rate in {"failures": 40.0, "successes": 10.0, "admissions": 5.0, "stopped": 20.0}.items():
        assert nation[name] == pytest.approx(rate, rel=0.05)


def weighed(belief=0.5, admit=0.0, deter=0.0, rush=1.0, evasion=0.2):
    nation = record_of(NATION, belief_border=belief, admit=admit, evasion=[evasion] * 3)
    trait = record_of(TRAIT, crossing_response=2.0, waiting_value=1.5)
    rules = record_of(
        RULES, crossing_rate=0.1, evader_response=0.1, evasion_response=1.0, family_evasion=0.3, waiting_reference=1.0,
    )  # fmt: skip
    today = record_of(OUTLOOK, rush=np.full(NATIONS, rush), deter_border=np.full(NATIONS, deter))
    agreed(update_hazards, nation, trait, rules, today, 0)
    return nation


@pytest.mark.parametrize(
    ("change", "way"),
    [
        ({"belief": 0.9}, -1),
        ({"admit": 0.1}, -1),
        ({"deter": 0.5}, -1),
        ({"rush": 2.0}, 1),
    ],
    ids=["consequence expected", "appointments to wait for", "news", "a deadline ahead"],
)
def test_the_readiness_to_cross_responds(change, way):
    before, after = weighed(), weighed(**change)
    assert np.sign(after["crossing"] - before["crossing"]) == way


def test_evaders_hardly_respond_to_consequence():
    calm, warned = weighed(belief=0.1), weighed(belief=0.9)
    assert warned["crossing_evader"] / calm["crossing_evader"] > 0.8
    assert warned["crossing"] / calm["crossing"] < 0.4


def test_an_expected_return_turns_some_to_evading_but_never_children():
    calm, warned = weighed(belief=0.0), weighed(belief=1.0)
    assert (warned["evasion"][:2] > calm["evasion"][:2]).all()
    assert calm["evasion"][Party.SINGLE] == pytest.approx(0.2)
    assert calm["evasion"][Party.FAMILY] == pytest.approx(0.06)
    assert warned["evasion"][Party.CHILD] == 0.0


@QUICK
@given(SHARES, st.floats(0, 0.5), SHARES, st.floats(0.5, 4.0), SHARES)
def test_shares_of_evaders_are_shares_and_hazards_are_not_negative(belief, admit, deter, rush, evasion):
    nation = weighed(belief, admit, deter, rush, evasion)
    assert ((nation["evasion"] >= 0) & (nation["evasion"] <= 1)).all()
    assert nation["crossing"] >= 0
    assert nation["crossing_evader"] >= 0
