"""Governments that bargain: the `diplomacy:` block of a scenario, and what becomes of a policy under it.

From its first day on, what is on the table follows no timeline: it keeps the value of the eve until a deal moves it,
and nobody hears of what history decided later. What is fixed follows the timeline and is not bargained over; what is
given follows the timeline until a deal moves it (the treasury's money for the migration institute, unless said).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from corridor.foundations.timeline import Timeline
from corridor.inputs.registries.bargain_items import INTERESTS, ISSUES, NOTHING, SIDE_DEALS, Move
from corridor.inputs.scenarios.entries import Day, Names, Part
from corridor.inputs.scenarios.lever_path import LeverPath, News

PURSE = "mexico.enforcement_funding"
GIVEN = "given"
"""Second step of a deal with a third party; the first is `NOTHING`."""

Factor = Annotated[float, Field(ge=0, le=100)]


class Limit(Part):
    """How far a party goes on one issue: at most to one step, and at least to another or it signs nothing."""

    most: str | None = Field(default=None, description="The farthest step that it agrees to.")
    least: str | None = Field(default=None, description="The first step without which it signs nothing.")


class Diplomacy(Part):
    """How governments make policy: by the timeline, or by bargaining over some of it."""

    mode: Literal["fixed", "negotiated", "mixed"] = Field(
        default="fixed",
        description="By the timeline (fixed), by bargaining (negotiated), or some levers each way (mixed).",
    )
    from_: Day | None = Field(default=None, alias="from", description="First day of the talks.")
    fixed: Names = Field(default=(), description="Mixed: levers that follow the timeline.")
    given: Names = Field(
        default=(PURSE,), description="Levers that follow the timeline until a deal moves them."
    )
    weights: dict[str, dict[str, Factor]] = Field(
        default_factory=dict,
        description="Multiples of what a party's interests weigh, by party and interest.",
    )
    red_lines: dict[str, dict[str, Limit]] = Field(
        default_factory=dict, description="How far a party goes, by party and issue."
    )

    @property
    def bargains(self) -> bool:
        """Whether anything is negotiated."""
        return self.mode != "fixed"


@dataclass(frozen=True, eq=False)
class Bargaining:
    """What is on the table, in day numbers; arrays are read only.

    Attributes
    ----------
    start : int
        First day of the talks.
    issues, side_deals : tuple of str
        On the table.
    fixed, given : tuple of str
        Levers that follow the timeline, and those that do until a deal moves them.
    weights : mapping of str to float64[interests]
        Multiples of a party's interests, in the order of `INTERESTS`.
    least, most : mapping of str to int
        Steps of each issue and side deal that all red lines allow.
    block : str
        All of it as text, to tell one from another.
    """

    start: int
    issues: tuple[str, ...]
    side_deals: tuple[str, ...]
    fixed: tuple[str, ...]
    given: tuple[str, ...]
    weights: Mapping[str, np.ndarray]
    least: Mapping[str, int]
    most: Mapping[str, int]
    block: str

    def moves(self) -> Iterable[Move]:
        """Everything that a promise on the table can set."""
        for issue in self.issues:
            for step in ISSUES[issue].steps:
                yield from step.moves
        for deal in self.side_deals:
            yield from SIDE_DEALS[deal].moves


def steps_of(name: str) -> tuple[str, ...]:
    """Ids of the steps of an issue or a side deal."""
    return tuple(step.id for step in ISSUES[name].steps) if name in ISSUES else (NOTHING, GIVEN)


def parties_of(name: str) -> tuple[str, ...]:
    """Who bargains over an issue or a side deal."""
    return ("us", "mexico") if name in ISSUES else ("us", SIDE_DEALS[name].party)


def bargaining_of(block: Diplomacy, timeline: Timeline) -> Bargaining:
    """The block of a scenario that was loaded without a problem, in day numbers."""
    assert block.from_ is not None, "checked when the scenario is loaded"
    weights = {
        party: np.array([block.weights.get(party, {}).get(interest, 1.0) for interest in interests])
        for party, interests in INTERESTS.items()
    }
    names = [*ISSUES, *SIDE_DEALS]
    most = {name: len(steps_of(name)) - 1 for name in names}
    least = dict.fromkeys(names, 0)
    for limits in block.red_lines.values():
        for name, limit in limits.items():
            if limit.most is not None:
                most[name] = min(most[name], steps_of(name).index(limit.most))
            if limit.least is not None:
                least[name] = max(least[name], steps_of(name).index(limit.least))
    return Bargaining(
        start=timeline.day_of(block.from_),
        issues=tuple(name for name, issue in ISSUES.items() if issue.lever not in block.fixed),
        side_deals=tuple(name for name, deal in SIDE_DEALS.items() if deal.lever not in block.fixed),
        fixed=block.fixed,
        given=block.given,
        weights=weights,
        least=least,
        most=most,
        block=block.model_dump_json(by_alias=True),
    )


def forget(
    levers: Mapping[str, LeverPath], news: Iterable[News], bargaining: Bargaining
) -> tuple[dict[str, LeverPath], list[News]]:
    """Paths and news without what the timeline decides, from the first day of talks on, of what is on the table."""
    held: dict[str, set[int]] = {}
    for move in bargaining.moves():
        if move.lever not in (*bargaining.fixed, *bargaining.given):
            held.setdefault(move.lever, set()).update(move.columns)
    paths = dict(levers)
    for name, columns in held.items():
        paths[name] = _keep_eve(levers[name], sorted(columns), bargaining.start)
    known: list[News] = []
    for item in news:
        columns = held.get(item.lever, set())
        members = levers[item.lever].members
        forgotten = tuple(member for member in item.members if members.index(member) in columns)
        others = tuple(member for member in item.members if member not in forgotten)
        if others:
            known.append(replace(item, members=others))
        if not forgotten or item.announced_day >= bargaining.start:
            continue
        cancelled, end = item.cancelled_day, item.end_day
        if item.start_day >= bargaining.start:
            cancelled = min(cancelled or bargaining.start, bargaining.start)
        elif end is not None and end >= bargaining.start:
            end = None
        known.append(replace(item, members=forgotten, cancelled_day=cancelled, end_day=end))
    return paths, known


def _keep_eve(path: LeverPath, columns: list[int], day: int) -> LeverPath:
    values, pool = path.values.copy(), path.pool.copy()
    values[day:, columns] = values[day - 1, columns]
    pool[day:, columns] = pool[day - 1, columns]
    for array in (values, pool):
        array.setflags(write=False)
    return LeverPath(path.lever, path.members, values, pool)
