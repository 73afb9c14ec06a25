"""What is kept of a replicate: the tally of each period, read when the period ends, added up to months and years.

The kernel counts exits, entries, harm and person-days; `definitions` says which counts make an indicator, `cells` maps
one to the other. Stocks are person-days over days; means are a sum over a sum; the rest are sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from corridor.engine.recording.book import Entry
from corridor.engine.recording.cells import CellMap, Cells, make_series
from corridor.engine.recording.definitions import ALL, FIELDS, OFFSETS, WIDTH
from corridor.engine.records.layout import MILLION, NATIONS, PLACES
from corridor.inputs.compiling.drivers import GOVERNMENTS, Drivers
from corridor.inputs.registries.nationalities import NATIONALITIES

Fields = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Recording:
    """One replicate: float64[P, C] by period and cell; NaN where undefined."""

    periods: tuple[str, ...]
    cells: Cells
    values: np.ndarray
    fates: np.ndarray | None = None
    deals: tuple[Entry, ...] | None = None


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


@dataclass(frozen=True, eq=False)
class Reading:
    """What the recorders of all replicates share: which counts matter, and what they add up to."""

    map: CellMap
    people: int  # for whom one simulated person stands
    counts: tuple[tuple[str, np.ndarray], ...]  # fields of the tally, and which of their numbers
    matrix: sparse.csr_matrix  # from those numbers to cells, then to the arrivals behind each mean, in people
    decided: np.ndarray  # cells that the drivers decide, or to which they add
    series: np.ndarray  # their daily values
    means: np.ndarray  # cells that are divided by arrivals
    unique: np.ndarray  # cells of different people: all, then by nationality


def make_reading(drivers: Drivers, cell_map: CellMap) -> Reading:
    """Prepare to read the tallies of runs with these drivers."""
    means = cell_map.matrix[cell_map.per_arrival]
    arrivals = means.indices + OFFSETS["arrived"] - OFFSETS["travel_days"]
    arrived = sparse.csr_matrix((np.ones(len(arrivals)), arrivals, means.indptr), shape=means.shape)
    matrix = sparse.csr_matrix(sparse.vstack([cell_map.matrix, arrived]))
    scale = np.full(WIDTH, float(drivers.people_per_agent))
    scale[OFFSETS["paroled"] : OFFSETS["paroled"] + NATIONS] = 1.0  # people already
    scale[OFFSETS["patrol_days"] : OFFSETS["patrol_days"] + PLACES] = 1.0  # of sectors
    matrix.data *= scale[matrix.indices]
    used = np.unique(matrix.indices)
    counts = []
    for name, shape in FIELDS.items():
        first = OFFSETS[name]
        inside = used[(first <= used) & (used < first + int(np.prod(shape)))]
        counts.append((name, inside - first))
    return Reading(
        cell_map,
        drivers.people_per_agent,
        tuple(counts),
        matrix[:, used],
        *make_series(drivers, cell_map),
        np.flatnonzero(cell_map.per_arrival),
        np.array([cell_map.at["unique_people", ALL, nation] for nation in (ALL, *NATIONALITIES)]),
    )


class Recorder:
    """Reads the tally at the end of each base period and closes days, months and years.

    Parameters
    ----------
    reading : Reading
    series : float64[S, D]
        Daily values of the cells that the drivers decide, as this replicate has them.
    tally, places, offices : dict of str to numpy.ndarray
        Fields of the records that it reads.
    """

    def __init__(self, reading: Reading, series: np.ndarray, tally: Fields, places: Fields, offices: Fields):
        self.reading, self.map, self._series = reading, reading.map, series
        self._tally, self._places, self._offices = tally, places, offices
        self._counts = {name: tally[name].reshape(-1) for name in FIELDS if name in tally}
        self.periods: list[str] = []
        self.values: list[np.ndarray] = []

    def read(self, first: int, last: int) -> Sums:
        """Sums of the days `first` to `last - 1`."""
        present, shelter = self._places["present"], self._places["shelter"]
        overflow = np.maximum(present - shelter, 0.0)  # read of cities alone
        counts = self._counts | {"present": self._places["by_nation"].reshape(-1), "overflow": overflow}
        vector = np.concatenate([counts[name][wanted] for name, wanted in self.reading.counts])
        both = self.reading.matrix @ vector
        raw, arrived = both[: len(self.map.cells)], both[len(self.map.cells) :]
        raw[self.reading.decided] += self._series[:, first:last].sum(axis=1)
        return Sums(
            raw,
            arrived,
            float(last - first),
            float(self._tally["peak_day"][0]) * self.reading.people,
            self._tally["satisfaction"].copy(),
            self._offices["satisfaction"][: len(GOVERNMENTS)].copy(),
        )

    def close(self, period: str, sums: Sums, *, distinct: np.ndarray | None) -> None:
        """Write the values of one period; `distinct` holds different people by nation, None where it is not known."""
        at, values = self.map.at, sums.raw.copy()
        values[self.map.per_day] /= sums.days
        means = self.reading.means
        values[means] = np.divide(
            values[means], sums.arrived, out=np.full(len(means), np.nan), where=sums.arrived > 0
        )
        values[self.map.distinct] = np.nan
        if distinct is not None:
            people = distinct[: len(NATIONALITIES)] * float(self.reading.people)
            values[self.reading.unique] = [people.sum(), *people]
        values[at["encounters_peak_day", ALL, ALL]] = sums.peak
        for index, government in enumerate(GOVERNMENTS):
            values[at["satisfaction", government, ALL]] = sums.satisfaction[index] / sums.days / MILLION
            values[at["satisfaction_end", government, ALL]] = sums.satisfaction_end[index]
        self.periods.append(period)
        self.values.append(values)

    def recording(
        self, order: list[str], fates: np.ndarray | None, deals: tuple[Entry, ...] | None = None
    ) -> Recording:
        """The recording with periods in the order given."""
        place = {period: index for index, period in enumerate(self.periods)}
        values = np.stack([self.values[place[period]] for period in order])
        return Recording(tuple(order), self.map.cells, values, fates, deals)
