"""Least squares on monthly logarithms, from a start that may be drawn at random, with checkpoints.

Gauss-Newton with a trust region and a robust loss (SciPy `least_squares`) on common random numbers: two trials differ
by their values and not by luck. Several starts tell how far to trust the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from corridor.experiments.calibration.declared import load_declared
from corridor.experiments.calibration.misfit import Misfit, Unknowns, explain
from corridor.experiments.calibration.scaling import guess_demand, scale_demand
from corridor.experiments.calibration.trial import Setting, known_parameters
from corridor.outputs.files import write_files

ROUNDS = 6  # of proportional scaling before least squares
LARGEST_MOVE = 3.0  # from the start, log points
Tell = Callable[[str], None]


class _EnoughError(Exception):
    """Derivatives were measured as often as was asked for."""


@dataclass(frozen=True)
class Fit:
    """What a fit found.

    Attributes
    ----------
    setting : Setting
        Months and mechanisms.
    values : dict
        Parameter values, as `ParameterSet.with_values` takes them.
    x, spread : list of float
        The unknowns, and the standard deviation of each around them (from the slope; see `accepted`).
    loss, data_loss : float
        Robust loss with and without the prior.
    """

    setting: Setting
    left_out: tuple[str, ...]
    seed: int
    values: dict[str, Any]
    start: list[float]
    x: list[float]
    guess: dict[str, dict[str, float]]
    loss: float
    data_loss: float
    trials: int
    by_target: list[tuple[str, str, float, float]]
    slope: np.ndarray = field(repr=False)

    @property
    def unknowns(self) -> Unknowns:
        """What was moved."""
        return Unknowns(self.setting, self.guess)

    def as_json(self) -> str:
        """The fit as text; numbers are kept to the bit."""
        return json.dumps({**asdict(self), "slope": self.slope.tolist()}) + "\n"


def read_fit(path: Path) -> Fit:
    """Read a fit that `Fit.as_json` wrote."""
    data = json.loads(path.read_text(encoding="utf-8"))
    data |= {
        "setting": Setting(**data["setting"]),
        "left_out": tuple(data["left_out"]),
        "slope": np.array(data["slope"]),
        "by_target": [tuple(row) for row in data["by_target"]],
    }
    return Fit(**data)


def central_values(setting: Setting) -> dict[str, Any]:
    """Every rate at the centre of its prior: nothing that an earlier fit found."""
    known = known_parameters(setting.until, setting.off)
    forced = load_declared().mechanisms[setting.off].parameters if setting.off else {}
    return {
        rate.id: rate.scaled(1.0, known[rate.id].bounds)
        for rate in load_declared().rates
        if rate.id not in forced
    }


def fit(
    setting: Setting,
    *,
    left_out: Collection[str] = (),
    seed: int = 0,
    steps: int = 10,
    start: Callable[[Unknowns], Sequence[float]] | None = None,
    renewed: int = 1,
    workers: int = 2,
    checkpoint: Path | None = None,
    tell: Tell = lambda _: None,
) -> Fit:
    """Fit history.

    Parameters
    ----------
    left_out : collection of str
        Months that are simulated and not compared.
    seed : int
        0 starts from the centre of the prior; another number draws the start of the rates from it.
    start : callable, optional
        Says where to start instead.
    steps : int
        Points at which all derivatives are measured, at most; a step that makes things worse is cheap and not counted.
    checkpoint : Path, optional
        File in which each better point is kept, and from which an interrupted fit goes on.
    tell : callable
        Called with a line of progress.
    """
    values = central_values(setting)
    guess = scale_demand(guess_demand(setting.until), setting, values, rounds=ROUNDS)
    unknowns = Unknowns(setting, guess)
    misfit = Misfit(unknowns, setting, left_out=left_out, workers=workers, renewed=renewed)
    begin = unknowns.centre.copy() if start is None else np.array(start(unknowns))
    if seed:
        rates = np.array([not unknown.day for unknown in unknowns.names])
        begin[rates] += (unknowns.spread * np.random.default_rng(seed).standard_normal(len(begin)))[rates]
    if checkpoint and checkpoint.is_file():
        begin = np.array(json.loads(checkpoint.read_text(encoding="utf-8"))["x"])
        tell(f"going on from {checkpoint}")
    best, point = np.inf, begin

    def measured(x: np.ndarray) -> np.ndarray:
        nonlocal best, point
        residuals = misfit(x)
        loss = robust(residuals)
        tell(f"trial {misfit.trials}: loss {loss:.1f}")
        if loss < best:
            best, point = loss, x.copy()
            if checkpoint:
                write_files(
                    checkpoint.parent, {checkpoint.name: json.dumps({"x": x.tolist(), "loss": loss}).encode()}
                )
        return residuals

    def slope(x: np.ndarray) -> np.ndarray:
        if misfit.measured >= steps:
            raise _EnoughError
        return misfit.slope(x)

    with suppress(_EnoughError):
        least_squares(
            measured,
            begin,
            jac=slope,  # pyright: ignore[reportArgumentType]  # SciPy's stubs know names only
            loss="soft_l1",
            f_scale=2.0,
            x_scale=np.minimum(unknowns.spread, 0.5),
            max_nfev=20 * steps,
            bounds=(begin - LARGEST_MOVE, begin + LARGEST_MOVE),
        )
    residuals = misfit(point)
    return Fit(
        setting=setting,
        left_out=tuple(sorted(left_out)),
        seed=seed,
        values=unknowns.values(point),
        start=begin.tolist(),
        x=point.tolist(),
        guess=guess,
        loss=robust(residuals),
        data_loss=robust(residuals[: misfit.count]),
        trials=misfit.trials,
        by_target=list(explain(misfit, point)),
        slope=misfit.slope(point)[: misfit.count],
    )


def carried_start(unknowns: Unknowns, other: Fit) -> list[float]:
    """The end of another fit as a start; what it did not move starts at its centre."""
    found = dict(zip(other.unknowns.names, other.x, strict=True))
    start = unknowns.centre.copy()
    for place, name in enumerate(unknowns.names):
        start[place] = found.get(name, start[place])
    return start.tolist()


def robust(residuals: np.ndarray) -> float:
    """Half the sum of soft-L1 losses with scale 2, as `least_squares` has it."""
    return float(2.0**2 * (np.sqrt(1.0 + (residuals / 2.0) ** 2) - 1.0).sum())
