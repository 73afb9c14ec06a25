"""Branches: scenarios that differ from another only from some day on start from its stored state.

What a state depends on is hashed: the days of the drivers before it, parameters, places, seed, replicate, scale and
all of the code, institutions included. A state is found by that hash or not at all, so one that is stale cannot be
used; one that is damaged is thrown away and the run starts from its first day. The folder is bounded: what was used
longest ago goes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_ident

import numpy as np

from corridor.engine.state import from_bytes, to_bytes
from corridor.experiments.environment import number_of
from corridor.foundations.caches import cache_folder
from corridor.foundations.errors import RunError
from corridor.inputs.compiling.drivers import Drivers
from corridor.outputs.files import prune_folder
from corridor.outputs.manifest import code_hash

WEEK = 7
MEGABYTE = 1e6
FULL_SCALE = 1  # states of a full-scale run are too large to keep by default


@dataclass(frozen=True)
class Branch:
    """A day and the hash of everything before it (without seed and replicate)."""

    day: int
    prefix: str


def states_folder() -> Path:
    """Where states are kept."""
    return cache_folder("states")


def branch_of(drivers: Drivers) -> Branch | None:
    """Where a scenario can leave its parent's run: the first day of the week in which it diverges, see `branch_at`."""
    return branch_at(drivers, min(drivers.diverges_on, drivers.timeline.days))


def branch_at(drivers: Drivers, day: int) -> Branch | None:
    """The state of a run from which what differs from some day on can start: that of the first day of its week.

    None if that is no later than the first reported day: living the spin-up takes little longer (measured: 5 ms at
    1:50) than storing and reading a state (2 ms), and one state a replicate would fill the folder.
    """
    if drivers.bargaining:
        day = min(day, drivers.bargaining.start)  # what governments promise each other is not stored
    day = day // WEEK * WEEK
    if day <= drivers.timeline.report_day or drivers.people_per_agent == FULL_SCALE:
        return None
    return Branch(day, prefix_hash(drivers, day))


def prefix_hash(drivers: Drivers, day: int) -> str:
    """Hash of everything that the days before `day` depend on, seed and replicate excepted."""
    digest = blake2b(digest_size=16)
    for word in (
        code_hash(),
        drivers.parameters.hash,
        drivers.timeline.start,
        drivers.timeline.report_from,
        drivers.people_per_agent,
        drivers.daily,
        day,
        drivers.geography.fingerprint,
    ):
        digest.update(f"{word}\0".encode())
    if drivers.bargaining and day > drivers.bargaining.start:
        digest.update(drivers.bargaining.block.encode())
    for name, path in sorted(drivers.levers.items()):
        digest.update(f"{name} {path.members}\0".encode())
        digest.update(np.ascontiguousarray(path.values[:day]).tobytes())
        digest.update(np.ascontiguousarray(path.pool[:day]).tobytes())
    daily = {field.name: getattr(drivers, field.name) for field in fields(drivers)}
    daily |= {field.name: getattr(drivers.signals, field.name) for field in fields(drivers.signals)}
    for name, series in sorted(daily.items()):
        if isinstance(series, np.ndarray):
            digest.update(f"{name}\0".encode() + np.ascontiguousarray(series[:day]).tobytes())
    for shocks in (drivers.caravans, drivers.group_arrivals):
        digest.update(repr([shock for shock in shocks if shock[0] < day]).encode())
    return digest.hexdigest()


def shared_branches(
    drivers: Sequence[Drivers], later: date | None = None
) -> list[tuple[Branch | None, tuple[Branch, ...]]]:
    """For each run of a job: where it may start, and the states that it should leave for the others.

    Parameters
    ----------
    later
        A day on which runs that are not of this job may branch off from each of these.
    """
    starts = [branch_of(each) for each in drivers]
    days = days_of(starts)
    pasts = [prefixes_at(each, start, days) for each, start in zip(drivers, starts, strict=True)]
    plans = plan_branches(starts, pasts)
    if later is None:
        return plans
    day = (later - drivers[0].timeline.start).days
    extra = [branch_at(each, day) for each in drivers]
    return [
        (start, tuple(sorted({*leaves, branch} if branch else leaves, key=lambda each: each.day)))
        for (start, leaves), branch in zip(plans, extra, strict=True)
    ]


def days_of(starts: Sequence[Branch | None]) -> list[int]:
    """The days on which runs branch off."""
    return sorted({branch.day for branch in starts if branch})


def prefixes_at(drivers: Drivers, start: Branch | None, days: Sequence[int]) -> dict[int, str]:
    """What a run shares with others: the hash of its past at each of some days that it lives through."""
    past = {start.day: start.prefix} if start else {}
    return {day: past.get(day) or prefix_hash(drivers, day) for day in days if day < drivers.timeline.days}


def plan_branches(
    starts: Sequence[Branch | None], pasts: Sequence[Mapping[int, str]]
) -> list[tuple[Branch | None, tuple[Branch, ...]]]:
    """As `shared_branches`, of what is known about each run: its own branch, and its past on the days of all.

    A run leaves a state where another run of the job branches off from the same past, and where it branches off
    itself: the next scenario of that kind (a slider moved again) starts there.
    """
    wanted = {branch for branch in starts if branch}
    plans = []
    for start, past in zip(starts, pasts, strict=True):
        leaves = {branch for branch in wanted if past.get(branch.day) == branch.prefix}
        leaves |= {start} if start else set()
        plans.append((start, tuple(sorted(leaves, key=lambda branch: branch.day))))
    return plans


def _file(branch: Branch, seed: int, replicate: int) -> Path:
    return states_folder() / f"{branch.prefix}-{seed}-{replicate}.state"


def is_kept(branch: Branch, seed: int, replicate: int) -> bool:
    """Whether a state is in the folder."""
    return _file(branch, seed, replicate).exists()


def keep(simulation, branch: Branch, seed: int, replicate: int, job: str) -> None:
    """Store a simulation's state; a folder that cannot be written is no reason to fail.

    `job` names the job in the file while it is unfinished, see `clear_unfinished`.
    """
    file = _file(branch, seed, replicate)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(f".{job}.{os.getpid()}-{get_ident()}.part")
        unfinished.write_bytes(to_bytes(simulation.state()))
        unfinished.replace(file)
    except OSError:
        return


@contextmanager
def job_folder(parent: Path | None = None) -> Iterator[Path]:
    """A folder for what the tasks of a job read; its name is the job's. `parent`: where, if not with temporary files.

    However the job ends (Ctrl-C ends its workers at once), what they left half-written in the store of states goes
    with the folder.

    Raises
    ------
    RunError
        If it cannot be made.
    """
    try:
        made = TemporaryDirectory(prefix="corridor-", dir=parent)
    except OSError as error:
        raise no_job_folder(parent, error) from None
    with made as folder:
        try:
            yield Path(folder)
        finally:
            clear_unfinished(Path(folder).name)


def no_job_folder(parent: Path | None, error: OSError) -> RunError:
    """The error for a folder in which nothing that a job reads can be written."""
    where = f"in {parent}" if parent else "in any folder for temporary files"
    return RunError(
        f"what the runs read cannot be written {where} ({error.strerror}): nothing has run; free some space, or name "
        "another folder with TMPDIR"
    )


def clear_unfinished(job: str) -> None:
    """Delete what a job left half-written when its workers were ended (Ctrl-C); none of them may be at work."""
    try:
        for path in states_folder().glob(f"*.{job}.*.part"):
            path.unlink(missing_ok=True)
    except OSError:
        return


def resume(simulation, branch: Branch, seed: int, replicate: int) -> bool:
    """Go on from a stored state if there is a sound one; tell whether there was."""
    file = _file(branch, seed, replicate)
    try:
        state = from_bytes(file.read_bytes())
        if (state.day, *state.key) != (branch.day, seed, replicate):
            raise ValueError("a state of another run bears this name")
        os.utime(file)
    except OSError:
        return False
    except (ValueError, KeyError, EOFError):
        file.unlink(missing_ok=True)
        return False
    simulation.resume(state)
    return True


def prune(limit_bytes: int | None = None) -> None:
    """Delete the states used longest ago until the folder is within its limit; None: what `CORRIDOR_STATES_MB` says."""
    if limit_bytes is None:
        limit_bytes = int(number_of("CORRIDOR_STATES_MB") * MEGABYTE)
    try:
        prune_folder(states_folder(), limit_bytes)
    except OSError:
        return
