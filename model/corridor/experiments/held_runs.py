"""Finished runs that stay, whoever deletes their folder: their files are held open, and written again.

What is in a file stays on the disk as long as somebody has it open, so holding it costs no room. Runs beyond the limit
of open files are not held; when they are gone they are run again.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

SHARE = 0.5  # of the files that this process may have open
_PIECE = 2**20


class HeldRuns:
    """Open files of finished runs, by their path; to be closed at the end (`with`)."""

    def __init__(self) -> None:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = int(min(soft, 2**20) * SHARE) if soft != resource.RLIM_INFINITY else 2**16
        self._held: dict[Path, int] = {}

    def __enter__(self) -> HeldRuns:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in self._held.values():
            os.close(descriptor)
        self._held.clear()

    def hold(self, files: Iterable[Path]) -> None:
        """Hold those that are there."""
        for file in files:
            if file not in self._held and len(self._held) < self._most:
                try:
                    self._held[file] = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
                except OSError:
                    continue  # not finished yet, or it failed

    def holds(self, file: Path) -> bool:
        """Whether a run is held."""
        return file in self._held

    def restore(self) -> int:
        """Write again what is gone; how many runs that were.

        Raises
        ------
        OSError
            If they cannot be written.
        """
        gone = [file for file in self._held if not file.exists()]
        for file in gone:
            file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = file.with_suffix(f".{os.getpid()}.part")
            with unfinished.open("wb") as copy:
                at = 0
                while piece := os.pread(self._held[file], _PIECE, at):
                    copy.write(piece)
                    at += len(piece)
            unfinished.replace(file)
        return len(gone)
