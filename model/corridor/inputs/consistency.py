"""Rules that span the files of `model/corridor/data`: each names every row that breaks it, with file and line.

A rule is a function without arguments that returns problems. A new rule is a new function in `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from corridor.foundations.errors import InputError, Problem
from corridor.inputs.registries.levers import problems_of_place_defaults


def places_have_the_defaults_of_their_levers() -> list[Problem]:
    """Every row of places.yaml holds a default, with its source, of each lever of its kind of place."""
    return problems_of_place_defaults()


RULES: tuple[Callable[[], list[Problem]], ...] = (places_have_the_defaults_of_their_levers,)


@cache
def check_consistency() -> None:
    """Check the shipped data against every rule, once a process.

    Raises
    ------
    InputError
        With all problems of all rules.
    """
    if problems := [problem for rule in RULES for problem in rule()]:
        raise InputError(problems)
