"""The bargain: the package that two sides agree on, if there is one (Nash 1950, with unequal power).

A package is better than no agreement for both or it is not signed. Of those, the one is chosen whose gains have the
largest product, each to the power of its side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Bargain:
    """What came of one round: flat numbers of packages, -1 for none, and gains (not-a-number without agreement)."""

    package: int
    gains: tuple[float, float]
    best_for_first: int
    best_for_second: int

    @property
    def agreed(self) -> bool:
        """Whether there is an agreement."""
        return self.package >= 0


def bargain(first: np.ndarray, second: np.ndarray, power: float) -> Bargain:
    """Choose a package.

    Parameters
    ----------
    first, second : float64[packages]
        What each side gains over no agreement.
    power : float
        Bargaining power of the first side, in (0, 1).

    Returns
    -------
    Bargain
        With what each side would ask for: of what the other side would still sign, the best for itself. Without a
        package that both would sign, a side asks for what is best for it.
    """
    if not len(first):
        return Bargain(-1, (np.nan, np.nan), -1, -1)
    both = np.flatnonzero(np.minimum(first, second) > 0.0)
    if not len(both):
        return Bargain(-1, (np.nan, np.nan), int(np.argmax(first)), int(np.argmax(second)))
    ours, theirs = first[both], second[both]
    place = int(np.argmax(power * np.log(ours) + (1.0 - power) * np.log(theirs)))
    return Bargain(
        int(both[place]),
        (float(ours[place]), float(theirs[place])),
        int(both[np.argmax(ours)]),
        int(both[np.argmax(theirs)]),
    )
