import functools
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from corridor import CorridorError, InputError
from corridor.experiments import workers as workers_module
from corridor.experiments.workers import count_workers, gather, run_tasks, stop_workers
from corridor.foundations.errors import RunError
from tests import bound
from tests.patience import PATIENCE

END_ITSELF = {
    "exit code 3": functools.partial(os._exit, 3),
    "exit code 0": functools.partial(os._exit, 0),
    "ended by SIGSEGV": functools.partial(signal.raise_signal, signal.SIGSEGV),
    "ended by SIGTERM": functools.partial(signal.raise_signal, signal.SIGTERM),
    "SIGKILL.*memory": functools.partial(signal.raise_signal, signal.SIGKILL),
}


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


@pytest.mark.parametrize("cause", END_ITSELF)
def test_a_worker_that_dies_is_an_error_that_says_of_what(cause):
    with pytest.raises(CorridorError, match=cause) as said:
        run_tasks(END_ITSELF[cause], [(), ()], workers=2)
    assert ("memory" in str(said.value)) == ("SIGKILL" in cause)
    assert run_tasks(abs, [(-1,), (-2,)], workers=2) == [1, 2]


def test_two_jobs_are_told_the_same_when_the_workers_that_they_share_die():
    with ThreadPoolExecutor(2) as threads:
        tasks = [(END_ITSELF["SIGKILL.*memory"], [(), ()]), (time.sleep, [(5,), (5,)])]
        jobs = [threads.submit(run_tasks, function, given, workers=2) for function, given in tasks]
    for job in jobs:
        with pytest.raises(CorridorError, match="SIGKILL"):
            job.result()


@pytest.mark.parametrize("workers", [2, 3])
def test_what_a_task_of_one_thread_raises_ends_no_job_of_another(workers):
    with ThreadPoolExecutor(2) as threads:
        long = threads.submit(run_tasks, time.sleep, [(0.2,)] * 10, workers=2)
        time.sleep(0.3)
        with pytest.raises(ZeroDivisionError):
            run_tasks(divmod, [(1, 0), (1, 0)], workers=workers)
        assert long.result() == [None] * 10


def test_no_more_than_one_pool_stays_and_none_that_is_idle_beside_another():
    for workers in (2, 3, 2):
        run_tasks(abs, [(-1,)] * 3, workers=workers)
        assert list(workers_module._pools) == [workers]
    with ThreadPoolExecutor(2) as threads:
        jobs = [threads.submit(run_tasks, time.sleep, [(0.3,)] * 3, workers=workers) for workers in (2, 3)]
        for job in jobs:
            job.result()
    assert len(workers_module._pools) == 1


def refused(asked):
    with pytest.raises(InputError, match=f"{asked} asked for.*daemonic.*workers=1"):
        count_workers(8, asked)
    with pytest.raises(InputError, match="daemonic"):
        run_tasks(abs, [(-1,)], workers=asked)
    return count_workers(8), count_workers(8, 1)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_process_that_may_have_no_children_is_told_so_before_anything_runs(method):
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.apply(refused, (3,)) == (1, 1)


class Lost(ThreadPoolExecutor):
    """An executor whose workers see other folders."""

    def submit(self, function, /, *given, **named):
        return super().submit(open, "/nowhere/drivers")


def test_workers_of_an_executor_that_see_other_folders_are_told_what_they_must_see():
    with Lost(1) as executor, pytest.raises(RunError, match=r"/nowhere/drivers.*TMPDIR"):
        gather(executor, abs, [(-1,)])


def test_an_executor_that_loses_a_worker_is_an_error_and_the_rest_is_not_begun():
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawning) as executor, pytest.raises(RunError, match="lost a worker"):
        gather(executor, END_ITSELF["exit code 3"], [()])
    begun = []
    with ThreadPoolExecutor(1) as executor, pytest.raises(ZeroDivisionError):
        gather(executor, lambda n: (begun.append(n), time.sleep(0.1), 1 / n), [(n,) for n in range(9)])
    assert len(begun) < 9


def test_nothing_waits_for_the_rest_of_a_result_whose_worker_was_ended():
    def interrupt(done):
        raise KeyboardInterrupt

    before = set(threading.enumerate())
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            run_tasks(bytes, [(30_000_000,)] * 6, workers=2, done=interrupt)
        for thread in set(threading.enumerate()) - before:
            thread.join(timeout=PATIENCE)
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
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
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
    process.wait(timeout=PATIENCE)
    process.stdout.close()
    for _ in range(100):
        if processes_of(process.pid) == 0:
            break
        time.sleep(0.1)
    assert processes_of(process.pid) == 0, "a process of its session is still there"
