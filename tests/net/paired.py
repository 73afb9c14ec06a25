"""Paired runs of the net: one history up to a morning, and from there one policy beside another with the same luck.

A run goes on from the stored morning of its replicate, so only the months after it are lived. `Response` is what an
indicator becomes along the values of a lever, by replicate; `chance` says how much of it luck could give.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

import numpy as np

from corridor.engine.recording.recorder import Recording
from corridor.engine.simulation import Simulation
from corridor.engine.state import State
from corridor.foundations.timeline import WEEKLY
from corridor.inputs.compiling.drivers import Drivers, compile_drivers
from corridor.inputs.compiling.news import compile_signals
from corridor.inputs.compiling.policy import Policy as Resolved
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.scenarios.scenario_files import parse_scenario

PEOPLE_PER_AGENT, REPLICATES, SEED = 200, 3, 1
BEGINS = date(
    2022, 6, 1
)  # the first day of a week and of a month: Title 42 is in force, and no bar on asylum yet
ENDS = date(2022, 11, 30)
MONTHS = tuple(f"2022-{month:02}" for month in range(6, 12))


@dataclass(frozen=True)
class Policy:
    """What is added to history: interventions, shocks, other parameters; its last day; whether anyone believes news."""

    interventions: tuple[str, ...] = ()
    shocks: tuple[str, ...] = ()
    overrides: str = ""
    ends: date = ENDS
    announcements: str = "heard"

    def text(self) -> str:
        parts = [f"name: net\nextends: history\nperiod: {{end: {self.ends}}}\n"]
        parts += [f"announcements: {self.announcements}\n"] if self.announcements != "heard" else []
        parts += [f"overrides: {{{self.overrides}}}\n"] if self.overrides else []
        parts += [
            f"{name}: [{', '.join(entries)}]\n"
            for name, entries in (("interventions", self.interventions), ("shocks", self.shocks))
            if entries
        ]
        return "".join(parts)


HISTORY = Policy()


def move(lever: str, to: object, members: tuple[str, ...] = (), *, id: str = "moved", more: str = "") -> str:
    """The line of an intervention that begins on the morning from which runs part."""
    named = f"for: [{', '.join(members)}], " if members else ""
    rest = more or f"start: {BEGINS}, to: {to}"
    return f"{{id: {id}, lever: {lever}, {named}{rest}}}"


def _moves_days_ahead(policy: Resolved) -> bool:
    """Whether a policy moves a lever from which more is compiled than its path and its news: days ahead made of it."""
    moved = [LEVERS[entry.lever] for entry in policy.scenario.interventions]
    return any(field.startswith("outlook.") for lever in moved for field in lever.sets)


@lru_cache(maxsize=8)
def drivers_of(policy: Policy) -> Drivers:
    resolved = resolve(parse_scenario(policy.text()))
    plain = Policy(ends=policy.ends)
    parameters = load_parameters(resolved.overrides)
    if policy != plain and replace(policy, interventions=()) == plain and not _moves_days_ahead(resolved):
        # Paths and news are all that differs, and soon done.
        signals = compile_signals(resolved, parameters)
        return replace(drivers_of(plain), levers=dict(resolved.levers), signals=signals)
    return compile_drivers(resolved, parameters, people_per_agent=PEOPLE_PER_AGENT)


@cache
def morning(history: Policy, replicate: int) -> State:
    """History, without what a policy moves, on the morning of `BEGINS`."""
    drivers = drivers_of(history)
    day = drivers.timeline.day_of(BEGINS)
    assert day % WEEKLY == 0
    simulation = Simulation(drivers, SEED, replicate)
    simulation.run_until(day)
    return simulation.state()


@cache
def runs_of(policy: Policy, replicates: int = REPLICATES) -> tuple[Recording, ...]:
    """The recordings of the first replicates."""
    drivers, recordings = drivers_of(policy), []
    for replicate in range(replicates):
        simulation = Simulation(drivers, SEED, replicate)
        simulation.resume(morning(replace(policy, interventions=(), shocks=()), replicate))
        recordings.append(simulation.run())
    return tuple(recordings)


@cache
def _cells() -> dict[tuple[str, str, str, str], int]:
    return {cell: number for number, cell in enumerate(runs_of(HISTORY)[0].cells.rows())}


def reading(
    policy: Policy,
    indicator: str,
    *,
    place: str = "all",
    nationality: str = "all",
    months: tuple[str, ...] = MONTHS,
    replicates: int = REPLICATES,
) -> np.ndarray:
    """An indicator summed over months, one number a replicate."""
    cell = _cells()[indicator, place, nationality, "all"]
    return np.array(
        [
            sum(float(run.values[run.periods.index(month), cell]) for month in months)
            for run in runs_of(policy, replicates)
        ]
    )
