"""Negotiated runs: rounds, promises, breach, third parties; the same bytes again."""

import numpy as np
import pytest

from corridor.engine.diplomacy.negotiator import uniforms_of
from corridor.engine.simulation import Simulation
from corridor.foundations.draws import four_uniforms
from corridor.foundations.errors import RunError
from tests.small_runs import drivers_of, unlike, value_of

TALKS = "diplomacy: {mode: negotiated, from: 2022-09-01}\n"
#: Mexico wants nothing but parole and gives stops for it: an agreement in the first rounds.
EASY = """
diplomacy:
  mode: negotiated
  from: FROM
  weights: {mexico: {parole: 6, enforcement: 0.2, returns: 0.2}, us: {parole: 0.1}}
"""


def book_of(body, *, replicate=0, people_per_agent=1000):
    simulation = Simulation(drivers_of(body, people_per_agent), 1, replicate)
    recording = simulation.run()
    return simulation, list(recording.deals)


def dated(simulation, day):
    return simulation.drivers.timeline.date_of(day).isoformat()


def test_rounds_come_every_four_weeks_from_the_first_week_of_talks():
    simulation, book = book_of(TALKS)
    rounds = [entry.day for entry in book if entry.kind == "round"]
    assert dated(simulation, rounds[0]) >= "2022-09-01"
    assert rounds[0] - simulation.drivers.bargaining.start < 7
    assert set(np.diff(rounds)) == {28}
    assert rounds[-1] > simulation.drivers.timeline.days - 35


def test_the_same_seed_gives_the_same_book_and_another_replicate_another():
    ours, again, other = (book_of(TALKS, replicate=r)[1] for r in (0, 0, 1))
    assert repr(ours) == repr(again)
    assert repr(ours) != repr(other)


def test_a_negotiated_run_equals_its_parent_until_the_talks_begin():
    plain, negotiated = Simulation(drivers_of("", 1000)), Simulation(drivers_of(TALKS, 1000))
    start = negotiated.drivers.bargaining.start
    for simulation in (plain, negotiated):
        simulation.run_until(start)
    assert [field for field in unlike(plain, negotiated) if not field.startswith("offices")] == []
    for simulation in (plain, negotiated):
        simulation.run_until(start + 120)
    assert unlike(plain, negotiated)


def test_what_is_agreed_moves_levers_after_the_agreement_and_not_before():
    simulation, book = book_of(EASY.replace("FROM", "2022-09-01"))
    first = next(entry for entry in book if entry.outcome == "agreed" and "parole" in entry.package)
    parole = simulation.drivers.levers["us.parole_monthly_cap"].values
    assert not parole[: first.day + 1, 0].any()
    assert parole[first.day + 21, 0] > 0
    simulation.check_conservation()


def test_an_institute_that_cannot_pay_breaches():
    """The treasury stops paying in December 2023 (document items 37 and 60); stops were promised before."""
    body = EASY.replace("FROM", "2023-06-01") + "  red_lines: {mexico: {funding: {most: none}}}\n"
    simulation, book = book_of(body)
    promised = [entry for entry in book if "stops" in entry.package and entry.outcome == "agreed"]
    breaches = [entry for entry in book if entry.kind == "breach"]
    assert promised
    assert {entry.package for entry in breaches} >= {"stops"}
    assert all(dated(simulation, entry.day) >= "2023-12-01" for entry in breaches)
    paid = body + "interventions: [{id: paid, lever: mexico.enforcement_funding, start: 2023-12-01, to: 1}]\n"
    assert not [entry for entry in book_of(paid)[1] if entry.kind == "breach"]


def test_compliance_wanes_between_rounds():
    body = EASY.replace("FROM", "2023-01-02") + "overrides: {compliance_half_life: 90}\n"
    simulation, book = book_of(body)
    agreed = next(entry for entry in book if "stops" in entry.package and entry.outcome == "agreed")
    effort = simulation.drivers.levers["mexico.stops"].values[:, 0]
    soon, later = effort[agreed.day + 21], effort[agreed.day + 80]
    base = simulation.enactment.compiled.levers["mexico.stops"].values[agreed.day, 0]
    renewed = [e.day for e in book if e.day > agreed.day and "stops" in e.package and e.outcome == "agreed"]
    assert soon > base
    if not renewed or renewed[0] > agreed.day + 80:
        assert base < later < soon


def test_relief_from_sanctions_raises_what_origins_accept():
    """A thaw opens what Venezuela refused (document items 17 and 44)."""
    relief = "interventions: [{id: thaw, lever: us.sanctions_relief, start: 2022-09-01, to: 1}]\n"
    mixed = "diplomacy: {mode: mixed, from: 2022-09-01, fixed: [us.sanctions_relief]}\n"
    (_, frozen), (_, thawed) = book_of(mixed), book_of(mixed + relief)

    def flights(book):
        return [entry for entry in book if entry.package == "venezuela_flights" and entry.outcome == "agreed"]

    assert not flights(frozen)
    assert flights(thawed)


def test_what_congress_must_do_comes_late_or_never():
    for replicate in range(12):
        _, book = book_of(EASY.replace("FROM", "2022-03-15"), replicate=replicate)
        promised = {e.day: e.package for e in book if e.outcome == "agreed" and "visas" in e.package}
        answers = [e for e in book if e.kind == "congress" and e.package == "visas"]
        for answer in answers:
            assert answer.day - min(promised) >= 180
        if answers:
            return
    pytest.fail("visas were never promised")


def test_no_state_is_taken_once_governments_have_begun_to_bargain():
    simulation = Simulation(drivers_of(TALKS, 1000))
    start = simulation.drivers.bargaining.start // 7 * 7
    simulation.run_until(start)
    assert simulation.state().day == start
    simulation.run_until(start + 14)
    with pytest.raises(RunError, match="no state to branch from"):
        simulation.state()


def test_the_luck_of_parties_is_that_of_the_keyed_generator():
    luck = uniforms_of(3, 2, 10, 4)
    assert luck.shape == (4, 9, 20)
    clock = Simulation(drivers_of("", 1000), 3, 2).world["clock"]
    from corridor.foundations.draws import DIPLOMACY

    drawn = four_uniforms.py_func(clock, np.uint64(5) | (np.uint64(2) << np.uint64(32)), DIPLOMACY, 12)
    np.testing.assert_allclose(luck[2, 5, 8:12], drawn, atol=1e-12)
    assert len(np.unique(luck)) == luck.size


def test_the_us_closes_crossings_in_a_crisis_where_that_brings_an_agreement_and_both_pay_for_it():
    """Document items 40 and 68: leverage, at a cost in trade for both."""
    # A crisis is an ordinary day, Mexico wants nothing but trade, and the US hardly minds what trade it loses.
    weights = "mexico: {parole: 0, money: 0, visas: 0, aid: 0, sanctions: 0, transit: 0}, us: {trade: 0.2}"
    body = (
        f"diplomacy: {{mode: negotiated, from: 2023-03-01, weights: {{{weights}}}}}\n"
        "overrides: {crisis_encounters: 6000, talks_misjudgement: 0}\n"
    )
    simulation = Simulation(drivers_of(body, 1000))
    recording = simulation.run()
    book = list(recording.deals)
    closed = [entry.day for entry in book if entry.kind == "closure"]
    assert closed
    before = [entry for entry in book if entry.day <= closed[0] and entry.parties == "us+mexico"]
    assert not [entry for entry in before if entry.outcome == "agreed"], "it was willing without"
    agreement = next(entry for entry in book if entry.outcome == "agreed" and entry.day > closed[0])
    assert agreement.day - closed[0] <= 35
    assert "crossings=open" in agreement.package and len(agreement.package.split()) > 1
    month = dated(simulation, closed[0] + 10)[:7]
    assert value_of(recording, "trade_lost_usd", period=month) > 0
    assert value_of(recording, "trade_lost_usd", period="2023-02") == 0
    shut = simulation.drivers.levers["us.crossings_closed"].values
    assert shut[closed[0] + 7].all()
    assert not shut[agreement.day + 7].any()
