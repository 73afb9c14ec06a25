"""Acceptance tests T1 to T10 of the documents: what an intervention must do, on the months before 2024.

Harder tests H1 to H19 (`studies.harder`) run with them.

Each test is a function from ensembles to checks; cases.yaml says what it is about. Bounds come from the inventory of
the documents (section A5); where it names no tolerance, the check, its words or a comment state one. A failure is
explained by a person in failures.yaml, never here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.levers import LEVERS
from studies.checks import UNBOUNDED, Case, Check, change, longest_spell, ratio, share
from studies.ensembles import HISTORY, NOT_MEXICANS, Ensembles, observed, people_at, variant
from studies.harder import HARDER_CHECKS, HARDER_VARIANTS
from studies.june_2019 import NAME as JUNE_2019

REFUSED = ("Venezuela", "Cuba", "Nicaragua")
YEARS = ("2021", "2022", "2023")
FISCAL_2022 = [*(f"2021-{month}" for month in (10, 11, 12)), *(f"2022-{month:02d}" for month in range(1, 10))]
AUTUMN_2022 = [f"2022-{month:02d}" for month in range(9, 13)]
EL_PASO = "el_paso_sector"
UNTIL_2023 = "period: {end: 2023-12-31}\n"
TALKS = """\
diplomacy: {mode: negotiated, from: 2023-12-10, given: [mexico.enforcement_funding, us.crossings_closed]}
remove: [rail-closed-2023-12]
"""
VARIANTS = {
    "bridges-open": "remove: [rail-closed-2023-12]",
    "no-venezuela-flights": "remove: [flights-venezuela-2023-10]",
    "acceptance-as-in-september-2022": "remove: [venezuela-returns-2022-10, four-nationalities-returns-2023-01]",
    "talks-bridges-open": TALKS,
    # A week earlier than they were: governments meet once a month, and these must be closed when they meet.
    "talks-bridges-closed": TALKS
    + """\
interventions:
  - {id: rail, lever: us.crossings_closed, for: [eagle_pass_rail, el_paso_rail], profile: pulse, to: 1,
     start: 2023-12-12, end: 2023-12-22, source: document item 97}
""",
    **HARDER_VARIANTS,
}
SHIPPED = (HISTORY, "funds-last-december", "flight-a-day-venezuela", "caravan-let-through", JUNE_2019)
BY_DAY = {
    "autumn-2022": (HISTORY, "period: {end: 2022-12-31}"),
    "autumn-2022-el-paso-alone": ("el-paso-alone", "period: {end: 2022-12-31}"),
}


def funds_run_out(runs: Ensembles) -> Iterator[Check]:
    month, before, paid = "2023-12", "2023-11", "funds-last-december"
    both = runs.values("encounters_usbp", month) + runs.values("encounters_ofo", month)
    seen = observed("encounters_usbp", month) + observed("encounters_ofo", month)
    yield Check("encounters in December 2023, with ports", 260e3, 340e3, seen, both)
    # Officials' 11,000 "apprehensions" a day is 1.13 times the mean of all encounters, or 1.37 of those between ports.
    peak = runs.values("encounters_peak_day", month) + runs.values("encounters_ofo", month) / 31.0
    yield Check("largest day between ports, with an ordinary day at ports", 10e3, 11.5e3, 11e3, peak)
    risen, seen_risen = ratio(runs, "encounters_usbp", month, before, nationality=NOT_MEXICANS)
    mexican, seen_mexican = ratio(runs, "encounters_usbp", month, before, nationality="Mexico")
    label = "non-Mexicans, December over November, less the same of Mexicans"
    yield Check(label, 0.1, UNBOUNDED, seen_risen - seen_mexican, risen - mexican, ".1%")
    others = change(runs, "encounters_usbp", month, HISTORY, paid, nationality=NOT_MEXICANS)
    mexicans = change(runs, "encounters_usbp", month, HISTORY, paid, nationality="Mexico")
    # At most about a quarter of December is open to this explanation (docs/limits.md).
    label = "rise of non-Mexicans against a month that is paid, less that of Mexicans"
    yield Check(label, 0.0, 0.25, np.nan, others - mexicans, ".1%")
    returns, seen = ratio(runs, "mexico_returns", month, before)
    yield Check("Mexico's returns over November's", 0.0, 0.25, seen, returns, ".0%", certain=True)
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
    yield Check("Venezuelans in the Darién, July over January 2022", 10.0, UNBOUNDED, seen, darien, ".1f")
    back, seen = ratio(runs, "encounters_usbp", "2022-08", "2022-01", **where)
    yield Check("Venezuelan encounters, August over January 2022", 0.8, 1.6, seen, back, ".0%")


def acceptance_frozen(runs: Ensembles) -> Iterator[Check]:
    periods = {"fiscal 2022": FISCAL_2022}
    periods |= {year: [f"{year}-{month:02d}" for month in range(1, 13)] for year in YEARS}
    for period, months in periods.items():
        simulated, seen = share(runs, months, REFUSED)
        label = f"Venezuela, Cuba, Nicaragua in encounters of {period} (5 points either way)"
        yield Check(label, seen - 0.05, seen + 0.05, seen, simulated, ".1%")
    months = periods["2023"]
    frozen, _ = share(runs, months, REFUSED, scenario="acceptance-as-in-september-2022")
    label = "the same of 2023 with acceptance frozen, less history's"
    yield Check(label, 0.05, UNBOUNDED, np.nan, frozen - share(runs, months, REFUSED)[0], ".1%")


def bridges_closed(runs: Ensembles) -> Iterator[Check]:
    month, days = "2023-12", 5
    moved = change(runs, "encounters_usbp", month, HISTORY, "bridges-open")
    yield Check(
        "encounters against a month with open bridges", -0.01, 0.01, np.nan, moved, ".2%", certain=True
    )
    lost = runs.values("trade_lost_usd", month) - runs.values(
        "trade_lost_usd", month, scenario="bridges-open"
    )
    label = "trade lost a day at the two bridges, million USD"
    yield Check(label, 90.0, 300.0, 200.0, lost / days / 1e6, certain=True)
    offers = [promises_enforcement(runs, f"talks-bridges-{state}") for state in ("closed", "open")]
    label = "talks in which Mexico promises enforcement, closed less open bridges"
    yield Check(label, 0.1, 1.0, np.nan, offers[0] - offers[1], ".0%")


def promises_enforcement(runs: Ensembles, scenario: str) -> np.ndarray:
    """Whether the deal of December 2023 pays Mexico's institute or stops people more often, float64[R]."""
    book = runs.by_name[scenario].deals
    assert book is not None, "only talks keep a deal book"
    deals = book.to_pandas()
    deals = deals[(deals.parties == "us+mexico") & deals.kind.isin(["round", "summit"])]
    promised = deals.package.str.contains("funding=|stops=").groupby(deals.replicate).any()
    return promised.reindex(range(runs.replicates), fill_value=False).to_numpy(dtype=float)


def flights(runs: Ensembles) -> Iterator[Check]:
    where, period = {"nationality": "Venezuela"}, "2023-12"
    seats = 11 * load_parameters()["flight_seats"].scalar()
    taken = runs.values("encounters_usbp", "2023", **where)
    seen = seats / observed("encounters_usbp", "2023", **where)
    label = "seats of eleven flights over Venezuelan encounters of 2023"
    yield Check(label, 0.0, 0.01, seen, seats / taken, ".2%", certain=True)
    weekly = change(runs, "encounters_usbp", period, HISTORY, "no-venezuela-flights", **where)
    yield Check("a flight a week against none, December 2023", -0.2, 0.02, np.nan, weekly, ".1%")
    daily = change(runs, "encounters_usbp", period, "flight-a-day-venezuela", **where)
    yield Check("a flight a day against a week (no bound below)", -1.0, 0.02, np.nan, daily, ".1%")


def caravan(runs: Ensembles) -> Iterator[Check]:
    for month in ("2023-09", "2023-10"):
        moved = change(runs, "encounters_usbp", month, "caravan-let-through")
        yield Check(f"encounters of {month} with a caravan of 10,000", -0.01, 0.01, np.nan, moved, ".2%")
    walking = people_at(
        "caravan",
        "caravan-let-through",
        date(2023, 9, 3),
        30,
        replicates=min(runs.replicates, 5),
        people_per_agent=runs.people_per_agent,
    )
    largest = walking.max(axis=1)
    yield Check("people in the caravan at its largest", 6e3, 10e3, np.nan, largest)
    later = walking[np.arange(len(walking)), walking.argmax(axis=1) + 10]
    yield Check("share of them who still walk ten days later", 0.0, 0.3, np.nan, later / largest, ".0%")


def el_paso(runs: Ensembles) -> Iterator[Check]:
    held, alone = "autumn-2022", "autumn-2022-el-paso-alone"
    where = {"place": EL_PASO}
    before = sum(
        runs.values("street_releases", f"2022-{month:02d}", scenario=held, **where) for month in range(1, 7)
    )
    yield Check("street releases, January to June 2022", 0.0, 500.0, np.nan, np.asarray(before))
    days = {name: runs.days("street_releases", AUTUMN_2022, scenario=name, **where) for name in (held, alone)}
    crowded = days[held].sum(axis=1)
    label = "street releases, September to December 2022 (hundreds a day for a week or two)"
    yield Check(label, 1000.0, 30_000.0, np.nan, crowded)
    custody = runs.days("custody", AUTUMN_2022, scenario=held, **where)
    some = np.where(
        (days[held] > 0).any(axis=1), np.where(days[held] > 0, custody, np.inf).min(axis=1), np.nan
    )
    label = "people held for a rated place, on the least crowded day of street releases"
    yield Check(label, 1.0, 3.0, np.nan, some / LEVERS["us.custody_beds"].default[EL_PASO], ".1f")
    label = "longest spell of days with street releases (two weeks, one either way)"
    yield Check(label, 1.0, 21.0, np.nan, longest_spell(days[held] > 0))
    label = "more of them without lateral flights and buses"
    yield Check(label, 1.0, UNBOUNDED, np.nan, days[alone].sum(axis=1) - crowded)
    spells = longest_spell(days[alone] > 0) - longest_spell(days[held] > 0)
    yield Check("longer spell without them, days", 1.0, UNBOUNDED, np.nan, spells)


CHECKS = {
    "T1": funds_run_out,
    "T2": parole_and_returns,
    "T3": four_nationalities,
    "T4": title_42_ends,
    "T5": visa_wall,
    "T6": acceptance_frozen,
    "T7": bridges_closed,
    "T8": flights,
    "T9": caravan,
    "T10": el_paso,
    **HARDER_CHECKS,
}
WORDS = YAML(typ="safe").load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))
CASES = tuple(Case(number, **WORDS[number], checks=checks) for number, checks in CHECKS.items())


def run_cases(*, replicates: int, people_per_agent: int) -> tuple[Ensembles, list[tuple[Case, list[Check]]]]:
    """The runs, and every test with its checks on them."""
    scenarios = [*SHIPPED, *(variant(name, UNTIL_2023 + body) for name, body in VARIANTS.items())]
    daily = [variant(name, body, extends=parent) for name, (parent, body) in BY_DAY.items()]
    runs = Ensembles(scenarios, daily, replicates=replicates, people_per_agent=people_per_agent)
    return runs, [(case, list(case.checks(runs))) for case in CASES]
