"""Runs that tests make: from the text of a scenario to drivers, to a day, and to the parties in the calendar."""

from functools import lru_cache

import numpy as np

from corridor.engine import guards
from corridor.engine.simulation import Simulation
from corridor.inputs.compiling.drivers import Drivers, compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.scenarios.scenario_files import parse_scenario

UNUSED = ("party.spare",)


@lru_cache(maxsize=64)
def drivers_of(body="", people_per_agent=1000, *, daily=False) -> Drivers:
    """Drivers of a scenario that extends history; `body` is the rest of its file."""
    policy = resolve(parse_scenario(f"name: tested\nextends: history\n{body}"))
    parameters = load_parameters(policy.overrides)
    return compile_drivers(policy, parameters, people_per_agent=people_per_agent, daily=daily)


def simulation_of(body="", people_per_agent=1000, *, seed=1, replicate=0, keep_fates=False) -> Simulation:
    return Simulation(drivers_of(body, people_per_agent), seed, replicate, keep_fates=keep_fates)


def live_to(simulation: Simulation, day: int) -> Simulation:
    """Step to the morning of a day."""
    while simulation.today < day:
        simulation.step()
    return simulation


def parties_in(simulation: Simulation) -> tuple[np.ndarray, np.ndarray]:
    """Every party in the calendar of a replicate, and the bucket in which it lies."""
    return guards.parties_in(simulation.world, simulation.chunks)


def value_of(recording, indicator, *, place="all", nationality="all", party="all", period="2023") -> float:
    """One number of a recording."""
    rows = [row[:4] for row in zip(*vars(recording.cells).values(), strict=True)]
    cell = rows.index((indicator, place, nationality, party))
    return float(recording.values[recording.periods.index(period), cell])


def differing_fields(one, other, path="") -> list[str]:
    """Names of the plain fields in which two records differ (padding between fields does not count)."""
    if one.dtype.names is None:
        same = np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        return [] if same else [path]
    return [
        name
        for field in one.dtype.names
        for name in differing_fields(np.asarray(one[field]), np.asarray(other[field]), f"{path}.{field}")
    ]


def unlike(one: Simulation, other: Simulation) -> list[str]:
    """In what two replicates differ, party by party and field by field; empty when they are the same."""
    (parties, buckets), (other_parties, other_buckets) = parties_in(one), parties_in(other)
    if len(parties) != len(other_parties) or not np.array_equal(buckets, other_buckets):
        return ["parties in the calendar"]
    names = [name for name in one.world.dtype.names if name != "calendar"]
    found = differing_fields(parties, other_parties, "party")
    found += [field for name in names for field in differing_fields(one.world[name], other.world[name], name)]
    return [field for field in found if field not in UNUSED]


def check_people(simulation: Simulation) -> None:
    """Everyone is somewhere, once: the counts by place and nation are the parties that lie in the calendar."""
    simulation.check_conservation()
    guards.check_world(simulation.drivers, simulation.today, simulation.world, simulation.chunks)
