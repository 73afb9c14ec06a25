"""Estimates of history: `python -m studies.fitting` (half an hour on two cores). `studies.skill` makes a page of them.

One after another, each on two processes: history with two seeds of the ensemble; history without the months of each
dated break; history with each mechanism switched off, with the same two seeds. An estimate that lies in the folder
already, asked alike, is not made again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from corridor.experiments.estimation.estimate import MEMBERS, estimate
from corridor.experiments.estimation.priors import load_declared
from corridor.experiments.estimation.record import record_bytes, record_of
from corridor.experiments.estimation.tables import unknowns_table
from corridor.experiments.estimation.trial import Setting
from corridor.outputs.files import write_files
from corridor.outputs.observations import last_published
from corridor.outputs.tables import csv_bytes

FOLDER = Path("results") / "fits"
SEEDS = (1, 2)


@dataclass(frozen=True)
class Made:
    """An estimate that was made: its record, and the table of its unknowns."""

    record: dict[str, Any]
    unknowns: pd.DataFrame

    @property
    def values(self) -> dict[str, Any]:
        return self.record["values"]

    @property
    def misfit(self) -> float:
        """Mean square of gaps over errors after the last step."""
        return self.record["misfit"][-1]


def history(seed: int = SEEDS[0]) -> str:
    """Name of the estimate of history with a seed."""
    return f"history-{seed}"


def without_mechanism(id: str, seed: int) -> str:
    """Name of the estimate with a mechanism switched off."""
    return f"off-{id}-{seed}"


def without_months(id: str) -> str:
    """Name of the estimate without the months of a break."""
    return f"without-{id}"


def make_fits(
    folder: Path = FOLDER, *, members: int = MEMBERS, people_per_agent: int = 50, until: str = ""
) -> dict[str, Made]:
    """Make what is missing and return all, by name."""
    until = until or last_published()
    found: dict[str, Made] = {}

    def made(name: str, *, seed: int, off: str = "", left_out: Collection[str] = ()) -> None:
        record, table = folder / f"{name}.json", folder / f"{name}-unknowns.csv"
        asked = {
            "until": until, "off": off, "left_out": list(left_out), "seed": seed, "members": members,
            "people_per_agent": people_per_agent,
        }  # fmt: skip
        if not _is_there(record, asked):
            began = time.monotonic()
            new = estimate(**asked)
            files = {
                table.name: csv_bytes(unknowns_table(new)),
                record.name: record_bytes(record_of(new)),
            }
            write_files(folder, files)
            took = time.monotonic() - began
            print(f"{name}: mean square misfit {new.misfit[-1]:.2f}, {took:.0f} s", flush=True)
        found[name] = Made(json.loads(record.read_text(encoding="utf-8")), pd.read_csv(table))

    for seed in SEEDS:
        made(history(seed), seed=seed)
    for id, months in left_out_months(until):
        made(without_months(id), seed=SEEDS[0], left_out=months)
    for id in load_declared().mechanisms:
        for seed in SEEDS:
            made(without_mechanism(id, seed), seed=seed, off=id)
    return found


def _is_there(record: Path, asked: dict[str, Any]) -> bool:
    if not record.is_file():
        return False
    kept = json.loads(record.read_text(encoding="utf-8"))
    return all(kept.get(name) == value for name, value in asked.items())


def left_out_months(until: str) -> Iterator[tuple[str, list[str]]]:
    """Id and months of each break that lies in the months that are looked at."""
    for id, each in load_declared().breaks.items():
        if max(each.event.after[1], each.window[1]) <= until:
            first, last = each.window
            yield id, [month for month in Setting(until).months if first <= month <= last]


def scale_options(parser: argparse.ArgumentParser) -> None:
    """Add options for a small trial of a study."""
    parser.add_argument(
        "--until", default="", help="last month that is looked at; the last of history unless given"
    )
    parser.add_argument("--members", type=int, default=MEMBERS, help="members of each ensemble")
    parser.add_argument("--people-per-agent", type=int, default=50, help="scale: one simulated party in n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m studies.fitting", description="Make the estimates.")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the estimates")
    scale_options(parser)
    asked = parser.parse_args()
    make_fits(asked.out, members=asked.members, people_per_agent=asked.people_per_agent, until=asked.until)
