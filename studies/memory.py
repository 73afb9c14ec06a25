"""Set estimates of memory beside measured peaks: `python -m studies.memory` prints the table of docs/faults.md.

The peak is the sum over all processes of a command of their proportional share (PSS), looked at every 50 ms.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from model.experiments.memory import size_of
from model.spec.scenario import load_scenario
from studies.faults import below

PLAIN = {"replicates": 1, "workers": 1, "people_per_agent": 50, "daily": False, "fates": False, "draws": 0}
JOBS = (
    (["history"], {}),
    (["history"], {"replicates": 40}),
    (["history"], {"replicates": 40, "workers": 2}),
    (["history"], {"people_per_agent": 1}),
    (["history"], {"replicates": 4, "daily": True}),
    (["history"], {"replicates": 20, "daily": True}),
    (["history"], {"replicates": 2, "people_per_agent": 10, "fates": True}),
    (["history"], {"replicates": 2, "draws": 10}),
    (["history", "funds-last-december"], {"replicates": 20}),
)


def peak_of(words: list[str]) -> float:
    """The largest sum of proportional shares, in bytes, while a command runs."""
    process, peak = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), 0.0
    while process.poll() is None:
        peak = max(peak, sum(share_of(each) for each in [process.pid, *below(process.pid)]))
        time.sleep(0.05)
    return peak


def share_of(process: int) -> float:
    """Proportional share of a process, in bytes; 0 when it has gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    except (OSError, StopIteration):
        return 0.0


def main() -> None:
    print("| job | estimate, MB | measured, MB | ratio |\n|---|---|---|---|")
    for names, changed in JOBS:
        settings = PLAIN | changed
        words = [*names]
        for name, value in settings.items():
            flag = f"--{name.replace('_', '-')}"
            words += [flag] if value is True else [flag, str(value)] if value is not False else []
        with TemporaryDirectory() as out:
            measured = peak_of(
                [sys.executable, "-m", "model", "run", *words, "--no-baseline", "--out", f"{out}/out"]
            )
        estimate = size_of([load_scenario(name) for name in names], **settings).bytes
        shown = " ".join(["run", *names, *(f"{name} {value}" for name, value in changed.items())])
        print(
            f"| {shown} | {estimate / 1e6:.0f} | {measured / 1e6:.0f} | {estimate / measured:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
