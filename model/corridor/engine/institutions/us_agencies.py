"""US agencies at the border: Border Patrol sectors, ports of entry, removal flights."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from corridor.engine.institutions.briefing import Briefing
from corridor.engine.institutions.context import Context
from corridor.engine.institutions.institution import FLIGHTS_HOME, Institution, sets
from corridor.engine.records.codes import Custody, Pool
from corridor.foundations.timeline import MONTHLY, WEEKLY
from corridor.inputs.registries.nationalities import NATIONALITIES

CLOSURE_GAIN = 0.003  # officers freed by a closed crossing, as a share of processing (4 or 5 officers)


class BorderPatrolSector(Institution):
    """One sector's custody: how many it can process, hold, fly elsewhere, and when it releases to the street."""

    government = "us"

    def __init__(self, model, context: Context, memory, sector: str):
        super().__init__(model, context, memory)
        geography = context.geography
        self.custody = self.codes[sector.removesuffix("_sector") + "_custody"]
        self.column = self.member("us.custody_beds", sector)
        self.overflow = self.parameters["custody_overflow_ratio"].scalar()
        self.seats = self.parameters["lateral_flight_seats"].scalar()
        known = self.members("us.crossings_closed")
        crossings = tuple(
            name for name, row in geography.crossings.items() if row["sector"] == sector and name in known
        )
        self.crossings = [known.index(name) for name in crossings]
        self.concerns = dict.fromkeys(self.watches, (sector,)) | {"us.crossings_closed": crossings}
        self.all_custodies = np.array([code for code, _ in geography.of_kind("custody")])

    @sets("us.processing_daily", "us.crossings_closed")
    def process(self, people: np.ndarray, closed: np.ndarray) -> None:
        """How many people it processes a day; officers of closed crossings help."""
        helped = 1.0 + CLOSURE_GAIN * closed[self.crossings].sum()
        self.places["capacity"][self.custody] = people[self.column] * helped / self.represents

    @sets("us.custody_beds")
    def hold(self, beds: np.ndarray) -> None:
        """How many it holds, and from how many on it releases to the street."""
        self.places["beds"][self.custody] = beds[self.column] / self.represents
        self.places["street_limit"][self.custody] = self.overflow * beds[self.column] / self.represents

    @sets("us.lateral_flights_daily")
    def relieve(self, flights: np.ndarray) -> None:
        """How many it flies to other sectors."""
        offered = float(flights[self.column])
        if offered > 0:
            self.fly_out(offered, self.context.briefing)
        else:
            self.places["lateral"][self.custody] = 0.0

    def act(self, briefing: Briefing) -> None:
        self.relieve(self.lever("us.lateral_flights_daily"))

    def fly_out(self, flights: float, briefing: Briefing) -> None:
        """Point lateral flights to the sector whose custody is emptiest for its beds."""
        beds = np.maximum(self.places["beds"][self.all_custodies] * self.represents, 1.0)
        emptiest = int(self.all_custodies[int(np.argmin(briefing.held / beds))])
        self.places["exits"][self.custody, Custody.LATERAL] = emptiest
        people = 0.0 if emptiest == self.custody else flights * self.seats / self.represents
        self.places["lateral"][self.custody] = people


class RemovalFlights(Institution):
    """Flights home: seats a day to each country, as far as the country takes them (document items 33, 84)."""

    government = "us"
    cadence_days = MONTHLY
    heeds = ("us.sanctions_relief", *FLIGHTS_HOME)
    concerns: ClassVar = dict.fromkeys(FLIGHTS_HOME, ("us",))

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        self.seats = self.parameters["flight_seats"].scalar()

    @sets("us.removal_flights_weekly")
    def fly_home(self, offered: np.ndarray) -> None:
        """How many people each country takes a day."""
        flights = offered * self.flights_accepted("us")
        daily = flights * self.seats / WEEKLY / self.represents
        self.allowances["daily"][Pool.FLIGHTS : Pool.FLIGHTS + len(NATIONALITIES)] = daily

    def act(self, briefing: Briefing) -> None:
        if self.context.relief[self.context.today].any():  # it is felt little by little
            self.put_in_force()
