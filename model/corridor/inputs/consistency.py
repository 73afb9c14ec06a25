"""Rules that span the files of `model/corridor/data`: each names every row that breaks it, with file and line.

A rule is a function without arguments that returns problems. A new rule is a new function in `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.inputs.parameters.parameter_file import NATIONALITY
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.parameters.parameter_values import DEFAULT
from corridor.inputs.reading.data_files import data_label, read_data_text
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.reading.yaml_source import DataPath, YamlSource, read_yaml_text
from corridor.inputs.registries.geography import load_geography
from corridor.inputs.registries.levers import LEVERS, LEVERS_FILE, problems_of_place_defaults
from corridor.inputs.registries.nationalities import (
    NATIONALITIES,
    NONE,
    PARAMETERS_FILE,
    VALUES,
    load_nationalities,
    nationality_sources,
    problems_of_nationalities,
)
from corridor.inputs.registries.places import (
    FIELDS,
    PLACES_FILE,
    VISA,
    countries_landed_in,
    problems_at,
    problems_of_rows,
    read_place_domain,
    visa_lever,
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
    """Where a row of places.yaml names a parameter (`days`, `detection_factor`, `gives_up`), there is one of it."""
    known = load_parameters()
    rows = read_data_file(PLACES_FILE)
    return problems_at(
        ((section, number, field), f"{row.get('id')}: no parameter {name!r}{nearest_name(name, known)}")
        for section in FIELDS
        for number, row in enumerate(rows[section])
        for field in ("days", "detection_factor", "gives_up")
        if isinstance(name := row.get(field), str) and name not in known
    )


def nationalities_say_what_they_must_say() -> list[Problem]:
    """A file of a nationality has all fields, all parameters by nationality, all lever defaults, and no other."""
    return list(problems_of_nationalities())


def nationalities_own_their_values() -> list[Problem]:
    """parameters.yaml holds no value of a single nationality."""
    source = _source(PARAMETERS_FILE)
    return [
        source.problem(
            (id, kind), f"{id}: a value by nationality stands in the files of nationalities/, not here"
        )
        for id, entry in source.data.items()
        for kind in VALUES
        if isinstance(entry, dict) and kind in entry and entry.get("over", NATIONALITY) == NATIONALITY
        if set(NATIONALITIES) & set(_keys_of(entry[kind]))
    ]


def _keys_of(given: object) -> Iterator[str]:
    """Keys of values by key, of any date."""
    if isinstance(given, dict):
        for key, value in given.items():
            yield from (value if isinstance(value, dict) else (key,))


def nationalities_with_demand_have_a_way_to_travel() -> list[Problem]:
    """The route shares of a nationality add up to one: to nothing, and all who leave would vanish."""
    parameters = load_parameters()
    demand = parameters["latent_demand"]
    routes = [parameters[route.parameter] for route in load_geography().routes if route.parameter]
    found = []
    for source in nationality_sources():
        name = source.data["name"]
        if not any(value > 0 for _, value in demand.knots_of(name)):
            continue
        total = sum(route.knots_of(name)[0][1] for route in routes)
        if abs(total - 1.0) > ROUNDING:
            names = ", ".join(route.id for route in routes)
            message = f"{name} has demand, but its shares of {names} add up to {total:g}; expected 1"
            found.append(source.problem(("parameters", routes[0].id), message))
    return found


def nationalities_begin_at_places_that_exist() -> list[Problem]:
    """A file names routes and first places that are on the map."""
    rows = read_data_file(PLACES_FILE)
    routes, legs = [row["id"] for row in rows["routes"]], [row["id"] for row in rows["legs"]]
    found = []
    for source in nationality_sources():
        for route, place in load_nationalities()[source.data["name"]].begins.items():
            path: DataPath = ("begins", route)
            if route not in routes:
                found.append(
                    source.problem(path, f"no route {route!r}{nearest_name(route, routes)}", at_key=True)
                )
            if place not in legs:
                found.append(source.problem(path, f"no leg {place!r} to begin at{nearest_name(place, legs)}"))
    return found


def nationalities_name_levers_that_exist() -> list[Problem]:
    """The programme of temporary work of a nationality is a lever."""
    return [
        source.problem(("worker_programme",), f"no lever {lever!r}{nearest_name(lever, LEVERS)}, nor `none`")
        for source in nationality_sources()
        if (lever := source.data["worker_programme"]) != NONE and lever not in LEVERS
    ]


def routes_name_what_exists() -> list[Problem]:
    """A route's share is a parameter, and what opens or closes it a lever; no other country has a visa lever."""
    parameters = load_parameters()
    found = []
    for number, row in enumerate(read_data_file(PLACES_FILE)["routes"]):
        for field, known in (
            ("parameter", parameters),
            ("pull", parameters),
            ("opened_by", LEVERS),
            ("lands_in", LEVERS),
        ):
            name = row.get(field)
            if name is not None and field == "lands_in":
                name = visa_lever(name)
            if name is not None and name not in known:
                what = "parameter" if field in ("parameter", "pull") else "lever"
                message = f"route {row.get('id')}: no {what} {name!r}{nearest_name(name, known)}"
                found.append((("routes", number, field), message))
    return problems_at(found)


def visas_close_a_route() -> list[Problem]:
    """A lever of visa rules is of a country where people land by air: elsewhere it would move nothing."""
    source = _source(LEVERS_FILE)
    landed = [visa_lever(country) for country in countries_landed_in()]
    return [
        source.problem(("levers", number, "id"), f"{entry['id']}: no route of places.yaml lands there by air")
        for number, entry in enumerate(source.data["levers"])
        if entry["id"].endswith(VISA) and entry["id"] not in landed
    ]


def levers_name_members_that_exist() -> list[Problem]:
    """The defaults of a lever, and the members that a test raises, are of its domain."""
    source = _source(LEVERS_FILE)
    found = []
    for number, entry in enumerate(source.data["levers"]):
        lever = LEVERS.get(entry["id"])
        if lever is None:  # one for each origin
            continue
        path: DataPath = ("levers", number)
        default = entry.get("default")
        named = [((*path, "default", key), key) for key in default] if isinstance(default, dict) else []
        for place, (_, _, *where) in enumerate(entry["moves"]):
            words = where[0] if where and isinstance(where[0], list) else where
            named += [((*path, "moves", place), word) for word in words]
        for at, word in named:
            if word != OTHERS and not lever.members_named(word):
                message = f"{lever.id} has no member {word!r}{nearest_name(word, lever.members)}"
                found.append(source.problem(at, message))
    return found


def _source(name: str) -> YamlSource:
    return read_yaml_text(read_data_text(name), file=data_label(name))


OTHERS = "others"
ROUNDING = 1e-6

RULES: tuple[Callable[[], list[Problem]], ...] = (
    nationalities_say_what_they_must_say,
    nationalities_own_their_values,
    nationalities_with_demand_have_a_way_to_travel,
    nationalities_begin_at_places_that_exist,
    nationalities_name_levers_that_exist,
    routes_name_what_exists,
    visas_close_a_route,
    levers_name_members_that_exist,
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
    problems: list[Problem] = []
    for rule in RULES:
        try:
            problems += rule()
        except InputError as error:  # what the rule rests on cannot be read: that is a problem too
            problems += error.problems
    if problems:
        raise InputError(problems)
