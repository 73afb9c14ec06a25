"""What nationalities own of the parameters: their values, each with its status and source, put beside the definitions.

parameters.yaml says what a parameter by nationality means and in which range it lies. A nationality's file says one of

    crossing_response: shared                                    the value that parameters.yaml gives for several
    crossing_response: {value: 5.6, status: fitted, source: first fit}
    route_darien: {dated: {2020-07-01: 0.3, 2021-07-01: 0.45}, status: fitted, source: SNM Panama}

with `range`, `note` and `alternatives` where they are its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from corridor.foundations.errors import InputError, Problem, nearest_name, quoted
from corridor.inputs.parameters.parameter_file import (
    Refusals,
    read_alternatives,
    read_bounds,
    read_dated_knots,
    read_knots,
    source_problems,
    value_problems,
)
from corridor.inputs.parameters.parameter_values import (
    ALL,
    DEFAULT,
    Alternative,
    Knots,
    Parameter,
    Provenance,
)
from corridor.inputs.registries.nationalities import (
    SHARED,
    Nationality,
    nationality_sources,
    parameters_by_nationality,
)
from corridor.inputs.registries.places import STATUSES
from corridor.inputs.registries.sources import unknown_item_problems

PART = "parameters"
OWN_VALUES = ("value", "dated")
OWN_FIELDS = (*OWN_VALUES, "status", "source", "range", "note", "alternatives")


@dataclass
class _Gathered:
    """What the files say of one parameter, by nationality."""

    knots: dict[str, Knots] = field(default_factory=dict)
    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    alternatives: list[tuple[str, Alternative]] = field(default_factory=list)


def with_own_values(
    defined: Mapping[str, Parameter], nationalities: Mapping[str, Nationality]
) -> dict[str, Parameter]:
    """Complete the parameters by nationality with what each nationality says of them.

    Raises
    ------
    InputError
        With every value that is missing, has no source or lies outside its range, with file and line.
    """
    found = {id: _Gathered() for id in parameters_by_nationality() if id in defined}
    problems: list[Problem] = []
    sources = {source.data["name"]: source for source in nationality_sources()}
    for name, nation in nationalities.items():
        refusals: Refusals = []
        for id, gathered in found.items():
            path = (PART, id)
            if path[1] in nation.parameters:
                _read_own(nation.parameters[id], name, defined[id], gathered, refusals)
        problems += [sources[name].problem(path, message) for path, message in refusals]
    if problems:
        raise InputError(problems)
    return {id: _complete(one, found[id]) if id in found else one for id, one in defined.items()}


def _read_own(given: Any, nation: str, parameter: Parameter, into: _Gathered, refusals: Refusals) -> None:
    """Read what one nationality says of one parameter, or note why it cannot be."""
    path = (PART, parameter.id)
    if given == SHARED:
        if DEFAULT not in parameter.knots:
            refusals.append((path, f"{parameter.id} has no shared value in parameters.yaml; give one"))
        return
    before = len(refusals)
    if not isinstance(given, Mapping):
        refusals.append((path, f"{parameter.id}: expected `shared`, or fields such as value, status, source"))
        return
    _check_own(given, parameter.id, refusals)
    if len(refusals) > before:
        return
    kind = next(name for name in OWN_VALUES if name in given)
    read = read_dated_knots if kind == "dated" else read_knots
    knots = read(given[kind], (*path, kind), refusals)
    bounds = read_bounds(given["range"], (*path, "range"), refusals) if "range" in given else {}
    others = read_alternatives(given.get("alternatives", []), parameter.id, (*path, "alternatives"), refusals)
    if set(knots) != {ALL}:
        refusals.append(((*path, kind), f"{parameter.id}: expected one number, or one a date"))
    if len(refusals) > before:
        return
    own = {nation: knots[ALL]}
    limits = {DEFAULT: bounds.get(DEFAULT) or parameter.bounds_of(nation)}
    alone = replace(parameter, knots=own, bounds=limits)
    refusals.extend(
        ((*path, kind), f"{parameter.id}: {message}") for message in value_problems(alone, complete=False)
    )
    into.knots |= own
    into.bounds |= {nation: bounds[DEFAULT]} if bounds else {}
    into.provenance[nation] = Provenance(given["status"], given["source"], given.get("note", ""))
    into.alternatives += [(nation, other) for other in others]


def _check_own(given: Mapping[str, Any], id: str, refusals: Refusals) -> None:
    path = (PART, id)
    for name in given.keys() - set(OWN_FIELDS):
        refusals.append(
            ((*path, name), f"{id}: unknown field {quoted(name)}{nearest_name(name, OWN_FIELDS)}")
        )
    if sum(name in given for name in OWN_VALUES) != 1:
        refusals.append((path, f"{id}: give exactly one of {', '.join(OWN_VALUES)}"))
    if given.get("status") not in STATUSES:
        refusals.append(((*path, "status"), f"{id}: status is one of {', '.join(STATUSES)}"))
    if not given.get("source"):
        refusals.append((path, f"{id}: has no source"))
        return
    refusals.extend(((*path, "source"), f"{id}: {message}") for message in source_problems(id, given))
    notes = unknown_item_problems(str(given.get("note", "")))
    refusals.extend(((*path, "note"), f"{id}: {message}") for message in notes)


def _complete(parameter: Parameter, gathered: _Gathered) -> Parameter:
    return replace(
        parameter,
        knots={**gathered.knots, **parameter.knots},
        bounds={**parameter.bounds, **gathered.bounds},
        provenance=gathered.provenance,
        alternatives=(*_together(gathered.alternatives), *parameter.alternatives),
    )


def _together(found: Sequence[tuple[str, Alternative]]) -> list[Alternative]:
    """Values that one source gives for several nationalities, as one alternative by nationality."""
    values: dict[tuple[str, str, str], dict[str, Any]] = {}
    for nation, other in found:
        by_nation = values.setdefault((other.unit, other.source, other.note), {})
        by_nation[nation] = other.value
    return [Alternative(by_nation, unit, source, note) for (unit, source, note), by_nation in values.items()]
