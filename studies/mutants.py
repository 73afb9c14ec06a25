"""Would the tests notice? Small wrong changes, each made alone in a copy of the tree: `make mutants`.

python -m studies.mutants               all groups; what was tried before is kept, survivors are tried again
python -m studies.mutants kernel        one group
python -m studies.mutants --afresh      everything again
python -m studies.mutants --seed 7      other changes than those that tests were written for; writes no page

Draws ten changes or more a group with a fixed seed, adds those named in `mutants.yaml`, runs the group's tests on each
until one fails, and writes docs/mutants.md. One test process at a time; half an hour.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

from ruamel.yaml import YAML

from studies.mutations import changes_of
from tests import bound
from tests.copies import copy_repository, path_to

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path("docs") / "mutants.md"
KEPT = Path("results") / "mutants" / "trials.json"
SEED, DRAWN = 2024, 11  # changes drawn a group
PATIENCE = 3.0  # a test run that takes so many times longer than without a change, and a minute, never ends
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+?)(?:\[.*)?(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Mutant:
    """One wrong change: `text` is the whole file with it, `was` and `becomes` the lines that differ."""

    group: str
    file: str
    line: int
    was: str
    becomes: str
    text: str
    name: str = ""

    @property
    def key(self) -> str:
        """The same change to the same file has the same key."""
        return hashlib.blake2b(f"{self.group} {self.file} {self.text}".encode(), digest_size=12).hexdigest()


@dataclass
class Trial:
    """What became of a mutant."""

    group: str
    file: str
    line: int
    was: str
    becomes: str
    name: str
    killed_by: str  # a test; empty if it survived
    seconds: float


def spread(pattern: str) -> list[str]:
    """Patterns without braces: `a_{b,c}.py` is `a_b.py` and `a_c.py`."""
    parts = re.split(r"\{([^}]*)\}", pattern)
    choices = [part.split(",") if at % 2 else [part] for at, part in enumerate(parts)]
    return ["".join(chosen) for chosen in product(*choices)]


def files_of(group: dict, root: Path) -> list[Path]:
    """The sources of a group."""
    found = {path for pattern in group["files"] for each in spread(pattern) for path in root.glob(each)}
    return sorted(path for path in found if path.name != "__init__.py")


def lines_that_differ(before: str, after: str) -> tuple[int, str, str]:
    """The first line that differs, from 1, and the lines that do, before and after, in one line each."""
    old, new = before.splitlines(), after.splitlines()
    first = next(at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    kept = 0
    while kept < min(len(old), len(new)) - first - 1 and old[-1 - kept] == new[-1 - kept]:
        kept += 1
    was, becomes = (
        " ".join(line.strip() for line in lines[first : len(lines) - kept]) for lines in (old, new)
    )
    return first + 1, was, becomes


def draw_mutants(plan: dict, root: Path, wanted: list[str], seed: int = SEED) -> list[Mutant]:
    """Those named, and those drawn, group by group.

    Raises
    ------
    SystemExit
        If a named change no longer fits its file.
    """
    mutants = []
    for name in wanted:
        for entry in plan["named"]:
            if entry["group"] == name and seed == SEED:
                text = (root / entry["file"]).read_text()
                if text.count(entry["was"]) != 1:
                    sys.exit(f"mutants.yaml: {entry['name']!r} occurs {text.count(entry['was'])} times")
                changed = text.replace(entry["was"], entry["becomes"])
                mutants.append(
                    Mutant(
                        name,
                        entry["file"],
                        *lines_that_differ(text, changed),
                        text=changed,
                        name=entry["name"],
                    )
                )
        candidates = []
        for path in files_of(plan["groups"][name], root):
            text, file = path.read_text(), path.relative_to(root).as_posix()
            for change in changes_of(text):
                changed = change.applied(text)
                candidates.append(Mutant(name, file, *lines_that_differ(text, changed), text=changed))
        named = {mutant.key for mutant in mutants}
        drawn = random.Random(f"{seed} {name}").sample(candidates, min(3 * DRAWN, len(candidates)))
        mutants += [mutant for mutant in drawn if mutant.key not in named][:DRAWN]
    return mutants


class Tree:
    """A copy of the source tree in which one file at a time is wrong."""

    def __init__(self, folder: Path):
        self.root = folder / "tree"
        self.root.mkdir()
        copy_repository(self.root)
        self.caches = folder / "caches"
        self.kernel = folder / "compiled"  # for changes that leave compiled code as it is

    def test(self, tests: list[str], patience: float, *, compiled: Path) -> tuple[str, float]:
        """Run tests until one fails: its name (empty if none does), and seconds."""
        environment = os.environ | {
            "PYTHONPATH": path_to(self.root),
            "PYTHONDONTWRITEBYTECODE": "1",
            "NUMBA_CACHE_DIR": str(compiled),
            "XDG_CACHE_HOME": str(self.caches),
        }
        options = ("-n", "0", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")
        begun = time.perf_counter()
        process = bound.start(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return "(never ends)", time.perf_counter() - begun
        seconds = time.perf_counter() - begun
        if process.returncode == 0:
            return "", seconds
        failed = FAILED.search(said)
        return (failed[1] if failed else f"(ends with {process.returncode}: {said.strip()[-200:]})"), seconds

    def try_one(self, mutant: Mutant, tests: list[str], patience: float) -> tuple[str, float]:
        """Make a file wrong, run the tests, and put it right again."""
        path = self.root / mutant.file
        right, times = path.read_text(), path.stat()
        path.write_text(mutant.text)
        try:
            if mutant.group != "kernel":
                return self.test(tests, patience, compiled=self.kernel)
            with (
                tempfile.TemporaryDirectory() as compiled
            ):  # Numba looks at one file only: no cache is shared
                return self.test(tests, patience, compiled=Path(compiled))
        finally:
            path.write_text(right)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # what was compiled of it holds again


def tests_of(group: dict) -> list[str]:
    """Files and folders of tests of a group."""
    return [each for pattern in group["tests"] for each in spread(pattern)]


def explanation(trial: Trial, plan: dict) -> str:
    """Why no test can notice a survivor; empty if nobody has said."""
    for entry in plan["explained"] or ():
        if (entry["file"], entry["was"], entry["becomes"]) == (trial.file, trial.was, trial.becomes):
            return entry["why"]
    return ""


def main() -> None:
    plan = YAML(typ="safe").load((ROOT / "studies" / "mutants.yaml").read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(prog="python -m studies.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="*", help=", ".join(plan["groups"]))
    parser.add_argument("--afresh", action="store_true", help="forget what was tried before")
    parser.add_argument("--seed", type=int, default=SEED, help="of the changes that are drawn")
    parser.add_argument("--list", action="store_true", help="only name the mutants")
    asked = parser.parse_args()
    wanted = asked.groups or list(plan["groups"])
    mutants = draw_mutants(plan, ROOT, wanted, asked.seed)
    if asked.list:
        for mutant in mutants:
            print(f"{mutant.group:13}{mutant.file}:{mutant.line}  {mutant.was}  ->  {mutant.becomes}")
        return
    kept = {} if asked.afresh or not KEPT.exists() else json.loads(KEPT.read_text())
    with tempfile.TemporaryDirectory(prefix="corridor-mutants-") as folder:
        tree = Tree(Path(folder))
        usual: dict[str, float] = {}
        for mutant in mutants:
            if kept.get(mutant.key, {}).get("killed_by"):
                continue
            tests = tests_of(plan["groups"][mutant.group])
            if mutant.group not in usual:
                tree.test(tests, 1200.0, compiled=tree.kernel)  # compiles
                failed, usual[mutant.group] = tree.test(tests, 1200.0, compiled=tree.kernel)
                if failed:
                    sys.exit(f"without any change, {failed} fails")
            killer, seconds = tree.try_one(mutant, tests, 120.0 + PATIENCE * usual[mutant.group])
            known = {
                name: getattr(mutant, name) for name in ("group", "file", "line", "was", "becomes", "name")
            }
            kept[mutant.key] = asdict(Trial(**known, killed_by=killer, seconds=round(seconds, 1)))
            KEPT.parent.mkdir(parents=True, exist_ok=True)
            KEPT.write_text(json.dumps(kept, indent=1))
            print(f"{killer or 'SURVIVES':70.70}{seconds:6.1f} s  {mutant.file}:{mutant.line}", flush=True)
    trials = [Trial(**kept[mutant.key]) for mutant in mutants]
    print(summary(trials, plan))
    if not asked.groups and asked.seed == SEED:
        write_page(trials, plan)


def summary(trials: list[Trial], plan: dict) -> str:
    """A table: mutants, killed and survivors by group."""
    rows = [
        "| group | mutants | killed | survive, explained | survive | seconds |",
        "|---|---|---|---|---|---|",
    ]
    for name in [*dict.fromkeys(trial.group for trial in trials), "all"]:
        own = [trial for trial in trials if name in (trial.group, "all")]
        alive = [trial for trial in own if not trial.killed_by]
        told = sum(bool(explanation(trial, plan)) for trial in alive)
        counts = len(own), len(own) - len(alive), told, len(alive) - told, round(sum(t.seconds for t in own))
        rows.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(rows)


def cell(text: str) -> str:
    """Code in a table."""
    return "`" + text.replace("|", "\\|").replace("`", "'") + "`" if text else ""


def write_page(trials: list[Trial], plan: dict) -> None:
    """Write docs/mutants.md."""
    lines = [
        "# Mutants",
        "",
        "Would the tests notice a wrong line? `make mutants` makes small wrong changes to the code, one at a time, and",
        f"runs the tests of that part until one fails: {DRAWN} changes a group, drawn with seed {SEED}, and those",
        "that once passed every test. A mutant that no test notices survives; where it changes nothing that can be",
        "seen, the table says why. The indicators have a second account, counted from a diary of events in plain",
        "Python ([tests/recount](../tests/recount/account.py)). This page is written by `python -m studies.mutants`.",
        "",
        summary(trials, plan),
        "",
        "## Survivors",
        "",
    ]
    alive = [trial for trial in trials if not trial.killed_by]
    if alive:
        lines += ["| where | line | becomes | why no test can notice |", "|---|---|---|---|"]
        for trial in alive:
            why = explanation(trial, plan) or "**not explained: a test is missing**"
            lines.append(f"| {trial.file}:{trial.line} | {cell(trial.was)} | {cell(trial.becomes)} | {why} |")
    else:
        lines.append("None.")
    lines += ["", "## All", "", "| mutant | where | change | killed by | s |", "|---|---|---|---|---|"]
    for trial in trials:
        change = trial.name or f"{cell(trial.was)} becomes {cell(trial.becomes)}"
        killer = trial.killed_by.rpartition("::")[2].replace("_", " ") if trial.killed_by else "**survives**"
        where = f"{trial.file.removeprefix('model/')}:{trial.line}"
        lines.append(f"| {trial.group} | {where} | {change} | {killer} | {trial.seconds:.0f} |")
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
