import functools
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from corridor import CorridorError
from corridor.experiments.workers import count_workers, run_tasks, stop_workers
from tests import bound

kill_itself = functools.partial(signal.raise_signal, signal.SIGKILL)


@pytest.fixture(scope="module", autouse=True)
def _no_workers_stay():
    yield
    stop_workers()


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_tasks(workers):
    counted = []
    results = run_tasks(pow, [(2, n) for n in range(9)], workers=workers, done=counted.append)
    assert results == [2**n for n in range(9)]
    assert counted == list(range(1, 10))


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_task_raises_comes_through(workers):
    with pytest.raises(ZeroDivisionError):
        run_tasks(divmod, [(1, 1), (1, 0)], workers=workers)
    assert run_tasks(divmod, [(7, 2)], workers=workers) == [(3, 1)]


def test_a_worker_that_dies_is_an_error_with_a_remedy():
    with pytest.raises(CorridorError, match="exit code 3"):
        run_tasks(os._exit, [(3,), (3,)], workers=2)
    with pytest.raises(CorridorError, match=r"SIGKILL.*fewer workers"):
        run_tasks(kill_itself, [(), ()], workers=2)
    assert run_tasks(abs, [(-1,), (-2,)], workers=2) == [1, 2]


def test_nothing_waits_for_the_rest_of_a_result_whose_worker_was_ended():
    def interrupt(done):
        raise KeyboardInterrupt

    before = set(threading.enumerate())
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            run_tasks(bytes, [(30_000_000,)] * 6, workers=2, done=interrupt)
        for thread in set(threading.enumerate()) - before:
            thread.join(timeout=10)
            assert not thread.is_alive(), "the process could never end"


def test_no_more_workers_than_tasks():
    assert count_workers(1) == 1
    assert count_workers(100, 3) == 3
    assert count_workers(2, 8) == 2
    assert 1 <= count_workers(100) <= 2


SCRIPT = textwrap.dedent(
    """
    import sys, time
    from corridor.experiments.workers import run_tasks

    print("script", flush=True)
    print(run_tasks(abs, [(-1,), (-2,)], workers=2), flush=True)
    if len(sys.argv) > 1:
        run_tasks(time.sleep, [(60,), (60,)], workers=2)
    """
)


def test_a_script_without_a_main_guard_runs_once(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == ["script", "[1, 2]"]


def test_an_interruption_is_left_to_the_parent():
    assert run_tasks(signal.pthread_sigmask, [(signal.SIG_BLOCK, ())] * 2, workers=2) == [{signal.SIGINT}] * 2
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_the_process_that_started_it(tmp_path, processes_of, end):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    process = bound.start(
        [sys.executable, script, "wait"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["script\n", "[1, 2]\n"]
    process.send_signal(end)
    process.wait(timeout=20)
    process.stdout.close()
    for _ in range(100):
        if processes_of(process.pid) == 0:
            break
        time.sleep(0.1)
    assert processes_of(process.pid) == 0, "a process of its session is still there"
