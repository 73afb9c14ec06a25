"""Sweeps: one scenario file that stands for many, each with other values of its interventions or of parameters.

    sweep:
      method: latin_hypercube        # or sobol, or grid
      size: 32                       # of a grid: the product of its lists
      over:
        - {intervention: half-the-guard, range: [0, 32000]}
        - {parameter: crossing_rate, range: [0.4, 1.2]}

Designs come from SciPy (`scipy.stats.qmc`), keyed by the seed of the block: the same file gives the same points.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from corridor.inputs.scenarios.entries import Number, Override, Part

if TYPE_CHECKING:
    from corridor.inputs.scenarios.scenario import Scenario

MOST_POINTS = 10_000
DIGITS = 6  # significant, of a point's values


class Dimension(Part):
    """What is varied: the value of an intervention of the file, or a parameter; in a range or over a list."""

    intervention: str | None = None
    parameter: str | None = None
    range: tuple[Number, Number] | None = Field(default=None, strict=False)
    values: tuple[Number, ...] | None = Field(default=None, strict=False)

    @property
    def name(self) -> str:
        """The intervention or the parameter."""
        return self.intervention or self.parameter or ""


class Sweep(Part):
    """The `sweep:` block of a scenario file."""

    method: Literal["grid", "latin_hypercube", "sobol"] = "grid"
    size: int | None = Field(default=None, ge=2, le=MOST_POINTS)
    seed: int = Field(default=1, ge=0)
    over: tuple[Dimension, ...] = Field(strict=False)

    def points(self) -> list[tuple[float, ...]]:
        """Values of the dimensions at every point, in order."""
        if self.method == "grid":
            return list(product(*(each.values or () for each in self.over)))
        from scipy.stats import qmc

        design = {"latin_hypercube": qmc.LatinHypercube, "sobol": qmc.Sobol}[self.method]
        unit = design(len(self.over), rng=self.seed).random(self.size or 0)
        low, high = zip(*(each.range or (0.0, 0.0) for each in self.over), strict=True)
        return [tuple(float(f"{value:.{DIGITS}g}") for value in row) for row in qmc.scale(unit, low, high)]


def variants(scenario: Scenario) -> list[tuple[Scenario, tuple[float, ...]]]:
    """The scenarios that a file stands for, with the point of each; the scenario itself where it has no sweep.

    A variant is compared with what its file is compared with, and bears its name and a number.
    """
    sweep = scenario.sweep
    if sweep is None:
        return [(scenario, ())]
    points = sweep.points()
    width = len(str(len(points)))
    return [
        (variant_at(scenario, point, f"{scenario.name}-{number:0{width}d}"), point)
        for number, point in enumerate(points, 1)
    ]


def variant_at(scenario: Scenario, point: tuple[float, ...], name: str) -> Scenario:
    """The scenario at one point of what its sweep varies."""
    sweep = scenario.sweep
    assert sweep is not None
    to = {
        each.intervention: value for each, value in zip(sweep.over, point, strict=True) if each.intervention
    }
    given = {each.parameter: value for each, value in zip(sweep.over, point, strict=True) if each.parameter}
    note = f"a point of the sweep of {scenario.name}"
    return scenario.model_copy(
        update={
            "name": name,
            "sweep": None,
            "baseline": scenario.baseline_name,
            "interventions": tuple(
                entry.model_copy(update={"to": to[entry.id]}) if entry.id in to else entry
                for entry in scenario.interventions
            ),
            "overrides": scenario.overrides
            | {key: Override(value=value, note=note) for key, value in given.items()},
        }
    )
