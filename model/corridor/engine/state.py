"""The state of a replicate on a morning: everything that the days ahead depend on, as bytes.

A scenario that differs from another only from some day on can go on from the other's state. States are taken on the
first day of a week, when institutions read a fresh briefing, so nothing that they remember lies outside the records.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from hashlib import blake2b
from io import BytesIO

import numpy as np

from corridor.engine.recording.recorder import Sums
from corridor.engine.records.layout import WORLD

_DIGEST_BYTES = 16


@dataclass(frozen=True)
class State:
    """Arrays of a replicate at dawn of `day`, before anything of that day has happened.

    Records travel as bytes: copying nested records field by field would cost nine times more (measured).
    """

    day: int
    world: np.ndarray  # uint8
    chunks: np.ndarray  # uint8, those in use
    tally: np.ndarray  # uint8
    fates: np.ndarray  # uint8, those kept
    distinct_month: np.ndarray
    period_began: int
    reporting: bool
    month: Sums | None
    year: Sums | None
    periods: tuple[str, ...]
    values: np.ndarray  # [P, C]

    @property
    def key(self) -> tuple[int, int]:
        """Seed and number of the replicate."""
        clock = self.world.view(WORLD)[0]["clock"]
        return int(clock["seed"]), int(clock["replicate"])


def to_bytes(state: State) -> bytes:
    """A state as a digest and an uncompressed archive of arrays."""
    arrays = {
        field.name: getattr(state, field.name)
        for field in fields(State)
        if field.name not in ("month", "year")
    }
    for name, sums in (("month", state.month), ("year", state.year)):
        if sums is not None:
            arrays |= {f"{name}_{field.name}": getattr(sums, field.name) for field in fields(Sums)}
    archive = BytesIO()
    np.savez(archive, allow_pickle=False, **{name: np.asarray(value) for name, value in arrays.items()})
    content = archive.getvalue()
    return blake2b(content, digest_size=_DIGEST_BYTES).digest() + content


def from_bytes(content: bytes) -> State:
    """The state that `to_bytes` wrote.

    Raises
    ------
    ValueError
        If the bytes are cut short or changed.
    """
    digest, archive = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if blake2b(archive, digest_size=_DIGEST_BYTES).digest() != digest:
        raise ValueError("a stored state is damaged")
    with np.load(BytesIO(archive), allow_pickle=False) as arrays:

        def sums(name: str) -> Sums | None:
            if f"{name}_raw" not in arrays:
                return None

            def part(field: str) -> np.ndarray:
                return arrays[f"{name}_{field}"]

            return Sums(
                raw=part("raw"),
                arrived=part("arrived"),
                days=float(part("days")),
                peak=float(part("peak")),
                satisfaction=part("satisfaction"),
                satisfaction_end=part("satisfaction_end"),
            )

        return State(
            day=int(arrays["day"]),
            world=arrays["world"],
            chunks=arrays["chunks"],
            tally=arrays["tally"],
            fates=arrays["fates"],
            distinct_month=arrays["distinct_month"],
            period_began=int(arrays["period_began"]),
            reporting=bool(arrays["reporting"]),
            month=sums("month"),
            year=sums("year"),
            periods=tuple(str(period) for period in arrays["periods"]),
            values=arrays["values"],
        )
