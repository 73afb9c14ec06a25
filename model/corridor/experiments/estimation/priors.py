"""Rates with their priors, and what an estimate is examined with: calibration.yaml, checked against the registries.

Mechanisms that can be switched off, dated events with the ratio that marks each, and breaks whose months are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.inputs.parameters.parameter_set import ParameterSet, load_parameters
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.rows import ALL, Cell

FILE = "calibration.yaml"
DEMAND, STOP_CHANCE = "latent_demand", "stop_chance"
DAMPING = 100.0  # events a month, added to both sides of a ratio: below it a logarithm says little


@dataclass(frozen=True)
class Rate:
    """A parameter, or some of its keys, that an estimate scales by one factor.

    Attributes
    ----------
    keys : str
        The keys, where others of the parameter have a factor of their own; otherwise empty.
    centre : dict of str to float
        Values by key at the centre of the prior.
    spread : float
        Standard deviation of the logarithm of the factor.
    """

    id: str
    keys: str
    centre: Mapping[str, float]
    spread: float
    source: str

    def scaled(self, factor: float, bounds: Mapping[str, tuple[float, float]]) -> float | dict[str, float]:
        """Values at a factor, kept within the range; as `ParameterSet.with_values` takes them."""
        found = {}
        for key, centre in self.centre.items():
            low, high = bounds.get(key, bounds["default"])
            found[key] = min(max(centre * factor, low), high)
        return found[ALL] if list(found) == [ALL] else found


@dataclass(frozen=True)
class Mechanism:
    """A finding of the design, and how history is without it.

    Attributes
    ----------
    behaviour : str
        Of the scenario without it; as history has it where empty.
    """

    id: str
    label: str
    off: str
    parameters: Mapping[str, float]
    remove: tuple[str, ...]
    unlimited: tuple[str, ...]
    behaviour: str


@dataclass(frozen=True)
class Event:
    """What a dated change did: the ratio of means of the months after it and before it.

    Attributes
    ----------
    cells : tuple of Cell
        Added up.
    before, after : (str, str)
        First and last month.
    month : str
        In which it came; empty where the ratio tells of a recovery.
    """

    id: str
    label: str
    cells: tuple[Cell, ...]
    before: tuple[str, str]
    after: tuple[str, str]
    month: str

    def ratio(self, values: np.ndarray, cells: Sequence[Cell], months: Sequence[str]) -> float:
        """The months after over those before, in values of cells by month, float64[C, T]."""
        total = values[[cells.index(cell) for cell in self.cells]].sum(axis=0)
        before, after = (
            total[months.index(first) : months.index(last) + 1].mean()
            for first, last in (self.before, self.after)
        )
        return float((after + DAMPING) / (before + DAMPING))


@dataclass(frozen=True)
class Break:
    """An event, and the months that are left out of an estimate to see whether the model finds it.

    Attributes
    ----------
    beside : tuple of Event
        Others that are looked at with it, in the same estimate.
    """

    event: Event
    window: tuple[str, str]
    beside: tuple[Event, ...] = ()

    def holds(self, month: str) -> bool:
        """Whether a month is left out."""
        return self.window[0] <= month <= self.window[1]


@dataclass(frozen=True)
class Declared:
    """All that calibration.yaml says."""

    rates: tuple[Rate, ...]
    mechanisms: Mapping[str, Mechanism]
    events: Mapping[str, Event]
    breaks: Mapping[str, Break]


@lru_cache(maxsize=1)
def load_declared() -> Declared:
    """Read what calibration.yaml says.

    Raises
    ------
    InputError
        If a parameter, an indicator or a nationality is unknown: all of them at once.
    """
    data = read_data_file(FILE)
    problems: list[Problem] = []
    parameters = load_parameters()
    events = {entry["id"]: _event(entry, problems) for entry in data["events"]}
    declared = Declared(
        rates=tuple(
            rate for id, entry in data["rates"].items() for rate in _rates(id, entry, parameters, problems)
        ),
        mechanisms={id: _mechanism(id, entry) for id, entry in data["mechanisms"].items()},
        events=events,
        breaks={
            entry["event"]: Break(
                events[entry["event"]],
                _span(entry["window"]),
                tuple(events[id] for id in entry.get("beside", ())),
            )
            for entry in data["breaks"]
        },
    )
    if problems:
        raise InputError(problems)
    return declared


def _rates(
    id: str, entry: Mapping[str, Any], parameters: ParameterSet, problems: list[Problem]
) -> list[Rate]:
    """The rate of an entry; two of them where some keys have a factor of their own (`apart`)."""
    centre = entry["centre"] if isinstance(entry["centre"], Mapping) else {ALL: entry["centre"]}
    if id not in parameters:
        problems.append(data_problem(id, f"no parameter {id!r}{nearest_name(id, parameters)}"))
    elif set(centre) != set(parameters[id].knots):
        wanted = ", ".join(parameters[id].knots)
        problems.append(data_problem(id, f"{id} has values for {wanted}; say a centre for each"))
    apart = entry.get("apart", ())
    if unknown := set(apart) - set(centre):
        problems.append(data_problem(id, f"{id} has no centre for {', '.join(sorted(unknown))}"))
    together = [key for key in centre if key not in apart]
    return [
        Rate(
            id,
            " and ".join(keys) if apart else "",
            {key: float(centre[key]) for key in keys},
            float(entry["spread"]),
            entry["source"],
        )
        for keys in ((together, apart) if apart else (together,))
    ]


def declared_cells(entry: Mapping[str, Any], problems: list[Problem], file: str = FILE) -> tuple[Cell, ...]:
    """The cells of an indicator and one nationality, some, or ``each``; what is unknown is added to the problems."""
    indicator, given = entry["indicator"], entry["nationality"]
    nations = NATIONALITIES if given == "each" else given if isinstance(given, list) else [given]
    if indicator not in INDICATORS:
        problems.append(
            data_problem(indicator, f"no indicator {indicator!r}{nearest_name(indicator, INDICATORS)}", file)
        )
    for nation in nations:
        if nation not in (ALL, *NATIONALITIES):
            problems.append(
                data_problem(
                    indicator, f"no nationality {nation!r}{nearest_name(nation, NATIONALITIES)}", file
                )
            )
    return tuple(Cell(indicator, ALL, nation, ALL) for nation in nations)


def _mechanism(id: str, entry: Mapping[str, Any]) -> Mechanism:
    return Mechanism(
        id,
        entry["label"],
        entry["off"],
        entry.get("parameters", {}),
        tuple(entry.get("remove", ())),
        tuple(entry.get("unlimited", ())),
        entry.get("behaviour", ""),
    )


def _event(entry: Mapping[str, Any], problems: list[Problem]) -> Event:
    cells = declared_cells(entry, problems)
    before, after = _span(entry["before"]), _span(entry["after"])
    return Event(entry["id"], entry["label"], cells, before, after, str(entry.get("month", "")))


def _span(months: list[Any]) -> tuple[str, str]:
    return str(months[0]), str(months[1])


def data_problem(path: str, message: str, file: str = FILE) -> Problem:
    """A problem of a file of the package's data."""
    return Problem(f"model/corridor/data/{file}", 0, 0, path, message)
