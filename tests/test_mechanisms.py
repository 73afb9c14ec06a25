"""An item of the documents is a mechanism only if something else in a run is another without it.

Each is switched off as its row of coverage.yaml says. Both runs have the same luck; every replicate must move the right
way or stay, and their mean by at least what the row says.
"""

import json
from functools import cache, lru_cache

import numpy as np
import pytest

from corridor.engine.simulation import Simulation
from corridor.inputs.compiling.drivers import Drivers, compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.coverage import load_coverage
from corridor.inputs.scenarios.scenario_files import parse_scenario
from tests.small_runs import value_of

PEOPLE_PER_AGENT, REPLICATES = 200, 3
DAY = len("2023-05-11")
OF_THE_DOCUMENTS = range(1, 75)  # actors, instruments, mechanisms; what follows are figures and events
LEAST = 42
ROUNDS = 8  # replicates of a first round of talks, which are soon run
SWITCHED = [item for item in load_coverage() if item.switch]


def added(*parts):
    """Parts of a scenario together: lists are joined, of anything else the last holds."""
    together = {}
    for part in parts:
        for name, value in part.items():
            together[name] = together.get(name, []) + value if isinstance(value, list) else value
    return together


@lru_cache(maxsize=4)
def drivers_of(text: str, values: str, daily: bool) -> Drivers:
    policy, forced = resolve(parse_scenario(text)), json.loads(values)
    parameters = load_parameters(policy.overrides).without_bounds(forced).with_values(forced)
    return compile_drivers(policy, parameters, people_per_agent=PEOPLE_PER_AGENT, daily=daily)


@cache
def runs_of(text: str, values: str, daily: bool):
    drivers = drivers_of(text, values, daily)
    return [Simulation(drivers, seed=1, replicate=number).run() for number in range(REPLICATES)]


def amounts(switch, *parts):
    """The indicator of a switch over its periods, one number a replicate."""
    body = added(*parts)
    values = json.dumps(body.pop("parameters", {}))
    lines = [f"{name}: {json.dumps(value, default=str)}" for name, value in body.items()]
    text = "\n".join(["name: tried", f"extends: {switch.extends}", *lines, ""])
    recordings = runs_of(text, values, any(len(period) == DAY for period in switch.periods))
    where = {"place": switch.place, "nationality": switch.nationality}
    return np.array(
        [
            sum(value_of(each, switch.indicator, period=period, **where) for period in switch.periods)
            for each in recordings
        ]
    )


@pytest.mark.parametrize("item", SWITCHED, ids=lambda item: str(item.number))
def test_without_a_mechanism_its_indicator_is_another(item):
    switch = item.switch
    has, lacks = amounts(switch, switch.both, switch.on), amounts(switch, switch.both, switch.off)
    sign = np.sign(switch.by)
    told = f"{item.text}: {switch.indicator} from {has.mean():,.0f} to {lacks.mean():,.0f} without it"
    assert ((lacks - has) * sign >= 0).all(), told
    assert (lacks - has).mean() * sign >= abs(switch.by) * has.mean(), told


def test_as_many_items_of_the_documents_are_mechanisms_as_are_called_for():
    kinds = [item.kind for item in load_coverage() if item.number in OF_THE_DOCUMENTS]
    assert kinds.count("mechanism") >= LEAST


def gains_of_mexico(values):
    """What Mexico gains in the first round of negotiated-2022, one number a replicate; nothing without agreement."""
    text = "name: tried\nextends: negotiated-2022\nperiod: {end: 2022-09-30}\n"
    drivers, gains = drivers_of(text, json.dumps(values), False), []
    for replicate in range(ROUNDS):
        simulation = Simulation(drivers, seed=1, replicate=replicate)
        first = next(deal for deal in simulation.run().deals or () if deal.parties == "us+mexico")
        gains.append(first.gain_other if first.outcome == "agreed" else 0.0)
    return np.array(gains)


def test_an_election_ahead_gives_mexico_more_in_the_first_round():
    """Item 69, two months before the midterms. Later rounds stand on other promises, so only the first is compared."""
    ahead, none = gains_of_mexico({}), gains_of_mexico({"election_gain": 0})
    assert (ahead >= none).all()
    assert ahead.mean() > 1.5 * none.mean() > 0.0
