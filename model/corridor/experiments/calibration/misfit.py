"""Residuals of a trial: how far it is from the data and from the prior, and how that changes with each unknown.

The unknowns are logarithms: knots of latent demand (half a year apart, by nationality) and one factor for each rate. A
knot is held near the one before it, so that demand cannot explain a policy break away.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corridor.experiments.calibration.declared import DEMAND, Declared, Event, load_declared
from corridor.experiments.calibration.trial import Setting, known_parameters, simulate
from corridor.experiments.workers import run_tasks
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.observations import observed_values

DAMPING = 100.0  # events a month, added to both sides: below it a logarithm says little
LEAST, MOST = 0.2, 15_000.0  # people a day who may leave of one nationality
NARROWEST, WIDEST = 0.1, 0.3  # of a difference, log points: wide, because counts are whole parties


@dataclass(frozen=True)
class Unknown:
    """One number that the fit moves: the knot of a parameter, or the factor of a rate."""

    parameter: str
    key: str
    day: str  # of a knot; empty for a factor


class Unknowns:
    """What a fit moves: `x` holds logarithms.

    Parameters
    ----------
    setting : Setting
        Knots lie up to the first of the month after its last.
    demand : dict of str to dict of str to float
        First guess of the knots of latent demand.
    """

    def __init__(self, setting: Setting, demand: Mapping[str, Mapping[str, float]]):
        declared = load_declared()
        forced = declared.mechanisms[setting.off].parameters if setting.off else {}
        self.rates = {rate.id: rate for rate in declared.rates if rate.id not in forced}
        self.bounds = {id: known_parameters(setting.until, setting.off)[id].bounds for id in self.rates}
        names, centre, spread = [], [], []
        for nation in NATIONALITIES:
            for day, value in demand[nation].items():
                names.append(Unknown(DEMAND, nation, day))
                centre.append(np.log(value))
                spread.append(declared.level_spread)
        for rate in self.rates.values():
            names.append(Unknown(rate.id, "", ""))
            centre.append(0.0)
            spread.append(rate.spread)
        self.names: tuple[Unknown, ...] = tuple(names)
        self.centre, self.spread = np.array(centre), np.array(spread)
        self._steps = self._follow(declared)

    def __len__(self) -> int:
        return len(self.names)

    def _follow(self, declared: Declared) -> np.ndarray:
        """Rows that hold each knot near the one before, float64[K, U]."""
        rows = []
        for place, (one, other) in enumerate(zip(self.names, self.names[1:], strict=False)):
            if one.day and one.parameter == other.parameter and one.key == other.key:
                row = np.zeros(len(self.names))
                row[place], row[place + 1] = -1.0, 1.0
                rows.append(row / declared.change_spread)
        return np.array(rows)

    def values(self, x: np.ndarray) -> dict[str, Any]:
        """Parameter values at `x`, as `ParameterSet.with_values` takes them."""
        found: dict[str, Any] = {}
        for unknown, log in zip(self.names, x.tolist(), strict=True):
            if unknown.parameter == DEMAND:
                people = float(np.clip(np.exp(log), LEAST, MOST))
                found.setdefault(DEMAND, {}).setdefault(unknown.key, {})[unknown.day] = people
            else:
                rate = self.rates[unknown.parameter]
                found[rate.id] = rate.scaled(float(np.exp(log)), self.bounds[rate.id])
        return found

    def prior(self, x: np.ndarray) -> np.ndarray:
        """Residuals of the prior at `x`: distance of each unknown from its centre, and of each knot from the last."""
        return np.concatenate([(x - self.centre) / self.spread, self._steps @ x])

    @property
    def prior_slope(self) -> np.ndarray:
        """Derivative of `prior`, float64[R, U]."""
        return np.concatenate([np.diag(1.0 / self.spread), self._steps])


class Misfit:
    """Residuals and their derivatives, for `scipy.optimize.least_squares`.

    Parameters
    ----------
    left_out : collection of str
        Months that are simulated and not compared.
    workers : int
        Processes for the derivatives.

    Notes
    -----
    All derivatives are measured every `renewed` steps; between, Broyden's update learns from the steps taken, at the
    price of none (C. G. Broyden, 1965, Mathematics of Computation 19).
    """

    def __init__(
        self,
        unknowns: Unknowns,
        setting: Setting,
        *,
        left_out: Collection[str] = (),
        workers: int = 2,
        renewed: int = 1,
    ):
        self.unknowns, self.setting, self.workers, self.renewed = unknowns, setting, workers, renewed
        self.targets = load_declared().targets
        self.months = months = setting.months
        events = [
            event
            for event in load_declared().events.values()
            if event.after[1] <= setting.until
            and not any(event.after[0] <= month <= event.after[1] for month in left_out)
        ]
        self.events = tuple(events)
        series = [target.cell for target in self.targets]
        self.cells = list(dict.fromkeys([*series, *(cell for event in events for cell in event.cells)]))
        published = observed_values(self.cells, months).T
        self._happened = np.array([self.size_of(event, published) for event in events])
        observed = published[: len(series)]
        for row, target in enumerate(self.targets):
            if target.month:
                observed[row] = np.nan
                if target.month in months:
                    observed[row, months.index(target.month)] = target.value
        observed[:, [month in left_out for month in months]] = np.nan
        self.observed = observed
        self.error = np.array([target.error for target in self.targets])[:, None]
        self.seen: dict[bytes, np.ndarray] = {}
        self.trials = self.measured = 0
        self._slope: np.ndarray | None = None
        self._at = np.empty(0)
        self._steps = 0

    def compare(self, simulated: np.ndarray) -> np.ndarray:
        """Residuals of the data, flat; 0 where nothing was published or a month is left out."""
        series = simulated[: len(self.targets)]
        gap = (np.log(series + DAMPING) - np.log(self.observed + DAMPING)) / self.error
        sizes = [self.size_of(event, simulated) for event in self.events]
        errors = [event.error for event in self.events]
        return np.concatenate(
            [np.nan_to_num(gap, nan=0.0).ravel(), (np.array(sizes) - self._happened) / errors]
        )

    def size_of(self, event: Event, values: np.ndarray) -> float:
        """Logarithm of what an event did, in values of the cells."""
        places = [self.cells.index(cell) for cell in event.cells]
        total = values[places].sum(axis=0)
        before, after = (
            total[self.months.index(first) : self.months.index(last) + 1].mean()
            for first, last in (event.before, event.after)
        )
        return float(np.log(after + DAMPING) - np.log(before + DAMPING))

    @property
    def count(self) -> int:
        """Residuals that come from data."""
        return self.observed.size + len(self.events)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """All residuals at `x`."""
        key = x.tobytes()
        if key not in self.seen:
            self.trials += 1
            self.seen[key] = self.compare(simulate(self.unknowns.values(x), self.setting, self.cells))
        return np.concatenate([self.seen[key], self.unknowns.prior(x)])

    def slope(self, x: np.ndarray) -> np.ndarray:
        """Derivatives of all residuals at `x`."""
        here = self(x)[: self.count]
        moved = x - self._at if self._slope is not None else x
        if self._slope is None or self._steps >= self.renewed:
            self._slope, self._steps = self._measure(x, here), 0
        elif moved.any():
            known = self.seen[self._at.tobytes()]
            self._slope = self._slope + np.outer(here - known - self._slope @ moved, moved) / (moved @ moved)
        self._at = x.copy()
        self._steps += 1
        return np.concatenate([self._slope, self.unknowns.prior_slope])

    def _measure(self, x: np.ndarray, here: np.ndarray) -> np.ndarray:
        """Forward differences on common random numbers, float64[data residuals, U]."""
        self.measured += 1
        steps = np.clip(self.unknowns.spread / 2.0, NARROWEST, WIDEST)
        tasks = []
        for place in range(len(x)):
            there = x.copy()
            there[place] += steps[place]
            tasks.append((self.unknowns.values(there), self.setting, self.cells))
        self.trials += len(tasks)
        found = run_tasks(simulate, tasks, workers=self.workers)
        return np.stack([self.compare(each) - here for each in found], axis=1) / steps


def explain(misfit: Misfit, x: np.ndarray) -> Sequence[tuple[str, str, float, float]]:
    """Loss and root mean square of the logarithm by target: indicator, nationality, loss, error."""
    residuals = misfit(x)[: misfit.observed.size].reshape(misfit.observed.shape)
    rows = []
    for target, row, seen in zip(misfit.targets, residuals, misfit.observed, strict=True):
        there = np.isfinite(seen)
        if there.any():
            rms = float(np.sqrt(np.mean((row[there] * target.error) ** 2)))
            rows.append(
                (target.cell.indicator, target.cell.nationality, float(0.5 * (row[there] ** 2).sum()), rms)
            )
    return rows
