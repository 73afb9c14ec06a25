"""A scenario resolved in time: one daily path for every lever, the news that movements make, its shocks.

Paths are made in `corridor.inputs.scenarios.lever_path`; here the chain of scenarios is walked, and the day is found
on which a scenario can first differ from the one that it extends. Nothing but `Policy` reaches the drivers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from corridor.foundations.timeline import Timeline
from corridor.inputs.parameters.records import recorded_values
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.shocks import SHOCKS
from corridor.inputs.scenarios.diplomacy import Bargaining, bargaining_of, forget
from corridor.inputs.scenarios.entries import Intervention, Shock
from corridor.inputs.scenarios.lever_path import LeverCanvas, LeverPath, News, paint_levers
from corridor.inputs.scenarios.scenario import Scenario


@dataclass(frozen=True)
class ResolvedShock:
    """A shock with day numbers.

    Attributes
    ----------
    id, kind : str
    start_day : int
    end_day : int or None
        Last day; the start day for a shock of one night, None to the end of the run.
    size : float
        In the unit of its kind.
    members : tuple of str
        Members of the kind's domain; empty where it has none.
    place : str or None
    source, note : str
    """

    id: str
    kind: str
    start_day: int
    end_day: int | None
    size: float
    members: tuple[str, ...]
    place: str | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Policy:
    """A scenario resolved in time.

    Attributes
    ----------
    scenario : Scenario
    timeline : Timeline
    levers : mapping of str to LeverPath
        Every lever of the registry.
    news : tuple of News
        In the order of announcement.
    shocks : tuple of ResolvedShock
        In the order of their start; those felt in the run, of which an election may lie after it.
    overrides : mapping of str to object
        Other values of parameters, by parameter id: of its record, and of the overrides of it and what it extends.
    diverges_on : int
        First day on which it can differ from the scenario that it extends: 0 with a record or overrides of its own or
        without a parent, the number of days if it cannot differ at all.
    bargaining : Bargaining or None
        What governments bargain over; what is on the table has lost what the timeline decided later.
    """

    scenario: Scenario
    timeline: Timeline
    levers: Mapping[str, LeverPath]
    news: tuple[News, ...]
    shocks: tuple[ResolvedShock, ...]
    overrides: Mapping[str, object]
    diverges_on: int
    observed_entries: bool = False
    announcements_heard: bool = True
    mean_field: bool = False
    bargaining: Bargaining | None = None


# Days for which a shock is felt before its own: an election presses; a group is held by kidnappers (document item 66).
AHEAD = {"election": 365, "group_arrival": 12}


def resolve(scenario: Scenario) -> Policy:
    """Resolve a scenario and everything that it extends; one that was loaded without a problem can be resolved."""
    timeline = scenario.timeline
    canvases = paint_levers([layer.interventions for layer in scenario.layers()], timeline)
    levers = {
        name: (canvases.get(name) or LeverCanvas(lever, timeline)).path() for name, lever in LEVERS.items()
    }
    news = [item for canvas in canvases.values() for item in canvas.news()]
    block = scenario.bargaining
    bargaining = bargaining_of(block, timeline) if block else None
    if bargaining:
        levers, news = forget(levers, news, bargaining)
    shocks = [
        _resolve_shock(shock, timeline)
        for layer in scenario.layers()
        for shock in layer.shocks
        if _earliest_day(shock) <= timeline.end
    ]
    overrides = dict(recorded_values(scenario.record)) if scenario.record else {}
    overrides |= {name: given.value for part in scenario.chain for name, given in part.overrides.items()}
    return Policy(
        scenario=scenario,
        timeline=timeline,
        levers=levers,
        news=tuple(sorted(news, key=lambda item: (item.announced_day, item.start_day))),
        shocks=tuple(sorted(shocks, key=lambda shock: shock.start_day)),
        overrides=overrides,
        diverges_on=_divergence_day(scenario),
        observed_entries=scenario.observed_entries,
        announcements_heard=scenario.announcements_heard,
        mean_field=scenario.mean_field,
        bargaining=bargaining,
    )


def _resolve_shock(shock: Shock, timeline: Timeline) -> ResolvedShock:
    start = timeline.day_of(shock.start)
    end = timeline.day_of(shock.end) if shock.end else None
    if SHOCKS[shock.kind].lasts_one_night:
        end = start
    return ResolvedShock(
        shock.id, shock.kind, start, end, shock.size, shock.members, shock.place, shock.source, shock.note
    )


def _divergence_day(scenario: Scenario) -> int:
    """First day on which a scenario can differ from its parent."""
    if scenario.parent is None or scenario.overrides or scenario.parameters:
        return 0
    modes = [
        (each.observed_entries, each.announcements_heard, each.mean_field)
        for each in (scenario, scenario.parent)
    ]
    if modes[0] != modes[1]:
        return 0
    inherited = scenario.parent.entries()
    days: list[date] = [_earliest_day(inherited[name]) for name in scenario.remove]
    days += [_earliest_day(entry) for entry in (*scenario.interventions, *scenario.shocks)]
    if scenario.diplomacy is not None:
        blocks = (scenario.bargaining, scenario.parent.bargaining)
        days += [block.from_ for block in blocks if block is not None and block.from_ is not None]
    timeline = scenario.timeline
    last = min(timeline.days, scenario.parent.timeline.days)
    return min([last, *(max(timeline.day_of(day), 0) for day in days)])


def _earliest_day(entry: Intervention | Shock) -> date:
    if isinstance(entry, Intervention):
        return entry.earliest_day
    return entry.start - timedelta(AHEAD.get(entry.kind, 0))
