"""Which deals are possible: what opens agreement in most futures, and which demands cannot be met together.

A future is a set of preferences and a meeting. Preferences are drawn around those of the scenario: each interest of
each side weighs between half and twice as much. Meetings are those of runs in which the governments talk in vain, so
that every meeting asks what could be agreed with nothing promised yet. All packages of every future are worked out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from corridor.foundations.errors import InputError, Problem
from corridor.inputs.compiling.drivers import Drivers, compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.bargain_items import INTERESTS, ISSUES
from corridor.inputs.scenarios.diplomacy import Bargaining
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import ScenarioData, load_scenario
from corridor.outputs.tables import csv_bytes

DRAWS, REPLICATES, PEOPLE_PER_AGENT = 100, 2, 500
WIDEST = 2.0
"""An interest weighs up to so many times as much as in the scenario, or as little."""
OUT_OF_REACH = 0.05
"""Demands that are met together in a smaller share of futures are said not to be."""


@dataclass(frozen=True)
class DealSpace:
    """What can be agreed.

    Attributes
    ----------
    scenario : name
    futures : int
    agreed : float
        Share of futures with an agreement, everything being on the table.
    concessions : DataFrame
        ``giver, issue, step, opens``: share of futures with an agreement when this is all that its giver gives, and the
        other side gives whatever both prefer.
    demands : DataFrame
        ``first, second, alone, together, impossible``: shares of futures in which both sides prefer some package with
        the scarcer of two steps, and with both (or more), to no agreement.
    """

    scenario: str
    futures: int
    agreed: float
    concessions: pd.DataFrame
    demands: pd.DataFrame

    @property
    def impossible(self) -> pd.DataFrame:
        """Pairs of demands that can be met alone, and together in fewer than one future in twenty."""
        return self.demands.loc[self.demands["impossible"]]

    def files(self) -> dict[str, bytes]:
        """What `corridor discover --deals --out` writes, by name."""
        return {
            "concessions.csv": csv_bytes(self.concessions),
            "demands.csv": csv_bytes(self.demands.drop(columns="impossible")),
        }


def explore_deals(
    scenario: Scenario | ScenarioData | str | Path,
    *,
    draws: int = DRAWS,
    replicates: int = REPLICATES,
    people_per_agent: int = PEOPLE_PER_AGENT,
    seed: int = 1,
) -> DealSpace:
    """Work out what could be agreed in many futures of a negotiated scenario.

    Raises
    ------
    InputError
        If the scenario cannot be loaded, or its governments do not bargain.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    if loaded.bargaining is None:
        message = "its governments do not bargain: `diplomacy:` with `mode: negotiated` or `mixed` is missing"
        raise InputError([Problem(loaded.name, 0, 0, "diplomacy", message)])
    policy = resolve(loaded)
    drivers = compile_drivers(policy, load_parameters(policy.overrides), people_per_agent=people_per_agent)
    meetings = _vain_meetings(drivers, seed, replicates)
    found = [
        steps
        for draw in range(draws)
        for steps in _preferred_packages(drivers, _drawn(drivers.bargaining, seed, draw), meetings)
    ]
    names = [name for name in ISSUES if drivers.bargaining and name in drivers.bargaining.issues]
    return DealSpace(
        loaded.name,
        len(found),
        float(np.mean([len(steps) > 0 for steps in found])) if found else float("nan"),
        _concessions(found, names),
        _demands(found, names),
    )


def _vain_meetings(drivers: Drivers, seed: int, replicates: int) -> list:
    """Situations of all meetings of runs in which nothing can be agreed."""
    from corridor.engine.simulation import Simulation

    bargaining = drivers.bargaining
    assert bargaining is not None
    closed = replace(
        bargaining, most=dict.fromkeys(bargaining.most, 0), least=dict.fromkeys(bargaining.least, 0)
    )
    in_vain = replace(drivers, bargaining=closed)
    meetings = []
    for replicate in range(replicates):
        simulation = Simulation(in_vain, seed, replicate)
        simulation.run()
        assert simulation.talks is not None
        meetings += simulation.talks.seen
        simulation.release_institutions()
    return meetings


def drawn_weights(seed: int, draw: int) -> dict[str, dict[str, float]]:
    """Multiples of what each interest weighs, by party and interest, as `diplomacy.weights` of a scenario takes them.

    Log-uniform between half and twice as much; draw 0 is 1 throughout. Drawn with the key of week 0, in which no talks
    are ever held.
    """
    from corridor.engine.diplomacy.negotiator import uniforms_of

    luck = uniforms_of(seed, draw, 0, 1)[0]
    return {
        party: {
            interest: round(WIDEST ** (2.0 * float(luck[number, place]) - 1.0), 3) if draw else 1.0
            for place, interest in enumerate(interests)
        }
        for number, (party, interests) in enumerate(INTERESTS.items())
    }


def _drawn(bargaining: Bargaining | None, seed: int, draw: int) -> Bargaining:
    """Other preferences around those of a scenario."""
    assert bargaining is not None
    weights = {
        party: bargaining.weights[party] * np.array(list(factors.values()))
        for party, factors in drawn_weights(seed, draw).items()
    }
    return replace(bargaining, weights=weights)


def _preferred_packages(drivers: Drivers, bargaining: Bargaining, meetings: Sequence) -> list[np.ndarray]:
    """For each meeting the packages that both sides prefer to no agreement: int64[packages, issues], in axis order."""
    from corridor.engine.diplomacy.packages import PackageWorths, worths

    table, weighed = PackageWorths(drivers, bargaining), worths(drivers.parameters, bargaining)
    found = []
    for now, consent in meetings:
        offers = table.offers(now, weighed["us"], weighed["mexico"], consent=consent)
        both = np.flatnonzero((offers.us > 0.0) & (offers.mexico > 0.0))
        places = np.unravel_index(both, [len(axis) for axis in offers.axes])
        found.append(
            np.stack(
                [np.asarray(axis)[place] for axis, place in zip(offers.axes, places, strict=True)], axis=1
            )
        )
    return found


def _columns(names: Sequence[str]) -> dict[str, int]:
    from corridor.engine.diplomacy.packages import AXES

    return {name: AXES.index(name) for name in names}


def _concessions(found: Sequence[np.ndarray], names: Sequence[str]) -> pd.DataFrame:
    at = _columns(names)
    rows = []
    for name in names:
        giver = ISSUES[name].giver
        others = [at[other] for other in names if ISSUES[other].giver == giver and other != name]
        for number, step in enumerate(ISSUES[name].steps[1:], 1):
            opens = [
                bool(((steps[:, at[name]] == number) & ~steps[:, others].any(axis=1)).any())
                for steps in found
            ]
            rows.append((giver, name, step.id, float(np.mean(opens)) if opens else np.nan))
    frame = pd.DataFrame(rows, columns=["giver", "issue", "step", "opens"])
    return frame.sort_values(["giver", "opens"], ascending=[False, False], kind="stable", ignore_index=True)


def _demands(found: Sequence[np.ndarray], names: Sequence[str]) -> pd.DataFrame:
    at = _columns(names)
    wanted = [(name, number) for name in names for number in range(1, len(ISSUES[name].steps))]
    met = np.zeros((len(wanted), len(wanted)))
    for steps in found:
        holds = np.stack([steps[:, at[name]] >= number for name, number in wanted], axis=1).astype(float)
        met += (holds.T @ holds) > 0
    met /= max(1, len(found))
    rows = []
    for first, (name, number) in enumerate(wanted):
        for second in range(first + 1, len(wanted)):
            other, step = wanted[second]
            if other == name:
                continue
            alone = min(met[first, first], met[second, second])
            rows.append(
                (
                    f"{name}={ISSUES[name].steps[number].id}",
                    f"{other}={ISSUES[other].steps[step].id}",
                    alone,
                    met[first, second],
                    alone >= OUT_OF_REACH > met[first, second],
                )
            )
    frame = pd.DataFrame(rows, columns=["first", "second", "alone", "together", "impossible"])
    return frame.sort_values(["together", "first", "second"], kind="stable", ignore_index=True)
