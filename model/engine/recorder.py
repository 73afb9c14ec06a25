"""What is kept of a replicate: counts of a period turned into indicators by one linear map.

The kernel counts exits, entries, harm and person-days. An indicator is data: which counts, with which weight. Stocks
are person-days over days; means are a sum over a sum; the rest are sums. Months add up to years in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from model.engine.layout import (
    EXITS,
    GROUPS,
    HARMS,
    NATIONS,
    PARTIES,
    PLACES,
    Cross,
    Custody,
    Harm,
    Leg,
    Station,
    Wait,
)
from model.spec.drivers import Drivers
from model.spec.geography import NATIONALITIES, Geography
from model.spec.geography import PARTIES as PARTY_NAMES
from model.spec.indicators import INDICATORS
from model.spec.parameters import ParameterSet

ALL = "all"
DAYS_PER_MONTH = 365.25 / 12
GOVERNMENTS = ("us", "mexico")  # whose satisfaction is reported
FIELDS = {  # counts of a tally, with their shape
    "left": (PLACES, GROUPS, EXITS),
    "entered": (PLACES, GROUPS),
    "harm": (PLACES, NATIONS, HARMS),
    "people_days": (PLACES, NATIONS),
    "overflow_days": (PLACES,),
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
class Cells:
    """What each number of a recording is; five tuples of equal length."""

    indicator: tuple[str, ...]
    place: tuple[str, ...]
    nationality: tuple[str, ...]
    party: tuple[str, ...]
    unit: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.indicator)

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Indicator, place, nationality and party of each cell."""
        return zip(self.indicator, self.place, self.nationality, self.party, strict=True)


@dataclass(frozen=True)
class Recording:
    """One replicate: float64[P, C] by period and cell; NaN where undefined."""

    periods: tuple[str, ...]
    cells: Cells
    values: np.ndarray
    fates: np.ndarray | None = None


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


def _exits(code: int, exits: Iterable[int], place: str, weight: float = 1.0) -> Iterator[Count]:
    for exit in exits:
        yield from _by_group("left", code, place=place, weight=weight, tail=(int(exit),))


class Definitions:
    """The definition of every indicator as counts; one method a family."""

    def __init__(self, geography: Geography, parameters: ParameterSet):
        self.geography = geography
        self.codes = geography.codes
        self.parameters = parameters

    def kind(self, kind: str) -> list[tuple[int, str]]:
        """Code and reported name of the places of a kind."""
        return [(code, place.reported_as) for code, place in self.geography.of_kind(kind)]

    def leading_to(self, end: str) -> Iterator[Count]:
        """Every exit that leads to an end of journeys."""
        from model.engine.network import EXIT_NAMES

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
        """Direct operating cost by government, in USD; what sheltering cities pay is not in it."""
        price = {
            name: self.parameters[name].scalar()
            for name in (
                "cost_processing_usd",
                "cost_detention_day_usd",
                "cost_flight_removal_usd",
                "inm_cost_detection_usd",
                "inm_cost_return_usd",
                "inm_cost_transfer_usd",
            )
        }
        for code, _ in self.kind("cross"):
            yield from _exits(code, (Cross.APPREHENDED,), "us", price["cost_processing_usd"])
        for code, _ in self.kind("custody"):
            yield from _by_nation("people_days", code, place="us", weight=price["cost_detention_day_usd"])
            flown = (Custody.EXPELLED_BY_FLIGHT, Custody.REMOVED_BY_FLIGHT, Custody.THIRD_COUNTRY)
            yield from _exits(code, flown, "us", price["cost_flight_removal_usd"])
        for code, _ in self.kind("leg"):
            yield from _exits(code, (Leg.DETECTED,), "mexico", price["inm_cost_detection_usd"])
        for code, _ in self.kind("station"):
            yield from _exits(code, (Station.RETURNED_HOME,), "mexico", price["inm_cost_return_usd"])
            yield from _exits(code, (Station.MOVED_SOUTH,), "mexico", price["inm_cost_transfer_usd"])

    def south(self, field: str) -> Iterator[Count]:
        """People in southern Mexico: waiting, in a caravan, or held."""
        for name in ("tapachula", "caravan", "inm_south"):
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


@dataclass(frozen=True)
class CellMap:
    """The linear map from a tally to cells, and which cells are divided by what."""

    cells: Cells
    matrix: sparse.csr_matrix
    per_day: np.ndarray  # stocks
    per_arrival: np.ndarray  # means
    last_day: np.ndarray  # stocks on the last day
    distinct: np.ndarray  # different people: not a sum of shorter periods
    at: dict[tuple[str, str, str], int]  # indicator, place, nationality (party `all`) -> cell


def _breakdowns(name: str, counts: list[Count]) -> Iterator[tuple[tuple[str, str, str], list[Count]]]:
    wanted = INDICATORS[name].breakdowns
    yield (ALL, ALL, ALL), counts
    if "nationality" in wanted:
        for code, nation in enumerate(NATIONALITIES):
            yield (ALL, nation, ALL), [count for count in counts if count.nation == code]
    if "party" in wanted:
        for code, party in enumerate(PARTY_NAMES):
            yield (ALL, ALL, party), [count for count in counts if count.party == code]
    if "place" in wanted:
        for place in sorted({count.place for count in counts} - {ALL}):
            yield (place, ALL, ALL), [count for count in counts if count.place == place]


def make_cell_map(
    geography: Geography, parameters: ParameterSet, members: dict[str, tuple[str, ...]]
) -> CellMap:
    """Build the cells and the map; `members` names the places of indicators that are not counted by the kernel."""
    definitions = Definitions(geography, parameters).all()
    names, rows, columns, weights = [], [], [], []
    per_day, per_arrival, last_day, distinct = [], [], [], []
    at: dict[tuple[str, str, str], int] = {}
    for name, indicator in INDICATORS.items():
        if name in definitions:
            groups = _breakdowns(name, definitions[name])
        else:
            groups = iter([((place, ALL, ALL), []) for place in members.get(name, (ALL,))])
            if name == "returns_pledged":
                groups = iter([((ALL, nation, ALL), []) for nation in (ALL, *NATIONALITIES)])
        for (place, nation, party), counts in groups:
            row = len(names)
            names.append((name, place, nation, party, indicator.unit))
            at[name, place, nation] = row
            for count in counts:
                rows.append(row)
                columns.append(
                    OFFSETS[count.field] + int(np.ravel_multi_index(count.index, FIELDS[count.field]))
                )
                weights.append(count.weight)
            ends = name.endswith("_end")
            last_day.append(ends)
            per_day.append(indicator.kind == "stock" and not ends and name in definitions)
            per_arrival.append(indicator.kind == "mean")
            distinct.append(indicator.kind == "distinct")
    matrix = sparse.csr_matrix((weights, (rows, columns)), shape=(len(names), WIDTH))
    cells = Cells(*(tuple(column) for column in zip(*names, strict=True)))
    flags = (np.array(flag) for flag in (per_day, per_arrival, last_day, distinct))
    return CellMap(cells, matrix, *flags, at)


def make_series(drivers: Drivers, cell_map: CellMap) -> dict[int, np.ndarray]:
    """Cells that the drivers decide, as daily series: places pledged, trade lost."""
    at = cell_map.at
    pledge = drivers.levers["mexico.return_acceptance_monthly"]
    daily = np.where(np.isfinite(pledge.values), pledge.values, 0.0) / DAYS_PER_MONTH
    sharing = np.stack(
        [(pledge.pool == pledge.pool[:, [m]]).sum(axis=1) for m in range(daily.shape[1])], axis=1
    )
    daily = daily / sharing  # a pooled cap is shown as equal parts of its members
    series = {at["returns_pledged", ALL, nation]: daily[:, code] for code, nation in enumerate(NATIONALITIES)}
    series[at["returns_pledged", ALL, ALL]] = daily.sum(axis=1)
    closed = drivers.levers["us.crossings_closed"]
    lost = closed.values * drivers.parameters["trade_loss_daily_usd"].by(closed.members)
    series |= {at["trade_lost_usd", place, ALL]: lost[:, i] for i, place in enumerate(closed.members)}
    series[at["trade_lost_usd", ALL, ALL]] = lost.sum(axis=1)
    return series


@dataclass
class Sums:
    """Raw sums of a period; two consecutive periods add up to a longer one."""

    raw: np.ndarray
    arrived: np.ndarray
    days: float
    peak: float
    satisfaction: np.ndarray  # times days

    def add(self, later: Sums, last_day: np.ndarray) -> None:
        """Extend by the period that follows."""
        self.raw = np.where(last_day, later.raw, self.raw + later.raw)
        self.arrived = self.arrived + later.arrived
        self.days += later.days
        self.peak = max(self.peak, later.peak)
        self.satisfaction = self.satisfaction + later.satisfaction


class Recorder:
    """Reads the tally at the end of each base period and closes days, months and years."""

    def __init__(self, drivers: Drivers, cell_map: CellMap, series: dict[int, np.ndarray]):
        self.map = cell_map
        self._series = series
        self._people = drivers.people_per_agent
        self._scale = np.full(WIDTH, float(self._people))
        paroled = OFFSETS["paroled"]
        self._scale[paroled : paroled + NATIONS] = 1.0  # people already
        self._arrived = self._denominators()
        self.periods: list[str] = []
        self.values: list[np.ndarray] = []

    def _denominators(self) -> sparse.csr_matrix:
        """The map from a tally to the number of arrivals behind each mean."""
        means = self.map.matrix[self.map.per_arrival]
        columns = means.indices + OFFSETS["arrived"] - OFFSETS["travel_days"]
        return sparse.csr_matrix((np.ones(len(columns)), columns, means.indptr), shape=means.shape)

    def read(self, world: np.void, tally: np.void, first: int, last: int, satisfaction: np.ndarray) -> Sums:
        """Sums of the days `first` to `last - 1`."""
        places = world["places"]
        beyond = np.where(places["shelter"] > 0, np.maximum(places["present"] - places["shelter"], 0.0), 0.0)
        ends = {"present": places["by_nation"], "overflow": beyond}
        vector = np.concatenate([(ends[name] if name in ends else tally[name]).ravel() for name in FIELDS])
        vector = vector * self._scale
        raw = self.map.matrix @ vector
        for cell, daily in self._series.items():
            raw[cell] = daily[first:last].sum()
        days = float(last - first)
        return Sums(
            raw, self._arrived @ vector, days, float(tally["peak_day"]) * self._people, satisfaction * days
        )

    def close(self, period: str, sums: Sums, *, distinct: np.ndarray | None) -> None:
        """Write the values of one period; `distinct` holds different people by nation, None where it is not known."""
        at, values = self.map.at, sums.raw.copy()
        values[self.map.per_day] /= sums.days
        means = np.flatnonzero(self.map.per_arrival)
        values[means] = np.divide(
            values[means], sums.arrived, out=np.full(len(means), np.nan), where=sums.arrived > 0
        )
        values[self.map.distinct] = np.nan
        if distinct is not None:
            people = distinct[: len(NATIONALITIES)] * float(self._people)
            values[at["unique_people", ALL, ALL]] = people.sum()
            for code, nation in enumerate(NATIONALITIES):
                values[at["unique_people", ALL, nation]] = people[code]
        values[at["encounters_peak_day", ALL, ALL]] = sums.peak
        for index, government in enumerate(GOVERNMENTS):
            for name in ("satisfaction", "satisfaction_end"):
                values[at[name, government, ALL]] = sums.satisfaction[index] / sums.days
        self.periods.append(period)
        self.values.append(values)

    def recording(self, order: list[str], fates: np.ndarray | None) -> Recording:
        """The recording with periods in the order given."""
        place = {period: index for index, period in enumerate(self.periods)}
        values = np.stack([self.values[place[period]] for period in order])
        return Recording(tuple(order), self.map.cells, values, fates)
