"""Every indicator as counts of the tally: which exits, entries, harm and person-days, with which weight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from corridor.engine.records.codes import EXIT_NAMES, HARMS, Cross, Custody, Harm, Leg, Station, Wait
from corridor.engine.records.layout import EXITS, GROUPS, NATIONS, PARTIES, PLACES
from corridor.inputs.registries.geography import Geography
from corridor.inputs.registries.nationalities import NATIONALITIES

ALL = "all"
FIELDS = {  # counts of a tally, with their shape
    "left": (PLACES, GROUPS, EXITS),
    "entered": (PLACES, GROUPS),
    "harm": (PLACES, NATIONS, HARMS),
    "people_days": (PLACES, NATIONS),
    "overflow_days": (PLACES,),
    "patrol_days": (PLACES,),
    "departed": (GROUPS,),
    "paroled": (NATIONS,),
    "fees": (NATIONS,),
    "travel_days": (NATIONS,),
    "arrived": (NATIONS,),
    "unique": (NATIONS,),
    "present": (PLACES, NATIONS),
    "overflow": (PLACES,),
}
OFFSETS = dict(
    zip(
        FIELDS, np.cumsum([0, *[int(np.prod(shape)) for shape in FIELDS.values()]])[:-1].tolist(), strict=True
    )
)
WIDTH = sum(int(np.prod(shape)) for shape in FIELDS.values())


@dataclass(frozen=True)
class Count:
    """One source of an indicator: a field of the tally at some index, with a weight."""

    field: str
    index: tuple[int, ...]
    nation: int | None = None
    party: int | None = None
    place: str = ALL
    weight: float = 1.0


def _by_group(field: str, *index: int, place: str = ALL, weight: float = 1.0, tail: tuple[int, ...] = ()):
    for nation in range(len(NATIONALITIES)):
        for party in range(PARTIES):
            yield Count(field, (*index, nation * PARTIES + party, *tail), nation, party, place, weight)


def _by_nation(field: str, *index: int, place: str = ALL, weight: float = 1.0, tail: tuple[int, ...] = ()):
    for nation in range(len(NATIONALITIES)):
        yield Count(field, (*index, nation, *tail), nation, None, place, weight)


PRICES = (
    "cost_processing_usd",
    "cost_patrol_daily_usd",
    "cost_detention_day_usd",
    "cost_flight_removal_usd",
    "cost_bed_day_usd",
    "cost_visa_usd",
    "cost_turned_back_usd",
    "inm_cost_detection_usd",
    "inm_cost_return_usd",
    "inm_cost_transfer_usd",
)
"""The parameters that definitions read: weights of counts in the public cost."""
TURNED_BACK_BY = {"darien": "panama", "honduras_guatemala": "guatemala"}
"""Whose government turns people back on a leg."""


def _exits(code: int, exits: Iterable[int], place: str, weight: float = 1.0) -> Iterator[Count]:
    for exit in exits:
        yield from _by_group("left", code, place=place, weight=weight, tail=(int(exit),))


class Definitions:
    """The definition of every indicator as counts; one method a family. `prices` holds a value for each of `PRICES`."""

    def __init__(self, geography: Geography, prices: Mapping[str, float]):
        self.geography = geography
        self.codes = geography.codes
        self.prices = prices

    def kind(self, kind: str) -> list[tuple[int, str]]:
        """Code and reported name of the places of a kind."""
        return [(code, place.reported_as) for code, place in self.geography.of_kind(kind)]

    def leading_to(self, end: str) -> Iterator[Count]:
        """Every exit that leads to an end of journeys."""
        for code, place in enumerate(self.geography.places):
            for name, target in place.exits.items():
                if target == end:
                    yield from _exits(code, [EXIT_NAMES[place.kind][name]], place.reported_as)

    def stock(self, kind: str, field: str) -> Iterator[Count]:
        """People present at the places of a kind."""
        for code, name in self.kind(kind):
            yield from _by_nation(field, code, place=name)

    def dispositions(self, exits: Iterable[int], place: str | None = None) -> Iterator[Count]:
        """Exits of custody, reported by sector or under one name."""
        for code, name in self.kind("custody"):
            yield from _exits(code, exits, place or name)

    def harmed(self, kind: int) -> Iterator[Count]:
        """Harm of one kind, wherever it happens."""
        for code, place in enumerate(self.geography.places):
            if place.harm:
                yield from _by_nation("harm", code, place=place.reported_as, tail=(kind,))

    def mexico_entries(self) -> Iterator[Count]:
        """From Guatemala, in a caravan or not, and by air (arrivals in central Mexico that came from no leg)."""
        yield from _exits(self.codes["honduras_guatemala"], (Leg.ONWARD, Leg.JOINED_CARAVAN), ALL)
        yield from _by_group("entered", self.codes["central_mexico"])
        yield from _exits(self.codes["tapachula"], (Leg.ONWARD,), ALL, -1.0)
        yield from _exits(self.codes["inm_south"], (Station.RELEASED,), ALL, -1.0)

    def public_cost(self) -> Iterator[Count]:
        """Direct cost by government of what is done to people, in USD; `outlays` has what levers cost beside it."""
        price = self.prices
        for code, _ in self.kind("cross"):
            yield from _exits(code, (Cross.APPREHENDED,), "us", price["cost_processing_usd"])
            yield Count("patrol_days", (code,), place="us", weight=price["cost_patrol_daily_usd"])
        for code, _ in self.kind("wait"):
            yield from _exits(code, (Wait.ADMITTED,), "us", price["cost_processing_usd"])
            yield from _exits(code, (Wait.MOVED_SOUTH,), "mexico", price["inm_cost_transfer_usd"])
        # A bed costs whether it is used or not (`outlays`); a day in custody costs what comes on top.
        in_use = price["cost_detention_day_usd"] - price["cost_bed_day_usd"]
        for code, _ in self.kind("custody"):
            yield from _by_nation("people_days", code, place="us", weight=in_use)
            yield from _exits(code, (Custody.THIRD_COUNTRY,), "us", price["cost_flight_removal_usd"])
        yield from (
            Count("paroled", (nation,), nation, place="us", weight=price["cost_visa_usd"])
            for nation in range(len(NATIONALITIES))
        )
        for leg, payer in TURNED_BACK_BY.items():
            yield from _exits(self.codes[leg], (Leg.TURNED_BACK,), payer, price["cost_turned_back_usd"])
        for code, _ in self.kind("leg"):
            yield from _exits(code, (Leg.DETECTED,), "mexico", price["inm_cost_detection_usd"])
        for code, _ in self.kind("station"):
            yield from _exits(code, (Station.RETURNED_HOME,), "mexico", price["inm_cost_return_usd"])
            yield from _exits(code, (Station.MOVED_SOUTH,), "mexico", price["inm_cost_transfer_usd"])

    def south(self, field: str) -> Iterator[Count]:
        """People in southern Mexico: waiting, in a caravan, held, or sent back."""
        for name in ("sent_back", "tapachula", "caravan", "inm_south"):
            yield from _by_nation(field, self.codes[name], place=name)

    def all(self) -> dict[str, list[Count]]:
        """Counts of every indicator that the tally holds."""
        mexico = {place.id for _, place in self.geography.of_kind("leg") if place.traits.get("mexico")}
        offices = {code: place.exits["admitted"] for code, place in self.geography.of_kind("wait")}
        found: dict[str, Iterable[Count]] = {
            "departures": _by_group("departed"),
            "darien_entries": _by_group("entered", self.codes["darien"]),
            "mexico_entries": self.mexico_entries(),
            "mexico_detections": (
                count for name in sorted(mexico) for count in _exits(self.codes[name], (Leg.DETECTED,), name)
            ),
            "mexico_returns": (
                count
                for code, name in self.kind("station")
                for count in _exits(code, (Station.RETURNED_HOME,), name)
            ),
            "mexico_transfers_south": (
                count
                for kind, exit in (("station", Station.MOVED_SOUTH), ("wait", Wait.MOVED_SOUTH))
                for code, name in self.kind(kind)
                for count in _exits(code, (exit,), name)
            ),
            "waiting_south_mexico": self.south("people_days"),
            "waiting_south_mexico_end": self.south("present"),
            "waiting_north_mexico": self.stock("wait", "people_days"),
            "waiting_north_mexico_end": self.stock("wait", "present"),
            "shelter_overflow": (
                Count("overflow_days", (code,), place=name) for code, name in self.kind("wait")
            ),
            "shelter_overflow_end": (
                Count("overflow", (code,), place=name) for code, name in self.kind("wait")
            ),
            "encounters_usbp": (
                count
                for code, name in self.kind("cross")
                for count in _exits(code, (Cross.APPREHENDED,), name)
            ),
            "encounters_ofo": (
                count for code, office in offices.items() for count in _exits(code, (Wait.ADMITTED,), office)
            ),
            "unique_people": _by_nation("unique"),
            "evasions": (
                count for code, name in self.kind("cross") for count in _exits(code, (Cross.EVADED,), name)
            ),
            "custody": self.stock("custody", "people_days"),
            "custody_end": self.stock("custody", "present"),
            "street_releases": self.dispositions((Custody.STREET_RELEASE,)),
            "expulsions_title_42": [
                *self.dispositions((Custody.EXPELLED_TO_MEXICO,), "mexico"),
                *self.dispositions((Custody.EXPELLED_BY_FLIGHT,), "origin"),
            ],
            "returns_to_mexico": self.dispositions(
                (Custody.EXPELLED_TO_MEXICO, Custody.RETURNED_TO_MEXICO, Custody.REMAIN_IN_MEXICO), "mexico"
            ),
            "removals_by_flight": self.dispositions((Custody.REMOVED_BY_FLIGHT,), "origin"),
            "third_country_returns": self.dispositions((Custody.THIRD_COUNTRY,), "third_country"),
            "releases": self.dispositions((Custody.RELEASED, Custody.STREET_RELEASE)),
            "transfers_to_ice": self.dispositions((Custody.TO_ICE, Custody.TO_HHS)),
            "lawful_admissions": (count for code in offices for count in _exits(code, (Wait.ADMITTED,), ALL)),
            "parole_arrivals": _by_nation("paroled"),
            "arrivals_us_city": (
                count
                for code, place in self.geography.of_kind("end")
                if place.fate == "released"
                for count in _by_group("entered", code, place=place.id)
            ),
            "gave_up": self.leading_to("gave_up"),
            "settled_en_route": self.leading_to("settled"),
            "robberies": self.harmed(Harm.ROBBERY),
            "extortions": self.harmed(Harm.EXTORTION),
            "kidnappings": self.harmed(Harm.KIDNAPPING),
            "sexual_violence": self.harmed(Harm.SEXUAL_VIOLENCE),
            "deaths": self.harmed(Harm.DEATH),
            "days_en_route": _by_nation("travel_days"),
            "fees_paid_usd": _by_nation("fees"),
            "public_cost_usd": self.public_cost(),
        }
        return {name: list(counts) for name, counts in found.items()}
