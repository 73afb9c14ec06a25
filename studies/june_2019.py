"""Make scenarios/june-2019.yaml from a folder of evidence: `python -m studies.june_2019 FOLDER` (a minute).

In June 2019 Mexico sent its National Guard against migration, and Remain in Mexico was widened. Demand of each
nationality is one number, scaled until Border Patrol meets as many from March to May 2019 as it did; no figure of June
or later is fitted to. What moves is what governments did: stops, returns and Remain in Mexico, worked out from counts.
Demand depends on what the model lets people hear, so the file is made again when that changes.

A chance of a stop is worked out from stops over arrivals at the border, x: with q the share of those stopped whose
journey ends there (returned, or sent back to the south), p = x / (1 + q x) (project's containment study, section 5).
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corridor.inputs.evidence.nationality_names import LEFT
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.scenario_files import parse_scenario
from studies.ensembles import NOT_MEXICANS, Ensembles, observed
from studies.observed_table import months

FILE = Path("scenarios") / "june-2019.yaml"
NAME = FILE.stem
SCALED_TO = months("2019-03", "2019-05")
AFTER = months("2019-06", "2019-12")
LEAST = 0.1  # people a day: the lowest demand that the parameter takes
ROUNDS, REPLICATES, PEOPLE_PER_AGENT = 8, 8, 50
MOST_STOPPED = 0.95
WAIT_IN_MEXICO = (
    "Guatemala", "Honduras", "El Salvador", "Nicaragua", "Cuba", "Venezuela", "Ecuador", "Colombia", "Peru",
)  # fmt: skip
"""Who was sent to wait: speakers of Spanish from outside Mexico."""
SENT_TO_WAIT = 71_071  # people, January 2019 to January 2021 (WOLA)
SPLIT = {"2019-06": 0.11, "2019-07": 0.20, "2019-08": 0.30, "2019-09": 0.32}
"""Remain in Mexico over encounters of others than Mexicans: the containment study's split of what OHSS leaves."""
FAMILIES = {"Guatemala": 185_233, "Honduras": 188_416, "El Salvador": 56_897, "Mexico": 6_004}
CHILDREN = {"Guatemala": 30_329, "Honduras": 20_398, "El Salvador": 12_021, "Mexico": 10_487}
"""People in families, and unaccompanied children, met by Border Patrol in fiscal 2019."""
FLOWN = ("Guatemala", "Honduras", "El Salvador", "Nicaragua", "Ecuador", "Colombia", "Peru", "Venezuela")
FLIGHT = """\
  - id: flights-{id}
    lever: us.removal_flights_weekly
    for: {nation}
    profile: step
    start: 2018-10-01
    to: {flights}
    source: "{source}"
"""
FLIGHT_SOURCE = (
    "OHSS monthly tables: removals of October to December 2019 over 130 seats; "
    "assumed (0.5 to 2 times): the year before the same"
)
TEXT = Path(__file__).with_name("june_2019.txt").read_text(encoding="utf-8")
LAST_QUARTER = ("2019-10", "2019-11", "2019-12")
QUARTER_DAYS = 92


@dataclass(frozen=True)
class Numbers:
    """What the file says besides demand.

    Attributes
    ----------
    stop_chance : probability of a stop in one transit, March to May 2019, by nationality
    stops : multiple of the hazard of a stop, by month from June on, others than Mexicans together
    returns : people a month whom Mexico returned home, by nationality and month
    waiting_share : share of those eligible who were sent to wait in Mexico, by month
    waiting : the same, people a month; the month 2019-01 stands for all before June in both
    ports : people a day met at ports, by nationality; flights : flights home a week; detained : people a day
    """

    stop_chance: dict[str, float]
    stops: dict[str, float]
    returns: dict[str, dict[str, int]]
    waiting_share: dict[str, float]
    waiting: dict[str, int]
    ports: dict[str, float]
    flights: dict[str, float]
    detained: float


def met(nations: Sequence[str], of: Sequence[str]) -> float:
    """People whom Border Patrol met in some months."""
    return sum(observed("encounters_usbp", month, nationality=nations) for month in of)


def counted(indicator: str, of: Sequence[str], nation: str = "all") -> float:
    """A count of Mexico's in some months; zero where it does not name the nationality."""
    return float(np.nansum([observed(indicator, month, nationality=nation) for month in of]))


def chance(stops: float, arrivals: float, returned: float) -> float:
    """Chance of a stop in one transit, from counts of one group of people."""
    if arrivals <= 0.0:
        return MOST_STOPPED if stops > 0.0 else 0.0
    sent_back = LEVERS["mexico.sent_back_share"].default["all"]
    back = min(returned / stops, 1.0) if stops > 0.0 else 0.0
    ends = back + (1.0 - back) * sent_back
    return min(stops / arrivals / (1.0 + ends * stops / arrivals), MOST_STOPPED)


def chance_of(of: Sequence[str], nation: str | None = None) -> float:
    """The same in some months: of one nationality, or of all others than Mexicans."""
    group, name = (named(),) if nation is None else ((nation,),), nation or "all"
    return chance(
        counted("mexico_detections", of, name), met(group[0], of), counted("mexico_returns", of, name)
    )


def named() -> tuple[str, ...]:
    """Others than Mexicans whom the figures of 2019 name, with all whom they do not name."""
    return tuple(
        nation
        for nation in NOT_MEXICANS
        if np.isfinite(observed("encounters_usbp", SCALED_TO[0], nationality=nation))
    )


def read_series(file: Path, series: str) -> dict[str, dict[str, float]]:
    """Values of a series by group and month."""
    found: dict[str, dict[str, float]] = {}
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["series"] == series:
                found.setdefault(row["group"], {})[row["month"]] = float(row["value"])
    return found


def sent_to_wait(folder: Path) -> dict[str, float]:
    """People sent to wait in Mexico in each month from June, and in a mean month before (`2019-01`)."""
    table = read_series(
        folder / "series" / "outcomes_by_family_status.csv", "us_sw_outcomes_by_family_status"
    )
    counts = table["Total Encounters | Migrant Protection Protocols"]
    known = {month: value for month, value in counts.items() if month <= "2021-01"}
    after = {month: share * met(named(), [month]) for month, share in SPLIT.items()}
    before = SENT_TO_WAIT - sum(known.values()) - sum(after.values())
    if before <= 0.0:
        raise ValueError("the split of the months from June leaves nobody for the months before")
    return {"2019-01": before / 4.2} | after | {month: known[month] for month in LAST_QUARTER}


def at_ports(folder: Path) -> dict[str, float]:
    """People a day met at ports in October to December 2019, by the nationalities of 2019's figures."""
    table = read_series(folder / "series" / "encounters_22_nationalities.csv", "us_sw_encounters_ofo")
    daily = {
        group: sum(of.get(month, 0.0) for month in LAST_QUARTER) / QUARTER_DAYS for group, of in table.items()
    }
    known = {nation: daily[nation] for nation in ("Mexico", *named()) if nation in daily and nation != LEFT}
    return known | {LEFT: sum(daily.values()) - sum(known.values())}


def read_numbers(folder: Path) -> Numbers:
    """All numbers but demand."""
    usual = chance_of(SCALED_TO)
    year = months("2019-01", "2019-12")
    stopped = [n for n in named() if met([n], SCALED_TO) > 0.0]
    waiting = sent_to_wait(folder)
    before = months("2019-02", "2019-05")
    eligible = {month: met(WAIT_IN_MEXICO, [month]) for month in waiting if month > "2019-01"}
    eligible["2019-01"] = met(WAIT_IN_MEXICO, before) / len(before)
    flights = read_series(
        folder / "series" / "removal_flights_per_week.csv", "derived_removals_as_flights_per_week_130_seats"
    )
    detained = read_series(
        folder / "series" / "us_removals_returns_fear_bookins.csv", "ice_bookins_by_arresting_agency"
    )
    return Numbers(
        stop_chance={nation: chance_of(SCALED_TO, nation) for nation in stopped},
        stops={month: np.log1p(-chance_of([month])) / np.log1p(-usual) for month in AFTER},
        returns={
            nation: {month: int(counted("mexico_returns", [month], nation)) for month in year}
            for nation in named()
        },
        waiting_share={month: people / eligible[month] for month, people in waiting.items()},
        waiting={month: round(people) for month, people in waiting.items()},
        ports=at_ports(folder),
        flights={n: float(np.mean([flights[n][month] for month in LAST_QUARTER])) for n in FLOWN},
        detained=sum(detained["CBP"][month] for month in LAST_QUARTER) / QUARTER_DAYS,
    )


def inline(values: Mapping[str, float], form: str = ".3g") -> str:
    """A mapping on one line of YAML."""
    return "{" + ", ".join(f"{key}: {value:{form}}" for key, value in values.items()) + "}"


def by_date(values: Mapping[str, float], form: str, june: str = "2019-06-07") -> str:
    """A dated mapping: each month from its first day, June 2019 from the day of the agreement."""
    days = {month: f"{month}-01" for month in values} | {"2019-06": june}
    return inline({days[month]: value for month, value in values.items()}, form)


def after(values: Mapping[str, float]) -> dict[str, float]:
    """What holds from June on."""
    return {month: value for month, value in values.items() if month in AFTER}


def text_of(numbers: Numbers, demand: Mapping[str, float]) -> str:
    """The scenario file."""
    fiscal = {nation: met([nation], months("2018-10", "2019-09")) for nation in FAMILIES}
    returns = "\n".join(
        f"      {nation}: {by_date(of, 'd', '2019-06-01')}"
        for nation, of in numbers.returns.items()
        if any(of.values())
    )
    flights = "\n".join(
        FLIGHT.format(
            id=n.lower().replace(" ", "-"),
            nation=n,
            flights=f"{numbers.flights[n]:.2g}",
            source=FLIGHT_SOURCE,
        )
        for n in FLOWN
    )
    return TEXT.format(
        flights=flights,
        eligible=", ".join(WAIT_IN_MEXICO),
        share_before=f"{numbers.waiting_share['2019-01']:.3f}",
        places_before=numbers.waiting["2019-01"],
        shares=by_date(after(numbers.waiting_share), ".3f"),
        stops=by_date(numbers.stops, ".2f"),
        chances=inline(numbers.stop_chance),
        returns=returns,
        families=inline({n: FAMILIES[n] / fiscal[n] for n in FAMILIES}),
        children=inline({n: CHILDREN[n] / fiscal[n] for n in CHILDREN}),
        ports=f"{sum(numbers.ports.values()):.0f}",
        ports_by=inline({n: max(value, 0.1) for n, value in numbers.ports.items()}),
        detained=f"{numbers.detained:.0f}",
        demand=inline({nation: demand[nation] for nation in NATIONALITIES}),
    )


def scale_demand(numbers: Numbers) -> dict[str, float]:
    """Latent demand, people a day, with which those of March to May 2019 are met; at least `LEAST`."""
    wanted = {nation: met([nation], SCALED_TO) for nation in ("Mexico", *named())}
    demand = {nation: max(wanted.get(nation, 0.0) / QUARTER_DAYS * 2.0, LEAST) for nation in NATIONALITIES}
    for _ in range(ROUNDS):
        scenario = parse_scenario(text_of(numbers, demand))
        runs = Ensembles([scenario], replicates=REPLICATES, people_per_agent=PEOPLE_PER_AGENT)
        for nation, people in wanted.items():
            made = sum(
                runs.values("encounters_usbp", month, scenario=NAME, nationality=nation).mean()
                for month in SCALED_TO
            )
            if people > 0.0:
                demand[nation] = max(demand[nation] * people / max(made, people / 4.0), LEAST)
    return demand


def main() -> None:
    """Write the scenario."""
    parser = argparse.ArgumentParser(prog="python -m studies.june_2019", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of evidence")
    numbers = read_numbers(parser.parse_args().folder)
    FILE.write_text(text_of(numbers, scale_demand(numbers)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
