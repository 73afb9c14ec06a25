"""Full-scale runs behind the page: one job at a time, in a child process of the lowest priority.

A quick look simulates one party for 50 like it; a job here simulates every party, with a few replicates. Every run
that is finished is kept in a folder of bounded size (`corridor.run_kept`), so a job that is cancelled, or replaced
because a slider moved, goes on from there when it is asked for again. A page asks for a job and asks again to see how
far it is; a job that nobody asks after any more is dropped. No Streamlit here.

Jobs begin by themselves, not on a button: with one under way a quick look of 20 replicates took 1.00 times as long as
with it held (median of 12 pairs, two busy processors); the process then had 3% of one of them, and 320 MB at most.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from hashlib import sha256
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Condition, Thread
from time import monotonic

import corridor
from corridor.experiments.environment import number_of

FULL_SCALE = 1
"""People for one simulated person."""

KEPT = 8
"""Jobs whose results, or whose failure, stay in memory: a megabyte each."""

MOST_WAITING = 8
"""Jobs that wait at most, of all visitors."""

STARTS_AFTER = 2.0
"""Seconds that a job waits at least: the visitor may still be moving sliders."""

FORGOTTEN_AFTER = 75.0
"""Seconds after which a job that nobody asks after is dropped; a browser looks once a minute from a hidden page."""

NICE = 19
"""The lowest priority there is: whatever else the machine does goes first."""

POLL_SECONDS = 0.1
"""Seconds between two questions whether the child process has sent something."""

ENDS_WITHIN = 15.0
"""Seconds for a process to end in order; at the lowest priority it may wait for its turn."""

_MEGABYTE = 1_000_000


def replicates_asked() -> int:
    """Replicates of a full-scale job; 0 if this server is told to run none (CORRIDOR_FULL_SCALE_PAIRS)."""
    return int(number_of("CORRIDOR_FULL_SCALE_PAIRS"))


def limit_bytes() -> int:
    """Size of the folder of finished runs, 0.2 MB each (CORRIDOR_FULL_SCALE_MB)."""
    return int(number_of("CORRIDOR_FULL_SCALE_MB") * _MEGABYTE)


class Stage(Enum):
    """The stage that a job has reached; a job is refused where too many wait."""

    REFUSED = "too many wait"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Request:
    """Scenarios to run at full scale, the baseline first, with the same seed and replicates."""

    scenarios: tuple[corridor.Scenario, ...]
    replicates: int
    seed: int

    @cached_property
    def key(self) -> str:
        """A hash of all that is asked for."""
        texts = [layer.model_dump_json() for each in self.scenarios for layer in each.chain]
        return sha256("\n".join([*texts, f"{self.replicates} {self.seed}"]).encode()).hexdigest()

    @property
    def total(self) -> int:
        """Number of runs."""
        return len(self.scenarios) * self.replicates


@dataclass(frozen=True)
class Status:
    """How far a job is: runs done of `total`, seconds left if known, jobs ahead of it; its results, or its problem."""

    stage: Stage
    total: int
    done: int = 0
    seconds_left: float | None = None
    ahead: int = 0
    results: tuple[corridor.Results, ...] = ()
    problem: str = ""

    @property
    def under_way(self) -> bool:
        """Whether there is reason to ask again."""
        return self.stage in (Stage.REFUSED, Stage.WAITING, Stage.RUNNING)


@dataclass(eq=False)
class _Job:
    request: Request
    due: float
    asked: float
    visitors: set[str] = field(default_factory=set)
    cancelled: bool = False
    counts: list[tuple[float, int]] = field(default_factory=list)
    """When how many runs were done; the first are those that were kept."""


class Queue:
    """The jobs of all visitors of a server: one runs, others wait, each visitor has one at most.

    Parameters
    ----------
    store
        Folder of finished runs.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self._change = Condition()
        self._waiting: dict[str, _Job] = {}
        self._running: tuple[str, _Job] | None = None
        self._ended: OrderedDict[str, tuple[corridor.Results, ...] | str] = OrderedDict()
        self._thread: Thread | None = None

    def ask(self, visitor: str, request: Request, *, again: bool = False) -> Status:
        """Ask for a job, and how far it is; the visitor's other jobs are left.

        Parameters
        ----------
        again
            At once, and also if it has failed before.
        """
        key, now = request.key, monotonic()
        with self._change:
            self._leave(visitor, but=key)
            self._drop_forgotten()
            if again and isinstance(self._ended.get(key), str):
                del self._ended[key]
            job = self._find(key)
            if job is None and key not in self._ended and len(self._waiting) < MOST_WAITING:
                job = self._waiting[key] = _Job(request, due=now if again else now + STARTS_AFTER, asked=now)
            if job is not None:
                job.asked = now
                job.visitors.add(visitor)
                self._begin()
            return self._status(key, request)

    def leave(self, visitor: str) -> None:
        """Cancel the visitor's job, unless others asked for it too; finished runs are kept."""
        with self._change:
            for job in self._leave(visitor):
                job.cancelled = not job.visitors

    def _leave(self, visitor: str, but: str = "") -> list[_Job]:
        """Take a visitor off all jobs but one; what nobody waits for then is not begun."""
        running = [] if self._running is None else [self._running]
        left = []
        for key, job in [*running, *self._waiting.items()]:
            if key != but and visitor in job.visitors:
                job.visitors.remove(visitor)
                left.append(job)
        self._waiting = {key: job for key, job in self._waiting.items() if job.visitors}
        return left

    def _find(self, key: str) -> _Job | None:
        running, job = self._running or ("", None)
        return job if job is not None and running == key and not job.cancelled else self._waiting.get(key)

    def _status(self, key: str, request: Request) -> Status:
        ended, job = self._ended.get(key), self._find(key)
        if ended is not None:
            self._ended.move_to_end(key)
            if isinstance(ended, str):
                return Status(Stage.FAILED, request.total, problem=ended)
            return Status(Stage.DONE, request.total, done=request.total, results=ended)
        if job is None:
            return Status(Stage.REFUSED, request.total, ahead=len(self._waiting))
        if key in self._waiting:
            ahead = list(self._waiting).index(key) + (self._running is not None)
            return Status(Stage.WAITING, request.total, ahead=ahead)
        done = job.counts[-1][1] if job.counts else 0
        return Status(Stage.RUNNING, request.total, done=done, seconds_left=_seconds_left(job))

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._serve, name="full-scale", daemon=True)
            self._thread.start()
        self._change.notify_all()

    def _serve(self) -> None:
        while True:
            with self._change:
                while (found := self._next()) is None:
                    soonest = min((job.due for job in self._waiting.values()), default=None)
                    self._change.wait(None if soonest is None else max(0.0, soonest - monotonic()))
                self._running = found
            key, job = found
            try:
                ended = self._run(job)
            except Exception as error:  # told on the page: a thread that died would leave all others waiting
                ended = f"{type(error).__name__}: {error}"
            with self._change:
                self._running = None
                if ended is not None:
                    self._ended[key] = ended
                    while len(self._ended) > KEPT:
                        self._ended.popitem(last=False)

    def _next(self) -> tuple[str, _Job] | None:
        """Take the first job that is due and that someone still asks after."""
        self._drop_forgotten()
        due = next((key for key, job in self._waiting.items() if job.due <= monotonic()), None)
        return None if due is None else (due, self._waiting.pop(due))

    def _drop_forgotten(self) -> None:
        now = monotonic()
        self._waiting = {key: job for key, job in self._waiting.items() if now - job.asked < FORGOTTEN_AFTER}

    def _run(self, job: _Job) -> tuple[corridor.Results, ...] | str | None:
        """Run a job in a child process; its results, what went wrong, or None if nobody wants it any more."""
        here, there = Pipe()
        with here:
            with there:  # in the server's session: Linux weighs priorities only within one
                process = subprocess.Popen(
                    child_command(there.fileno()),
                    pass_fds=[there.fileno()],
                    stdin=subprocess.DEVNULL,
                    env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
                )
            try:
                return self._wait_for(job, here)
            finally:
                _end(process)

    def _wait_for(self, job: _Job, child: Connection) -> tuple[corridor.Results, ...] | str | None:
        request = job.request
        try:
            child.send(
                {
                    "scenarios": request.scenarios,
                    "store": self._store,
                    "replicates": request.replicates,
                    "seed": request.seed,
                    "people_per_agent": FULL_SCALE,
                    "limit_bytes": limit_bytes(),
                }
            )
            while self._is_wanted(job):
                if not child.poll(POLL_SECONDS):
                    continue
                said = child.recv()
                if isinstance(said, str):
                    return said
                if isinstance(said, list):
                    return tuple(said)
                with self._change:
                    job.counts.append((monotonic(), said[0]))
        except (EOFError, OSError):
            return "its process ended; there may be too little memory"
        return None

    def _is_wanted(self, job: _Job) -> bool:
        """A job that was left goes on only as long as no other is due."""
        now = monotonic()
        with self._change:
            if job.cancelled or now - job.asked >= FORGOTTEN_AFTER:
                return False
            return bool(job.visitors) or all(other.due > now for other in self._waiting.values())


def child_command(descriptor: int) -> list[str]:
    """The words that start a child process, which takes no file of the current folder for a package (`-P`)."""
    child = "corridor_app.jobs.full_scale_process"
    return [sys.executable, "-P", "-m", child, str(descriptor), str(NICE)]


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _seconds_left(job: _Job) -> float | None:
    """From the pace of the runs that were made; None before the first."""
    counts: Sequence[tuple[float, int]] = job.counts
    if len(counts) < 2:
        return None
    (began, kept), (latest, done) = counts[0], counts[-1]
    pace = (latest - began) / (done - kept)
    return max(0.0, pace * (job.request.total - done) - (monotonic() - latest))
