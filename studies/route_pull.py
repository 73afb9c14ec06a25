"""Fit the pull of routes, one number a nationality for all months: `python -m studies.route_pull` (a minute).

`route_shares.csv` says by which routes people set out, by month and nationality: ratios of Darién, Honduran and US
counts, with half-years and months taken as one where no more is known. Pulls in `FREE` move until the mean share of
their route from January 2021 to December 2023 is what it says, but for Cuba's flight to Managua: above 100 nothing is
gained, nearly all took it once it was open. All others are 1 (0 where nobody was reported to come). In sample: those
months are then no score of mean shares, but what moves from month to month is left to leanings. Told for each
nationality: total variation of months from the file, weighted by departures, to 2023 and in 2024, of which nothing is
fitted.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

from corridor.engine.simulation import Simulation
from corridor.experiments.estimation.trial import QUIET, history_of
from corridor.inputs.compiling.drivers import Drivers, compile_drivers
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.geography import load_geography
from corridor.inputs.registries.nationalities import NATIONALITIES

SHARES = Path(__file__).with_name("route_shares.csv")
FREE = {
    "Colombia": "darien",
    "Ecuador": "darien",
    "Peru": "darien",
    "Other": "nicaragua_air",
    "China": "ecuador_air",
    "India": "nicaragua_air",
    "West Africa": "nicaragua_air",
    "Eastern Europe and Central Asia": "nicaragua_air",
}
PULLS = tuple(route.pull for route in load_geography().routes if route.pull)
LAST = "2023-12"
LOOK_DAYS = 7
STEP = 0.3  # of the logarithm of odds: a pull works again and again as leanings follow it
SEED, REPLICATES = 7, 2


def shares_on_file() -> dict[str, np.ndarray]:
    """Shares by month of `route_shares.csv`, float64[N, R]; nothing for nationalities that have but one route."""
    routes = [route.id for route in load_geography().routes]
    found: dict[str, np.ndarray] = {}
    with SHARES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            month = found.setdefault(row["month"], np.zeros((len(NATIONALITIES), len(routes))))
            month[NATIONALITIES.index(row["nationality"]), routes.index(row["route"])] = float(row["share"])
    return found


def departures_by_route(drivers: Drivers, replicate: int) -> dict[str, np.ndarray]:
    """People who are expected to leave, by month, nationality and route, float64[N, R]: looked at once a week."""
    simulation = Simulation(drivers, seed=SEED, replicate=replicate)
    number = len(drivers.geography.routes)
    found: dict[str, np.ndarray] = {}
    start = np.datetime64(drivers.timeline.date_of(0))
    for day in range(LOOK_DAYS, drivers.timeline.days, LOOK_DAYS):
        simulation.run_until(day)
        month = str((start + day - 1).astype("datetime64[M]"))
        world = simulation.world
        by_circle = np.diff(world["circles"]["routes"], axis=1, prepend=0.0)[:, :number]
        by_circle = by_circle * world["circles"]["leaving"][:, None]
        firsts = world["nations"]["first_circle"][: len(NATIONALITIES)].astype(int)
        sums = np.add.reduceat(by_circle[: int(world["nations"]["circles"].sum())], firsts, axis=0)
        found[month] = found.get(month, 0.0) + sums
    simulation.release_institutions()
    return found


def simulated(pulls: dict[str, dict[str, float]], people_per_agent: int) -> dict[str, np.ndarray]:
    """Departures by month with other pulls than those on file, mean of `REPLICATES`."""
    values = {f"route_pull_{route}": given for route, given in pulls.items()}
    drivers = compile_drivers(
        history_of(""), load_parameters().with_values({**QUIET, **values}), people_per_agent=people_per_agent
    )
    runs = [departures_by_route(drivers, replicate) for replicate in range(REPLICATES)]
    return {month: np.mean([run[month] for run in runs], axis=0) for month in runs[0]}


def means(made: dict[str, np.ndarray], said: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean shares to `LAST`, weighted by departures: as simulated and as on file, float64[N, R] both."""
    months = [month for month in said if month <= LAST]
    whole = np.sum([made[month] for month in months], axis=0)
    filed = np.sum([said[month] * made[month].sum(axis=1, keepdims=True) for month in months], axis=0)
    people = np.maximum(whole.sum(axis=1, keepdims=True), 1e-9)
    return whole / people, filed / people


def distances(made: dict[str, np.ndarray], said: dict[str, np.ndarray], months: list[str]) -> np.ndarray:
    """Total variation of months from the file, weighted by departures, float64[N]."""
    people = np.array([made[month].sum(axis=1) for month in months])
    apart = np.array(
        [
            0.5 * np.abs(made[m] / np.maximum(made[m].sum(axis=1, keepdims=True), 1e-9) - said[m]).sum(axis=1)
            for m in months
        ]
    )
    return (apart * people).sum(axis=0) / np.maximum(people.sum(axis=0), 1e-9)


def fit_pulls(rounds: int, people_per_agent: int) -> dict[str, dict[str, float]]:
    """Pulls of the routes in `FREE`, by route and nationality."""
    routes = [route.id for route in load_geography().routes]
    codes = {name: code for code, name in enumerate(NATIONALITIES)}
    now: dict[str, dict[str, float]] = {}
    for name, route in FREE.items():
        value = load_parameters()[f"route_pull_{route}"].by_nationality()[codes[name]]
        now.setdefault(route, {})[name] = float(value)
    said = shares_on_file()
    for _ in range(rounds):
        made, filed = means(simulated(now, people_per_agent), said)
        for name, route in FREE.items():
            of, at = codes[name], routes.index(route)
            odds = [np.clip(share[of, at], 1e-4, 1 - 1e-4) for share in (filed, made)]
            ratio = odds[0] / (1 - odds[0]) * (1 - odds[1]) / odds[1]
            now[route][name] = round(float(np.clip(now[route][name] * ratio**STEP, 0.05, 100.0)), 3)
        print(now)
    return now


def tell(people_per_agent: int, pulls: dict[str, dict[str, float]]) -> None:
    """Print distances and mean shares by nationality."""
    said = shares_on_file()
    made = simulated(pulls, people_per_agent)
    to_2023, later = (
        distances(made, said, [m for m in said if m in made and (m <= LAST) is early])
        for early in (True, False)
    )
    mine, filed = means(made, said)
    print("nationality, total variation to 2023, in 2024; mean shares simulated / on file")
    for code, name in enumerate(NATIONALITIES):
        if filed[code].sum() > 0:
            apart = f"{to_2023[code]:.3f} {later[code]:.3f}"
            print(f"{name:32} {apart}  {np.round(mine[code], 3)} / {np.round(filed[code], 3)}")
    people = np.sum([made[m].sum(axis=1) for m in said if m <= LAST], axis=0)
    moved = filed.sum(axis=1) > 0
    print(f"all of these, by people: {(to_2023 * people)[moved].sum() / people[moved].sum():.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studies.route_pull", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=12, help="0: only tell how far the shares are from the file"
    )
    parser.add_argument("--people-per-agent", type=int, default=50)
    asked = parser.parse_args()
    pulls = fit_pulls(asked.rounds, asked.people_per_agent) if asked.rounds else {}
    tell(asked.people_per_agent, pulls)


if __name__ == "__main__":
    main()
