"""Data of the smoother: logarithms of monthly counts, their errors, and which unknowns see which of them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from corridor.experiments.estimation.declared import RATES, Estimation
from corridor.experiments.estimation.unknowns import Block
from corridor.outputs.observations import observed_values
from corridor.outputs.rows import ALL, Cell


def cells_of(declared: Estimation) -> list[Cell]:
    """The cells of the series, in their order."""
    return [each.cell for each in declared.series]


class Data:
    """The published months that an estimate sees.

    Parameters
    ----------
    months : list of str
        Reported months, T of them, as members are recorded.
    left_out : collection of str
        Months that are simulated and not compared.
    counts : float64[C, T], optional
        Data made by the model with known values, in place of what was published.

    Attributes
    ----------
    cells : list of Cell
        C series.
    counts : float64[C, T]
        As published; NaN where nothing was, or the month is left out.
    observed, error : float64[D]
        Logarithms of what is there, and the standard deviation of their error.
    columns : int64[D]
        Place of the month of each.
    """

    def __init__(
        self,
        months: list[str],
        declared: Estimation,
        *,
        people_per_agent: int,
        left_out: Collection[str] = (),
        counts: NDArray[np.float64] | None = None,
    ):
        self.months, self.declared = months, declared
        self.cells = cells_of(declared)
        self.counts = self._published() if counts is None else counts.copy()
        self.counts[:, [month in left_out for month in months]] = np.nan
        self._there = np.isfinite(self.counts)
        self._rows, self.columns = np.nonzero(self._there)
        counts = self.counts[self._there]
        self.observed = np.log(counts + declared.damping)
        party = (
            people_per_agent * declared.people_in_a_party
        )  # a count is of whole parties, and none may be one too few
        of_sample = party * np.maximum(counts, party) / (counts + declared.damping) ** 2
        of_series = np.array([each.error for each in declared.series])[self._rows]
        self.error = np.sqrt(of_series**2 + of_sample)

    def _published(self) -> NDArray[np.float64]:
        """What was published by month, and what was given for single months; float64[C, T]."""
        counts = observed_values(self.cells, self.months).T.copy()
        for row, series in enumerate(self.declared.series):
            for month, value in series.given.items():
                if month in self.months:
                    counts[row, self.months.index(month)] = value
        return counts

    def made(self, recorded: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logarithms of what a member recorded (float64[C, T]), in the order of the data: float64[D]."""
        return np.log(recorded[self._there] + self.declared.damping)

    def seen_by(self, block: Block) -> NDArray[np.intp]:
        """Places of the data that a block of unknowns sees."""
        series = self.declared.series
        mine = np.array(
            [
                block.kind in each.seen_by
                and (block.nationality == ALL or each.cell.nationality == block.nationality)
                for each in series
            ]
        )[self._rows]
        if block.kind != RATES:
            reach = self.declared.reach[block.kind]
            first = np.datetime64(block.month, "M") - reach.before
            last = np.datetime64(block.month, "M") + reach.after
            when = np.array(self.months, dtype="datetime64[M]")[self.columns]
            mine &= (when >= first) & (when <= last)
        return np.flatnonzero(mine)
