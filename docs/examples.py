"""Run the examples of a page, and write what they print into it: `python docs/examples.py [--studied] [PAGE...]`.

A fenced block is an example when `runnable` follows its language. The blocks of a page run in order, in one folder:

    bash     is run with the commands of this environment; it must succeed
    python   is run in one set of names
    yaml     is read as a scenario
    diff     is applied to a copy of the repository, in which the whole page then runs
    r        is run with Rscript

A block marked `studied` in place of `runnable` needs a program that not everybody has: `make study` runs it, and
`python docs/examples.py --studied PAGE`.

With `title="FILE"` a block is written to that file instead of being run (a YAML block is read as well). A block
```` ```text output ```` holds what the block before it prints, and nothing else; tests/test_docs.py fails when it
holds anything else. Run this after a change of results.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corridor.inputs.scenarios.scenario_files import parse_scenario

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path.append(str(ROOT))  # so that `tests` is found however this file is run

from tests.copies import copy_repository, path_to  # noqa: E402

FENCE = re.compile(
    r"^```(?P<language>\w+)(?P<mark> runnable| studied| output)?(?: title=\"(?P<file>[^\"]+)\")?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
TIME_LIMIT = 300  # seconds for one block, with nothing compiled yet


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its mark (as `runnable`), its file, its text, where that lies."""

    language: str
    mark: str
    file: str | None
    text: str
    span: tuple[int, int]


def blocks_of(page: str) -> list[Block]:
    """Every fenced block of a page, in order."""
    return [
        Block(
            found["language"], (found["mark"] or "").strip(), found["file"], found["text"], found.span("text")
        )
        for found in FENCE.finditer(page)
    ]


def has_examples(page: str) -> bool:
    """Whether a page has a block that runs."""
    return any(block.mark == "runnable" for block in blocks_of(page))


def run_page(page: str, name: str, folder: Path, studied: bool = False) -> Iterator[tuple[Block, str]]:
    """Run the examples of a page in an empty folder; gives each output block with what was printed before it.

    Parameters
    ----------
    studied
        Run the blocks marked so too; else they and their output are passed over.

    Raises
    ------
    AssertionError
        If a command fails, or nothing can run a block.
    InputError
        If a scenario is not valid.
    """
    blocks = blocks_of(page)
    changed = any(block.language == "diff" and block.mark == "runnable" for block in blocks)
    if changed:
        copy_repository(folder)
    root = folder if changed else ROOT
    names: dict[str, object] = {"__name__": "example"}
    printed: str | None = ""
    for block in blocks:
        if block.mark == "output":
            if printed is not None:
                yield block, printed
        elif block.mark == "runnable" or (block.mark == "studied" and studied):
            printed = _run(block, name, folder, root, names)
        elif block.mark == "studied":
            printed = None


def _run(block: Block, name: str, folder: Path, root: Path, names: dict[str, object]) -> str:
    if block.file is not None:
        (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
        (folder / block.file).write_text(block.text, encoding="utf-8")
    if block.language == "yaml":
        parse_scenario(block.text, block.file or name)
        return ""
    if block.language == "diff":
        return _call(["git", "apply", "--recount", "-"], folder, root, block.text)
    if block.file is not None:
        return ""
    if block.language == "python":
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.chdir(folder):
            exec(compile(block.text, name, "exec"), names)
        return printed.getvalue()
    if block.language == "r":
        return _call(["Rscript", "--vanilla", "-e", block.text], folder, root)
    assert block.language == "bash", f"no way to run {block.language}"
    return _call(["bash", "-euo", "pipefail", "-c", block.text], folder, root)


def _call(command: list[str], folder: Path, root: Path, text: str | None = None) -> str:
    """Run a command in a folder with the code of a root; what it writes to standard output."""
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        env={
            **os.environ,
            "PATH": commands,
            "PYTHONPATH": path_to(root),
            "COLUMNS": "120",
        },
        input=text,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
    )
    assert done.returncode == 0, f"{command[-1]}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def is_shown(block: Block, printed: str) -> bool:
    """Whether an output block holds what was printed, spaces at ends of lines aside."""
    return _trimmed(block.text) == _trimmed(printed)


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()) + "\n"


def main(given: list[str]) -> None:
    """Write what the examples print into the pages given, or into all that show it; name those that changed."""
    studied = "--studied" in given
    pages = [Path(each) for each in given if each != "--studied"] or sorted(DOCS.rglob("*.md"))
    for path in pages:
        page = path.read_text(encoding="utf-8")
        if not any(block.mark == "output" for block in blocks_of(page)):
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = list(run_page(page, path.name, Path(folder), studied))
        after = page
        for block, printed in reversed(found):
            start, end = block.span
            after = after[:start] + _trimmed(printed) + after[end:]
        if after != page:
            path.write_text(after, encoding="utf-8")
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
