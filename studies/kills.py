"""End batches and analyses at random moments, resume them, and compare bytes: `python -m studies.kills [--kills N]`.

Each trial ends a command that works (KILL, TERM, HUP or INT, to it alone or to its whole group; every third a second
time, while it resumes), runs it again with `--resume`, and compares every file with those of a run that nobody ended.
Writes the section "Random kills" of docs/faults.md.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from corridor.outputs.locks import LOCK
from studies.faults import PAGE, Trials

HEAD = "\n## Random kills\n"
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
COMMANDS = {
    "batch": ("gate", "--replicates", "400"),
    "sensitivity": ("swept", "--size", "128", "--of", "darien_entries"),
    "discover": ("swept", "--generations", "12"),
}
SWEPT = """\
name: swept
title: A share of those turned back that is not known
extends: short
period: {end: 2021-12-31}
interventions:
  - {id: half-turned-back, lever: panama.darien_gate, start: 2021-01-10, to: 0.5, source: a trial}
sweep:
  method: sobol
  size: 8
  over:
    - {intervention: half-turned-back, range: [0.0, 0.9]}
    - {parameter: crossing_rate, range: [0.5, 1.0]}
demands:
  - {id: fewer, of: us, indicator: encounters_usbp, year: 2021, at_most: 100000, source: a trial}
  - {id: housed, of: humanitarian, indicator: shelter_overflow, year: 2021, at_most: 5000, source: a trial}
"""


@dataclass
class Trial:
    """One command that was ended, and whether its files were the same after `--resume`."""

    command: str
    how: str
    times: int
    found: bool  # the command was still at work when it was ended
    same: bool
    said: str


class Kills:
    """The commands, how long each takes, and the files that each leaves when nobody ends it."""

    def __init__(self, trials: Trials, chance: random.Random):
        self.trials, self.chance = trials, chance
        (trials.scenarios / "swept.yaml").write_text(SWEPT)
        self.seconds: dict[str, float] = {}
        self.expected: dict[str, dict[str, bytes]] = {}
        for command in COMMANDS:
            begun = time.monotonic()
            done = trials.run(command, *COMMANDS[command])
            if done.returncode:
                raise SystemExit(f"{command} must end well before it can be ended: {done.stderr}")
            self.seconds[command] = time.monotonic() - begun
            self.expected[command] = self.files()
            trials.clear()

    def files(self) -> dict[str, bytes]:
        """Every result file but the manifest, which says with which command it was made."""
        out = self.trials.out
        return {
            path.relative_to(out).as_posix(): path.read_bytes()
            for path in out.rglob("*")
            if path.is_file() and path.name not in ("manifest.json", LOCK)
        }

    def end(self, command: str, sent: signal.Signals, group: bool, *more: str) -> bool:
        """Begin a command, end it at a random moment, and say whether it was still at work."""
        process = self.trials.begin(command, *COMMANDS[command], *more)
        time.sleep(self.chance.uniform(0.05, 1.0) * self.seconds[command])
        at_work = process.poll() is None
        if at_work and group:
            os.killpg(process.pid, sent)
        elif at_work:
            process.send_signal(sent)
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise SystemExit(f"{command} did not end on {sent.name}") from None
        return at_work

    def try_once(self, command: str, number: int) -> Trial:
        sent, group = self.chance.choice(SIGNALS), self.chance.random() < 0.5
        times = 2 if number % 3 == 0 else 1
        found = self.end(command, sent, group)
        if times == 2:
            found |= self.end(command, self.chance.choice(SIGNALS), group, "--resume")
        done = self.trials.run(command, *COMMANDS[command], "--resume")
        same = done.returncode == 0 and self.files() == self.expected[command]
        self.trials.clear()
        how = f"{sent.name}{' to the group' if group else ''}"
        return Trial(command, how, times, found, same, "" if same else done.stderr[-300:])


def section(trials: list[Trial], seed: int) -> str:
    rows = "".join(
        f"| `{command}` | {len(of)} | {sum(each.found for each in of)} | {sum(each.times == 2 for each in of)} | "
        f"{sum(each.same for each in of)} |\n"
        for command in COMMANDS
        if (of := [each for each in trials if each.command == command])
    )
    ended = Counter(each.how for each in trials)
    return (
        f"{HEAD}\n`python -m studies.kills --kills {len(trials)} --seed {seed}` ends a command at a random moment, "
        "runs it again with `--resume`, and compares every file with those of a run that nobody ended.\n\n"
        "| command | trials | ended at work | ended twice | same bytes |\n|---|---|---|---|---|\n"
        f"{rows}\nEnded by {', '.join(f'{how} ({count})' for how, count in sorted(ended.items()))}.\n"
    )


def put(text: str) -> None:
    """Put the section into the page, in place of an older one."""
    page = PAGE.read_text(encoding="utf-8")
    before, mark, rest = page.partition(HEAD)
    after = rest.partition("\n## ")
    kept = after[1] + after[2] if mark else ""
    PAGE.write_text(before.rstrip("\n") + "\n" + text + kept, encoding="utf-8")


def main() -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # else deaf to Ctrl-C behind a shell
    parser = argparse.ArgumentParser(
        prog="python -m studies.kills", description="End commands and resume them."
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    done: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="corridor-kills-") as folder:
        kills = Kills(Trials(Path(folder)), random.Random(asked.seed))
        for number in range(asked.kills):
            command = list(COMMANDS)[number % len(COMMANDS)]
            done.append(kills.try_once(command, number))
            print(number + 1, done[-1], flush=True)
        shutil.rmtree(kills.trials.out, ignore_errors=True)
    put(section(done, asked.seed))
    return int(not all(each.same for each in done))


if __name__ == "__main__":
    sys.exit(main())
