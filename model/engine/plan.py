"""What all replicates of one scenario share: the days ahead as records, and the map from counts to indicators."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.engine.cells import CellMap, make_cell_map, make_series
from model.engine.definitions import ALL
from model.engine.network import build_outlook, normal_table
from model.spec.drivers import GOVERNMENTS, Drivers


@dataclass(frozen=True, eq=False)
class Plan:
    """Read-only companions of the drivers."""

    outlook: np.ndarray
    normal: np.ndarray
    cell_map: CellMap
    series: dict[int, np.ndarray]
    stops: np.ndarray  # days on which Python looks in: institutions, changes, ends of periods
    changes: frozenset[int]
    period_starts: frozenset[int]


_cell_maps: dict[tuple[str, str], CellMap] = {}


def _cell_map_of(drivers: Drivers) -> CellMap:
    """The map of these parameters and places: scenarios without overrides share one."""
    key = drivers.parameters.hash, drivers.geography.fingerprint
    if key not in _cell_maps:
        if len(_cell_maps) > 7:
            _cell_maps.clear()
        members = {
            "trade_lost_usd": (ALL, *drivers.levers["us.crossings_closed"].members),
            "satisfaction": GOVERNMENTS,
            "satisfaction_end": GOVERNMENTS,
        }
        _cell_maps[key] = make_cell_map(drivers.geography, drivers.parameters, members)
    return _cell_maps[key]


@lru_cache(maxsize=8)
def plan_of(drivers: Drivers) -> Plan:
    """The plan of these drivers, made once."""
    cell_map = _cell_map_of(drivers)
    days = drivers.timeline.days
    months = np.flatnonzero(np.diff(drivers.timeline.calendar_month, prepend=0))
    starts = np.arange(days) if drivers.daily else np.append(months, drivers.timeline.report_day)
    changes = drivers.change_days[(drivers.change_days >= 0) & (drivers.change_days < days)]
    stops = np.unique(np.concatenate([np.arange(0, days, 7), starts, changes, [days]]))
    return Plan(
        build_outlook(drivers),
        normal_table(),
        cell_map,
        make_series(drivers, cell_map),
        stops,
        frozenset(changes.tolist()),
        frozenset(starts.tolist()),
    )
