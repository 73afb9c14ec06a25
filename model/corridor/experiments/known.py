"""What was known at an origin, the end of a month: figures that had been published, and policy as it was announced.

A month is published one month later by CBP, Panama and Honduras, two months later by OHSS, UPMRIP and everyone else:
an assumption, since the days of publication were not kept. Vintages are not kept either: what is read here is each
month as it stood in July 2024, revisions included.

Inputs that were read off such figures (stops and returns in Mexico, routes, shares of parties, places at ports, the
share to whom Title 42 was applied, flights) are dated values that each stand for a span of time. A value is known when
its span has ended and was published; from then on the last that is known is held. A lever's value that begins on
another day than the first of a month was decided and not measured: it is known from that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np

from corridor.inputs.compiling.policy import Policy, resolve
from corridor.inputs.parameters.parameter_set import ParameterSet
from corridor.inputs.parameters.parameter_values import UNDATED, Knots, Parameter
from corridor.inputs.registries.observed import observed_rows
from corridor.inputs.scenarios.entries import Intervention
from corridor.inputs.scenarios.scenario_files import load_scenario
from corridor.outputs.observations import observed_values
from corridor.outputs.rows import Cell

HISTORY, RECENT = "history", "2021-01"
LAGS = {
    "CBP monthly tables": 1,
    "SNM Panama": 1,
    "INM Honduras": 1,
    "OHSS monthly tables": 2,
    "UPMRIP Mexico": 2,
}
"""Months after which a month is published, by publisher."""
MOST_LAG = max(LAGS.values())  # of everyone else
LONGEST_SPAN = 184  # days in which a value was measured, at most: half a year


def months_between(first: str, last: str) -> list[str]:
    """Months from one to another, both included."""
    span = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
    return [str(month) for month in span]


def last_known(origin: str, lag: int = 1) -> str:
    """The last month that was published by the end of an origin."""
    return str(np.datetime64(origin, "M") - lag)


def lag_of(source: str) -> int:
    """Months after which the slowest publisher that a citation names has published a month."""
    return max((lag for name, lag in LAGS.items() if name in source), default=MOST_LAG)


def known_values(cells: Sequence[Cell], months: Sequence[str], origin: str) -> np.ndarray:
    """What had been published by an origin, float64[C, M]: NaN where it had not, 0 where nobody ever published."""
    values = np.nan_to_num(observed_values(cells, months).T)
    for row, cell in enumerate(cells):
        last = last_known(origin, lag_of_cells([cell]))
        values[row, [month > last for month in months]] = np.nan if cell in _publishers() else 0.0
    return values


def lag_of_cells(cells: Sequence[Cell]) -> int:
    """Months after which a month of all cells is published; 0 if nobody publishes any."""
    publishers = _publishers()
    return max((lag_of(publishers[cell]) for cell in cells if cell in publishers), default=0)


@lru_cache(maxsize=1)
def _publishers() -> dict[Cell, str]:
    """Who publishes each cell, since 2021."""
    return {
        Cell(indicator, place, nationality, party): publisher
        for indicator, period, place, nationality, party, _, publisher in observed_rows()
        if period >= RECENT
    }


def parameters_as_known(parameters: ParameterSet, origin: str) -> ParameterSet:
    """Parameters of which every dated value that was not known at an origin is left out."""
    known = {
        id: _parameter_as_known(parameter, origin) if parameter.dated else parameter
        for id, parameter in parameters.parameters.items()
    }
    return ParameterSet(known)


def _parameter_as_known(parameter: Parameter, origin: str) -> Parameter:
    around = 1.0 if parameter.interpolate == "step" else 0.5
    knots = {}
    for key, row in parameter.knots.items():
        own = parameter.provenance.get(key)
        known = _first_unknown_day(origin, lag_of(own.source if own else parameter.source))
        days = [day for day, _ in row]
        ends = [day + around * span for day, span in zip(days, _spans(days), strict=True)]
        knots[key] = _known_knots(row, ends, known)
    return replace(parameter, knots=knots)


def _known_knots(row: Knots, ends: Sequence[float], known: date) -> Knots:
    kept = tuple(k for k, end in zip(row, ends, strict=True) if k[0] == UNDATED or end <= known.toordinal())
    return kept or row[:1]


def _spans(days: Sequence[int]) -> list[int]:
    """Days that each value stands for: to the next, of the last as many as of the one before, half a year at most."""
    between = [min(later - day, LONGEST_SPAN) for day, later in pairwise(days)]
    return [*between, *(between[-1:] or [LONGEST_SPAN])]


def _first_unknown_day(origin: str, lag: int) -> date:
    return _month_after(last_known(origin, lag))


@lru_cache(maxsize=64)
def announced_policy(origin: str) -> Policy:
    """History as someone saw it at the end of a month: later decisions and events are unknown.

    What was announced is expected to come, also if it was cancelled later; what is in force is expected to stay.
    Shocks after the origin are unknown. What levers were measured to be is known once it was published.
    """
    scenario = load_scenario(HISTORY)
    after = _month_after(origin)
    known = (_as_known(each, origin) for each in scenario.interventions)
    shocks = [each for each in scenario.shocks if each.start < after]
    return resolve(
        scenario.model_copy(update={"interventions": [each for each in known if each], "shocks": shocks})
    )


def _as_known(each: Intervention, origin: str) -> Intervention | None:
    """An intervention as it was known at an origin; None if nobody had heard of it."""
    after = _month_after(origin)
    if each.earliest_day >= after:
        return None
    changed = {}
    if each.cancelled and each.cancelled >= after:
        changed["cancelled"] = None
    if each.values:
        changed["values"] = _values_as_known(each, origin)
    if each.end and each.end >= after:
        changed["end"] = None
    return each.model_copy(update=changed) if changed else each


def _values_as_known(each: Intervention, origin: str) -> dict:
    """The values of a series that were known: of those measured, the ones whose span was published."""
    values = each.values or {}
    after = _month_after(origin)
    if not any(name in each.source for name in LAGS):
        return {day: value for day, value in values.items() if day < after}
    known = _first_unknown_day(origin, lag_of(each.source))
    days = sorted(values)
    spans = _spans([day.toordinal() for day in days])
    ended = {day: day + timedelta(days=span) for day, span in zip(days, spans, strict=True)}
    kept = {day: values[day] for day in days if (ended[day] <= known if day.day == 1 else day < after)}
    return kept or {days[0]: values[days[0]]}


def _month_after(month: str) -> date:
    first = date(int(month[:4]), int(month[5:7]), 1)
    return (first + timedelta(days=32)).replace(day=1)
