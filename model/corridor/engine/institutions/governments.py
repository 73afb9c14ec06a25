"""Governments: they put the policy in force. They follow the timeline; where they bargain, `engine.diplomacy` moves it.

Places that receive people are capacities a day (`engine.mechanisms.capacity`): pledge times the share that can be used.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from corridor.engine.institutions.briefing import Briefing
from corridor.engine.institutions.context import Context
from corridor.engine.institutions.institution import FLIGHTS_HOME, Institution, sets
from corridor.engine.records.codes import Party, Pool
from corridor.foundations.timeline import DAYS_PER_MONTH, MONTHLY, WEEKLY
from corridor.inputs.compiling.drivers import GOVERNMENTS
from corridor.inputs.compiling.origins import USUAL_PERMIT_DAYS
from corridor.inputs.registries.nationalities import NATIONALITIES, codes_with

COUNT = len(NATIONALITIES)
# Shares of those at home in Mexico who are sent back over the land border, by party.
LAND_RETURN = ("land_return_single", "land_return_family", "land_return_child")
# What weighs on a government, and how much of it halves its part of satisfaction (assumed): people a day who cross
# between ports, those of them who are not caught, releases to the street a day, people in custody beyond its beds over
# the beds (five sectors were over 125%), deaths a day, people whom cities house, returns a day, fentanyl as a constant.
USUAL_US = {
    "encounters": 7000.0,
    "evasions": 2000.0,
    "street": 500.0,
    "crowding": 0.25,
    "deaths": 5.0,
    "cities": 60_000.0,
    "rights": 3000.0,
    "fentanyl": 1.0,
}
# People who wait in the north without a shelter place, returns a day, crossings closed.
USUAL_MEXICO = {"waiting": 40_000.0, "returns": 3000.0, "trade": 2.0}
YEAR = 365.0  # days over which deaths are felt: there are few, and a week's count is chance


def contentment(burdens: np.ndarray, weights: np.ndarray) -> float:
    """Satisfaction in [0, 1]: 1 without burdens, falling with each burden relative to what is usual for it."""
    return float(1.0 - (weights * burdens / (1.0 + burdens)).sum() / weights.sum())


class UnitedStates(Institution):
    """Federal government: who is expelled, removed, returned to wait, or released (document items 23-31)."""

    cadence_days = MONTHLY
    government = "us"
    heeds = (
        "us.work_permit_days",
        "us.release_tracking",
        *LAND_RETURN,
        "ice_intake_daily",
    )

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        p = self.parameters
        days = context.timeline
        self.removal = np.zeros((days.days, COUNT, len(Party)))
        self.removal[:, :, Party.SINGLE] = p["title_8_removal_single"].by_nationality()
        self.removal[:, :, Party.FAMILY] = p["title_8_removal_family"].by_nationality()
        for party, name in enumerate(LAND_RETURN):
            self.removal[:, codes_with("at_home_in_mexico"), party] = p[name].daily(days)[:, None]
        self.nations["to_ice"][:COUNT, Party.SINGLE] = p["ice_share_single"].scalar()
        self.nations["to_ice"][:COUNT, Party.FAMILY] = p["ice_share_family"].scalar()
        self.intake = p["ice_intake_daily"].daily(days)
        gain = p["asylum_bar_removal_gain"].scalar()
        self.bar_gain = np.array([gain, gain * p["asylum_bar_family"].scalar(), 0.0])  # by party
        self.stay = p["city_stay_days"].scalar() / USUAL_PERMIT_DAYS
        self.tracking_relief = p["tracking_relief"].scalar()
        self.weights = np.array([p[f"satisfaction_us_{burden}"].scalar() for burden in USUAL_US])

    @sets("us.title_42", "us.title_42_share")
    def expel(self, in_force: np.ndarray, shares: np.ndarray) -> None:
        """Whom Title 42 is applied to, where someone accepts them."""
        self.nations["expel"][:COUNT] = in_force[0] * shares.reshape(COUNT, len(Party))

    @sets("us.asylum_bar")
    def remove_under_title_8(self, bar: np.ndarray) -> None:
        """Who is removed under Title 8: more of those who are removed at all, under a bar on asylum."""
        usual = self.removal[self.context.today]
        more = (usual > 0) * bar[0] * self.bar_gain * (1.0 - usual)
        self.nations["remove"][:COUNT] = usual + more

    def put_in_force(self) -> None:
        """What its levers say, and how many people ICE takes in a day."""
        super().put_in_force()
        self.allowances["daily"][Pool.ICE] = self.intake[self.context.today] / self.represents

    def act(self, briefing: Briefing) -> None:
        pressure = self.context.pressure[self.context.today, GOVERNMENTS.index("us")]
        # Cities house those who have no sponsor until they may work; tracking answers a part of the complaint.
        housed = briefing.unsponsored * self.stay * self.lever("us.work_permit_days")[0]
        housed *= 1.0 - self.tracking_relief * self.lever("us.release_tracking")[0]
        burdens = {
            # Whoever is not caught crosses all the same, so nothing is gained by catching fewer.
            "encounters": (briefing.encounters + briefing.evasions) * pressure,
            "evasions": briefing.evasions * pressure,
            "street": briefing.released_to_street * pressure,
            "crowding": briefing.overcrowding,
            "deaths": self.count_deaths(briefing.died),
            "cities": housed * pressure,
            "rights": briefing.sent_to_mexico,
            "fentanyl": 1.0,
        }
        relative = np.array([burdens[name] / usual for name, usual in USUAL_US.items()])
        self.memory["satisfaction"] = contentment(relative, self.weights)

    def count_deaths(self, died: float) -> float:
        """People who died a day, on the way and at the border, over about the last year; `died` is the count so far."""
        memory = self.memory
        lately = (died - memory["died"]) / self.cadence_days
        memory["deaths"] += (lately - memory["deaths"]) * self.cadence_days / YEAR
        memory["died"] = died
        return float(memory["deaths"])


class Mexico(Institution):
    """Federal government: whom it takes back, and how many a month (document items 10, 24-26, 55)."""

    cadence_days = MONTHLY
    government = "mexico"
    heeds = ("us.crossings_closed",)

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        p = self.parameters
        self.weights = np.array([p[f"satisfaction_mexico_{burden}"].scalar() for burden in USUAL_MEXICO])

    @sets("mexico.return_acceptance_monthly", "us.return_use_share")
    def take_back(self, places: np.ndarray, use: np.ndarray) -> None:
        """How many people of each nationality Mexico takes back a day."""
        pool = self.pool("mexico.return_acceptance_monthly")
        pledge = places / DAYS_PER_MONTH / self.represents
        # A shared pool is as usable as its members on average: each member's share weighs alike.
        usable = np.array([use[pool == member].mean() for member in pool])
        daily = np.where(usable > 0, pledge * np.maximum(usable, 1e-12), 0.0)
        self.allowances["daily"][Pool.MEXICO : Pool.MEXICO + COUNT] = daily
        self.nations["mexico_pool"][:COUNT] = pool

    def act(self, briefing: Briefing) -> None:
        closed = float(self.lever("us.crossings_closed").sum())
        pressure = self.context.pressure[self.context.today, GOVERNMENTS.index("mexico")]
        burdens = {
            "waiting": briefing.without_shelter * pressure,
            "returns": briefing.sent_to_mexico,
            "trade": closed,
        }
        relative = np.array([burdens[name] / usual for name, usual in USUAL_MEXICO.items()])
        self.memory["satisfaction"] = contentment(relative, self.weights)


class Colombia(Institution):
    """Colombia: boats from Necoclí, where people waited in 2021 (project's list of events: a queue, not a jump)."""

    government = "colombia"

    @sets("colombia.boat_places_daily")
    def let_sail(self, places: np.ndarray) -> None:
        """How many people find a place on a boat each day."""
        self.allowances["daily"][Pool.BOATS] = places[0] / self.represents


class Panama(Institution):
    """Panama: the Darién gate, days in the jungle, and flights home from there (document item 16)."""

    government = "panama"
    heeds = ("darien_days", "death_darien", "pace", *FLIGHTS_HOME)
    concerns: ClassVar = dict.fromkeys(FLIGHTS_HOME, ("panama",)) | {"pace": ("darien",)}

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        self.darien = self.codes["darien"]
        self.seats = self.parameters["flight_seats"].scalar()
        self.days_by_date = self.parameters["darien_days"].daily(context.timeline)
        self.deaths_by_date = self.parameters["death_darien"].daily(context.timeline)

    def act(self, briefing: Briefing) -> None:
        if self.lever("panama.deportation_flights_weekly").any():
            self.put_in_force()  # the share that the seats take changes with those who are there

    @sets("panama.darien_gate", "panama.deportation_flights_weekly")
    def turn_back(self, gate: np.ndarray, flights: np.ndarray) -> None:
        """How long the jungle takes, and who is turned back there: at the gate, and by flights that are accepted."""
        today = self.context.today
        days = self.days_by_date[today] * self.context.pace[today, self.darien]
        self.terms["mean_days"][self.darien] = days
        for field in ("deadly", "deadly_hidden"):
            self.places[field][self.darien] = self.deaths_by_date[today]
        flown = flights * self.flights_accepted("panama") * self.seats / WEEKLY  # people a day
        entering = self.places["by_nation"][self.darien, :COUNT] * self.represents / days
        self.terms["turn_back"][self.darien, :COUNT] = gate[0] + (1.0 - gate[0]) * flown / np.maximum(
            entering, flown + 1.0
        )


class ThirdCountries(Institution):
    """Countries that take people who are not their own: Panama and the Dominican Republic (document items 18, 32)."""

    cadence_days = MONTHLY
    takers = (
        ("panama.deportee_acceptance_monthly", Pool.PANAMA, "panama_pool"),
        ("dominican_republic.deportee_acceptance_monthly", Pool.DOMINICAN_REPUBLIC, "dominican_pool"),
    )
    heeds = tuple(name for name, _, _ in takers)

    def put_in_force(self) -> None:
        for name, first, shared in self.takers:
            daily = self.lever(name) / DAYS_PER_MONTH / self.represents
            self.allowances["daily"][first : first + COUNT] = daily
            self.nations[shared][:COUNT] = self.pool(name)


class TransitStates(Institution):
    """Costa Rica to Guatemala: buses through, how long each leg takes, and whom Guatemala expels (item 15)."""

    cadence_days = MONTHLY
    heeds = ("pace",)

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        self.legs = []
        for code, place in context.geography.of_kind("leg"):
            if place.traits.get("mexico") or place.traits.get("gate"):
                continue
            days = self.terms["mean_days"][code]
            self.legs.append((code, days, days.copy(), bool(place.traits.get("bus_corridor"))))
        self.expelled = self.terms["turn_back"][self.codes["honduras_guatemala"]][:COUNT]
        places = context.geography.places
        self.concerns = {"pace": tuple(places[code].id for code, *_ in self.legs)}

    @sets("guatemala.expulsions_share")
    def expel(self, shares: np.ndarray) -> None:
        """Whom Guatemala expels."""
        self.expelled[:] = shares

    @sets("panama.bus_corridor")
    def let_through(self, saved: np.ndarray) -> None:
        """How many days each leg takes."""
        for code, days, base, has_buses in self.legs:
            pace = self.context.pace[self.context.today, code]
            days[:] = np.maximum(1.0, base - (saved[0] if has_buses else 0.0)) * pace
