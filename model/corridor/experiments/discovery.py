"""Discovery: where stated demands hold together, and what can be had of each without giving up another.

Scenario discovery by the patient rule induction method: a box in the space of what is varied is peeled, a twentieth of
its points at a time, from the side whose loss leaves the box densest in points where the demands hold (Friedman &
Fisher 1999, Statistics and Computing 9; Bryant & Lempert 2010, Technological Forecasting and Social Change 77).
The Pareto set is searched from the same points on by NSGA-II (Deb et al. 2002, IEEE Transactions on Evolutionary
Computation 6), with each demand's indicator, harm and public cost as objectives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from corridor.experiments.responses import (
    Point,
    check_reported,
    indicator_response,
    respond,
    response_of,
    swept,
)
from corridor.experiments.stored_points import PointStore
from corridor.foundations.errors import InputError, Problem
from corridor.inputs.scenarios.demands import Demand
from corridor.inputs.scenarios.request import check_request
from corridor.inputs.scenarios.scenario import Scenario
from corridor.outputs.rows import ALL
from corridor.outputs.tables import csv_bytes

PEELED = 0.05  # of a box's points at a time
LEAST_IN_BOX = 0.05  # of all points
DENSE = 0.8  # a region is one where demands hold at least so often
HARM_AND_COST = ("deaths", "kidnappings", "public_cost_usd")
CROSSED_OVER, MUTATED, WIDTH = 0.9, 0.2, 0.15
Interval = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A region: an interval of each thing varied.

    Attributes
    ----------
    coverage, density : float
        Share of all points where the demands hold that lie in it; share of its points where they hold.
    mass : float
        Share of all points that lie in it.
    chance : dict of str to float
        For each thing that it restricts, how probable its density would be by chance without that restriction
        (quasi-p-value).
    """

    limits: dict[str, Interval]
    coverage: float
    density: float
    mass: float
    chance: dict[str, float]


@dataclass(frozen=True)
class Discovery:
    """What a sample of a scenario's levers and uncertainties holds.

    Attributes
    ----------
    points : DataFrame
        A row a point: what is varied, each demand's figure and whether it is met, whether all are.
    demands : DataFrame
        ``demand, of, bound, met, best``: share of points, and the best figure (NaN where no point has one).
    together : DataFrame
        ``first, second, together``: share of points in which two demands are met at once.
    box : Box or None
        Where all hold; None if they never do.
    pareto : DataFrame
        Points of which none is better in one objective and no worse in any other.
    """

    scenario: str
    points: pd.DataFrame
    demands: pd.DataFrame
    together: pd.DataFrame
    box: Box | None
    pareto: pd.DataFrame

    def files(self) -> dict[str, bytes]:
        """CSV files by name."""
        rows = []
        if self.box is not None:
            about = {"coverage": self.box.coverage, "density": self.box.density, "mass": self.box.mass}
            rows = [
                {"varied": name, "low": low, "high": high, "chance": self.box.chance.get(name, np.nan)}
                | about
                for name, (low, high) in self.box.limits.items()
            ]
        columns = ["varied", "low", "high", "chance", "coverage", "density", "mass"]
        return {
            "points.csv": csv_bytes(self.points),
            "demands.csv": csv_bytes(self.demands),
            "together.csv": csv_bytes(self.together),
            "box.csv": csv_bytes(pd.DataFrame(rows, columns=columns)),
            "pareto.csv": csv_bytes(self.pareto),
        }


def discover(
    scenario: Scenario,
    *,
    replicates: int = 2,
    people_per_agent: int = 200,
    seed: int = 1,
    generations: int = 4,
    workers: int | None = None,
    store: PointStore | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Discovery:
    """Run the points of a scenario's sweep and find where its demands hold.

    Parameters
    ----------
    replicates
        Of each point; a demand is about their mean.
    generations
        Of the search for the Pareto set, each as large as the sweep.
    store
        Where runs are kept as they finish (`stored_points`).

    Raises
    ------
    InputError
        If the scenario has no sweep or no demands.
    """
    asked = check_request(
        replicates=replicates,
        people_per_agent=people_per_agent,
        seed=seed,
        generations=generations,
        workers=workers,
    )
    replicates, people_per_agent, seed, generations, workers = asked.values()
    check_demands(scenario)
    sweep = scenario.sweep
    assert sweep is not None
    names = [each.name for each in sweep.over]
    demands = scenario.demands
    own = [response_of(demand) for demand in demands]
    known = {response.cell.indicator for response in own}
    further = [indicator_response(name) for name in HARM_AND_COST if name not in known]
    responses = [*own, *further]

    def run(points: Sequence[Point], show: Callable[[int, int], None] | None = None) -> np.ndarray:
        found = respond(
            scenario,
            points,
            responses,
            replicates=range(replicates),
            seed=seed,
            people_per_agent=people_per_agent,
            workers=workers,
            store=store,
            progress=show,
        )
        return found.mean(axis=1)

    points = sweep.points()
    values = run(points, progress)
    met = np.array([_meets(demand, values[:, place]) for place, demand in enumerate(demands)]).T
    sample = np.array(points)
    signs = np.array([*(demand.sign for demand in demands), *(1 for _ in further)], dtype=float)
    bounds = np.array([sample.min(axis=0), sample.max(axis=0)]).T

    def goals(found: np.ndarray) -> np.ndarray:
        return np.where(
            np.isnan(found), np.inf, found * signs
        )  # what has no value is worse than any that has

    def evaluate(rows: np.ndarray) -> np.ndarray:
        return goals(run([tuple(row) for row in rows.tolist()]))

    searched, reached = search_front(sample, goals(values), bounds, evaluate, generations, seed)
    front = pd.DataFrame(searched, columns=names)
    for place, response in enumerate(responses):
        front[response.name] = np.where(np.isinf(reached[:, place]), np.nan, reached[:, place] * signs[place])
    return Discovery(
        scenario.name,
        _points_table(names, sample, demands, values, met),
        _demands_table(demands, values, met),
        _together_table(demands, met),
        find_box(sample, np.asarray(met.all(axis=1)), names),
        front.sort_values(list(front.columns[len(names) :]), kind="stable", ignore_index=True),
    )


def check_demands(scenario: Scenario) -> None:
    """Refuse a scenario in which there is nothing to discover; nothing has run then."""
    swept(scenario, "discovery")
    if not scenario.demands:
        why = f"{scenario.name} has no `demands:` block, which says what somebody wants"
        raise InputError([Problem(scenario.name, 0, 0, "demands", why)])
    assert scenario.sweep is not None
    own = [response_of(demand) for demand in scenario.demands]
    columns = (
        {demand.id for demand in scenario.demands} | {response.name for response in own} | {*HARM_AND_COST}
    )
    if same := [each.name for each in scenario.sweep.over if each.name in columns]:
        why = f"{same[0]} is varied, and names a demand or an indicator too: columns of the files would have one name"
        raise InputError([Problem(scenario.name, 0, 0, "demands", why)])
    if any(demand.id == ALL for demand in scenario.demands):
        raise InputError([Problem(scenario.name, 0, 0, "demands", f"{ALL} cannot be the name of a demand")])
    check_reported(scenario, own, "demands")


def _meets(demand: Demand, values: np.ndarray) -> np.ndarray:
    return values * demand.sign <= demand.bound * demand.sign


def _points_table(names, sample, demands: Sequence[Demand], values, met) -> pd.DataFrame:
    table = pd.DataFrame(sample, columns=names)
    for place, demand in enumerate(demands):
        table[demand.id] = values[:, place]
        table[f"{demand.id} met"] = met[:, place].astype(int)
    table["all met"] = met.all(axis=1).astype(int)
    return table


def _demands_table(demands: Sequence[Demand], values: np.ndarray, met: np.ndarray) -> pd.DataFrame:
    rows = []
    for place, demand in enumerate(demands):
        figures = values[~np.isnan(values[:, place]), place]
        best = np.nan if not len(figures) else figures.min() if demand.sign > 0 else figures.max()
        rows.append([demand.id, demand.of, demand.bound, float(met[:, place].mean()), float(best)])
    return pd.DataFrame(rows, columns=["demand", "of", "bound", "met", "best"])


def _together_table(demands: Sequence[Demand], met: np.ndarray) -> pd.DataFrame:
    rows = [
        [one.id, other.id, float((met[:, i] & met[:, j]).mean())]
        for i, one in enumerate(demands)
        for j, other in enumerate(demands)
        if i < j
    ]
    return pd.DataFrame(rows, columns=["first", "second", "together"])


def find_box(sample: np.ndarray, holds: np.ndarray, names: Sequence[str]) -> Box | None:
    """Peel a box until it is dense enough in points that hold, and say what each restriction is worth.

    Parameters
    ----------
    sample : float64[points, varied]
    holds : bool[points]

    Returns
    -------
    Box or None
        None if no point holds. Of all boxes on the way, the first that is dense enough, else the densest.
    """
    if not holds.any():
        return None
    low, high = sample.min(axis=0), sample.max(axis=0)
    limits = np.stack([low, high], axis=1)
    path = [limits.copy()]
    while True:
        inside = _inside(sample, limits)
        if inside.sum() <= max(LEAST_IN_BOX * len(sample), 2) or holds[inside].all():
            break
        best, kept = -1.0, None
        for place in range(sample.shape[1]):
            column = sample[inside, place]
            for side, cut in ((0, np.quantile(column, PEELED)), (1, np.quantile(column, 1 - PEELED))):
                peeled = limits.copy()
                beyond = column[column > cut] if side == 0 else column[column < cut]
                if not len(beyond):
                    continue
                peeled[place, side] = beyond.min() if side == 0 else beyond.max()
                left = _inside(sample, peeled)
                density = float(holds[left].mean())
                if density > best:
                    best, kept = density, peeled
        if kept is None:
            break
        limits = kept
        path.append(limits.copy())
    boxes = [_describe(sample, holds, each, low, high, names) for each in path]
    dense = [box for box in boxes if box.density >= DENSE]
    return dense[0] if dense else max(boxes, key=lambda box: (box.density, box.coverage))


def _inside(sample: np.ndarray, limits: np.ndarray) -> np.ndarray:
    return np.asarray(((sample >= limits[:, 0]) & (sample <= limits[:, 1])).all(axis=1))


def _describe(sample, holds, limits, low, high, names: Sequence[str]) -> Box:
    inside = _inside(sample, limits)
    chance = {}
    for place, name in enumerate(names):
        if limits[place, 0] > low[place] or limits[place, 1] < high[place]:
            freed = limits.copy()
            freed[place] = low[place], high[place]
            without = _inside(sample, freed)
            share = float(holds[without].mean())
            found = binomtest(int(holds[inside].sum()), int(inside.sum()), share, alternative="greater")
            chance[name] = float(found.pvalue)
    return Box(
        {name: (float(limits[place, 0]), float(limits[place, 1])) for place, name in enumerate(names)},
        float(holds[inside].sum() / holds.sum()),
        float(holds[inside].mean()),
        float(inside.mean()),
        chance,
    )


# --- the Pareto set -----------------------------------------------------------------------------------------------


def search_front(
    sample: np.ndarray,
    objectives: np.ndarray,
    bounds: np.ndarray,
    evaluate: Callable[[np.ndarray], np.ndarray],
    generations: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Points that no other found point beats, from a sample on: NSGA-II with blend crossover.

    Parameters
    ----------
    sample : float64[points, varied]
    objectives : float64[points, objectives]
        Less is better.
    bounds : float64[varied, 2]
    evaluate : callable
        Objectives of further points.

    Returns
    -------
    Points and their objectives.
    """
    rng = np.random.default_rng(seed)
    parents, goals = sample, objectives
    for _ in range(generations):
        rank, room = sort_fronts(goals)
        children = _breed(parents, rank, room, bounds, rng)
        found = evaluate(children)
        parents, goals = np.concatenate([parents, children]), np.concatenate([goals, found])
        rank, room = sort_fronts(goals)
        keep = np.lexsort((-room, rank))[: len(sample)]
        parents, goals = parents[keep], goals[keep]
    best = sort_fronts(goals)[0] == 0
    return parents[best], goals[best]


def sort_fronts(goals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rank of each point's front (0: nobody beats it), and its distance to its neighbours in that front."""
    better = (goals[:, None] <= goals[None]).all(axis=2) & (goals[:, None] < goals[None]).any(axis=2)
    rank = np.full(len(goals), -1)
    left, level = np.ones(len(goals), dtype=bool), 0
    while left.any():
        front = left & ~(better & left[:, None]).any(axis=0)
        rank[front] = level
        left &= ~front
        level += 1
    room = np.zeros(len(goals))
    for level in range(rank.max() + 1):
        members = np.flatnonzero(rank == level)
        for column in goals[members].T:
            defined = np.isfinite(column)
            least, most = (column[defined].min(), column[defined].max()) if defined.any() else (0.0, 0.0)
            span = (most - least) or 1.0
            column = np.where(defined, column, most + span)  # what has no value is the worst
            order = np.argsort(column, kind="stable")
            room[members[order[[0, -1]]]] = np.inf
            room[members[order[1:-1]]] += (column[order[2:]] - column[order[:-2]]) / span
    return rank, room


def _breed(parents, rank, room, bounds, rng: np.random.Generator) -> np.ndarray:
    """As many children: winners of small tournaments, mixed and nudged within bounds."""
    count, varied = parents.shape

    def winners() -> np.ndarray:
        one, other = rng.integers(0, count, (2, count))
        wins = (rank[one] < rank[other]) | ((rank[one] == rank[other]) & (room[one] >= room[other]))
        return parents[np.where(wins, one, other)]

    mother, father = winners(), winners()
    share = rng.uniform(-0.25, 1.25, (count, varied))
    mixed = np.where(rng.random((count, 1)) < CROSSED_OVER, mother + share * (father - mother), mother)
    span = bounds[:, 1] - bounds[:, 0]
    nudge = rng.normal(0.0, WIDTH, (count, varied)) * span * (rng.random((count, varied)) < MUTATED)
    return np.clip(mixed + nudge, bounds[:, 0], bounds[:, 1])
