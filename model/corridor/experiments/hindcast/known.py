"""What was known of policy at an origin: as it came on the ground, or only what had been announced by then."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from corridor.inputs.compiling.policy import Policy, resolve
from corridor.inputs.scenarios.entries import Intervention
from corridor.inputs.scenarios.scenario_files import load_scenario

HISTORY = "history"


@lru_cache(maxsize=64)
def announced_policy(origin: str) -> Policy:
    """History as someone saw it at the end of a month: later decisions and events are unknown.

    What was announced is expected to come, also if it was cancelled later; what is in force is expected to stay.
    Shocks after the origin are unknown. The state of the corridor at the origin is the same.
    """
    scenario = load_scenario(HISTORY)
    after = _month_after(origin)
    known = (_as_known(each, after) for each in scenario.interventions)
    shocks = [each for each in scenario.shocks if each.start < after]
    return resolve(
        scenario.model_copy(update={"interventions": [each for each in known if each], "shocks": shocks})
    )


def _as_known(each: Intervention, after: date) -> Intervention | None:
    """An intervention as it was known before a day; None if nobody had heard of it."""
    if each.earliest_day >= after:
        return None
    changed = {}
    if each.cancelled and each.cancelled >= after:
        changed["cancelled"] = None
    if each.values:
        changed["values"] = {day: value for day, value in each.values.items() if day < after}
    if each.end and each.end >= after:
        changed["end"] = None
    return each.model_copy(update=changed) if changed else each


def _month_after(origin: str) -> date:
    first = date(int(origin[:4]), int(origin[5:7]), 1)
    return (first + timedelta(days=32)).replace(day=1)
