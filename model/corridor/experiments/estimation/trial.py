"""One trial: history simulated with given values up to a month, and what months of it looked like.

A trial is a function of its values and settings alone, so trials run on any number of processes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from corridor.engine.simulation import Simulation
from corridor.experiments.estimation.priors import load_declared
from corridor.experiments.known import announced_policy, parameters_as_known
from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.compiling.policy import Policy, resolve
from corridor.inputs.parameters.parameter_set import Parameter, ParameterSet, load_parameters
from corridor.inputs.registries.levers import UNLIMITED
from corridor.inputs.scenarios.scenario_files import load_scenario
from corridor.outputs.observations import last_published
from corridor.outputs.rows import Cell

HISTORY, FITTED = "history", "fitted"
QUIET = {"demand_noise_sd": 0.05}  # the noise of demand at its least: what differs between trials is not luck
SEED = 7


@dataclass(frozen=True)
class Setting:
    """How history is run for an estimate.

    Attributes
    ----------
    until : str
        Last month that may be looked at (``2022-12``), the last published one unless given; parameters fitted by date
        keep no value from after it.
    off : str
        A mechanism that is switched off, or nothing.
    replicates, people_per_agent : int
        Random realisations that are averaged, and their scale.
    origin : str
        A month by whose end inputs and policy are taken as they were known (`corridor.experiments.known`), or nothing.
    """

    until: str = field(default_factory=last_published)
    off: str = ""
    replicates: int = 2
    people_per_agent: int = 50
    origin: str = ""

    @property
    def months(self) -> list[str]:
        """Reported months up to the last that may be looked at."""
        return [month for month in history_of("").timeline.months() if month <= self.until]


@lru_cache(maxsize=16)
def history_of(off: str) -> Policy:
    """The policy of history, without a mechanism."""
    scenario = load_scenario(HISTORY)
    if off:
        mechanism = load_declared().mechanisms[off]
        interventions = [
            each.model_copy(update={"to": UNLIMITED}) if each.id in mechanism.unlimited else each
            for each in scenario.interventions
            if each.id not in mechanism.remove
        ]
        behaviour = mechanism.behaviour or scenario.behaviour
        scenario = scenario.model_copy(update={"interventions": interventions, "behaviour": behaviour})
    return resolve(scenario)


def forced_by(off: str) -> Mapping[str, float]:
    """Parameters that a mechanism which is switched off takes out of their range, with their values."""
    return load_declared().mechanisms[off].parameters if off else {}


@lru_cache(maxsize=16)
def known_parameters(until: str, off: str, origin: str = "") -> ParameterSet:
    """The packaged parameters as of a month: of what was fitted by date, no value from after it.

    Demand is left to the estimate. A mechanism that is switched off may leave its range. With an origin, no dated value
    is there that had not been published by its end.
    """
    last = np.datetime64(until, "M") + 1
    end = int((last.astype("datetime64[D]") - np.datetime64("0001-01-01")).astype(int)) + 1
    known: dict[str, Parameter] = {}
    for id, parameter in load_parameters().parameters.items():
        if parameter.status == FITTED and parameter.dated:
            knots = {
                key: tuple(k for k in row if k[0] < end) or row[:1] for key, row in parameter.knots.items()
            }
            parameter = replace(parameter, knots=knots)
        known[id] = parameter
    forced = forced_by(off)
    found = parameters_as_known(ParameterSet(known), origin) if origin else ParameterSet(known)
    return found.without_bounds(forced).with_values({**QUIET, **forced})


def simulate(values: Mapping[str, Any], setting: Setting, cells: Sequence[Cell]) -> np.ndarray:
    """Mean monthly values of the cells up to the setting's last month, float64[T, M]."""
    return np.mean(
        [run_once(values, setting, cells, replicate) for replicate in range(setting.replicates)], axis=0
    )


def run_once(
    values: Mapping[str, Any],
    setting: Setting,
    cells: Sequence[Cell],
    replicate: int,
    *,
    policy: Policy | None = None,
    quiet: bool = True,
    last: str = "",
    seed: int = SEED,
) -> np.ndarray:
    """Monthly values of the cells in one replicate, float64[T, M].

    Parameters
    ----------
    policy : Policy, optional
        Another than history's, or than what was known of it at the setting's origin.
    quiet : bool
        Whether the noise of demand is at its least.
    last : str
        Last month that is simulated; the setting's `until` unless given.
    """
    known = (
        announced_policy(setting.origin) if setting.origin and not setting.off else history_of(setting.off)
    )
    policy = policy or known
    parameters = known_parameters(setting.until, setting.off, setting.origin)
    given = {id: value for id, value in values.items() if id not in forced_by(setting.off)}
    if not quiet:
        given |= {id: load_parameters()[id].scalar() for id in QUIET}
    drivers = compile_drivers(
        policy, parameters.with_values(given), people_per_agent=setting.people_per_agent
    )
    simulation = Simulation(drivers, seed=seed, replicate=replicate)
    months = [month for month in drivers.timeline.months() if month <= (last or setting.until)]
    following = np.datetime64(months[-1], "M") + 1
    end = drivers.timeline.day_of(following.astype("datetime64[D]").astype(object))
    simulation.run_until(min(end + 1, drivers.timeline.days))
    if end >= drivers.timeline.days:
        simulation.run()
    recorder = simulation.recorder
    at = {period: place for place, period in enumerate(recorder.periods)}
    rows = {cell: row for row, cell in enumerate(recorder.map.cells.rows())}
    columns = [rows[cell] for cell in cells]
    found = np.array([recorder.values[at[month]][columns] for month in months]).T
    simulation.release_institutions()
    return found
