"""The attraction of sectors: multiplied by observed over simulated shares until they agree, quarter by quarter.

Word of mouth between sectors makes more than one round needed. An estimate takes the attraction as it finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corridor.experiments.estimation.priors import SECTORS
from corridor.experiments.estimation.trial import Setting, simulate
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.outputs.observations import observed_values
from corridor.outputs.rows import ALL, Cell

STEP = 0.6  # of a logarithm: what people hear of others makes the response more than linear
LEAST_SHARE = 0.002
REPORTED = "2021-01"
ROUNDS = 6

Knots = dict[str, dict[str, float]]


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
