"""Runs that are stored as they finish, each under a hash of everything that it depends on; results from them.

In the flow: a scenario is compiled into a file (`pack_scenario`), its runs are flushed to a folder (`finish_run`), and
what they recorded becomes results (`Finished`). Batches and the runs kept behind the app are made of these.
"""

from __future__ import annotations

import errno
import json
import os
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from platform import node
from threading import get_ident

import numpy as np

from corridor.engine.plan import plan_of, report_order
from corridor.engine.recording.book import Entry
from corridor.engine.recording.recorder import Recording
from corridor.experiments.branching import Branch, branch_of, prefix_hash
from corridor.experiments.ensemble import Job, pack, simulate, unpack
from corridor.foundations.errors import CorridorError, RunError
from corridor.inputs.compiling.drivers import Drivers
from corridor.inputs.scenarios.scenario import Scenario
from corridor.outputs.results import Results

STORE = ".runs"
ATTEMPTS = 3  # to write what somebody deletes meanwhile
_DIGEST_BYTES = 16
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LostRunError(RunError):
    """A run that was finished is not in the store any more, or damaged there."""


def pack_scenario(job: Job, file: Path) -> tuple[str, Branch | None]:
    """The task of compiling a scenario into a file: its run key, and where its runs may start."""
    drivers = job.compile(0)
    pack(file, drivers)
    return run_key(drivers, job.seed), branch_of(drivers)


def run_file(store: Path, key: str, replicate: int) -> Path:
    """Where a run is stored."""
    return store / f"{key}-{replicate}.run"


def run_key(drivers: Drivers, seed: int) -> str:
    """Hash of everything that a run depends on but its replicate: code, drivers of every day, seed."""
    return f"{prefix_hash(drivers, drivers.timeline.days)}-{seed}"


def finish_run(file: Path, drivers: Path, seed: int, replicate: int, *branches) -> tuple[str, str] | None:
    """The task of a worker: a run, flushed to the store unless it is there; the stage and reason of a failure.

    Raises
    ------
    RunError
        If there is no room to store it.
    """
    if read_run(file) is not None:
        return None
    try:
        recording = simulate(drivers, seed, replicate, *branches)
    except (CorridorError, ArithmeticError, ValueError, LookupError, MemoryError) as error:
        return "simulate", f"{type(error).__name__}: {error}"
    try:
        keep_run(file, recording)
    except OSError as error:
        raise no_room(file.parent.parent, error) from None
    return None


def keep_run(file: Path, recording: Recording) -> None:
    """Flush what a run recorded, whole or not at all: a digest, the deal book as a line of JSON, the values."""
    deals = None if recording.deals is None else [asdict(entry) for entry in recording.deals]
    keep_values(file, recording.values, deals)


def keep_values(file: Path, values: np.ndarray, deals: list[dict] | None = None) -> None:
    """As `keep_run`, of the values alone; the folder is made again where somebody has deleted it."""
    flat = np.ascontiguousarray(values, dtype=np.float64).tobytes()
    content = json.dumps(deals).encode() + b"\n" + flat
    unfinished = file.with_suffix(f".{node()}-{os.getpid()}-{get_ident()}.part")
    for attempt in range(ATTEMPTS):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(blake2b(content, digest_size=_DIGEST_BYTES).digest() + content)
            unfinished.replace(file)
            return
        except FileNotFoundError:  # deleted at this very moment
            if attempt == ATTEMPTS - 1:
                raise
        finally:
            unfinished.unlink(missing_ok=True)


def read_run(file: Path) -> tuple[np.ndarray, tuple[Entry, ...] | None] | None:
    """Values (flat) and deal book of a stored run; None if there is no sound one."""
    try:
        stored = file.read_bytes()
    except OSError:
        return None
    digest, content = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
    if blake2b(content, digest_size=_DIGEST_BYTES).digest() != digest:
        return None
    line, values = content.split(b"\n", 1)
    deals = json.loads(line)
    book = None if deals is None else tuple(Entry(**entry) for entry in deals)
    return np.frombuffer(values, dtype=np.float64), book


@dataclass(frozen=True)
class Finished:
    """A scenario whose runs are all in the store."""

    job: Job
    drivers: Path
    key: str
    store: Path

    @property
    def scenario(self) -> Scenario:
        return self.job.scenarios[0]

    def results(self) -> Results:
        """What its runs recorded, as results."""
        drivers = unpack(self.drivers)
        cells, order = plan_of(drivers).reading.map.cells, tuple(report_order(drivers))
        recordings = []
        for replicate in range(self.job.replicates):
            stored = read_run(run_file(self.store, self.key, replicate))
            if stored is None:
                raise LostRunError(f"a finished run of {self.scenario.name} was damaged; resume the batch")
            values, deals = stored
            shaped = values.reshape(len(order), len(cells))
            recordings.append(Recording(order, cells, shaped, deals=deals))
        return self.job.gather(0, drivers, recordings)


def no_room(out: Path, error: OSError) -> CorridorError | OSError:
    """The error for a store or a folder that cannot be written."""
    if error.errno in _NO_ROOM:
        return RunError(
            f"no room left in {out}: finished runs are kept there; free some space and use --resume"
        )
    return error
