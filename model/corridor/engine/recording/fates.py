"""Fates: how each journey ended, and where those stand who are still under way when the run ends.

Keys are common to a scenario and its baseline, so the same party can be looked up in both.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.records.calendar import NONE
from corridor.engine.records.layout import FATE, PERSON, UNDER_WAY


def parties_under_way(world: np.void, chunks: np.ndarray) -> np.ndarray:
    """Parties that lie in the calendar or in a queue, PERSON[n]."""
    found = [np.empty(0, dtype=PERSON)]
    for bucket in world["calendar"]["buckets"]:
        index, first = int(bucket["head"]), int(bucket["first"])
        while index != NONE:
            last = index == bucket["tail"]
            found.append(chunks[index]["parties"][first : bucket["filled"] if last else None].copy())
            index, first = (NONE, 0) if last else (int(chunks[index]["following"]), 0)
    return np.concatenate(found)


def all_fates(world: np.void, chunks: np.ndarray, ended: np.ndarray, today: int) -> np.ndarray:
    """Fates of every party that ever departed, FATE[n]: those kept in `ended`, then those under way."""
    parties = parties_under_way(world, chunks)
    rest = np.zeros(len(parties), dtype=FATE)
    for name in ("key", "place", "city", "route", "party", "heads", "lost", "marks", "stops"):
        rest[name] = parties[name]
    rest["exit"], rest["day"] = UNDER_WAY, today
    return np.concatenate([ended[: world["clock"]["fates"]], rest])
