"""Mexico's agencies: the migration institute with its month's money, and the National Guard.

What holds people is that a stop costs the way already made: they are sent back to the south and begin again, or give up
(containment study). Money buys consequences - returns, transport to the south, slower trains - not stops: in December
2023 recorded stops hardly fell while returns fell by nine tenths (document items 37, 60).
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
MOST_FUNDED = 2.0  # of the need: more money finds no more staff
MOST_STOPPED = 0.95  # on one leg


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


class RefugeeCommission(Institution):
    """Comisión Mexicana de Ayuda a Refugiados: some who pass southern Mexico ask it for asylum, and stay."""

    government = "mexico"
    cadence_days = MONTHLY
    heeds = ("settles_in_mexico",)

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        self.legs = [code for code, leg in context.geography.of_kind("leg") if leg.traits.get("asylum")]
        self.shares = self.parameters["settles_in_mexico"].daily_by_nationality(context.timeline)

    def put_in_force(self) -> None:
        self.terms["quit"][self.legs, :COUNT] = self.shares[self.context.today]


class MigrationInstitute(Institution):
    """Instituto Nacional de Migración: stops, returns, sends back, slows down, as long as the month's money lasts."""

    government = "mexico"
    heeds = (
        "mexico.enforcement_funding",
        "mexico.deportation_flights_weekly",
        *FLIGHTS_HOME,
        "us.transfer_to_mexico",
        "mexico.stops",
        "mexico.sent_back_share",
        "mexico.slowdown",
        "mexico.guard_deployed",
        "mexico.caravan_policy",
        "mexico.transfers_south_daily",
        "inm_returns_monthly",
        "pace",
        "inm_service",
        "inm_stops",
    )

    def __init__(self, model, context: Context, memory, guard: NationalGuard):
        super().__init__(model, context, memory)
        p = self.parameters
        legs = [
            (code, place) for code, place in context.geography.of_kind("leg") if place.traits.get("mexico")
        ]
        self.concerns = dict.fromkeys(FLIGHTS_HOME, ("mexico",)) | {"pace": tuple(leg.id for _, leg in legs)}
        self.guard = guard
        self.stopped = ~np.isin(np.arange(COUNT), codes_with("at_home_in_mexico"))
        chance = p["stop_chance"].daily_by_nationality(context.timeline) * self.stopped
        self.hazard = -np.log1p(-chance)  # of the whole way through Mexico, [days, nationalities]
        south = p["stop_south_share"].scalar()
        shares = []
        for _, leg in legs:
            share = south if leg.traits.get("detection", "south") == "south" else 1.0 - south
            factor = p[leg.traits["detection_factor"]].scalar() if "detection_factor" in leg.traits else 1.0
            shares.append(share * factor)
        self.legs = np.array([code for code, _ in legs])
        self.shares = np.array(shares)[:, None]  # of the hazard of the whole way that lies on each leg
        self.base_days = self.terms["mean_days"][self.legs, :COUNT]
        watched = self.members("mexico.stops")
        self.checked = [row for row, (_, leg) in enumerate(legs) if leg.id in watched]
        self.member_of = [watched.index(legs[row][1].id) for row in self.checked]
        self.caravan = self.codes["caravan"]
        self.returns = p["inm_returns_monthly"].daily_by_nationality(context.timeline) / DAYS_PER_MONTH
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
        served = paid * self.context.inm_service[self.context.today]
        self.give_back(served, extra)
        self.patrol(paid)
        self.move_south(served)

    def pay(self, briefing: Briefing) -> float:
        """Share of the coming week's service that this month's money still buys, in [0, 1].

        The month's money is the funding times the need, a month at full service as it looks when the month begins.
        """
        today, memory = self.context.today, self.memory
        spent, need = float(memory["spent"]), float(memory["need"])
        stops = briefing.detections
        cost = (
            self.cost[0] * stops
            + self.cost[1] * float(self.returns[today].sum())
            + self.cost[2] * stops * float(self.lever("mexico.sent_back_share")[0])
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

    def give_back(self, served: float, extra: float) -> None:
        """Set the consequence of a stop: places for returns home by nationality, and the share sent back.

        `served` is the share of the service that money buys and shocks leave. Own flights add seats. More money than
        the need (`extra`) buys more returns.
        """
        today = self.context.today
        own = self.lever("mexico.deportation_flights_weekly") * self.flights_accepted("mexico")
        people = self.returns[today] * extra + own * self.seats / WEEKLY
        places = people * served / self.represents
        self.allowances["daily"][Pool.INM_RETURNS : Pool.INM_RETURNS + COUNT] = places
        self.rules["sent_back"][0] = self.lever("mexico.sent_back_share")[0] * served

    def patrol(self, paid: float) -> None:
        """Set the chance of a stop and the days on the legs through Mexico; arrays are [legs, nationalities]."""
        today = self.context.today
        # Patrols depend on troops, not on the institute's money.
        troops = 1.0 - self.guard_share + float(self.guard.memory["level"])
        effort = np.ones((len(self.legs), 1))
        slower = np.ones((len(self.legs), 1))
        effort[self.checked, 0] = self.lever("mexico.stops")[self.member_of]
        slower[self.checked, 0] = 1.0 + paid * (self.lever("mexico.slowdown")[self.member_of] - 1.0)
        hazard = self.hazard[today] * self.shares * effort * troops
        found = -np.expm1(-hazard) * self.context.inm_stops[today]
        self.terms["detect"][self.legs, :COUNT] = np.minimum(MOST_STOPPED, found)
        pace = self.context.pace[today, self.legs][:, None]
        self.terms["mean_days"][self.legs, :COUNT] = (
            self.base_days * pace * np.where(self.stopped, slower, 1.0)
        )
        through = -np.expm1(-hazard[self.checked].sum(axis=0))
        self.rules["stop_chance"][0] = through[self.stopped].mean()
        blocked = self.lever("mexico.caravan_policy")[0]
        if blocked:
            self.terms["detect"][self.caravan, :COUNT] = blocked * self.blocked_detection

    def move_south(self, served: float) -> None:
        """Set the hazard of being moved south from each northern city."""
        seats = self.lever("mexico.transfers_south_daily") * served / self.represents
        waiting = np.maximum(self.places["present"][self.cities], 1.0)
        self.places["south"][self.cities] = np.minimum(0.5, seats / waiting)
