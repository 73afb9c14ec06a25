"""Cities: shelters in northern Mexico, and the buses that take released people on."""

from __future__ import annotations

import numpy as np

from corridor.engine.institutions.briefing import Briefing
from corridor.engine.institutions.context import Context
from corridor.engine.institutions.institution import Institution

MOST_CROWDED = 4.0


class ShelterNetwork(Institution):
    """The shelters of one northern city; beyond their places people sleep outside and come to more harm (item 13)."""

    government = "mexico"
    heeds = ("mexico.shelter_places",)

    def __init__(self, model, context: Context, memory, city: str):
        super().__init__(model, context, memory)
        self.concerns = {"mexico.shelter_places": (city,)}
        self.code = self.codes[city]
        self.column = self.member("mexico.shelter_places", city)
        self.gain = self.parameters["harm_overflow_gain"].scalar()

    def act(self, briefing: Briefing) -> None:
        places = max(1.0, float(self.lever("mexico.shelter_places")[self.column]))
        waiting = int(self.places["present"][self.code]) * self.represents
        self.places["crowding"][self.code] = min(
            MOST_CROWDED, 1.0 + self.gain * max(0.0, waiting / places - 1.0)
        )


class BusLines(Institution):
    """Buses from Texas, Arizona and El Paso: who goes on to which city (document items 8, 48, 108)."""

    government = "us"
    heeds = ("us.buses_north_daily",)

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        share = self.parameters["release_city_share"]
        self.cities = [name.split("/")[1] for name in self.members("us.buses_north_daily")]
        self.names = sorted(set(self.cities))
        self.own_way = np.asarray(share.by(self.names), dtype=float)
        self.lines = np.array([self.names.index(city) for city in self.cities])
        self.at = np.array([self.codes[name] for name in self.names])
        self.own_way = self.own_way / self.own_way.sum()

    def put_in_force(self) -> None:
        self.act(self.context.briefing)

    def act(self, briefing: Briefing) -> None:
        bused = np.bincount(self.lines, self.lever("us.buses_north_daily"), minlength=len(self.names))
        seats = float(bused.sum())
        released = max(briefing.releases, seats, 1.0)
        self.places["weight"][self.at] = bused / released + self.own_way * (1.0 - seats / released)
