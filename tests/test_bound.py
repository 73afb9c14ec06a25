"""Whoever ends a test, a study or a benchmark ends what it started."""

import ast
import os
import signal
import sys
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE

import pytest

from tests import bound
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("studies", "tests")
MARK = "CORRIDOR_TEST_OF"
"""In the environment of all that a test starts: a process with a session of its own is found by it too."""

SERVER_AND_POOL = """
import os, sys, tempfile, time
from pathlib import Path
from corridor.experiments.workers import run_tasks
from tests.browsing import served
with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder, served(Path(folder)):
    run_tasks(os.getpid, [()] * 2, workers=2)
    print("ready", flush=True)
    time.sleep(600)
"""
BROWSER = """
import time
from tests.browsing import launched
with launched() as browser:
    browser.new_page().goto("about:blank")
    print("ready", flush=True)
    time.sleep(600)
"""
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def marked(mark):
    """Processes that run and were started below the one with this mark, by their command lines."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() not in (process / "environ").read_bytes().split(b"\0"):
                continue
            if (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found[process.name] = (process / "cmdline").read_bytes().replace(b"\0", b" ")[:100]
        except OSError:  # it has ended meanwhile
            continue
    return found


@pytest.fixture
def end_of(tmp_path):
    """Start a script, end it by a signal when it is ready; what was there before, and what is left of it."""

    def end(script, how, least):
        mark = f"{os.getpid()}-{tmp_path.name}"
        command = [sys.executable, "-c", script, str(tmp_path)]
        with bound.start(
            command,
            cwd=ROOT,
            env=os.environ | {MARK: mark},
            stdout=PIPE,
            stderr=DEVNULL,
            start_new_session=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            assert len(marked(mark)) >= least
            process.send_signal(how)
            process.wait(PATIENCE)
        until = time.monotonic() + PATIENCE
        while marked(mark) and time.monotonic() < until:
            time.sleep(0.1)
        return marked(mark)

    return end


@pytest.mark.parametrize("how", ENDS)
def test_a_server_and_a_pool_end_with_the_process_that_started_them(end_of, how):
    assert end_of(SERVER_AND_POOL, how, least=5) == {}


@pytest.mark.browser
@pytest.mark.parametrize("how", ENDS)
def test_a_browser_ends_with_the_process_that_started_it(end_of, how):
    assert end_of(BROWSER, how, least=4) == {}


def test_a_command_is_the_process_that_was_started_and_gets_what_it_is_given():
    code = "import os, sys; print(os.getpid(), os.getppid(), sys.argv[1:])"
    with bound.start([sys.executable, "-c", code, "a b", ""], stdout=PIPE, text=True) as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert said == f"{process.pid} {os.getpid()} ['a b', '']\n"


def test_a_command_that_is_not_there_is_named():
    done = bound.run(["/nowhere/corridor"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "/nowhere/corridor: No such file or directory\n")


def calls(file):
    """Functions of the standard library that a file starts processes with."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_nothing_starts_a_process_that_would_outlive_it():
    """Tests wait for what they `run`; what stands for minutes in studies and benchmarks is bound as well.

    A benchmark of start-up times a command, and would time the binding with it.
    """
    unbound = []
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix()
            banned = {
                "subprocess.Popen",
                "Popen",
                "os.fork",
                "os.posix_spawn",
                "asyncio.create_subprocess_exec",
            }
            if folder != "tests" and name != "studies/benchmarks/start_up.py":
                banned |= {"subprocess.run", "subprocess.check_call", "subprocess.check_output"}
            if name != "tests/bound.py" and banned & set(calls(file)):
                unbound.append(name)
    assert unbound == []
