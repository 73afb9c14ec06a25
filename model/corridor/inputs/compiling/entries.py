"""Entries as they were counted, in place of those that decisions make: what happens downstream is then judged alone.

A scenario with `entries: observed` lets people begin where they were counted (`observed_at` of a route in places.yaml:
the Darién), as many as were counted each month. Other routes, and nationalities that nobody counted there, stay
modelled. Source: SNM Panama; containment study, section 3 (Venezuelans' entries observed).
"""

from __future__ import annotations

from calendar import monthrange

import numpy as np

from corridor.foundations.errors import InputError, Problem
from corridor.foundations.timeline import Timeline
from corridor.inputs.registries.geography import Geography
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.registries.observed import observed_rows

MODELLED, OBSERVED = "modelled", "observed"


def counted_entries(timeline: Timeline, geography: Geography) -> np.ndarray:
    """People a day who were counted where a route is counted, float64[D, N, R]; NaN where a route stays modelled.

    Raises
    ------
    InputError
        If a day of the run lies beyond the months that were published.
    """
    counted = np.full((timeline.days, len(NATIONALITIES), len(geography.routes)), np.nan)
    dates = [timeline.date_of(day) for day in range(timeline.days)]
    months = [f"{day:%Y-%m}" for day in dates]
    lengths = np.array([monthrange(day.year, day.month)[1] for day in dates])
    taken: set[str] = set()  # routes that are counted together: the first carries all
    for number, route in enumerate(geography.routes):
        if route.observed_as is None:
            continue
        people = {
            (nationality, period): value
            for indicator, period, place, nationality, party, value, _ in observed_rows()
            if indicator == route.observed_as and place == party == "all"
        }
        last = max(period for _, period in people)
        if months[-1] > last:
            why = f"{route.observed_as} was published to {last}: a run from observed entries ends there"
            raise InputError([Problem("scenario", 0, 0, "period.end", why)])
        for nation in {nationality for nationality, _ in people} & set(NATIONALITIES):
            month = np.array([people.get((nation, month), 0) for month in months])
            first = route.observed_as not in taken
            counted[:, NATIONALITIES.index(nation), number] = month / lengths if first else 0.0
        taken.add(route.observed_as)
    return counted
