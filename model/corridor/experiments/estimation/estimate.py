"""The job: members of the prior are run, moved towards the data step by step, and judged on seeds that nobody has used.

A member is one run of history with parameter values of its own, on one of a few seeds. What is reported is the mean of
the last members, run on sixteen seeds that no step has seen, beside the packaged values on the same seeds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridor.experiments.calibration.trial import Setting, run_once
from corridor.experiments.estimation.declared import RATES, Estimation, load_estimation
from corridor.experiments.estimation.series import Data
from corridor.experiments.estimation.smoother import move_members
from corridor.experiments.estimation.unknowns import Unknowns
from corridor.experiments.workers import run_tasks
from corridor.foundations.errors import CorridorError, RunError
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.files import write_files
from corridor.outputs.observations import last_published
from corridor.outputs.rows import Cell
from corridor.outputs.tables import csv_bytes

UNSEEN = tuple(range(1001, 1017))  # seeds on which an estimate is judged
FEWEST = 0.5  # of the members must end well, or there is no estimate
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Estimate:
    """What the smoother found.

    Attributes
    ----------
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
    until: str | None = None,
    *,
    members: int = 80,
    seed: int = 1,
    people_per_agent: int = 50,
    left_out: Collection[str] = (),
    counts: NDArray[np.float64] | None = None,
    workers: int = 2,
    declared: Estimation | None = None,
    tell: Tell = lambda _: None,
) -> Estimate:
    """Estimate demand and rates together.

    Parameters
    ----------
    until : str, optional
        Last month that is looked at: the last published one unless given.
    members : int
        Size of the ensemble.
    seed : int
        Of the prior's members and of the noise on data. Two seeds that agree say that the members are enough.
    left_out : collection of str
        Months that are simulated and not compared.
    counts : float64[C, T], optional
        Data made by the model with known values, in place of what was published (`series.cells_of`).

    Raises
    ------
    RunError
        If more than half of the members fail.
    """
    declared = declared or load_estimation()
    until = until or last_published()
    setting = Setting(until, people_per_agent=people_per_agent)
    unknowns = Unknowns(until, declared)
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
    return Estimate(setting, unknowns, data, seed, prior, x, misfit, failed)


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


def judge(
    found: Estimate,
    others: Mapping[str, dict[str, Any]],
    *,
    workers: int = 2,
    seeds: Collection[int] = UNSEEN,
) -> pd.DataFrame:
    """Distance of each series on unseen seeds: of the estimate, and of other values under their names.

    Returns
    -------
    DataFrame
        `indicator`, `nationality`, then for each set of values its WAPE: the sum of absolute distances of months, over
        the sum of what was observed. A row whose nationality is ``pooled`` takes all nationalities together.
    """
    setting = found.setting
    sets = {"estimate": found.values, **others}
    tasks = [(values, setting, found.data.cells, seed) for values in sets.values() for seed in seeds]
    runs = run_tasks(run_member, tasks, workers=workers)
    counts = found.data.counts
    columns: dict[str, list[float]] = {}
    groups = _groups(found.data.cells)
    for place, name in enumerate(sets):
        ended = [
            each for each in runs[place * len(seeds) : (place + 1) * len(seeds)] if not isinstance(each, str)
        ]
        gap = np.abs(np.mean(ended, axis=0) - counts)
        columns[name] = [float(np.nansum(gap[rows]) / np.nansum(counts[rows])) for rows in groups.values()]
    head = pd.DataFrame(list(groups), columns=["indicator", "nationality"])
    return pd.concat([head, pd.DataFrame(columns)], axis=1)


def _groups(cells: list[Cell]) -> dict[tuple[str, str], list[int]]:
    groups: dict[tuple[str, str], list[int]] = {}
    for row, cell in enumerate(cells):
        groups[cell.indicator, cell.nationality] = [row]
        if cell.nationality != "all":
            groups.setdefault((cell.indicator, "pooled"), []).append(row)
    return {key: rows for key, rows in groups.items() if key[1] != "pooled" or len(rows) > 1}


def unknowns_table(found: Estimate) -> pd.DataFrame:
    """Every unknown: its value and the spread of its logarithm in the prior and at the end."""
    names = pd.DataFrame(found.unknowns.names(), columns=["parameter", "key", "date"])
    prior, last = found.prior, found.members
    names["value"] = np.exp(last.mean(axis=1))
    names["spread"] = last.std(axis=1, ddof=1)
    names["prior_value"] = np.exp(prior.mean(axis=1))
    names["prior_spread"] = prior.std(axis=1, ddof=1)
    return names


def demand_table(found: Estimate) -> pd.DataFrame:
    """Latent demand by nationality and month, and how large each change is beside what the prior expects of one.

    Returns
    -------
    DataFrame
        `nationality`, `month`, `people_a_day` with `low` and `high` (a tenth of members lies outside each), and
        `step`: the change of the logarithm since the month before, in standard deviations of the prior. A policy that
        acts through demand shows here as a step beyond 2 in the month of its event: its mechanism has failed.
    """
    unknowns, months = found.unknowns, found.unknowns.months
    logs = found.members[: len(months) * len(NATIONALITIES)].reshape(len(NATIONALITIES), len(months), -1)
    mean = logs.mean(axis=2)
    low, high = np.exp(np.quantile(logs, (0.1, 0.9), axis=2))
    steps = np.diff(mean, axis=1, prepend=np.nan) / unknowns.step_spread
    keys = [(nation, month) for nation in NATIONALITIES for month in months]
    table = pd.DataFrame(keys, columns=["nationality", "month"])
    for name, values in {"people_a_day": np.exp(mean), "low": low, "high": high, "step": steps}.items():
        table[name] = values.ravel()
    return table


def write_estimate(found: Estimate, skill: pd.DataFrame, out: Path) -> list[Path]:
    """Write `estimate.json` (values, and what made them), `unknowns.csv`, `demand.csv` and `distances.csv`."""
    record = {
        "until": found.setting.until,
        "people_per_agent": found.setting.people_per_agent,
        "seed": found.seed,
        "members": found.members.shape[1],
        "misfit": [round(each, 3) for each in found.misfit],
        "failed": found.failed,
        "values": found.values,
    }
    return write_files(
        out,
        {
            "estimate.json": (json.dumps(record, indent=1) + "\n").encode(),
            "unknowns.csv": csv_bytes(unknowns_table(found)),
            "demand.csv": csv_bytes(demand_table(found)),
            "distances.csv": csv_bytes(skill),
        },
    )
