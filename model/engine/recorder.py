"""What is kept of a replicate: the tally of each period, read when the period ends, added up to months and years.

The kernel counts exits, entries, harm and person-days; `definitions` says which counts make an indicator, `cells` maps
one to the other. Stocks are person-days over days; means are a sum over a sum; the rest are sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from model.engine.cells import CellMap, Cells
from model.engine.definitions import ALL, FIELDS, OFFSETS, WIDTH
from model.engine.layout import MILLION, NATIONS
from model.spec.drivers import GOVERNMENTS, Drivers
from model.spec.geography import NATIONALITIES


@dataclass(frozen=True)
class Recording:
    """One replicate: float64[P, C] by period and cell; NaN where undefined."""

    periods: tuple[str, ...]
    cells: Cells
    values: np.ndarray
    fates: np.ndarray | None = None


@dataclass
class Sums:
    """Raw sums of a period; two consecutive periods add up to a longer one."""

    raw: np.ndarray
    arrived: np.ndarray
    days: float
    peak: float
    satisfaction: np.ndarray  # millionths times days
    satisfaction_end: np.ndarray  # on the last day

    def copy(self) -> Sums:
        """A copy that can be added to."""
        return Sums(
            self.raw.copy(),
            self.arrived.copy(),
            self.days,
            self.peak,
            self.satisfaction.copy(),
            self.satisfaction_end,
        )

    def add(self, later: Sums, last_day: np.ndarray) -> None:
        """Extend by the period that follows."""
        self.raw = np.where(last_day, later.raw, self.raw + later.raw)
        self.arrived = self.arrived + later.arrived
        self.days += later.days
        self.peak = max(self.peak, later.peak)
        self.satisfaction = self.satisfaction + later.satisfaction
        self.satisfaction_end = later.satisfaction_end


class Recorder:
    """Reads the tally at the end of each base period and closes days, months and years."""

    def __init__(self, drivers: Drivers, cell_map: CellMap, series: dict[int, np.ndarray]):
        self.map = cell_map
        self._series = series
        self._people = drivers.people_per_agent
        self._scale = np.full(WIDTH, float(self._people))
        paroled = OFFSETS["paroled"]
        self._scale[paroled : paroled + NATIONS] = 1.0  # people already
        self._arrived = self._denominators()
        self.periods: list[str] = []
        self.values: list[np.ndarray] = []

    def _denominators(self) -> sparse.csr_matrix:
        """The map from a tally to the number of arrivals behind each mean."""
        means = self.map.matrix[self.map.per_arrival]
        columns = means.indices + OFFSETS["arrived"] - OFFSETS["travel_days"]
        return sparse.csr_matrix((np.ones(len(columns)), columns, means.indptr), shape=means.shape)

    def read(self, world: np.void, tally: np.void, first: int, last: int) -> Sums:
        """Sums of the days `first` to `last - 1`."""
        places = world["places"]
        beyond = np.where(places["shelter"] > 0, np.maximum(places["present"] - places["shelter"], 0.0), 0.0)
        ends = {"present": places["by_nation"], "overflow": beyond}
        vector = np.concatenate([(ends[name] if name in ends else tally[name]).ravel() for name in FIELDS])
        vector = vector * self._scale
        raw = self.map.matrix @ vector
        for cell, daily in self._series.items():
            raw[cell] = daily[first:last].sum()
        days = float(last - first)
        return Sums(
            raw,
            self._arrived @ vector,
            days,
            float(tally["peak_day"]) * self._people,
            tally["satisfaction"].copy(),
            world["offices"]["satisfaction"][: len(GOVERNMENTS)].copy(),
        )

    def close(self, period: str, sums: Sums, *, distinct: np.ndarray | None) -> None:
        """Write the values of one period; `distinct` holds different people by nation, None where it is not known."""
        at, values = self.map.at, sums.raw.copy()
        values[self.map.per_day] /= sums.days
        means = np.flatnonzero(self.map.per_arrival)
        values[means] = np.divide(
            values[means], sums.arrived, out=np.full(len(means), np.nan), where=sums.arrived > 0
        )
        values[self.map.distinct] = np.nan
        if distinct is not None:
            people = distinct[: len(NATIONALITIES)] * float(self._people)
            values[at["unique_people", ALL, ALL]] = people.sum()
            for code, nation in enumerate(NATIONALITIES):
                values[at["unique_people", ALL, nation]] = people[code]
        values[at["encounters_peak_day", ALL, ALL]] = sums.peak
        for index, government in enumerate(GOVERNMENTS):
            values[at["satisfaction", government, ALL]] = sums.satisfaction[index] / sums.days / MILLION
            values[at["satisfaction_end", government, ALL]] = sums.satisfaction_end[index]
        self.periods.append(period)
        self.values.append(values)

    def recording(self, order: list[str], fates: np.ndarray | None) -> Recording:
        """The recording with periods in the order given."""
        place = {period: index for index, period in enumerate(self.periods)}
        values = np.stack([self.values[place[period]] for period in order])
        return Recording(tuple(order), self.map.cells, values, fates)
