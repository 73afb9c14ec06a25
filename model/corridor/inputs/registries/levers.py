"""The registry of levers: everything that a government or agency can move.

Data lives in ``model/corridor/data/levers.yaml``; this module gives it types. Scenario files are checked against it and
`corridor.inputs.compiling.policy` makes one daily path for every lever in it. Where a lever has a value for each place
of a kind, the defaults stand in the rows of ``places.yaml``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.inputs.reading.registry import Registry, read_data_file, read_data_source
from corridor.inputs.reading.yaml_source import DataPath
from corridor.inputs.registries.nationalities import (
    NATIONALITIES,
    Nationality,
    is_nationality_domain,
    levers_without_default,
    load_nationalities,
    names_with,
)
from corridor.inputs.registries.places import (
    NO_PLACES,
    PLACES_FILE,
    STATUSES,
    PlaceDomain,
    problems_at,
    problems_of_rows,
    read_place_domain,
)
from corridor.inputs.registries.sources import check_entries, citation_problems, items_about

LEVERS_FILE = "levers.yaml"
ORIGIN = "ORIGIN"
"""Stands in an entry for each nationality whose file has a lever of this kind."""
ALL = "all"

UNLIMITED: Literal["unlimited"] = "unlimited"
"""The word in a scenario file for a cap that does not bind; infinity in arrays."""

SWITCH_UNIT = "on/off"
"""The unit of a lever that is a switch: 1 or 0."""
LANGUAGES = ("es",)
"""Languages in which a row may say its label, unit and controller itself."""

WHOLE = ("all",)
"""Members of a lever that has one value and takes no `for:`."""

NewsKind = Literal["acceptance", "rule", "flights", "lawful"]


class NewsRule(TypedDict):
    """How a dated movement of a lever reaches beliefs."""

    kind: NewsKind
    """``acceptance`` (someone takes people back), ``rule``, ``flights`` or ``lawful`` (a lawful pathway)."""
    tightening: int
    """+1 if raising the lever makes the journey less promising, -1 if more."""


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes
    ----------
    id, label, controller, unit : str
        Its name in files, in words, who moves it, and what its number measures.
    low, high : float
        Range of allowed values.
    unlimited : bool
        Whether the word ``unlimited`` is allowed too.
    domain : str or None
        What `for:` names: nationality, sector, city and so on; None when the lever has one value.
    members : tuple of str
        The members of the domain, or `WHOLE`.
    pooled : bool
        Whether several members may share one cap.
    default : mapping of str to float
        Value of each member where nothing moves the lever; unlimited is infinity.
    items : tuple of int
        Items of the inventory of the founding documents.
    source : str
        Where range and default come from: a citation (model/corridor/data/sources.yaml).
    moves : tuple of (str, int, str | tuple | None)
        Indicator, sign of its change when the lever is raised, and the member for which a test should raise it.
    copied_to : str or None
        The field, as ``record.field``, that holds its value as it is; no code sets it.
    sets : tuple of str
        Every field of the world or of the days ahead (``outlook``) that it sets; `copied_to` is one of them.
    news : NewsRule or None
        How its movements reach beliefs.
    words : mapping of str to mapping of str to str
        Label, unit and controller in other languages, by language, as far as its row says them.
    """

    id: str
    label: str
    controller: str
    unit: str
    low: float
    high: float
    unlimited: bool
    domain: str | None
    members: tuple[str, ...]
    pooled: bool
    default: Mapping[str, float] = field(hash=False)
    items: tuple[int, ...]
    source: str
    moves: tuple[tuple[str, int, str | tuple[str, ...] | None], ...]
    copied_to: str | None = None
    sets: tuple[str, ...] = ()
    news: NewsRule | None = field(default=None, hash=False)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)

    @property
    def range_text(self) -> str:
        """The range in words, such as ``0 to 1 (share of places pledged)``."""
        allowed = f"{self.low:,g} to {self.high:,.10g}"
        return f"{allowed}{' or unlimited' if self.unlimited else ''} ({self.unit})"

    def defaults(self) -> NDArray[np.float64]:
        """The default of every member, in the order of `members`, shape (members,)."""
        return np.array([self.default[member] for member in self.members])

    def members_named(self, name: str) -> tuple[str, ...]:
        """The members that a word of `for:` stands for; empty when it names none.

        A member stands for itself, ``all`` for every member, and in a domain of pairs such as
        ``Venezuela/family_unit`` the first part stands for all its pairs.
        """
        if name == "all":
            return self.members
        if name in self.members:
            return (name,)
        return tuple(member for member in self.members if member.startswith(f"{name}/"))

    def accepts(self, value: float) -> bool:
        """Whether a value is in the range (infinity where the registry allows ``unlimited``)."""
        if math.isinf(value):
            return self.unlimited and value > 0
        return self.low <= value <= self.high


def read_domains(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Members of each domain of a registry file.

    ``{nationalities: all}`` are all nationalities (or those with a trait), ``{places: SECTION}`` are places,
    ``{each: [a, b]}`` makes pairs, ``{same: a}`` is another name.
    """
    domains: dict[str, tuple[str, ...]] = {}
    for name, members in data.items():
        if isinstance(members, list):
            domains[name] = tuple(members)
        elif is_nationality_domain(members):
            trait = members["nationalities"]
            domains[name] = NATIONALITIES if trait == ALL else names_with(trait)
        elif "places" in members:
            domains[name] = read_place_domain(members).members
        elif "same" in members:
            domains[name] = domains[members["same"]]
        else:
            outer, inner = members["each"]
            domains[name] = tuple(f"{a}/{b}" for a in domains[outer] for b in domains[inner])
    return domains


def _holder(domain: str | None, declared: Mapping[str, Any]) -> PlaceDomain | None:
    """The places whose rows hold a lever's defaults: those of its domain, or of the first of a domain of pairs."""
    said = declared.get(domain or "")
    if isinstance(said, Mapping) and "each" in said:
        said = declared[said["each"][0]]
    return read_place_domain(said) if isinstance(said, Mapping) and "places" in said else None


def number_of(value: float | str) -> float:
    """A value of a file as a number: ``unlimited`` is infinity."""
    return math.inf if value == UNLIMITED else float(value)


def _read_levers() -> dict[str, Lever]:
    if problems := [*problems_of_rows(), *problems_of_place_defaults()]:
        raise InputError(problems)
    data = read_data_file(LEVERS_FILE)
    declared = data["domains"]
    domains = read_domains(declared)
    _check_sources()
    levers: dict[str, Lever] = {}
    of_nationalities = levers_without_default()
    for entry in data["levers"]:
        holder = _holder(entry.get("domain"), declared)
        owned = entry if holder is None else {**entry, "default": _defaults_of(entry, holder, domains)}
        if entry["id"] in of_nationalities:
            owned = {**entry, "default": _defaults_of_nationalities(entry["id"])}
        for lever in _expand_entry(owned, domains):
            levers[lever.id] = lever
    return levers


def _check_sources() -> None:
    """Refuse wrong citations and items of the rows; of ``ORIGIN.`` entries, those of any nationality's lever.

    Raises
    ------
    InputError
        With all of them.
    """
    file = read_data_source(LEVERS_FILE)
    check_entries(
        file,
        (
            (("levers", number), entry, _subjects(entry["id"]))
            for number, entry in enumerate(file.data["levers"])
        ),
    )


def _subjects(lever: str) -> set[str]:
    """What an entry is cited for: its lever, or the levers of all origins."""
    if not lever.startswith(f"{ORIGIN}."):
        return {f"lever:{lever}"}
    return {f"lever:{lever.replace(ORIGIN, nation.id)}" for nation in _origins()}


def _defaults_of(
    entry: Mapping[str, Any], holder: PlaceDomain, domains: Mapping[str, tuple[str, ...]]
) -> dict[str, float | str]:
    """The default of every member, from the rows of its places."""
    rows = {row["id"]: row["defaults"][entry["id"]]["value"] for _, row in holder.rows()}
    return {member: rows[member.split("/")[0]] for member in domains[entry["domain"]]}


def _defaults_of_nationalities(lever: str) -> dict[str, float | str]:
    """The default of every nationality, from its file."""
    return {name: nation.defaults[lever].value for name, nation in load_nationalities().items()}


def problems_of_place_defaults() -> list[Problem]:
    """Defaults that a row of ``places.yaml`` lacks, holds for no lever of its place, or holds wrongly; all of them."""
    found: list[tuple[DataPath, str]] = []
    levers, places = read_data_file(LEVERS_FILE), read_data_file(PLACES_FILE)
    due: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {}
    for entry in levers["levers"]:
        if holder := _holder(entry.get("domain"), levers["domains"]):
            for number, _ in holder.rows():
                due.setdefault((holder.section, number), {})[entry["id"]] = entry
    for section, rows in places.items():
        if section in NO_PLACES:
            continue
        for number, row in enumerate(rows):
            wanted, given = due.get((section, number), {}), row.get("defaults") or {}
            for name in wanted.keys() - given.keys():
                example = f"`{name}: {{value: ..., status: assumed, source: ...}}`"
                found.append(
                    ((section, number), f"{row.get('id')} lacks a default: {example} under `defaults`")
                )
            for name in given.keys() - wanted.keys():
                message = f"{row.get('id')} has no lever {name!r}{nearest_name(name, wanted)}"
                found.append(((section, number, "defaults", name), message))
            for name in given.keys() & wanted.keys():
                at = (section, number, "defaults", name)
                if wrong := _wrong_default(given[name], wanted[name]):
                    found.append((at, f"{row.get('id')}: {name} {wrong}"))
                else:
                    wrongs = citation_problems(given[name]["source"], {f"lever:{name}"}, ranged=True)
                    found += [((*at, "source"), f"{row.get('id')}: {name}: {message}") for message in wrongs]
    return problems_at(found)


def _wrong_default(given: Any, entry: Mapping[str, Any]) -> str:
    """What is wrong with a default of a row; nothing if it is well."""
    if not isinstance(given, Mapping) or set(given) != {"value", "status", "source"}:
        return "expects `value`, `status` and `source`, and nothing else"
    if given["status"] not in STATUSES:
        return f"has the status {given['status']!r}; expected one of {', '.join(STATUSES)}"
    if not str(given["source"] or "").strip():
        return "has no source"
    low, high = entry["range"]
    value, word = given["value"], entry.get("unlimited") and given["value"] == UNLIMITED
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not word and not (number and low <= value <= high):
        return f"is {value}; expected {low:,g} to {high:,.10g}"
    return ""


def _expand_entry(entry: Mapping[str, Any], domains: Mapping[str, tuple[str, ...]]) -> list[Lever]:
    """One lever of an entry, or one for each origin of an ``ORIGIN.`` entry."""
    if not entry["id"].startswith(f"{ORIGIN}."):
        return [_make_lever(entry, domains)]
    return [_make_lever(_of_origin(entry, nation), domains) for nation in _origins()]


def _origins() -> list[Nationality]:
    """The nationalities of which a lever moves the flights that they take."""
    return [nation for nation in load_nationalities().values() if nation.accepts_flights.lever]


def _of_origin(entry: Mapping[str, Any], nation: Nationality) -> dict[str, Any]:
    """The entry of one origin, with its names, default and source."""
    taken = nation.accepts_flights
    words = {
        language: {
            field: text.replace(ORIGIN, nation.names(language).as_origin)
            for field, text in entry[language].items()
        }
        for language in LANGUAGES
        if language in entry
    }
    return {
        **entry,
        **words,
        "id": entry["id"].replace(ORIGIN, nation.id),
        "label": entry["label"].replace(ORIGIN, nation.as_origin),
        "controller": entry["controller"].replace(ORIGIN, nation.as_origin),
        "default": {"us": taken.us, "mexico": taken.mexico, "panama": taken.panama},
        "source": taken.source,
        "items": items_about(entry["items"], {f"lever:{nation.id}.{entry['id'].partition('.')[2]}"}),
    }


def _make_lever(entry: Mapping[str, Any], domains: Mapping[str, tuple[str, ...]]) -> Lever:
    domain = entry.get("domain")
    members = domains[domain] if domain else WHOLE
    default = entry["default"]
    if not isinstance(default, Mapping):
        default = {"others": default}
    missing = [member for member in members if member not in default] if "others" not in default else []
    if missing:
        message = f"{entry['id']} has no default for {', '.join(missing)}"
        raise InputError([Problem(f"model/corridor/data/{LEVERS_FILE}", 0, 0, entry["id"], message)])
    values = {member: number_of(default[member if member in default else "others"]) for member in members}
    low, high = entry["range"]
    copied = entry.get("copied_to")
    moves = tuple(
        (indicator, 1 if sign == "+" else -1, _members_to_raise(*where))
        for indicator, sign, *where in entry["moves"]
    )
    return Lever(
        id=entry["id"],
        label=entry["label"],
        controller=entry["controller"],
        unit=entry["unit"],
        low=float(low),
        high=float(high),
        unlimited=entry.get("unlimited", False),
        domain=domain,
        members=members,
        pooled=entry.get("pooled", False),
        default=values,
        items=tuple(entry["items"]),
        source=entry["source"],
        moves=moves,
        copied_to=copied,
        sets=((copied,) if copied else ()) + tuple(entry.get("sets", ())),
        news=entry.get("news"),
        words={language: entry[language] for language in LANGUAGES if language in entry},
    )


def _members_to_raise(where: str | list[str] | None = None) -> str | tuple[str, ...] | None:
    return tuple(where) if isinstance(where, list) else where


def lever_texts(language: str) -> dict[str, str]:
    """What rows say in another language, by the English text."""
    return {
        getattr(lever, name): text
        for lever in LEVERS.values()
        for name, text in lever.words.get(language, {}).items()
    }


LEVERS: Registry[Lever] = Registry("lever", _read_levers)
"""Every lever by id, in the order of the file."""
