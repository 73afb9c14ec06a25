"""A copy of the repository that a test, an example or a mutant changes, and commands that run there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE

ROOT = Path(__file__).parent.parent
COPIED = (
    "app",
    "blind",
    "docs",
    "model",
    "scenarios",
    "studies",
    "tests",
    "pyproject.toml",
    "mkdocs.yml",
    "CHANGELOG.md",
    "README.md",
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc", "images")


def copy_repository(folder: Path) -> Path:
    """Copy what the packages, their pages and their tests need."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=LEFT_OUT)
        else:
            shutil.copy2(source, folder / name)
    return folder


def path_to(folder: Path) -> str:
    """PYTHONPATH by which the packages, the studies and the tests of a copy come before those installed."""
    return os.pathsep.join(str(part) for part in (folder / "model", folder / "app", folder))


def run_there(folder: Path, *command: str) -> subprocess.CompletedProcess:
    """Run a command of this environment with the copy's packages."""
    return subprocess.run(
        command,
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": path_to(folder),
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def replace_in(file: Path, old: str, new: str) -> None:
    """Replace a text that occurs once in a file."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} holds {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")


def insert_before(file: Path, heading: str, rows: str) -> None:
    """Insert rows before a line that begins with a heading."""
    text = file.read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(heading)}", text, re.MULTILINE)
    assert found, f"{file.name} has no line {heading!r}"
    file.write_text(text[: found.start()] + rows + text[found.start() :], encoding="utf-8")
