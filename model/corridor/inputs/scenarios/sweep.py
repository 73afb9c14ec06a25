"""Sweeps: one scenario file that stands for many, each with other values of its interventions or of parameters.

    sweep:
      method: latin_hypercube        # or sobol, or grid
      size: 32                       # of a grid: the product of its lists
      over:
        - {intervention: half-the-guard, range: [0, 32000]}
        - {parameter: crossing_rate, range: [0.4, 1.2]}

Designs come from SciPy (`scipy.stats.qmc`), keyed by the seed of the block: the same file gives the same points.
`corridor.inputs.scenarios.variants` makes the scenario of each point.
"""

from __future__ import annotations

from itertools import product
from typing import Literal

from pydantic import Field

from corridor.inputs.scenarios.entries import Number, Part

MOST_POINTS = 10_000
DIGITS = 6  # significant, of a point's values


class Dimension(Part):
    """What is varied: the value of an intervention of the file, or a parameter; in a range or over a list."""

    intervention: str | None = Field(
        default=None, description="Id of an intervention of this file, whose `to` is varied."
    )
    parameter: str | None = Field(default=None, description="A parameter that is one number.")
    range: tuple[Number, Number] | None = Field(
        default=None, strict=False, description="Lowest and highest value; not of a grid."
    )
    values: tuple[Number, ...] | None = Field(default=None, strict=False, description="The values of a grid.")

    @property
    def name(self) -> str:
        """The intervention or the parameter."""
        return self.intervention or self.parameter or ""


class Sweep(Part):
    """The `sweep:` block of a scenario file."""

    method: Literal["grid", "latin_hypercube", "sobol"] = Field(
        default="grid", description="Every combination of listed values, or a design that fills ranges."
    )
    size: int | None = Field(
        default=None,
        ge=2,
        le=MOST_POINTS,
        description="Number of points; of a grid it is the product of its lists.",
    )
    seed: int = Field(default=1, ge=0, description="Seed of the design: the same file gives the same points.")
    over: tuple[Dimension, ...] = Field(strict=False, description="What is varied, one entry each.")

    def points(self) -> list[tuple[float, ...]]:
        """Values of the dimensions at every point, in order."""
        if self.method == "grid":
            return list(product(*(each.values or () for each in self.over)))
        from scipy.stats import qmc

        size = 0 if self.size is None else self.size
        if self.method == "sobol":  # the first of a whole power of 2: SciPy warns of any other number
            unit = qmc.Sobol(len(self.over), rng=self.seed).random_base2(max(size - 1, 0).bit_length())[:size]
        else:
            unit = qmc.LatinHypercube(len(self.over), rng=self.seed).random(size)
        low, high = zip(*(each.range or (0.0, 0.0) for each in self.over), strict=True)
        return [tuple(float(f"{value:.{DIGITS}g}") for value in row) for row in qmc.scale(unit, low, high)]
