"""A batch of many scenarios: how long it takes, what is lost to anything but simulation, and memory as runs grow."""

from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numba
import psutil

from corridor.experiments import batch, stored_runs
from corridor.experiments.workers import stop_workers
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import load_scenario, parse_scenario, scenario_names
from studies.benchmarks.measuring import Section, Timer, load_compiled_code

WORKERS = 2
SCENARIOS, REPLICATES = 24, 20
TARGET_LOST = 0.15
GROWTH = (5, 50, 250)  # scenarios of twenty replicates: 100, 1,000 and 5,000 runs
LOG = "CORRIDOR_BENCHMARK_LOG"
_simulate, _finish_run = stored_runs.simulate, batch.finish_run


def timed_run(*task):
    """`finish_run` in a worker, which writes down how long it simulated."""
    stored_runs.simulate = _timed_simulate
    return _finish_run(*task)


def _timed_simulate(*task):
    with Timer() as timer:
        recording = _simulate(*task)
    with Path(os.environ[LOG]).open("a") as log:  # shorter than a page: appended whole
        log.write(f"{timer.wall}\n")
    return recording


def varied(count: int) -> list[Scenario]:
    """Scenarios that differ from history from the first day on, so that none shares a beginning."""
    return [
        parse_scenario(
            f"name: varied-{number}\nextends: history\ninterventions:\n"
            f"  - {{id: x, lever: mexico.enforcement_funding, start: 2021-01-01, to: {1 + number / 1000}}}"
        )
        for number in range(1, count + 1)
    ]


def measure(quick: bool) -> Section:
    section = Section("Batches", ["batch", "runs", "wall, s", "simulating, s", "lost", "memory, MB"])
    load_compiled_code()
    with tempfile.TemporaryDirectory() as folder:
        # Set before the first worker is born, which takes them over. Stored states of earlier batches would make runs
        # shorter than they are.
        os.environ["NUMBA_CACHE_DIR"] = str(numba.config.CACHE_DIR)  # type: ignore[attr-defined]
        os.environ["XDG_CACHE_HOME"] = folder
        os.environ[LOG] = f"{folder}/log"
        _fill(section, quick, Path(folder))
    return section


def _fill(section: Section, quick: bool, folder: Path) -> None:
    scale, replicates = (1000, 2) if quick else (50, REPLICATES)
    names = [name for name in scenario_names() if load_scenario(name).baseline_name == "history"]
    shipped: list[Scenario | str] = ["history", *names[: SCENARIOS - 1]]
    lost = _measure(section, f"{len(shipped)} shipped scenarios", shipped, replicates, scale, folder)
    section.aim(
        f"{SCENARIOS} scenarios, {REPLICATES} replicates, 1:50, two processes: share lost to all but simulation",
        f"below {TARGET_LOST:.0%}",
        f"{lost:.1%}",
        lost < TARGET_LOST,
    )
    for count in (1, 2) if quick else GROWTH:
        scenarios = ["history", *varied(count - 1)]
        _measure(section, f"history and {count - 1} variants", scenarios, replicates, scale, folder)
    section.notes.append(
        f"`corridor batch` with {replicates} replicates at 1:{scale} and {WORKERS} processes. Lost is the share of the "
        "wall clock of both processes in which neither simulated: loading, starting, storing, gathering, comparing and "
        "writing. Simulating counts seconds by the wall clock inside runs; the results of short runs that share a "
        "beginning with another are quicker. Memory is the largest sum over all processes, each without what it "
        "shares with others (proportional set size), looked at four times a second."
    )


def _measure(
    section: Section, words: str, scenarios: list, replicates: int, scale: int, folder: Path
) -> float:
    stop_workers()  # each batch pays for starting its workers
    log = Path(os.environ[LOG])
    log.write_text("")
    batch.finish_run = timed_run
    try:
        with ThreadPoolExecutor(1) as thread, Timer() as timer:
            job = thread.submit(
                batch.run_batch,
                scenarios,
                folder / f"out-{len(scenarios)}",
                replicates=replicates,
                people_per_agent=scale,
                workers=WORKERS,
            )
            peak = 0.0
            while not job.done():
                peak = max(peak, _memory())
                time.sleep(0.25)
            job.result()
    finally:
        batch.finish_run = _finish_run
    runs = [float(line) for line in log.read_text().splitlines()]
    assert len(runs) == len(scenarios) * replicates
    lost = 1 - sum(runs) / (WORKERS * timer.wall)
    section.add(
        words, f"{len(runs):,}", f"{timer.wall:.1f}", f"{sum(runs):.1f}", f"{lost:.1%}", f"{peak:.0f}"
    )
    return lost


def _memory() -> float:
    """Proportional set size of this process and those that it started, MB."""
    here = psutil.Process()
    total = 0
    for process in (here, *here.children(recursive=True)):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:  # ended meanwhile
            continue
    return total / 2**20
