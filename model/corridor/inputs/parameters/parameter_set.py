"""All parameters of the model: loaded with their provenance, changed by a scenario's overrides or by fitting.

Rests on parameters.yaml and the files of nationalities in model/corridor/data. Nothing without a source gets in
unless it is marked as assumed, and no value may lie outside the range beside it. Used by the drivers (one parameter
set a run), by fitting (`ParameterSet.with_values`) and by the evidence search.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import inf
from typing import Any

from corridor.foundations.errors import InputError, Problem, nearest_name, quoted
from corridor.inputs.parameters.nationality_values import with_own_values
from corridor.inputs.parameters.parameter_file import (
    NATIONALITY,
    Refusals,
    is_number,
    read_dated_knots,
    read_knot,
    read_knots,
    read_parameters,
    value_problems,
)
from corridor.inputs.parameters.parameter_values import ALL, DEFAULT, UNDATED, Knots, Parameter
from corridor.inputs.reading.data_files import data_label, read_data_text
from corridor.inputs.reading.yaml_source import DataPath
from corridor.inputs.registries.nationalities import NATIONALITIES, load_nationalities
from corridor.inputs.registries.retired import name_hint

__all__ = ["NATIONALITIES", "Parameter", "ParameterSet", "load_parameters", "read_parameters"]

FILE = "parameters.yaml"


@dataclass(frozen=True)
class ParameterSet(Mapping[str, Parameter]):
    """Parameters by id: `parameters["crossing_rate"].scalar()`.

    Attributes
    ----------
    parameters : mapping of str to Parameter
        In the order of the files.
    """

    parameters: Mapping[str, Parameter]

    def __getitem__(self, id: str) -> Parameter:
        if id not in self.parameters:
            raise InputError([Problem("parameters", 0, 0, id, self._unknown(id))])
        return self.parameters[id]

    def __contains__(self, id: object) -> bool:
        return id in self.parameters

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the resolved values alone: notes and sources may change without changing it."""
        values = {id: parameter.plain() for id, parameter in self.parameters.items()}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    def with_values(self, values: Mapping[str, Any]) -> ParameterSet:
        """Return a set with some values changed; keys that are not named stay.

        Parameters
        ----------
        values : mapping of str to Any
            By id: a number (for every key and day), a mapping of key to number or to ``{date: number}``, a
            mapping of date to number, or a list for a parameter that is one.

        Raises
        ------
        InputError
            With every unknown id or key and every value outside its range.
        """
        changed, refusals = self._changed(values)
        if refusals:
            raise InputError(
                Problem("parameters", 0, 0, ".".join(map(str, path)), f"{path[0]}: {message}")
                for path, message in refusals
            )
        return ParameterSet({**self.parameters, **changed})

    def without_bounds(self, ids: Iterable[str]) -> ParameterSet:
        """Return a set in which some parameters may take any value: so a mechanism is switched off."""
        free = {id: replace(self[id], bounds={DEFAULT: (-inf, inf)}) for id in ids}
        return ParameterSet({**self.parameters, **free})

    def problems(self, values: Mapping[str, Any]) -> Refusals:
        """List what `with_values` would refuse: paths (beginning with the id) and messages.

        For callers that know the place of the values in a file.
        """
        return self._changed(values)[1]

    def _changed(self, values: Mapping[str, Any]) -> tuple[dict[str, Parameter], Refusals]:
        changed: dict[str, Parameter] = {}
        refusals: Refusals = []
        for id, given in values.items():
            if id not in self.parameters:
                refusals.append(((id,), self._unknown(id)))
                continue
            before = len(refusals)
            old = self.parameters[id]
            new = replace(old, knots=_overridden(old, given, refusals))
            if len(refusals) == before:
                refusals.extend(((id,), message) for message in value_problems(new))
            changed[id] = new
        return changed, refusals

    def _unknown(self, id: str) -> str:
        return f"no parameter {quoted(id)}{name_hint('parameter', id, self.parameters)}"


def load_parameters(overrides: Mapping[str, Any] | None = None) -> ParameterSet:
    """Load the packaged parameters, with a scenario's overrides.

    Parameters
    ----------
    overrides : mapping of str to Any, optional
        As `ParameterSet.with_values` takes them.

    Raises
    ------
    InputError
        If an entry or an override is refused.
    """
    parameters = _packaged(read_data_text(FILE))
    return parameters.with_values(overrides) if overrides else parameters


@lru_cache(maxsize=4)
def _packaged(text: str) -> ParameterSet:
    nationalities = load_nationalities()
    return ParameterSet(with_own_values(read_parameters(text, file=data_label(FILE)), nationalities))


def _overridden(old: Parameter, given: Any, refusals: Refusals) -> Mapping[str, Knots]:
    """Knots of a parameter after an override; the old ones, with the reason noted, where it is refused."""
    path: DataPath = (old.id,)
    if is_number(given):
        if old.over not in ("", NATIONALITY):
            refusals.append((path, f"has values by {old.over}; say which"))
            return old.knots
        return {key: ((UNDATED, float(given)),) for key in old.knots}
    if isinstance(given, list):
        if list(old.knots) == [str(place) for place in range(1, len(given) + 1)]:
            return read_knots(given, path, refusals)
        refusals.append((path, f"is not a list of {len(given)} values"))
        return old.knots
    if not isinstance(given, Mapping) or not given:
        refusals.append((path, "expected a number, or values by key or date"))
        return old.knots
    if ALL in old.knots:
        return read_dated_knots(given, path, refusals)
    knots = dict(old.knots)
    known = {*old.knots, *(NATIONALITIES if old.over == NATIONALITY else ())}
    for key, value in given.items():
        at = (*path, key)
        if key not in known:
            refusals.append((at, f"no {old.over} {quoted(key)}{nearest_name(str(key), known - {DEFAULT})}"))
        elif isinstance(value, Mapping):
            knots[key] = read_dated_knots(value, at, refusals).get(ALL, old.knots_of(key))
        else:
            knots[key] = read_knot(value, at, refusals)
    return knots
