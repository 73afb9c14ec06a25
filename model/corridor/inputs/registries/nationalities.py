"""The registry of nationalities: one file each in `data/nationalities`, which owns all that is said of it.

A file holds its names, its traits, how it travels, where it stands on the map, the defaults of levers that differ by
nationality, and its value of every parameter by nationality. Nothing has a default that means "not given": what a file
lacks is a problem, named with all else that it lacks. Mechanisms and institutions read traits, never a name or a code.

In the flow: the files -> `NATIONALITIES` (names in code order), `load_nationalities` -> levers, parameters, the map.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.inputs.reading.data_files import DATA_FOLDER, data_label, read_data_text
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.reading.yaml_source import DataPath, YamlSource, read_yaml_text
from corridor.inputs.registries.places import STATUSES
from corridor.inputs.registries.sources import citation_problems

FOLDER = "nationalities"
PARAMETERS_FILE = "parameters.yaml"
LEVERS_FILE = "levers.yaml"
SHARED = "shared"
"""What a file says where the value that `parameters.yaml` gives for several nationalities holds for it."""
NONE = "none"
VALUES = ("value", "values", "dated")


class _Part(BaseModel):
    """A part of a file: every field must be there, and no other."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Traits(_Part):
    """What mechanisms and institutions read in place of a name; each is a plain yes or no."""

    at_home_in_mexico: bool
    """Mexicans: sent back over the land border, never detected, delayed or made to wait by Mexico."""
    under_sanctions: bool
    """Under US sanctions that can be eased: a member of the lever `us.sanctions_relief`."""
    remainder: bool
    """All nationalities that have no file: not a country, so not ranked or scored among countries."""


class Names(_Part):
    """Names of a nationality in another language than English."""

    name: str
    label: str
    as_origin: str


class AcceptedFlights(_Part):
    """Share of deportation flights that it takes where no lever says otherwise, by who sends them."""

    lever: bool
    """Whether a lever `NAME.accepts_flights` moves it."""
    us: float = Field(ge=0, le=1)
    mexico: float = Field(ge=0, le=1)
    panama: float = Field(ge=0, le=1)
    status: str
    source: str = Field(min_length=1)


FlightsLine = Literal["northern_central_america", "south_america", "caribbean_and_others"]
"""Lines of the map for removals by flight."""


class OnTheMap(_Part):
    """Where lines of the app's map begin or end."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    flights_line: FlightsLine
    """Removals by flight are drawn on the line of this group."""
    parole_line: bool
    """Whether its arrivals by parole have a line of their own."""


class LeverDefault(_Part):
    """The default of a lever for this nationality, with its source."""

    value: float | str
    status: str
    source: str = Field(min_length=1)


class Nationality(_Part):
    """One nationality, as its file has it.

    Attributes
    ----------
    name : str
        In scenario files and results; the file is called after it.
    order : int
        Place in the code order. Draws are keyed by it: a new nationality takes the next number.
    label, as_origin : str
        Its name where it stands alone, and as an origin in a sentence.
    es : Names
        The same in Spanish.
    published_as : mapping of str to tuple of str
        What publishers of observed figures call those who are counted here, by id of sources.yaml.
    traits : Traits
    circles : int
        In how many circles its people at home hear and decide: about one for every thirty who set out on a day.
    worker_programme : str
        The lever of its government's programme of temporary work, or ``none``.
    accepts_flights : AcceptedFlights
    map : OnTheMap
    begins : mapping of str to str
        First place of a route where it is not the route's own.
    defaults : mapping of str to LeverDefault
        Of every lever by nationality that has none for all.
    parameters : mapping of str to Any
        Its value of every parameter by nationality, or ``shared``; `corridor.inputs.parameters` reads them.
    """

    name: str = Field(min_length=1)
    order: int = Field(ge=0)
    label: str
    as_origin: str
    es: Names
    published_as: Mapping[str, list[str]]
    traits: Traits
    circles: int = Field(ge=8)
    worker_programme: str
    accepts_flights: AcceptedFlights
    map: OnTheMap
    begins: Mapping[str, str]
    defaults: Mapping[str, LeverDefault]
    parameters: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its name in ids of levers and of the file: ``el_salvador``."""
        return id_of(self.name)

    def names(self, language: str) -> Names:
        """Its names in another language."""
        return getattr(self, language)


def id_of(name: str) -> str:
    """A nationality's name as an id: ``El Salvador`` is ``el_salvador``."""
    return name.lower().replace(" ", "_")


@cache
def nationality_sources() -> tuple[YamlSource, ...]:
    """The files in code order; those without a usable order come last."""
    files = sorted((DATA_FOLDER / FOLDER).glob("*.yaml"))
    if not files:
        why = "holds no nationality; a part of Corridor is missing, install it again"
        raise InputError([Problem(data_label(FOLDER), 0, 0, "", why)])
    names = [f"{FOLDER}/{file.name}" for file in files]
    sources = [read_yaml_text(read_data_text(name), file=data_label(name)) for name in names]
    return tuple(sorted(sources, key=lambda source: (_order(source), source.file)))


def _content(source: YamlSource) -> Mapping[str, Any]:
    return source.data if isinstance(source.data, Mapping) else {}


def _order(source: YamlSource) -> float:
    order = _content(source).get("order")
    return order if isinstance(order, int) else float("inf")


NATIONALITIES: tuple[str, ...] = tuple(
    str(_content(source).get("name", source.file)) for source in nationality_sources()
)
"""Names in code order: the position of a name is its code in every record."""
MOST = 256
"""A party keeps the code of its nationality in one byte."""


@cache
def load_nationalities() -> Mapping[str, Nationality]:
    """Every nationality by name, in code order.

    Raises
    ------
    InputError
        With all that any file lacks or holds wrongly.
    """
    if problems := problems_of_nationalities():
        raise InputError(problems)
    return {source.data["name"]: Nationality(**source.data) for source in nationality_sources()}


def codes_with(trait: str) -> list[int]:
    """Codes of the nationalities that have a trait."""
    return [
        code for code, nation in enumerate(load_nationalities().values()) if getattr(nation.traits, trait)
    ]


def names_with(trait: str) -> tuple[str, ...]:
    """Names of the nationalities that have a trait, in code order."""
    return tuple(NATIONALITIES[code] for code in codes_with(trait))


def codes_of_programme(lever: str) -> list[int]:
    """Codes of the nationalities whose government's programme of temporary work a lever is."""
    return [
        code for code, nation in enumerate(load_nationalities().values()) if nation.worker_programme == lever
    ]


def worker_programmes() -> tuple[str, ...]:
    """Levers of programmes of temporary work that a government of origin runs."""
    levers = [nation.worker_programme for nation in load_nationalities().values()]
    return tuple(dict.fromkeys(lever for lever in levers if lever != NONE))


def nationality_texts(language: str) -> dict[str, str]:
    """Names and labels of all nationalities in another language, by the English ones."""
    texts: dict[str, str] = {}
    for nation in load_nationalities().values():
        other = nation.names(language)
        texts |= {nation.name: other.name, nation.label: other.label}
    return texts


# --- what a file lacks or holds wrongly ---------------------------------------------------------------------


@cache
def problems_of_nationalities() -> tuple[Problem, ...]:
    """All that is wrong with any file, with file and line; values of parameters are checked where they are read."""
    sources = nationality_sources()
    many = [
        source.problem(
            (), f"is one too many: a party keeps its nationality in a byte, so there are at most {MOST}"
        )
        for source in sources[MOST:]
    ]
    return (*many, *(problem for source in sources for problem in _problems_of(source)))


def parameters_by_nationality() -> Mapping[str, Mapping[str, Any]]:
    """Entries of parameters.yaml whose values stand in the files of nationalities, by id."""
    return {
        id: entry
        for id, entry in read_data_file(PARAMETERS_FILE).items()
        if isinstance(entry, Mapping) and entry.get("over") == "nationality" and not {*VALUES} & {*entry}
    }


def levers_without_default() -> Mapping[str, Mapping[str, Any]]:
    """Entries of levers.yaml by nationality whose defaults stand in the files of nationalities, by id."""
    data = read_data_file(LEVERS_FILE)
    return {
        entry["id"]: entry
        for entry in data["levers"]
        if "default" not in entry and is_nationality_domain(data["domains"].get(entry.get("domain")))
    }


def is_nationality_domain(declared: Any) -> bool:
    """Whether a domain of levers.yaml is one of nationalities."""
    return isinstance(declared, Mapping) and "nationalities" in declared


def _problems_of(source: YamlSource) -> Iterator[Problem]:
    if not isinstance(source.data, Mapping):
        yield source.problem((), "expected the fields of a nationality")
        return
    try:
        Nationality(**{str(field): value for field, value in source.data.items()})
    except ValidationError as error:
        for found in error.errors():
            yield _in_words(source, found)
    yield from _misnamed(source)
    yield from _wrong_keys(source, "parameters", parameters_by_nationality(), "parameter by nationality")
    yield from _wrong_keys(source, "defaults", levers_without_default(), "lever whose default differs")
    yield from _wrong_statuses(source)
    yield from _wrong_defaults(source)
    yield from _wrong_sources(source)


def _in_words(source: YamlSource, found: Any) -> Problem:
    """A problem of the fields as a person would say it."""
    path: DataPath = tuple(part for part in found["loc"] if part not in ("float", "str"))
    field = ".".join(map(str, path))
    if found["type"] == "missing":
        return source.problem(path, f"lacks `{field}`")
    if found["type"] == "extra_forbidden":
        part: Any = Nationality
        for name in path[:-1]:
            part = part.model_fields[str(name)].annotation
        hint = nearest_name(str(path[-1]), part.model_fields)
        return source.problem(path, f"unknown field `{field}`{hint}", at_key=True)
    message = found["msg"][:1].lower() + found["msg"][1:]
    return source.problem(path, f"`{field}`: {message}, not {found['input']!r}")


def _misnamed(source: YamlSource) -> Iterator[Problem]:
    """A name or an order that another file has too, or a file that is not called after its name."""
    for field in ("name", "order"):
        given = source.data.get(field)
        first = next(each for each in nationality_sources() if _content(each).get(field) == given)
        if given is not None and first is not source:
            yield source.problem((field,), f"{field} {given!r} is that of {first.file} too")
    other = source.data.get("es")
    same = source.data.get("name") == source.data.get("label")
    if isinstance(other, Mapping) and same and other.get("name") != other.get("label"):
        yield source.problem(("es",), "name and label are one in English, so they are one in `es` too")
    expected = f"{id_of(str(source.data.get('name', '')))}.yaml"
    if "name" in source.data and not source.file.endswith(f"/{expected}"):
        yield source.problem(("name",), f"the file of {source.data['name']!r} is called {expected}")


def _wrong_keys(
    source: YamlSource, part: str, wanted: Mapping[str, Mapping[str, Any]], what: str
) -> Iterator[Problem]:
    """Parameters or levers that a file must give and does not, and those that it gives and must not."""
    given = source.data.get(part)
    given = given if isinstance(given, Mapping) else {}
    for id in [id for id in wanted if id not in given]:
        unit = wanted[id].get("unit", "")
        yield source.problem((part,), f"lacks `{part}.{id}`: {wanted[id].get('label', '')} ({unit})")
    for id in [id for id in given if id not in wanted]:
        yield source.problem((part, id), f"no {what} {id!r}{nearest_name(id, wanted)}", at_key=True)


def _wrong_statuses(source: YamlSource) -> Iterator[Problem]:
    for part in ("accepts_flights", *(("defaults", id) for id in source.data.get("defaults") or ())):
        path: DataPath = (part,) if isinstance(part, str) else part
        entry: Any = source.data
        for name in path:
            entry = entry.get(name) if isinstance(entry, Mapping) else None
        status = entry.get("status") if isinstance(entry, Mapping) else None
        if isinstance(status, str) and status not in STATUSES:
            yield source.problem((*path, "status"), f"status is one of {', '.join(STATUSES)}, not {status!r}")


def _wrong_defaults(source: YamlSource) -> Iterator[Problem]:
    """Defaults of levers outside the lever's range."""
    given = source.data.get("defaults")
    for id, entry in levers_without_default().items():
        default = given.get(id) if isinstance(given, Mapping) else None
        value = default.get("value") if isinstance(default, Mapping) else None
        if value is None or (value == "unlimited" and entry.get("unlimited")):
            continue
        low, high = entry["range"]
        if not isinstance(value, int | float) or not low <= value <= high:
            message = f"{id} is {value!r}; expected {low:,g} to {high:,.10g}"
            yield source.problem(("defaults", id, "value"), message)


def _wrong_sources(source: YamlSource) -> Iterator[Problem]:
    """Sources of levers' defaults that are no citations; those of parameters are checked with their values."""
    cited: list[tuple[DataPath, Any, str]] = [
        (
            ("accepts_flights",),
            source.data.get("accepts_flights"),
            f"{id_of(str(source.data.get('name')))}.accepts_flights",
        )
    ]
    given = source.data.get("defaults")
    for id in given if isinstance(given, Mapping) else ():
        cited.append((("defaults", id), given[id], id))
    for path, entry, lever in cited:
        text = entry.get("source") if isinstance(entry, Mapping) else None
        if isinstance(text, str) and text:
            for message in citation_problems(text, {f"lever:{lever}"}, ranged=True):
                yield source.problem((*path, "source"), f"{lever}: {message}")
