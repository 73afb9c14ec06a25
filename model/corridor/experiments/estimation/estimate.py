"""The job: members of the prior are run and moved towards the data, step by step.

A member is one run of history with parameter values of its own, on one of a few seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridor.experiments.estimation.declared import RATES, Estimation, load_estimation
from corridor.experiments.estimation.series import Data
from corridor.experiments.estimation.smoother import move_members
from corridor.experiments.estimation.trial import Setting, run_once
from corridor.experiments.estimation.unknowns import Unknowns
from corridor.experiments.workers import run_tasks
from corridor.foundations.errors import CorridorError, RunError
from corridor.inputs.scenarios.request import check_request
from corridor.outputs.observations import last_published
from corridor.outputs.rows import Cell

MEMBERS = 90
FEWEST = 0.5  # of the members must end well, or there is no estimate
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Estimate:
    """What the smoother found.

    Attributes
    ----------
    asked : int
        Members at the beginning.
    members : float64[U, M]
        The last members.
    misfit : list of float
        Mean square of gaps over errors, before the first step and after each.
    failed : list of str
        Members that ended in an error, in words.
    """

    setting: Setting
    unknowns: Unknowns
    data: Data
    left_out: tuple[str, ...]
    asked: int
    seed: int
    prior: NDArray[np.float64]
    members: NDArray[np.float64]
    misfit: list[float]
    failed: list[str]

    @property
    def values(self) -> dict[str, Any]:
        """Values at the mean of the members' logarithms."""
        return self.unknowns.values(self.members.mean(axis=1))


def estimate(
    until: str = "",
    *,
    off: str = "",
    members: int = MEMBERS,
    seed: int = 1,
    people_per_agent: int = 50,
    left_out: Collection[str] = (),
    counts: NDArray[np.float64] | None = None,
    origin: str = "",
    workers: int = 2,
    declared: Estimation | None = None,
    tell: Tell = lambda _: None,
) -> Estimate:
    """Estimate demand and rates together.

    Parameters
    ----------
    until : str
        Last month that is looked at; the last published one unless given.
    off : str
        A mechanism of calibration.yaml that is switched off, or nothing.
    members : int
        Size of the ensemble.
    seed : int
        Of the prior's members and of the noise on data. Two seeds that agree say that the members are enough.
    left_out : collection of str
        Months that are simulated and not compared; the prior does not know them either.
    counts : float64[C, T], optional
        Data made by the model with known values, in place of what was published (`series.cells_of`).
    origin : str
        A month by whose end inputs and policy are taken as they were known; as they are on record unless given.

    Raises
    ------
    InputError
        If a number that is asked for is out of bounds.
    RunError
        If more than half of the members fail.
    """
    asked = check_request(members=members, seed=seed, people_per_agent=people_per_agent, workers=workers)
    members, seed, people_per_agent, workers = asked.values()
    declared = declared or load_estimation()
    setting = Setting(until or last_published(), off, people_per_agent=people_per_agent, origin=origin)
    unknowns = Unknowns(setting.until, declared, off, left_out)
    data = Data(setting.months, declared, people_per_agent=people_per_agent, left_out=left_out, counts=counts)
    blocks = [(block, data.seen_by(block)) for block in unknowns.blocks()]
    rng = np.random.default_rng(seed)
    x = prior = unknowns.draw(members, rng)
    misfit: list[float] = []
    failed: list[str] = []
    for step in range(len(declared.inflation) + 1):
        x, made = _run_members(x, unknowns, data, setting, workers, failed)
        misfit.append(float(np.mean(((made - data.observed[:, None]) / data.error[:, None]) ** 2)))
        tell(
            f"step {step} of {len(declared.inflation)}: mean square misfit {misfit[-1]:.2f}, {x.shape[1]} members"
        )
        if step == len(declared.inflation):
            break
        noise = rng.standard_normal(made.shape)
        moved = x.copy()
        for block, seen in blocks:
            inflation = declared.inflation[step] * (declared.rates_inflation if block.kind == RATES else 1.0)
            moved[block.rows] = move_members(
                x[block.rows], made[seen], data.observed[seen], data.error[seen], noise[seen],
                inflation=inflation, energy=declared.energy,
            )  # fmt: skip
        x = moved
    return Estimate(setting, unknowns, data, tuple(left_out), members, seed, prior, x, misfit, failed)


def _run_members(
    x: NDArray[np.float64],
    unknowns: Unknowns,
    data: Data,
    setting: Setting,
    workers: int,
    failed: list[str],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The members that end well, and what they made of the data, float64[D, M]."""
    seeds = unknowns.declared.seeds
    tasks = [(unknowns.values(x[:, m]), setting, data.cells, 1 + m % seeds) for m in range(x.shape[1])]
    found = run_tasks(run_member, tasks, workers=workers)
    well = [m for m, each in enumerate(found) if not isinstance(each, str)]
    failed += [each for each in found if isinstance(each, str)]
    if len(well) < FEWEST * len(found):
        raise RunError(f"{len(found) - len(well)} of {len(found)} members failed; the last: {failed[-1]}")
    return x[:, well], np.stack([data.made(found[m]) for m in well], axis=1)


def run_member(
    values: dict[str, Any], setting: Setting, cells: list[Cell], seed: int
) -> NDArray[np.float64] | str:
    """Months of the cells in one run, float64[C, T]; or why it failed."""
    try:
        return run_once(values, setting, cells, 0, seed=seed)
    except CorridorError as error:
        return str(error)
