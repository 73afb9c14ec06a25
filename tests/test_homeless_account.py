"""Every command for an account that has no home and can write no cache: the same numbers, and one note."""

import socket
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

import numba
import pytest

from corridor.foundations import compiled
from tests import bound, homeless
from tests.patience import PATIENCE

CORRIDOR = Path(sys.executable).with_name("corridor")
assert compiled.COMPILED  # imported, it has chosen the folder
COMPILED = str(numba.config.CACHE_DIR)  # type: ignore[attr-defined]


@pytest.fixture
def folder(tmp_path):
    """A folder that anybody may write, not below that of the tests, which only their account may enter."""
    (tmp_path / "home").mkdir(mode=0o555)
    with TemporaryDirectory(prefix="corridor-tests-") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.fixture
def as_homeless(tmp_path):
    """A function that runs a command as that account: what it says beside its results."""

    def run(*words, **variables):
        environment = homeless.environment(tmp_path / "home", **variables)
        command = [*homeless.WORDS, CORRIDOR, *words]
        done = bound.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return [line for line in done.stderr.splitlines() if "starting" not in line]

    return run


def test_commands_work_without_a_home(as_homeless, folder, scenario_folder, run_command, tmp_path):
    """With code that is compiled already, in a folder that can only be read."""
    run_command(
        "run",
        scenario_folder / "gate.yaml",
        "--replicates",
        2,
        "--workers",
        1,
        "--out",
        tmp_path / "usual",
    )
    words = ("run", str(scenario_folder / "gate.yaml"), "--replicates", "2", "--out", str(folder / "run"))
    assert as_homeless(*words, NUMBA_CACHE_DIR=COMPILED) == []
    for file in (tmp_path / "usual").rglob("*.csv"):
        assert (folder / "run" / file.relative_to(tmp_path / "usual")).read_bytes() == file.read_bytes()
    assert as_homeless("report", str(folder / "run"), "--out", str(folder / "page.html")) == []
    assert as_homeless("compare", str(folder / "run")) == []
    assert as_homeless("levers") == []
    notes = as_homeless("doctor", "--no-timing")
    assert len(notes) == 3 and "compiled code cannot be kept in" in notes[0]
    assert all("set XDG_CACHE_HOME" in note for note in notes)


def test_the_app_starts_without_a_home(folder, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*homeless.WORDS, CORRIDOR, "app", "--headless", "--port", str(port)]
    server = bound.start(command, env=homeless.environment(tmp_path / "home"), cwd="/")
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
                    assert answer.status == 200
                    return
            except OSError:
                assert server.poll() is None and time.monotonic() < until
                time.sleep(0.2)
    finally:
        server.kill()
        server.wait()


@pytest.mark.study
@pytest.mark.parametrize("command", ("run", "batch"))
@pytest.mark.parametrize("workers", ("1", "2"))
def test_code_is_compiled_without_a_cache_and_that_is_said_once(
    as_homeless, folder, scenario_folder, command, workers
):
    words = (command, str(scenario_folder / "gate.yaml"), "--replicates", "2", "--workers", workers)
    notes = [line for line in as_homeless(*words, "--out", str(folder / "out")) if line.startswith("note:")]
    assert len(notes) == 1 and "compiled code cannot be kept in" in notes[0]
    assert (folder / "out" / "compare.csv").exists()
