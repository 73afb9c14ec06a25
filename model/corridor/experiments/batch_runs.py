"""The runs of a batch: round by round, from states that they share, and again where their folder was deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from corridor.experiments.branching import Branch, days_of, plan_branches, prefixes_at
from corridor.experiments.ensemble import Job, Progress, unpack
from corridor.experiments.held_runs import HeldRuns
from corridor.experiments.stored_runs import ATTEMPTS, finish_run, pack_scenario, run_file

ROUND = 10  # replicates that each scenario runs before the next round, and before a batch looks whether it knows enough
AHEAD = 64  # runs that may finish before the first that is waited for

Run = tuple[int, int]


class Runs:
    """Runs of a job, by number of scenario and replicate.

    Attributes
    ----------
    said : of each run that was asked for, None or the stage and the reason of its failure
    reused : runs that an earlier batch had finished
    restored : whether finished runs had to be written again
    """

    def __init__(
        self, run: Callable[..., list], job: Job, store: Path, files: Sequence[Path], held: HeldRuns
    ) -> None:
        self.run, self.job, self.store, self.files = run, job, store, list(files)
        self.said: dict[Run, tuple[str, str] | None] = {}
        self.reused, self.restored = 0, False
        self._held = held

    def pack(self) -> None:
        """Compile the scenarios into their files, and plan where each starts."""
        for file in self.files:
            file.parent.mkdir(parents=True, exist_ok=True)
        packed = self.run(pack_scenario, [(self.job.part(at), file) for at, file in enumerate(self.files)])
        self.keys = [key for key, _ in packed]
        self._branches = _branches(self.run, self.files, [start for _, start in packed])
        # Those that leave states for others first. A process reads what a scenario was compiled to once a round.
        self._order = sorted(range(len(self.files)), key=lambda at: self._branches[at][0] is not None)

    def finish(self, first: int, last: int, progress: Progress | None) -> None:
        """Run replicates from `first` up to, not including, `last`, of every scenario."""
        wanted = [
            (number, replicate)
            for begun in range(first, last, ROUND)
            for number in self._order
            for replicate in range(begun, min(begun + ROUND, last))
        ]
        self.reused += sum(self._file(each).exists() for each in wanted)
        before = len(self.said)
        waiting = [self._file(each) for each in wanted]

        def done(number: int) -> None:
            self._held.hold(waiting[:AHEAD])
            waiting[:AHEAD] = [file for file in waiting[:AHEAD] if not self._held.holds(file)]
            if progress:
                progress(before + number, self.job.total)

        self._run(wanted, done)

    def mend(self) -> None:
        """Write again, or run again, what was finished and is gone.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        self._held.hold(self._file(each) for each in self.said)
        self.restored |= bool(self._held.restore())
        gone = [each for each, problem in self.said.items() if not problem and not self._file(each).exists()]
        if gone or not all(file.exists() for file in self.files):
            self.restored = True
            self.pack()
            self._run(gone, None)

    def _run(self, wanted: Sequence[Run], done: Callable[[int], None] | None) -> None:
        for attempt in range(ATTEMPTS):
            tasks = [
                (self._file(each), self.files[each[0]], self.job.seed, each[1], *self._branches[each[0]])
                for each in wanted
            ]
            try:
                self.said |= zip(wanted, self.run(finish_run, tasks, done=done), strict=True)
                return
            except FileNotFoundError:  # what was compiled is gone with its folder
                if attempt == ATTEMPTS - 1:
                    raise
                self.pack()

    def _file(self, run: Run) -> Path:
        return run_file(self.store, self.keys[run[0]], run[1])


def find_past(file: Path, start: Branch | None, days: Sequence[int]) -> dict[int, str]:
    """The task of finding what a compiled scenario shares with others."""
    return prefixes_at(unpack(file), start, days)


def _branches(
    run: Callable[..., list], files: Sequence[Path], starts: Sequence[Branch | None]
) -> list[tuple[Branch | None, tuple[Branch, ...]]]:
    """Where each scenario's runs may start, and which states they leave for others."""
    days = days_of(starts)
    tasks = [(file, start, days) for file, start in zip(files, starts, strict=True)]
    return plan_branches(starts, run(find_past, tasks) if days else [{}] * len(tasks))
