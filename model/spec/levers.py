"""The registry of levers: everything that a government or agency can move.

Data lives in ``model/data/levers.yaml``; this module gives it types. Scenario files are checked against it and
`model.spec.policy` makes one daily path for every lever in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from model.foundations.errors import InputError, Problem
from model.spec.registry import Registry, read_data_source
from model.spec.sources import check_entries, in_one_text, members_cited
from model.spec.yaml_source import YamlSource

LEVERS_FILE = "levers.yaml"

UNLIMITED: Literal["unlimited"] = "unlimited"
"""The word in a scenario file for a cap that does not bind; infinity in arrays."""

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
        Where range and default come from: a citation (model/data/sources.yaml), by member where they differ.
    moves : tuple of (str, int, str | tuple | None)
        Indicator, sign of its change when the lever is raised, and the member for which a test should raise it.
    news : NewsRule or None
        How its movements reach beliefs.
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
    news: NewsRule | None = field(default=None, hash=False)

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
    """Members of each domain of a registry file; ``{each: [a, b]}`` makes pairs, ``{same: a}`` another name."""
    domains: dict[str, tuple[str, ...]] = {}
    for name, members in data.items():
        if isinstance(members, list):
            domains[name] = tuple(members)
        elif "same" in members:
            domains[name] = domains[members["same"]]
        else:
            outer, inner = members["each"]
            domains[name] = tuple(f"{a}/{b}" for a in domains[outer] for b in domains[inner])
    return domains


def number_of(value: float | str) -> float:
    """A value of a file as a number: ``unlimited`` is infinity."""
    return math.inf if value == UNLIMITED else float(value)


def _read_levers() -> dict[str, Lever]:
    file = read_data_source(LEVERS_FILE)
    data = file.data
    domains = read_domains(data["domains"])
    _check_sources(file)
    levers: dict[str, Lever] = {}
    for entry in data["levers"]:
        for each in _each_origin(entry):
            levers[each["id"]] = _make_lever(each, domains)
    return levers


def _check_sources(file: YamlSource) -> None:
    """Refuse wrong citations, and a default of a member that has no source beside it.

    Raises
    ------
    InputError
        With all of them.
    """
    entries = file.data["levers"]
    check_entries(
        file,
        (
            (("levers", number), each, {f"lever:{each['id']}"})
            for number, entry in enumerate(entries)
            for each in _each_origin(entry)
        ),
    )
    bare = [
        (("levers", number, "default", member), f"{entry['id']}: the default of {member} has no source")
        for number, entry in enumerate(entries)
        if isinstance(entry["source"], Mapping)
        for member in entry["default"]
        if member not in members_cited(entry["source"])
    ]
    bare += [
        (("levers", number, "source"), f"{entry['id']}: its defaults differ, so give each its source")
        for number, entry in enumerate(entries)
        if _members_differ(entry) and not isinstance(entry["source"], Mapping)
    ]
    if bare:
        raise InputError(file.problem(path, message, at_key=True) for path, message in bare)


def _members_differ(entry: Mapping[str, Any]) -> bool:
    """Whether the default names members with numbers of their own, more than on, off and unlimited."""
    default = entry["default"]
    return isinstance(default, Mapping) and any(value not in (0, 1, UNLIMITED) for value in default.values())


def _each_origin(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The entry itself, or one for each origin of an ``ORIGIN.`` entry, whose source may differ by origin."""
    if not entry["id"].startswith("ORIGIN."):
        yield entry
        return
    for origin, default in entry["default"].items():
        in_words = "other origins" if origin == "Other" else origin
        source = entry["source"]
        if isinstance(source, Mapping):
            source = members_cited(source).get(origin, "")
        yield {
            **entry,
            "id": entry["id"].replace("ORIGIN", origin.lower().replace(" ", "_")),
            "label": entry["label"].replace("ORIGIN", in_words),
            "controller": entry["controller"].replace("ORIGIN", in_words),
            "default": default,
            "source": source,
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
        raise InputError([Problem(f"model/data/{LEVERS_FILE}", 0, 0, entry["id"], message)])
    values = {member: number_of(default[member if member in default else "others"]) for member in members}
    low, high = entry["range"]
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
        source=in_one_text(entry["source"]),
        moves=moves,
        news=entry.get("news"),
    )


def _members_to_raise(where: str | list[str] | None = None) -> str | tuple[str, ...] | None:
    return tuple(where) if isinstance(where, list) else where


LEVERS: Registry[Lever] = Registry("lever", _read_levers)
"""Every lever by id, in the order of the file."""
