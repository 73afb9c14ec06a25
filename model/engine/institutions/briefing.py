"""What institutions may know: last week's counts and today's stocks, as people, computed once for all of them."""

from __future__ import annotations

import numpy as np

from model.engine.codes import Cross, Custody, Leg, Station
from model.spec.geography import Geography


class Briefing:
    """Flows are people a day over the last week; stocks are people today."""

    def __init__(self, world: np.void, geography: Geography, represents: float):
        self._week = world["week"]
        self._present = world["places"]["present"]
        self._by_nation = world["places"]["by_nation"]
        self._scale = represents
        self._clock = world["clock"]
        self.crossings = np.array([code for code, _ in geography.of_kind("cross")])
        self.custodies = np.array([code for code, _ in geography.of_kind("custody")])
        self.cities = np.array([code for code, _ in geography.of_kind("wait")])
        self.stations = np.array([code for code, _ in geography.of_kind("station")])
        self.legs = np.array([code for code, _ in geography.of_kind("leg")])
        self.refresh()

    def refresh(self) -> None:
        """Read the world; the week's counts are set to zero by the simulation afterwards."""
        daily = self._scale / 7.0
        self.encounters_by_sector = self._week[self.crossings, Cross.APPREHENDED] * daily
        self.encounters = float(self.encounters_by_sector.sum())
        released = self._week[self.custodies][:, (Custody.RELEASED, Custody.STREET_RELEASE)]
        sent = self._week[self.custodies][:, (Custody.EXPELLED_TO_MEXICO, Custody.RETURNED_TO_MEXICO)]
        self.sent_to_mexico = float(sent.sum()) * daily
        self.releases = float(released.sum()) * daily
        self.unsponsored = float(self._clock["unsponsored"]) * daily
        self.detections = float(self._week[self.legs, Leg.DETECTED].sum()) * daily
        self.returns = float(self._week[self.stations, Station.RETURNED_HOME].sum()) * daily
        self.transfers = float(self._week[self.stations, Station.MOVED_SOUTH].sum()) * daily
        self.waiting_by_city = self._present[self.cities] * self._scale
        self.waiting = float(self.waiting_by_city.sum())
        self.held = self._present[self.custodies] * self._scale
        self.in_stations = self._by_nation[self.stations].sum(axis=0) * self._scale
