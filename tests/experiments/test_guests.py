"""Corridor inside other people's programs: every kind of pool, with default workers, gives the numbers and ends.

Each caller is a script of its own: it must end, whoever started whom.
"""

import subprocess
import sys
import textwrap

import pytest

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
CALLERS = {
    "executor_fork": "with ProcessPoolExecutor(2, multiprocessing.get_context('fork')) as pool: found = list(pool.map(run, (1, 2)))",
    "executor_spawn": "with ProcessPoolExecutor(2, multiprocessing.get_context('spawn')) as pool: found = list(pool.map(run, (1, 2)))",
    "executor_forkserver": "with ProcessPoolExecutor(2, multiprocessing.get_context('forkserver')) as pool: found = list(pool.map(run, (1, 2)))",
    "pool_fork": "with multiprocessing.get_context('fork').Pool(2) as pool: found = pool.map(run, (1, 2))",
    "pool_spawn": "with multiprocessing.get_context('spawn').Pool(2) as pool: found = pool.map(run, (1, 2))",
    "pool_forkserver": "with multiprocessing.get_context('forkserver').Pool(2) as pool: found = pool.map(run, (1, 2))",
    "fork_after_use": "run(1, workers=2)\n    with ProcessPoolExecutor(2, multiprocessing.get_context('fork')) as pool: found = list(pool.map(run, (1, 2)))",
    "pool_after_use": "run(1, workers=2)\n    with multiprocessing.get_context('fork').Pool(2) as pool: found = pool.map(run, (1, 2))",
    "workers_in_a_fork": "run(1, workers=2)\n    with ProcessPoolExecutor(2, multiprocessing.get_context('fork')) as pool: found = list(pool.map(run_two, (1, 2)))",
    "workers_in_a_process": "with ProcessPoolExecutor(2, multiprocessing.get_context('spawn')) as pool: found = list(pool.map(run_two, (1, 2)))",
    "threads": "with ThreadPoolExecutor(2) as pool: found = list(pool.map(run, (1, 2)))",
    "threads_of_two_sizes": "with ThreadPoolExecutor(2) as pool: found = [f.result() for f in (pool.submit(run, 1, workers=2), pool.submit(run, 2, workers=3))]",
    "given_executor": "with ProcessPoolExecutor(2, multiprocessing.get_context('spawn')) as pool: found = [run(s, executor=pool) for s in (1, 2)]",
    "given_threads": "with ThreadPoolExecutor(2) as pool: found = [run(s, executor=pool) for s in (1, 2)]",
    "no_guard": None,
}  # fmt: skip
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
        [sys.executable, str(file), str(scenario)], capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "right"
    return done


QUICK = ("executor_fork", "pool_after_use", "threads_of_two_sizes", "given_threads")  # the faults that were seen


@pytest.mark.parametrize(
    "caller", [pytest.param(each, marks=() if each in QUICK else pytest.mark.study) for each in CALLERS]
)
def test_every_caller_gets_the_numbers_and_ends(caller, tmp_path, scenario_folder):
    done = ends_well(tmp_path, script_of(caller), scenario_folder / "short.yaml")
    assert not done.stderr, done.stderr
