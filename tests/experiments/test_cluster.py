"""A batch on a Dask scheduler: the bytes of a local one, also when a worker is killed on the way."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import corridor
from corridor import load_scenario
from corridor.experiments.batch import run_batch
from corridor.experiments.cluster import TELL_AFTER, connected, run_here
from corridor.experiments.stored_runs import STORE
from corridor.foundations.errors import RunError
from corridor.foundations.extras import MissingExtra
from tests import bound
from tests.patience import PATIENCE

ROOT = Path(corridor.__file__).parents[1]
HERE = "127.0.0.1"
SETTINGS = {"replicates": 6, "people_per_agent": 2000, "by": "mexico_entries"}


def files_below(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def free_port():
    with socket.socket() as listening:
        listening.bind((HERE, 0))
        return listening.getsockname()[1]


def wait_for_workers(address, number):
    from distributed import Client

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with Client(address, timeout=5, set_as_default=False) as client:
                if number:
                    client.wait_for_workers(number, timeout=PATIENCE)
                return
        except OSError:
            if time.monotonic() > deadline:
                raise


SCHEDULER, WORKER = "distributed.cli.dask_scheduler", "distributed.cli.dask_worker"
WHERE = ("--host", HERE, "--no-dashboard")
ALONE = ("--no-nanny", "--nthreads", "1")


@pytest.fixture
def start(tmp_path):
    """Start a process of Dask elsewhere; all end with the test."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    processes = []
    with (tmp_path / "log").open("w") as log:

        def start(*command):
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            words = [sys.executable, "-m", *command]
            processes.append(bound.start(words, cwd=elsewhere, env=environment, stdout=log, stderr=log))
            return processes[-1]

        try:
            yield start
        finally:
            for process in processes:
                process.kill()
                process.wait()


@pytest.fixture
def lonely(start):
    """Address of a scheduler without workers, and itself."""
    address = f"tcp://{HERE}:{free_port()}"
    scheduler = start(SCHEDULER, *WHERE, "--port", address.rsplit(":", 1)[1])
    wait_for_workers(address, 0)
    return address, scheduler


@pytest.fixture
def cluster(lonely, start):
    """Address of a scheduler, itself, and its two workers without nannies: each a process."""
    address, scheduler = lonely
    workers = [start(WORKER, address, *WHERE, *ALONE) for _ in range(2)]
    wait_for_workers(address, 2)
    return address, scheduler, workers


@pytest.fixture
def scenarios(scenario_folder):
    return [load_scenario(scenario_folder / f"{name}.yaml") for name in ("short", "gate")]


def test_a_batch_survives_a_killed_worker_and_writes_the_bytes_of_a_local_one(
    cluster, scenarios, tmp_path, monkeypatch
):
    address, _, (victim, survivor) = cluster
    run_batch(scenarios, tmp_path / "local", workers=1, **SETTINGS)
    counts = []

    def kill_after_three(done, total):
        counts.append((done, total))
        if done == 3:
            victim.send_signal(signal.SIGKILL)
            victim.wait()

    monkeypatch.chdir(tmp_path)  # a relative folder: the workers were started elsewhere
    done = run_batch(scenarios, Path("out"), scheduler=address, progress=kill_after_three, **SETTINGS)
    assert counts == [(number, 12) for number in range(1, 13)]
    assert (victim.returncode, survivor.poll()) == (-signal.SIGKILL, None)
    assert (done.written, done.failures) == (("short", "gate"), ())
    assert files_below(tmp_path / "out") == files_below(tmp_path / "local")


def test_a_lost_scheduler_is_said_and_the_batch_resumes_here(cluster, scenarios, tmp_path):
    address, scheduler, _ = cluster
    run_batch(scenarios, tmp_path / "local", workers=1, **SETTINGS)

    def kill_after_three(done, _total):
        if done == 3:
            scheduler.kill()

    with pytest.raises(RunError, match=r"scheduler was lost.*--resume"):
        run_batch(scenarios, tmp_path / "out", scheduler=address, progress=kill_after_three, **SETTINGS)
    done = run_batch(scenarios, tmp_path / "out", workers=1, resume=True, **SETTINGS)
    assert done.reused >= 3
    assert files_below(tmp_path / "out") == files_below(tmp_path / "local")


def test_an_address_where_nobody_listens_is_an_error_and_costs_no_finished_run(scenario_folder, tmp_path):
    kept = tmp_path / "out" / STORE / "earlier.run"
    kept.parent.mkdir(parents=True)
    kept.touch()
    address = f"tcp://{HERE}:{free_port()}"
    words = ["batch", scenario_folder, "--replicates", "1", "--scheduler", address, "--out", tmp_path / "out"]
    done = subprocess.run(
        [sys.executable, "-m", "corridor", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert f"corridor: no Dask scheduler answers at {address}" in done.stderr
    assert "Traceback" not in done.stderr
    assert kept.exists()


def test_a_scheduler_without_workers_says_so_soon_and_an_interruption_ends_it(
    lonely, scenario_folder, tmp_path
):
    address, _ = lonely
    words = ["batch", scenario_folder, "--replicates", "1", "--scheduler", address, "--out", tmp_path / "out"]
    batch = bound.start(
        [sys.executable, "-m", "corridor", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert batch.stderr is not None
    said = next(line for line in batch.stderr if "no worker" in line)
    assert TELL_AFTER < 10 and batch.poll() is None
    assert f"dask worker {address}" in said and "10 minutes" in said
    batch.send_signal(signal.SIGINT)
    assert batch.wait(timeout=PATIENCE) == 130
    assert "Traceback" not in batch.stderr.read()
    batch.stderr.close()


def test_a_worker_that_comes_late_runs_the_batch(lonely, start, scenarios, tmp_path):
    address, _ = lonely
    run_batch(scenarios, tmp_path / "local", workers=1, **SETTINGS)
    told = []

    def start_one(sentence):
        told.append(sentence)
        start(WORKER, address, *WHERE, *ALONE)

    done = run_batch(scenarios, tmp_path / "out", scheduler=address, tell=start_one, **SETTINGS)
    assert len(told) == 1 and done.written == ("short", "gate")
    assert files_below(tmp_path / "out") == files_below(tmp_path / "local")


def test_workers_that_all_went_are_told_and_not_waited_for_for_ever(cluster, tmp_path, monkeypatch):
    address, _, workers = cluster
    monkeypatch.setattr("corridor.experiments.cluster.TELL_AFTER", 1)
    monkeypatch.setattr("corridor.experiments.cluster.WAIT_AT_MOST", 3)
    told = []

    def kill_all(_):
        for worker in workers:
            worker.kill()

    with (
        connected(address, told.append) as run,
        pytest.raises(RunError, match=r"no worker for 3 seconds; start one: dask worker tcp"),
    ):
        run(time.sleep, [(0.1,), (0.1,), (60,), (60,)], done=kill_all)
    assert len(told) == 1


def test_an_address_that_is_none_is_an_error():
    with (
        pytest.raises(RunError, match="no Dask scheduler answers at ftp://nowhere"),
        connected("ftp://nowhere"),
    ):
        pass


def test_without_dask_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(MissingExtra, match=r"pip install 'corridor\[cluster\]'"),
        connected("tcp://127.0.0.1:1"),
    ):
        pass


def test_a_worker_with_other_code_or_without_the_folder_is_an_error(tmp_path):
    from corridor.outputs.manifest import code_hash

    with pytest.raises(RunError, match="another version"):
        run_here(len, ((),), "other")
    with pytest.raises(RunError, match="all workers share"):
        run_here(open, (tmp_path / "nothing",), code_hash())


def test_dask_is_not_imported_unless_asked_for():
    code = "import sys, corridor.experiments.batch; print({'dask', 'distributed'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE
    )
    assert done.stdout == "set()\n"
