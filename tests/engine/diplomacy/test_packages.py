"""Comparative statics of the bargain, each with its reason."""

from dataclasses import replace

import numpy as np
import pytest

from corridor.engine.diplomacy.bargaining import bargain
from corridor.engine.diplomacy.packages import AXES, PackageWorths, worths
from corridor.engine.diplomacy.statistics import Situation
from corridor.inputs.registries.bargain_items import ISSUES
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import drivers_of

TALKS = "diplomacy: {mode: negotiated, from: 2022-09-01}\n"
NONE = dict.fromkeys(ISSUES, 0)


def table_of(body=TALKS):
    drivers = drivers_of(body)
    table = PackageWorths(drivers, drivers.bargaining)
    return table, worths(drivers.parameters, drivers.bargaining)


def situation(**changes) -> Situation:
    """About September 2022: many Venezuelans, half of the shelters' places too few, no election near."""
    people = dict.fromkeys(NATIONALITIES, 200.0) | {"Venezuela": 1000.0, "Cuba": 900.0, "Mexico": 2000.0}
    usual = Situation(
        encounters=np.array([people[nation] for nation in NATIONALITIES]),
        crowding=2.0,
        pressure=1.0,
        lost=0.0,
        loses=2.05,
        paid=1.0,
        need=70e6,
        stops=1.0,
        thaw=0.0,
        coerced=False,
        steps=NONE,
    )
    return replace(usual, **changes)


def agreed(now, body=TALKS, *, power=0.5, consent=False, us=None, mexico=None):
    table, worth = table_of(body)
    ours, theirs = worth["us"] | (us or {}), worth["mexico"] | (mexico or {})
    offers = table.offers(now, ours, theirs, consent=consent)
    result = bargain(offers.us, offers.mexico, power)
    return offers, result


def gains_of(offers, **steps) -> tuple[float, float]:
    """What both sides gain from the package with these steps and nothing else."""
    wanted = NONE | steps
    place = [axis.index(wanted[name]) for name, axis in zip(AXES, offers.axes, strict=True)]
    flat = np.ravel_multi_index(place, [len(axis) for axis in offers.axes])
    return float(offers.us[flat]), float(offers.mexico[flat])


def test_every_combination_of_open_steps_is_a_package():
    offers, _ = agreed(situation(lost=2.05, paid=0.0, coerced=True), consent=True)
    assert len(offers.us) == np.prod([len(issue.steps) for issue in ISSUES.values()])
    assert len({tuple(offers.steps(n).values()) for n in range(0, len(offers.us), 97)}) == len(
        range(0, len(offers.us), 97)
    )


def test_returns_are_a_burden_to_mexico_and_parole_for_the_same_people_lightens_it():
    offers, _ = agreed(situation())
    alone, with_parole = gains_of(offers, returns=1), gains_of(offers, returns=1, parole=1)
    only_parole = gains_of(offers, parole=1)
    assert alone[0] > 0 > alone[1]
    assert with_parole[1] - only_parole[1] > alone[1] - gains_of(offers)[1]


def test_mexico_is_less_willing_to_take_those_whom_it_cannot_fly_on():
    """Document item 55: it would be stuck with them."""
    offers, _ = agreed(situation(), consent=True)
    stuck = gains_of(offers, returns=1)[1] - gains_of(offers)[1]
    flown = gains_of(offers, returns=1, mexico_flights=1)[1] - gains_of(offers, mexico_flights=1)[1]
    assert flown > stuck


def test_full_shelters_raise_the_price_of_returns():
    empty, full = (gains_of(agreed(situation(crowding=c))[0], returns=1)[1] for c in (0.2, 6.0))
    assert full < empty


def test_stops_that_nobody_pays_for_are_worth_less_and_paying_is_worth_more():
    funded = agreed(situation())[0]
    unfunded = agreed(situation(paid=0.0))[0]
    assert gains_of(unfunded, stops=2)[0] < gains_of(funded, stops=2)[0]
    assert gains_of(unfunded, stops=2, funding=1)[0] > gains_of(unfunded, stops=2)[0]


def test_each_step_of_stops_keeps_fewer_from_the_border_than_the_one_before():
    """Who is stopped twice reaches the border once less all the same: the chance is worth something, not the effort."""
    offers = agreed(situation())[0]
    ours, theirs = zip(*(gains_of(offers, stops=step) for step in range(3)), strict=True)
    assert ours[0] < ours[1] < ours[2]
    assert ours[2] - ours[1] < ours[1] - ours[0]
    table, _ = table_of()
    usual = table_of()[0].passes
    assert [1 - usual**times for times in (1, 1.5, 2)] == pytest.approx(
        [table._chance(t) for t in (1, 1.5, 2)]
    )
    assert theirs[2] != theirs[1] != theirs[0]


def test_more_stops_than_a_step_promises_make_that_step_worth_nothing():
    offers = agreed(situation(stops=1.7))[0]
    assert gains_of(offers, stops=1) == pytest.approx(gains_of(offers))
    assert gains_of(offers, stops=2)[0] > gains_of(offers)[0]


def test_money_beyond_the_need_changes_no_offer():
    need, twice = (agreed(situation(paid=paid))[0] for paid in (1.0, 2.0))
    assert np.array_equal(need.us, twice.us) and np.array_equal(need.mexico, twice.mexico)


def test_an_election_raises_the_price_of_mexico():
    """Document items 4 and 69: the US is out of ways; what both sign gives Mexico more, and power moves."""
    calm = situation(pressure=1.0)
    heated = situation(pressure=1.8)
    power = {1.0: 0.5, 1.8: 0.5 / (0.5 + 0.5 * 1.8)}
    before, after = (agreed(now, power=power[now.pressure])[1] for now in (calm, heated))
    assert before.agreed and after.agreed
    assert after.gains[1] > before.gains[1]


def test_closed_crossings_move_mexico_and_cost_both():
    """Document items 40 and 68. What Mexico would not sign before it signs to have its crossings open again."""
    reluctant = {"parole": 0.0, "money": 0.0, "visas": 0.0, "aid": 0.0, "sanctions": 0.0}
    _, free = agreed(situation(), mexico=reluctant)
    closed, coerced = agreed(situation(lost=2.05, coerced=True), mexico=reluctant)
    assert not free.agreed
    assert coerced.agreed
    package = closed.steps(coerced.package)
    assert package["crossings"] == 1
    assert package["returns"] + package["stops"] > 0
    worth = table_of()[1]
    assert worth["us"]["trade"] > 0 and worth["mexico"]["trade"] > worth["us"]["trade"]


def test_conceding_under_coercion_costs_sovereignty():
    free = gains_of(agreed(situation(lost=2.05))[0], returns=1)[1]
    coerced = gains_of(agreed(situation(lost=2.05, coerced=True))[0], returns=1)[1]
    assert coerced < free


def test_what_congress_must_do_is_worth_little_to_both():
    offers, _ = agreed(situation())
    nothing, visas = gains_of(offers), gains_of(offers, visas=1)
    worth = table_of()[1]
    assert 0 < visas[1] - nothing[1] < 0.5 * worth["mexico"]["visas"]
    assert 0 > visas[0] - nothing[0] > -0.5 * worth["us"]["visas"]


@pytest.mark.parametrize(
    ("limits", "name", "steps"),
    [
        ("mexico: {returns: {most: venezuela}}", "returns", [0, 1]),
        ("us: {returns: {least: four}}", "returns", [2, 3]),
        ("us: {sanctions: {most: none}}", "sanctions", [0]),
    ],
)
def test_red_lines_close_steps(limits, name, steps):
    body = f"diplomacy: {{mode: negotiated, from: 2022-09-01, red_lines: {{{limits}}}}}\n"
    offers, _ = agreed(situation(), body)
    assert offers.axes[AXES.index(name)] == steps


def test_what_is_fixed_is_not_on_the_table():
    offers, _ = agreed(
        situation(), "diplomacy: {mode: mixed, from: 2022-09-01, fixed: [mexico.return_acceptance_monthly]}\n"
    )
    assert offers.axes[AXES.index("returns")] == [0]
    assert len(offers.axes[AXES.index("parole")]) == 3


def test_what_is_promised_is_not_taken_back():
    offers, _ = agreed(situation(steps=NONE | {"returns": 2, "parole": 1}))
    assert offers.axes[AXES.index("returns")] == [2, 3]
    assert offers.axes[AXES.index("parole")] == [1, 2]


def test_weights_of_a_scenario_multiply_what_an_interest_weighs():
    body = "diplomacy: {mode: negotiated, from: 2022-09-01, weights: {mexico: {returns: 3}}}\n"
    plain, heavy = table_of()[1]["mexico"], table_of(body)[1]["mexico"]
    assert heavy["returns"] == pytest.approx(3 * plain["returns"])
    assert heavy["parole"] == plain["parole"]
