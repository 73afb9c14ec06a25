"""What all replicates of one scenario share: the days ahead as records, and the map from counts to indicators."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from corridor.engine.recording.cells import CellMap, make_cell_map
from corridor.engine.recording.definitions import ALL, PRICES
from corridor.engine.recording.recorder import Reading, make_reading
from corridor.engine.records.network import build_outlook, build_world, normal_table
from corridor.foundations.timeline import WEEKLY
from corridor.inputs.compiling.drivers import GOVERNMENTS, Drivers


@dataclass(frozen=True, eq=False)
class Plan:
    """Read-only companions of the drivers."""

    outlook: np.ndarray
    normal: np.ndarray
    reading: Reading
    morning: np.ndarray  # the world of any replicate on day 0, WORLD[1] as bytes
    period_starts: frozenset[int]
    stops: tuple[int, ...]  # days on which Python looks in anyway: weeks, periods, one-night events, the end
    drivers: Drivers
    _noticed: dict[tuple, tuple[int, ...]] = field(default_factory=dict)

    def change_days(self, watched: str, members: tuple[str, ...] | None = None) -> tuple[int, ...]:
        """Days on which something watched differs from the day before.

        Parameters
        ----------
        watched
            A lever, a daily series of the drivers (members are places), or a dated parameter.
        members
            Those that matter; None for all.
        """
        if (watched, members) not in self._noticed:
            self._noticed[watched, members] = tuple(self._changes(watched, members).tolist())
        return self._noticed[watched, members]

    def _changes(self, watched: str, members: tuple[str, ...] | None) -> np.ndarray:
        drivers = self.drivers
        if watched in drivers.levers:
            return drivers.levers[watched].change_days(members)
        if watched in drivers.parameters:
            parameter = drivers.parameters[watched]
            by_day = parameter.daily_by_nationality if parameter.over else parameter.daily
            series = by_day(drivers.timeline)
        else:
            series = getattr(drivers, watched)
        if members is not None:
            series = series[:, [drivers.geography.codes[member] for member in members]]
        moved = series[1:] != series[:-1]
        return np.flatnonzero(moved.reshape(len(moved), -1).any(axis=1)) + 1


_cell_maps: dict[tuple, CellMap] = {}


def _cell_map_of(drivers: Drivers) -> CellMap:
    """The map of these places and prices: whatever else differs, scenarios share it, as it takes long to make."""
    prices = {name: drivers.parameters[name].scalar() for name in PRICES}
    key = *prices.values(), drivers.geography.fingerprint
    if key not in _cell_maps:
        if len(_cell_maps) > 7:
            _cell_maps.clear()
        members = {
            "trade_lost_usd": (ALL, *drivers.levers["us.crossings_closed"].members),
            "satisfaction": GOVERNMENTS,
            "satisfaction_end": GOVERNMENTS,
        }
        _cell_maps[key] = make_cell_map(drivers.geography, prices, members)
    return _cell_maps[key]


@lru_cache(maxsize=8)
def plan_of(drivers: Drivers) -> Plan:
    """The plan of these drivers, made once."""
    days = drivers.timeline.days
    months = np.flatnonzero(np.diff(drivers.timeline.calendar_month, prepend=0))
    starts = np.arange(days) if drivers.daily else np.append(months, drivers.timeline.report_day)
    nights = {day for day, _ in drivers.caravans} | {
        day for group in drivers.group_arrivals for day in group[:2] if day < days
    }
    return Plan(
        build_outlook(drivers),
        normal_table(),
        make_reading(drivers, _cell_map_of(drivers)),
        build_world(drivers).view(np.uint8),
        frozenset(starts.tolist()),
        tuple(sorted({*range(0, days, WEEKLY), *starts.tolist(), *nights, days})),
        drivers,
    )


def report_order(drivers: Drivers) -> list[str]:
    """Periods of a recording: days if they are reported, then months, then years."""
    timeline = drivers.timeline
    days = range(timeline.report_day, timeline.days) if drivers.daily else ()
    return [timeline.date_of(day).isoformat() for day in days] + timeline.months() + timeline.years()
