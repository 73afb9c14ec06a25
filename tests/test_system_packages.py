"""What the tests need of the system: one script installs it, after asking, and what lacks it is told and not hidden."""

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import bound
from tests.conftest import HOW_TO_GET_THEM, NO_BROWSER
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "tests" / "install_system_packages.sh"
PRESENT = ("bash", "dirname", "env", "git", "make")
RECORDS = """#!/bin/sh
echo "$@" >> {folder}/apt.log
"""


@pytest.fixture
def system(tmp_path):
    """A function that makes a path of commands: what is present, and stand-ins that say who one is and record apt."""

    def make(*, user=0, apt=True, chromium=False):
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in PRESENT:
            (folder / name).symlink_to(shutil.which(name) or f"no {name} here")
        stand_ins = {"id": f"#!/bin/sh\necho {user}\n", "sudo": "#!/bin/sh\nexit 1\n"}
        stand_ins |= {"apt-get": RECORDS.format(folder=tmp_path)} if apt else {}
        stand_ins |= {"chromium": "#!/bin/sh\n"} if chromium else {}
        for name, text in stand_ins.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        return {name: value for name, value in os.environ.items() if name != "CI"} | {
            "PATH": str(folder),
            "PYTHON": sys.executable,
        }

    return make


def asked_of_apt(folder):
    file = folder / "apt.log"
    return file.read_text().splitlines() if file.exists() else []


INSTALLED = ["update -qq", "install -y -qq --no-install-recommends chromium libatomic1"]


def install(environment, **how):
    done = subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, timeout=PATIENCE, **how)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_in_ci_chromium_is_installed_without_a_question(system, tmp_path):
    assert install(system() | {"CI": "true"}, stdin=subprocess.DEVNULL) == ""
    assert asked_of_apt(tmp_path) == INSTALLED


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "no terminal to ask at; CI=true installs without asking"),
        ({"user": 1000}, "only root may"),
        ({"apt": False}, "there is no apt here"),
    ],
)
def test_where_it_may_not_or_cannot_ask_it_goes_on_and_says_why(system, tmp_path, given, why):
    assert (
        install(system(**given), stdin=subprocess.DEVNULL) == f"not installed: chromium libatomic1 ({why})\n"
    )
    assert asked_of_apt(tmp_path) == []


@pytest.mark.parametrize(("answer", "asked"), [("y", INSTALLED), ("n", []), ("", [])])
def test_at_a_terminal_it_asks_before_it_uses_apt(system, tmp_path, answer, asked):
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    said = install(system(), stdin=theirs)
    os.close(theirs)
    os.close(ours)
    assert said.startswith("The tests need chromium libatomic1. Install with apt? [y/N] ")
    assert asked_of_apt(tmp_path) == asked


@pytest.mark.browser
def test_where_all_is_there_nothing_is_asked_or_said(system, tmp_path):
    assert install(system(chromium=True) | {"CI": "true"}, stdin=subprocess.DEVNULL) == ""
    assert asked_of_apt(tmp_path) == []


def test_make_test_and_ci_install_by_that_script_alone():
    makefile, ci = (ROOT / "Makefile").read_text(), (ROOT / ".ci" / "run").read_text()
    assert "\ntest: system check" in makefile and "apt" not in makefile.split("\nsystem:")[1]
    for text in (makefile, ci):
        assert "tests/install_system_packages.sh" in text and "apt-get" not in text
    assert "\nexport CI=true\n" in ci


PAGES = """
import pytest
@pytest.mark.browser
@pytest.mark.parametrize("number", range(3))
def test_marked(number): raise AssertionError("ran")
@pytest.fixture
def browser(): raise AssertionError("ran")
def test_that_opens_a_page(browser): pass
def test_of_numbers(): pass
"""


def run_tests(folder, *words, **environment):
    """Tests of pages, and one that opens none, where nothing of the system is on the path."""
    file = folder / "test_pages.py"
    file.write_text(PAGES)
    words = ("-c", ROOT / "pyproject.toml", "-p", "tests.conftest", file, *words)
    settings = {name: value for name, value in os.environ.items() if name != "CI"}
    settings |= {"PATH": str(folder), "PYTHONPATH": str(ROOT)} | environment
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
    return bound.run(command, cwd=folder, env=settings, capture_output=True, text=True, timeout=PATIENCE)


@pytest.mark.parametrize("processes", ("0", "2"))
def test_without_chromium_the_rest_runs_and_the_last_line_says_what_did_not(tmp_path, processes):
    done = run_tests(tmp_path, "-n", processes)
    *_, count, last = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout
    assert "1 passed, 4 skipped" in count
    assert last == f"4 browser tests did not run: {NO_BROWSER} (there is no chromium); {HOW_TO_GET_THEM}"


def test_without_chromium_ci_fails(tmp_path):
    done = run_tests(tmp_path, "-n", "0", CI="true")
    assert done.returncode == 1
    assert "1 passed, 4 errors" in done.stdout.splitlines()[-1]


def test_a_driver_that_does_not_start_is_a_missing_browser_and_says_why(tmp_path):
    (tmp_path / "chromium").write_text("#!/bin/sh\n")
    (tmp_path / "chromium").chmod(0o755)
    done = run_tests(tmp_path, "-n", "0", PLAYWRIGHT_NODEJS_PATH=shutil.which("false"))
    assert f"4 browser tests did not run: {NO_BROWSER} (" in done.stdout.splitlines()[-1]


def test_where_every_test_ran_nothing_is_said_of_browsers(tmp_path):
    done = run_tests(tmp_path, "-n", "0", "-k", "numbers")
    assert "1 passed" in done.stdout.splitlines()[-1]
