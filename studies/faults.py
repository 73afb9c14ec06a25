"""Break things while Corridor works, and write what a user sees and loses: `python -m studies.faults`.

Each row of docs/faults.md is a real trial: the message is what the command printed, and what is left is what lay in the
folders afterwards. Takes a few minutes.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corridor.outputs.locks import LOCK
from corridor.version import __version__
from tests import bound

PAGE = Path("docs") / "faults.md"
SCENARIO = """\
name: short
title: Eight months without events
period: {start: 2020-07-01, report_from: 2021-01-01, end: 2021-02-28}
run: {replicates: 3, seed: 5, people_per_agent: 400}
"""
GATE = """\
name: gate
title: Panama turns half back
extends: short
interventions:
  - {id: half-turned-back, lever: panama.darien_gate, start: 2021-01-10, to: 0.5, source: a trial}
"""
MANY = ("--replicates", "5000")
PATIENCE = 60.0
HOLDER = re.compile(r"process \d+ on \S+, since [\d:+ -]+\d")


@dataclass
class Row:
    """What became of a trial."""

    fault: str
    code: int
    said: str
    left: str


class Trials:
    """A place for trials: a scenario folder, a folder of results, a cache of its own with the compiled code."""

    def __init__(self, folder: Path):
        self.folder, self.rows = folder, []
        self.scenarios, self.out, self.cache = folder / "scenarios", folder / "results", folder / "cache"
        self.scenarios.mkdir()
        (self.scenarios / "short.yaml").write_text(SCENARIO)
        (self.scenarios / "gate.yaml").write_text(GATE)
        self.environment = os.environ | {
            "XDG_CACHE_HOME": str(self.cache),
            "PYTHONPATH": str(Path.cwd() / "model"),
        }
        self.environment.pop("NUMBA_CACHE_DIR", None)
        self.fill_cache()

    def fill_cache(self) -> None:
        """A new cache in place of what is there: a run compiles, and stores states and texts."""
        shutil.rmtree(self.cache, ignore_errors=True)
        done = self.run("run")
        if done.returncode:
            raise SystemExit(f"the trials need a run that ends well:\n{done.stderr}")
        self.clear()

    def words(self, command: str, name: str = "gate", *more: str) -> list[str]:
        given = self.scenarios / f"{name}.yaml"
        words = [sys.executable, "-m", "corridor", command, str(given), "--out", str(self.out)]
        return [*words, "--workers", "1", *more]

    def run(self, command: str, name: str = "gate", *more: str, before: str = "", **other):
        shell = f"{before} exec " + " ".join(map(repr, self.words(command, name, *more)))
        return bound.run(
            ["bash", "-c", shell], capture_output=True, text=True, env=self.environment, check=False, **other
        )

    def begin(self, *words: str) -> subprocess.Popen:
        return bound.start(
            self.words(*words),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            start_new_session=True,
        )

    def add(self, fault: str, code: int, said: str, left: str) -> None:
        said = said.strip().replace(str(self.folder), "FOLDER").replace("|", "/")
        said = HOLDER.sub("process NUMBER on HOST, since TIME", said)
        if "Traceback" in said:
            said = "TRACEBACK " + said.splitlines()[-1]
        self.rows.append(Row(fault, code, " ".join(said.split())[-400:] or "nothing", left))
        print(fault, code, said[-300:], sep=" | ", flush=True)

    def files(self) -> str:
        found = sorted(
            path.relative_to(self.out).as_posix() for path in self.out.rglob("*") if path.is_file()
        )
        return ", ".join(found) if found else "no file"

    def files_or_none(self) -> str:
        return f"left: {self.files()}" if self.out.exists() else "left: no folder"

    def clear(self) -> None:
        shutil.rmtree(self.out, ignore_errors=True)


def wait_until(there: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not there() and time.monotonic() < until:
        time.sleep(0.02)


def below(process: int) -> list[int]:
    """Processes that a process started, and those that they started."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *below(int(child))]
    return found


def killed_run(trials: Trials) -> None:
    process = trials.begin("run", "gate", *MANY)
    wait_until(lambda: (trials.out / LOCK).exists())
    time.sleep(2)
    process.kill()
    said = process.communicate()[1]
    again = trials.run("run")
    left = f"all replicates of this run are lost; the next run takes the folder (exit {again.returncode})"
    trials.add("`kill -9` of a run", process.returncode, said, left)


def killed_batch(trials: Trials) -> None:
    process = trials.begin("batch", "gate", "--replicates", "100")
    wait_until(lambda: len(list((trials.out / ".runs").glob("*.run"))) >= 20)
    process.kill()
    said = process.communicate()[1]
    kept = len(list((trials.out / ".runs").glob("*.run")))
    again = trials.run("batch", "gate", "--replicates", "100", "--resume")
    line = next((line for line in again.stderr.splitlines() if "finished before" in line), again.stderr)
    trials.add(
        "`kill -9` of a batch",
        process.returncode,
        said,
        f"{kept} runs are kept; with `--resume`: “{line.strip()}”",
    )


def killed_worker(trials: Trials) -> None:
    process = trials.begin("run", "gate", *MANY, "--workers", "2")
    wait_until(lambda: len(below(process.pid)) >= 4)
    time.sleep(4)
    for worker in sorted(below(process.pid))[-1:]:
        os.kill(worker, signal.SIGKILL)
    said = process.communicate(timeout=PATIENCE)[1]
    trials.add(
        "`kill -9` of a worker of a run", process.returncode, said, f"the run; {trials.files_or_none()}"
    )


def interrupted(trials: Trials) -> None:
    process = trials.begin("run", "gate", *MANY)
    wait_until(lambda: (trials.out / LOCK).exists())
    time.sleep(2)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=PATIENCE)[1]
    trials.add("Ctrl-C", process.returncode, said, f"the run; {trials.files_or_none()}")


def full_disk(trials: Trials) -> None:
    done = trials.run("run", "gate", "--replicates", "20", before="ulimit -f 1900;")
    trials.add("disk full while a run writes", done.returncode, done.stderr, trials.files_or_none())
    trials.clear()
    done = trials.run("batch", "gate", "--replicates", "20", before="ulimit -f 1900;")
    kept = len(list((trials.out / ".runs").glob("*.run")))
    trials.add("disk full while a batch writes", done.returncode, done.stderr, f"{kept} of 40 runs are kept")


def unwritable(trials: Trials) -> None:
    place, trials.out = trials.out, Path("/sys/corridor-results")
    done = trials.run("run")
    trials.out = place
    trials.add(
        "results folder cannot be written", done.returncode, done.stderr, "nothing: refused before it runs"
    )


def clock_set_back(trials: Trials) -> None:
    trials.run("run")
    before = (trials.out / "gate" / "replicates.csv").read_bytes()
    code = "import sys, time; real = time.time; time.time = lambda: real() - 4e7; from corridor import cli; cli.main()"
    words = [sys.executable, "-c", code, *trials.words("run")[3:]]
    done = bound.run(words, capture_output=True, text=True, env=trials.environment, check=False)
    same = (trials.out / "gate" / "replicates.csv").read_bytes() == before
    trials.add("clock set back by 15 months", done.returncode, done.stderr, f"nothing; same bytes: {same}")


def damaged_caches(trials: Trials) -> None:
    trials.run("run")
    before = (trials.out / "gate" / "replicates.csv").read_bytes()
    for kind, pattern in (
        ("stored states", "*.state"),
        ("parsed texts", "texts/*"),
        ("compiled code", "*.nb[ic]"),
    ):
        files = [path for path in (trials.cache / "corridor").rglob(pattern) if path.is_file()]
        for path in files:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        done = trials.run("run")
        same = (trials.out / "gate" / "replicates.csv").read_bytes() == before
        left = f"nothing; same bytes: {same}"
        trials.add(f"{kind} cut short ({len(files)} files)", done.returncode, done.stderr, left)


def out_of_memory(trials: Trials) -> None:
    trials.fill_cache()  # caches were damaged before, and compiling would need memory too
    done = trials.run("run", "gate", "--replicates", "50000", before="ulimit -v 4000000;")
    trials.add(
        "more memory needed than there is (`ulimit -v`)", done.returncode, done.stderr, trials.files_or_none()
    )
    trials.environment["CORRIDOR_MEMORY_MB"] = "1000000"
    done = trials.run("run", "gate", "--replicates", "2000", before="ulimit -v 2600000;")
    del trials.environment["CORRIDOR_MEMORY_MB"]
    trials.add(
        "the same, told to go on (`CORRIDOR_MEMORY_MB`)", done.returncode, done.stderr, trials.files_or_none()
    )


def folder_deleted(trials: Trials) -> None:
    process = trials.begin("run", "gate", "--replicates", "100")
    wait_until(lambda: (trials.out / LOCK).exists())
    trials.clear()
    said = process.communicate(timeout=300)[1]
    trials.add("results folder deleted during a run", process.returncode, said, trials.files_or_none())


def data_missing(trials: Trials) -> None:
    copied = trials.folder / "copy"
    shutil.copytree("model", copied / "model")
    (copied / "model" / "corridor" / "data" / "parameters.yaml").unlink()
    kept, trials.environment["PYTHONPATH"] = trials.environment["PYTHONPATH"], str(copied / "model")
    done = trials.run("run", cwd=copied)
    trials.environment["PYTHONPATH"] = kept
    trials.add(
        "a data file of the model is missing", done.returncode, done.stderr, "nothing: it does not start"
    )


def second_writer(trials: Trials) -> None:
    process = trials.begin("run", "gate", *MANY)
    wait_until(lambda: (trials.out / LOCK).exists() and bool((trials.out / LOCK).read_text()))
    done = trials.run("batch")
    process.kill()
    process.communicate()
    trials.add(
        "a second command writes into the same folder", done.returncode, done.stderr, "nothing of either"
    )


FAULTS = (
    second_writer, killed_run, killed_batch, killed_worker, interrupted, full_disk, unwritable, folder_deleted,
    clock_set_back, damaged_caches, out_of_memory, data_missing,
)  # fmt: skip


def page(rows: list[Row], rest: str) -> str:
    head = "| fault | exit | what the user sees | what is lost, what is left |\n|---|---|---|---|\n"
    body = "".join(f"| {row.fault} | {row.code} | {row.said} | {row.left} |\n" for row in rows)
    about = (
        f"What happens when things break while Corridor {__version__} works. Each row was tried by "
        "`python -m studies.faults`, which writes this table; FOLDER stands for the folder of the trial. An exit "
        "code of -9 stands for a process that was killed (a shell says 137)."
    )
    return f"# Faults\n\n{about}\n\n{head}{body}{rest}"


def main() -> None:
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell lets what it starts behind it ignore Ctrl-C
    with tempfile.TemporaryDirectory(prefix="corridor-faults-") as folder:
        trials = Trials(Path(folder))
        for fault in FAULTS:
            trials.clear()
            fault(trials)
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    _, mark, rest = old.partition("\n## ")
    PAGE.write_text(page(trials.rows, mark + rest), encoding="utf-8")


if __name__ == "__main__":
    main()
