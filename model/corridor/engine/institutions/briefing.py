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
    ("custody", (Custody.STREET_RELEASE,)),
    ("leg", (Leg.DETECTED,)),
    ("cross", (Cross.APPREHENDED,)),
    ("cross", (Cross.EVADED,)),
)


class Briefing:
    """Flows are people a day over the last week; stocks are people today.

    Parameters
    ----------
    week : float64[places, exits]
        People who took each exit since the last briefing.
    present, by_nation : int64[places], int64[places, nations]
        Who is where.
    beds, shelter : float64[places]
        Places in custody, and in shelters, for simulated people.
    clock : numpy.void
        Holds the people released without a sponsor since the last briefing, and those who have died.
    represents : float
        People for whom one simulated person stands.
    """

    def __init__(
        self,
        week: np.ndarray,
        present: np.ndarray,
        by_nation: np.ndarray,
        beds: np.ndarray,
        shelter: np.ndarray,
        clock: np.void,
        geography: Geography,
        represents: float,
    ):
        self._week, self._present, self._by_nation = week.reshape(-1), present, by_nation
        self._beds, self._shelter = beds, shelter
        self._clock, self._scale = clock, represents

        def codes(kind: str) -> np.ndarray:
            return np.array([code for code, _ in geography.of_kind(kind)])

        def taken(kind: str, exits: tuple[int, ...]) -> np.ndarray:
            return (codes(kind)[:, None] * EXITS + np.array(exits)).reshape(-1)

        self._happened = [taken(kind, exits) for kind, exits in HAPPENED]
        self._custodies, self._cities, self._stations = codes("custody"), codes("wait"), codes("station")
        self.refresh()

    def refresh(self) -> None:
        """Read the world; the week's counts are set to zero by the simulation afterwards."""
        daily = self._scale / 7.0
        (
            self.sent_to_mexico,
            self.releases,
            self.released_to_street,
            self.detections,
            self.encounters,
            self.evasions,
        ) = (float(self._week[exits].sum()) * daily for exits in self._happened)
        self.unsponsored = float(self._clock["unsponsored"]) * daily
        self.died = float(self._clock["died"]) * self._scale
        waiting = self._present[self._cities] * self._scale
        self.waiting = float(waiting.sum())
        outside = np.maximum(waiting - self._shelter[self._cities] * self._scale, 0.0)
        self.without_shelter = float(outside.sum())
        self.held = self._present[self._custodies] * self._scale
        beds = self._beds[self._custodies] * self._scale
        # People beyond the beds of their sector, over all beds: 0.25 where every sector is at 125%.
        self.overcrowding = float(np.maximum(self.held - beds, 0.0).sum() / max(beds.sum(), 1.0))
        self.in_stations = self._by_nation[self._stations].sum(axis=0) * self._scale
