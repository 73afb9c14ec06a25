"""What the smoother moves: logarithms of demand by month, of stops in Mexico by half-year, and of factors of rates."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridor.experiments.estimation.declared import DEMAND, RATES, STOPS, Estimation
from corridor.experiments.estimation.priors import DEMAND as LATENT_DEMAND
from corridor.experiments.estimation.priors import STOP_CHANCE, load_declared
from corridor.experiments.estimation.trial import forced_by, known_parameters
from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.registries.nationalities import NATIONALITIES, names_with
from corridor.outputs.observations import observed_values
from corridor.outputs.rows import ALL, Cell

FIRST = "2020-07"  # the month in which history begins
FIRST_STOPS = "2020-10"  # the middle of the first half-year
LEAST, MOST = 0.2, 15_000.0  # people a day who may leave of one nationality
MORE_THAN_ENCOUNTERED = 1.3  # people who set out for one encounter, as a first guess
LEAST_CHANCE, MOST_CHANCE = 0.003, 0.95  # of a stop in one transit
HALF_YEAR = 6  # months, of which a knot lies at the middle


@dataclass(frozen=True)
class Block:
    """Unknowns that are moved together, because they see the same data.

    Attributes
    ----------
    rows : slice
        Of the array of unknowns.
    month : str
        The first month of demand, the knot's of stops; empty for rates.
    """

    kind: str
    nationality: str
    month: str
    rows: slice


class Unknowns:
    """Names, prior and meaning of the U unknowns.

    Parameters
    ----------
    until : str
        Last month that is looked at; knots go to the first of the month after it.
    off : str
        A mechanism that is switched off, whose rates are not moved; or nothing.
    left_out : collection of str
        Months from which not even the centre of the prior is read off.
    """

    def __init__(self, until: str, declared: Estimation, off: str = "", left_out: Collection[str] = ()):
        self.until, self.declared = until, declared
        last = np.datetime64(until, "M") + 1
        self.months = [str(month) for month in np.arange(np.datetime64(FIRST, "M"), last + 1)]
        self.stopped = [n for n in NATIONALITIES if n not in names_with("at_home_in_mexico")]
        middles = np.arange(np.datetime64(FIRST_STOPS, "M"), last, HALF_YEAR)
        self.stop_days = [f"{month}-01" for month in middles]
        self.rates = tuple(rate for rate in load_declared().rates if rate.id not in forced_by(off))
        self._bounds = {rate.id: known_parameters(until, off)[rate.id].bounds for rate in self.rates}
        self.centre = np.concatenate(
            [
                demand_centre(self.months, until, declared.centre_months, left_out).ravel(),
                stops_centre(self.stopped, self.stop_days, until, declared.sent_back, left_out).ravel(),
                np.zeros(len(self.rates)),
            ]
        )

    def __len__(self) -> int:
        return len(self.centre)

    def names(self) -> list[tuple[str, str, str]]:
        """Parameter, key and month or day of every unknown."""
        return [
            *((LATENT_DEMAND, nation, month) for nation in NATIONALITIES for month in self.months),
            *((STOP_CHANCE, nation, day) for nation in self.stopped for day in self.stop_days),
            *((rate.id, rate.keys, "") for rate in self.rates),
        ]

    def in_units(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """People a day, chances of a stop and factors, in place of the logarithms (of hazards, for stops)."""
        plain = np.exp(x)
        stops = slice(len(self.months) * len(NATIONALITIES), len(self) - len(self.rates))
        plain[stops] = -np.expm1(-plain[stops])
        return plain

    def blocks(self) -> Iterator[Block]:
        """The unknowns in blocks: a nationality and quarter, a nationality's knot of stops, all rates."""
        months, width = len(self.months), self.declared.block_months
        for place, nation in enumerate(NATIONALITIES):
            for first in range(0, months, width):
                start = place * months + first
                end = place * months + min(first + width, months)
                yield Block(DEMAND, nation, self.months[first], slice(start, end))
        start = months * len(NATIONALITIES)
        for nation in self.stopped:
            for day in self.stop_days:
                yield Block(STOPS, nation, day[:7], slice(start, start + 1))
                start += 1
        yield Block(RATES, ALL, "", slice(len(self) - len(self.rates), len(self)))

    def draw(self, members: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Members of the prior, float64[U, M]."""
        months = np.arange(len(self.months))
        apart = (months[:, None] - months) ** 2
        together = sum(
            curve.spread**2 * np.exp(-apart / (2 * curve.length_months**2)) for curve in self.declared.curves
        )
        root = np.linalg.cholesky(together + 1e-8 * np.eye(len(months)))
        demand = [root @ rng.standard_normal((len(months), members)) for _ in NATIONALITIES]
        stops = self.declared.stops_change * rng.standard_normal(
            (len(self.stopped), len(self.stop_days), members)
        )
        stops[:, 0] *= self.declared.stops_level / self.declared.stops_change
        stops = stops.cumsum(axis=1).reshape(-1, members)
        spread = np.array([rate.spread for rate in self.rates])[:, None]
        rates = spread * rng.standard_normal((len(self.rates), members))
        return self.centre[:, None] + np.concatenate([*demand, stops, rates])

    @property
    def step_spread(self) -> float:
        """Standard deviation of the change of a logarithm of demand from one month to the next, in the prior."""
        variance = sum(
            2 * curve.spread**2 * (1 - np.exp(-1 / (2 * curve.length_months**2)))
            for curve in self.declared.curves
        )
        return float(np.sqrt(variance))

    def values(self, x: NDArray[np.float64]) -> dict[str, Any]:
        """Parameter values of one member, as `ParameterSet.with_values` takes them."""
        months, nations = len(self.months), len(NATIONALITIES)
        demand = np.clip(np.exp(x[: months * nations]), LEAST, MOST).reshape(nations, months)
        hazards = np.exp(x[months * nations : len(x) - len(self.rates)])
        chances = np.clip(-np.expm1(-hazards), LEAST_CHANCE, MOST_CHANCE).reshape(len(self.stopped), -1)
        factors = np.exp(x[len(x) - len(self.rates) :])
        return {
            LATENT_DEMAND: {
                nation: {
                    f"{month}-01": people for month, people in zip(self.months, row.tolist(), strict=True)
                }
                for nation, row in zip(NATIONALITIES, demand, strict=True)
            },
            STOP_CHANCE: {
                nation: dict(zip(self.stop_days, row.tolist(), strict=True))
                for nation, row in zip(self.stopped, chances, strict=True)
            },
            **self._rate_values(factors.tolist()),
        }

    def _rate_values(self, factors: list[float]) -> dict[str, float | dict[str, float]]:
        """Values of rates at their factors; keys of a parameter that are moved apart come together again."""
        found: dict[str, float | dict[str, float]] = {}
        for rate, factor in zip(self.rates, factors, strict=True):
            values, before = rate.scaled(factor, self._bounds[rate.id]), found.get(rate.id, {})
            whole = isinstance(values, dict) and isinstance(before, dict)
            found[rate.id] = {**before, **values} if whole else values  # type: ignore[dict-item]
        return found


def demand_centre(
    months: list[str], until: str, width: int, left_out: Collection[str] = ()
) -> NDArray[np.float64]:
    """Logarithm of demand around which it is sought, float64[N, months]: a slow mean of encounters up to a month."""
    known = [month for month in months if month <= until]
    cells = [Cell(f"encounters_{by}", ALL, nation, ALL) for by in ("usbp", "ofo") for nation in NATIONALITIES]
    published = observed_values(cells, known).T.reshape(2, len(NATIONALITIES), -1)
    people = np.where(np.isnan(published).all(axis=0), np.nan, np.nansum(published, axis=0))
    people[:, [month in left_out for month in known]] = np.nan
    centre = np.empty((len(NATIONALITIES), len(months)))
    for place in range(len(months)):
        around = people[:, max(0, min(place, len(known) - 1) - width) : place + width + 1]
        published_months = np.maximum(np.isfinite(around).sum(axis=1), 1)
        daily = MORE_THAN_ENCOUNTERED * np.nansum(around, axis=1) / published_months / DAYS_PER_MONTH
        centre[:, place] = np.log(np.maximum(daily, LEAST))
    return centre


def stops_centre(
    stopped: list[str], days: list[str], until: str, sent_back: float, left_out: Collection[str] = ()
) -> NDArray[np.float64]:
    """Logarithm of the hazard of a stop in one transit, float64[nationalities, knots], read off published counts.

    Of those stopped nearly all begin again, so with x stops for each arrival at the border the chance is
    x / (1 + sent_back * x) (containment study, section 5). Months around a knot up to a month are counted.
    """
    months = [str(month) for month in np.arange(np.datetime64(FIRST, "M"), np.datetime64(until, "M") + 1)]
    names = ("mexico_detections", "encounters_usbp", "encounters_ofo")
    cells = [Cell(name, ALL, nation, ALL) for name in names for nation in stopped]
    counts = np.nan_to_num(observed_values(cells, months).T).reshape(3, len(stopped), -1)
    counts[:, :, [month in left_out for month in months]] = 0.0
    centre = np.empty((len(stopped), len(days)))
    for place, day in enumerate(days):
        middle = months.index(day[:7])
        around = counts[:, :, max(0, middle - HALF_YEAR // 2) : middle + HALF_YEAR // 2].sum(axis=2)
        per_arrival = around[0] / np.maximum(around[1] + around[2], 1.0)
        chance = np.clip(per_arrival / (1.0 + sent_back * per_arrival), LEAST_CHANCE, MOST_CHANCE)
        centre[:, place] = np.log(-np.log1p(-chance))
    return centre
