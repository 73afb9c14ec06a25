"""Priors, series and steps of the smoother: model/corridor/data/estimation.yaml, checked against the registries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from corridor.experiments.estimation.priors import data_problem, declared_cells
from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.inputs.reading.registry import read_data_file
from corridor.outputs.rows import Cell

FILE = "estimation.yaml"
DEMAND, STOPS, RATES = "demand", "stops", "rates"
KINDS = (DEMAND, STOPS, RATES)


@dataclass(frozen=True)
class Series:
    """A monthly series: the error of its logarithm, and the kinds of unknowns that see it.

    What nobody publishes by month may be `given` for single months.
    """

    cell: Cell
    error: float
    seen_by: frozenset[str]
    given: Mapping[str, float]


@dataclass(frozen=True)
class Curve:
    """A Gaussian process: standard deviation, and length of its squared exponential in months."""

    spread: float
    length_months: float


@dataclass(frozen=True)
class Reach:
    """Months before and after its own that an unknown sees."""

    before: int
    after: int


@dataclass(frozen=True)
class Estimation:
    """All that estimation.yaml says."""

    centre_months: int
    curves: tuple[Curve, ...]
    stops_level: float
    stops_change: float
    sent_back: float
    inflation: tuple[float, ...]
    rates_inflation: float
    energy: float
    seeds: int
    reach: Mapping[str, Reach]
    block_months: int
    damping: float
    people_in_a_party: float
    series: tuple[Series, ...]


@lru_cache(maxsize=1)
def load_estimation() -> Estimation:
    """Read what the smoother moves and towards what.

    Raises
    ------
    InputError
        If an indicator or a nationality is unknown, or the inflations do not add up: all of them at once.
    """
    data = read_data_file(FILE)
    problems: list[Problem] = []
    demand, stops, steps, reach = (data[key] for key in ("latent_demand", "stop_chance", "smoother", "reach"))
    series = tuple(each for entry in data["series"] for each in _series(entry, problems))
    if problems:
        raise InputError(problems)
    whole = sum(1 / each for each in steps["inflation"])  # scaled: the reciprocals of all steps add up to 1
    return Estimation(
        centre_months=int(demand["centre_months"]),
        curves=tuple(
            Curve(float(demand[each]["spread"]), float(demand[each]["length_months"]))
            for each in ("slow", "quick")
        ),
        stops_level=float(stops["level_spread"]),
        stops_change=float(stops["change_spread"]),
        sent_back=float(stops["sent_back"]),
        inflation=tuple(float(each) * whole for each in steps["inflation"]),
        rates_inflation=float(steps["rates_inflation"]),
        energy=float(steps["energy"]),
        seeds=int(steps["seeds"]),
        reach={kind: Reach(int(reach[kind]["before"]), int(reach[kind]["after"])) for kind in KINDS[:2]},
        block_months=int(reach["block_months"]),
        damping=float(data["damping"]),
        people_in_a_party=float(data["people_in_a_party"]),
        series=series,
    )


def _series(entry: Mapping[str, Any], problems: list[Problem]) -> list[Series]:
    seen_by = entry["seen_by"] if isinstance(entry["seen_by"], list) else [entry["seen_by"]]
    cells = declared_cells(entry, problems, FILE)
    for kind in seen_by:
        if kind not in KINDS:
            message = f"no kind of unknown {kind!r}{nearest_name(kind, KINDS)}"
            problems.append(data_problem(entry["indicator"], message, FILE))
    given = {str(month): float(value) for month, value in entry.get("given", {}).items()}
    return [Series(cell, float(entry["error"]), frozenset(seen_by), given) for cell in cells]
