"""The protocol of the hindcast. It was written down before anything was scored with it.

- **Origins**: the end of each month from December 2021 to the last but one that was published. Horizons: 1, 3, 6 and 12
  months.
- **Refits** at origins half a year apart (December 2021, June 2022, and so on), on months up to the origin alone, from
  the centre of the prior. An origin between takes the last refit.
- **Members**: the fit and accepted parameter sets around it, each in a replicate of its own.
- **Taking in**: each member's latent demand is moved month by month until encounters and entries to the Darién of the
  last ten months agree better with what was published by the origin. Each of four rounds goes half of the way, and then
  a twelfth back to the smooth curve, so that noise is not followed.
- **Ahead**: demand is held at the mean of its last three months as in every projection of Corridor, with a spread that
  grows month by month. The policy is that of history (first table) or what had been announced (second).
- **Residual**: what a member misses in the last month, by nationality, is carried on, fading by 15% a month.
- **Model error**: members are spread by the errors that the protocol made at earlier origins whose months had come,
  with a prior worth six origins.
- The central projection is the median of the members.

How it was chosen: the macro study compared 22 variants on these months and found taking in with a carried residual
best; its rates (ten months, 15%) are used as they stand. No other variant has been scored with this model. Refits were
by least squares, on half-yearly knots of demand, until the ensemble smoother took their place (decision 22).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from corridor.experiments.estimation.priors import DAMPING, DEMAND
from corridor.experiments.estimation.trial import Setting, run_once
from corridor.experiments.estimation.unknowns import LEAST, MOST
from corridor.experiments.hindcast.known import announced_policy
from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.compiling.projection import Projection
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.observations import last_published, observed_values
from corridor.outputs.rows import ALL, Cell

LAST_MONTH = last_published()
ORIGINS = tuple(map(str, np.arange(np.datetime64("2021-12", "M"), np.datetime64(LAST_MONTH, "M"))))
REFITS = ORIGINS[::6]
HORIZONS = (1, 3, 6, 12)
LONGEST = 12
TAKEN_IN = 10  # months
ROUNDS, GAIN, KEPT = 4, 0.5, 0.67
FADING = 0.85  # of the residual, a month
LARGEST = 1.5  # log points that a month of demand may move
PRIOR_ERROR = {"total": (0.12, 0.22, 0.30, 0.45), "nationality": (0.30, 0.55, 0.75, 0.95)}  # at the horizons
PRIOR_ORIGINS = 6

USBP = tuple(Cell("encounters_usbp", ALL, nation, ALL) for nation in NATIONALITIES)
PORTS = tuple(Cell("encounters_ofo", ALL, nation, ALL) for nation in NATIONALITIES)
DARIEN = tuple(Cell("darien_entries", ALL, nation, ALL) for nation in NATIONALITIES)
CELLS = (*USBP, *PORTS, *DARIEN)
COUNT = len(NATIONALITIES)


def months_between(first: str, last: str) -> list[str]:
    """Months from one to another, both included."""
    span = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
    return [str(month) for month in span]


def refit_of(origin: str) -> str:
    """The refit that an origin takes."""
    return max(refit for refit in REFITS if refit <= origin)


def encounters_of(values: np.ndarray) -> np.ndarray:
    """Encounters between and at ports by nationality, from values of `CELLS`: float64[N, M]."""
    return values[:COUNT] + values[COUNT : 2 * COUNT]


def observed_encounters(months: Sequence[str]) -> np.ndarray:
    """What was published, float64[N, M]."""
    return encounters_of(np.nan_to_num(observed_values(CELLS, months).T))


class Demand:
    """Latent demand by month: the curve of a refit, moved month by month, and its future.

    Parameters
    ----------
    knots : dict of str to dict of str to float
        Knots of a refit.
    origin : str
    """

    def __init__(self, knots: Mapping[str, Mapping[str, float]], origin: str):
        self.months = months_between("2020-07", origin)
        days = np.array([_middle(month).toordinal() for month in self.months])
        self.smooth = np.empty((COUNT, len(days)))
        for row, nation in enumerate(NATIONALITIES):
            at = [date.fromisoformat(day).toordinal() for day in knots[nation]]
            self.smooth[row] = np.interp(days, at, np.log(list(knots[nation].values())))
        self.moved = np.zeros_like(self.smooth)

    def values(self, ahead: np.ndarray | None = None) -> dict[str, Any]:
        """Knots in the middle of each month, as `ParameterSet.with_values` takes them; `ahead` holds later months."""
        logs = self.smooth + self.moved
        months = self.months
        if ahead is not None:
            logs = np.concatenate([logs, ahead], axis=1)
            months = months_between(months[0], str(np.datetime64(months[-1], "M") + ahead.shape[1]))
        people = np.clip(np.exp(logs), LEAST, MOST)
        people = np.concatenate([people, people[:, -1:]], axis=1)  # known to the end of the last month
        days = [*(_middle(month).isoformat() for month in months), f"{np.datetime64(months[-1], 'M') + 1}-01"]
        return {
            DEMAND: {
                nation: dict(zip(days, row, strict=True))
                for nation, row in zip(NATIONALITIES, people.tolist(), strict=True)
            }
        }

    def future(self, ahead: int, rng: np.random.Generator) -> np.ndarray:
        """Logarithms of the months ahead: held as in every projection, with noise and walk, float64[N, ahead]."""
        parameters = load_parameters()
        projection = Projection.of(parameters)
        people = np.exp(self.smooth + self.moved)
        recent, usual = (people[:, -months:].mean(axis=1, keepdims=True) for months in (3, 12))
        level = projection.level(recent, usual, DAYS_PER_MONTH * np.arange(1.0, ahead + 1))
        noise, walk = np.zeros((COUNT, ahead)), np.zeros((COUNT, ahead))
        spread, memory = (
            parameters[name].scalar() for name in ("demand_noise_sd", "demand_noise_persistence")
        )
        for month in range(ahead):
            new = rng.standard_normal(COUNT) * spread * np.sqrt(1.0 - memory**2)
            added = rng.standard_normal(COUNT) * projection.step
            noise[:, month] = (memory * noise[:, month - 1] if month else 0.0) + new
            walk[:, month] = (projection.memory * walk[:, month - 1] if month else 0.0) + added
        return np.log(level) + noise + walk - projection.variance(ahead)[1:] / 2.0

    def learn(self, simulated: np.ndarray, observed: np.ndarray, months: Sequence[str]) -> None:
        """Move the last months of demand towards what was published.

        Encounters of a month tell of those who left the month before; entries to the Darién of those who left in it.
        """
        gap = np.log(observed + DAMPING) - np.log(simulated + DAMPING)  # [3 N, M]
        met, weight = encounters_of(observed), observed[2 * COUNT :]
        both = np.log(met + DAMPING) - np.log(encounters_of(simulated) + DAMPING)
        first = len(self.months) - TAKEN_IN
        for month in range(first, len(self.months)):
            place = len(months) - (len(self.months) - month)
            through = np.clip(weight[:, place] / np.maximum(met[:, place], 1.0), 0.0, 1.0)
            entered = gap[2 * COUNT :, place]
            later = both[:, place + 1] if place + 1 < len(months) else None
            step = (
                through * entered if later is None else 0.5 * through * entered + (1 - 0.5 * through) * later
            )
            self.moved[:, month] += GAIN * step
        self.moved[:, first:] = np.clip(self.moved[:, first:], -LARGEST, LARGEST)

    def hold_back(self) -> None:
        """Go a part of the way back to the curve of the refit."""
        self.moved *= 1.0 - (1.0 - KEPT) / ROUNDS


def project_member(
    values: Mapping[str, Any],
    origin: str,
    member: int,
    *,
    announced: bool,
    carry: bool = True,
    take_in: bool = True,
    people_per_agent: int = 50,
) -> np.ndarray:
    """Encounters by nationality in the months after an origin, by one member: float64[N, ahead].

    Parameters
    ----------
    values : dict
        A parameter set of the origin's refit.
    member : int
        Keys the draws of its replicate and of future demand.
    announced : bool
        Whether policy is what had been announced, not what came.
    """
    months = months_between("2021-01", origin)
    ahead = len(months_between(origin, min(LAST_MONTH, str(np.datetime64(origin, "M") + LONGEST)))) - 1
    last = str(np.datetime64(origin, "M") + ahead)
    observed = np.nan_to_num(observed_values(CELLS, months).T)
    rates = {id: value for id, value in values.items() if id != DEMAND}
    demand = Demand(values[DEMAND], origin)
    past = Setting(origin, people_per_agent=people_per_agent)
    if take_in:
        for _ in range(ROUNDS):
            simulated = run_once({**rates, **demand.values()}, past, CELLS, member)
            demand.learn(simulated, observed, months)
            demand.hold_back()
    future = demand.future(ahead, np.random.default_rng([member, *map(int, origin.split("-"))]))
    policy = announced_policy(origin) if announced else None
    run = run_once({**rates, **demand.values(future)}, past, CELLS, member, policy=policy, last=last)
    made = encounters_of(run)
    residual = np.log(encounters_of(observed)[:, -1] + DAMPING) - np.log(made[:, len(months) - 1] + DAMPING)
    fading = FADING ** np.arange(1, ahead + 1) if carry else np.zeros(ahead)
    logs = np.log(made[:, len(months) :] + DAMPING) + residual[:, None] * fading
    return np.maximum(np.exp(logs) - DAMPING, 0.0)


def _middle(month: str) -> date:
    return date(int(month[:4]), int(month[5:7]), 1) + timedelta(days=14)
