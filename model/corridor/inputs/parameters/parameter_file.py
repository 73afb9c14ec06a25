"""YAML text to parameters: every entry checked, every refusal with its place in the file.

The head of model/corridor/data/parameters.yaml describes an entry. Used by
model/corridor/inputs/parameters/parameter_set.py, which reads the values that a scenario overrides with the same
functions, and by model/corridor/inputs/parameters/nationality_values.py, which adds what nationalities own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from corridor.foundations.errors import InputError, nearest_name, quoted
from corridor.inputs.parameters.parameter_values import ALL, DEFAULT, UNDATED, Alternative, Knots, Parameter
from corridor.inputs.reading.yaml_source import DataPath, read_yaml_text
from corridor.inputs.registries.nationalities import NATIONALITIES, SHARED, VALUES
from corridor.inputs.registries.places import STATUSES
from corridor.inputs.registries.sources import (
    OWN_STUDY,
    citation_problems,
    read_citation,
    unknown_item_problems,
)

INTERPOLATIONS = ("step", "linear", "log-linear")
NATIONALITY = "nationality"

_REQUIRED = ("label", "group", "unit", "range", "status", "source")
_OTHERS = (SHARED, "over", "interpolate", "distribution", "note", "alternatives")
_FIELDS = (*_REQUIRED, *VALUES, *_OTHERS)

Refusals = list[tuple[DataPath, str]]
"""What is wrong, and where: paths begin with the parameter's id."""


def read_parameters(text: str, *, file: str = "<text>") -> dict[str, Parameter]:
    """Read the parameters of one YAML text, by id.

    Raises
    ------
    InputError
        With every refusal and its place: unknown or missing fields, no source or one that does not bear the status, a
        document item about something else, values outside the range.
    """
    source = read_yaml_text(text, file=file)
    if not isinstance(source.data, dict):
        raise InputError([source.problem((), "expected parameters by id")])
    refusals: Refusals = []
    parameters = {id: _read_entry(id, entry, refusals) for id, entry in source.data.items()}
    if refusals:
        raise InputError(
            source.problem(path, f"{path[0]}: {message}", at_key=path in source.key_marks)
            for path, message in refusals
        )
    return {id: parameter for id, parameter in parameters.items() if parameter is not None}


def read_knots(given: Any, path: DataPath, refusals: Refusals) -> dict[str, Knots]:
    """Knots by key of an undated value: a number, a list, or a mapping by key."""
    if is_number(given):
        return {ALL: ((UNDATED, float(given)),)}
    if isinstance(given, list):
        return {str(place): read_knot(value, path, refusals) for place, value in enumerate(given, 1)}
    if isinstance(given, dict) and given:
        return {str(key): read_knot(value, (*path, key), refusals) for key, value in given.items()}
    refusals.append((path, "expected a number, a list, or values by key"))
    return {}


def read_dated_knots(given: Any, path: DataPath, refusals: Refusals) -> dict[str, Knots]:
    """Knots by key of a mapping of date to number, or of date to a mapping by key."""
    if not isinstance(given, dict) or not given:
        refusals.append((path, "expected values by date"))
        return {}
    gathered: dict[str, list[tuple[int, float]]] = {}
    for place, (text, values) in enumerate(given.items()):
        at = (*path, text)
        try:
            day = date.fromisoformat(str(text)).toordinal()
        except ValueError:
            refusals.append((at, f"expected a date such as 2021-01-01, not {quoted(text)}"))
            continue
        for key, value in (values if isinstance(values, dict) else {ALL: values}).items():
            if place > 0 and key not in gathered:
                refusals.append((at, f"{quoted(key)} must have a value at the first date too"))
            gathered.setdefault(key, []).append((day, read_knot(value, at, refusals)[0][1]))
    for key, knots in gathered.items():
        days = [day for day, _ in knots]
        if days != sorted(set(days)):
            refusals.append((path, f"the dates of {quoted(key)} are not in order"))
    return {key: tuple(knots) for key, knots in gathered.items()}


def read_knot(value: Any, path: DataPath, refusals: Refusals) -> Knots:
    """Read one number that holds for every day; not-a-number, with the reason noted, if it is none."""
    if is_number(value):
        return ((UNDATED, float(value)),)
    refusals.append((path, f"expected a number, not {quoted(value)}"))
    return ((UNDATED, math.nan),)


def is_number(value: Any) -> bool:
    """Whether a value is a finite number and not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def value_problems(parameter: Parameter, *, complete: bool = True) -> Iterator[str]:
    """Messages on values that are out of range, of an unknown nationality, or (if `complete`) missing for one."""
    for key, low, value, high in parameter.outside_range():
        name = "" if key == ALL else f"{key} "
        yield f"{name}{value:g} is outside its range {low:g} to {high:g} ({parameter.unit})"
    if parameter.over == NATIONALITY:
        for key in parameter.knots.keys() - {*NATIONALITIES, DEFAULT}:
            yield f"no nationality {quoted(key)}{nearest_name(key, NATIONALITIES)}"
        missing = set(NATIONALITIES) - parameter.knots.keys()
        if complete and missing and DEFAULT not in parameter.knots:
            yield f"no value for {', '.join(sorted(missing))} and no default"
    values = (value for knots in parameter.knots.values() for _, value in knots)
    if parameter.interpolate == "log-linear" and min(values, default=1.0) <= 0:
        yield "log-linear values must be above zero"


def _read_entry(id: str, entry: Any, refusals: Refusals) -> Parameter | None:
    """Read one parameter, or None with the reasons added to `refusals`."""
    before = len(refusals)
    if not isinstance(entry, dict):
        refusals.append(((id,), "expected fields such as label, unit, value"))
        return None
    _check_fields(id, entry, refusals)
    if len(refusals) > before:
        return None
    if _is_owned(entry):
        given, knots = SHARED, _read_shared(id, entry, refusals)
    else:
        given = next(name for name in VALUES if name in entry)
        read = read_dated_knots if given == "dated" else read_knots
        knots = read(entry[given], (id, given), refusals)
    bounds = read_bounds(entry["range"], (id, "range"), refusals)
    alternatives = read_alternatives(entry.get("alternatives", []), id, (id, "alternatives"), refusals)
    if len(refusals) > before:
        return None
    parameter = Parameter(
        id=id,
        label=entry["label"],
        group=entry["group"],
        unit=entry["unit"],
        over="" if ALL in knots else entry.get("over", NATIONALITY),
        interpolate=entry.get("interpolate", "step"),
        knots=knots,
        bounds=bounds,
        status=entry["status"],
        source=entry.get("source", ""),
        note=entry.get("note", ""),
        alternatives=alternatives,
        distribution=entry.get("distribution"),
    )
    found = value_problems(parameter, complete=not _is_owned(entry))
    refusals.extend(((id, given), message) for message in found)
    return parameter


def _is_owned(entry: Mapping[str, Any]) -> bool:
    """Whether the files of nationalities hold the values."""
    return entry.get("over") == NATIONALITY and not any(name in entry for name in VALUES)


def _read_shared(id: str, entry: Mapping[str, Any], refusals: Refusals) -> dict[str, Knots]:
    """The value of all nationalities whose file says `shared`, under the key `default`; none if there is none."""
    if SHARED not in entry:
        return {}
    path: DataPath = (id, SHARED)
    dated = isinstance(entry[SHARED], dict)
    read = read_dated_knots if dated else read_knots
    return {DEFAULT: read(entry[SHARED], path, refusals).get(ALL, ())}


def _check_fields(id: str, entry: dict[str, Any], refusals: Refusals) -> None:
    for name in entry.keys() - set(_FIELDS):
        refusals.append(((id, name), f"unknown field {quoted(name)}{nearest_name(name, _FIELDS)}"))
    for name in _REQUIRED:
        if not entry.get(name):
            refusals.append(((id,), f"{name} is missing"))
    status = entry.get("status")
    if status and status not in STATUSES:
        refusals.append(((id, "status"), f"status is one of {', '.join(STATUSES)}"))
    if entry.get("source"):
        refusals.extend(((id, "source"), message) for message in source_problems(id, entry))
    refusals.extend(((id, "note"), message) for message in unknown_item_problems(str(entry.get("note", ""))))
    if sum(name in entry for name in VALUES) != 1 and not _is_owned(entry):
        refusals.append(((id,), f"give exactly one of {', '.join(VALUES)}"))
    if SHARED in entry and not _is_owned(entry):
        refusals.append(((id, SHARED), "only a parameter whose values stand with nationalities is shared"))
    if "dated" in entry and entry.get("interpolate") not in INTERPOLATIONS:
        refusals.append(((id,), f"a dated value says interpolate: {', '.join(INTERPOLATIONS)}"))
    if "dated" not in entry and "interpolate" in entry and not _is_owned(entry):
        refusals.append(((id, "interpolate"), "only a dated value is interpolated"))


def source_problems(id: str, entry: Mapping[str, Any]) -> Iterator[str]:
    """Messages on a source that is not known, is about something else, or does not bear the status."""
    text = entry["source"]
    problems = citation_problems(text, {f"parameter:{id}"})
    yield from problems
    if problems or entry.get("status") not in STATUSES:
        return
    cited = read_citation(text)[0]
    sources = [reference.source for reference in cited if reference.source]
    borne = {
        "documented": (any(each.items for each in cited), "an item of the five founding documents"),
        "published": (any(each.published for each in sources), "what somebody else published"),
        "fitted": (any(each.kind == OWN_STUDY for each in sources), "the fit or study of this project"),
        "assumed": (
            any(each.own for each in sources),
            "`assumed`, or the project's own study that proposes it",
        ),
    }
    bears, what = borne[entry["status"]]
    if not bears:
        yield f"a parameter that is {entry['status']} cites {what}"


def read_bounds(given: Any, path: DataPath, refusals: Refusals) -> dict[str, tuple[float, float]]:
    """Lowest and highest value by key, with a default: a pair for all keys, or pairs by key."""
    bounds: dict[str, tuple[float, float]] = {}
    for key, pair in (given if isinstance(given, dict) else {DEFAULT: given}).items():
        if isinstance(pair, list) and len(pair) == 2 and all(map(is_number, pair)) and pair[0] < pair[1]:
            bounds[key] = (float(pair[0]), float(pair[1]))
        else:
            refusals.append((path, "range is [low, high] with low below high, or such pairs by key"))
    if bounds and DEFAULT not in bounds:
        refusals.append((path, "a range by key needs a default"))
    return bounds


def read_alternatives(given: Any, id: str, path: DataPath, refusals: Refusals) -> tuple[Alternative, ...]:
    """Values that contradict the one used; each says its unit and its source."""
    alternatives = []
    if not isinstance(given, list):
        refusals.append((path, "expected a list of alternatives"))
        return ()
    for place, entry in enumerate(given):
        if not isinstance(entry, dict):
            refusals.append(((*path, place), "an alternative has value, unit and source"))
            continue
        value = entry.get("value", entry.get("values"))
        if value is None or not entry.get("unit") or not entry.get("source"):
            refusals.append(((*path, place), "an alternative has value, unit and source"))
            continue
        for message in citation_problems(entry["source"], {f"parameter:{id}"}):
            refusals.append(((*path, place, "source"), message))
        alternatives.append(Alternative(value, entry["unit"], entry["source"], entry.get("note", "")))
    return tuple(alternatives)
