"""US agencies at the border: Border Patrol sectors, ports of entry, removal flights."""

from __future__ import annotations

import numpy as np

from model.engine.institutions.briefing import Briefing
from model.engine.institutions.institution import Institution
from model.engine.layout import Custody, Pool
from model.spec.geography import NATIONALITIES

CLOSURE_GAIN = 0.003  # officers freed by a closed crossing, as a share of processing (4 or 5 officers)


class BorderPatrolSector(Institution):
    """One sector's custody: how many it can process, hold, fly elsewhere, and when it releases to the street."""

    government = "us"

    def __init__(self, model, office, sector: str):
        super().__init__(model, office)
        self.sector = sector
        geography = self.drivers.geography
        self.custody = self.codes[sector.removesuffix("_sector") + "_custody"]
        self.place = self.world["places"][self.custody]
        self.member = self.drivers.levers["us.custody_beds"].members.index(sector)
        self.overflow = self.parameters["custody_overflow_ratio"].scalar()
        self.seats = self.parameters["lateral_flight_seats"].scalar()
        crossings = self.drivers.levers["us.crossings_closed"].members
        self.crossings = [crossings.index(name) for name, row in geography.crossings.items()
                          if row["sector"] == sector and name in crossings]
        self.all_custodies = np.array([code for code, _ in geography.of_kind("custody")])

    def act(self, briefing: Briefing) -> None:
        place, scale = self.place, self.represents
        closed = self.lever("us.crossings_closed")[self.crossings].sum()
        beds = self.lever("us.custody_beds")[self.member]
        place["capacity"] = self.lever("us.processing_daily")[self.member] * (1.0 + CLOSURE_GAIN * closed) / scale
        place["beds"] = beds / scale
        place["street_limit"] = self.overflow * beds / scale
        flights = self.lever("us.lateral_flights_daily")[self.member]
        place["lateral"] = 0.0
        if flights > 0:
            beds_everywhere = np.maximum(self.world["places"]["beds"][self.all_custodies] * scale, 1.0)
            emptiest = self.all_custodies[int(np.argmin(briefing.held / beds_everywhere))]
            if emptiest != self.custody:
                place["exits"][Custody.LATERAL] = emptiest
                place["lateral"] = flights * self.seats / scale


class PortsOfEntry(Institution):
    """The ports: appointments a day for those who wait in the north."""

    government = "us"

    def act(self, briefing: Briefing) -> None:
        self.world["rules"]["appointments"] = self.lever("us.cbp_one_daily")[0] / self.represents


class RemovalFlights(Institution):
    """Flights home: seats a day to each country, as far as the country takes them (document items 33, 84)."""

    government = "us"

    def __init__(self, model, office):
        super().__init__(model, office)
        self.places = self.world["allowances"]["daily"][Pool.FLIGHTS : Pool.FLIGHTS + len(NATIONALITIES)]
        self.seats = self.parameters["flight_seats"].scalar()

    def act(self, briefing: Briefing) -> None:
        flights = self.lever("us.removal_flights_weekly")
        accepted = np.array([self.model.origin_accepts(name, "us") for name in NATIONALITIES])
        self.places[:] = flights * accepted * self.seats / 7.0 / self.represents
