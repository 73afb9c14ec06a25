"""What studies share: ensembles by name, run once; cells of them replicate by replicate; observed figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from corridor import Results, run_ensembles
from corridor.engine.simulation import Simulation
from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES, names_with
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import load_scenario, parse_scenario
from corridor.outputs.observations import observed_values
from corridor.outputs.rows import ALL, Cell

HISTORY = "history"
FINER, FINE_REPLICATES = 5, 8
NOT_MEXICANS = tuple(nation for nation in NATIONALITIES if nation not in names_with("at_home_in_mexico"))


def variant(name: str, body: str, *, extends: str = HISTORY) -> Scenario:
    """A scenario that extends another; `body` is the rest of its file."""
    return parse_scenario(f"name: {name}\nextends: {extends}\n{body}")


class Ensembles:
    """Results by the name of their scenario.

    Parameters
    ----------
    scenarios
        Names of shipped scenarios, or scenarios.
    daily
        More of them, reported by day too, at a scale `FINER` times as fine with fewer replicates.
    replicates, people_per_agent
        As for `corridor.run_ensembles`.
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario | str],
        daily: Sequence[Scenario] = (),
        *,
        replicates: int,
        people_per_agent: int,
    ):
        self.replicates, self.people_per_agent = replicates, people_per_agent
        self.by_name: dict[str, Results] = {}
        fine = (min(replicates, FINE_REPLICATES), max(1, people_per_agent // FINER))
        for asked, by_day, (number, people) in (
            (scenarios, False, (replicates, people_per_agent)),
            (daily, True, fine),
        ):
            if asked:
                results = run_ensembles(asked, replicates=number, people_per_agent=people, daily=by_day)
                self.by_name |= {each.scenario: each for each in results}

    def values(
        self,
        indicator: str,
        period: str,
        *,
        scenario: str = HISTORY,
        place: str = ALL,
        nationality: str | Sequence[str] = ALL,
    ) -> np.ndarray:
        """One number a replicate, float64[R]; several nationalities are added up."""
        results = self.by_name[scenario]
        nations = (nationality,) if isinstance(nationality, str) else nationality
        columns = [results.index[Cell(indicator, place, nation)] for nation in nations]
        return results.values[:, results.periods.index(period), columns].sum(axis=1)

    def days(self, indicator: str, months: Sequence[str], *, scenario: str, place: str = ALL) -> np.ndarray:
        """Every day of some months, float64[R, D]; of a scenario that was run by day."""
        results = self.by_name[scenario]
        rows = [
            row
            for row, period in enumerate(results.periods)
            if period[:7] in months and len(period) > len("2022-09")
        ]
        return results.values[:, rows, results.index[Cell(indicator, place)]]


def observed(
    indicator: str, period: str, *, place: str = ALL, nationality: str | Sequence[str] = ALL
) -> float:
    """The figure of public statistics, NaN where there is none."""
    nations = (nationality,) if isinstance(nationality, str) else nationality
    cells = [Cell(indicator, place, nation) for nation in nations]
    return float(np.asarray(observed_values(cells, [period]))[0].sum())


def people_at(
    place: str, scenario: str, first: date, days: int, *, replicates: int, people_per_agent: int
) -> np.ndarray:
    """People at a place of the map on each of some days, float64[R, D]: what no indicator tells apart."""
    policy = resolve(load_scenario(scenario))
    drivers = compile_drivers(policy, load_parameters(policy.overrides), people_per_agent=people_per_agent)
    code, begins = drivers.geography.codes[place], drivers.timeline.day_of(first)
    present = np.empty((replicates, days))
    for replicate in range(replicates):
        simulation = Simulation(drivers, seed=1, replicate=replicate)
        simulation.run_until(begins)
        for day in range(days):
            simulation.step()
            present[replicate, day] = simulation.world["places"]["present"][code] * people_per_agent
        simulation.release_institutions()
    return present
