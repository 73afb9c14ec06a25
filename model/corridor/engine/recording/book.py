"""The deal book: what was asked, agreed, delivered and broken, in the order of events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Entry:
    """One event.

    Attributes
    ----------
    day : int
    kind : str
        round, summit, side_deal; closure, reopened; senators, congress, court; breach, lapse.
    parties : str
        Who took part, joined by ``+``.
    outcome : str
        agreed, no_agreement, refused; or what happened.
    package : str
        What was agreed, or what it is about.
    us_asks, other_asks : str
        The package that each side would have liked best of those that the other would sign.
    gain_us, gain_other : float
        In points over no agreement; not-a-number where nothing was weighed.
    due, delivered : float
        Weeks for which its promises were to hold so far, and the part of them in which they did.
    """

    day: int
    kind: str
    parties: str
    outcome: str
    package: str = ""
    us_asks: str = ""
    other_asks: str = ""
    gain_us: float = np.nan
    gain_other: float = np.nan
    due: float = 0.0
    delivered: float = 0.0

    @property
    def share_delivered(self) -> float:
        """Delivered over due; not-a-number where nothing is due."""
        return self.delivered / self.due if self.due else np.nan


@dataclass
class Promise:
    """One step of one issue that was agreed.

    Attributes
    ----------
    issue, step
    starts : int
        Day on which it takes effect; `NEVER` if it was vetoed, cancelled or Congress does nothing.
    ends : int
        Day on which it lapses unless it is renewed.
    renewed : int
        Day from which compliance wanes.
    entry : Entry
        The agreement that it is a part of.
    """

    issue: str
    step: int
    starts: int
    ends: int
    renewed: int
    entry: Entry
    tells_on: int = -1  # day on which it shows that Congress does nothing

    def in_force(self, day: int) -> bool:
        """Whether it holds on a day."""
        return self.starts <= day


NEVER = 1 << 30
