"""From the start of a process to its first result, in Python and on the command line."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from statistics import median

from corridor.inputs.parameters.parameter_set import NATIONALITIES, load_parameters
from corridor.inputs.scenarios.scenario_files import load_scenario
from studies.benchmarks.measuring import Section, drivers_of, repeated, timed_run

TARGET = 2.0
MOST_OF_A_RUN = 0.2
"""What the daily arrays of all parameters may take, as a share of one replicate of history at 1:50."""

FIRST_RESULT = (
    "import corridor; corridor.run_ensemble('history', replicates=1, people_per_agent=50, workers=1)"
)
ONE_REPLICATE = "--replicates 1 --people-per-agent 50 --workers 1 --no-baseline --out"
JOBS = {
    "import corridor": ["-c", "import corridor"],
    "import what a run needs": ["-c", "import corridor.experiments.ensemble, corridor.engine.simulation"],
    "`corridor levers`": ["-m", "corridor", "levers"],
}
RESULTS = {
    "first result in Python, one replicate of history at 1:50": ["-c", FIRST_RESULT],
    "`corridor run`, the same, files written": ["-m", "corridor", "run", "history", *ONE_REPLICATE.split()],
}


def timed_process(words: list[str], cache: str) -> tuple[float, float]:
    """Wall and processor seconds of a fresh Python process; `words` follow the interpreter."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache, "XDG_CACHE_HOME": cache}
    words = [*words, f"{cache}/results"] if words[-1] == "--out" else words
    before, begun = os.times(), time.perf_counter()
    subprocess.run([sys.executable, *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - begun, os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def seconds_of_daily_arrays(times: int) -> float:
    """Seconds in which every parameter becomes an array of values by day; the shortest of some times."""
    parameters, timeline = load_parameters(), load_scenario("history").timeline

    def compile_all() -> None:
        for parameter in parameters.values():
            keys = NATIONALITIES if parameter.over in ("", "nationality") else list(parameter.knots)
            parameter.daily_by(keys, timeline)

    return repeated(times, compile_all)[0]


def measure(quick: bool) -> Section:
    section = Section("Start-up", ["process", "wall, s", "median, s", "CPU, s"])
    times = 2 if quick else 7
    slowest = (0.0, 0.0, 0.0)
    with tempfile.TemporaryDirectory() as cache:
        wall, cpu = timed_process(["-c", FIRST_RESULT], cache)
        section.add("first result in Python, nothing cached yet", f"{wall:.2f}", "", f"{cpu:.2f}")
        for label, words in (JOBS | RESULTS).items():
            runs = [timed_process(words, cache) for _ in range(times)]
            walls, cpus = zip(*runs, strict=True)
            section.add(label, f"{min(walls):.2f}", f"{median(walls):.2f}", f"{min(cpus):.2f}")
            if label in RESULTS:
                slowest = max(slowest, (min(walls), median(walls), min(cpus)))
    arrays, drivers = seconds_of_daily_arrays(times), drivers_of()
    run = min(timed_run(drivers).cpu for _ in range(times))
    section.add("in a process: daily arrays of all parameters", f"{arrays:.3f}", "", "")
    section.add("in a process: one replicate of history at 1:50", "", "", f"{run:.2f}")
    section.aim(
        "daily arrays of all parameters, as a share of one replicate of history at 1:50",
        f"at most {MOST_OF_A_RUN:g}",
        f"{arrays / run:.3f}",
        arrays <= MOST_OF_A_RUN * run,
    )
    section.notes.append(
        f"Fresh processes with a cache folder of their own, for compiled code and for the registries; shortest and "
        f"median of {times}. The target counts the slower of the last two."
    )
    section.aim(
        "process start to first result, compiled code cached",
        f"at most {TARGET:g} s",
        f"{slowest[0]:.2f} s (median {slowest[1]:.2f}, CPU {slowest[2]:.2f})",
        slowest[0] <= TARGET,
    )
    return section
