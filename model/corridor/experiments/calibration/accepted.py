"""Parameter sets around a fit that the data do not rule out, and what the data identify.

Around the end of a fit the loss is taken for a paraboloid: its curvature gives a normal distribution of the unknowns
(Laplace). Draws from it are run, and those are accepted whose loss is within reach of the best: history matching with
one wave. Residuals of neighbouring months go together, so a difference of loss counts for less than if each month were
told anew: it is divided by `TOGETHER`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import chi2

from corridor.experiments.calibration.fit import Fit, robust
from corridor.experiments.calibration.misfit import Misfit, Unknowns
from corridor.experiments.calibration.trial import simulate
from corridor.experiments.workers import run_tasks

TOGETHER = 2.4  # macro study, section 0: lag-one autocorrelation of residuals about .37
REACH = (
    0.95  # share of sets as probable as the best fit's that would be accepted, if the paraboloid were exact
)
WIDER = 1.2  # draws reach a little beyond, so that the cut is made by the data
CLOSE = 0.6  # correlation from which two unknowns are said to trade off


@dataclass(frozen=True)
class Identified:
    """What the data say about one unknown.

    Attributes
    ----------
    kept : float
        Posterior over prior standard deviation: 1 if the data say nothing.
    by : tuple of str
        Targets that say most about it.
    trades_with : tuple of str
        Unknowns with which it trades off.
    """

    name: str
    value: float
    spread: float
    kept: float
    by: tuple[str, ...]
    trades_with: tuple[str, ...]


def covariance(fit: Fit, unknowns: Unknowns) -> np.ndarray:
    """Covariance of the unknowns around the fit, float64[U, U]."""
    slope = fit.slope / np.sqrt(TOGETHER)
    prior = unknowns.prior_slope
    return np.linalg.inv(slope.T @ slope + prior.T @ prior)


def name_of(unknown: Any) -> str:
    """An unknown in words: parameter, key and day."""
    return " ".join(part for part in (unknown.parameter, unknown.key, unknown.day) if part)


def identify(fit: Fit) -> list[Identified]:
    """Say of each unknown how much the data narrow it, which data do, and with what it trades off."""
    unknowns = fit.unknowns
    spread = covariance(fit, unknowns)
    deviation = np.sqrt(np.diag(spread))
    together = spread / np.outer(deviation, deviation)
    prior = unknowns.prior_slope
    before = np.sqrt(np.diag(np.linalg.inv(prior.T @ prior)))
    misfit = Misfit(unknowns, fit.setting, left_out=fit.left_out)
    squares = fit.slope[: misfit.observed.size] ** 2
    told = squares.reshape(len(misfit.targets), -1, len(unknowns)).sum(axis=1)  # [T, U]
    names = [name_of(unknown) for unknown in unknowns.names]
    found = []
    for place, name in enumerate(names):
        most = [
            row for row in np.argsort(-told[:, place])[:3] if told[row, place] > 0.1 * told[:, place].sum()
        ]
        cells = [misfit.targets[row].cell for row in most]
        others = np.argsort(-np.abs(together[place]))
        trades = [names[i] for i in others if i != place and abs(together[place, i]) >= CLOSE][:3]
        found.append(
            Identified(
                name,
                float(np.exp(fit.x[place])),
                float(deviation[place]),
                float(deviation[place] / before[place]),
                tuple(f"{cell.indicator} {cell.nationality}" for cell in cells),
                tuple(trades),
            )
        )
    return found


def accept(
    fit: Fit, *, wanted: int = 24, tries: int = 8, seed: int = 1, workers: int = 2
) -> tuple[list[dict[str, Any]], float]:
    """Draw parameter sets that the data do not rule out.

    Parameters
    ----------
    wanted : int
        Sets.
    tries : int
        Draws for each set wanted, at most.

    Returns
    -------
    sets : list of dict
        Values as `ParameterSet.with_values` takes them; at most `wanted`, the fit itself not among them.
    rate : float
        Share of draws that were accepted. If too few are, the draws are moved closer to the fit and tried again.
    """
    unknowns = fit.unknowns
    misfit = Misfit(unknowns, fit.setting, left_out=fit.left_out)
    root = np.linalg.cholesky(covariance(fit, unknowns))
    free = float(np.sum(identified_directions(fit, unknowns)))
    limit = fit.loss + 0.5 * TOGETHER * float(chi2.ppf(REACH, free))
    rng = np.random.default_rng(seed)
    sets: list[dict[str, Any]] = []
    drawn, width = 0, WIDER
    while len(sets) < wanted and drawn < wanted * tries:
        points = [np.array(fit.x) + width * root @ rng.standard_normal(len(unknowns)) for _ in range(wanted)]
        values = [unknowns.values(x) for x in points]
        simulated = run_tasks(
            simulate, [(each, replace(fit.setting), misfit.cells) for each in values], workers=workers
        )
        losses = [
            robust(np.concatenate([misfit.compare(made), unknowns.prior(x)]))
            for made, x in zip(simulated, points, strict=True)
        ]
        good = [value for value, loss in zip(values, losses, strict=True) if loss <= limit]
        sets += good
        drawn += wanted
        if len(good) < wanted // 4:
            width *= 0.8
    return sets[:wanted], len(sets) / drawn


def identified_directions(fit: Fit, unknowns: Unknowns) -> np.ndarray:
    """How much of each independent direction the data (and not the prior) tell, from 0 to 1."""
    slope = fit.slope / np.sqrt(TOGETHER)
    prior = unknowns.prior_slope
    told, held = slope.T @ slope, prior.T @ prior
    return np.real(np.linalg.eigvals(np.linalg.solve(told + held, told))).clip(0.0, 1.0)


def spread_of(sets: Sequence[dict[str, Any]], id: str, key: str | None = None) -> np.ndarray:
    """Values of one undated parameter over accepted sets."""
    return np.array([each[id] if key is None else each[id][key] for each in sets], dtype=float)
