"""US agencies at the border: Border Patrol sectors, ports of entry, removal flights."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from corridor.engine.institutions.briefing import Briefing
from corridor.engine.institutions.context import Context
from corridor.engine.institutions.institution import FLIGHTS_HOME, Institution
from corridor.engine.records.codes import Custody, Pool
from corridor.foundations.timeline import MONTHLY, WEEKLY
from corridor.inputs.registries.geography import NATIONALITIES

CLOSURE_GAIN = 0.003  # officers freed by a closed crossing, as a share of processing (4 or 5 officers)


class BorderPatrolSector(Institution):
    """One sector's custody: how many it can process, hold, fly elsewhere, and when it releases to the street."""

    government = "us"
    watches = ("us.processing_daily", "us.custody_beds", "us.lateral_flights_daily", "us.crossings_closed")

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

    def put_in_force(self) -> None:
        places, here, scale = self.places, self.custody, self.represents
        closed = self.lever("us.crossings_closed")[self.crossings].sum()
        beds = self.lever("us.custody_beds")[self.column]
        places["capacity"][here] = (
            self.lever("us.processing_daily")[self.column] * (1.0 + CLOSURE_GAIN * closed) / scale
        )
        places["beds"][here] = beds / scale
        places["street_limit"][here] = self.overflow * beds / scale
        self.act(self.context.briefing)

    def act(self, briefing: Briefing) -> None:
        flights = float(self.lever("us.lateral_flights_daily")[self.column])
        if flights > 0:
            self.fly_out(flights, briefing)
        else:
            self.places["lateral"][self.custody] = 0.0

    def fly_out(self, flights: float, briefing: Briefing) -> None:
        """Point lateral flights to the sector whose custody is emptiest for its beds."""
        beds = np.maximum(self.places["beds"][self.all_custodies] * self.represents, 1.0)
        emptiest = int(self.all_custodies[int(np.argmin(briefing.held / beds))])
        self.places["exits"][self.custody, Custody.LATERAL] = emptiest
        people = 0.0 if emptiest == self.custody else flights * self.seats / self.represents
        self.places["lateral"][self.custody] = people


class PortsOfEntry(Institution):
    """The ports: appointments a day for those who wait in the north."""

    government = "us"
    cadence_days = MONTHLY
    watches = ("us.cbp_one_daily",)

    def put_in_force(self) -> None:
        self.rules["appointments"][0] = self.lever("us.cbp_one_daily")[0] / self.represents


class RemovalFlights(Institution):
    """Flights home: seats a day to each country, as far as the country takes them (document items 33, 84)."""

    government = "us"
    cadence_days = MONTHLY
    watches = ("us.removal_flights_weekly", "us.sanctions_relief", *FLIGHTS_HOME)
    concerns: ClassVar = dict.fromkeys(FLIGHTS_HOME, ("us",))

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        self.seats = self.parameters["flight_seats"].scalar()

    def put_in_force(self) -> None:
        flights = self.lever("us.removal_flights_weekly") * self.flights_accepted("us")
        daily = flights * self.seats / WEEKLY / self.represents
        self.allowances["daily"][Pool.FLIGHTS : Pool.FLIGHTS + len(NATIONALITIES)] = daily

    def act(self, briefing: Briefing) -> None:
        if self.context.relief[self.context.today].any():  # it is felt little by little
            self.put_in_force()
