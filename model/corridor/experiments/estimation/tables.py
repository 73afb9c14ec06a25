"""What an estimate says, as tables: distances on seeds that nobody has used, unknowns, demand, and steps of demand.

Distances are of the mean of the last members, run on sixteen seeds that no step has seen, beside other values on the
same seeds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from corridor.experiments.estimation.estimate import Estimate, run_member
from corridor.experiments.estimation.priors import load_declared
from corridor.experiments.scores import wape
from corridor.experiments.workers import run_tasks
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.rows import ALL, Cell

UNSEEN = tuple(range(1001, 1017))  # seeds on which an estimate is judged
LARGEST_STEP = 2.0  # spreads that demand may change in the month of an event
LARGEST_FACTOR = 3.0  # between two half-years of demand


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
        the sum of what was observed. A row whose nationality is ``pooled`` takes all nationalities together. A series
        of which nothing was published is left out (Mexico's stops of Mexicans).
    """
    setting = found.setting
    sets = {"estimate": found.values, **others}
    tasks = [(values, setting, found.data.cells, seed) for values in sets.values() for seed in seeds]
    runs = run_tasks(run_member, tasks, workers=workers)
    counts = found.data.counts
    columns: dict[str, list[float]] = {}
    groups = {key: rows for key, rows in _groups(found.data.cells).items() if np.nansum(counts[rows]) > 0.0}
    for place, name in enumerate(sets):
        ended = [
            each for each in runs[place * len(seeds) : (place + 1) * len(seeds)] if not isinstance(each, str)
        ]
        made = np.mean(ended, axis=0)
        columns[name] = [wape(made[rows], counts[rows]) for rows in groups.values()]
    head = pd.DataFrame(list(groups), columns=["indicator", "nationality"])
    return pd.concat([head, pd.DataFrame(columns)], axis=1)


def _groups(cells: list[Cell]) -> dict[tuple[str, str], list[int]]:
    groups: dict[tuple[str, str], list[int]] = {}
    for row, cell in enumerate(cells):
        groups[cell.indicator, cell.nationality] = [row]
        if cell.nationality != ALL:
            groups.setdefault((cell.indicator, "pooled"), []).append(row)
    return {key: rows for key, rows in groups.items() if key[1] != "pooled" or len(rows) > 1}


def unknowns_table(found: Estimate) -> pd.DataFrame:
    """Every unknown: its value (of a stop, its chance), and the spread of its logarithm in the prior and at the end."""
    names = pd.DataFrame(found.unknowns.names(), columns=["parameter", "key", "date"])
    prior, last = found.prior, found.members
    names["value"] = found.unknowns.in_units(last.mean(axis=1))
    names["spread"] = last.std(axis=1, ddof=1)
    names["prior_value"] = found.unknowns.in_units(prior.mean(axis=1))
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


def event_table(found: Estimate) -> pd.DataFrame:
    """The step of latent demand in the month of each dated event, by nationality of the event.

    Returns
    -------
    DataFrame
        `event`, `month`, `nationality`, `step`: the larger of the changes up to the first day of the month and through
        it, in standard deviations of the prior; `within`: whether it is no larger than two of them. Beyond, demand
        does what a mechanism should.
    """
    steps = demand_table(found).pivot(index="month", columns="nationality", values="step")
    rows = []
    for event in load_declared().events.values():
        if not event.month or event.month > found.setting.until:
            continue
        at = list(steps.index).index(event.month)
        for nation in dict.fromkeys(cell.nationality for cell in event.cells):
            for each in NATIONALITIES if nation == ALL else (nation,):
                step = float(max(steps[each].iloc[at : at + 2].dropna(), key=abs))
                rows.append([event.id, event.month, each, step, abs(step) <= LARGEST_STEP])
    return pd.DataFrame(rows, columns=["event", "month", "nationality", "step", "within"])


def half_year_table(found: Estimate) -> pd.DataFrame:
    """Latent demand of each half-year over the one before.

    Returns
    -------
    DataFrame
        `nationality`, `half_year` (its first month), `people_a_day`, `factor` over the half-year before, `within`:
        whether it lies within a factor 3. The last half-year may have fewer than six months.
    """
    demand = demand_table(found)
    demand = demand.loc[demand["month"] <= found.setting.until]
    first = ["07" if month[5:] > "06" else "01" for month in demand["month"]]
    half_year = [f"{month[:4]}-{half}" for month, half in zip(demand["month"], first, strict=True)]
    means = demand.assign(half_year=half_year).groupby(["nationality", "half_year"])["people_a_day"].mean()
    factors = means / means.groupby("nationality").shift()
    table = pd.DataFrame({"people_a_day": means, "factor": factors}).dropna().reset_index()
    return table.assign(within=np.abs(np.log(table["factor"])) <= np.log(LARGEST_FACTOR))
