"""Files of visitors, read in processes of their own: what one of them costs, no other visitor pays.

A few processes stand ready (`corridor_app.jobs.reading_process`), each reads one file at a time, and one visitor has
one of them at most. A file that takes too long, or too much memory, ends its process; another is started in its
place. What was read is kept by the hash of what was given, within bounds. No Streamlit here.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from multiprocessing import Pipe
from threading import Condition
from time import monotonic

from corridor_app.jobs.reading_process import Answer, HowToRead

COMMAND = (sys.executable, "-P", "-m", "corridor_app.jobs.reading_process")
"""What starts a process, which takes no file of the current folder for a package (`-P`)."""

PROCESSES = 3
"""Files that are read at once, of all visitors."""

SECONDS = 8.0
"""Seconds for a scenario file on a busy machine; its processor time has a bound of its own."""

FIGURES_SECONDS = 30.0
"""The same for a file of observed figures."""

STARTS_WITHIN = 60.0
WAITS = 30.0
"""Seconds for a process to be ready, and for a file to wait for one."""

KEPT, KEPT_BYTES = 200, 32 * 1024**2
"""Answers that stay in memory, and their size as they were sent."""

FORGOTTEN_AFTER = 60.0
"""Seconds after which a file that was not read to its end may be tried again."""


class Ended(Enum):
    """Why a file was not read to its end."""

    TOO_LONG = "it takes too long to read"
    TOO_LARGE = "it takes too much memory to read"
    BUSY = "too many files are being read"


Outcome = Answer | Ended


class _Process:
    """One child process, which may still be on its way to being ready."""

    def __init__(self) -> None:
        self._here, there = Pipe()
        self.said_ready = False
        with there:
            self._process = subprocess.Popen(
                [*COMMAND, str(there.fileno())],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def read(self, content: str | bytes, label: str, how: HowToRead | None) -> tuple[Outcome, int]:
        """What a file holds, and the size of the answer; the process is gone where it is an `Ended`."""
        try:
            if not self.said_ready:
                if not self._here.poll(STARTS_WITHIN):
                    return self._end(Ended.BUSY)
                self._here.recv()
                self.said_ready = True
            self._here.send((content, label, how))
            if not self._here.poll(SECONDS if how is None else FIGURES_SECONDS):
                return self._end(Ended.TOO_LONG)
            sent = self._here.recv_bytes()
        except (EOFError, OSError):  # the kernel ended it: at the bound of its time, or for want of memory
            self._process.wait()
            return self._end(
                Ended.TOO_LONG if self._process.returncode == -signal.SIGXCPU else Ended.TOO_LARGE
            )
        answer: Answer = pickle.loads(sent)
        return self._end(Ended.TOO_LARGE) if answer.too_large else (answer, len(sent))

    def _end(self, why: Ended) -> tuple[Ended, int]:
        self.stop()
        return why, 0

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._here.close()


@dataclass
class _Kept:
    outcome: Outcome
    size: int
    at: float


class Readers:
    """The processes of a server, and what they have read."""

    def __init__(self, processes: int = PROCESSES) -> None:
        self._change = Condition()
        self._idle: list[_Process | None] = [None] * processes
        self._busy: set[str] = set()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def prepare(self) -> None:
        """Start the processes, so that they are ready when a file comes."""
        with self._change:
            self._idle = [each if each is not None and each.is_alive else _Process() for each in self._idle]

    def read(self, visitor: str, content: str | bytes, label: str, how: HowToRead | None = None) -> Outcome:
        """What a file holds, or why that cannot be known.

        Parameters
        ----------
        visitor
            Whom a process is given to; their other files wait.
        content
            The text of a scenario file, or the bytes of observed figures.
        label
            The name that problems carry.
        how
            How observed figures are read; None for a scenario.
        """
        raw = content.encode() if isinstance(content, str) else content
        key = sha256(f"{how}\0{label}\0".encode() + raw).hexdigest()
        if (kept := self._find(key)) is not None:
            return kept
        with self._change:
            if not self._change.wait_for(lambda: self._idle and visitor not in self._busy, WAITS):
                return Ended.BUSY
            process = self._idle.pop()
            self._busy.add(visitor)
        outcome, size = Ended.BUSY, 0
        try:
            if process is None or not process.is_alive:
                process = _Process()
            outcome, size = process.read(content, label, how)
        finally:
            with self._change:
                # The next file gets a process that is ready, if there is one: those come last.
                ready = isinstance(outcome, Answer)
                self._idle.insert(len(self._idle) if ready else 0, process if ready else _Process())
                self._busy.discard(visitor)
                self._keep(key, _Kept(outcome, size, monotonic()))
                self._change.notify_all()
        return outcome

    def stop(self) -> None:
        """End the processes that are not reading."""
        with self._change:
            for process in filter(None, self._idle):
                process.stop()
            self._idle = [None] * len(self._idle)

    def _find(self, key: str) -> Outcome | None:
        with self._change:
            kept = self._kept.get(key)
            if kept is None:
                return None
            if isinstance(kept.outcome, Ended) and monotonic() - kept.at > FORGOTTEN_AFTER:
                del self._kept[key]
                return None
            self._kept.move_to_end(key)
            return kept.outcome

    def _keep(self, key: str, kept: _Kept) -> None:
        if kept.outcome is Ended.BUSY:
            return
        self._kept[key] = kept
        while len(self._kept) > KEPT or sum(each.size for each in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)
