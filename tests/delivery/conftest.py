"""Corridor as somebody gets it who has no clone: built, and installed into an environment of its own."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def run_alone(command, folder, **more):
    """Run a command in a folder, with nothing of this clone on Python's path."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=env | more,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A folder with the sdist, the wheel made of it, and `from-clone/` with the wheel made of the clone."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--skip-dependency-check"]
    for words in (["--outdir", folder], ["--wheel", "--outdir", folder / "from-clone"]):
        done = run_alone([*build, *words, ROOT], folder)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def installed(built, tmp_path_factory):
    """The folder of commands of an environment that holds the wheel, and borrows everything that it needs."""
    return install_wheel(built, tmp_path_factory.mktemp("installed"), sysconfig.get_path("purelib"))


def install_wheel(built, folder, lent):
    """Make an environment with the wheel that borrows the packages in the folder `lent`; its folder of commands."""
    done = run_alone([sys.executable, "-m", "venv", "--without-pip", folder], folder)
    assert done.returncode == 0, done.stderr
    python = folder / "bin" / "python"
    paths = {"base": str(folder), "platbase": str(folder)}
    own = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    # A folder named in a .pth file lends its packages; its own .pth files, such as this clone's, are not read.
    (own / "lent.pth").write_text(f"{lent}\n")
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install"]
    done = run_alone([*pip, "--quiet", "--no-deps", "--no-index", next(built.glob("*.whl"))], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "bin"
