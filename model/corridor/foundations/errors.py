"""What can go wrong, as exceptions that a person can act on.

The tree::

    CorridorError            anything that Corridor raises on purpose
    ├── InputError           a file or an argument is wrong: holds every problem found, each with its place
    ├── RunError             a run cannot go on (a guard failed, a worker died)
    └── MissingExtra         something needs packages that are not installed (in `extras`)

The command line turns `InputError` and `MissingExtra` into exit code 2, and every other `CorridorError` into exit code
1. A `CorridorWarning` is a note there.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

MOST_SHOWN = 50
"""Problems that an error shows; it keeps all of them, and says how many more there are."""

MOST_QUOTED = 80
"""Characters of a wrong value that a message repeats."""

LONGEST_MESSAGE = 1_000
"""Characters of one message; what a file says is cut by `quoted` long before."""

LONGEST_NAME = 200
"""Characters of a name; what is longer is near to none."""


class CorridorError(Exception):
    """Base of everything that Corridor raises on purpose."""


class CorridorWarning(UserWarning):
    """Something that a person may want to mend, though the work goes on and its numbers are the same."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with an input, and where.

    Attributes
    ----------
    file : str
        The file as the user named it, or a label such as ``<text>``.
    line, column : int
        Counted from 1, as editors do. The line is 0 when the problem has no place in a text; the column then gives
        its order among others.
    path : str
        The place in the data, such as ``interventions.2.to``; empty for the whole file.
    message : str
        What is wrong, what was expected, and the nearest valid name if there is one.
    at : str
        The place in data that never was a text, as Python writes it: ``interventions[2].to``.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    at: str = ""

    def __post_init__(self) -> None:
        for name in ("path", "message"):
            text = getattr(self, name)
            if len(text) > LONGEST_MESSAGE:
                object.__setattr__(self, name, f"{text[:LONGEST_MESSAGE]}...")

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        where += f": {self.at}" if self.at else ""
        return f"{where}: {self.message}"


class InputError(CorridorError):
    """A file or an argument is wrong.

    Attributes
    ----------
    problems : tuple of Problem
        Every problem that was found, in the order of the text.
    """

    def __init__(self, problems: Iterable[Problem]):
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            lines.append(f"... and {len(self.problems) - MOST_SHOWN:,} more; mend these first")
        return "\n".join(lines)


class RunError(CorridorError):
    """A run cannot go on."""


def quoted(value: object) -> str:
    """A wrong value as a message repeats it: as Python writes it, cut after `MOST_QUOTED` characters."""
    if isinstance(value, str | bytes):
        return repr(value) if len(value) <= MOST_QUOTED else f"{value[:MOST_QUOTED]!r}..."
    try:
        shown = repr(value)
    except ValueError:  # Python writes no number of thousands of digits
        shown = f"{value:#x}"
    return shown if len(shown) <= MOST_QUOTED else f"{shown[:MOST_QUOTED]}..."


def nearest_name(name: str, known: Iterable[str]) -> str:
    """The hint ``; did you mean 'x'?`` for a misspelt name, or nothing when no known name is near."""
    if len(name) > LONGEST_NAME:
        return ""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if not near:
        by_folded = {candidate.casefold(): candidate for candidate in known}
        folded = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
        near = [by_folded[folded[0]]] if folded else []
    return f"; did you mean {near[0]!r}?" if near else ""
