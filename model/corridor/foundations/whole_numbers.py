"""Whole numbers as callers give them: Python's, NumPy's, and nothing that only looks like one."""

from __future__ import annotations

from operator import index
from typing import SupportsIndex

from corridor.foundations.errors import InputError, Problem


def whole_number(name: str, given: SupportsIndex | None, least: int, most: int) -> int | None:
    """A setting as Python's own whole number, whatever integer it was given as (NumPy's, too); None stays None.

    Raises
    ------
    InputError
        If it is no whole number, or out of its range.
    """
    if given is None:
        return None
    try:
        number = None if isinstance(given, bool) else index(given)
    except TypeError:
        number = None
    if number is None or not least <= number <= most:
        message = f"expected a whole number from {least:,} to {most:,}, not {given!r}"
        raise InputError([Problem(name, 0, 0, name, message)])
    return number
