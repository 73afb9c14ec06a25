"""What institutions may know: last week's counts and today's stocks, as people, computed once for all of them."""

from __future__ import annotations

import numpy as np

from corridor.engine.records.codes import Cross, Custody, Leg
from corridor.engine.records.layout import EXITS
from corridor.inputs.registries.geography import Geography

#: What happened last week: kind of place, and the exits that people took from it.
HAPPENED = (
    ("custody", (Custody.EXPELLED_TO_MEXICO, Custody.RETURNED_TO_MEXICO)),
    ("custody", (Custody.RELEASED, Custody.STREET_RELEASE)),
    ("leg", (Leg.DETECTED,)),
)


class Briefing:
    """Flows are people a day over the last week; stocks are people today.

    Parameters
    ----------
    week : float64[places, exits]
        People who took each exit since the last briefing.
    present, by_nation : int64[places], int64[places, nations]
        Who is where.
    clock : numpy.void
        Holds the people released without a sponsor since the last briefing.
    represents : float
        People for whom one simulated person stands.
    """

    def __init__(
        self,
        week: np.ndarray,
        present: np.ndarray,
        by_nation: np.ndarray,
        clock: np.void,
        geography: Geography,
        represents: float,
    ):
        self._week, self._present, self._by_nation = week.reshape(-1), present, by_nation
        self._clock, self._scale = clock, represents

        def codes(kind: str) -> np.ndarray:
            return np.array([code for code, _ in geography.of_kind(kind)])

        def taken(kind: str, exits: tuple[int, ...]) -> np.ndarray:
            return (codes(kind)[:, None] * EXITS + np.array(exits)).reshape(-1)

        self._apprehended = taken("cross", (Cross.APPREHENDED,))
        self._happened = [taken(kind, exits) for kind, exits in HAPPENED]
        self._custodies, self._cities, self._stations = codes("custody"), codes("wait"), codes("station")
        self.refresh()

    def refresh(self) -> None:
        """Read the world; the week's counts are set to zero by the simulation afterwards."""
        daily = self._scale / 7.0
        self.encounters = float((self._week[self._apprehended] * daily).sum())
        self.sent_to_mexico, self.releases, self.detections = (
            float(self._week[exits].sum()) * daily for exits in self._happened
        )
        self.unsponsored = float(self._clock["unsponsored"]) * daily
        self.waiting = float((self._present[self._cities] * self._scale).sum())
        self.held = self._present[self._custodies] * self._scale
        self.in_stations = self._by_nation[self._stations].sum(axis=0) * self._scale
