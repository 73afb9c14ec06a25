"""Twins: data that the engine made with known values, and how many of these an estimate from them recovers.

What a command cannot find where the answer is known, it cannot find in what was published either. A twin has the months
and gaps of the published data, and errors as the smoother expects them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridor.experiments.estimation.declared import RATES, Estimation, load_estimation
from corridor.experiments.estimation.estimate import Estimate
from corridor.experiments.estimation.priors import DEMAND, STOP_CHANCE
from corridor.experiments.estimation.series import Data
from corridor.experiments.estimation.tables import unknowns_table
from corridor.experiments.estimation.trial import Setting, run_once
from corridor.experiments.estimation.unknowns import Unknowns

FIRST_SEED = 500  # of a twin's run: no member has it
WITHIN = 0.5  # of the way that a member of the prior lies from its centre: members are drawn wide
INTERVAL = (0.1, 0.9)
SAYS_NOTHING = 0.8  # of the prior's spread: with as much left, data say nothing of an unknown


@dataclass(frozen=True)
class Twin:
    """Known values and the data that they made.

    Attributes
    ----------
    values : float64[U]
        Logarithms, in the order of `Unknowns`.
    counts : float64[C, T]
        Monthly counts of the declared series, with their errors; NaN where nothing was published.
    """

    values: NDArray[np.float64]
    counts: NDArray[np.float64]


def make_twin(number: int, setting: Setting, declared: Estimation | None = None) -> Twin:
    """A twin of the published data up to the setting's last month.

    Parameters
    ----------
    number : int
        Keys its values, its chance and its errors.
    """
    declared = declared or load_estimation()
    unknowns = Unknowns(setting.until, declared)
    data = Data(setting.months, declared, people_per_agent=setting.people_per_agent)
    rng = np.random.default_rng(number)
    values = unknowns.centre + WITHIN * (unknowns.draw(1, rng)[:, 0] - unknowns.centre)
    made = run_once(unknowns.values(values), setting, data.cells, 0, seed=FIRST_SEED + number)
    error = np.array([each.error for each in declared.series])[:, None]
    damped = (made + declared.damping) * np.exp(error * rng.standard_normal(made.shape))
    counts = np.maximum(damped - declared.damping, 0.0)
    counts[np.isnan(data.counts)] = np.nan
    return Twin(values, counts)


def recovered_table(found: Estimate, twin: Twin) -> pd.DataFrame:
    """What an estimate from a twin found of each known value.

    Returns
    -------
    DataFrame
        The columns of `unknowns_table`, and `true_value`, `low` and `high` (a tenth of members lies outside each),
        `held` (whether the true value lies between), `kept` (the spread of the last members over that of the first)
        and `identified` (whether data left less than eight tenths of it).
    """
    table = unknowns_table(found)
    low, high = np.quantile(found.members, INTERVAL, axis=1)
    for name, each in {"true_value": twin.values, "low": low, "high": high}.items():
        table[name] = found.unknowns.in_units(each)
    table["held"] = (low <= twin.values) & (twin.values <= high)
    table["kept"] = table["spread"] / table["prior_spread"]
    table["identified"] = table["kept"] < SAYS_NOTHING
    return table


def summary_table(recovered: pd.DataFrame) -> pd.DataFrame:
    """Demand, stops and rates: `parameter`, `count` of unknowns, and the shares `held` and `identified`."""
    kinds = recovered["parameter"].where(recovered["parameter"].isin([DEMAND, STOP_CHANCE]), RATES)
    groups = recovered.groupby(kinds, sort=False)
    return pd.DataFrame(
        {"count": groups.size(), "held": groups["held"].mean(), "identified": groups["identified"].mean()}
    ).reset_index()


def unidentified(recovered: pd.DataFrame) -> list[str]:
    """Rates of which the data say nothing, by name."""
    rates = recovered.loc[~recovered["parameter"].isin([DEMAND, STOP_CHANCE]) & ~recovered["identified"]]
    return [f"{row.parameter} ({row.key})" if row.key else str(row.parameter) for row in rates.itertuples()]
