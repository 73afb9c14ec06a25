"""What a scenario was understood to do, in words: each intervention with its lever, values, dates and members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from corridor.inputs.compiling.policy import resolve
from corridor.inputs.registries.levers import LEVERS, Lever, number_of
from corridor.inputs.scenarios.entries import Intervention
from corridor.inputs.scenarios.lever_path import LeverPath
from corridor.inputs.scenarios.scenario import Scenario

MOST_NAMED = 8
"""Members that are named one by one."""


def account_of(scenario: Scenario) -> list[str]:
    """Lines on every intervention of the file itself, in the order of the file; none on what its parents do."""
    before = resolve(scenario.parent).levers if scenario.parent else {}
    return [line for entry in scenario.interventions for line in _lines(entry, scenario, before)]


def unsaid_members(scenario: Scenario) -> list[str]:
    """A note on every intervention of the file that says no `for:` and moves a lever by nationality."""
    return [
        f"{entry.id} says no `for:` and applies to: {_whom(entry, LEVERS[entry.lever])}"
        for entry in scenario.interventions
        if not entry.for_ and "nationality" in (LEVERS[entry.lever].domain or "")
    ]


def _lines(entry: Intervention, scenario: Scenario, before: Mapping[str, LeverPath]) -> Iterator[str]:
    lever = LEVERS[entry.lever]
    yield f"{entry.id}: {lever.label} ({lever.id}, {lever.unit})"
    yield f"  {_movement(entry, lever, scenario, before)}"
    if lever.domain is not None:
        yield f"  applies to: {_whom(entry, lever)}"
    if entry.announced:
        called_off = f", called off on {entry.cancelled}: it never takes effect" if entry.cancelled else ""
        yield f"  announced on {entry.announced}{called_off}"


def _movement(entry: Intervention, lever: Lever, scenario: Scenario, before: Mapping[str, LeverPath]) -> str:
    ends = f"to {entry.end}" if entry.end else "to the end of the run"
    if entry.values is not None:
        said = ", ".join(f"{_number(level)} from {day}" for day, level in sorted(entry.values.items())) + ","
    else:
        little = "little by little " if entry.profile == "ramp" else ""
        said = f"{_number(entry.to)} {little}from {entry.first_day}"
    parent = scenario.extends or "the registry"
    then = f"; then again as in {parent}" if entry.end else ""
    return f"{said} {ends}, instead of {_value_without(entry, lever, scenario, before)} in {parent}{then}"


def _value_without(
    entry: Intervention, lever: Lever, scenario: Scenario, before: Mapping[str, LeverPath]
) -> str:
    """What its members have on its days in the scenario that this one extends; lowest and highest where it differs."""
    values = lever.defaults()[None, :]
    if scenario.parent is not None:
        timeline, path = scenario.parent.timeline, before[lever.id]
        first = timeline.day_of(min(max(entry.first_day, timeline.start), timeline.end))
        last = timeline.day_of(min(max(entry.end or timeline.end, timeline.start), timeline.end))
        values = path.values[first : last + 1]
    own = values[:, [lever.members.index(member) for member in entry.members]]
    low, high = float(own.min()), float(own.max())
    return _number(low) if low == high else f"{_number(low)} to {_number(high)}"


def _whom(entry: Intervention, lever: Lever) -> str:
    """Members in words, with what each gets where the lever counts something that adds up."""
    what = (lever.domain or "member").replace("_", " ")
    members = entry.members
    if set(members) == set(lever.members) and (not entry.for_ or "all" in entry.for_):
        whom = f"every {what}"
    elif len(entry.for_) <= MOST_NAMED:
        whom = ", ".join(entry.for_)
    else:
        whom = f"{', '.join(entry.for_[:MOST_NAMED])} and {len(entry.for_) - MOST_NAMED} more"
    if entry.pooled:
        return f"{whom}; one cap shared by {len(members)}"
    if lever.pooled and len(members) > 1 and entry.to is not None and number_of(entry.to) < inf:
        each = number_of(entry.to)
        whom += f"; {each:,.10g} each, {each * len(members):,.10g} for all {len(members)} together"
    return whom


def _number(level: object) -> str:
    value = number_of(level)  # type: ignore[arg-type]
    return "unlimited" if value == inf else f"{value:,.10g}"
