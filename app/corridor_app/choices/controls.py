"""The sliders: one over every lever of the registry, four of them made by hand with plainer words and narrower ranges.

A control is a lever and the members that it moves together. Its key names both, and stands in the address of the page:
`pledge` and its like for the four, else `panama.darien_gate`, `us.removal_flights_weekly@Venezuela~Cuba`, or
`us.parole_monthly_cap@pool~Cuba~Haiti` where the members share one cap. No Streamlit here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

import numpy as np

import corridor
from corridor_app.words.foreign import Unknown, Unreadable
from corridor_app.words.language import N_
from corridor_app.words.wording import PARTIES, SWITCHES, Format, amount, joined, place_words

PLEDGE = "four-nationalities-returns-2023-01"
POOL = next(each.for_ for each in corridor.load_scenario("history").interventions if each.id == PLEDGE)
"""The nationalities for which Mexico pledged places from January 2023 on, as history names them."""

AT, BETWEEN, POOLED = "@", "~", "pool"
"""Marks in a key: before the members, between them, and the first of those that share one cap."""

GROUPS = {"us": N_("United States"), "mexico": N_("Mexico"), "panama": N_("Panama")}
OTHERS = N_("Other governments")
ASIDE = ("share", "0", "effort", "multiple")
"""How units begin that explain a number and do not count anything: they stand in brackets."""

ROOM = 2.5
"""A slider ends at no less than this many times the largest value of history."""
STEPS = 200
"""About as many positions as a slider has."""


@dataclass(frozen=True)
class Control:
    """A slider over one lever.

    Attributes
    ----------
    key : str
        Its name in the address of the page and in ids of interventions.
    lever : str
    label, note : str
        What it moves, and what a reader should know, in English.
    members : tuple of str
        What `for:` names; empty for every member, or a lever with one value.
    pooled : bool
        Whether the members share one cap; the value is then that of all together.
    low, high, step : float
        What it accepts, and the step of the slider; the registry may allow more.
    shown : Format
        How its value is written.
    unit : str
        What its value counts.
    top : float
        Where the slider ends, unless the value is higher.
    unlimited : bool
        Whether it accepts infinity.
    positions : tuple of str
        Of a switch: the words for 0 and 1.
    """

    key: str
    lever: str
    label: str
    note: str
    members: tuple[str, ...]
    pooled: bool
    low: float
    high: float
    step: float
    shown: Format
    unit: str
    top: float = math.inf
    unlimited: bool = False
    positions: tuple[str, ...] = ()

    @property
    def by_hand(self) -> bool:
        """Whether it is one of the four that are always there."""
        return self.key in CONTROLS

    @property
    def whole(self) -> bool:
        """Whether the slider stops at whole numbers only."""
        return self.shown == "count" and self.step >= 1

    @property
    def columns(self) -> tuple[int, ...]:
        """Positions of the members that it moves among all members of the lever."""
        lever = corridor.LEVERS[self.lever]
        named = [each for word in self.members for each in lever.members_named(word)] or lever.members
        return tuple(lever.members.index(member) for member in named)

    def accepts(self, value: float) -> bool:
        """Whether it can be set to a value."""
        return self.low <= value <= self.high or (self.unlimited and value == math.inf)

    def clamp(self, value: float) -> float:
        """A value brought into its range."""
        return value if self.accepts(value) else min(max(value, self.low), self.high)

    def number(self, value: float, say: Callable[[str], str] = str) -> str:
        """A value without its unit; `say` puts words into the reader's language."""
        if self.positions and value in (0, 1):
            return say(self.positions[int(value)])
        return amount(value, self.shown)

    def words(self, value: float, say: Callable[[str], str] = str) -> str:
        """A value with its unit; `say` puts words into the reader's language."""
        number = self.number(value, say)
        return number if self.positions or math.isinf(value) else f"{number} {self.unit_words(say)}"

    def unit_words(self, say: Callable[[str], str] = str) -> str:
        """Its unit as it follows a value; `say` puts words into the reader's language."""
        return f"({say(self.unit)})" if self.unit.startswith(ASIDE) else say(self.unit)

    def title(self, say: Callable[[str], str] = str) -> str:
        """What it moves, with the members; `say` puts words into the reader's language."""
        label = say(self.label)
        if self.by_hand or not self.members:
            return label
        return f"{label}: {joined([member_words(each, say) for each in self.members])}"


CONTROLS: Mapping[str, Control] = {
    control.key: control
    for control in (
        Control(
            key="pledge",
            lever="mexico.return_acceptance_monthly",
            label=N_("Places Mexico pledges for returns"),
            note=N_("One pool for people from Venezuela, Cuba, Haiti and Nicaragua."),
            members=POOL,
            pooled=True,
            low=0,
            high=100_000,
            step=1_000,
            shown="count",
            unit=N_("places a month"),
        ),
        Control(
            key="use",
            lever="us.return_use_share",
            label=N_("Share of those places that are used"),
            note=N_("The US screens and transports people; this share is what it can fill."),
            members=POOL,
            pooled=False,
            low=0,
            high=1,
            step=0.01,
            shown="share",
            unit=N_("of the places pledged"),
        ),
        Control(
            key="funding",
            lever="mexico.enforcement_funding",
            label=N_("Funding of Mexico's INM"),
            note=N_(
                "INM is Mexico's migration institute. At 100% it can pay what it does in a usual month. "
                "At 0% its returns and transfers south stop."
            ),
            members=(),
            pooled=False,
            low=0,
            high=2,
            step=0.05,
            shown="share",
            unit=N_("of its monthly need"),
        ),
        Control(
            key="panama",
            lever="panama.deportee_acceptance_monthly",
            label=N_("Venezuelans Panama accepts"),
            note=N_(
                "People whom the US sends on to Panama. Panama was asked in September 2022, without result."
            ),
            members=("Venezuela",),
            pooled=False,
            low=0,
            high=20_000,
            step=250,
            shown="count",
            unit=N_("people a month"),
        ),
    )
}


def levers_by_group() -> dict[str, list[str]]:
    """Every lever by the country of who decides, without those that a control made by hand moves whole."""
    groups: dict[str, list[str]] = {name: [] for name in (*GROUPS.values(), OTHERS)}
    shown = {control.lever for control in CONTROLS.values() if not control.members}
    for name in corridor.LEVERS:
        if name not in shown:
            groups[GROUPS.get(name.split(".")[0], OTHERS)].append(name)
    return groups


def member_options(lever: str) -> list[str]:
    """What `for:` may name: the members, and in a domain of pairs the first parts, each before its pairs."""
    members = corridor.LEVERS[lever].members
    return list(
        dict.fromkeys(word for member in members for word in (member.split("/")[0], member))
        if "/" in members[0]
        else members
    )


def member_words(member: str, say: Callable[[str], str] = str) -> str:
    """A member of a lever's domain as a reader says it."""
    parts = member.split("/")
    return ", ".join(
        say(PARTIES.get(part) or (part if part[0].isupper() else place_words(part))) for part in parts
    )


def default_members(scenario: corridor.Scenario, lever: str, start: date) -> tuple[list[str], bool]:
    """Members that one slider can move without levelling what differs, and whether they share a cap.

    Those of the largest pool; else all of them where they are equal on the day; else the first.
    """
    policy = corridor.resolve(scenario)
    path, day = policy.levers[lever], policy.timeline.day_of(start)
    values, pool = path.values[day], path.pool[day]
    shared = [np.flatnonzero(pool == token) for token in np.unique(pool)]
    largest = [path.members[at] for at in max(shared, key=len)]
    if len(largest) > 1 and not find_control(make_key(lever, largest, pooled=True)).by_hand:
        return largest, True
    return (list(path.members) if (values == values[0]).all() else [path.members[0]]), False


def make_key(lever: str, members: Sequence[str], *, pooled: bool = False) -> str:
    """The key of the control over a lever and some of its members, as it may be given to `find_control`."""
    words = [POOLED, *members] if pooled else list(members)
    return f"{lever}{AT}{BETWEEN.join(words)}" if words else lever


@lru_cache(maxsize=256)
def find_control(key: str) -> Control:
    """The control of a key. Members may be named in any order: the control's own key has them in the lever's.

    Raises
    ------
    Unreadable
        If the key names no lever, or members that the lever does not have.
    """
    if key in CONTROLS:
        return CONTROLS[key]
    name, at, rest = key.partition(AT)
    if name not in corridor.LEVERS:
        raise Unknown(N_("there is no lever of this name"), name, [*CONTROLS, *corridor.LEVERS])
    words = rest.split(BETWEEN) if at else []
    pooled = words[:1] == [POOLED]
    members = _check_members(name, words[pooled:] if at else [], named=bool(at) and not pooled)
    if pooled and not (corridor.LEVERS[name].pooled and len(members) != 1):
        raise Unreadable(N_("these members cannot share one cap"))
    for control in CONTROLS.values():
        if control.lever == name and set(control.members) == set(members) and control.pooled == pooled:
            return control
    return _make_control(name, members, pooled=pooled)


def _check_members(name: str, words: Sequence[str], *, named: bool) -> tuple[str, ...]:
    """The members in the order of the lever; none where it is all of them."""
    lever = corridor.LEVERS[name]
    if named and lever.domain is None:
        raise Unreadable(N_("this lever has one value, for everyone"))
    options = member_options(name)
    for word in words:
        if word not in options:
            raise Unknown(N_("this lever has no such member"), word, options)
    if named and not words:
        raise Unreadable(N_("this lever has no such member"))
    members = [each for word in words for each in lever.members_named(word)]
    if len(set(members)) < len(members):
        raise Unreadable(N_("a member is named twice"))
    return () if len(members) == len(lever.members) else tuple(sorted(words, key=options.index))


def _make_control(name: str, members: tuple[str, ...], *, pooled: bool) -> Control:
    lever = corridor.LEVERS[name]
    share = lever.high == 1 or lever.unit.startswith("share")
    top = min(lever.high, _round_up(_largest_values()[name] * ROOM) or lever.high)
    step = 0.01 if share else _round_down((top - lever.low) / STEPS)
    return Control(
        key=make_key(name, members, pooled=pooled),
        lever=name,
        label=lever.label,
        note=N_("The members share one cap.") if pooled else "",
        members=members,
        pooled=pooled,
        low=lever.low,
        high=lever.high,
        step=step,
        shown="share" if share else "count",
        unit=lever.unit,
        top=lever.high if share else top,
        unlimited=lever.unlimited,
        positions=SWITCHES.get(lever.unit, ()),
    )


@cache
def _largest_values() -> dict[str, float]:
    """The largest value that history has of each lever, of any member; 0 where all are without limit."""
    levers = corridor.resolve(corridor.load_scenario("history")).levers
    return {
        name: float(np.max(path.values, where=np.isfinite(path.values), initial=0))
        for name, path in levers.items()
    }


def _round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * digit for digit in (1, 2, 5, 10) if value <= power * digit * (1 + 1e-9))


def _round_down(value: float) -> float:
    """The 1, 2 or 5 times a power of ten before a value."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(round(power * digit, 6) for digit in (5, 2, 1) if value >= power * digit * (1 - 1e-9))
