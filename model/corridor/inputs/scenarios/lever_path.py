"""The daily path of one lever, made by painting interventions over each other, and the news of its movements.

The rules (CONTRACTS section 1), for one lever:

1. It starts at its registry default.
2. Scenario by scenario from the root, each file's interventions are painted over what lies beneath, in the order
   of their first days. An intervention owns its members from its first to its last day; beneath it nothing shows.
   After its last day what lay beneath shows again. Within one file the later start wins.
3. What was cancelled is not painted, but makes news.

Past the last dated movement the lever keeps its value to the end of the run. Used by
`corridor.inputs.compiling.policy`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridor.foundations.errors import InputError, Problem
from corridor.foundations.timeline import Timeline
from corridor.inputs.registries.levers import LEVERS, Lever, number_of
from corridor.inputs.scenarios.entries import Intervention

ALONE = -1
"""Token of a value that is not shared by a pool."""


@dataclass(frozen=True)
class LeverPath:
    """A lever's value on every day.

    Attributes
    ----------
    lever : str
    members : tuple of str
        Members of its domain, or ``('all',)``.
    values : float64[days, members]
        Unlimited is infinity.
    pool : int16[days, members]
        The smallest member that shares the cap on that day; the member itself when it has its own.
    """

    lever: str
    members: tuple[str, ...]
    values: NDArray[np.float64]
    pool: NDArray[np.int16]

    def of(self, member: str) -> NDArray[np.float64]:
        """The values of one member, shape (days,)."""
        return self.values[:, self.members.index(member)]

    def change_days(self, members: Iterable[str] | None = None) -> NDArray[np.int64]:
        """Days on which a value or a pool of these members (None: of any) differs from the day before."""
        columns = slice(None) if members is None else [self.members.index(member) for member in members]
        values, pool = self.values[:, columns], self.pool[:, columns]
        moved = (values[1:] != values[:-1]) | (pool[1:] != pool[:-1])
        return np.flatnonzero(moved.any(axis=1)) + 1


@dataclass(frozen=True)
class News:
    """A movement of a lever that people can learn of.

    One for each intervention (each step of a series), and for each value that its members had before it.

    Attributes
    ----------
    lever : str
    members : tuple of str
    announced_day, start_day : int
        Day numbers; the announcement is on the start day unless dated.
    end_day : int or None
        Last day of the new value, if it is dated.
    cancelled_day : int or None
        Day on which the announcement was called off; the new value then never comes.
    before, after : float
        Value before and value announced; unlimited is infinity.
    intervention : str
        Id of the intervention.
    """

    lever: str
    members: tuple[str, ...]
    announced_day: int
    start_day: int
    end_day: int | None
    cancelled_day: int | None
    before: float
    after: float
    intervention: str = ""


@dataclass(frozen=True)
class _Stroke:
    """An intervention as it was painted, in day numbers and columns."""

    entry: Intervention
    layer: int
    columns: tuple[int, ...]
    first: int
    last: int
    known: int
    steps: tuple[tuple[int, float], ...]

    def covers(self, other: _Stroke, day: int, column: int) -> bool:
        """Whether it hides another on a day: it comes from a later scenario, owns the day, and took effect."""
        return (
            self.layer > other.layer
            and self.entry.cancelled is None
            and self.first <= day <= self.last
            and column in self.columns
        )


class LeverCanvas:
    """The daily values of one lever while interventions are painted over each other."""

    def __init__(self, lever: Lever, timeline: Timeline):
        self.lever = lever
        self.timeline = timeline
        self.values = np.tile(lever.defaults(), (timeline.days, 1))
        self.pool_token = np.full(self.values.shape, ALONE, dtype=np.int16)
        self.pools_made = 0
        self.strokes: list[_Stroke] = []
        self.left_by: dict[int, NDArray[np.float64]] = {}  # values as each scenario left them to the next

    def paint(self, entry: Intervention, *, layer: int) -> None:
        """Paint an intervention of the scenario at position `layer` of the chain.

        Raises
        ------
        InputError
            If it is a ramp from unlimited: only the values beneath it can tell. The path of the problem is its id.
        """
        stroke = self._stroke(entry, layer)
        if self.strokes and self.strokes[-1].layer < layer:
            self.left_by[self.strokes[-1].layer] = self.values.copy()
        self.strokes.append(stroke)
        shown = slice(max(stroke.first, 0), max(stroke.last + 1, 0))
        columns = np.array(stroke.columns)
        if entry.cancelled is not None or shown.start >= self.timeline.days:
            return
        beneath = self.values[shown.start, columns].copy()
        if entry.profile == "ramp":
            if np.isinf(beneath).any():
                message = (
                    f"a ramp cannot start from unlimited, the value of {self.lever.id} on {entry.first_day}"
                )
                raise InputError([Problem("", 0, 0, entry.id, message)])
            days = np.arange(shown.start, min(shown.stop, self.timeline.days))
            done = (days - stroke.first) / (stroke.last - stroke.first)
            self.values[days[:, None], columns] = beneath + done[:, None] * (stroke.steps[0][1] - beneath)
        else:
            # A series that starts before its first date holds what was in force until then.
            self.values[shown, columns] = beneath
            for day, level in stroke.steps:
                self.values[max(day, 0) : shown.stop, columns] = level
        self.pool_token[shown, columns] = self.pools_made if entry.pooled else ALONE
        self.pools_made += entry.pooled

    def _stroke(self, entry: Intervention, layer: int) -> _Stroke:
        day_of = self.timeline.day_of
        if entry.values is not None:
            steps = tuple((day_of(day), number_of(level)) for day, level in sorted(entry.values.items()))
        else:
            assert entry.to is not None, "checked when the scenario is loaded"
            steps = ((day_of(entry.first_day), number_of(entry.to)),)
        return _Stroke(
            entry=entry,
            layer=layer,
            columns=tuple(self.lever.members.index(member) for member in entry.members),
            first=day_of(entry.first_day),
            last=day_of(entry.end) if entry.end else max(self.timeline.days - 1, day_of(entry.first_day)),
            known=day_of(entry.earliest_day),
            steps=steps,
        )

    def news(self) -> list[News]:
        """The news of every intervention, once all are painted.

        What holds from day 0 is no news, nor is a value that was in force anyway. Where a later scenario owns the
        day on which a movement would start, the movement is no news, or, if it was announced before anyone could
        know of that scenario's movement, an announcement that is then cancelled.
        """
        news: list[News] = []
        if self.lever.news is None:
            return news
        for stroke in self.strokes:
            for number, (day, level) in enumerate(stroke.steps):
                following = stroke.steps[number + 1][0] - 1 if number + 1 < len(stroke.steps) else None
                end = following if following is not None else stroke.last if stroke.entry.end else None
                announced = min(stroke.known, day) if number == 0 else day
                told = self._told(stroke, day, announced, level)
                for (heard, cancelled, before), members in told.items():
                    name, source = self.lever.id, stroke.entry.id
                    news.append(News(name, members, heard, day, end, cancelled, before, level, source))
        return news

    def _told(
        self, stroke: _Stroke, day: int, announced: int, level: float
    ) -> dict[tuple[int, int | None, float], tuple[str, ...]]:
        """Members that learn of one step, by when they hear of it, when it is called off, and the value before it.

        A later scenario can change the value before the step. Nobody knows until that change is known: until then
        the step is news or not by the value that its own scenario left, afterwards by the value that holds.
        """
        told: dict[tuple[int, int | None, float], tuple[str, ...]] = {}
        if day <= 0 or announced >= self.timeline.days:
            return told
        eve = min(day, self.timeline.days) - 1
        called_off = self.timeline.day_of(stroke.entry.cancelled) if stroke.entry.cancelled else None
        for column in stroke.columns:
            holds = float(self.values[eve, column])
            before = float(self.left_by.get(stroke.layer, self.values)[eve, column])
            ends = [other.known for other in self.strokes if other.covers(stroke, day, column)]
            heard = announced
            if holds != before:
                changed = min(other.known for other in self.strokes if other.covers(stroke, eve, column))
                if changed <= announced or before == level:
                    before, heard = holds, max(announced, changed)
                elif holds == level:
                    ends.append(changed)
            if before == level or heard > day or (ends and min(ends) <= heard):
                continue
            if called_off is not None:
                ends.append(called_off)
            key = heard, min(ends) if ends else None, before
            told[key] = (*told.get(key, ()), self.lever.members[column])
        return told

    def path(self) -> LeverPath:
        """The finished path."""
        pool = np.tile(np.arange(len(self.lever.members), dtype=np.int16), (self.timeline.days, 1))
        for token in range(self.pools_made):
            shared = self.pool_token == token
            smallest = np.argmax(shared, axis=1).astype(np.int16)
            pool = np.where(shared, smallest[:, None], pool)
        self.values.setflags(write=False)
        pool.setflags(write=False)
        return LeverPath(self.lever.id, self.lever.members, self.values, pool)


def paint_levers(layers: Iterable[Iterable[Intervention]], timeline: Timeline) -> dict[str, LeverCanvas]:
    """Paint the interventions of a chain of scenarios, root first; levers that nothing moves are left out.

    Raises
    ------
    InputError
        With every ramp that would start from unlimited.
    """
    canvases: dict[str, LeverCanvas] = {}
    problems: list[Problem] = []
    for number, interventions in enumerate(layers):
        for entry in sorted(interventions, key=lambda entry: entry.first_day):
            canvas = canvases.setdefault(entry.lever, LeverCanvas(LEVERS[entry.lever], timeline))
            try:
                canvas.paint(entry, layer=number)
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(problems)
    return canvases
