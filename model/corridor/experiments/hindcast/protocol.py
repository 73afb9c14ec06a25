"""The protocol of the hindcast, the fourth that this model is scored with. It was written before it was scored.

- **Origins**: the end of each month from January 2022 to May 2024. A forecast for horizon h is of the month h months
  after the origin's: 1, 3, 6 and 12 months.
- **What is known** (`corridor.experiments.known`): a month is published one month later by CBP, Panama and Honduras,
  two months later by OHSS and UPMRIP. So of encounters and entries to the Darién the last month that is known is the
  one before the origin's, and horizon h lies h + 1 months past it. All opponents know the same months and no more.
  Vintages are not available: each month is read as it stood in July 2024. The lags are assumed for every month alike.
- **Inputs on record** are known as far as they had been published, and held from then on: the last value. Mexico's
  returns are held at the mean of their last three known months, its stops at the last chance that the refit found.
  Both move together ahead, by a walk that one member draws for all nationalities, with a spread of .3 of the
  logarithm in half a year (`stop_chance` in estimation.yaml: the change from one half-year to the next; assumed: .1
  to .5).
- **Refits** at the origins January and July, on months up to two before (every publisher had published them), from
  the centre of the prior, with inputs and policy as they were known. An origin between takes the last refit.
- **Members**: the refit and accepted parameter sets around it, each in a replicate of its own.
- **Taking in**: each member's latent demand is moved month by month until encounters and entries to the Darién of the
  last ten known months agree better with what was published. Each of four rounds goes half of the way, and then a
  twelfth back to the smooth curve, so that noise is not followed.
- **Ahead**: demand goes from the mean of its last three months back to that of its last twelve, as fast as it did in
  the months so far (`Reversion`), and a walk that returns as fast spreads it. Both are estimated at each origin, for
  each member, over all nationalities together; the packaged `demand_return_days` and `demand_walk_sd` are not used,
  since they were chosen on all years.
- **Policy** is what had been announced at the origin (first table), or what came (second table).
- **Residual**: what a member misses in the last known month, by nationality, is carried on, fading by 15% a month.
- **Model error**: members are spread by the errors that the protocol made at earlier origins, at the same horizon,
  whose months had been published, with a prior worth six origins. Opponents without a spread of their own follow the
  same rule, with the same prior.
- The central projection is the median of the members.

What is not clean: the structure of the model, its priors and the list of dated events were made by people who had
seen all years, and undated values that are not refitted (the season among them) keep their values from all years.

How it was chosen: the macro study compared 22 variants on these months and found taking in with a carried residual
best; its rates (ten months, 15%) are used as they stand. Three protocols were scored with this model before this one,
all without a lag of publication and with inputs as they came; this one was scored in no other form (two
others of its reversion were written and not scored). Why it is as it is: docs/decisions/0031-hindcast-protocol.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridor.experiments.estimation.priors import DAMPING, DEMAND, STOP_CHANCE
from corridor.experiments.estimation.trial import Setting, history_of, known_parameters, run_once
from corridor.experiments.estimation.unknowns import LEAST, LEAST_CHANCE, MOST, MOST_CHANCE
from corridor.experiments.known import (
    LAGS,
    MOST_LAG,
    announced_policy,
    known_values,
    last_known,
    months_between,
)
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.observations import last_published, observed_values
from corridor.outputs.rows import ALL, Cell

LAST_MONTH = last_published()
ORIGINS = tuple(map(str, np.arange(np.datetime64("2022-01", "M"), np.datetime64(LAST_MONTH, "M"))))
REFITS = ORIGINS[::6]
HORIZONS = (1, 3, 6, 12)
LONGEST = 12
LAG = LAGS["CBP monthly tables"]  # months of the series that are forecast
TAKEN_IN = 10  # months
ROUNDS, GAIN, KEPT = 4, 0.5, 0.67
FADING = 0.85  # of the residual, a month
LARGEST = 1.5  # log points that a month of demand may move
PRIOR_ERROR = {"total": (0.12, 0.22, 0.30, 0.45), "nationality": (0.30, 0.55, 0.75, 0.95)}  # at the horizons
PRIOR_ORIGINS = 6

RETURNS = "inm_returns_monthly"
RECENT, YEAR = 3, 12  # months whose mean is held; to whose mean demand returns
INM_SPREAD, HALF_YEAR = 0.3, 6  # of the logarithm of stops and returns in half a year; months

USBP = tuple(Cell("encounters_usbp", ALL, nation, ALL) for nation in NATIONALITIES)
PORTS = tuple(Cell("encounters_ofo", ALL, nation, ALL) for nation in NATIONALITIES)
DARIEN = tuple(Cell("darien_entries", ALL, nation, ALL) for nation in NATIONALITIES)
CELLS = (*USBP, *PORTS, *DARIEN)
COUNT = len(NATIONALITIES)

Floats = NDArray[np.float64]


def refit_of(origin: str) -> str:
    """The refit that an origin takes."""
    return max(refit for refit in REFITS if refit <= origin)


def last_fitted(refit: str) -> str:
    """The last month that a refit looks at: every publisher had published it."""
    return last_known(refit, MOST_LAG)


def encounters_of(values: np.ndarray) -> np.ndarray:
    """Encounters between and at ports by nationality, from values of `CELLS`: float64[N, M]."""
    return values[:COUNT] + values[COUNT : 2 * COUNT]


def observed_encounters(months: Sequence[str]) -> np.ndarray:
    """What was published in the end, float64[N, M]."""
    return encounters_of(np.nan_to_num(observed_values(CELLS, months).T))


@dataclass(frozen=True)
class Reversion:
    """How latent demand comes back to its slow mean, and how far a month takes it away: estimated, not assumed.

    The distance of demand some months later from the mean of the last twelve is the distance of the last three, times
    `memory` to the power of those months. One `memory` for all nationalities: the mean of what least squares three and
    six months ahead leave likely, on months that were known; `step` follows from what is then missed three months
    ahead. Both have a prior, since the first origins know little: a memory of .85 with a standard deviation of .1
    (half-lives of two to fourteen months; assumed: .75 to .95), and a step of .16 a month, that of the estimate's own
    prior, worth 24 pairs.

    Attributes
    ----------
    memory : float
        Share of the distance that a month leaves.
    step : float
        Standard deviation of the logarithm that a month adds.
    """

    memory: float
    step: float

    @classmethod
    def of(cls, logs: Floats) -> Reversion:
        """Estimated from the logarithms of demand by nationality and month, float64[N, M]."""
        grid = np.linspace(0.5, 1.0, 101)
        loss = ((grid - MEMORY_PRIOR) / MEMORY_SPREAD) ** 2 / 2.0
        for lead in LEADS:
            off, later = distances(logs, lead)
            if len(off):
                missed = ((later - off * grid[:, None] ** lead) ** 2).sum(axis=1)
                variance = max(float(missed.min()) / len(off), STEP_PRIOR**2 * lead)
                loss += (
                    missed / variance / YEAR / len(LEADS) / 2.0
                )  # means of a year overlap: a pair tells a twelfth
        belief = np.exp(loss.min() - loss)
        memory = float((belief * grid).sum() / belief.sum())
        off, later = distances(logs, LEADS[0])
        share = (memory ** (2 * np.arange(LEADS[0]))).sum()
        missed = float(((later - off * memory ** LEADS[0]) ** 2).sum()) / share
        return cls(memory, float(np.sqrt((STEP_WORTH * STEP_PRIOR**2 + missed) / (STEP_WORTH + len(off)))))

    def ahead(self, logs: Floats, months: int, rng: np.random.Generator) -> Floats:
        """Logarithms of the months ahead with their walk, float64[N, months]; its mean is the level that returns."""
        recent, usual = means(logs, logs.shape[1] - 1)
        kept = self.memory ** np.arange(1, months + 1)
        level = usual[:, None] + (recent - usual)[:, None] * kept
        walk, variance = np.zeros((len(logs), months)), np.zeros(months)
        for month in range(months):
            added = rng.standard_normal(len(logs)) * self.step
            walk[:, month] = (self.memory * walk[:, month - 1] if month else 0.0) + added
            variance[month] = (self.memory**2 * variance[month - 1] if month else 0.0) + self.step**2
        return level + walk - variance / 2.0


LEADS = (3, 6)  # months ahead at which reversion is looked at
MEMORY_PRIOR, MEMORY_SPREAD = 0.85, 0.1
STEP_PRIOR, STEP_WORTH = 0.16, 24


def means(logs: Floats, month: int) -> tuple[Floats, Floats]:
    """Logarithms of the mean of the last three months and of the last twelve at a month, float64[N] each."""
    people = np.exp(logs[:, : month + 1])
    return np.log(people[:, -RECENT:].mean(axis=1)), np.log(people[:, -YEAR:].mean(axis=1))


def distances(logs: Floats, lead: int) -> tuple[Floats, Floats]:
    """Distances from the mean of the last year, at each month and some months later, over all nationalities."""
    off, later = [], []
    for month in range(YEAR - 1, logs.shape[1] - lead):
        recent, usual = means(logs, month)
        off.append(recent - usual)
        later.append(logs[:, month + lead] - usual)
    return np.array(off).ravel(), np.array(later).ravel()


class Demand:
    """Latent demand by month: the curve of a refit, moved month by month, and its future.

    Parameters
    ----------
    knots : dict of str to dict of str to float
        Knots of a refit.
    last : str
        The last month that is known.
    """

    def __init__(self, knots: Mapping[str, Mapping[str, float]], last: str):
        self.months = months_between("2020-07", last)
        days = np.array([_middle(month).toordinal() for month in self.months])
        self.smooth = np.empty((COUNT, len(days)))
        for row, nation in enumerate(NATIONALITIES):
            at = [date.fromisoformat(day).toordinal() for day in knots[nation]]
            self.smooth[row] = np.interp(days, at, np.log(list(knots[nation].values())))
        self.moved = np.zeros_like(self.smooth)

    @property
    def logs(self) -> Floats:
        """Logarithms of people a day who may leave, float64[N, M]."""
        return self.smooth + self.moved

    def values(self, ahead: np.ndarray | None = None) -> dict[str, Any]:
        """Knots in the middle of each month, as `ParameterSet.with_values` takes them; `ahead` holds later months."""
        logs = self.logs
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

    def future(self, ahead: int, rng: np.random.Generator) -> Floats:
        """Logarithms of the months ahead: back to the slow mean as fast as so far, with a walk, float64[N, ahead]."""
        return Reversion.of(self.logs).ahead(self.logs, ahead, rng)

    def learn(self, simulated: np.ndarray, observed: np.ndarray, months: Sequence[str]) -> None:
        """Move the last months of demand towards what was published; nothing moves where nothing was (NaN).

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
            self.moved[:, month] += GAIN * np.nan_to_num(step)
        self.moved[:, first:] = np.clip(self.moved[:, first:], -LARGEST, LARGEST)

    def hold_back(self) -> None:
        """Go a part of the way back to the curve of the refit."""
        self.moved *= 1.0 - (1.0 - KEPT) / ROUNDS


def held_inputs(
    values: Mapping[str, Any], origin: str, last: str, rng: np.random.Generator
) -> dict[str, dict[str, dict[str, float]]]:
    """Mexico's stops and returns, held where they were known last, with a walk of one member up to a month.

    Parameters
    ----------
    values : dict
        A parameter set of the origin's refit: its last chance of a stop is held.
    """
    known = last_known(origin, MOST_LAG)
    months = months_between(known, last)
    walk = np.concatenate([[0.0], rng.standard_normal(len(months) - 1).cumsum()])
    factor = np.exp(INM_SPREAD / np.sqrt(HALF_YEAR) * walk)
    days = [f"{month}-01" for month in months]
    stops = {}
    for nation, knots in values.get(STOP_CHANCE, {}).items():
        past = {day: value for day, value in knots.items() if day < days[0]}
        hazard = -np.log1p(-(list(past.values()) or list(knots.values()))[-1]) * factor
        chance = np.clip(-np.expm1(-hazard), LEAST_CHANCE, MOST_CHANCE)
        stops[nation] = past | dict(zip(days, chance.tolist(), strict=True))
    parameter = known_parameters(last_known(origin), "", origin)[RETURNS]
    returns = {}
    for nation in NATIONALITIES:
        row = parameter.knots_of(nation)
        if not row[0][0]:  # undated: nobody is returned
            continue
        low, high = parameter.bounds_of(nation)
        mean = float(np.mean([value for _, value in row[-RECENT:]]))
        held = np.clip(mean * factor[1:], low, high)
        past = {date.fromordinal(day).isoformat(): value for day, value in row if day}
        returns[nation] = past | dict(zip(days[1:], held.tolist(), strict=True))
    return {STOP_CHANCE: stops, RETURNS: returns} if stops else {RETURNS: returns}


def project_member(
    values: Mapping[str, Any],
    origin: str,
    member: int,
    *,
    announced: bool,
    people_per_agent: int = 50,
) -> np.ndarray:
    """Encounters by nationality in the months after an origin, by one member: float64[N, ahead].

    Parameters
    ----------
    values : dict
        A parameter set of the origin's refit.
    member : int
        Keys the draws of its replicate, of future demand and of what Mexico does.
    announced : bool
        Whether policy is what had been announced, not what came.
    """
    known = last_known(origin)
    months = months_between("2021-01", known)
    last = min(LAST_MONTH, str(np.datetime64(origin, "M") + LONGEST))
    ahead = len(months_between(known, last)) - 1
    observed = known_values(CELLS, months, origin)
    rng = np.random.default_rng([member, *map(int, origin.split("-"))])
    rates = {id: value for id, value in values.items() if id != DEMAND} | held_inputs(
        values, origin, last, rng
    )
    demand = Demand(values[DEMAND], known)
    past = Setting(known, people_per_agent=people_per_agent, origin=origin)
    policy = announced_policy(origin) if announced else history_of("")
    for _ in range(ROUNDS):
        simulated = run_once({**rates, **demand.values()}, past, CELLS, member, policy=policy)
        demand.learn(simulated, observed, months)
        demand.hold_back()
    future = demand.values(demand.future(ahead, rng))
    run = run_once({**rates, **future}, past, CELLS, member, policy=policy, last=last)
    made, seen = encounters_of(run), encounters_of(observed)
    missed = np.log(seen + DAMPING) - np.log(made[:, : len(months)] + DAMPING)
    residual = np.array([row[np.isfinite(row)][-1] for row in missed])
    fading = FADING ** np.arange(1, ahead + 1)
    logs = np.log(made[:, len(months) :] + DAMPING) + residual[:, None] * fading
    return np.maximum(np.exp(logs) - DAMPING, 0.0)[:, LAG:]


def _middle(month: str) -> date:
    return date(int(month[:4]), int(month[5:7]), 1) + timedelta(days=14)
