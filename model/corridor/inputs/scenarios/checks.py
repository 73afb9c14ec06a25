"""What the registries, the dates and the parents allow in a scenario file.

Two kinds of problem come out here, and all of them at once: of structure (`structural_problems`: a wrong type, an
unknown or missing field, found by Pydantic) and of meaning (`check_scenario`: a misspelt lever, a value out of
range, an end before a start). Meaning is checked on the plain data, field by field, so that a wrong date does not
hide a wrong value beside it. Checks of one intervention or shock are in `corridor.inputs.scenarios.entry_checks`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from pydantic import BaseModel, ValidationError

from corridor.foundations.errors import Problem, nearest_name, quoted
from corridor.foundations.timeline import Timeline
from corridor.inputs.reading.data_files import record_names
from corridor.inputs.reading.yaml_source import DataPath, YamlSource
from corridor.inputs.registries.levers import LEVERS, SWITCH_UNIT
from corridor.inputs.registries.retired import name_hint
from corridor.inputs.registries.sources import unknown_item_problems
from corridor.inputs.scenarios.bounds import ENOUGH_PROBLEMS
from corridor.inputs.scenarios.demands import Demand, check_demands
from corridor.inputs.scenarios.diplomacy import Diplomacy, Limit
from corridor.inputs.scenarios.diplomacy_checks import check_diplomacy
from corridor.inputs.scenarios.entries import Intervention, Override, Period, Run, Shock
from corridor.inputs.scenarios.entry_checks import (
    EntryReader,
    check_intervention,
    check_overlaps,
    check_shock,
)
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.sweep import Dimension, Sweep
from corridor.inputs.scenarios.sweep_checks import check_sweep

MAX_MONTHS_PAST_PARENT = 24
MAX_MONTHS_OF_ROOT = 120
FIRST_YEAR, LAST_YEAR = 1990, 2100
"""A scenario that extends none lies between these years; a mistyped year must not fill the memory."""

GATE_UNIT = "open/closed"

_PARTS: dict[str, type[BaseModel]] = {
    "interventions": Intervention,
    "shocks": Shock,
    "period": Period,
    "run": Run,
    "overrides": Override,
    "diplomacy": Diplomacy,
    "sweep": Sweep,
    "demands": Demand,
}

_INNER_PARTS: dict[tuple[str, ...], type[BaseModel]] = {
    ("sweep", "over", "*"): Dimension,
    ("diplomacy", "red_lines", "*", "*"): Limit,
}

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
"""What Pydantic's kinds of finding expect, in plain words."""

_LIMITS = {"greater_than_equal": "at least", "less_than_equal": "at most", "less_than": "less than"}


def structural_problems(
    source: YamlSource, error: ValidationError, top_fields: Collection[str]
) -> list[Problem]:
    """Pydantic's findings as problems with places and, for an unknown field, the nearest known one."""
    problems = []
    for finding in error.errors(include_url=False):
        path: DataPath = finding["loc"]
        if len(problems) >= ENOUGH_PROBLEMS:  # counted, not explained
            problems.append(source.problem(path, f"is wrong: {finding['type']}"))
            continue
        kind = finding["type"]
        if path and path[-1] == "[key]":
            problems.append(source.problem(path[:-1], _message(finding), at_key=True))
        elif kind == "extra_forbidden":
            fields = _fields_at(path[:-1], top_fields)
            message = f"unknown field {quoted(str(path[-1]))}{name_hint('field', _field_name(path), fields)}"
            problems.append(source.problem(path, message, at_key=True))
        elif kind == "missing":
            problems.append(source.problem(path, f"the field {quoted(str(path[-1]))} is missing"))
        else:
            problems.append(source.problem(path, _switch_message(source, path, finding) or _message(finding)))
    return problems


def _switch_message(source: YamlSource, path: DataPath, finding: Mapping[str, Any]) -> str | None:
    """What to write for a lever that is on or off, where a word stands for its value; None anywhere else."""
    entry = None
    if path[:1] == ("interventions",) and path[2:3] in (("to",), ("values",)):
        entry = source.data["interventions"][path[1]]
    elif path[:2] == ("sweep", "over") and path[3:4] in (("range",), ("values",)):
        entry = _swept_entry(source.data, path[2])
    lever = LEVERS.get(str(entry.get("lever"))) if isinstance(entry, dict) else None
    if lever is None or lever.unit not in (SWITCH_UNIT, GATE_UNIT):
        return None
    given = finding["input"]
    shown = str(given).lower() if isinstance(given, bool) else quoted(given)
    if lever.unit == GATE_UNIT:
        return f"{lever.id} is a number: write 1 for yes, 0 for no ({lever.label}), not {shown}"
    return f"{lever.id} is on or off: write 1 for on, 0 for off, not {shown}"


def _swept_entry(data: Mapping[str, Any], number: str | int) -> Any:
    """The intervention that a dimension of the sweep varies, if both are there."""
    row = data["sweep"]["over"][number]
    own = data.get("interventions")
    wanted = row.get("intervention") if isinstance(row, dict) else None
    entries = own if isinstance(own, list) and wanted is not None else []
    return next((each for each in entries if isinstance(each, dict) and each.get("id") == wanted), None)


def _message(finding: Mapping[str, Any]) -> str:
    """Pydantic's message in the words of this project."""
    if finding["type"] == "value_error":
        return str(finding["ctx"]["error"])
    kind, given = finding["type"], finding["input"]
    if kind == "string_pattern_mismatch":
        path = " (never a path)" if finding["loc"][0] in ("extends", "baseline") else ""
        return f"{quoted(given)} is not a name: lower-case letters, digits, - and _ only{path}"
    if kind == "tuple_type" and finding["loc"][-1] in ("for", "remove"):
        expected = "a name or a list of names"
    elif kind in ("greater_than_equal", "less_than_equal", "less_than"):
        (limit,) = finding["ctx"].values()
        expected = f"{_LIMITS[kind]} {limit:,}"
    else:
        expected = _EXPECTED.get(kind) or finding["msg"].removeprefix("Input should be ")
    return f"expected {expected}, not {quoted(given)}"


def _field_name(path: DataPath) -> str:
    """A field as the registry of retired names has it: `run.scale`, `interventions.until`."""
    return ".".join(str(step) for step in path if not isinstance(step, int))


def _fits(path: DataPath, pattern: tuple[str, ...]) -> bool:
    return len(path) == len(pattern) and all(
        want in ("*", at) for at, want in zip(path, pattern, strict=True)
    )


def _fields_at(path: DataPath, top_fields: Collection[str]) -> list[str]:
    if not path:
        return list(top_fields)
    part = _PARTS.get(str(path[0]))
    part = next((inner for pattern, inner in _INNER_PARTS.items() if _fits(path, pattern)), part)
    return [field.alias or name for name, field in part.model_fields.items()] if part else []


def check_scenario(
    source: YamlSource,
    *,
    refused: Collection[str],
    parent: Scenario | None,
    parent_is_known: bool,
    expected_name: str | None,
    known_names: Collection[str],
) -> list[Problem]:
    """Every problem of meaning in a scenario.

    Parameters
    ----------
    source : YamlSource
        The file, read as a mapping.
    refused : collection of str
        Paths that already have a problem of structure: they are not looked at again.
    parent : Scenario or None
        What it extends.
    parent_is_known : bool
        False if the parent could not be read, so that what depends on it cannot be judged.
    expected_name : str or None
        The name that the file's own name asks for.
    known_names : collection of str
        Scenarios in the folders, for `baseline`.
    """
    reader = EntryReader(source, refused)
    problems = _check_names(reader, expected_name, known_names)
    timeline: Timeline | None = None
    if parent_is_known:
        found, timeline = _check_period(reader, parent)
        problems += found
    problems += _check_ids(reader, parent, parent_is_known)
    for check in _checks(reader, parent, timeline):
        problems += check()
        if len(problems) > ENOUGH_PROBLEMS:
            break
    return problems


def _checks(
    reader: EntryReader, parent: Scenario | None, timeline: Timeline | None
) -> Iterator[Callable[[], list[Problem]]]:
    """What is looked at, entry by entry, in the order of the registries."""
    for number in reader.numbers("interventions"):
        yield partial(check_intervention, reader, number, timeline)
    yield partial(check_overlaps, reader)
    for number in reader.numbers("shocks"):
        yield partial(check_shock, reader, number, timeline)
    yield partial(check_diplomacy, reader, parent, timeline)
    yield partial(check_sweep, reader)
    yield partial(check_demands, reader)
    yield partial(_check_sources, reader)
    yield partial(_check_record, reader)
    yield partial(_check_overrides, reader)


def _check_sources(reader: EntryReader) -> list[Problem]:
    """Sources that name a document item that does not exist; they are free words otherwise."""
    return [
        reader.problem((part, number, "source"), message)
        for part in ("interventions", "shocks", "demands")
        for number in reader.numbers(part)
        for message in unknown_item_problems(str(reader.get((part, number, "source")) or ""))
    ]


def _check_names(
    reader: EntryReader, expected_name: str | None, known_names: Collection[str]
) -> list[Problem]:
    problems = []
    name, baseline = reader.get(("name",)), reader.get(("baseline",))
    if name is not None and expected_name is not None and name != expected_name:
        message = f"the name {quoted(name)} differs from the file's: call it {quoted(expected_name)} or rename the file"
        problems.append(reader.problem(("name",), message))
    if baseline is not None and baseline not in {*known_names, name}:
        problems.append(
            reader.problem(
                ("baseline",),
                f"unknown scenario {quoted(baseline)}{name_hint('scenario', baseline, known_names)}",
            )
        )
    return problems


def _check_period(reader: EntryReader, parent: Scenario | None) -> tuple[list[Problem], Timeline | None]:
    """Problems of the period, and the timeline of the run if it can be told."""
    at = ("period",)
    start, report_from, end = (reader.day((*at, name)) for name in ("start", "report_from", "end"))
    if parent is None:
        return _check_root_period(reader, start, report_from, end)
    problems = [
        reader.problem((*at, name), f"only a scenario that extends none sets `{name}`", at_key=True)
        for name, day in (("start", start), ("report_from", report_from))
        if day is not None
    ]
    inherited = parent.timeline
    last = _months_later(inherited.end, MAX_MONTHS_PAST_PARENT)
    if end is not None and end > last:
        past = f"{MAX_MONTHS_PAST_PARENT} months after the end of {quoted(parent.name)}"
        message = f"{end} is more than {past}: {last} at most"
        problems.append(reader.problem((*at, "end"), message))
        return problems, None
    if end is not None and end < inherited.report_from:
        message = f"ends on {end}, before the first reported day {inherited.report_from}"
        problems.append(reader.problem((*at, "end"), message))
        return problems, None
    return problems, Timeline(inherited.start, end or inherited.end, inherited.report_from)


def _check_root_period(
    reader: EntryReader, start: date | None, report_from: date | None, end: date | None
) -> tuple[list[Problem], Timeline | None]:
    at = ("period",)
    if start is None or end is None:
        given = reader.raw(at)
        if isinstance(given, Mapping) and given.get("start") and given.get("end"):
            return [], None  # written, and wrong in a way that is already reported
        message = "a scenario that extends none needs `period:` with `start` and `end`; most write `extends: history`"
        return [reader.problem(at, message)], None
    if not start <= (report_from or start) <= end:
        return [reader.problem(at, "the period needs start <= report_from <= end")], None
    if start.year < FIRST_YEAR or end.year > LAST_YEAR or end > _months_later(start, MAX_MONTHS_OF_ROOT):
        message = (
            f"a period is at most {MAX_MONTHS_OF_ROOT // 12} years long, between {FIRST_YEAR} and {LAST_YEAR}"
        )
        return [reader.problem(at, message)], None
    return [], Timeline(start, end, report_from or start)


def _months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month if it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _check_ids(reader: EntryReader, parent: Scenario | None, parent_is_known: bool) -> list[Problem]:
    """Ids used twice in the file or already in force in a parent, and removals of what is not there."""
    problems = []
    inherited = set(parent.entries()) if parent else set[str]()
    removed: set[str] = set()
    for path, name in reader.words(("remove",)) if parent_is_known else ():
        if name not in inherited:
            where = f"in {quoted(parent.name)}" if parent else "to remove: the scenario extends none"
            problems.append(
                reader.problem(path, f"no entry {quoted(name)} {where}{nearest_name(name, inherited)}")
            )
        elif name in removed:
            problems.append(reader.problem(path, f"{quoted(name)} is removed twice"))
        removed.add(name)
    first: dict[str, DataPath] = {}
    for part in ("interventions", "shocks"):
        for number in reader.numbers(part):
            path: DataPath = (part, number, "id")
            name = reader.get(path)
            if name is None:
                continue
            if name in first:
                place = reader.source.place(first[name])
                problems.append(reader.problem(path, f"duplicate id {quoted(name)} (first at {place})"))
            elif name in inherited - removed and parent is not None:
                taken = f"the id {quoted(name)} is taken in {quoted(parent.name)}"
                message = f"{taken}; choose another, or `remove: [{name}]` first"
                problems.append(reader.problem(path, message))
            first.setdefault(name, path)
    return problems


def _check_record(reader: EntryReader) -> list[Problem]:
    """A record of parameters that nobody knows."""
    name = reader.get(("parameters",))
    if name is None or name in record_names():
        return []
    message = f"no record of parameters {quoted(name)}{nearest_name(name, record_names())}"
    return [reader.problem(("parameters",), message)]


def _check_overrides(reader: EntryReader) -> list[Problem]:
    """Overrides that the parameters refuse, each at its place."""
    overrides = reader.raw(("overrides",))
    if not isinstance(overrides, Mapping) or not overrides:
        return []
    from corridor.inputs.parameters.parameter_set import (
        load_parameters,  # read only by scenarios that override parameters
    )

    known = load_parameters()
    problems: list[Problem] = []
    for name in overrides:
        path: DataPath = ("overrides", name)
        given = reader.get(path)
        if given is None and (overrides[name] is not None or ".".join(path) in reader.refused):
            continue  # refused already
        value = given["value"] if isinstance(given, Mapping) else given
        found = known.problems({name: value})
        problems += [reader.problem(path, f"{name}: {message}") for _, message in found]
        if len(problems) > ENOUGH_PROBLEMS:
            break
    return problems
