"""Faults while a command works: nothing that is finished is lost without a word, and nothing ends in a traceback."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from corridor.experiments.branching import job_folder
from corridor.experiments.memory import VARIABLE
from corridor.foundations.errors import RunError
from corridor.outputs.locks import LOCK
from tests import bound
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def command(scenario_folder, tmp_path):
    """Run a command on `short` in a process of its own; its code, its standard error, and its folder."""

    def run(*more, code="from corridor import cli; cli.main()", where=ROOT / "model", **environment):
        out = tmp_path / "out"
        words = [
            sys.executable,
            "-c",
            code,
            "run",
            scenario_folder / "short.yaml",
            "--out",
            out,
            "--workers",
            "1",
        ]
        done = subprocess.run(
            [*map(str, words), *more],
            cwd=where,
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": str(where)} | environment,
            timeout=PATIENCE,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr, out

    return run


def test_a_clock_that_is_set_back_changes_no_byte(command):
    _, _, out = command()
    before = (out / "short" / "replicates.csv").read_bytes()
    back = "import time; real = time.time; time.time = lambda: real() - 4e7; "
    code, _, out = command(code=back + "from corridor import cli; cli.main()")
    assert code == 0
    assert (out / "short" / "replicates.csv").read_bytes() == before


def begin(words):
    """A command that is at work, its standard error to be read."""
    command = [sys.executable, "-m", "corridor", *map(str, words)]
    return bound.start(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def test_a_folder_that_is_deleted_during_a_run_is_made_again(scenario_folder, tmp_path):
    out = tmp_path / "out"
    words = ["run", scenario_folder / "short.yaml", "--out", out, "--workers", "1", "--replicates", "60"]
    process = begin(words)
    for _ in range(3000):
        if (out / LOCK).exists():
            break
        time.sleep(0.01)
    shutil.rmtree(out)
    said = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 0, said
    assert (out / "short" / "manifest.json").exists()


def test_a_full_disk_ends_a_run_in_words_and_leaves_nothing_half_written(scenario_folder, tmp_path):
    out = tmp_path / "out"
    words = ["run", scenario_folder / "short.yaml", "--out", out, "--workers", "1", "--replicates", "90"]
    shell = f"ulimit -f 6000; exec {sys.executable} -m corridor {' '.join(map(str, words))}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert "no room left" in done.stderr and "corridor batch" in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


@pytest.mark.parametrize("command", ("run", "batch"))
def test_no_room_for_what_the_runs_read_is_told_in_words_before_anything_runs(
    scenario_folder, tmp_path, command
):
    out = tmp_path / "out"
    words = [command, scenario_folder / "short.yaml", "--out", out, "--workers", "1"]
    shell = f"ulimit -f 20; exec {sys.executable} -m corridor {' '.join(map(str, words))}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert "what the runs read cannot be written" in done.stderr and "TMPDIR" in done.stderr
    assert "(File too large): nothing has run" in done.stderr
    assert "Errno" not in done.stderr and "Traceback" not in done.stderr
    assert not (out / "short").exists()


def test_a_machine_without_a_folder_for_temporary_files_is_told_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(RunError, match="in any folder for temporary files"), job_folder():
        raise AssertionError("there is no folder")


def test_a_killed_worker_ends_a_run_in_words_and_leaves_no_folder(scenario_folder, tmp_path):
    out = tmp_path / "out"
    words = ["run", scenario_folder / "short.yaml", "--out", out, "--workers", "2", "--replicates", "5000"]
    process = begin(words)
    try:
        workers, until = [], time.monotonic() + PATIENCE
        while len(workers) < 2 and time.monotonic() < until:
            time.sleep(0.05)
            workers = workers_of(process.pid)
        os.kill(workers[-1], signal.SIGKILL)
        said = process.communicate(timeout=PATIENCE)[1]
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 1
    assert said.startswith("corridor: a worker process was killed (SIGKILL)") and "fewer workers" in said
    assert "Traceback" not in said
    assert not out.exists()


def workers_of(process):
    """The workers of a command: what the server that it forks them from has started."""
    servers = [child for child in children(process) if b"forkserver" in command_of(child)]
    return [worker for server in servers for worker in children(server)]


def children(process):
    try:
        return [
            int(child)
            for task in Path(f"/proc/{process}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []  # it has ended


def command_of(process):
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_folder_that_cannot_be_written_is_refused_before_the_run(scenario_folder):
    # /proc takes no folder from anybody, root included.
    words = ["run", scenario_folder / "short.yaml", "--out", "/proc/corridor-results", "--replicates", "5000"]
    done = subprocess.run(
        [sys.executable, "-m", "corridor", *map(str, words)], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 2
    assert done.stderr.startswith("/proc/corridor-results: cannot be written")
    assert "another folder" in done.stderr and "Traceback" not in done.stderr


def test_a_run_that_was_told_to_go_on_without_enough_memory_ends_in_words(scenario_folder, tmp_path):
    limit = 1_300_000_000

    def bound():
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    out = tmp_path / "out"
    words = ["run", scenario_folder / "short.yaml", "--out", out, "--workers", "1", "--daily"]
    words += ["--replicates", "150", "--people-per-agent", "5000"]
    done = subprocess.run(
        [sys.executable, "-m", "corridor", *map(str, words)],
        capture_output=True, text=True, timeout=PATIENCE, preexec_fn=bound, env=os.environ | {VARIABLE: "100000"},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    told, last = done.stderr.splitlines()[:-1], done.stderr.splitlines()[-1]
    assert last.startswith("corridor: out of memory") and "corridor batch" in last
    assert all(line.startswith("short: ") for line in told), "nothing but progress before it"
    assert not out.exists()


@pytest.mark.parametrize("file", ("parameters.yaml", "levers.yaml", "places.yaml"))
def test_a_part_of_corridor_that_is_missing_is_named(command, tmp_path, file):
    copied = tmp_path / "copy"
    shutil.copytree(ROOT / "model", copied / "model", ignore=shutil.ignore_patterns("__pycache__"))
    (copied / "model" / "corridor" / "data" / file).unlink()
    code, said, out = command(where=copied / "model")
    assert code == 2
    assert said.startswith(f"model/corridor/data/{file}: cannot be read") and "install it again" in said
    assert not out.exists()
