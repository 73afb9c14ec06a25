"""What all benchmarks share: drivers of a scenario, clocks, the machine, and the section that each one writes."""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

import corridor.engine.simulation as engine
from corridor.engine.simulation import Simulation
from corridor.inputs.compiling.drivers import Drivers, compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.scenarios.scenario_files import parse_scenario

PACKAGES = ("numpy", "numba", "mesa", "pandas")


@dataclass
class Section:
    """What one benchmark found.

    Attributes
    ----------
    title, notes : heading, and paragraphs below the table
    head, rows : the table, as text
    targets : rows of the table of targets (job, target, measured, whether it is met)
    load : load average when it began and when it ended
    """

    title: str
    head: list[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    targets: list[list[str]] = field(default_factory=list)
    load: list[float] = field(default_factory=lambda: [os.getloadavg()[0]])

    def add(self, *cells: object) -> None:
        self.rows.append([str(cell) for cell in cells])

    def aim(self, job: str, target: str, measured: str, met: bool) -> None:
        self.targets.append([job, target, measured, "yes" if met else "no"])

    def finished(self) -> dict:
        """The section as plain data, with the load at its end."""
        self.load.append(os.getloadavg()[0])
        return asdict(self)


class Timer(AbstractContextManager):
    """Wall clock and processor seconds of this process."""

    wall = cpu = 0.0

    def __enter__(self):
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        self.wall, self.cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu


class KernelWatch(AbstractContextManager):
    """Processor seconds spent in compiled code, and days that parties lived there."""

    seconds = 0.0
    agent_days = 0.0

    def __enter__(self):
        self._advance, engine.advance = engine.advance, self
        return self

    def __exit__(self, *_):
        engine.advance = self._advance

    def __call__(self, first, last, worlds, *rest):
        begun = time.thread_time()
        reached = self._advance(first, last, worlds, *rest)
        self.seconds += time.thread_time() - begun
        clock = worlds[0]["clock"]
        self.agent_days += float(clock["born"] - clock["ended"]) * (reached - first)
        return reached


@dataclass
class Run:
    """One timed run of `Simulation.run`."""

    wall: float
    cpu: float
    kernel: float
    events: int
    parties: int
    people: float
    agent_days: float
    people_memory: float  # bytes of chunks that were in use at the peak


def timed_run(drivers: Drivers, replicate: int = 0) -> Run:
    """Build a replicate, run it and read its clock; only `run` is timed."""
    simulation = Simulation(drivers, seed=1, replicate=replicate)
    with KernelWatch() as kernel, Timer() as timer:
        simulation.run()
    clock = simulation.world["clock"]
    return Run(
        timer.wall,
        timer.cpu,
        kernel.seconds,
        int(clock["events"]),
        int(clock["born"]),
        float(clock["departed"]) * drivers.people_per_agent,
        kernel.agent_days,
        float(simulation.world["calendar"]["used"]) * simulation.chunks.dtype.itemsize,
    )


def best(runs: list[Run]) -> Run:
    """The run that was disturbed least."""
    return min(runs, key=lambda run: run.cpu)


def drivers_of(body: str = "", people_per_agent: int = 50, *, extends: str = "history") -> Drivers:
    """Drivers of a scenario with some changes; `body` is the rest of a scenario file."""
    policy = resolve(parse_scenario(f"name: measured\nextends: {extends}\n{body}"))
    return compile_drivers(policy, load_parameters(policy.overrides), people_per_agent=people_per_agent)


def load_compiled_code() -> None:
    """Compile the kernel, or load it from the cache, so that no measurement does."""
    Simulation(drivers_of(people_per_agent=1000)).run()


def repeated(times: int, job: Callable[[], object]) -> tuple[float, float]:
    """Shortest and median wall seconds of a job."""
    seconds = []
    for _ in range(times):
        with Timer() as timer:
            job()
        seconds.append(timer.wall)
    return min(seconds), median(seconds)


def peak_memory() -> float:
    """Largest resident set of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> str:
    """One line about the machine and the versions."""
    names = [
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, "
        f"{platform.system()}; Python {platform.python_version()}, {versions}"
    )
