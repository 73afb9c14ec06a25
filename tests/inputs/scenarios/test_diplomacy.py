"""The `diplomacy:` block: what it forgets of the timeline, and what is wrong with it, said at its place."""

import textwrap

import numpy as np
import pytest

from corridor.foundations.errors import InputError
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.bargain_items import INTERESTS, ISSUES, SIDE_DEALS, negotiable_levers
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.scenarios.scenario_files import parse_scenario
from tests.for_all import for_all

HEAD = "name: tested\nextends: history\n"


def policy_of(body):
    return resolve(parse_scenario(HEAD + textwrap.dedent(body)))


def problems_of(body):
    with pytest.raises(InputError) as refused:
        parse_scenario(HEAD + textwrap.dedent(body))
    return refused.value.problems


TALKS = "diplomacy: {mode: negotiated, from: 2022-09-01}\n"


def test_levers_on_the_table_keep_the_value_of_the_eve():
    policy, history = policy_of(TALKS), policy_of("")
    day = policy.timeline.day_of(policy.timeline.start.replace(year=2022, month=9, day=1))
    ours = policy.levers["mexico.return_acceptance_monthly"].of("Venezuela")
    theirs = history.levers["mexico.return_acceptance_monthly"].of("Venezuela")
    np.testing.assert_array_equal(ours[:day], theirs[:day])
    assert (ours[day:] == ours[day - 1]).all()
    assert (theirs[day:] != ours[day - 1]).any()


def test_members_that_no_deal_moves_follow_the_timeline():
    ours, theirs = (policy_of(body).levers["mexico.return_acceptance_monthly"] for body in (TALKS, ""))
    np.testing.assert_array_equal(ours.of("Guatemala"), theirs.of("Guatemala"))


def test_money_for_the_institute_follows_the_timeline_unless_it_is_not_given():
    ours, theirs = (policy_of(body).levers["mexico.enforcement_funding"].values for body in (TALKS, ""))
    np.testing.assert_array_equal(ours, theirs)
    forgotten = policy_of("diplomacy: {mode: negotiated, from: 2022-09-01, given: []}\n")
    assert (forgotten.levers["mexico.enforcement_funding"].values[-1] == 1).all()


def test_nobody_hears_of_what_history_decided_later():
    levers = {item.lever for item in policy_of("").news if item.announced_day > 792}
    kept = {item.lever for item in policy_of(TALKS).news if item.announced_day > 792}
    assert "mexico.return_acceptance_monthly" in levers - kept
    assert {"us.title_42", "us.asylum_bar"} <= kept


def test_a_negotiated_scenario_diverges_when_its_talks_begin():
    policy = policy_of(TALKS)
    assert policy.timeline.date_of(policy.diverges_on).isoformat() == "2022-09-01"


def test_a_child_bargains_as_its_parent_unless_it_says_otherwise(tmp_path):
    (tmp_path / "parent.yaml").write_text("name: parent\nextends: history\n" + TALKS)
    from corridor.inputs.scenarios.scenario_files import scenario_folders

    folders = [tmp_path, *scenario_folders()]
    child = parse_scenario("name: child\nextends: parent\n", folders=folders)
    fixed = parse_scenario("name: child\nextends: parent\ndiplomacy: {mode: fixed}\n", folders=folders)
    assert child.bargaining is not None and child.bargaining.from_ is not None
    assert fixed.bargaining is None
    assert resolve(fixed).diverges_on == resolve(child).bargaining.start  # type: ignore[union-attr]
    moved = "interventions: [{id: a, lever: mexico.stops, start: 2023-01-01, to: 1}]"
    wrong = f"name: child\nextends: parent\n{moved}\n"
    with pytest.raises(InputError, match="is negotiated from 2022-09-01"):
        parse_scenario(wrong, folders=folders)


ONE_PROBLEM = {
    "an unknown mode": (
        "diplomacy: {mode: «bargained, from: 2022-09-01}",
        "expected 'fixed', 'negotiated' or 'mixed'",
    ),
    "an unknown field": (
        "diplomacy: {mode: negotiated, from: 2022-09-01, «red_line: {}}",
        "unknown field 'red_line'; did you mean 'red_lines'?",
    ),
    "no first day": (
        "«diplomacy: {mode: negotiated}",
        "a negotiated scenario needs `from:`, the first day of talks",
    ),
    "talks before there are statistics": (
        "diplomacy: {mode: negotiated, from: «2021-01-15}",
        "talks begin between 2021-03-12 (statistics are out) and 2024-06-30, not on 2021-01-15",
    ),
    "mixed with nothing fixed": (
        "diplomacy: {mode: «mixed, from: 2022-09-01}",
        "mixed needs `fixed:`, the levers that are not bargained over",
    ),
    "negotiated with something fixed": (
        "diplomacy: {mode: negotiated, from: 2022-09-01, «fixed: [mexico.stops]}",
        "negotiated leaves nothing fixed; write `mode: mixed` to fix some levers",
    ),
    "a misspelt lever": (
        "diplomacy: {mode: mixed, from: 2022-09-01, fixed: [«mexico.stosp]}",
        "unknown lever 'mexico.stosp'; did you mean 'mexico.stops'?",
    ),
    "a lever that is never bargained over": (
        "diplomacy: {mode: mixed, from: 2022-09-01, fixed: [«us.title_42]}",
        "us.title_42 is never bargained over: it follows the timeline anyway",
    ),
    "a lever both fixed and given": (
        "diplomacy: {mode: mixed, from: 2022-09-01, fixed: [mexico.stops], given: [«mexico.stops]}",
        "mexico.stops is already named under `fixed`",
    ),
    "an unknown party with weights": (
        "diplomacy: {mode: negotiated, from: 2022-09-01, weights: {«mexcio: {returns: 2}}}",
        "unknown party 'mexcio'; did you mean 'mexico'?",
    ),
    "an unknown interest": (
        "diplomacy: {mode: negotiated, from: 2022-09-01, weights: {mexico: {«retruns: 2}}}",
        "mexico weighs no 'retruns'; did you mean 'returns'?",
    ),
    "a weight below nothing": (
        "diplomacy: {mode: negotiated, from: 2022-09-01, weights: {mexico: {returns: «-1}}}",
        "expected at least 0",
    ),
    "a party that does not bargain over it": (
        "diplomacy: {mode: negotiated, from: 2022-09-01, red_lines: {panama: {«returns: {most: none}}}}",
        "panama does not bargain over 'returns'",
    ),
    "an unknown step": (
        "diplomacy: {mode: negotiated, from: 2022-09-01, red_lines: {mexico: {returns: {most: «three}}}}",
        "returns has no step 'three'",
    ),
    "red lines of one party that contradict": (
        "diplomacy: {mode: negotiated, from: 2022-09-01, red_lines: {us: {returns: {least: «four, most: venezuela}}}}",
        "contradictory red lines: us wants returns at least four, and itself allows at most venezuela",
    ),
    "red lines of two parties that contradict": (
        """
        diplomacy:
          mode: negotiated
          from: 2022-09-01
          red_lines: {us: {returns: {least: «four}}, mexico: {returns: {most: venezuela}}}
        """,
        "contradictory red lines: us wants returns at least four, and mexico allows at most venezuela",
    ),
    "a lever that is fixed by an intervention and negotiated": (
        TALKS + "interventions: [{id: a, lever: «mexico.stops, start: 2023-01-01, to: 1}]",
        "mexico.stops is negotiated from 2022-09-01 on; to fix it, write `mode: mixed`",
    ),
}


@for_all("name", ONE_PROBLEM)
def test_a_problem_is_said_at_its_place(name):
    marked, message = ONE_PROBLEM[name]
    marked = HEAD + textwrap.dedent(marked)
    before = marked[: marked.index("«")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    (problem,) = problems_of(marked[len(HEAD) :].replace("«", ""))
    assert message in problem.message
    assert (problem.line, problem.column) == (line, column)


def test_all_problems_are_said_at_once():
    found = problems_of(
        """
        diplomacy:
          mode: mixed
          from: 2019-01-01
          fixed: [us.title_43]
          weights: {canada: {returns: 1}}
          red_lines: {us: {returns: {least: all}}}
        """
    )
    assert len(found) == 4


def test_interventions_before_the_talks_or_on_fixed_levers_are_fine():
    parse_scenario(HEAD + TALKS + "interventions: [{id: a, lever: mexico.stops, start: 2022-01-01, to: 1}]\n")
    mixed = "diplomacy: {mode: mixed, from: 2022-09-01, fixed: [mexico.stops]}\n"
    parse_scenario(HEAD + mixed + "interventions: [{id: a, lever: mexico.stops, start: 2023-01-01, to: 1}]\n")


def test_what_can_be_promised_is_in_the_range_of_its_lever():
    owners = [(issue.id, step.moves) for issue in ISSUES.values() for step in issue.steps]
    owners += [(deal.id, deal.moves) for deal in SIDE_DEALS.values()]
    for _, moves in owners:
        for move in moves:
            lever = LEVERS[move.lever]
            assert move.columns
            assert lever.pooled or not move.pooled
            for value in (move.to, move.after_title_42):
                assert np.isnan(value) or lever.accepts(value)


def test_every_interest_has_a_worth_with_a_status():
    parameters = load_parameters({})
    for party, interests in INTERESTS.items():
        if party in ("us", "mexico"):
            parameters[f"worth_{party}"].by(interests)
        else:
            parameters["worth_third"].by(f"{party}_{interest}" for interest in interests)


def test_every_issue_moves_something_that_the_registry_knows():
    assert set(negotiable_levers()) <= set(LEVERS)
    assert all(issue.steps[0].moves == () and issue.steps[0].id == "none" for issue in ISSUES.values())
