"""Proportional scaling: demand and sectors multiplied by observed over simulated until they agree.

For demand it gives least squares a start. For the attraction of sectors it is the fit: shares are met quarter by
quarter, and word of mouth between sectors makes more than one round needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from corridor.experiments.calibration.declared import DEMAND, SECTORS
from corridor.experiments.calibration.misfit import DAMPING, LEAST, MOST
from corridor.experiments.calibration.trial import Setting, simulate
from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.observations import observed_values
from corridor.outputs.rows import ALL, Cell

STEP = 0.6  # of a logarithm: what people hear of others makes the response more than linear
LEAST_SHARE = 0.002
REACH = 3  # months before and after that a knot answers for, one month later: people are encountered after they left
MORE_THAN_ENCOUNTERED = 1.3  # people who set out for one encounter, as a first guess
REPORTED = "2021-01"
ENCOUNTERS = tuple(
    Cell(f"encounters_{by}", ALL, nation, ALL) for by in ("usbp", "ofo") for nation in NATIONALITIES
)

Knots = dict[str, dict[str, float]]


def guess_demand(until: str) -> Knots:
    """A first guess of the knots of demand from encounters alone, up to a month."""
    days = [date.fromordinal(day) for day, _ in load_parameters()[DEMAND].knots[NATIONALITIES[0]]]
    months = [str(np.datetime64("2020-07", "M") + number) for number in range(60)]
    months = [month for month in months if month <= until]
    observed = observed_values(ENCOUNTERS, months).T.reshape(2, len(NATIONALITIES), -1)
    people = np.nan_to_num(observed).sum(axis=0)
    people[:, np.isnan(observed[0]).all(axis=0)] = np.nan
    found: Knots = {nation: {} for nation in NATIONALITIES}
    for day in days:
        first = (day.year - 2020) * 12 + day.month - 7 + 1
        if first - 1 > len(months):  # later than the month after the last
            break
        window = slice(max(0, min(first - REACH, len(months) - REACH)), max(REACH, first + REACH))
        for row, nation in enumerate(NATIONALITIES):
            mean = float(np.nanmean(people[row, window]))
            found[nation][day.isoformat()] = max(LEAST, MORE_THAN_ENCOUNTERED * mean / DAYS_PER_MONTH)
    return found


def scale_demand(knots: Knots, setting: Setting, values: Mapping[str, Any], *, rounds: int) -> Knots:
    """Knots of demand scaled to the encounters of the months around them."""
    months = setting.months
    knots = {nation: dict(dated) for nation, dated in knots.items()}
    shape = (2, len(NATIONALITIES), len(months))
    observed = np.nan_to_num(observed_values(ENCOUNTERS, months).T.reshape(shape)).sum(axis=0)
    for _ in range(rounds):
        simulated = simulate({**values, DEMAND: knots}, setting, ENCOUNTERS).reshape(shape).sum(axis=0)
        for row, nation in enumerate(NATIONALITIES):
            for day in knots[nation]:
                centre = (int(day[:4]) - int(REPORTED[:4])) * 12 + int(day[5:7])  # the month after the knot's
                centre = min(centre, len(months))
                window = slice(max(0, centre - REACH), max(0, centre + REACH))
                if window.stop:
                    seen, made = observed[row, window].sum(), simulated[row, window].sum()
                    factor = float(np.clip(((seen + DAMPING) / (made + DAMPING)) ** STEP, 0.5, 2.0))
                    knots[nation][day] = float(np.clip(knots[nation][day] * factor, LEAST, MOST))
    return knots


def scale_sectors(setting: Setting, values: Mapping[str, Any], *, rounds: int) -> Knots:
    """Attraction of sectors from date to date (quarters, mostly), scaled until the shares of encounters are met.

    Word of mouth keeps people where others went, so a sector that draws more people must attract more than its share.
    """
    knots = {sector: dict(dated) for sector, dated in load_parameters()[SECTORS].plain().items()}
    months, dates = setting.months, list(next(iter(knots.values())))
    cells = [Cell("encounters_usbp", sector, ALL, ALL) for sector in knots]
    observed = observed_values(cells, months).T
    firsts = [(int(day[:4]) - int(REPORTED[:4])) * 12 + int(day[5:7]) - 1 for day in dates]
    spans = list(zip(dates, firsts, [*firsts[1:], len(months)], strict=True))
    for _ in range(rounds):
        simulated = simulate({**values, SECTORS: knots}, setting, cells)
        for day, first, following in spans:
            if first < 0 or first >= len(months):
                continue
            seen, made = (counts[:, first:following].sum(axis=1) for counts in (observed, simulated))
            seen, made = seen / seen.sum(), made / made.sum()
            for row, sector in enumerate(knots):
                knots[sector][day] *= ((seen[row] + LEAST_SHARE) / (made[row] + LEAST_SHARE)) ** STEP
            whole = sum(knots[sector][day] for sector in knots)
            for sector in knots:
                knots[sector][day] = round(knots[sector][day] / whole, 4)
    return knots
