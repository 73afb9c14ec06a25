"""Every command for an account that has no home and can write no cache: the same numbers, and one note."""

import shutil
import socket
import sys
import time
import urllib.request
from pathlib import Path

import numba
import pytest

from tests import bound, homeless

CORRIDOR = Path(sys.executable).with_name("corridor")
COMPILED = str(numba.config.CACHE_DIR)  # type: ignore[attr-defined]


@pytest.fixture
def folder(tmp_path, scenario_folder):
    """A folder that anybody may write, below folders that anybody may enter."""
    for path in (tmp_path, *tmp_path.parents):
        if path.owner() == tmp_path.owner() and path != Path("/tmp"):
            path.chmod(path.stat().st_mode | 0o055)
    (tmp_path / "home").mkdir(mode=0o555)
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    return tmp_path / "open"


@pytest.fixture
def as_homeless(folder):
    """A function that runs a command as that account: what it says beside its results."""

    def run(*words, **variables):
        environment = homeless.environment(folder.parent / "home", **variables)
        command = [*homeless.WORDS, CORRIDOR, *words]
        done = bound.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return [line for line in done.stderr.splitlines() if "starting" not in line]

    return run


def test_commands_work_without_a_home(as_homeless, folder, scenario_folder, run_command):
    """With code that is compiled already, in a folder that can only be read."""
    run_command(
        "run",
        scenario_folder / "gate.yaml",
        "--replicates",
        2,
        "--workers",
        1,
        "--out",
        folder.parent / "usual",
    )
    for command in ("run", "batch"):
        words = (
            command,
            str(scenario_folder / "gate.yaml"),
            "--replicates",
            "2",
            "--out",
            str(folder / command),
        )
        assert as_homeless(*words, NUMBA_CACHE_DIR=COMPILED) == []
        for file in (folder.parent / "usual").rglob("*.csv"):
            found = folder / command / file.relative_to(folder.parent / "usual")
            assert found.read_bytes() == file.read_bytes()
    assert as_homeless("report", str(folder / "run"), "--out", str(folder / "page.html")) == []
    assert as_homeless("compare", str(folder / "run")) == []
    assert as_homeless("levers") == []
    notes = as_homeless("doctor", "--no-timing")
    assert len(notes) == 3 and "compiled code cannot be kept in" in notes[0]
    assert all("set XDG_CACHE_HOME" in note for note in notes)


def test_the_app_starts_without_a_home(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*homeless.WORDS, CORRIDOR, "app", "--headless", "--port", str(port)]
    server = bound.start(command, env=homeless.environment(folder.parent / "home"), cwd="/")
    try:
        until = time.monotonic() + 60
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
def test_a_run_compiles_without_a_cache_and_says_so_once(as_homeless, folder, scenario_folder):
    for workers in ("1", "2"):
        words = ("run", str(scenario_folder / "gate.yaml"), "--replicates", "2", "--workers", workers)
        notes = [
            line for line in as_homeless(*words, "--out", str(folder / workers)) if line.startswith("note:")
        ]
        assert len(notes) == 1 and "compiled code cannot be kept in" in notes[0]
    shutil.rmtree(folder / "1")
