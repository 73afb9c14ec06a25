"""How large a scenario may be: enough for any study, and so little that every file is read in about a second."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corridor.foundations.errors import Problem
from corridor.inputs.reading.yaml_source import DataPath, YamlSource
from corridor.inputs.scenarios.sweep import MOST_POINTS

MOST_ENTRIES = 1_000
"""Of any list or mapping in a scenario file: interventions, shocks, demands, overrides, names, dated values."""

MOST_PARENTS = 20
"""Scenarios that one extends, one after the other."""

ENOUGH_PROBLEMS = 200
"""No further entry is looked at once there are so many, and no nearest name is looked for."""


def size_problems(source: YamlSource) -> list[Problem]:
    """Lists and mappings of a file that are longer than any scenario needs; values of a sweep may be more."""
    return [
        source.problem(path, f"{count:,} entries are too many; at most {most:,} are read", at_key=True)
        for path, count, most in _long_parts(source.data, ())
    ]


def _long_parts(value: Any, path: DataPath) -> Iterator[tuple[DataPath, int, int]]:
    if not isinstance(value, dict | list):
        return
    most = MOST_POINTS if path[:2] == ("sweep", "over") and path[3:] == ("values",) else MOST_ENTRIES
    if len(value) > most:
        yield path, len(value), most
    for step, part in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _long_parts(part, (*path, step))
