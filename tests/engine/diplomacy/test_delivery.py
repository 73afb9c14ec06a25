"""What is promised, delivered and missed, week by week: the deal book to the week."""

from types import SimpleNamespace

import pytest

from corridor.engine.recording.book import NEVER, Entry, Promise
from corridor.engine.simulation import Simulation
from corridor.inputs.registries.bargain_items import ISSUES
from tests.small_runs import drivers_of

BODY = "diplomacy: {mode: negotiated, from: 2022-09-01}\n"
WEEK = 7


def talks_at(weeks_after_the_first_round, veto=0.0):
    """Talks on the morning of a week, with nothing promised yet."""
    simulation = Simulation(drivers_of(BODY, 2000))
    talks = simulation.talks
    today = talks.first_round + WEEK * weeks_after_the_first_round
    simulation.run_until(today)
    talks.constants |= {"court_cancels": 0.0, "compliance_half_life": 90.0, "senators_veto": veto}
    talks.promises.clear()
    talks.book.clear()
    return talks, today


def promised(talks, name, today, weeks_ago, *, ends=500):
    """A promise of the first step of an issue, in force since so many weeks."""
    since = today - weeks_ago * WEEK
    entry = Entry(since, "round", "us+mexico", "agreed", name)
    talks.promises[name] = Promise(name, 1, since, today + ends, since, entry)
    return entry


def test_a_promise_that_holds_is_delivered_in_full_each_week():
    talks, today = talks_at(5)
    entry = promised(talks, "parole", today, 2)
    talks.look_after_promises(today)
    assert (entry.due, entry.delivered) == (1.0, 1.0)
    talks.look_after_promises(today)
    assert (entry.due, entry.delivered) == (2.0, 2.0)


def test_of_an_informal_promise_less_is_delivered_the_older_it_is():
    talks, today = talks_at(5)
    entry = promised(talks, "stops", today, 3)
    talks.look_after_promises(today)
    assert entry.due == 1.0
    assert entry.delivered == pytest.approx(0.5 ** (21 / 90) * talks.paid(today))


def test_a_promise_that_is_not_in_force_yet_is_due_and_not_delivered():
    talks, today = talks_at(5)
    entry = promised(talks, "parole", today, -2)
    talks.look_after_promises(today)
    assert (entry.due, entry.delivered) == (1.0, 0.0)


def test_what_senators_stop_counts_as_missed_for_its_whole_term():
    talks, today = talks_at(5, veto=1.0)
    name = next(name for name, issue in ISSUES.items() if issue.by == "senators")
    entry = Entry(today, "round", "us+mexico", "agreed", name)
    talks.promise(name, 1, "senators", entry, today)
    assert [each.outcome for each in talks.book] == ["vetoed"]
    assert entry.due == int(talks.constants["term_days"]) // WEEK
    assert entry.delivered == 0.0
    assert name not in talks.promises


def test_a_promise_that_ends_early_counts_its_other_weeks_as_missed():
    talks, today = talks_at(5)
    entry = promised(talks, "parole", today, 2, ends=70)
    talks.end(talks.promises["parole"], today, "court", "cancelled")
    assert (entry.due, entry.delivered) == (10.0, 0.0)
    assert [(each.kind, each.outcome, each.package) for each in talks.book] == [
        ("court", "cancelled", "parole")
    ]


def test_weeks_after_the_end_of_the_run_are_not_due():
    talks, today = talks_at(5)
    entry = promised(talks, "parole", today, 2, ends=100_000)
    talks.miss(entry, today, talks.promises["parole"].ends)
    assert entry.due == (talks.context.timeline.days - today) // WEEK


def test_what_congress_does_is_in_force_from_the_next_week():
    talks, today = talks_at(5)
    promised(talks, "visas", today, 0)
    talks.promises["visas"].tells_on = today
    visas = talks.enactment.drivers.levers["us.worker_visas_monthly"].values.copy()
    talks.look_after_promises(today)
    assert [(each.kind, each.outcome) for each in talks.book] == [("congress", "acted")]
    after = talks.enactment.drivers.levers["us.worker_visas_monthly"].values
    assert (after[: today + WEEK] == visas[: today + WEEK]).all()
    assert after[today + WEEK].sum() > visas[today + WEEK].sum()


def test_what_congress_does_not_do_is_missed_and_no_longer_promised():
    talks, today = talks_at(5)
    entry = promised(talks, "visas", today, 0, ends=70)
    talks.promises["visas"].tells_on, talks.promises["visas"].starts = today, NEVER
    talks.look_after_promises(today)
    assert (entry.due, entry.delivered) == (1.0 + 10.0, 0.0), "this week, and the rest of its term"
    assert [(each.kind, each.outcome) for each in talks.book] == [("congress", "did_not_act")]
    assert not talks.promises


def test_a_crisis_calls_a_summit_from_four_weeks_after_a_meeting_on():
    called = {}
    for days in (27, 28):
        talks, today = talks_at(5)
        talks.last_meeting = today - days
        talks.act(SimpleNamespace(encounters=talks.constants["crisis_encounters"] + 1.0))
        called[days] = talks.summit != NEVER
    assert called == {27: False, 28: True}


def test_crossings_close_in_a_week_and_the_summit_is_in_two():
    talks, today = talks_at(5)
    talks.close(today)
    shut = talks.enactment.drivers.levers["us.crossings_closed"].values
    assert not shut[today + WEEK - 1].all() and shut[today + WEEK].all()
    assert (talks.closed_on, talks.summit) == (today + WEEK, today + 2 * WEEK)
