"""News: what is announced moves people before its date, and fades; what is called off is forgotten quickly."""

from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings

from corridor.inputs.compiling.news import CHANCES, WHO_ANNOUNCES, compile_signals
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.scenario_files import parse_scenario
from tests.random_scenarios import scenario_bodies

PARAMETERS = load_parameters()
CODE = {name: code for code, name in enumerate(NATIONALITIES)}
PANAMA = "lever: panama.deportee_acceptance_monthly, for: [Venezuela]"
START = date(2022, 6, 1)


def signals_of(body=""):
    policy = resolve(parse_scenario(f"name: tested\nextends: history\n{body}"))
    return compile_signals(policy, PARAMETERS), policy.timeline


def added(movement):
    """What one movement adds to the signals of history, as the share of what is left of 1; and the start's day."""
    (mine, timeline), (theirs, _) = signals_of(f"interventions: [{{id: x, {movement}}}]"), signals_of()
    left = {name: (1.0 - getattr(mine, name)) / (1.0 - getattr(theirs, name)) for name in CHANCES}
    effect = {name: 1.0 - each.prod(axis=2) for name, each in left.items()}
    effect["rush"] = (mine.rush - theirs.rush).sum(axis=2)
    return effect, timeline.day_of(START)


def test_people_at_home_hear_of_a_tightening_on_its_day_and_it_fades():
    effect, day = added(f"{PANAMA}, start: {START}, to: 5000")
    told = effect["deter_origin"][:, CODE["Venezuela"]]
    assert not told[:day].any()
    rise, fade = (PARAMETERS[f"news_{name}"].scalar() for name in ("rise_days", "acceptance_days"))
    weight = PARAMETERS["news_acceptance_weight"].by_nationality()[CODE["Venezuela"]]
    assert told[day] == pytest.approx(weight / rise, rel=1e-6)
    assert told[day + 60] == pytest.approx(weight * np.exp(-60 / fade), rel=1e-6)
    assert (np.diff(told[day + int(rise) : day + 300]) < 0).all()


def test_what_is_announced_deters_from_its_announcement_at_home_and_from_its_start_at_the_border():
    effect, day = added(f"{PANAMA}, announced: 2022-05-02, start: {START}, to: 5000")
    home, border = (effect[name][:, CODE["Venezuela"]] for name in ("deter_origin", "deter_border"))
    assert home[day - 30] > 0 and not home[: day - 30].any()
    assert border[day] > 0 and not border[:day].any()


def test_a_tightening_ahead_makes_those_who_wait_hurry_for_some_weeks_only():
    effect, day = added(f"{PANAMA}, announced: 2022-03-02, start: {START}, to: 5000")
    rush, window = effect["rush"][:, CODE["Venezuela"]], int(PARAMETERS["rush_days"].scalar())
    hurried = np.flatnonzero(rush > 1e-12)
    assert (hurried.min(), hurried.max()) == (day - window, day - 1)


def test_nobody_hurries_for_what_was_not_announced():
    effect, _ = added(f"{PANAMA}, start: {START}, to: 5000")
    assert not effect["rush"].round(12).any()


def test_a_cancelled_tightening_is_forgotten_quickly_and_never_reaches_the_border():
    effect, day = added(f"{PANAMA}, announced: 2022-05-02, start: {START}, cancelled: 2022-05-20, to: 5000")
    home = effect["deter_origin"][:, CODE["Venezuela"]]
    cancelled = day - 12
    assert home[cancelled] > 0.3
    after = int(PARAMETERS["rush_after_cancel_days"].scalar())
    assert home[cancelled + 2 * after] < 0.2 * home[cancelled]
    assert not effect["deter_border"].round(12).any()
    assert not effect["rush"][cancelled:].round(12).any()


def test_an_announced_opening_attracts_until_its_date():
    effect, day = added(f"lever: us.title_42, announced: 2022-05-25, start: {START}, end: 2022-07-01, to: 0")
    attract = effect["attract"][:, CODE["Guatemala"]]
    assert not attract[: day - 7].round(12).any()
    assert attract[day - 1] > 0
    assert attract[day + 60] == pytest.approx(0.0, abs=1e-3)
    assert not effect["deter_border"][:, CODE["Guatemala"]][day - 7 : day + 20].round(12).any()


def test_an_opening_eases_from_its_date_as_its_opposite_deters():
    effect, day = added(f"lever: us.title_42, start: {START}, to: 0")
    assert not effect["attract"][: day + 60].round(12).any(), "nobody knew of it before"
    weight = PARAMETERS["news_rule_weight"].by_nationality()[CODE["Guatemala"]]
    for name in ("ease_origin", "ease_border"):
        eased = effect[name][:, CODE["Guatemala"]]
        assert not eased[:day].round(12).any()
        fade = PARAMETERS["news_rule_days"].scalar()
        assert eased[day + 20] == pytest.approx(weight * np.exp(-20 / fade), rel=1e-6)


def test_a_tightening_is_judged_when_it_has_been_in_force_and_by_those_it_names():
    effect, day = added(f"{PANAMA}, start: {START}, to: 5000")
    judged, after = effect["judged"], int(PARAMETERS["judged_after_days"].scalar())
    first = np.flatnonzero(judged[:, CODE["Venezuela"]].round(12))[0]
    assert first == day + after
    assert judged[first, CODE["Venezuela"]] == pytest.approx(effect["deter_border"][first, CODE["Venezuela"]])
    assert not np.delete(judged, CODE["Venezuela"], axis=1).round(12).any()


def judged_of(movement):
    """What a movement adds to what Venezuelans judge from its start on, float64[days]."""
    effect, day = added(f"{PANAMA}, start: {START}, {movement}, to: 5000")
    return effect["judged"][day:, CODE["Venezuela"]]


@pytest.mark.parametrize("end", ["2022-06-14", "2022-06-21", "2022-08-31"])
def test_a_tightening_that_is_taken_back_is_judged_as_if_it_had_stayed(end):
    kept, taken_back = judged_of("end: 2023-05-31"), judged_of(f"end: {end}")
    np.testing.assert_allclose(taken_back, kept, atol=1e-12)
    weight = PARAMETERS["news_acceptance_weight"].by_nationality()[CODE["Venezuela"]]
    fade = PARAMETERS["news_acceptance_days"].scalar()
    assert not taken_back[:21].round(12).any()
    assert taken_back[60] == pytest.approx(weight * np.exp(-60 / fade), rel=1e-6)


def test_a_tightening_that_is_lifted_after_many_months_has_faded_by_then():
    assert judged_of("end: 2023-05-31")[365:].max() < 0.01


def test_what_is_called_off_before_its_start_is_never_judged():
    assert not judged_of("announced: 2022-05-02, cancelled: 2022-05-20").round(12).any()


def test_where_nobody_believes_announcements_there_are_no_signals():
    signals, _ = signals_of("announcements: none")
    for field in fields(signals):
        assert not getattr(signals, field.name).any(), field.name


def test_news_about_one_nationality_spills_over_to_others_a_little():
    effect, day = added(f"{PANAMA}, start: {START}, to: 5000")
    told = effect["deter_origin"][day + 10]
    assert 0 < told[CODE["Cuba"]] < 0.5 * told[CODE["Venezuela"]]
    assert told[CODE["Mexico"]] == pytest.approx(0.0)


def test_flights_are_news_for_the_nationality_that_they_take():
    effect, day = added(f"lever: us.removal_flights_weekly, for: [Cuba], start: {START}, to: 3")
    told = effect["deter_origin"][day + 10]
    assert told[CODE["Cuba"]] > 0
    assert not np.delete(told, CODE["Cuba"]).round(12).any()


def test_news_is_that_of_the_government_whose_lever_it_is_about():
    (mine, _), (theirs, _) = (
        signals_of(f"interventions: [{{id: x, {PANAMA}, start: {START}, to: 5000}}]"),
        signals_of(),
    )
    moved = (mine.judged != theirs.judged).any(axis=(0, 1))
    assert [name for name, each in zip(WHO_ANNOUNCES, moved, strict=True) if each] == ["panama"]
    assert set(WHO_ANNOUNCES) == {"us", "mexico", "panama", "dominican_republic"}


def test_a_small_movement_is_small_news_and_a_huge_one_no_more_than_full():
    sizes = [
        added(f"{PANAMA}, start: {START}, to: {places}")[0]["deter_origin"][710, CODE["Venezuela"]]
        for places in (500, 5000, 20000)
    ]
    assert 0 < sizes[0] < 0.2 * sizes[1]
    assert sizes[2] == pytest.approx(sizes[1])


def test_a_lawful_pathway_deters_nobody():
    effect, _ = added(
        f"lever: us.cbp_one_daily, announced: 2022-05-02, start: {START}, end: 2022-09-01, to: 3000"
    )
    for name in ("deter_origin", "deter_border", "rush"):
        assert not effect[name].round(12).any(), name


def test_the_end_of_a_movement_ends_its_news():
    short, day = added(f"{PANAMA}, start: {START}, end: 2022-06-30, to: 5000")
    long, _ = added(f"{PANAMA}, start: {START}, to: 5000")
    home = [effect["deter_origin"][:, CODE["Venezuela"]] for effect in (short, long)]
    np.testing.assert_allclose(home[0][: day + 30], home[1][: day + 30])
    assert home[0][day + 60] < 0.1 * home[1][day + 60]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scenario_bodies())
def test_signals_are_chances_and_hurry_never_slows(body):
    note(body)
    signals, timeline = signals_of(body)
    for name in CHANCES:
        signal = getattr(signals, name)
        assert signal.shape == (timeline.days, len(NATIONALITIES), len(WHO_ANNOUNCES))
        assert ((signal >= 0.0) & (signal <= 1.0)).all(), name
    assert (signals.rush >= 0.0).all()
    assert np.isfinite(signals.rush).all()
