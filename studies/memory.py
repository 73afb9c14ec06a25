"""Set estimates of memory beside measured peaks: `python -m studies.memory` writes the table of docs/faults.md.

The peak is looked at every 50 ms, over all processes of a command: its own pages by their proportional share (PSS), and
the pages of files, such as libraries, as often as the process with most of them has them. What other programs use of
the same files makes no difference: the peak is that of a command alone on its machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from corridor.experiments.memory import size_of
from corridor.inputs.scenarios.scenario_files import load_scenario
from studies.faults import PAGE, below
from tests import bound

PLAIN = {"replicates": 1, "workers": 1, "people_per_agent": 50, "daily": False, "fates": False, "draws": 0}
JOBS = (
    (["history"], {}),
    (["history"], {"replicates": 40}),
    (["history"], {"replicates": 40, "workers": 2}),
    (["history"], {"replicates": 40, "workers": 8}),
    (["history"], {"people_per_agent": 1}),
    (["history"], {"replicates": 4, "daily": True}),
    (["history"], {"replicates": 20, "daily": True}),
    (["history"], {"replicates": 2, "people_per_agent": 10, "fates": True}),
    (["history"], {"replicates": 2, "draws": 10}),
    (["history", "funds-last-december"], {"replicates": 20}),
)
HEAD = "| job | estimate, MB | measured, MB | ratio |\n|---|---|---|---|\n"
OLD_TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")
FIRST_TIME = re.compile(r"(for the first time needs about )\d+( MB more)")


def peak_of(words: list[str], **environment: str) -> float:
    """The peak of a command, in bytes."""
    process = bound.start(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | environment
    )
    peak = 0.0
    while process.poll() is None:
        shares = [share_of(each) for each in [process.pid, *below(process.pid)]]
        peak = max(peak, sum(own for own, _ in shares) + max(files for _, files in shares))
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    return peak


def share_of(process: int) -> tuple[float, float]:
    """Bytes of a process: its share of pages of no file, and all its pages of files; 0 when it has gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return 0.0, 0.0
    kilobytes = {line.split(":")[0]: float(line.split()[1]) for line in lines}
    if not kilobytes:
        return 0.0, 0.0
    return kilobytes["Pss_Anon"] * 1024, (kilobytes["Rss"] - kilobytes["Anonymous"]) * 1024


def options_of(settings: dict) -> list[str]:
    """Settings as a command takes them."""
    words = []
    for name, value in settings.items():
        flag = f"--{name.replace('_', '-')}"
        words += [flag] if value is True else [flag, str(value)] if value is not False else []
    return words


def measure(names: list[str], settings: dict, **environment: str) -> float:
    """The peak of `corridor run`, in bytes."""
    words = [sys.executable, "-m", "corridor", "run", *names, *options_of(settings), "--no-baseline"]
    with TemporaryDirectory() as out:
        return peak_of([*words, "--out", f"{out}/out"], **environment)


def main() -> None:
    measure(["history"], PLAIN)  # compiles
    table = HEAD
    measured = []
    for names, changed in JOBS:
        settings = PLAIN | changed
        estimate = size_of([load_scenario(name) for name in names], **settings).bytes
        measured.append(measure(names, settings))
        shown = " ".join(["run", *names, *options_of(changed)])
        row = (
            f"| `{shown}` | {estimate / 1e6:.0f} | {measured[-1] / 1e6:.0f} | {estimate / measured[-1]:.2f} |"
        )
        print(row, flush=True)
        table += row + "\n"
    with TemporaryDirectory() as cache:
        more = measure(["history"], PLAIN, NUMBA_CACHE_DIR=cache) - measured[0]
    print(f"compiling: {more / 1e6:.0f} MB more", flush=True)
    text = PAGE.read_text(encoding="utf-8")
    text = OLD_TABLE.sub(lambda _: table, text)
    text = FIRST_TIME.sub(rf"\g<1>{round(more / 1e7) * 10}\g<2>", text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
