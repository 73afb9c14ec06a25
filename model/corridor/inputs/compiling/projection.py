"""Latent demand past the data: held where the last months had it, with a spread that grows, month after month.

Rests on: forecasts of published encounters from each month of 2021 to 2023, in which the mean of the last three months
held, with a slow return to the mean of a year, was nearer than a return within two months (`demand_return_days`), and
on how much fitted demand itself changed (`demand_walk_sd`). `compile_drivers` puts it into the drivers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from corridor.foundations.timeline import DAYS_PER_MONTH, Timeline
from corridor.inputs.parameters.parameter_set import ParameterSet
from corridor.inputs.parameters.parameter_values import UNDATED, Knots
from corridor.inputs.registries.nationalities import NATIONALITIES

RECENT, YEAR = 91, 365  # days whose mean is held; days to whose mean demand returns
MOST_OFF = 2.0  # factor by which what is held may be off the mean of the year

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Projection:
    """What is held past the data, and how it spreads.

    Attributes
    ----------
    return_days : float
        In which the distance from the mean of the last year falls e-fold.
    step : float
        Standard deviation of the logarithm that a month adds.
    """

    return_days: float
    step: float

    @classmethod
    def of(cls, parameters: ParameterSet) -> Projection:
        """What the parameters say."""
        return cls(parameters["demand_return_days"].scalar(), parameters["demand_walk_sd"].scalar())

    @property
    def memory(self) -> float:
        """Share of the walk that a month leaves: it returns as slowly as the level does."""
        return float(np.exp(-DAYS_PER_MONTH / self.return_days))

    def level(self, recent: Floats, usual: Floats, since: Floats) -> Floats:
        """Demand some days past the data, from its mean of the last three months and of the last year.

        A last knot may rest on little more than a month, so what is held is at most twice the mean of the year.
        """
        held = np.clip(recent, usual / MOST_OFF, usual * MOST_OFF)
        return usual + (held - usual) * np.exp(-since / self.return_days)

    def variance(self, months: int) -> Floats:
        """Variance of the logarithm before the first month past the data, in it, and in each after it: [months + 1]."""
        kept = self.memory**2
        return self.step**2 * np.cumsum(np.concatenate([[0.0], kept ** np.arange(months)]))


def demand_known_to(parameters: ParameterSet) -> date | None:
    """The last day of the figures that latent demand was fitted to; None if it holds for every day.

    A fit puts its last knot on the day after its last month, so this is the day before the last knot.
    """
    ends = [_last_known(parameters["latent_demand"].knots_of(name)) for name in NATIONALITIES]
    known = [end for end in ends if end is not None]
    return date.fromordinal(max(known)) if known else None


def project_demand(parameters: ParameterSet, timeline: Timeline) -> tuple[Floats, Floats]:
    """Latent demand before the season, and the spread that a month adds to its logarithm: both [D, N].

    Past its own last knot the demand of a nationality is held (`Projection`). The walk that the engine adds has a
    logarithm with mean zero, so demand is lowered by half its variance: the mean of what comes is what is held.
    """
    demand = parameters["latent_demand"].daily_by_nationality(timeline)
    steps = np.zeros_like(demand)
    projection = Projection.of(parameters)
    new_month = np.concatenate([[False], np.diff(timeline.calendar_month) != 0])
    for code, name in enumerate(NATIONALITIES):
        known = _last_known(parameters["latent_demand"].knots_of(name))
        end = timeline.days if known is None else max(known - timeline.start.toordinal(), 0)
        if end + 1 >= timeline.days:
            continue
        ahead, row = slice(end + 1, None), demand[:, code]
        recent, usual = (row[max(0, end + 1 - days) : end + 1].mean() for days in (RECENT, YEAR))
        months = np.cumsum(new_month[ahead])
        level = projection.level(recent, usual, np.arange(1.0, timeline.days - end))
        row[ahead] = level * np.exp(-projection.variance(int(months[-1]))[months] / 2.0)
        steps[ahead, code] = projection.step
    return demand, steps


def _last_known(knots: Knots) -> int | None:
    """The day before the last knot, as an ordinal; None for a value that holds for every day."""
    last, _ = knots[-1]
    return None if last == UNDATED or len(knots) == 1 else last - 1
