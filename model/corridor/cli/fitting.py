"""Commands that measure the model against what happened: calibrate, estimate and hindcast. All take long."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from corridor.cli import screen
from corridor.cli.options import AsJson, number, refuse

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
FIRST = "2021-06"
ESTIMATE_FILES = ("estimate.json", "unknowns.csv", "demand.csv", "distances.csv")
Processes = Annotated[int, number("workers", "--workers", help="Processes.")]
Until = Annotated[
    str | None, typer.Option(help="Last month that is looked at: the last published one unless given.")
]


def _last_month(until: str | None) -> str:
    """The last month of a fit: the last published one unless given; one outside what was published is refused."""
    from corridor.outputs.observations import last_published

    last = last_published()
    if until is not None and (not MONTH.fullmatch(until) or not FIRST <= until <= last):
        raise refuse("--until", f"expected a month from {FIRST} to {last}, not {until!r}")
    return until or last


def calibrate(
    until: Until = None,
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
    json: AsJson = False,
) -> None:
    """Fit demand and rates to the published months, and say what the data identify (minutes)."""
    from corridor.experiments.calibration.calibrate import calibrate as make
    from corridor.outputs.locks import locked

    until = _last_month(until)
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
            tell=screen.tell,
        )
    files = ("fit.json", "identified.csv", "targets.csv")
    screen.answer(loss=found.loss, loss_of_data=found.data_loss, trials=found.trials)
    screen.answer(written=[f"{out}/{name}" for name in files])
    screen.say(f"loss {found.loss:.1f} ({found.data_loss:.1f} of it from data) after {found.trials:,} trials")
    screen.say(f"written to {out}/: {', '.join(files)}")


def estimate(
    until: Until = None,
    members: Annotated[int, typer.Option(min=4, help="Parameter sets of the ensemble.")] = 90,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the first members; two seeds that agree are enough.")
    ] = 1,
    people_per_agent: Annotated[
        int, typer.Option(min=1, max=10_000, help="Scale: one simulated party in n.")
    ] = 50,
    workers: Processes = 2,
    out: Annotated[Path, typer.Option(help="Folder of the estimate.")] = Path("results/estimate"),
    json: AsJson = False,
) -> None:
    """Estimate demand of every month and rates together with an ensemble, judged on unseen seeds (minutes)."""
    from corridor.cli import terminal
    from corridor.experiments.estimation.estimate import estimate as make
    from corridor.experiments.estimation.estimate import judge, write_estimate
    from corridor.inputs.parameters.accepted import fit_record
    from corridor.outputs.locks import locked

    until = _last_month(until)
    with locked(out):
        found = make(
            until,
            members=members,
            seed=seed,
            people_per_agent=people_per_agent,
            workers=workers,
            tell=screen.tell,
        )
        screen.tell("running the estimate and the packaged fit on sixteen unseen seeds")
        distances = judge(found, {"packaged": fit_record()["values"]}, workers=workers)
        write_estimate(found, distances, out)
    rows = [
        [row["indicator"], row["nationality"], f"{row['estimate']:.3f}", f"{row['packaged']:.3f}"]
        for row in distances.to_dict("records")
    ]
    title = "Absolute distances of months over what was observed; no score, since every month was seen"
    terminal.show_table(title, ["indicator", "nationality", "estimate", "packaged fit"], rows)
    screen.answer(distances=screen.records(distances), misfit=found.misfit, failed=found.failed)
    screen.answer(written=[f"{out}/{name}" for name in ESTIMATE_FILES])
    if found.failed:
        screen.say(f"\n{len(found.failed)} members failed and were left out; the first: {found.failed[0]}")
    screen.say(f"\nwritten to {out}/: {', '.join(ESTIMATE_FILES)}")


def hindcast(
    members: Annotated[int, number("members", help="Parameter sets at an origin.")] = 12,
    steps: Annotated[int, number("steps", help="Of each refit.")] = 7,
    workers: Processes = 2,
    out: Annotated[Path, typer.Option(help="Folder of refits, projections and scores.")] = Path(
        "results/hindcast"
    ),
    json: AsJson = False,
) -> None:
    """Project the months since 2022 from what was known at each, and score it (tens of minutes)."""
    from corridor.cli import terminal
    from corridor.experiments.hindcast.run import run_hindcast
    from corridor.outputs.locks import locked

    with locked(out):
        scores = run_hindcast(out, members=members, steps=steps, workers=workers, tell=screen.tell).scores()
    rows = [
        [row["forecast"], str(row["horizon"]), str(row["cases"]), f"{row['mape']:.1%}", f"{row['mase']:.2f}"]
        for row in scores.loc[scores["nationality"] == "all"].to_dict("records")
    ]
    terminal.show_table("All encounters", ["forecast", "months ahead", "cases", "MAPE", "MASE"], rows)
    screen.answer(scores=screen.records(scores))
    screen.answer(written=[f"{out}/{name}" for name in ("projections.csv", "scores.csv")])
    screen.say(f"\nwritten to {out}/: projections.csv, scores.csv")
