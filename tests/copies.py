"""A copy of the repository that a test changes as its next engineer would, and commands that run there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = (
    "app",
    "docs",
    "model",
    "scenarios",
    "studies",
    "tests",
    "pyproject.toml",
    "CHANGELOG.md",
    "README.md",
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc", "images")
SECONDS = 300


def copy_repository(folder: Path) -> Path:
    """Copy what the packages, their pages and their tests need."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=LEFT_OUT)
        else:
            shutil.copy2(source, folder / name)
    return folder


def run_there(folder: Path, *command: str) -> subprocess.CompletedProcess:
    """Run a command of this environment with the copy's packages."""
    paths = [str(folder / "model"), str(folder / "app"), str(folder)]
    return subprocess.run(
        command,
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(paths),
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        timeout=SECONDS,
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
