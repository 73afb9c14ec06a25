"""Acceptance tests T1 to T10 of the documents: what an intervention must do, on the months before 2024.

Each test is a function from ensembles to checks; `CASES` holds what it is about. Bounds come from the inventory of the
documents (section A5); where it names no tolerance, one is stated in the check. A failure is explained by a person in
failures.yaml, never here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from model.spec.geography import NATIONALITIES
from model.spec.parameters import load_parameters
from studies.ensembles import HISTORY, Ensembles, observed, variant

NOT_MEXICANS = tuple(nation for nation in NATIONALITIES if nation != "Mexico")
REFUSED = ("Venezuela", "Cuba", "Nicaragua")
YEARS = ("2021", "2022", "2023")
VARIANTS = {
    "bridges-open": "remove: [rail-closed-2023-12]",
    "no-venezuela-flights": "remove: [flights-venezuela-2023-10]",
}
SHIPPED = (HISTORY, "funds-last-december", "flight-a-day-venezuela", "caravan-let-through", "el-paso-alone")


@dataclass(frozen=True)
class Check:
    """One outcome: the mean over replicates must lie between two bounds.

    Attributes
    ----------
    low, high : bounds of the mean; in the unit of `values`
    observed : the same from public statistics, NaN where nothing was published
    values : float64[R], one a replicate
    form : how to write numbers, such as ``,.0f`` or ``.0%``
    """

    what: str
    low: float
    high: float
    observed: float
    values: np.ndarray
    form: str = ",.0f"

    @property
    def passes(self) -> bool:
        return bool(self.low <= np.nanmean(self.values) <= self.high)


@dataclass(frozen=True)
class Case:
    """An acceptance test: its number, what is done, and the checks on it."""

    number: str
    title: str
    intervention: str
    checks: Callable[[Ensembles], Iterator[Check]]


def ratio(runs: Ensembles, indicator: str, later: str, earlier: str, **where) -> tuple[np.ndarray, float]:
    """A period over an earlier one: simulated by replicate, and observed."""
    simulated = runs.values(indicator, later, **where) / runs.values(indicator, earlier, **where)
    return simulated, observed(indicator, later, **where) / observed(indicator, earlier, **where)


def change(runs: Ensembles, indicator: str, period: str, scenario: str, against: str, **where) -> np.ndarray:
    """Relative difference between two scenarios, replicate by replicate."""
    before = runs.values(indicator, period, scenario=against, **where)
    return runs.values(indicator, period, scenario=scenario, **where) / before - 1.0


def funds_run_out(runs: Ensembles) -> Iterator[Check]:
    month, paid = "2023-12", "funds-last-december"
    both = runs.values("encounters_usbp", month) + runs.values("encounters_ofo", month)
    seen = observed("encounters_usbp", month) + observed("encounters_ofo", month)
    yield Check("encounters in December 2023, with ports", 260e3, 340e3, seen, both)
    # Officials' 11,000 "apprehensions" a day is 1.13 times the mean of all encounters, or 1.37 of those between ports.
    peak = runs.values("encounters_peak_day", month) + runs.values("encounters_ofo", month) / 31.0
    yield Check("largest day between ports, with an ordinary day at ports", 10e3, 11.5e3, 11e3, peak)
    others = change(runs, "encounters_usbp", month, HISTORY, paid, nationality=NOT_MEXICANS)
    mexicans = change(runs, "encounters_usbp", month, HISTORY, paid, nationality="Mexico")
    yield Check("rise of non-Mexicans less that of Mexicans", 0.0, 0.25, np.nan, others - mexicans, ".1%")
    returns, seen = ratio(runs, "mexico_returns", month, "2023-11")
    yield Check("Mexico's returns over November's", 0.0, 0.25, seen, returns, ".0%")
    detections = change(runs, "mexico_detections", month, HISTORY, paid)
    yield Check("detections against a month that is paid", -0.1, 0.1, np.nan, detections, ".1%")


def parole_and_returns(runs: Ensembles) -> Iterator[Check]:
    where = {"nationality": "Venezuela"}
    fall, seen = ratio(runs, "darien_entries", "2022-12", "2022-10", **where)
    yield Check("Venezuelans in the Darién, December over October 2022", 0.02, 0.10, seen, fall, ".0%")
    back, seen = ratio(runs, "darien_entries", "2023-05", "2022-10", **where)
    yield Check("the same, May 2023 over October 2022", 0.60, 1.20, seen, back, ".0%")


def four_nationalities(runs: Ensembles) -> Iterator[Check]:
    for nation in ("Cuba", "Nicaragua"):
        where = {"nationality": nation}
        fall, seen = ratio(runs, "encounters_usbp", "2023-03", "2022-12", **where)
        yield Check(f"{nation}: March 2023 over December 2022", 0.0, 0.05, seen, fall, ".1%")
        end, seen = ratio(runs, "encounters_usbp", "2023-12", "2022-12", **where)
        yield Check(f"{nation}: December 2023 over December 2022", 0.0, 0.5, seen, end, ".0%")


def title_42_ends(runs: Ensembles) -> Iterator[Check]:
    yield Check("largest day of May 2023", 8e3, 12e3, 10e3, runs.values("encounters_peak_day", "2023-05"))
    fall, seen = ratio(runs, "encounters_usbp", "2023-06", "2023-05")
    yield Check("June over May 2023 (-40%, 15 points either way)", 0.45, 0.75, seen, fall, ".0%")
    rise, seen = ratio(runs, "encounters_usbp", "2023-09", "2023-06")
    yield Check("September over June 2023 (+120%, 50 points either way)", 1.70, 2.70, seen, rise, ".0%")


def visa_wall(runs: Ensembles) -> Iterator[Check]:
    where = {"nationality": "Venezuela"}
    fall, seen = ratio(runs, "encounters_usbp", "2022-02", "2022-01", **where)
    yield Check("Venezuelan encounters, February over January 2022", 0.05, 0.30, seen, fall, ".0%")
    darien, seen = ratio(runs, "darien_entries", "2022-07", "2022-01", **where)
    yield Check("Venezuelans in the Darién, July over January 2022", 10.0, np.inf, seen, darien, ".1f")
    back, seen = ratio(runs, "encounters_usbp", "2022-08", "2022-01", **where)
    yield Check("Venezuelan encounters, August over January 2022", 0.8, 1.6, seen, back, ".0%")


def acceptance_frozen(runs: Ensembles) -> Iterator[Check]:
    for year in YEARS:
        whole = runs.values("encounters_usbp", year)
        share = runs.values("encounters_usbp", year, nationality=REFUSED) / whole
        seen = observed("encounters_usbp", year, nationality=REFUSED) / observed("encounters_usbp", year)
        label = f"Venezuela, Cuba, Nicaragua in encounters of {year} (5 points either way)"
        yield Check(label, seen - 0.05, seen + 0.05, seen, share, ".1%")


def bridges_closed(runs: Ensembles) -> Iterator[Check]:
    month = "2023-12"
    moved = change(runs, "encounters_usbp", month, HISTORY, "bridges-open")
    yield Check("encounters against a month with open bridges", -0.01, 0.01, np.nan, moved, ".2%")
    days = 5
    lost = runs.values("trade_lost_usd", month) - runs.values(
        "trade_lost_usd", month, scenario="bridges-open"
    )
    yield Check("trade lost a day at the two bridges, million USD", 90.0, 300.0, 200.0, lost / days / 1e6)


def flights(runs: Ensembles) -> Iterator[Check]:
    where, period = {"nationality": "Venezuela"}, "2023-12"
    seats = 11 * load_parameters()["flight_seats"].scalar()
    taken = runs.values("encounters_usbp", "2023", **where)
    seen = seats / observed("encounters_usbp", "2023", **where)
    yield Check(
        "seats of eleven flights over Venezuelan encounters of 2023", 0.0, 0.01, seen, seats / taken, ".2%"
    )
    weekly = change(runs, "encounters_usbp", period, HISTORY, "no-venezuela-flights", **where)
    yield Check("a flight a week against none, December 2023", -0.2, 0.02, np.nan, weekly, ".1%")
    daily = change(runs, "encounters_usbp", period, "flight-a-day-venezuela", HISTORY, **where)
    yield Check("a flight a day against a week (no bound below)", -1.0, 0.02, np.nan, daily, ".1%")


def caravan(runs: Ensembles) -> Iterator[Check]:
    for month in ("2023-09", "2023-10"):
        moved = change(runs, "encounters_usbp", month, "caravan-let-through", HISTORY)
        yield Check(f"encounters of {month} with a caravan of 10,000", -0.01, 0.01, np.nan, moved, ".2%")
    decay = load_parameters()["caravan_decay_days"].scalar()
    left = np.full(1, np.exp(-10.0 / decay))
    yield Check("share of a caravan still walking after ten days", 0.0, 0.3, np.nan, left, ".0%")


def el_paso(runs: Ensembles) -> Iterator[Check]:
    where = {"place": "el_paso_sector"}
    months = [f"2022-{month:02d}" for month in range(9, 13)]
    before = sum(runs.values("street_releases", f"2022-{month:02d}", **where) for month in range(1, 7))
    yield Check("street releases, January to June 2022", 0.0, 500.0, np.nan, np.asarray(before))
    crowded = sum(runs.values("street_releases", month, **where) for month in months)
    alone = sum(runs.values("street_releases", month, scenario="el-paso-alone", **where) for month in months)
    label = "street releases, September to December 2022 (hundreds a day for a week or two)"
    yield Check(label, 1000.0, 30_000.0, np.nan, np.asarray(crowded))
    yield Check(
        "more of them without lateral flights and buses", 1.0, np.inf, np.nan, np.asarray(alone - crowded)
    )


CASES = (
    Case(
        "T1", "INM's money runs out in December 2023", "history against `funds-last-december`", funds_run_out
    ),
    Case("T2", "Parole and returns for Venezuelans, October 2022", "as in history", parole_and_returns),
    Case("T3", "The same for Cuba and Nicaragua, January 2023", "as in history", four_nationalities),
    Case("T4", "Title 42 ends on 11 May 2023", "as in history", title_42_ends),
    Case("T5", "Visas for Venezuelans in Mexico, January 2022", "as in history", visa_wall),
    Case("T6", "Who could be sent back, as it was", "as in history", acceptance_frozen),
    Case("T7", "Rail bridges closed, 18 to 22 December 2023", "history against open bridges", bridges_closed),
    Case("T8", "Flights to Venezuela: none, one a week, one a day", "three scenarios", flights),
    Case("T9", "A caravan of 10,000", "`caravan-let-through` against history", caravan),
    Case("T10", "El Paso beyond its capacity", "history against `el-paso-alone`", el_paso),
)


def run_cases(*, replicates: int, people_per_agent: int) -> tuple[Ensembles, list[tuple[Case, list[Check]]]]:
    """The runs, and every test with its checks on them."""
    scenarios = [*SHIPPED, *(variant(name, body) for name, body in VARIANTS.items())]
    runs = Ensembles(scenarios, replicates=replicates, people_per_agent=people_per_agent)
    return runs, [(case, list(case.checks(runs))) for case in CASES]
