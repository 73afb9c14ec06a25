"""Estimates that others are examined with: `python -m studies.fitting` (two hours on two cores).

One after another, each on two processes: history with three seeds of the ensemble; history without the months of each
dated break; history without the months of all of them, with everything and with each mechanism switched off, with two
seeds; twins. An estimate that lies in the folder already, asked alike, is not made again. `studies.estimates` makes a
page of them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from corridor.experiments.estimation.estimate import MEMBERS, estimate
from corridor.experiments.estimation.priors import Break, load_declared
from corridor.experiments.estimation.record import record_bytes, record_of
from corridor.experiments.estimation.tables import unknowns_table
from corridor.experiments.estimation.trial import Setting
from corridor.experiments.estimation.twins import make_twin, recovered_table
from corridor.outputs.files import write_files
from corridor.outputs.observations import last_published
from corridor.outputs.tables import csv_bytes

FOLDER = Path("results") / "fits"
STARTS = (1, 2, 3)  # seeds of the ensemble
PAIR = (1, 2)  # of those that are compared with one another
TWINS = (1, 2, 3)


@dataclass(frozen=True)
class Asked:
    """An estimate by name, and how it differs from that of history."""

    name: str
    seed: int = STARTS[0]
    off: str = ""
    left_out: tuple[str, ...] = ()
    twin: int = 0


@dataclass(frozen=True)
class Made:
    """An estimate that was made: its record, and the table of its unknowns."""

    record: dict[str, Any]
    unknowns: pd.DataFrame

    @property
    def values(self) -> dict[str, Any]:
        return self.record["values"]

    @property
    def setting(self) -> Setting:
        """How its values are simulated: as it was made."""
        record = self.record
        return Setting(record["until"], record["off"], people_per_agent=record["people_per_agent"])


def history(seed: int = STARTS[0]) -> str:
    """Name of the estimate of history with a seed."""
    return f"history-{seed}"


def without_months(id: str) -> str:
    """Name of the estimate without the months of a break."""
    return f"without-{id}"


def without_breaks(off: str, seed: int) -> str:
    """Name of the estimate without the months of all breaks, with everything or a mechanism switched off."""
    return f"no-breaks-{off or 'all'}-{seed}"


def twin(number: int) -> str:
    """Name of the estimate from a twin."""
    return f"twin-{number}"


def all_asked(until: str) -> Iterator[Asked]:
    """All estimates that lie in the months up to the last, the most wanted first."""
    for seed in STARTS[:1]:
        yield Asked(history(seed), seed)
    windows = dict(left_out_months(until))
    for id, months in windows.items():
        yield Asked(without_months(id), left_out=months)
    unseen = unseen_months(until)
    for seed in PAIR:
        for off in ("", *load_declared().mechanisms):
            yield Asked(without_breaks(off, seed), seed, off, unseen)
    for seed in STARTS[1:]:
        yield Asked(history(seed), seed)
    for number in TWINS:
        yield Asked(twin(number), twin=number)


def make_fits(
    folder: Path = FOLDER,
    *,
    members: int = MEMBERS,
    people_per_agent: int = 50,
    until: str = "",
    only_made: bool = False,
) -> dict[str, Made]:
    """Make what is missing and return all, by name; or return what is there."""
    until = until or last_published()
    found = {
        asked.name: _made(asked, folder, members, people_per_agent, until, only_made)
        for asked in all_asked(until)
    }
    return {name: made for name, made in found.items() if made}


def _made(
    asked: Asked, folder: Path, members: int, people_per_agent: int, until: str, only_made: bool
) -> Made | None:
    record, table = folder / f"{asked.name}.json", folder / f"{asked.name}-unknowns.csv"
    how = {
        "until": until, "off": asked.off, "left_out": list(asked.left_out), "seed": asked.seed, "members": members,
        "people_per_agent": people_per_agent,
    }  # fmt: skip
    told = {**how, "twin": asked.twin}
    if not _is_there(record, told):
        if only_made:
            return None
        began = time.monotonic()
        setting = Setting(until, people_per_agent=people_per_agent)
        known = make_twin(asked.twin, setting) if asked.twin else None
        new = estimate(**how, counts=known.counts if known else None)
        unknowns = recovered_table(new, known) if known else unknowns_table(new)
        made = {"twin": asked.twin, **record_of(new)}
        write_files(folder, {table.name: csv_bytes(unknowns), record.name: record_bytes(made)})
        took = time.monotonic() - began
        print(f"{asked.name}: mean square misfit {new.misfit[-1]:.2f}, {took:.0f} s", flush=True)
    return Made(json.loads(record.read_text(encoding="utf-8")), pd.read_csv(table, keep_default_na=False))


def _is_there(record: Path, told: dict[str, Any]) -> bool:
    if not record.is_file():
        return False
    kept = json.loads(record.read_text(encoding="utf-8"))
    return all(kept.get(name) == value for name, value in told.items())


def breaks_up_to(until: str) -> dict[str, Break]:
    """Breaks that lie in the months that are looked at, by id."""
    return {
        id: each
        for id, each in load_declared().breaks.items()
        if max(each.event.after[1], each.window[1]) <= until
    }


def left_out_months(until: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Id and months of each break that lies in the months that are looked at."""
    for id, each in breaks_up_to(until).items():
        yield id, tuple(month for month in Setting(until).months if each.holds(month))


def unseen_months(until: str) -> tuple[str, ...]:
    """Months of all breaks, in order."""
    return tuple(sorted({month for _, months in left_out_months(until) for month in months}))


def scale_options(parser: argparse.ArgumentParser) -> None:
    """Add options for a small trial of a study."""
    parser.add_argument(
        "--until", default="", help="last month that is looked at; the last of history unless given"
    )
    parser.add_argument("--members", type=int, default=MEMBERS, help="members of each ensemble")
    parser.add_argument("--people-per-agent", type=int, default=50, help="scale: one simulated party in n")


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m studies.fitting", description="Make the estimates.")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the estimates")
    scale_options(parser)
    asked = parser.parse_args(words)
    make_fits(asked.out, members=asked.members, people_per_agent=asked.people_per_agent, until=asked.until)


if __name__ == "__main__":
    main()
