"""From the start of a process to its first result, with and without compiled code in the cache."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from statistics import median

from benchmarks.measuring import Section

TARGET = 2.0
FIRST_RESULT = "import model; model.run_ensemble('history', replicates=1, people_per_agent=50, workers=1)"
JOBS = (
    ("import model", "import model"),
    ("import what a run needs", "import model.experiments.ensemble, model.engine.simulation"),
    ("first result, one replicate of history at 1:50", FIRST_RESULT),
)


def timed_process(code: str, cache: str) -> tuple[float, float]:
    """Wall and processor seconds of a fresh process."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache, "XDG_CACHE_HOME": cache}
    before, begun = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    wall, after = time.perf_counter() - begun, os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def measure(quick: bool) -> Section:
    section = Section("Start-up", ["process", "wall, s", "median, s", "CPU, s"])
    times = 2 if quick else 7
    with tempfile.TemporaryDirectory() as cache:
        wall, cpu = timed_process(FIRST_RESULT, cache)
        section.add("first result, nothing compiled yet", f"{wall:.2f}", "", f"{cpu:.2f}")
        for label, code in JOBS:
            runs = [timed_process(code, cache) for _ in range(times)]
            walls, cpus = zip(*runs, strict=True)
            section.add(label, f"{min(walls):.2f}", f"{median(walls):.2f}", f"{min(cpus):.2f}")
    section.notes.append(f"Fresh processes with a cache folder of their own; shortest and median of {times}.")
    section.aim(
        "process start to first result, compiled code cached",
        f"at most {TARGET:g} s",
        f"{min(walls):.2f} s (median {median(walls):.2f}, CPU {min(cpus):.2f})",
        min(walls) <= TARGET,
    )
    return section
