"""What a fit moves and towards what: model/corridor/data/calibration.yaml, checked against the registries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.inputs.parameters.parameter_set import ParameterSet, load_parameters
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.rows import ALL, Cell

FILE = "calibration.yaml"
DEMAND, SECTORS = "latent_demand", "sector_weight"


@dataclass(frozen=True)
class Rate:
    """A parameter whose keys the fit scales by one factor.

    Attributes
    ----------
    centre : dict of str to float
        Values by key at the centre of the prior.
    spread : float
        Standard deviation of the logarithm of the factor.
    """

    id: str
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
class Target:
    """A monthly series, or one figure of it, to be met within an error of the logarithm."""

    cell: Cell
    error: float
    month: str = ""
    value: float = float("nan")


@dataclass(frozen=True)
class Mechanism:
    """A finding of the design, and how a fit does without it."""

    id: str
    label: str
    off: str
    parameters: Mapping[str, float]
    remove: tuple[str, ...]
    unlimited: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """What a dated change did: the ratio of means of the months after it and before it.

    Attributes
    ----------
    cells : tuple of Cell
        Added up.
    before, after : (str, str)
        First and last month.
    error : float
        Of the logarithm of the ratio, in a fit.
    """

    id: str
    label: str
    cells: tuple[Cell, ...]
    before: tuple[str, str]
    after: tuple[str, str]
    error: float


@dataclass(frozen=True)
class Break:
    """An event, and the months that are left out of a fit to see whether the model finds it."""

    event: Event
    window: tuple[str, str]


@dataclass(frozen=True)
class Declared:
    """All that calibration.yaml says."""

    rates: tuple[Rate, ...]
    targets: tuple[Target, ...]
    mechanisms: Mapping[str, Mechanism]
    events: Mapping[str, Event]
    breaks: Mapping[str, Break]
    change_spread: float
    level_spread: float


@lru_cache(maxsize=1)
def load_declared() -> Declared:
    """Read what the fit moves and towards what.

    Raises
    ------
    InputError
        If a parameter, an indicator or a nationality is unknown: all of them at once.
    """
    data = read_data_file(FILE)
    problems: list[Problem] = []
    parameters = load_parameters()
    events = {
        entry["id"]: _event(entry, data["events"]["error"], problems) for entry in data["events"]["ratios"]
    }
    declared = Declared(
        rates=tuple(_rate(id, entry, parameters, problems) for id, entry in data["rates"].items()),
        targets=tuple(
            target for entry in [*data["targets"], *data["points"]] for target in _targets(entry, problems)
        ),
        mechanisms={id: _mechanism(id, entry) for id, entry in data["mechanisms"].items()},
        events=events,
        breaks={
            entry["event"]: Break(events[entry["event"]], _span(entry["window"])) for entry in data["breaks"]
        },
        change_spread=float(data[DEMAND]["change_spread"]),
        level_spread=float(data[DEMAND]["level_spread"]),
    )
    if problems:
        raise InputError(problems)
    return declared


def _rate(id: str, entry: Mapping[str, Any], parameters: ParameterSet, problems: list[Problem]) -> Rate:
    centre = entry["centre"] if isinstance(entry["centre"], Mapping) else {ALL: entry["centre"]}
    if id not in parameters:
        problems.append(data_problem(id, f"no parameter {id!r}{nearest_name(id, parameters)}"))
    elif set(centre) != set(parameters[id].knots):
        wanted = ", ".join(parameters[id].knots)
        problems.append(data_problem(id, f"{id} has values for {wanted}; say a centre for each"))
    return Rate(
        id, {key: float(value) for key, value in centre.items()}, float(entry["spread"]), entry["source"]
    )


def _targets(entry: Mapping[str, Any], problems: list[Problem]) -> list[Target]:
    error, month = float(entry["error"]), str(entry.get("period", ""))
    value = float(entry.get("value", "nan"))
    return [Target(cell, error, month, value) for cell in declared_cells(entry, problems)]


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
    )


def _event(entry: Mapping[str, Any], error: float, problems: list[Problem]) -> Event:
    cells = declared_cells(entry, problems)
    return Event(
        entry["id"], entry["label"], cells, _span(entry["before"]), _span(entry["after"]), float(error)
    )


def _span(months: list[Any]) -> tuple[str, str]:
    return str(months[0]), str(months[1])


def data_problem(path: str, message: str, file: str = FILE) -> Problem:
    """A problem of a file of the package's data."""
    return Problem(f"model/corridor/data/{file}", 0, 0, path, message)
