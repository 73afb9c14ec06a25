"""What the registries allow in the `sweep:` block of a scenario file."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from corridor.foundations.errors import Problem, nearest_name, quoted
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.parameters.parameter_values import ALL
from corridor.inputs.reading.yaml_source import DataPath
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.retired import name_hint
from corridor.inputs.scenarios.entry_checks import EntryReader
from corridor.inputs.scenarios.sweep import MOST_POINTS

BLOCK = "sweep"
LONGEST_NAME = 80 - len(f"-{MOST_POINTS}")
UNCOUNTED = 1_000_000_000


def check_sweep(reader: EntryReader) -> list[Problem]:
    """Every problem of meaning in the block."""
    block = reader.raw((BLOCK,))
    if not isinstance(block, dict):
        return []
    over = block.get("over")
    rows = over if isinstance(over, list) else []
    own = {reader.get(("interventions", row, "id")): row for row in reader.numbers("interventions")}
    name = reader.get(("name",))
    problems = [problem for number in range(len(rows)) for problem in _check_dimension(reader, number, own)]
    named = [
        reader.get((BLOCK, "over", row, "intervention")) or reader.get((BLOCK, "over", row, "parameter"))
        for row in range(len(rows))
    ]
    for number, varied in enumerate(named):
        if varied is not None and varied in named[:number]:
            message = f"{varied} is varied twice: what is varied is told apart by its name"
            problems.append(reader.problem((BLOCK, "over", number), message))
    grid = block.get("method", "grid") == "grid"
    if not rows and isinstance(over, list):
        problems.append(reader.problem((BLOCK, "over"), "a sweep varies one thing at least", at_key=True))
    if not grid and block.get("size") is None:
        problems.append(
            reader.problem((BLOCK,), f"{block['method']} needs a `size:`, the number of points", at_key=True)
        )
    for number, row in enumerate(rows):
        wanted, other = ("values", "range") if grid else ("range", "values")
        if isinstance(row, dict) and (row.get(wanted) is None or row.get(other) is not None):
            message = f"{'a grid' if grid else block['method']} takes `{wanted}:` and no `{other}:`"
            problems.append(reader.problem((BLOCK, "over", number), message))
    if isinstance(name, str) and len(name) > LONGEST_NAME:
        message = (
            f"with a sweep, at most {LONGEST_NAME} characters: the scenario of each point adds its number"
        )
        problems.append(reader.problem(("name",), message))
    lists = [row["values"] for row in rows if isinstance(row, dict) and isinstance(row.get("values"), list)]
    points = prod(map(len, lists))
    if grid and lists and points > MOST_POINTS:
        many = f"{points:,}" if points < UNCOUNTED else f"over {UNCOUNTED:,}"
        message = f"{many} points are more than {MOST_POINTS:,}; use latin_hypercube with a size"
        problems.append(reader.problem((BLOCK, "over"), message, at_key=True))
    return problems


def _check_dimension(reader: EntryReader, number: int, own: Mapping[str, int]) -> list[Problem]:
    """Problems of one thing that is varied; `own` are the file's interventions by id."""
    at: DataPath = (BLOCK, "over", number)
    intervention, parameter = reader.get((*at, "intervention")), reader.get((*at, "parameter"))
    if (intervention is None) == (parameter is None):
        return [reader.problem(at, "name one thing to vary: `intervention:` or `parameter:`")]
    if intervention is not None:
        if intervention not in own:
            hint = nearest_name(str(intervention), [str(name) for name in own])
            message = f"no intervention {quoted(intervention)} in this file{hint}"
            return [reader.problem((*at, "intervention"), message)]
        lever = LEVERS.get(str(reader.get(("interventions", own[intervention], "lever"))))
        if not isinstance(reader.get(("interventions", own[intervention], "to")), int | float):
            message = f"{intervention} has no number `to:` that a sweep could replace"
            return [reader.problem((*at, "intervention"), message)]
        return _check_values(reader, at, lever.id, lever.low, lever.high) if lever else []
    known = load_parameters()
    if parameter not in known:
        message = f"unknown parameter {quoted(parameter)}{name_hint('parameter', str(parameter), known)}"
        return [reader.problem((*at, "parameter"), message)]
    if set(known[parameter].knots) != {ALL}:
        return [
            reader.problem(
                (*at, "parameter"), f"{parameter} is not one number: override it in files of their own"
            )
        ]
    return _check_values(reader, at, parameter, *known[parameter].bounds_of(ALL))


def _check_values(reader: EntryReader, at: DataPath, name: str, low: float, high: float) -> list[Problem]:
    problems: list[Problem] = []
    for part in ("range", "values"):
        given = reader.raw((*at, part))
        numbers = (
            [value for value in given if isinstance(value, int | float) and not isinstance(value, bool)]
            if isinstance(given, list)
            else []
        )
        for value in numbers:
            if not low <= value <= high:
                message = f"{value:,.10g} is out of range: {name} takes {low:,.10g} to {high:,.10g}"
                problems.append(reader.problem((*at, part), message))
        if part == "range" and len(numbers) == 2 and not numbers[0] < numbers[1]:
            problems.append(reader.problem((*at, part), "a range goes from the lower to the higher value"))
        if part == "values" and given == []:
            problems.append(reader.problem((*at, part), "a grid needs values"))
        elif part == "values" and len(set(numbers)) < len(numbers):
            problems.append(reader.problem((*at, part), "a value is given twice"))
    return problems
