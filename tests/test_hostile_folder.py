"""Corridor in a folder with files named like packages, as users of Mesa have: it works, and runs none of them."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from multiprocessing import Pipe
from pathlib import Path

import pytest

from corridor.foundations.children import without_current_folder
from corridor_app.jobs import full_scale
from tests import bound
from tests.patience import PATIENCE

NAMES = (
    *(
        "model",
        "app",
        "streamlit",
        "numpy",
        "numba",
        "pandas",
        "pyarrow",
        "mesa",
        "scipy",
        "altair",
        "matplotlib",
    ),
    *(
        "pydantic",
        "typer",
        "corridor",
        "corridor_app",
        "map",
        "words",
        "pages",
        "main",
        "multiprocessing",
        "socket",
    ),
)
FOLDERS = ("app", "pages", "spec", "corridor")
MARK = "was-run"
SMALL = ("--replicates", "2", "--people-per-agent", "1000")
GATE = """\
name: mine
title: A gate of my own
extends: history
interventions:
  - {id: gate, lever: panama.darien_gate, start: 2023-10-01, to: 0.5, source: a test}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of such files; each leaves a mark when it is run."""
    made = tmp_path_factory.mktemp("hostile")
    code = (
        f"open({str(made / MARK)!r}, 'a').write(__file__ + chr(10))\nraise RuntimeError('run by mistake')\n"
    )
    files = [made / f"{name}.py" for name in NAMES] + [made / name / "__init__.py" for name in FOLDERS]
    files += [made / "pages" / "explore.py"]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_text(code)
    (made / "mine.yaml").write_text(GATE)
    return made


@pytest.fixture(autouse=True)
def nothing_is_run(folder):
    yield
    mark = folder / MARK
    assert not mark.exists(), f"run by mistake:\n{mark.read_text()}"


def environment(**more):
    """The environment without what would leave the current folder out of the path for us."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"} | more


def corridor(folder, *words, start=("corridor",), **more):
    command = (
        [Path(sys.executable).with_name("corridor")] if start == ("corridor",) else [sys.executable, *start]
    )
    done = subprocess.run(
        [*command, *map(str, words)],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def test_the_commands_work_and_run_nothing_of_the_folder(folder):
    assert "is valid" in corridor(folder, "validate", "mine.yaml")
    corridor(folder, "run", "mine.yaml", *SMALL, "--workers", "2", "--out", "r")
    corridor(folder, "batch", "mine.yaml", *SMALL, "--workers", "2", "--out", "b")
    assert "mine" in corridor(folder, "compare", "r/history", "r/mine", "--out", "c.csv")
    corridor(folder, "report", "r", "--out", "r.html")
    corridor(folder, "doctor", "--no-timing")
    assert (folder / "r.html").stat().st_size > 0 and (folder / "b" / "mine").is_dir()


def test_the_module_works_and_runs_nothing_of_the_folder(folder):
    """Without `-P` Python itself takes the first modules, those of its own library, from the current folder."""
    words = ("run", "mine.yaml", *SMALL, "--workers", "2", "--no-baseline", "--out")
    corridor(folder, *words, "m", start=("-P", "-m", "corridor"))
    own = {"corridor.py", "corridor", "multiprocessing.py", "socket.py"}
    kept = folder.with_name("kept")
    kept.mkdir(exist_ok=True)
    for name in own:
        shutil.move(folder / name, kept / name)
    try:
        corridor(folder, *words, "n", start=("-m", "corridor"))
    finally:
        for name in own:
            shutil.move(kept / name, folder / name)


def test_a_folder_that_the_user_names_in_pythonpath_stays_on_the_path(folder):
    ask = "import sys; print(sys.path)"
    env = without_current_folder(environment(PYTHONPATH=str(folder / "spec")))
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=folder, env=env, capture_output=True, text=True, check=True
    )
    assert str(folder / "spec") in done.stdout
    assert "''" not in done.stdout and repr(str(folder)) not in done.stdout


def test_workers_that_a_script_starts_do_not_look_into_the_current_folder(folder, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import corridor\nr = corridor.run_ensemble('history', replicates=2, people_per_agent=1000, "
                      "workers=2)\nprint(len(r.periods))\n")  # fmt: skip
    done = subprocess.run(
        [sys.executable, script],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0 and int(done.stdout) > 12, done.stderr


def test_the_app_serves_its_page_and_runs_nothing_of_the_folder(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("corridor"), "app", "--headless", "--port", str(port)]
    with bound.start(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as server:
        try:
            assert answer(f"http://127.0.0.1:{port}/_stcore/health", server) == b"ok"
            assert b"<html" in answer(f"http://127.0.0.1:{port}/", server)
            inherited = Path(f"/proc/{server.pid}/environ").read_bytes().split(b"\0")
            assert b"PYTHONSAFEPATH=1" in inherited
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


def answer(address, server):
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as page:
                return page.read()
        except OSError:
            assert server.poll() is None and time.monotonic() < until, "the server does not answer"
            time.sleep(0.2)


def test_the_entry_of_the_app_is_drawn_in_the_folder(folder):
    code = (
        "from pathlib import Path; import corridor_app; from streamlit.testing.v1 import AppTest\n"
        "entry = Path(corridor_app.__file__).parent / 'entry' / 'main.py'\n"
        "page = AppTest.from_file(str(entry), default_timeout=600)\n"
        "page.query_params['replicates'] = '2'\n"
        "page.run(); print(len(page.exception), len(page.metric))"
    )
    assert corridor(folder, code, start=("-P", "-c")).split()[-2:] == ["0", "4"]


def test_the_process_of_full_scale_runs_does_not_look_into_the_current_folder(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(full_scale, "NICE", 0)  # the lowest priority waits long beside other tests
    here, there = Pipe()
    with here:
        with there:
            command = full_scale.child_command(there.fileno())
            child = bound.start(command, cwd=folder, pass_fds=[there.fileno()], env=environment())
        scale = {"replicates": 1, "seed": 1, "people_per_agent": 1000}
        here.send({"scenarios": ["history"], "store": tmp_path, "limit_bytes": 10**9, **scale})
        said = [0, 1]
        while not isinstance(said, str) and not hasattr(said[0], "scenario"):
            assert here.poll(PATIENCE)
            said = here.recv()
        assert [each.scenario for each in said] == ["history"]
    child.wait(PATIENCE)
