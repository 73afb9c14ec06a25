"""Every lever that costs has its price, paid by who moves it; money that is given is neither made nor lost."""

import numpy as np
import pytest

from corridor.engine.recording.outlays import PAYERS, outlays
from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.registries.levers import LEVERS
from tests.net.paired import BEGINS, HISTORY, Policy, drivers_of, move, reading
from tests.net.test_sweep import check_direction, policy_of, values_of

COSTLY = {  # who pays; for which member the sweep moves it
    "us.aid_origin": ("us", ("Guatemala",)),
    "us.worker_visas_monthly": ("us", ("Mexico",)),
    "guatemala.worker_programme": ("us", ()),
    "us.parole_monthly_cap": ("us", ("Venezuela",)),
    "us.transfer_to_mexico": ("us", ()),
    "us.custody_beds": ("us", ("el_paso_sector",)),
    "us.removal_flights_weekly": ("us", ("Colombia",)),
    "us.lateral_flights_daily": ("us", ("el_paso_sector",)),
    "us.buses_north_daily": ("us", ("texas/new_york",)),
    "mexico.guard_deployed": ("mexico", ()),
    "mexico.transfers_south_daily": ("mexico", ("ciudad_juarez",)),
    "mexico.shelter_places": ("mexico", ("tijuana",)),
    "mexico.deportation_flights_weekly": ("mexico", ("Venezuela",)),
    "mexico.stops": ("mexico", ("tapachula", "central_mexico")),
    "mexico.enforcement_funding": ("mexico", ()),
    "panama.deportation_flights_weekly": ("panama", ("Colombia",)),
    "panama.darien_gate": ("panama", ()),
    "guatemala.expulsions_share": ("guatemala", ("Venezuela",)),
}
DAYS = 183
DETERS = ("panama.darien_gate", "guatemala.expulsions_share", "panama.deportation_flights_weekly")
"""Levers that cost by the person turned back: much of them keeps people from coming, and then costs less than some."""


@pytest.mark.parametrize("lever", COSTLY)
def test_more_of_a_lever_costs_its_payer_more(lever):
    payer, members = COSTLY[lever]
    values = values_of(LEVERS[lever])
    along = [
        reading(policy_of(LEVERS[lever], value, members), "public_cost_usd", place=payer) for value in values
    ]
    if lever in DETERS:
        assert (np.array(along[1:]) > along[0]).all(), "any of it costs more than none"
    else:
        check_direction(values, np.array(along), 1)


def owed(policy):
    """USD that each payer owes for its levers from June to November."""
    drivers = drivers_of(policy)
    first = drivers.timeline.day_of(BEGINS)
    return dict(
        zip(
            PAYERS,
            outlays(drivers.levers, drivers.parameters, drivers.relief, first).sum(axis=1),
            strict=True,
        )
    )


def test_what_the_united_states_gives_mexico_gets_and_nothing_is_made_or_lost():
    before, after = owed(HISTORY), owed(Policy((move("us.transfer_to_mexico", 100_000_000),)))
    given = 100_000_000 * DAYS / DAYS_PER_MONTH
    assert after["us"] - before["us"] == pytest.approx(given)
    assert after["mexico"] - before["mexico"] == pytest.approx(-given)
    assert sum(after.values()) == pytest.approx(sum(before.values()))


def test_a_gift_costs_all_governments_together_what_it_buys():
    """More returns, and fewer people whom it stops again: priced by the person, whoever's money it was."""
    gift = Policy((move("us.transfer_to_mexico", 500_000_000),))
    paid = {policy: reading(policy, "public_cost_usd").mean() for policy in (HISTORY, gift)}
    priced = {
        policy: sum(
            price * reading(policy, indicator).mean()
            for indicator, price in (
                ("mexico_detections", cost("inm_cost_detection_usd")),
                ("mexico_returns", cost("inm_cost_return_usd")),
                ("mexico_transfers_south", cost("inm_cost_transfer_usd")),
            )
        )
        for policy in (HISTORY, gift)
    }
    bought = priced[gift] - priced[HISTORY]
    saved = reading(HISTORY, "public_cost_usd", place="us") - reading(gift, "public_cost_usd", place="us")
    given = round(500_000_000 / DAYS_PER_MONTH) * DAYS  # in whole USD a day
    assert paid[gift] - paid[HISTORY] == pytest.approx(bought - (saved.mean() + given), rel=1e-6)


def cost(name):
    return drivers_of(HISTORY).parameters[name].scalar()


@pytest.mark.parametrize(
    ("lever", "members", "price", "days"),
    [
        ("us.aid_origin", ("Guatemala",), "cost_aid_monthly_usd", DAYS_PER_MONTH),
        ("us.custody_beds", ("el_paso_sector",), "cost_bed_day_usd", 1.0),
        ("mexico.guard_deployed", (), "cost_troop_day_usd", 1.0),
        ("us.buses_north_daily", ("texas/new_york",), "cost_bus_seat_usd", 1.0),
    ],
)
def test_a_unit_that_is_kept_ready_costs_its_price_used_or_not(lever, members, price, days):
    low, high = (owed(Policy((move(lever, value, members),))) for value in (1, 3))
    each = drivers_of(HISTORY).parameters[price].by(members or ("all",))[0]
    payer = lever.split(".")[0]
    assert high[payer] - low[payer] == pytest.approx(2 * each / days * DAYS)


def test_a_flight_that_is_refused_costs_nothing_and_one_that_flies_empty_costs_its_seats():
    flights = move("mexico.deportation_flights_weekly", 7, ("Venezuela",), id="flights")
    refused = Policy((flights, move("venezuela.accepts_flights", 0, ("mexico",))))
    taken = Policy((flights, move("venezuela.accepts_flights", 1, ("mexico",))))
    seats = cost("flight_seats") * cost("cost_flight_removal_usd")
    assert owed(refused) == owed(HISTORY)
    assert owed(taken)["mexico"] - owed(HISTORY)["mexico"] == pytest.approx(DAYS * seats)
