"""What memory a job will need, and a refusal before it starts if that is not there.

The sizes were measured (docs/faults.md sets estimates beside measured peaks). Most of it is not people but results:
numbers are held as a cube and, while they are written, as columns and text. What is free respects the limits of
control groups (containers, batch systems) and of the process.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corridor.experiments.environment import is_set, number_of
from corridor.inputs.scenarios.scenario import Scenario
from corridor.outputs.files import refusal

VARIABLE = "CORRIDOR_MEMORY_MB"
CELLS = 842  # numbers that a period has in the CSV files
CROSSED = 357  # crossed cells, which it has beside them
NUMBER = 8
PROCESS = 360e6  # the program itself, with libraries and compiled code
SERVER = 130e6  # the process that workers are forked from
WORKER = 90e6  # a worker, which shares pages with the others
PARTIES = 20e6  # parties under way at 1:1
DRIVERS = 14e6  # of one scenario and parameter set, with what is made of them
WRITING = 34  # times the cube, for the one scenario whose tables are being made
WAITING = 20  # times the cube, for each of the others
PACKING = 5  # times the cube of crossed cells, for each: they are no text
FATE = 130.0  # bytes a party while tables of fates are made
PARTIES_A_YEAR = 2.2e6  # who depart, at 1:1
SCALES = (10, 50, 200)
MEGABYTE, GIGABYTE = 1e6, 1e9


@dataclass(frozen=True)
class Size:
    """What the need for memory depends on.

    Attributes
    ----------
    scenarios : number of them, each with `sets` parameter sets
    kept : scenarios whose results are in memory at once
    periods, years : that a run reports, and that it lives
    """

    scenarios: int
    kept: int
    sets: int
    replicates: int
    workers: int
    people_per_agent: int
    periods: int
    years: float
    fates: bool

    @property
    def bytes(self) -> float:
        """The peak over all processes of the job."""
        processes = PROCESS + (SERVER + WORKER * self.workers if self.workers > 1 else 0.0)
        people = PARTIES / self.people_per_agent * self.workers
        runs = self.sets * self.replicates
        cube = float(runs * self.periods * CELLS * NUMBER)
        crossed = float(runs * self.periods * CROSSED * NUMBER)
        results = cube * (WRITING + WAITING * (self.kept - 1)) + crossed * PACKING * self.kept
        ends = 0.0
        if self.fates:
            ends = FATE * PARTIES_A_YEAR * self.years / self.people_per_agent * runs * self.kept
        return processes + people + results + ends + DRIVERS * self.kept * self.sets


def size_of(
    scenarios: Sequence[Scenario],
    *,
    replicates: int,
    workers: int,
    people_per_agent: int,
    daily: bool,
    fates: bool,
    draws: int,
    kept: int | None = None,
) -> Size:
    """The size of a job; `scenarios` without repetitions for draws, `kept` as for `refuse_too_large`."""
    timelines = [scenario.timeline for scenario in scenarios]
    days = max(line.days for line in timelines)
    periods = max(
        len(line.months()) + len(line.years()) + (line.days - line.report_day if daily else 0)
        for line in timelines
    )
    return Size(
        len(scenarios),
        min(len(scenarios), kept or len(scenarios)),
        draws + 1,
        replicates,
        workers,
        people_per_agent,
        periods,
        days / 365.25,
        fates,
    )


def refuse_too_large(scenarios: Sequence[Scenario], *, kept: int | None = None, **settings) -> None:
    """Refuse a job that does not fit the memory that is free.

    Parameters
    ----------
    scenarios, settings
        As for `size_of`.
    kept
        Scenarios whose results are in memory at once; None: all.

    Raises
    ------
    InputError
        With the need, what is free, and what would fit.
    """
    size = size_of(scenarios, kept=kept, **settings)
    free = allowed_bytes()
    if size.bytes <= free:
        return
    words = f"this needs about {_words(size.bytes)} of memory, {_words(free)} are free"
    fitting = [option for option, smaller in _smaller(size, bool(settings["daily"])) if smaller.bytes <= free]
    if fitting:
        words += f"; {' or '.join(fitting[:2])} would fit"
    raise refusal("memory", f"{words}. Set {VARIABLE} to run with what it says instead")


def _smaller(size: Size, daily: bool) -> Iterator[tuple[str, Size]]:
    """Options that would need less, those that change least first."""
    if size.workers > 1:
        yield "--workers 1", replace(size, workers=1)
    for scale in SCALES:
        if size.fates and scale > size.people_per_agent:
            yield f"--people-per-agent {scale}", replace(size, people_per_agent=scale)
    if daily:
        yield "leaving out --daily", replace(size, periods=round(size.years * 13))
    if size.fates:
        yield "leaving out --fates", replace(size, fates=False)
    if size.kept > 1:
        yield "one scenario at a time, or `corridor batch`,", replace(size, scenarios=1, kept=1)
    fewer = size.replicates // 2
    while fewer:
        yield f"--replicates {fewer}", replace(size, replicates=fewer)
        fewer //= 2
    if size.sets > 1:
        yield "leaving out --draws", replace(size, sets=1)


def allowed_bytes() -> float:
    """Memory that a job may have: what `CORRIDOR_MEMORY_MB` says, else what this process has and may still take: the
    least of what the machine has free, its control groups allow, and the limit of the process leaves.
    """
    if is_set(VARIABLE):
        return number_of(VARIABLE) * MEGABYTE
    return min([_of_machine(), *_of_groups(), *_of_process()]) + resident_bytes()


def resident_bytes() -> float:
    """Memory that this process has; 0 where that cannot be known."""
    return _numbers(Path("/proc/self/statm"), lambda text: float(text.split()[1])) * _page()


def _of_machine() -> float:
    def available(text: str) -> float:
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("MemAvailable"))

    return _numbers(Path("/proc/meminfo"), available, otherwise=float("inf")) * 1024


def _of_groups(root: Path = Path("/sys/fs/cgroup"), groups: Path = Path("/proc/self/cgroup")) -> list[float]:
    """What each control group around this process leaves (versions 1 and 2); page cache counts as free."""
    left = []
    try:
        lines = groups.read_text().splitlines()
    except OSError:
        return []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            top, limit, used, cache = root, "memory.max", "memory.current", "inactive_file"
        elif "memory" in controllers.split(","):
            top, cache = root / "memory", "total_inactive_file"
            limit, used = "memory.limit_in_bytes", "memory.usage_in_bytes"
        else:
            continue
        folder = top / path.lstrip("/")
        for each in (folder, *folder.parents):
            if not each.is_relative_to(top):
                break
            most = _numbers(each / limit, float, otherwise=float("inf"))  # `max` is no number: no limit
            reclaimable = _numbers(each / "memory.stat", lambda text, name=cache: _stat(text, name))
            left.append(most - _numbers(each / used, float) + reclaimable)
    return left


def _of_process() -> list[float]:
    """What the limit on the address space leaves (`ulimit -v`)."""
    try:
        import resource
    except ImportError:
        return []
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    if most == resource.RLIM_INFINITY:
        return []
    return [most - _numbers(Path("/proc/self/statm"), lambda text: float(text.split()[0])) * _page()]


def _stat(text: str, name: str) -> float:
    return next((float(line.split()[1]) for line in text.splitlines() if line.split()[0] == name), 0.0)


def _numbers(file: Path, read: Callable[[str], float], otherwise: float = 0.0) -> float:
    try:
        return read(file.read_text())
    except (OSError, ValueError, StopIteration, IndexError):
        return otherwise


def _page() -> int:
    return os.sysconf("SC_PAGE_SIZE")


def _words(size: float) -> str:
    return f"{size / GIGABYTE:.1f} GB" if size >= GIGABYTE else f"{max(size, 0.0) / MEGABYTE:.0f} MB"
