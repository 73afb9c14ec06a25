"""Mexico's agencies: the migration institute with its month's money, and the National Guard.

Money switches consequences (returns, transfers south, and the delay and turning back that contention brings), not
detections: in December 2023 recorded detections hardly fell while returns fell by nine tenths (document items 37, 60).
"""

from __future__ import annotations

import numpy as np

from model.engine.codes import Pool
from model.engine.institutions.briefing import Briefing
from model.engine.institutions.institution import MONTHLY, WEEKLY, Institution
from model.foundations.timeline import DAYS_PER_MONTH
from model.spec.geography import NATIONALITIES

COUNT = len(NATIONALITIES)
USUAL_CONTENTION = 0.46  # contention at which detection has its dated value (macro study, c0)
MOST_RETURNED = 0.95
MOST_FUNDED = 2.0  # of the need: more money finds no more staff


class NationalGuard(Institution):
    """The troops on migration duty; their effect grows slowly with their number (mechanisms study, 6c)."""

    government = "mexico"
    cadence_days = MONTHLY

    def __init__(self, model, office):
        super().__init__(model, office)
        p = self.parameters
        self.share, self.usual = p["guard_share"].scalar(), p["guard_reference"].scalar()
        self.exponent = p["guard_exponent"].scalar()

    def put_in_force(self) -> None:
        self.memory["level"] = (
            self.share * (self.lever("mexico.guard_deployed")[0] / self.usual) ** self.exponent
        )


class MigrationInstitute(Institution):
    """Instituto Nacional de Migración: detects, returns, moves south, delays, as long as the month's money lasts."""

    government = "mexico"

    def __init__(self, model, office, guard: NationalGuard):
        super().__init__(model, office)
        p, drivers = self.parameters, self.drivers
        terms = self.world["terms"]
        self.guard = guard
        self.detected_share = p["detection_probability"].daily(self.drivers.timeline)
        self.by_nation = p["detection_nationality"].by_nationality() * [
            nation != "Mexico" for nation in NATIONALITIES
        ]
        self.delay = p["contention_delay"].by_nationality()
        self.turned_back = p["contention_turn_back"].scalar() * (self.delay > 0)
        self.gain = p["detection_contention_gain"].scalar()
        south = p["detection_south_share"].scalar()
        self.legs = []
        for code, place in self.drivers.geography.of_kind("leg"):
            if not place.traits.get("mexico"):
                continue
            share = south if place.traits.get("detection", "south") == "south" else 1.0 - south
            factor = (
                p[place.traits["detection_factor"]].scalar() if "detection_factor" in place.traits else 1.0
            )
            days = terms["mean_days"][code][:COUNT]
            self.legs.append(
                (
                    code,
                    place,
                    share * factor,
                    days,
                    days.copy(),
                    terms["detect"][code][:COUNT],
                    terms["turn_back"][code][:COUNT],
                )
            )
        self.return_share = p["inm_return_share"].daily_by_nationality(self.drivers.timeline)
        self.wanted = self.world["nations"]["inm_return"][:COUNT]
        self.allowances = self.world["allowances"]["daily"]
        self.rules = model.rules
        self.capacity = p["inm_return_capacity_daily"].scalar()
        self.share_moved = p["inm_transfer_share"].scalar()
        self.station_days = p["inm_station_days"].scalar()
        self.seats = p["flight_seats"].scalar()
        self.cost = (
            p["inm_cost_detection_usd"].scalar(),
            p["inm_cost_return_usd"].scalar(),
            p["inm_cost_transfer_usd"].scalar(),
        )
        self.cities = np.array(
            [self.codes[name] for name in drivers.levers["mexico.transfers_south_daily"].members]
        )
        self.guard_share = p["guard_share"].scalar()
        self.blocked_detection = p["caravan_block_detection"].scalar()
        self.month_of_day = drivers.timeline.calendar_month
        self.contention = drivers.levers["mexico.contention"]

    def put_in_force(self) -> None:
        self.act(self.model.briefing)

    def act(self, briefing: Briefing) -> None:
        paid = self.pay(briefing)
        extra = max(1.0, self.funding())
        shock = self.drivers.inm_returns[self.model.today]
        own_flights = self.lever("mexico.deportation_flights_weekly").sum() * self.seats / WEEKLY
        people = (self.capacity * shock * extra + own_flights) * paid
        self.allowances[Pool.INM_RETURNS] = people / self.represents
        self.allowances[Pool.INM_TRANSFERS] = np.inf if paid > 0 else 0.0
        self.rules["transfer_share"][0] = min(1.0, self.share_moved * paid * extra)
        self.wanted[:] = np.minimum(
            MOST_RETURNED, self.return_share[self.model.today] + self.flown_home(briefing)
        )
        self.police(paid * extra**0.5)
        self.move_south(paid)

    def pay(self, briefing: Briefing) -> float:
        """Share of the coming week's service that this month's money still buys, in [0, 1].

        The month's money is the funding times the need, a month at full service as it looks when the month begins.
        """
        today, memory = self.model.today, self.memory
        cost = (
            self.cost[0] * briefing.detections
            + self.cost[1] * self.capacity
            + self.cost[2] * briefing.detections * self.share_moved
        )  # USD a day at full service
        month = float(self.month_of_day[today])
        if memory["month"] != month:
            memory["month"], memory["spent"], memory["need"] = month, 0.0, cost * DAYS_PER_MONTH
        else:
            memory["spent"] += memory["level"] * memory["cost"] * (today - memory["since"])
        funding = self.funding()
        if funding >= 1.0:
            paid = 1.0
        elif cost <= 0.0:
            paid = float(funding > 0.0)
        else:
            paid = float(np.clip((funding * memory["need"] - memory["spent"]) / (cost * WEEKLY), 0.0, 1.0))
        memory["level"], memory["cost"], memory["since"] = paid, cost, today
        return paid

    def funding(self) -> float:
        """Share of the month's need that is paid, by Mexico and by US money (document items 37 and 41)."""
        own, gift = self.lever("mexico.enforcement_funding")[0], self.lever("us.transfer_to_mexico")[0]
        need = float(self.memory["need"])
        return min(MOST_FUNDED, float(own + (gift / need if need > 0.0 else 0.0)))

    def flown_home(self, briefing: Briefing) -> np.ndarray:
        """Share of each nationality's detected people that Mexico's own flights can take, float64[N]."""
        flights = self.lever("mexico.deportation_flights_weekly")
        if not flights.any():
            return np.zeros(COUNT)
        seats = np.array(
            [
                flights[code] * self.model.origin_accepts(name, "mexico") * self.seats / 7.0
                for code, name in enumerate(NATIONALITIES)
            ]
        )
        processed = briefing.in_stations[:COUNT] / self.station_days
        return seats / np.maximum(processed, seats + 1.0)

    def police(self, effort: float) -> None:
        """Set detection, delay and turning back on the legs through Mexico."""
        today = self.model.today
        guard, path = self.guard_share, self.contention
        troops = (
            1.0 - guard + self.guard.memory["level"]
        )  # what patrols find depends on troops, not on INM's money
        blocked = self.lever("mexico.caravan_policy")[0]
        strongest = 0.0
        for code, place, share, days, base, detect, turn_back in self.legs:
            asked = path.values[today, path.members.index(place.id)] if place.id in path.members else 0.0
            effect = min(1.0, asked * ((1.0 - guard) * effort + self.guard.memory["level"]))
            strongest = max(strongest, effect)
            days[:] = base * self.drivers.pace[today, code] * (1.0 + self.delay * effect)
            turn_back[:] = self.turned_back * effect
            level = self.detected_share[today] * (1.0 + self.gain * (asked * troops - USUAL_CONTENTION))
            detect[:] = np.minimum(0.9, level * share * self.by_nation * self.drivers.inm_detections[today])
            if place.id == "caravan" and blocked:
                detect[:] = blocked * self.blocked_detection
        self.rules["contention"][0] = strongest

    def move_south(self, paid: float) -> None:
        """Set the hazard of being moved south from each northern city."""
        seats = self.lever("mexico.transfers_south_daily") * paid / self.represents
        waiting = np.maximum(self.places["present"][self.cities], 1.0)
        self.places["south"][self.cities] = np.minimum(0.5, seats / waiting)
