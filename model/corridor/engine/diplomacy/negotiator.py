"""Governments at the table: what they weigh, and what they misjudge; the draws that all of it rests on."""

from __future__ import annotations

import mesa
import numpy as np
from scipy.special import ndtri

from corridor.engine.diplomacy.packages import Worth
from corridor.engine.institutions.context import Context
from corridor.engine.institutions.institution import Institution
from corridor.foundations.draws import DIPLOMACY, philox
from corridor.inputs.registries.bargain_items import INTERESTS

PARTIES = tuple(INTERESTS)
BLOCKS = 5  # draws of a party in a week: 20 numbers, one for each of its interests
FATES, DELAYS = len(PARTIES), len(PARTIES) + 1  # keys of what becomes of promises, and how long it takes
COURT = 4 * BLOCKS - 1  # the last number of `FATES`; those before are issues, then side deals


def uniforms_of(seed: int, replicate: int, first: int, weeks: int) -> np.ndarray:
    """Uniforms of each party and of promises in each of `weeks` from week `first` on, float64[weeks, keys, 20]."""
    keys = len(PARTIES) + 2
    week, key, block = np.indices((weeks, keys, BLOCKS), dtype=np.uint64).reshape(3, -1)
    stream = np.full_like(key, DIPLOMACY)
    drawn = philox.py_func(np.uint64(seed), np.uint64(replicate), key, block, stream, week + np.uint64(first))
    return (np.stack(drawn, axis=-1) * 2.0**-32 + 2.0**-33).reshape(weeks, keys, 4 * BLOCKS)


def misjudge(luck: np.ndarray, spread: float) -> np.ndarray:
    """Factor by which each party misjudges each of its interests, float64[weeks, parties, interests]."""
    most = max(map(len, INTERESTS.values()))
    return np.exp(spread * ndtri(luck[:, : len(PARTIES), :most]))


class Negotiator(Institution):
    """A government at the table: interests, what it judges of them in a round, and red lines.

    It acts when it is convened, not on a cadence of its own.
    """

    cadence_days = 0

    def __init__(self, model: mesa.Model, context: Context, memory: np.void, party: str, worth: Worth):
        super().__init__(model, context, memory)
        self.government = party
        self.worth = worth
        self.number = PARTIES.index(party)

    def judge(self, factors: np.ndarray) -> Worth:
        """What its interests weigh in its eyes this week: it misjudges each by a factor."""
        own = factors[self.number].tolist()
        return {name: value * factor for (name, value), factor in zip(self.worth.items(), own, strict=False)}
