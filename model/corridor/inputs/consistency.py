"""Rules that span the files of `model/corridor/data`: each names every row that breaks it, with file and line.

A rule is a function without arguments that returns problems. A new rule is a new function in `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.parameters.parameter_values import DEFAULT
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.registries.levers import LEVERS_FILE, problems_of_place_defaults
from corridor.inputs.registries.places import (
    FIELDS,
    PLACES_FILE,
    problems_at,
    problems_of_rows,
    read_place_domain,
)


def places_say_what_their_kind_must_say() -> list[Problem]:
    """Every row of places.yaml has the fields of its section."""
    return problems_of_rows()


def places_have_the_defaults_of_their_levers() -> list[Problem]:
    """Every row of places.yaml holds a default, with its source, of each lever of its kind of place."""
    return problems_of_place_defaults()


def places_have_their_values_of_parameters() -> list[Problem]:
    """A parameter over places of a kind has a value for each of them."""
    domains = read_data_file(LEVERS_FILE)["domains"]
    found = []
    for parameter in load_parameters().values():
        declared = domains.get(parameter.over)
        if not isinstance(declared, dict) or "places" not in declared or DEFAULT in parameter.knots:
            continue
        domain = read_place_domain(declared)
        for number, row in domain.rows():
            if row.get("id") not in parameter.knots:
                message = f"{row.get('id')} has no value of the parameter {parameter.id} (parameters.yaml)"
                found.append(((domain.section, number), message))
    return problems_at(found)


def places_name_parameters_that_exist() -> list[Problem]:
    """Where a row of places.yaml names a parameter (`days`, `detection_factor`), there is one of that name."""
    known = load_parameters()
    rows = read_data_file(PLACES_FILE)
    return problems_at(
        ((section, number, field), f"{row.get('id')}: no parameter {name!r}{nearest_name(name, known)}")
        for section in FIELDS
        for number, row in enumerate(rows[section])
        for field in ("days", "detection_factor")
        if isinstance(name := row.get(field), str) and name not in known
    )


RULES: tuple[Callable[[], list[Problem]], ...] = (
    places_say_what_their_kind_must_say,
    places_have_the_defaults_of_their_levers,
    places_have_their_values_of_parameters,
    places_name_parameters_that_exist,
)


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
