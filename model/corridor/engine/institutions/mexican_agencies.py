"""Mexico's agencies: the migration institute with its month's money, and the National Guard.

Money switches consequences (returns, transfers south, and the delay and turning back that contention brings), not
detections: in December 2023 recorded detections hardly fell while returns fell by nine tenths (document items 37, 60).
"""

from __future__ import annotations

import numpy as np

from corridor.engine.institutions.briefing import Briefing
from corridor.engine.institutions.context import Context
from corridor.engine.institutions.institution import FLIGHTS_HOME, Institution, sets
from corridor.engine.records.codes import Pool
from corridor.foundations.timeline import DAYS_PER_MONTH, MONTHLY, WEEKLY
from corridor.inputs.registries.nationalities import NATIONALITIES, codes_with

COUNT = len(NATIONALITIES)
USUAL_CONTENTION = 0.46  # contention at which detection has its dated value (macro study, c0)
MOST_RETURNED = 0.95
MOST_FUNDED = 2.0  # of the need: more money finds no more staff
MOST_DETECTED = 0.9


class NationalGuard(Institution):
    """The troops on migration duty; their effect grows slowly with their number (mechanisms study, 6c)."""

    government = "mexico"
    cadence_days = MONTHLY

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        p = self.parameters
        self.share, self.usual = p["guard_share"].scalar(), p["guard_reference"].scalar()
        self.exponent = p["guard_exponent"].scalar()

    @sets("mexico.guard_deployed")
    def deploy(self, troops: np.ndarray) -> None:
        """What the troops add to the effort of the migration institute."""
        self.memory["level"] = self.share * (troops[0] / self.usual) ** self.exponent


class MigrationInstitute(Institution):
    """Instituto Nacional de Migración: detects, returns, moves south, delays, as long as the month's money lasts."""

    government = "mexico"
    heeds = (
        "mexico.enforcement_funding",
        "mexico.deportation_flights_weekly",
        *FLIGHTS_HOME,
        "us.transfer_to_mexico",
        "mexico.contention",
        "mexico.guard_deployed",
        "mexico.caravan_policy",
        "mexico.transfers_south_daily",
        "pace",
        "inm_returns",
        "inm_detections",
    )

    def __init__(self, model, context: Context, memory, guard: NationalGuard):
        super().__init__(model, context, memory)
        p = self.parameters
        legs = [
            (code, place) for code, place in context.geography.of_kind("leg") if place.traits.get("mexico")
        ]
        self.concerns = dict.fromkeys(FLIGHTS_HOME, ("mexico",)) | {"pace": tuple(leg.id for _, leg in legs)}
        self.guard = guard
        self.detected_share = p["detection_probability"].daily(context.timeline)
        self.by_nation = p["detection_nationality"].by_nationality()
        self.by_nation[codes_with("at_home_in_mexico")] = 0.0
        self.delay = p["contention_delay"].by_nationality()
        self.turned_back = p["contention_turn_back"].scalar() * (self.delay > 0)
        self.gain = p["detection_contention_gain"].scalar()
        south = p["detection_south_share"].scalar()
        shares = []
        for _, leg in legs:
            share = south if leg.traits.get("detection", "south") == "south" else 1.0 - south
            factor = p[leg.traits["detection_factor"]].scalar() if "detection_factor" in leg.traits else 1.0
            shares.append(share * factor)
        self.legs = np.array([code for code, _ in legs])
        self.shares = np.array(shares)[:, None]  # of all detections that would happen on each leg
        self.base_days = self.terms["mean_days"][self.legs, :COUNT]
        contended = self.members("mexico.contention")
        self.contended = [row for row, (_, leg) in enumerate(legs) if leg.id in contended]
        self.contention = [contended.index(legs[row][1].id) for row in self.contended]
        self.caravan = self.codes["caravan"]
        self.return_share = p["inm_return_share"].daily_by_nationality(context.timeline)
        self.capacity = p["inm_return_capacity_daily"].scalar()
        self.share_moved = p["inm_transfer_share"].scalar()
        self.station_days = p["inm_station_days"].scalar()
        self.seats = p["flight_seats"].scalar()
        self.cost = (
            p["inm_cost_detection_usd"].scalar(),
            p["inm_cost_return_usd"].scalar(),
            p["inm_cost_transfer_usd"].scalar(),
        )
        self.cities = np.array([self.codes[name] for name in self.members("mexico.transfers_south_daily")])
        self.guard_share = p["guard_share"].scalar()
        self.blocked_detection = p["caravan_block_detection"].scalar()
        self.month_of_day = context.timeline.calendar_month

    def put_in_force(self) -> None:
        self.act(self.context.briefing)

    def act(self, briefing: Briefing) -> None:
        paid = self.pay(briefing)
        extra = max(1.0, self.funding(float(self.memory["need"])))
        shock = self.context.inm_returns[self.context.today]
        own_flights = self.lever("mexico.deportation_flights_weekly").sum() * self.seats / WEEKLY
        people = (self.capacity * shock * extra + own_flights) * paid
        self.allowances["daily"][Pool.INM_RETURNS] = people / self.represents
        self.allowances["daily"][Pool.INM_TRANSFERS] = np.inf if paid > 0 else 0.0
        self.rules["transfer_share"][0] = min(1.0, self.share_moved * paid * extra)
        wanted = self.return_share[self.context.today] + self.flown_home(briefing)
        self.nations["inm_return"][:COUNT] = np.minimum(MOST_RETURNED, wanted)
        self.police(paid * extra**0.5)
        self.move_south(paid)

    def pay(self, briefing: Briefing) -> float:
        """Share of the coming week's service that this month's money still buys, in [0, 1].

        The month's money is the funding times the need, a month at full service as it looks when the month begins.
        """
        today, memory = self.context.today, self.memory
        spent, need = float(memory["spent"]), float(memory["need"])
        cost = (
            self.cost[0] * briefing.detections
            + self.cost[1] * self.capacity
            + self.cost[2] * briefing.detections * self.share_moved
        )  # USD a day at full service
        month = self.month_of_day[today]
        if memory["month"] != month:
            spent, need = 0.0, cost * DAYS_PER_MONTH
        else:
            spent += float(memory["level"] * memory["cost"] * (today - memory["since"]))
        funding = self.funding(need)
        if funding >= 1.0:
            paid = 1.0
        elif cost <= 0.0:
            paid = float(funding > 0.0)
        else:
            paid = min(max((funding * need - spent) / (cost * WEEKLY), 0.0), 1.0)
        memory["month"], memory["need"], memory["spent"] = month, need, spent
        memory["level"], memory["cost"], memory["since"] = paid, cost, today
        return paid

    def funding(self, need: float) -> float:
        """Share of the month's need (USD) that is paid, by Mexico and by US money (document items 37 and 41)."""
        own, gift = self.lever("mexico.enforcement_funding")[0], self.lever("us.transfer_to_mexico")[0]
        return min(MOST_FUNDED, float(own + (gift / need if need > 0.0 else 0.0)))

    def flown_home(self, briefing: Briefing) -> np.ndarray:
        """Share of each nationality's detected people that Mexico's own flights can take, float64[N]."""
        flights = self.lever("mexico.deportation_flights_weekly")
        if not flights.any():
            return np.zeros(COUNT)
        seats = flights * self.flights_accepted("mexico") * self.seats / WEEKLY
        processed = briefing.in_stations[:COUNT] / self.station_days
        return seats / np.maximum(processed, seats + 1.0)

    def police(self, effort: float) -> None:
        """Set detection, delay and turning back on the legs through Mexico; arrays are [legs, nationalities]."""
        today, guard = self.context.today, self.guard_share
        present = float(self.guard.memory["level"])
        asked = np.zeros((len(self.legs), 1))
        asked[self.contended, 0] = self.lever("mexico.contention")[self.contention]
        effect = np.minimum(1.0, asked * ((1.0 - guard) * effort + present))
        pace = self.context.pace[today, self.legs][:, None]
        # What patrols find depends on troops, not on INM's money.
        troops = 1.0 - guard + present
        level = self.detected_share[today] * (1.0 + self.gain * (asked * troops - USUAL_CONTENTION))
        found = level * self.shares * self.by_nation * self.context.inm_detections[today]
        self.terms["mean_days"][self.legs, :COUNT] = self.base_days * pace * (1.0 + self.delay * effect)
        self.terms["turn_back"][self.legs, :COUNT] = self.turned_back * effect
        self.terms["detect"][self.legs, :COUNT] = np.minimum(MOST_DETECTED, found)
        blocked = self.lever("mexico.caravan_policy")[0]
        if blocked:
            self.terms["detect"][self.caravan, :COUNT] = blocked * self.blocked_detection
        self.rules["contention"][0] = effect.max()

    def move_south(self, paid: float) -> None:
        """Set the hazard of being moved south from each northern city."""
        seats = self.lever("mexico.transfers_south_daily") * paid / self.represents
        waiting = np.maximum(self.places["present"][self.cities], 1.0)
        self.places["south"][self.cities] = np.minimum(0.5, seats / waiting)
