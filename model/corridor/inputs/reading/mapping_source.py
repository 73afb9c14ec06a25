"""Data that a program made, as if it had been read from a YAML text: the same plain data, and the same refusals.

What JSON, a notebook or a data frame gives becomes what `corridor.inputs.reading.yaml_source` gives: dates are text,
NumPy's numbers are numbers, tuples and arrays are lists. There are no lines, so a problem names the place in the data.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from numbers import Integral, Real
from typing import Any

import numpy as np

from corridor.foundations.errors import InputError, Problem, quoted
from corridor.inputs.reading.yaml_source import MAX_BYTES, MAX_DEPTH, TOO_DEEP, DataPath, YamlSource

LABEL = "<mapping>"
"""The name that problems carry unless the caller gives another."""


@dataclass(frozen=True)
class MappingSource(YamlSource):
    """Plain data of a program, with the order of its parts instead of their lines."""

    order: Mapping[DataPath, int] = field(default_factory=dict, repr=False)

    def problem(self, path: DataPath, message: str, *, at_key: bool = False) -> Problem:
        """A problem at a path; there is no key to point at beside it."""
        return _problem(self.file, path, message, self.order)

    def place(self, path: DataPath) -> str:
        """Where something is, in words."""
        return key_path(path)


def read_mapping(given: Mapping[str, Any], *, file: str = LABEL) -> MappingSource:
    """Plain data of a mapping; what it cannot hold is in `MappingSource.refused`.

    Raises
    ------
    InputError
        If it is too large or too deep to be looked at; so is one that holds itself.
    """
    reader = _Reader(file)
    data = reader.read(given, ())
    return MappingSource(file, "", data, tuple(reader.problems), reader.order)


def key_path(path: DataPath) -> str:
    """A place as Python would write it: ``interventions[2].to``."""
    words = ""
    for step in path:
        named = isinstance(step, str) and step.isidentifier()
        words += f".{step}" if named else f"[{quoted(step)}]"
    return words.removeprefix(".")


def _problem(file: str, path: DataPath, message: str, order: Mapping[DataPath, int]) -> Problem:
    known = next((path[:length] for length in range(len(path), -1, -1) if path[:length] in order), ())
    return Problem(file, 0, order.get(known, 0), ".".join(map(str, path)), message, key_path(path))


class _Reader:
    """Walks what was given into plain data, noting the order of its parts and collecting what is refused."""

    def __init__(self, file: str):
        self.file = file
        self.problems: list[Problem] = []
        self.order: dict[DataPath, int] = {}
        self.size = 0

    def refuse(self, path: DataPath, message: str) -> None:
        self.problems.append(_problem(self.file, path, message, self.order))

    def stop(self, path: DataPath, message: str) -> InputError:
        return InputError([_problem(self.file, path, message, self.order)])

    def read(self, value: Any, path: DataPath) -> Any:
        self.order[path] = len(self.order) + 1
        if len(path) > MAX_DEPTH:
            raise self.stop((), TOO_DEEP)
        self.count(1)
        if isinstance(value, np.generic | np.ndarray):
            value = value.tolist()
        if isinstance(value, Mapping):
            return self.read_mapping(value, path)
        if isinstance(value, list | tuple):
            return [self.read(part, (*path, number)) for number, part in enumerate(value)]
        return self.read_scalar(value, path)

    def count(self, characters: int) -> None:
        self.size += characters
        if self.size > MAX_BYTES:
            raise self.stop((), f"is too large: more than {MAX_BYTES:,} characters")

    def read_scalar(self, value: Any, path: DataPath) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            self.count(len(value))
            if any("\ud800" <= letter <= "\udfff" for letter in value):
                self.refuse(path, "is not text that can be written: it holds half a character")
            return str(value)
        if isinstance(value, date):
            missing = value != value  # pandas' "not a time"
            if missing or (isinstance(value, datetime) and (value.tzinfo or value.time() != time.min)):
                self.refuse(path, f"expected a date, not {'none' if missing else 'a time of a day'}: {value}")
            return str(value) if missing else date.isoformat(value)
        if isinstance(value, Integral):
            return int(value)
        if isinstance(value, Real):
            number = float(value)
            if not math.isfinite(number):
                self.refuse(path, f"{number} is not a finite number")
            return number
        self.refuse(path, f"expected text, a number, a date, a list or a mapping, not {type(value).__name__}")
        return type(value).__name__  # it is there, though refused

    def read_mapping(self, given: Mapping[Any, Any], path: DataPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, value in given.items():
            name = self.read_key(key, path)
            if name in data:
                self.refuse((*path, name), f"duplicate key {quoted(name)}")
            elif name is not None:
                data[name] = self.read(value, (*path, name))
        return data

    def read_key(self, key: Any, path: DataPath) -> str | None:
        """A key as text: dates and whole numbers are written as in a file."""
        plain = key.tolist() if isinstance(key, np.generic) else key
        if isinstance(plain, str | date | int) and not isinstance(plain, bool):
            name = self.read_scalar(plain, path)
            return None if name is None else str(name)
        self.refuse(path, f"a key is text or a date, not {type(key).__name__}")
        return None
