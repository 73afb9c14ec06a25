"""What a report says of a scenario: its interventions and shocks, and what else it changes, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from corridor.inputs.compiling.policy import resolve
from corridor.inputs.compiling.projection import demand_known_to
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.shocks import SHOCKS
from corridor.inputs.scenarios.entries import Intervention, Shock
from corridor.inputs.scenarios.scenario import Scenario


def first_day(entry: Intervention | Shock) -> date:
    """When an entry begins to hold."""
    return entry.first_day if isinstance(entry, Intervention) else entry.start


def entries_added(scenario: Scenario, against: Scenario | None) -> list[Intervention | Shock]:
    """Entries in force that the baseline does not have, by day."""
    there = against.entries() if against else {}
    # Without a baseline, only what the file itself says; what it rests on is listed at the end of the page.
    own = scenario.entries() if against else {entry.id: entry for entry in _own(scenario)}
    added = [entry for key, entry in own.items() if there.get(key) != entry]
    return sorted(added, key=lambda entry: (first_day(entry), entry.id))


def _own(scenario: Scenario) -> Iterator[Intervention | Shock]:
    if scenario.parent is not None:
        yield from (*scenario.interventions, *scenario.shocks)


def other_words(scenario: Scenario, against: Scenario | None) -> Iterator[str]:
    """What a scenario changes besides its entries, a sentence each."""
    gone = [name for name in (against.entries() if against else {}) if name not in scenario.entries()]
    if gone:
        yield f"Left out of what it is compared with: {', '.join(gone)}."
    if scenario.bargaining is not None and (against is None or against.bargaining != scenario.bargaining):
        yield "What governments do is not all written down: they bargain, and agree or do not, in each run."
    if scenario.record is not None and (against is None or against.record != scenario.record):
        yield f"Its parameters are those of the record {scenario.record}, which no later fit moves."
    known = demand_known_to(load_parameters(resolve(scenario).overrides))
    if known is not None and known < scenario.timeline.end:
        yield f"After {known} demand is a projection: it is held, with a spread that grows month by month."
    for name, override in scenario.overrides.items():
        said = f": {override.note}" if override.note else ""
        yield f"The parameter {name} is {override.value}{said}."
    if against is not None and scenario.timeline != against.timeline:
        yield f"It ends on {scenario.timeline.end}, what it is compared with on {against.timeline.end}."


def entry_words(entry: Intervention | Shock) -> dict[str, Any]:
    """An entry as a row of the page: what it moves, to where, when, and where that comes from."""
    if isinstance(entry, Intervention):
        lever = LEVERS[entry.lever]
        label, value = f"{lever.label} ({lever.controller})", _value_words(entry, lever.unit)
        dated = (("announced", entry.announced), ("called off", entry.cancelled))
        news = ", ".join(f"{word} {day}" for word, day in dated if day is not None)
    else:
        kind = SHOCKS[entry.kind]
        label, value, news = kind.label, f"{entry.size:g} ({kind.unit})", ""
    return {
        "id": entry.id,
        "label": label,
        "members": ", ".join(entry.for_) or "all",
        "value": value,
        "first": str(first_day(entry)),
        "last": str(entry.end) if entry.end else "end of the run",
        "dated_end": bool(entry.end),
        "news": news,
        "source": entry.source,
        "note": entry.note,
    }


def _value_words(entry: Intervention, unit: str) -> str:
    def level(value: Any) -> str:
        return value if isinstance(value, str) else f"{value:,.10g}"

    if entry.values:
        said = "; ".join(f"{day}: {level(value)}" for day, value in entry.values.items())
    else:
        said = f"{'rising or falling to ' if entry.profile == 'ramp' else ''}{level(entry.to)}"
    return f"{said} ({unit})"


def describe_root(scenario: Scenario) -> dict[str, Any]:
    """What the others rest on: every entry of a scenario that is its own baseline."""
    entries = sorted(scenario.entries().values(), key=lambda entry: (first_day(entry), entry.id))
    return {
        "name": scenario.name,
        "title": scenario.title or scenario.name,
        "entries": [entry_words(each) for each in entries],
    }
