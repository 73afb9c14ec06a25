"""Commands that measure the model against what happened: calibrate and hindcast. Both take long."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from corridor.cli.options import number, refuse

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
FIRST, LAST = "2021-06", "2023-12"
Processes = Annotated[int, number("workers", "--workers", help="Processes.")]


def print_line(line: str) -> None:
    """A line of progress on standard error."""
    print(line, file=sys.stderr, flush=True)


def calibrate(
    until: Annotated[str, typer.Option(help="Last month that is looked at.")] = LAST,
    start: Annotated[
        int,
        number(
            "start",
            help="0: the centre of the prior; another number draws a start.",
        ),
    ] = 0,
    steps: Annotated[
        int,
        number("steps", help="Times that all derivatives are measured."),
    ] = 10,
    again: Annotated[
        bool, typer.Option("--again", help="Make the packaged fit again, from its stored start.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted fit.")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write what is found into the packaged data.")
    ] = False,
    workers: Processes = 2,
    out: Annotated[Path, typer.Option(help="Folder of the fit.")] = Path("results/calibration"),
) -> None:
    """Fit demand and rates to the published months, and say what the data identify (minutes)."""
    from corridor.experiments.calibration.calibrate import calibrate as make
    from corridor.outputs.locks import locked

    if not MONTH.fullmatch(until) or not FIRST <= until <= LAST:
        raise refuse("--until", f"expected a month from {FIRST} to {LAST}, not {until!r}")
    with locked(out):
        found = make(
            out,
            until=until,
            seed=start,
            steps=steps,
            again=again,
            resume=resume,
            write=write,
            workers=workers,
            tell=print_line,
        )
    print(f"loss {found.loss:.1f} ({found.data_loss:.1f} of it from data) after {found.trials:,} trials")
    print(f"written to {out}/: fit.json, identified.csv, targets.csv")


def hindcast(
    members: Annotated[int, number("members", help="Parameter sets at an origin.")] = 12,
    steps: Annotated[int, number("steps", help="Of each refit.")] = 7,
    workers: Processes = 2,
    out: Annotated[Path, typer.Option(help="Folder of refits, projections and scores.")] = Path(
        "results/hindcast"
    ),
) -> None:
    """Project 2022 and 2023 from what was known month by month, and score it (tens of minutes)."""
    from corridor.cli import terminal
    from corridor.experiments.hindcast.run import run_hindcast
    from corridor.outputs.locks import locked

    with locked(out):
        scores = run_hindcast(out, members=members, steps=steps, workers=workers, tell=print_line).scores()
    rows = [
        [row["forecast"], str(row["horizon"]), str(row["cases"]), f"{row['mape']:.1%}", f"{row['mase']:.2f}"]
        for row in scores.loc[scores["nationality"] == "all"].to_dict("records")
    ]
    terminal.show_table("All encounters", ["forecast", "months ahead", "cases", "MAPE", "MASE"], rows)
    print(f"\nwritten to {out}/: projections.csv, scores.csv")
