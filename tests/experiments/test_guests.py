"""Corridor inside other people's programs: every kind of pool, with default workers, gives the numbers and ends.

Each caller is a script of its own: it must end, whoever started whom.
"""

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

from corridor import InputError, run_ensemble

HEAD = """
import multiprocessing, os, sys, threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
import corridor, numpy

def run(seed, **more):
    scale = {"replicates": 2, "people_per_agent": 5000}
    found = corridor.run_ensemble(SCENARIO, seed=seed, **scale, **more)
    return float(numpy.nansum(found.values))

SCENARIO = sys.argv[1]
"""
TAIL = """
    for seed, number in zip((1, 2), found, strict=True):
        assert number == run(seed, workers=1), (seed, number)
    print("right")
"""
EXECUTOR = "with ProcessPoolExecutor(2, multiprocessing.get_context('{}')) as pool:"
POOL = "with multiprocessing.get_context('{}').Pool(2) as pool:"
THREADS = "with ThreadPoolExecutor(2) as pool:"
MAPPED = " found = list(pool.map({}, (1, 2)))"
USED = "run(1, workers=2); "  # the parent has workers before it forks
CALLERS = {
    **{
        f"executor_{how}": EXECUTOR.format(how) + MAPPED.format("run")
        for how in ("fork", "spawn", "forkserver")
    },
    **{f"pool_{how}": POOL.format(how) + MAPPED.format("run") for how in ("fork", "spawn", "forkserver")},
    "executor_after_use": USED + "\n    " + EXECUTOR.format("fork") + MAPPED.format("run"),
    "pool_after_use": USED + "\n    " + POOL.format("fork") + MAPPED.format("run"),
    "workers_in_a_fork": USED + "\n    " + EXECUTOR.format("fork") + MAPPED.format("run_two"),
    "workers_in_a_process": EXECUTOR.format("spawn") + MAPPED.format("run_two"),
    "threads": THREADS + MAPPED.format("run"),
    "threads_of_two_sizes": THREADS
    + " found = [f.result() for f in (pool.submit(run, 1, workers=2), pool.submit(run, 2, workers=3))]",
    "given_executor": EXECUTOR.format("spawn") + " found = [run(s, executor=pool) for s in (1, 2)]",
    "given_threads": THREADS + " found = [run(s, executor=pool) for s in (1, 2)]",
    "no_guard": "",
}
MORE = """
def run_two(seed):
    return run(seed, workers=2)
"""


def script_of(caller):
    if caller == "no_guard":
        return HEAD + "found = [run(seed, workers=2) for seed in (1, 2)]\nif True:" + TAIL
    return HEAD + MORE + 'if __name__ == "__main__":\n    ' + CALLERS[caller] + TAIL


def ends_well(tmp_path, script, scenario, seconds=100):
    file = tmp_path / "caller.py"
    file.write_text(script)
    done = subprocess.run(
        [sys.executable, str(file), str(scenario)],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "right"
    return done


QUICK = (
    "executor_fork",
    "pool_after_use",
    "threads_of_two_sizes",
    "given_threads",
)  # the faults that were seen


@pytest.mark.parametrize(
    "caller", [pytest.param(each, marks=() if each in QUICK else pytest.mark.study) for each in CALLERS]
)
def test_every_caller_gets_the_numbers_and_ends(caller, tmp_path, scenario_folder):
    done = ends_well(tmp_path, script_of(caller), scenario_folder / "short.yaml")
    assert not done.stderr, done.stderr


def test_a_process_that_may_start_none_is_told_before_the_run(tmp_path, scenario_folder):
    script = (
        HEAD
        + MORE
        + textwrap.dedent(
            """
        def refused(seed):
            try:
                run_two(seed)
            except corridor.InputError as error:
                return str(error)

        if __name__ == "__main__":
            with multiprocessing.get_context("fork").Pool(1) as pool:
                assert "say 1" in pool.map(refused, [1])[0]
            print("right")
        """
        )
    )
    ends_well(tmp_path, script, scenario_folder / "short.yaml")


def test_workers_and_an_executor_are_not_both_taken(scenario_folder):
    with ThreadPoolExecutor(1) as pool, pytest.raises(InputError, match="not both"):
        run_ensemble(scenario_folder / "short.yaml", workers=2, executor=pool)
