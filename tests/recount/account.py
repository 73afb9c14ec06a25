"""Every indicator counted a second time, from a diary: dictionaries and loops, person by person.

Written from the registry of indicators and the contract, not from the engine: nothing here knows of tallies, exits by
number, or matrices. A number is a sum over events of the people in them, times the people for whom one simulated
person stands.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.recount.diary import Departed, Diary, Harmed, Moved

Cell = tuple[str, str, str, str]  # indicator, place, nationality, party

KEPT_READY = (  # who pays for a lever, what a unit costs, and for how many days
    ("us", "us.custody_beds", "cost_bed_day_usd", 1.0),
    ("us", "us.lateral_flights_daily", "cost_lateral_flight_usd", 1.0),
    ("us", "us.buses_north_daily", "cost_bus_seat_usd", 1.0),
    ("us", "us.worker_visas_monthly", "cost_visa_usd", DAYS_PER_MONTH),
    ("us", "guatemala.worker_programme", "cost_visa_usd", DAYS_PER_MONTH),
    ("us", "us.aid_origin", "cost_aid_monthly_usd", DAYS_PER_MONTH),
    ("mexico", "mexico.guard_deployed", "cost_troop_day_usd", 1.0),
    ("mexico", "mexico.shelter_places", "cost_shelter_place_day_usd", 1.0),
)
FLYING = {
    "us": "us.removal_flights_weekly",
    "mexico": "mexico.deportation_flights_weekly",
    "panama": "panama.deportation_flights_weekly",
}

TO_MEXICO = ("expelled_to_mexico", "returned_to_mexico", "remain_in_mexico")
FREED = ("released", "street_release")
TURNED_BACK_BY = {"darien": "panama", "honduras_guatemala": "guatemala"}
SOUTH = ("sent_back", "tapachula", "caravan", "inm_south")  # where people in southern Mexico are
US_CITIES = "released"  # fate of those who end there
GOVERNMENTS = ("us", "mexico")
PLACES_OF_INDICATOR = {  # of those whose cells are named by what they are about, not by where events were
    "expulsions_title_42": {"expelled_to_mexico": "mexico", "expelled_by_flight": "origin"},
    "returns_to_mexico": dict.fromkeys(TO_MEXICO, "mexico"),
    "removals_by_flight": {"removed_by_flight": "origin"},
    "third_country_returns": {"third_country": "third_country"},
}


class Account:
    """The second account of one run."""

    def __init__(self, diary: Diary, drivers):
        self.diary, self.drivers = diary, drivers
        self.scale = drivers.people_per_agent
        self.places = {place.id: place for place in drivers.geography.places}
        self.prices = {
            name: drivers.parameters[name].scalar()
            for name in (
                *("cost_processing_usd", "cost_detention_day_usd", "cost_flight_removal_usd"),
                *("cost_patrol_daily_usd", "cost_bed_day_usd", "cost_visa_usd", "cost_turned_back_usd"),
                *("inm_cost_detection_usd", "inm_cost_return_usd", "inm_cost_transfer_usd"),
            )
        }
        self.set_out = {e.key: e.day for e in diary.events if isinstance(e, Departed)}
        self.of_day: dict[int, list] = defaultdict(list)
        for event in diary.events:
            self.of_day[event.day].append(event)
        self.standing = self._census()

    def _census(self) -> list[Counter]:
        """Who is where at the end of each day: people by place and nationality."""
        there: Counter = Counter()
        evenings = []
        for day in range(self.drivers.timeline.days):
            for event in self.of_day[day]:
                if isinstance(event, Departed):
                    there[event.place, event.nation] += event.heads
                elif isinstance(event, Harmed):
                    if event.harm == "deaths":
                        there[event.place, event.nation] -= event.heads
                else:
                    there[event.left, event.nation] -= event.heads
                    there[event.entered, event.nation] += event.heads
            assert min(there.values(), default=0) >= 0
            evenings.append(Counter(there))
        return evenings

    def of_period(self, days: range) -> dict[Cell, float]:
        """Every cell of a period; one that is absent is nothing, and NaN is undefined."""
        cells: dict[Cell, float] = defaultdict(float)
        self._add_events(cells, days)
        self._add_different_people(cells, days)
        self._add_days_en_route(cells, days)
        self._add_stocks(cells, days)
        self._add_what_levers_decide(cells, days)
        return cells

    # --- events -----------------------------------------------------------------------------------------------

    def _add(self, cells, indicator, number, *, nation="all", party="all", place="all") -> None:
        """Add to an indicator and to each of its breakdowns."""
        breakdowns = INDICATORS[indicator].breakdowns
        cells[indicator, "all", "all", "all"] += number
        if "nationality" in breakdowns:
            cells[indicator, "all", nation, "all"] += number
        if "party" in breakdowns:
            cells[indicator, "all", "all", party] += number
        if "place" in breakdowns:
            cells[indicator, place, "all", "all"] += number
        if "nationality x place" in breakdowns:
            cells[indicator, place, nation, "all"] += number
        if "nationality x party" in breakdowns:
            cells[indicator, "all", nation, party] += number

    def _add_events(self, cells, days: range) -> None:
        largest = 0
        for day in days:
            encountered = 0
            for event in self.of_day[day]:
                for indicator, place in self._counted_as(event):
                    people = event.heads * self.scale
                    who = {"nation": event.nation, "party": getattr(event, "party", "all")}
                    self._add(cells, indicator, people, **who, place=place)
                    encountered += people if indicator == "encounters_usbp" else 0
                for payer, usd in self._paid(event):
                    if payer == "traveller":
                        self._add(cells, "fees_paid_usd", usd * self.scale, nation=event.nation)
                    else:
                        self._add(cells, "public_cost_usd", usd * self.scale, place=payer)
            largest = max(largest, encountered)
            for nation, people in self.diary.paroled[day].items():
                self._add(cells, "parole_arrivals", people, nation=nation)
                self._add(cells, "public_cost_usd", people * self.prices["cost_visa_usd"], place="us")
        cells["encounters_peak_day", "all", "all", "all"] = largest

    def _counted_as(self, event):
        """Indicators that an event counts in, each with the place that it is reported under."""
        if isinstance(event, Departed):
            yield "departures", "all"
            if event.place == "darien":
                yield "darien_entries", "all"
            if event.place == "central_mexico":  # by air
                yield "mexico_entries", "all"
            return
        if isinstance(event, Harmed):
            yield event.harm, self.places[event.place].reported_as
            return
        taken, reported = event.exit, self.places[event.left].reported_as
        if event.entered == "darien" and event.left != "darien":
            yield "darien_entries", "all"
        if event.left == "honduras_guatemala" and event.entered in ("tapachula", "caravan"):
            yield "mexico_entries", "all"
        if event.entered == "gave_up":
            yield "gave_up", reported
        if event.entered == "settled":
            yield "settled_en_route", reported
        if self.places[event.entered].fate == US_CITIES:
            yield "arrivals_us_city", event.entered
        if event.kind == "leg" and taken == "detected":
            yield "mexico_detections", reported
        elif event.kind == "station" and taken == "returned_home":
            yield "mexico_returns", reported
        elif event.kind in ("station", "wait") and taken == "moved_south":
            yield "mexico_transfers_south", reported
        elif event.kind == "wait" and taken == "admitted":
            yield "lawful_admissions", "all"
            yield "encounters_ofo", event.entered
        elif event.kind == "cross":
            yield ("encounters_usbp" if taken == "apprehended" else "evasions"), reported
        elif event.kind == "custody":
            if taken == "street_release":
                yield "street_releases", reported
            if taken in FREED:
                yield "releases", "all"
            if taken in ("to_ice", "to_hhs"):
                yield "transfers_to_ice", "all"
            for indicator, named in PLACES_OF_INDICATOR.items():
                if taken in named:
                    yield indicator, named[taken]

    def _paid(self, event):
        """Who pays what for an event, in USD."""
        price = self.prices
        if isinstance(event, Departed):
            yield "traveller", event.fee
        elif isinstance(event, Harmed):
            yield "traveller", event.paid
        elif (event.kind, event.exit) in (("cross", "apprehended"), ("wait", "admitted")):
            yield "us", event.heads * price["cost_processing_usd"]
        elif event.kind == "wait" and event.exit == "moved_south":
            yield "mexico", event.heads * price["inm_cost_transfer_usd"]
        elif event.kind == "custody" and event.exit == "third_country":
            yield "us", event.heads * price["cost_flight_removal_usd"]
        elif event.exit == "turned_back" and event.left in TURNED_BACK_BY:
            yield TURNED_BACK_BY[event.left], event.heads * price["cost_turned_back_usd"]
        elif event.kind == "leg" and event.exit == "detected":
            yield "mexico", event.heads * price["inm_cost_detection_usd"]
        elif event.kind == "station" and event.exit == "returned_home":
            yield "mexico", event.heads * price["inm_cost_return_usd"]
        elif event.kind == "station" and event.exit == "moved_south":
            yield "mexico", event.heads * price["inm_cost_transfer_usd"]

    # --- people -----------------------------------------------------------------------------------------------

    def _add_different_people(self, cells, days: range) -> None:
        """People of the parties encountered in the period, each once, as many as they were the first time."""
        seen = set()
        for day in days:
            for event in self.of_day[day]:
                if isinstance(event, Moved) and event.kind == "cross" and event.exit == "apprehended":
                    if event.key not in seen:
                        self._add(cells, "unique_people", event.heads * self.scale, nation=event.nation)
                    seen.add(event.key)

    def _add_days_en_route(self, cells, days: range) -> None:
        """Days from setting out to the United States: admitted, released or unseen, a mean for each person."""
        travelled, arrived = Counter(), Counter()
        for day in days:
            for event in self.of_day[day]:
                if isinstance(event, Moved) and (
                    (event.kind == "wait" and event.exit == "admitted")
                    or (event.kind == "cross" and event.exit == "evaded")
                    or (event.kind == "custody" and event.exit in FREED)
                ):
                    for nation in ("all", event.nation):
                        arrived[nation] += event.heads
                        travelled[nation] += event.heads * (day - self.set_out[event.key])
        for nation in ("all", *NATIONALITIES):
            mean = travelled[nation] / arrived[nation] if arrived[nation] else math.nan
            cells["days_en_route", "all", nation, "all"] = mean

    # --- stocks -----------------------------------------------------------------------------------------------

    def _add_stocks(self, cells, days: range) -> None:
        for day in days:
            for cell, people in self._stocks_on(day).items():
                cells[cell] += people / len(days)
            for (place, _), heads in self.standing[day].items():
                if self.places[place].kind == "custody":
                    in_use = self.prices["cost_detention_day_usd"] - self.prices["cost_bed_day_usd"]
                    usd = heads * self.scale * in_use
                    self._add(cells, "public_cost_usd", usd, place="us")
        for (indicator, *where), number in self._stocks_on(days[-1]).items():
            cells[f"{indicator}_end", *where] = number
        for index, government in enumerate(GOVERNMENTS):
            # Kept in millionths.
            daily = [math.floor(self.diary.satisfied[day][index] * 1e6 + 0.5) / 1e6 for day in days]
            cells["satisfaction", government, "all", "all"] = sum(daily) / len(days)
            last = self.diary.satisfied[days[-1]][index]
            cells["satisfaction_end", government, "all", "all"] = last

    def _stocks_on(self, day: int) -> dict[Cell, float]:
        """People who are somewhere at the end of a day."""
        cells: dict[Cell, float] = defaultdict(float)
        waiting: Counter = Counter()
        for (place, nation), heads in self.standing[day].items():
            people, kind = heads * self.scale, self.places[place].kind
            if place in SOUTH:
                self._add(cells, "waiting_south_mexico", people, nation=nation)
            if kind == "wait":
                self._add(cells, "waiting_north_mexico", people, nation=nation, place=place)
                waiting[place] += people
            if kind == "custody":
                self._add(cells, "custody", people, place=self.places[place].reported_as)
        shelters = self.drivers.levers["mexico.shelter_places"]
        for city, places in zip(shelters.members, shelters.values[day].tolist(), strict=True):
            self._add(cells, "shelter_overflow", max(0.0, waiting[city] - places), place=city)
        return cells

    # --- what levers decide -----------------------------------------------------------------------------------

    def _add_what_levers_decide(self, cells, days: range) -> None:
        pledge = self.drivers.levers["mexico.return_acceptance_monthly"]
        closed = self.drivers.levers["us.crossings_closed"]
        prices = self.drivers.parameters["trade_loss_daily_usd"].by(closed.members)
        patrols = self.drivers.levers["us.patrols"].values
        for day in days:
            usd = float(patrols[day].sum()) * self.prices["cost_patrol_daily_usd"]
            self._add(cells, "public_cost_usd", usd, place="us")
            pools = pledge.pool[day].tolist()
            for member, places, pool in zip(pledge.members, pledge.values[day].tolist(), pools, strict=True):
                daily = 0.0 if math.isinf(places) else places / DAYS_PER_MONTH / pools.count(pool)
                self._add(cells, "returns_pledged", daily, nation=member)
            for crossing, share, price in zip(closed.members, closed.values[day], prices, strict=True):
                self._add(cells, "trade_lost_usd", float(share * price), place=crossing)
            owed = defaultdict(float)
            for payer, usd in self._owed(day):
                owed[payer] += usd
            given = round(self.drivers.levers["us.transfer_to_mexico"].values[day, 0] / DAYS_PER_MONTH)
            for payer, gift in ("us", given), ("mexico", -given), ("panama", 0), ("guatemala", 0):
                self._add(cells, "public_cost_usd", round(owed[payer]) + gift, place=payer)  # in whole USD

    def _owed(self, day: int):
        """Who owes what on a day for levers that cost whoever comes, in USD."""
        p, levers = self.drivers.parameters, self.drivers.levers

        def of(lever: str) -> dict[str, float]:
            return dict(zip(levers[lever].members, levers[lever].values[day].tolist(), strict=True))

        for payer, lever, price, days in KEPT_READY:
            for member, units in of(lever).items():
                yield payer, units * float(p[price].by([member])[0]) / days
        seat = p["cost_flight_removal_usd"].scalar() * p["flight_seats"].scalar()
        for payer, lever in FLYING.items():
            for code, (nation, flights) in enumerate(of(lever).items()):
                name = f"{nation.lower().replace(' ', '_')}.accepts_flights"
                taken = of(name)[payer] if name in levers else 1.0
                if payer == "us":
                    opened = p["sanctions_relief_acceptance"].scalar() * self.drivers.relief[day, code]
                    taken += (1.0 - taken) * opened
                if payer == "mexico":
                    taken *= min(1.0, of("mexico.enforcement_funding")["all"])
                yield payer, flights * taken * seat / 7.0

    # --- what institutions are told ---------------------------------------------------------------------------

    def briefing(self, day: int) -> dict:
        """What institutions are told on the first day of a week: people a day since the last, and stocks."""
        flows = ("encounters", "evasions", "sent_to_mexico", "releases", "released_to_street", "detections")
        told = dict.fromkeys((*flows, "unsponsored"), 0.0)
        for before in range(day - 7, day):
            for event in self.of_day[before]:
                if not isinstance(event, Moved):
                    continue
                daily = event.heads * self.scale / 7
                taken = event.kind, event.exit
                if taken == ("cross", "apprehended"):
                    told["encounters"] += daily
                elif taken == ("cross", "evaded"):
                    told["evasions"] += daily
                elif taken == ("leg", "detected"):
                    told["detections"] += daily
                elif event.kind == "custody" and event.exit in ("expelled_to_mexico", "returned_to_mexico"):
                    told["sent_to_mexico"] += daily
                elif event.kind == "custody" and event.exit in FREED:
                    told["releases"] += daily
                    told["unsponsored"] += 0.0 if event.sponsored else daily
                    told["released_to_street"] += daily if event.exit == "street_release" else 0.0
        there = self.standing[day - 1]
        kinds = {place.id: place.kind for place in self.places.values()}
        custodies = [name for name, kind in kinds.items() if kind == "custody"]
        told["waiting"] = self.scale * sum(n for (place, _), n in there.items() if kinds[place] == "wait")
        told["held"] = [self.scale * sum(there[name, n] for n in NATIONALITIES) for name in custodies]
        waiting: Counter = Counter()
        for (place, _), heads in there.items():
            waiting[place] += heads * self.scale
        shelters = self.drivers.levers["mexico.shelter_places"]
        places = zip(shelters.members, shelters.values[day - 1].tolist(), strict=True)
        told["without_shelter"] = sum(max(0.0, waiting[city] - number) for city, number in places)
        beds = self.drivers.levers["us.custody_beds"]
        held = dict(zip(custodies, told["held"], strict=True))
        rated = dict(zip(beds.members, beds.values[day - 1].tolist(), strict=True))
        beyond = [
            max(0.0, held[sector.replace("_sector", "_custody")] - number) for sector, number in rated.items()
        ]
        told["overcrowding"] = sum(beyond) / max(1.0, sum(rated.values()))
        gone = [
            e.heads for e in self.diary.events if isinstance(e, Harmed) and e.harm == "deaths" and e.day < day
        ]
        told["died"] = float(sum(gone) * self.scale)
        stations = [name for name, kind in kinds.items() if kind == "station"]
        told["in_stations"] = [self.scale * sum(there[name, n] for name in stations) for n in NATIONALITIES]
        return told


def periods_of(drivers) -> dict[str, range]:
    """The days of every period that is reported: days if asked for, months, years."""
    timeline = drivers.timeline
    days = range(timeline.report_day, timeline.days)
    names = {day: timeline.date_of(day).isoformat() for day in days}
    periods = {}
    for letters in ([10] if drivers.daily else []) + [7, 4]:
        firsts = [day for day in days if day == days[0] or names[day][:letters] != names[day - 1][:letters]]
        for first, following in pairwise([*firsts, timeline.days]):
            periods[_name(names[first], names[following - 1], letters)] = range(first, following)
    return periods


def _name(first: str, last: str, letters: int) -> str:
    """A period by its name; a part of a year by its ends: by months where they are whole, else by days."""
    if letters != 4 or (first[5:], last[5:]) == ("01-01", "12-31"):
        return first[:letters]
    begins, ends = date.fromisoformat(first).day == 1, (date.fromisoformat(last) + timedelta(1)).day == 1
    width = 7 if begins and ends else 10
    return f"{first[:width]} to {last[:width]}"
