"""What a person at the app waits for: an ensemble of history, and a lever moved in the last twelve months."""

from __future__ import annotations

import os
import tempfile

import numba
import numpy as np

from corridor.experiments.ensemble import run_ensembles
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import parse_scenario
from corridor.outputs.results import Results
from studies.benchmarks.measuring import Section, Timer, load_compiled_code, repeated

TARGET_HISTORY, TARGET_SLIDER = 1.0, 0.5


def moved(places: int) -> Scenario:
    """History with a lever moved on 1 January 2023."""
    return parse_scenario(
        f"name: moved-{places}\nextends: history\ninterventions:\n"
        f"  - {{id: x, lever: mexico.return_acceptance_monthly, for: [Venezuela, Cuba, Haiti, Nicaragua], "
        f"pooled: true, start: 2023-01-01, to: {places}}}"
    )


def measure(quick: bool) -> Section:
    section = Section("Interactive jobs", ["job", "wall, s", "median, s"])
    scale, replicates, times = (1000, 4, 2) if quick else (50, 20, 7)

    def run(scenario: str | Scenario, workers: int | None = None, branching: bool = True) -> Results:
        return run_ensembles(
            [scenario],
            replicates=replicates,
            people_per_agent=scale,
            seed=1,
            workers=workers,
            branching=branching,
        )[0]

    load_compiled_code()
    with (
        tempfile.TemporaryDirectory() as folder
    ):  # stored states of earlier runs would make the first call faster
        os.environ["NUMBA_CACHE_DIR"] = str(numba.config.CACHE_DIR)  # type: ignore[attr-defined]
        os.environ["XDG_CACHE_HOME"] = folder
        with Timer() as first:
            run("history")
        section.add("history, first call (starts workers, loads code)", f"{first.wall:.2f}", "")
        history, usual = repeated(times, lambda: run("history"))
        section.add("history again, 2 processes", f"{history:.2f}", f"{usual:.2f}")
        with Timer() as alone:
            run("history", workers=1)
        section.add("history, 1 process", f"{alone.wall:.2f} (CPU {alone.cpu:.2f})", "")
        with Timer() as first:
            branched = run(moved(20_000))
        section.add("a lever moved in the last 12 months, first call", f"{first.wall:.2f}", "")
        slider, usual_slider = repeated(times, lambda: run(moved(20_000)))
        section.add("the same again", f"{slider:.2f}", f"{usual_slider:.2f}")
        values = iter(range(10_000, 20_000, 100))
        slider, usual_slider = repeated(times, lambda: run(moved(next(values))))
        section.add("the lever moved to a new value each time", f"{slider:.2f}", f"{usual_slider:.2f}")
        with Timer() as alone:
            whole = run(moved(20_000), workers=1, branching=False)
        section.add(
            "the lever moved, 1 process, from the beginning", f"{alone.wall:.2f} (CPU {alone.cpu:.2f})", ""
        )
        with Timer() as alone:
            run(moved(19_990), workers=1)
        section.add("the lever moved, 1 process, branching", f"{alone.wall:.2f} (CPU {alone.cpu:.2f})", "")
    same = np.array_equal(branched.values, whole.values, equal_nan=True)
    section.notes.append(
        f"{replicates} replicates of history at 1:{scale}, results included; shortest and median of {times} calls. "
        f"Branching or not, the numbers {'are the same' if same else 'DIFFER'}."
    )
    section.aim(
        f"interactive job: 3 years, 1:{scale}, {replicates} replicates, two processes, warm",
        f"at most {TARGET_HISTORY:g} s",
        f"{history:.2f} s (median {usual:.2f})",
        history <= TARGET_HISTORY,
    )
    section.aim(
        "a slider that changes the last 12 months",
        f"at most {TARGET_SLIDER:g} s",
        f"{slider:.2f} s (median {usual_slider:.2f})",
        slider <= TARGET_SLIDER,
    )
    return section
