"""Sensitivity: how much of the spread of an indicator each thing that is varied makes, alone and with the others.

Sobol's indices by Saltelli's design, with bootstrap intervals (`scipy.stats.sobol_indices`; Saltelli et al. 2010,
Computer Physics Communications 181). What a model of chance adds by luck is measured beside them: an index that does
not stand out from it says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.stats import qmc, sobol_indices

from corridor.experiments.responses import Response, check_reported, respond, swept
from corridor.experiments.stored_points import PointStore
from corridor.foundations.errors import InputError, Problem
from corridor.inputs.scenarios.request import check_request
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.sweep import DIGITS
from corridor.outputs.tables import csv_bytes

HEADLINES = (
    "encounters_usbp",
    "darien_entries",
    "waiting_north_mexico",
    "shelter_overflow",
    "deaths",
    "public_cost_usd",
)
CONFIDENCE = 0.9
RESAMPLES = 999
LUCK = 16  # replicates of the middle point, for the share of luck
CSV = "sensitivity.csv"


@dataclass(frozen=True)
class Sensitivity:
    """Indices of every indicator.

    Attributes
    ----------
    table : DataFrame
        ``indicator, rank, varied, first, first_low, first_high, total, total_low, total_high, luck``: the share of an
        indicator's variance that a thing makes alone (first) and with what it does together with others (total), with
        90% bootstrap intervals; and the share that luck alone makes in a single replicate. An indicator that is the
        same at every point has indices of 0; NaN where there is no index, as `why_none` says.
    runs : int
    why_none : dict of str to str
        Of each indicator without indices, or whose indices are nothing: why, in words.
    """

    scenario: str
    table: pd.DataFrame
    runs: int
    why_none: Mapping[str, str] = field(default_factory=dict)

    def csv(self) -> bytes:
        """The content of sensitivity.csv."""
        return csv_bytes(self.table)


def analyse_sensitivity(
    scenario: Scenario,
    *,
    responses: Sequence[Response],
    size: int = 64,
    people_per_agent: int = 200,
    seed: int = 1,
    workers: int | None = None,
    store: PointStore | None = None,
    progress=None,
) -> Sensitivity:
    """Run a design over what the scenario's sweep varies and work out the indices.

    Parameters
    ----------
    responses
        Indicators.
    size
        Points of each of the two base samples, a power of 2; `size` times (things varied + 2) runs are made.
    store
        Where runs are kept as they finish (`stored_points`).

    Raises
    ------
    InputError
        If the scenario has no sweep with ranges, or the size is no power of 2.
    """
    asked = check_request(size=size, people_per_agent=people_per_agent, seed=seed, workers=workers)
    size, people_per_agent, seed, workers = asked.values()
    check_design(scenario, size, responses)
    sweep = scenario.sweep
    assert sweep is not None
    names = [each.name for each in sweep.over]
    low, high = (np.array(ends) for ends in zip(*(each.range or (0, 0) for each in sweep.over), strict=True))
    base = qmc.Sobol(2 * len(names), rng=sweep.seed).random(size)
    one, other = base[:, : len(names)], base[:, len(names) :]
    crossed = np.stack([np.where(np.arange(len(names)) == place, other, one) for place in range(len(names))])
    unit = np.concatenate([one, other, *crossed])
    points = [tuple(float(f"{value:.{DIGITS}g}") for value in row) for row in low + unit * (high - low)]
    middle = tuple(((low + high) / 2.0).tolist())
    how = {"seed": seed, "people_per_agent": people_per_agent, "workers": workers, "store": store}
    found = respond(scenario, points, responses, replicates=[0], progress=progress, **how)[:, 0]
    luck = respond(scenario, [middle], responses, replicates=range(LUCK), **how)[0].var(axis=0, ddof=1)
    rows, why_none = [], {}
    for column, response in enumerate(responses):
        values = found[:, column]
        if why := _why_none(values, size):
            why_none[response.name] = why
            rows += _without(response.name, names, np.nan if np.ptp(values) else 0.0)
            continue
        whole = float(values[: 2 * size].var())
        share = float(luck[column]) / whole
        rows += [row | {"luck": share} for row in _indices(response.name, names, values, size, seed)]
    return Sensitivity(scenario.name, pd.DataFrame(rows), len(points) + LUCK, why_none)


def _why_none(values: np.ndarray, size: int) -> str:
    """Why an indicator has no indices, in words; nothing where it has."""
    undefined = int(np.isnan(values).sum())
    if undefined:
        return f"it has no value at {undefined:,} of {len(values):,} points, so no index can be worked out"
    if not np.ptp(values):
        return f"it is the same at all {len(values):,} points: nothing that is varied moves it"
    if not np.ptp(values[: 2 * size]):
        return "it hardly differs between points, so no index can be worked out; a larger --size may"
    return ""


def check_design(scenario: Scenario, size: int, responses: Sequence[Response]) -> None:
    """Refuse what `analyse_sensitivity` cannot work out; nothing has run then."""
    swept(scenario, "the analysis")
    assert scenario.sweep is not None
    if any(each.range is None for each in scenario.sweep.over):
        why = "give every thing that is varied a `range:` (method: sobol or latin_hypercube)"
        raise InputError([Problem(scenario.name, 0, 0, "sweep", why)])
    if size < 2 or size & (size - 1):
        raise InputError([Problem("--size", 0, 0, "", f"{size} is not a power of 2, such as 64")])
    names = [each.name for each in responses]
    if twice := [name for number, name in enumerate(names) if name in names[:number]]:
        raise InputError([Problem("--of", 0, 0, "", f"{twice[0]} is given twice")])
    check_reported(scenario, responses, "--of")


def _indices(indicator: str, names: Sequence[str], values: np.ndarray, size: int, seed: int) -> list[dict]:
    halves, crossed = values[: 2 * size].reshape(2, size), values[2 * size :].reshape(len(names), size)
    found = _sobol(halves, crossed)
    rng = np.random.default_rng(seed)  # SciPy's own bootstrap takes no seed
    again = [rng.integers(0, size, size) for _ in range(RESAMPLES)]
    spread = np.array([_sobol(halves[:, picked], crossed[:, picked]) for picked in again])
    low, high = np.nanquantile(spread, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    rows = []
    for rank, place in enumerate(np.argsort(-found[1], kind="stable"), 1):
        row: dict = {"indicator": indicator, "rank": rank, "varied": names[place]}
        for number, kind in enumerate(("first", "total")):
            ends = {"": found, "_low": low, "_high": high}
            row |= {f"{kind}{end}": float(index[number, place]) for end, index in ends.items()}
        rows.append(row)
    return rows


def _sobol(halves: np.ndarray, crossed: np.ndarray) -> np.ndarray:
    """First-order and total indices, float64[2, varied]."""
    if not np.ptp(halves):
        return np.full((2, len(crossed)), np.nan)
    varied = len(crossed)
    if varied == 1:  # SciPy takes two or more; each index is worked out on its own
        crossed = np.repeat(crossed, 2, axis=0)
    split = {"f_A": halves[:1], "f_B": halves[1:], "f_AB": crossed[:, None]}
    found = sobol_indices(func=split, n=halves.shape[1])  # pyright: ignore[reportArgumentType]  # takes values too
    return np.stack([found.first_order.ravel(), found.total_order.ravel()])[:, :varied]


def _without(indicator: str, names: Sequence[str], index: float) -> list[dict]:
    """Rows of an indicator whose indices are all the same: 0 where nothing moves it, NaN where there are none."""
    columns = ("first", "first_low", "first_high", "total", "total_low", "total_high")
    return [
        {
            "indicator": indicator,
            "rank": rank,
            "varied": name,
            **dict.fromkeys(columns, index),
            "luck": np.nan,
        }
        for rank, name in enumerate(names, 1)
    ]
