"""Beliefs: what happened to compatriots is learned slowly, and crossing responds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.beliefs import (
    MEMORY_DAYS,
    expect,
    mix_newcomers,
    record_admission,
    record_outcome,
    record_passage,
    record_setback,
    record_wait_in_vain,
    update_beliefs,
    update_hazards,
    update_trust,
    weigh_news,
)
from corridor.engine.records.codes import Party
from corridor.engine.records.layout import CIRCLE, NATION, OUTLOOK, RULES, TRAIT
from tests.engine.bare_records import QUICK, SHARES, agreed, record_of


def learner(failures=0.0, successes=0.0, admissions=0.0, belief=0.5, in_vain=0.0, **fields):
    beliefs = {"belief_border": belief, "belief_origin": belief}
    return record_of(
        NATION, failures=failures, successes=successes, admissions=admissions, in_vain=in_vain, **beliefs | fields,
    )  # fmt: skip


RULES_OF_LEARNING = record_of(
    RULES, origin_memory=30.0, border_memory=10.0, trust_spent=10.0, trust_returns=365.0
)


@QUICK
@given(SHARES, st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4))
def test_beliefs_stay_chances_and_memories_fade(belief, failures, successes, admissions, in_vain):
    nation = learner(failures, successes, admissions, belief, in_vain)
    nation["way_failed"][:], nation["way_passed"][:] = failures, successes
    agreed(update_beliefs, nation, RULES_OF_LEARNING)
    for name in ("belief_border", "belief_origin", "belief_way"):
        assert ((nation[name] >= 0.0) & (nation[name] <= 1.0)).all(), name
    for name, before in {"failures": failures, "in_vain": in_vain, "way_failed": failures}.items():
        assert nation[name] == pytest.approx(before * np.exp(-1 / MEMORY_DAYS)), name


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


def test_waiting_in_vain_is_a_failure_for_those_at_home_only():
    in_vain, without = learner(100, 100, 50, in_vain=300), learner(100, 100, 50)
    as_failures = learner(400, 100, 50)
    for nation in (in_vain, without, as_failures):
        agreed(update_beliefs, nation, RULES_OF_LEARNING)
    assert in_vain["belief_origin"] == pytest.approx(as_failures["belief_origin"])
    assert in_vain["belief_origin"] > without["belief_origin"]
    assert in_vain["belief_border"] == without["belief_border"]


def test_what_happens_on_a_route_is_learned_of_that_route():
    nation = learner()
    nation["way_failed"][1], nation["way_passed"][1], nation["way_passed"][2] = 90.0, 5.0, 95.0
    nation["belief_way"][:] = 0.2
    agreed(update_beliefs, nation, RULES_OF_LEARNING)
    # by hand: (90 + 5 * .2) / (90 + 5 + 5) = .91; a thirtieth of the way from .2 to there
    assert nation["belief_way"][1] == pytest.approx(0.2 + (0.91 - 0.2) / 30)
    assert nation["belief_way"][2] < 0.2
    assert nation["belief_way"][0] == pytest.approx(0.2), "with no news of it a belief keeps"


def test_newcomers_bring_what_is_told_at_home():
    # by hand: a quarter of those who wait are new: .9 + (.5 - .9) / 4 = .8
    nation = learner(belief_border=0.9, newcomers=250.0)
    nation["belief_origin"] = 0.5
    agreed(mix_newcomers, nation, 1000.0)
    assert nation["belief_border"] == pytest.approx(0.8)
    assert nation["newcomers"] == 0.0
    agreed(mix_newcomers, nation, 1000.0)
    assert nation["belief_border"] == pytest.approx(0.8), "only once"


def test_where_all_who_wait_are_new_they_expect_what_is_told_at_home():
    nation = learner(belief_border=0.9, newcomers=250.0)
    nation["belief_origin"] = 0.5
    agreed(mix_newcomers, nation, 0.0)  # who has just come may have gone on the same day
    assert nation["belief_border"] == pytest.approx(0.5)


def test_a_steady_rate_is_remembered_as_people_a_day():
    nation, circle = learner(), record_of(CIRCLE)
    for _ in range(200):
        record_outcome(nation, circle, 40.0, True)
        record_outcome(nation, circle, 10.0, False)
        record_admission(nation, circle, 5.0)
        record_wait_in_vain(nation, circle, 20.0)
        record_setback(nation, circle, 3, 30.0)
        record_passage(nation, circle, 3, 70.0)
        update_beliefs(nation, RULES_OF_LEARNING)
    keep = np.exp(-1 / MEMORY_DAYS)
    kept = keep / (1 - keep) / MEMORY_DAYS  # of people a day, at dusk, after the day's part is forgotten
    for name, rate in {"failures": 40.0, "successes": 10.0, "admissions": 5.0, "in_vain": 20.0}.items():
        assert nation[name] == pytest.approx(rate * kept), name
    assert nation["way_failed"][3] == pytest.approx(30.0 * kept)
    assert nation["way_passed"][3] == pytest.approx(70.0 * kept)
    assert nation["way_failed"].sum() == nation["way_failed"][3]
    # What a circle met is counted, in people, until it listens.
    assert [circle[name] for name in ("failed", "passed")] == pytest.approx([200 * 60.0, 200 * 15.0])
    assert [circle[name][3] for name in ("way_failed", "way_passed")] == pytest.approx([6000.0, 14_000.0])


def test_what_is_announced_counts_both_ways_as_far_as_it_is_trusted():
    # by hand: .4 + .6 * .5 * .8 = .64; .4 - .4 * .5 * .8 = .24
    assert agreed(expect, 0.4, 0.5 * 0.8, 0.0) == pytest.approx(0.64)
    assert agreed(expect, 0.4, 0.0, 0.5 * 0.8) == pytest.approx(0.24)
    assert agreed(expect, 0.4, 0.0, 0.0) == 0.4


def test_what_is_in_the_air_weighs_as_each_government_is_trusted():
    # by hand: 1 - (1 - .5 * .8) (1 - 1 * .5) = .7
    nation, today = record_of(NATION, trust=[0.5, 1.0, 0.0, 1.0]), record_of(OUTLOOK)
    for signal in ("deter_origin", "deter_border", "ease_origin", "ease_border", "attract", "rush"):
        today[signal][2] = [0.8, 0.5, 0.9, 0.0]
    agreed(weigh_news, nation, today, 2)
    for name in ("tighter_origin", "tighter_border", "looser_origin", "looser_border", "attracted"):
        assert nation[name] == pytest.approx(0.7), name
    assert nation["haste"] == pytest.approx(0.5 * 0.8 + 0.5)


@QUICK
@given(SHARES, SHARES, SHARES)
def test_what_is_expected_is_a_chance(belief, tightening, loosening):
    assert 0.0 <= expect(belief, tightening, loosening) <= 1.0


def judged(days, seen, *, usual=0.1, trust=1.0, announced=0.8):
    """Trust after some days in which a share of those at the border was sent back."""
    nation = learner(100 * seen, 100 * (1 - seen), usual_border=usual, trust=trust)
    today = record_of(OUTLOOK)
    today["judged"][0, 1] = announced
    for _ in range(days):
        agreed(update_trust, nation, RULES_OF_LEARNING, today, 0)
    others = np.delete(nation["trust"], 1)
    assert (others >= trust).all(), "the others said nothing"
    return float(nation["trust"][1])


def test_a_promise_that_nobody_sees_kept_uses_up_trust_in_weeks():
    assert judged(1, seen=0.1) == pytest.approx(1 - 0.8 / 10)
    assert judged(60, seen=0.1) < 0.01


def test_a_promise_that_is_kept_costs_no_trust():
    # announced: from .1 to .1 + .9 * .8 = .82
    assert judged(60, seen=0.82) == pytest.approx(1.0, abs=1e-6)
    assert judged(60, seen=0.95) == 1.0


def test_trust_falls_to_the_part_that_is_kept():
    assert judged(200, seen=0.1 + 0.5 * 0.72) == pytest.approx(0.5, abs=0.01)


def test_trust_comes_back_in_about_a_year_while_nothing_is_announced():
    assert judged(365, seen=0.1, trust=0.0, announced=0.0) == pytest.approx(1 - np.exp(-1), abs=0.01)
    assert judged(30, seen=0.1, trust=0.0) == 0.0, "and not while people still wait to see it kept"


def test_with_nobody_at_the_border_nobody_can_tell():
    nation = learner(usual_border=0.1, trust=0.7)
    today = record_of(OUTLOOK)
    today["judged"][0] = 0.8
    agreed(update_trust, nation, RULES_OF_LEARNING, today, 0)
    assert (nation["trust"] == 0.7).all()


def weighed(belief=0.5, admit=0.0, deter=0.0, ease=0.0, rush=0.0, evasion=0.2, trust=1.0):
    nation = record_of(NATION, belief_border=belief, trust=trust, admit=admit)
    trait = record_of(TRAIT, crossing_response=2.0, waiting_value=1.5, evader=evasion)
    rules = record_of(
        RULES, crossing_rate=0.1, evader_response=0.1, evasion_response=1.0, family_evasion=0.3, waiting_reference=1.0,
        give_up_rate=0.01, hopelessness=2.0,
    )  # fmt: skip
    today = record_of(OUTLOOK)
    for signal, size in {"rush": rush, "deter_border": deter, "ease_border": ease}.items():
        today[signal][0, 0] = size
    agreed(weigh_news, nation, today, 0)
    agreed(update_hazards, nation, trait, rules)
    return nation


def crossing(nation):
    """Hazard of crossing of a party without a past: of those who surrender, and of those who hide."""
    return nation["ready"] / (1.0 + nation["against"])


@pytest.mark.parametrize(
    ("change", "way"),
    [
        ({"belief": 0.9}, -1),
        ({"admit": 0.1}, -1),
        ({"deter": 0.5}, -1),
        ({"deter": 0.5, "trust": 0.0}, 0),
        ({"ease": 0.5}, 1),
        ({"rush": 0.7}, 1),
    ],
    ids=["consequence expected", "appointments", "news", "nobody's news", "a loosening", "a deadline ahead"],
)
def test_the_readiness_to_cross_responds(change, way):
    before, after = weighed(), weighed(**change)
    assert np.sign(crossing(after)[0] - crossing(before)[0]) == way


def test_evaders_hardly_respond_to_consequence():
    calm, warned = weighed(belief=0.1), weighed(belief=0.9)
    less = crossing(warned) / crossing(calm)
    assert less[1] > 0.8
    assert less[0] < 0.4


def test_who_sees_no_way_gives_up_the_wait_and_an_appointment_ahead_keeps_them():
    open_way, closed, hoping = weighed(belief=0.0), weighed(belief=1.0), weighed(belief=1.0, admit=0.5)
    assert open_way["homeward"][0] < hoping["homeward"][0] < closed["homeward"][0]
    assert closed["homeward"][1] < closed["homeward"][0]


def test_an_expected_return_turns_some_to_evading_but_never_children():
    calm, warned = weighed(belief=0.0), weighed(belief=1.0)
    assert (warned["evasion"][:2] > calm["evasion"][:2]).all()
    assert calm["evasion"][Party.SINGLE] == pytest.approx(0.2)
    assert calm["evasion"][Party.FAMILY] == pytest.approx(0.06)
    assert warned["evasion"][Party.CHILD] == 0.0


@QUICK
@given(SHARES, st.floats(0, 0.5), SHARES, st.floats(0.0, 1.5), SHARES)
def test_shares_of_evaders_are_shares_and_hazards_are_not_negative(belief, admit, deter, rush, evasion):
    nation = weighed(belief, admit, deter, rush=rush, evasion=evasion)
    assert ((nation["evasion"] >= 0) & (nation["evasion"] <= 1)).all()
    assert (crossing(nation) >= 0).all() and (nation["homeward"] >= 0).all()
