"""What levers cost by being where they are: USD a day by payer, whoever comes.

What is done to people costs by the person (`definitions.Definitions.public_cost`); what is kept ready, given away or
flown costs by the lever. Money that one government gives another is a cost of the giver and relieves the receiver, so
the sum over payers is what is spent on something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from corridor.foundations.timeline import DAYS_PER_MONTH, WEEKLY
from corridor.inputs.parameters.parameter_set import ParameterSet
from corridor.inputs.registries.nationalities import NATIONALITIES, load_nationalities, worker_programmes
from corridor.inputs.scenarios.lever_path import LeverPath

Levers = Mapping[str, LeverPath]
DAILY = 1.0
PAYERS = ("us", "mexico", "panama", "guatemala")
"""Governments whose public cost is reported."""


@dataclass(frozen=True)
class Price:
    """A lever that costs: who pays, the parameter that holds the USD a unit, and the days that the unit is for."""

    payer: str
    parameter: str
    days: float


PRICES_OF_LEVERS = {
    "us.custody_beds": Price("us", "cost_bed_day_usd", DAILY),
    "us.lateral_flights_daily": Price("us", "cost_lateral_flight_usd", DAILY),
    "us.buses_north_daily": Price("us", "cost_bus_seat_usd", DAILY),
    "us.worker_visas_monthly": Price("us", "cost_visa_usd", DAYS_PER_MONTH),
    "us.aid_origin": Price("us", "cost_aid_monthly_usd", DAYS_PER_MONTH),
    "mexico.guard_deployed": Price("mexico", "cost_troop_day_usd", DAILY),
    "mexico.shelter_places": Price("mexico", "cost_shelter_place_day_usd", DAILY),
}
FLIGHTS = (
    "us.removal_flights_weekly",
    "mexico.deportation_flights_weekly",
    "panama.deportation_flights_weekly",
)
"""Flights home: a seat on a flight that is taken costs, whether somebody sits on it or not."""
GIFT = "us.transfer_to_mexico"


def bear_on_outlays(lever: str) -> bool:
    """Whether a movement of the lever changes what is paid."""
    return (
        lever in PRICES_OF_LEVERS
        or lever in FLIGHTS
        or lever in (GIFT, "us.sanctions_relief", "mexico.enforcement_funding", *worker_programmes())
        or lever.endswith(".accepts_flights")
    )


def outlays(levers: Levers, parameters: ParameterSet, relief: np.ndarray, first: int = 0) -> np.ndarray:
    """Whole USD a day that each payer owes for its levers from a day on, float64[payers, days ahead].

    Whole, because whole numbers add up to the same sum wherever a run is parted.

    Parameters
    ----------
    relief : float64[days, N]
        Relief from sanctions as it is felt: it opens a part of what a country refuses the United States.
    """
    owed: dict[str, np.ndarray] = dict.fromkeys(PAYERS, np.zeros(1))
    prices = PRICES_OF_LEVERS | dict.fromkeys(
        worker_programmes(), PRICES_OF_LEVERS["us.worker_visas_monthly"]
    )
    for name, price in prices.items():
        path = levers[name]
        each = parameters[price.parameter].by(path.members)
        # Row by row: a product of matrices rounds otherwise where there are more days.
        owed[price.payer] = owed[price.payer] + (path.values[first:] * each).sum(axis=1) / price.days
    seat = parameters["cost_flight_removal_usd"].scalar() * parameters["flight_seats"].scalar()
    for name in FLIGHTS:
        payer = name.split(".")[0]
        flown = levers[name].values[first:] * flights_taken(levers, parameters, relief, payer, first)
        if payer == "mexico":  # its institute flies as far as it is paid
            flown = flown * np.minimum(levers["mexico.enforcement_funding"].values[first:], 1.0)
        owed[payer] = owed[payer] + flown.sum(axis=1) * seat / WEEKLY
    daily = np.rint(np.broadcast_arrays(*(owed[payer] for payer in PAYERS)))
    given = np.rint(levers[GIFT].values[first:, 0] / DAYS_PER_MONTH)
    daily[PAYERS.index("us")] += given
    daily[PAYERS.index("mexico")] -= given
    return daily


def flights_taken(
    levers: Levers, parameters: ParameterSet, relief: np.ndarray, sender: str, first: int
) -> np.ndarray:
    """Share of a sender's flights that each country takes, float64[days ahead, N]."""
    taken = np.ones((len(relief) - first, len(NATIONALITIES)))
    for code, nation in enumerate(load_nationalities().values()):
        if nation.accepts_flights.lever:
            path = levers[f"{nation.id}.accepts_flights"]
            taken[:, code] = path.values[first:, path.members.index(sender)]
        else:
            taken[:, code] = getattr(nation.accepts_flights, sender)
    if sender == "us":
        taken += (1.0 - taken) * parameters["sanctions_relief_acceptance"].scalar() * relief[first:]
    return taken
