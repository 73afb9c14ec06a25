"""How many people go where in a month: the lines of the map, each made of indicators of the results. No Streamlit here.

Results do not report every leg. A line here is either an indicator (encounters in a sector, say) or the balance of
several: people who reach a group of border cities are those who cross, are admitted, give up, are moved south or die
there, plus the change of the number who wait. The tests compare these balances with the engine's own counts, to the
person. What can be had neither way is a leg without a number, drawn thin and grey.

In the flow: a summary -> `flow_rows` (people by month and line) -> `corridor_app.map.corridor_map`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import networkx as nx
import numpy as np
import pandas as pd

import corridor
from corridor.inputs.registries.nationalities import FlightsLine, load_nationalities
from corridor_app.words.language import N_, _
from corridor_app.words.wording import joined

if TYPE_CHECKING:
    from corridor.inputs.registries.geography import Place

Way = Literal["onward", "lawful", "back"]
Point = tuple[float, float]  # latitude, longitude
ALL = "all"
COLUMNS = ["period", "line", "value"]

SOUTH_AMERICA, HONDURAS, CENTRAL_AMERICA, CARIBBEAN = (
    (4.9, -75.2),
    (13.9, -86.9),
    (15.2, -87.6),
    (17.2, -79.6),
)
FLORIDA, PANAMA = (26.6, -80.6), (9.0, -79.6)
RELEASED_FROM, FLOWN_FROM, RETURNED_FROM = (32.4, -99.3), (29.6, -95.6), (31.3, -102.2)
"""Where lines begin or end that the model ties to a country or to the whole border, not to a place."""

INLAND, BESIDE, BEFORE = 2.1, 1.0, 2.4
"""Degrees: a line over the border ends inland, one to a port beside it, one from the south before its cities."""

SENT_HOME: Mapping[FlightsLine, tuple[str, Point, float]] = {
    "northern_central_america": (N_("Guatemala, Honduras and El Salvador"), CENTRAL_AMERICA, 0.18),
    "south_america": (N_("South America"), (8.6, -72.9), 0.22),
    "caribbean_and_others": (N_("the Caribbean, Nicaragua, Mexico and other countries"), CARIBBEAN, 0.2),
}
"""Lines of removals by flight: where to, in words and on the map, and bend. A nationality's file names its line."""


@dataclass(frozen=True)
class Term:
    """One cell of the results in a line; `change` takes the growth of a stock over the month."""

    indicator: str
    place: str = ALL
    nationality: str = ALL
    sign: int = 1
    change: bool = False


@dataclass(frozen=True)
class Line:
    """One line of the map.

    Attributes
    ----------
    id : str
    words, names : str, tuple of str
        What it counts, with `{place}` for the names.
    way : str
        ``onward``, ``lawful`` (with an appointment or parole) or ``back``.
    start, end : tuple of float
        Latitude and longitude, degrees.
    bend : float
        Height of its arc over its length, to the left of the way.
    terms : tuple of Term
        What it is the sum of.
    """

    id: str
    words: str
    names: tuple[str, ...]
    way: Way
    start: Point
    end: Point
    bend: float
    terms: tuple[Term, ...]

    @property
    def balance(self) -> bool:
        """Whether it is worked out from several counts."""
        return any(term.change for term in self.terms)

    @property
    def label(self) -> str:
        """What it counts, in the visitor's language."""
        return _(self.words).format(place=joined([_(name) for name in self.names]))

    @property
    def source(self) -> str:
        """The indicators that it is made of, with blanks between."""
        return " ".join(dict.fromkeys(term.indicator for term in self.terms))


@dataclass(frozen=True)
class Border:
    """Northern cities with the sectors and ports that share their crossings, and where a line to them ends."""

    cities: tuple[Place, ...]
    sectors: tuple[Place, ...]
    offices: tuple[Place, ...]
    end: Point


@cache
def borders() -> tuple[Border, ...]:
    """Parts of the border between which no crossing is shared, from west to east."""
    places = {place.id: place for place in corridor.load_geography().places}
    graph = nx.Graph()
    for city in places.values():
        if city.kind == "wait":
            graph.add_edges_from((city.id, to) for to in [*city.feeds, city.exits["admitted"]])
    found = []
    for names in nx.connected_components(graph):
        parts = sorted((places[name] for name in names), key=lambda place: (place.longitude or 0.0, place.id))
        cities, sectors, offices = (
            tuple(place for place in parts if place.kind == kind) for kind in ("wait", "cross", "end")
        )
        middle = np.mean([at(city) for city in cities], axis=0)
        toward = np.subtract(at(places["central_mexico"]), middle)
        end = middle + toward / np.hypot(*toward) * BEFORE
        found.append(Border(cities, sectors, offices, (float(end[0]), float(end[1]))))
    return tuple(sorted(found, key=lambda border: border.end[1]))


def at(place: Place) -> Point:
    """Where a place is."""
    assert place.latitude is not None and place.longitude is not None, place.id
    return place.latitude, place.longitude


@cache
def lines() -> tuple[Line, ...]:
    """Every line with a number."""
    places = {place.id: place for place in corridor.load_geography().places}
    return (*_through_the_south(places), *_to_the_border(places), *_in_the_us(places), *_back(places))


def _through_the_south(places: Mapping[str, Place]) -> Iterator[Line]:
    yield Line(
        "darien_entries", N_("Entries to Panama through the Darién"), (), "onward",
        SOUTH_AMERICA, at(places["darien"]), -0.12, (Term("darien_entries"),),
    )  # fmt: skip
    yield Line(
        "mexico_entries", N_("Entries to Mexico, over land or by air"), (), "onward",
        HONDURAS, at(places["tapachula"]), -0.1, (Term("mexico_entries"),),
    )  # fmt: skip
    legs = ("tapachula", "caravan", "sent_back")
    cities = [city.id for part in borders() for city in part.cities]
    yield Line(
        "reach_central_mexico", N_("People who reach central Mexico"), (), "onward",
        (15.6, -93.3), at(places["central_mexico"]), -0.12,
        (
            Term("mexico_entries"),
            *(Term("mexico_transfers_south", place) for place in ["inm_central", *cities]),
            *(Term(name, place, sign=-1) for name in ("settled_en_route", "deaths") for place in legs),
            Term("gave_up", "tapachula", sign=-1),
            Term("mexico_returns", "inm_south", sign=-1),
            Term("waiting_south_mexico_end", sign=-1, change=True),
        ),
    )  # fmt: skip


def _to_the_border(places: Mapping[str, Place]) -> Iterator[Line]:
    start = at(places["central_mexico"])
    for number, border in enumerate(borders()):
        names = tuple(city.label for city in border.cities)
        terms = [
            term
            for city in border.cities
            for term in (
                Term("waiting_north_mexico_end", city.id, change=True),
                *(
                    Term(name, city.id)
                    for name in ("gave_up", "settled_en_route", "mexico_transfers_south", "deaths")
                ),
            )
        ]
        for sector in border.sectors:
            terms += [Term(name, sector.id) for name in ("encounters_usbp", "evasions", "deaths")]
        terms += [Term("encounters_ofo", office.id) for office in border.offices]
        yield Line(
            f"reach_border_{number + 1}",
            N_("People who reach {place}, from the south, from elsewhere in Mexico, or again after a return"),
            names, "onward", start, border.end, (0.16, 0.04, -0.1)[min(number, 2)], tuple(terms),
        )  # fmt: skip
        for sector in border.sectors:
            shares = sector.traits["from"]
            opposite = places[max(shares, key=shares.get)]
            latitude, longitude = at(sector)
            yield Line(
                f"encounters_{sector.id}", N_("Encounters by Border Patrol between ports, {place}"),
                (sector.label,), "onward", at(opposite), (latitude + INLAND, longitude), 0.0,
                (Term("encounters_usbp", sector.id),),
            )  # fmt: skip
        for office in border.offices:
            latitude, longitude = at(office)
            yield Line(
                f"admissions_{office.id}", N_("Admissions with an appointment or exception, {place}"),
                (office.label,), "lawful", (latitude - 0.3, longitude - BESIDE / 2),
                (latitude + INLAND, longitude - BESIDE), 0.0, (Term("encounters_ofo", office.id),),
            )  # fmt: skip


def _in_the_us(places: Mapping[str, Place]) -> Iterator[Line]:
    for place in places.values():
        if place.kind == "end" and place.fate == "released":
            east = (place.longitude or 0.0) > RELEASED_FROM[1]
            yield Line(
                f"arrivals_{place.id}", N_("Arrivals after release: {place}"), (place.label,), "onward",
                RELEASED_FROM, at(place), 0.12 if east else -0.12, (Term("arrivals_us_city", place.id),),
            )  # fmt: skip
    nations = load_nationalities().values()
    for nation in nations:
        if nation.map.parole_line:
            yield Line(
                f"parole_{nation.name}", N_("Arrivals by humanitarian parole from {place}"), (nation.name,), "lawful",
                (nation.map.latitude, nation.map.longitude), FLORIDA, 0.1,
                (Term("parole_arrivals", nationality=nation.name),),
            )  # fmt: skip
    others = [nation.name for nation in nations if not nation.map.parole_line]
    yield Line(
        "parole_others", N_("Arrivals by humanitarian parole from {place}"), (N_("other countries"),), "lawful",
        CARIBBEAN, FLORIDA, 0.1, tuple(Term("parole_arrivals", nationality=nation) for nation in others),
    )  # fmt: skip


def _back(places: Mapping[str, Place]) -> Iterator[Line]:
    north = places["returned_north"]
    yield Line(
        "returns_to_mexico", N_("Returns and expulsions to northern Mexico"), (), "back",
        RETURNED_FROM, (at(north)[0] - 1.2, at(north)[1]), 0.0, (Term("returns_to_mexico"),),
    )  # fmt: skip
    for line, (where, end, bend) in SENT_HOME.items():
        nations = [nation.name for nation in load_nationalities().values() if nation.map.flights_line == line]
        yield Line(
            f"flights_{line}", N_("Removals by flight to {place}"), (where,), "back", FLOWN_FROM, end, bend,
            tuple(Term("removals_by_flight", nationality=nation) for nation in nations),
        )  # fmt: skip
    yield Line(
        "expulsion_flights", N_("Title 42 expulsions by flight to countries of origin"), (), "back",
        FLOWN_FROM, (18.2, -84.4), 0.2, (Term("expulsions_title_42", "origin"),),
    )  # fmt: skip
    yield Line(
        "third_country_returns", N_("Removals to a third country"), (), "back",
        FLOWN_FROM, PANAMA, 0.3, (Term("third_country_returns"),),
    )  # fmt: skip
    south, central, moved_to = (at(places[name]) for name in ("tapachula", "central_mexico", "sent_back"))
    for station, start, bend in (("inm_south", south, 0.35), ("inm_central", central, 0.25)):
        yield Line(
            f"mexico_returns_{station}", N_("Returns to countries of origin by Mexico: {place}"),
            (places[station].label,), "back", start, CENTRAL_AMERICA, bend, (Term("mexico_returns", station),),
        )  # fmt: skip
    yield Line(
        "transfers_inm_central", N_("People moved south within Mexico: {place}"),
        (places["inm_central"].label,), "back", central, moved_to, 0.28,
        (Term("mexico_transfers_south", "inm_central"),),
    )  # fmt: skip
    for number, border in enumerate(borders()):
        yield Line(
            f"transfers_border_{number + 1}", N_("People moved south within Mexico: {place}"),
            tuple(city.label for city in border.cities), "back", border.end, moved_to,
            (0.2, 0.16, -0.14)[min(number, 2)],
            tuple(Term("mexico_transfers_south", city.id) for city in border.cities),
        )  # fmt: skip


@cache
def uncounted() -> tuple[tuple[Point, ...], ...]:
    """Legs for which results hold no number: through Central America, north again, and between border cities."""
    places = {place.id: place for place in corridor.load_geography().places}
    counted = {("approach", "darien"), ("honduras_guatemala", "tapachula"), ("tapachula", "central_mexico")}
    legs = [
        (at(place), at(places[place.exits["onward"]]))
        for place in places.values()
        if place.kind == "leg"
        and places[place.exits["onward"]].kind == "leg"
        and place.id != "caravan"
        and (place.id, place.exits["onward"]) not in counted
    ]
    legs += [(border.end, at(city)) for border in borders() for city in border.cities]
    return tuple(legs)


def flow_rows(summary: pd.DataFrame) -> pd.DataFrame:
    """Mean people by month and line: ``period, line, value``; a mean of a sum is the sum of the means.

    A line that needs the growth of a stock has no row in the first month of the results.
    """
    table = _monthly(summary)
    parts = []
    for line in lines():
        total = pd.Series(0.0, table.index)
        for term in line.terms:
            cell = (term.indicator, term.place, term.nationality)
            values = table[cell] if cell in table else pd.Series(0.0, table.index)
            total += term.sign * (values.diff() if term.change else values)
        total = total.dropna()
        parts.append(pd.DataFrame({"period": total.index, "line": line.id, "value": total.to_numpy()}))
    return pd.concat(parts, ignore_index=True).loc[:, COLUMNS]


def _monthly(summary: pd.DataFrame) -> pd.DataFrame:
    """Means, a row a month and a column a cell."""
    used = {term.indicator for line in lines() for term in line.terms}
    chosen = (
        summary["indicator"].isin(list(used))
        & (summary["party"] == ALL)
        & (summary["period"].str.len() == len("2023-06"))
    )
    rows = summary.loc[chosen, ["period", "indicator", "place", "nationality", "mean"]].astype(
        dict.fromkeys(("period", "indicator", "place", "nationality"), str)
    )
    return rows.pivot(
        index="period", columns=["indicator", "place", "nationality"], values="mean"
    ).sort_index()


def total_of(rows: pd.DataFrame, period: str, names: Sequence[str]) -> float:
    """People on several lines of a month."""
    return float(rows.loc[(rows["period"] == period) & rows["line"].isin(list(names)), "value"].sum())
