"""The registry of what governments can bargain over: issues between the US and Mexico, and deals with third parties.

Data lives in ``model/corridor/data/diplomacy.yaml``; what each is worth to whom are parameters of the group
`diplomacy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from corridor.inputs.reading.registry import Registry, read_data_file, read_data_source
from corridor.inputs.registries.levers import LEVERS, number_of
from corridor.inputs.registries.sources import check_entries, check_items

DIPLOMACY_FILE = "diplomacy.yaml"
NOTHING = "none"
"""Id of the first step of every issue: nothing is given."""

Ratifier = Literal["executive", "congress", "senators"]


@dataclass(frozen=True)
class Move:
    """What a promise sets.

    Attributes
    ----------
    lever : str
    columns : tuple of int
        Members of the lever that it moves.
    to, after_title_42 : float
        The value agreed, and the value once Title 42 has ended; not-a-number where `times` counts.
    times : float
        A multiple of the value in force, where no value is agreed.
    pooled : bool
    """

    lever: str
    columns: tuple[int, ...]
    to: float
    after_title_42: float
    times: float
    pooled: bool

    @property
    def members(self) -> tuple[str, ...]:
        """The members that it moves."""
        return tuple(LEVERS[self.lever].members[column] for column in self.columns)


@dataclass(frozen=True)
class Step:
    """How far an issue can be conceded."""

    id: str
    label: str
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class Issue:
    """Something that the US and Mexico bargain over; fields as in the data file."""

    id: str
    label: str
    giver: str
    by: Ratifier
    court: bool
    fades: bool
    purse: bool
    items: tuple[int, ...]
    source: str
    steps: tuple[Step, ...]

    @property
    def lever(self) -> str:
        """The lever that it is about: fixing that one takes the issue off the table."""
        return self.steps[1].moves[0].lever

    def step_number(self, step: str) -> int:
        """Position of a step."""
        return [each.id for each in self.steps].index(step)


@dataclass(frozen=True)
class SideDeal:
    """What a third party can give to the US; fields as in the data file."""

    id: str
    label: str
    party: str
    opens_with: str | None
    by: Ratifier
    items: tuple[int, ...]
    source: str
    moves: tuple[Move, ...]

    @property
    def lever(self) -> str:
        """The lever that it is about."""
        return self.moves[0].lever


def _make_move(entry: Mapping[str, Any]) -> Move:
    lever = LEVERS[entry["lever"]]
    words = entry.get("for", ["all"])
    members = [member for word in words for member in lever.members_named(word)]
    to = number_of(entry["to"]) if "to" in entry else np.nan
    return Move(
        lever=lever.id,
        columns=tuple(lever.members.index(member) for member in members),
        to=to,
        after_title_42=number_of(entry.get("after_title_42", to)),
        times=float(entry.get("times", 1.0)),
        pooled=entry.get("pooled", False),
    )


def _moves(entry: Mapping[str, Any]) -> tuple[Move, ...]:
    return tuple(_make_move(move) for move in entry.get("moves", ()))


@cache
def _check_sources() -> None:
    """Refuse wrong citations: an item must be about the party, or about a lever that the issue or deal moves."""
    file = read_data_source(DIPLOMACY_FILE)
    parties = file.data["parties"].items()
    check_items(file, ((("parties", name), party, {f"party:{name}"}) for name, party in parties))
    told = []
    for part in ("issues", "side_deals"):
        for number, entry in enumerate(file.data[part]):
            moves = [move for step in entry.get("steps", [entry]) for move in step.get("moves", ())]
            told.append(((part, number), entry, {f"lever:{move['lever']}" for move in moves}))
    check_entries(file, told, ranged=True)


def _read_issues() -> dict[str, Issue]:
    _check_sources()
    return {
        entry["id"]: Issue(
            id=entry["id"],
            label=entry["label"],
            giver=entry["giver"],
            by=entry["by"],
            court=entry.get("court", False),
            fades=entry.get("fades", False),
            purse=entry.get("purse", False),
            items=tuple(entry["items"]),
            source=entry["source"],
            steps=tuple(Step(step["id"], step["label"], _moves(step)) for step in entry["steps"]),
        )
        for entry in read_data_file(DIPLOMACY_FILE)["issues"]
    }


def _read_side_deals() -> dict[str, SideDeal]:
    _check_sources()
    return {
        entry["id"]: SideDeal(
            id=entry["id"],
            label=entry["label"],
            party=entry["party"],
            opens_with=entry.get("opens_with"),
            by=entry["by"],
            items=tuple(entry["items"]),
            source=entry["source"],
            moves=_moves(entry),
        )
        for entry in read_data_file(DIPLOMACY_FILE)["side_deals"]
    }


ISSUES: Registry[Issue] = Registry("issue", _read_issues)
"""Every issue by id, in the order of the file."""

SIDE_DEALS: Registry[SideDeal] = Registry("side deal", _read_side_deals)
"""Every deal with a third party by id, in the order of the file."""

INTERESTS: Registry[tuple[str, ...]] = Registry(
    "interest",
    lambda: {
        party: tuple(interests) for party, interests in read_data_file(DIPLOMACY_FILE)["interests"].items()
    },
)
"""What each party weighs, by party."""


def negotiable_levers() -> list[str]:
    """Every lever that a promise can move, in order of first mention."""
    moves = [move for issue in ISSUES.values() for step in issue.steps for move in step.moves]
    moves += [move for deal in SIDE_DEALS.values() for move in deal.moves]
    return list(dict.fromkeys(move.lever for move in moves))
