"""Guards: whether the world of a replicate can be, looked at on the morning of a day.

Everyone is somewhere, once, and counted there; no stock is below zero; nothing is not-a-number; shares are shares. A
run looks at the sum of people at the end of every reported period in any case; a user can ask for all of this every so
many days (`corridor run --check-every`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from corridor.engine.records.calendar import NONE
from corridor.engine.records.codes import Kind
from corridor.engine.records.layout import CHUNK, CHUNK_PARTIES, PERSON, RING, SHARE, measures_of
from corridor.foundations.errors import RunError
from corridor.inputs.compiling.drivers import Drivers
from corridor.inputs.registries.nationalities import NATIONALITIES

ROUNDING = 1e-9
SLOTS = CHUNK.itemsize // PERSON.itemsize  # a chunk seen as parties: its header, then those that it holds
HEADER = SLOTS - CHUNK_PARTIES
RECORDS = ("rules", "places", "terms", "nations", "leanings", "circles", "allowances", "offices")


def check_world(drivers: Drivers, today: int, world: np.void, chunks: np.ndarray) -> None:
    """Look at everything that a replicate holds, between two days.

    Parameters
    ----------
    world : WORLD
    chunks : CHUNK[C]
        Where its parties lie.

    Raises
    ------
    RunError
        Naming the day, the place or the nationality, and the sum or number that cannot be.
    """
    names = [place.id for place in drivers.geography.places]
    for wrong in _problems(world, chunks, names):
        date = drivers.timeline.date_of(today)
        raise RunError(f"guard: on the morning of {date}, {wrong}")


def _problems(world: np.void, chunks: np.ndarray, names: list[str]) -> Iterator[str]:
    clock, places = world["clock"], world["places"]
    present, by_nation = places["present"], places["by_nation"]
    for at in np.flatnonzero(present < 0):
        yield f"{_name(names, at)} holds {present[at]} people"
    for at, nation in np.argwhere(by_nation < 0):
        yield f"{_name(names, at)} holds {by_nation[at, nation]} people of {_name(NATIONALITIES, nation)}"
    for at in np.flatnonzero(by_nation.sum(axis=1) != present):
        yield f"{_name(names, at)} holds {present[at]} people, but {by_nation[at].sum()} by nationality"
    if clock["departed"] != present.sum() + clock["died"]:
        yield f"{clock['departed']} people departed, {present.sum()} are present and {clock['died']} died"
    yield from _in_calendar(world, chunks, names)
    yield from _numbers(world, names)


def _in_calendar(world: np.void, chunks: np.ndarray, names: list[str]) -> Iterator[str]:
    """Whether the parties that lie in the calendar are those that the places count, each once."""
    places, clock = world["places"], world["clock"]
    parties, buckets = parties_in(world, chunks)
    place, heads = parties["place"].astype(np.int64), parties["heads"].astype(np.int64)
    if len(parties) != clock["born"] - clock["ended"]:
        yield f"{clock['born'] - clock['ended']} parties are under way, {len(parties)} are in the calendar"
    keys, times = np.unique(parties["key"], return_counts=True)
    for key in keys[times > 1]:
        where = [_name(names, at) for at in place[parties["key"] == key]]
        yield f"party {key} is in {len(where)} places: {', '.join(where)}"
    for at in np.unique(place[heads == 0]):
        yield f"{_name(names, at)} holds a party of nobody"
    counted = places["by_nation"]
    lying = np.bincount(place * counted.shape[1] + parties["nation"], heads, counted.size)
    expected = np.where((places["kind"] == Kind.SINK)[:, None], 0, counted)
    for at, nation in np.argwhere(lying.reshape(counted.shape) != expected):
        found = int(lying.reshape(counted.shape)[at, nation])
        nationality = _name(NATIONALITIES, nation)
        yield f"{_name(names, at)} counts {expected[at, nation]} people of {nationality}, {found} are there"
    queued = buckets >= RING
    for at in np.unique(place[queued & (place != buckets - RING)]):
        yield f"a party at {_name(names, at)} waits in the queue of another place"


def _numbers(world: np.void, names: list[str]) -> Iterator[str]:
    known = {"places": names, "terms": names, "nations": NATIONALITIES, "leanings": NATIONALITIES}
    for record in RECORDS:
        fields = world[record]
        measured = measures_of(fields.dtype)
        for field in fields.dtype.names or ():
            values = np.asarray(fields[field])
            if values.dtype.kind != "f":
                continue
            wrong = np.isnan(values)
            if field in measured:
                wrong |= values < -ROUNDING
            if measured.get(field) == SHARE:
                wrong |= values > 1 + ROUNDING
            if wrong.any():
                at = tuple(np.argwhere(np.atleast_1d(wrong))[0])
                where = f"{_name(known[record], at[0])}: " if record in known else ""
                yield f"{where}{record}.{field} is {np.atleast_1d(values)[at]}"


def _name(names, at) -> str:
    return names[at] if at < len(names) else f"number {at}"


def parties_in(world: np.void, chunks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every party in the calendar, PERSON[n], with the bucket in which it lies, int64[n]."""
    buckets = world["calendar"]["buckets"]
    following = chunks["following"]
    where, first, stop = [], [], []  # of the slots in use, counted through all chunks
    for which in np.flatnonzero(buckets["tail"] != NONE).tolist():
        index, tail, filled, slot = buckets[which].item()
        while index != NONE:
            where.append(which)
            first.append(index * SLOTS + HEADER + slot)
            stop.append(index * SLOTS + HEADER + (filled if index == tail else CHUNK_PARTIES))
            index, slot = (NONE, 0) if index == tail else (int(following[index]), 0)
    last = np.array(stop, dtype=np.int64)
    counts = last - np.array(first, dtype=np.int64)
    slots = np.arange(counts.sum()) + np.repeat(last - np.cumsum(counts), counts)
    return chunks.view(PERSON)[slots], np.repeat(np.array(where, dtype=np.int64), counts)
