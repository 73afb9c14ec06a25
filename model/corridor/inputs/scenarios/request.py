"""What may be asked of a run: one check for the command line, `run:` of a file, keyword arguments, links and uploads.

A whole number is an integer of Python or NumPy. A truth value is none, nor is 2.0: what is meant is asked, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import index
from typing import Any

from corridor.foundations.errors import InputError, Problem, quoted

MOST_REPLICATES, MOST_SEED, MOST_PEOPLE_PER_AGENT = 100_000, 2**32 - 1, 10_000
MOST_WORKERS = 1_024
MOST_DIGITS = 20

BOUNDS: Mapping[str, tuple[int, int]] = {
    "replicates": (1, MOST_REPLICATES),
    "replicate": (0, MOST_REPLICATES),
    "seed": (0, MOST_SEED),
    "rng": (0, MOST_SEED),
    "people_per_agent": (1, MOST_PEOPLE_PER_AGENT),
    "workers": (1, MOST_WORKERS),
    "draws": (0, MOST_REPLICATES),
    "futures": (1, MOST_REPLICATES),
    "check_every": (0, 10_000),
    "size": (2, 2**20),
    "generations": (0, 1_000),
    "members": (2, 1_000),
    "ensemble": (4, 1_000),
}
"""Lowest and highest value of each setting, the same at every door."""


def whole_number(name: str, given: object) -> int:
    """A setting as Python's own whole number, whatever integer it was given as.

    Raises
    ------
    ValueError
        If it is no whole number, or out of the bounds of its name; in words, with what was given.
    """
    least, most = BOUNDS[name]
    try:
        number = None if isinstance(given, bool) else index(given)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or not least <= number <= most:
        raise ValueError(f"expected a whole number from {least:,} to {most:,}, not {quoted(given)}")
    return number


def read_number(name: str, text: str) -> int:
    """A setting written as text, on a command line or in a link: digits and nothing else.

    Raises
    ------
    ValueError
        As `whole_number`.
    """
    digits = text.removeprefix("-")
    plain = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS
    return whole_number(name, int(text) if plain else text)


def check_request(**given: object) -> dict[str, Any]:
    """Settings of a run as whole numbers, by name; None, which is what was left to the scenario, stays None.

    Raises
    ------
    InputError
        With every setting that is no whole number or out of its bounds.
    """
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in given.items():
        try:
            found[name] = None if value is None else whole_number(name, value)
        except ValueError as error:
            problems.append(Problem(name, 0, 0, name, str(error)))
    if problems:
        raise InputError(problems)
    return found
