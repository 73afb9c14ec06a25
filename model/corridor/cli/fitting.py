"""Commands that measure the model against what happened: estimate and hindcast. Both take long."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corridor.cli import screen
from corridor.cli.options import AsJson, number, refuse

if TYPE_CHECKING:
    import pandas as pd

    from corridor.experiments.estimation.estimate import Estimate

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
FIRST = "2021-06"
Processes = Annotated[int, number("workers", "--workers", help="Processes.")]
Scale = Annotated[
    int, number("people_per_agent", "--people-per-agent", help="Scale: one simulated party in n.")
]


def _last_month(until: str | None) -> str:
    """The last month to look at: the last published one unless given.

    Raises
    ------
    InputError
        If nothing was published for it.
    """
    from corridor.outputs.observations import last_published

    last = last_published()
    if until is not None and (not MONTH.fullmatch(until) or not FIRST <= until <= last):
        raise refuse("--until", f"expected a month from {FIRST} to {last}, not {until!r}")
    return until or last


def estimate(
    until: Annotated[
        str | None, typer.Option(help="Last month that is looked at. [default: the last published]")
    ] = None,
    members: Annotated[int, number("members", help="Parameter sets of the ensemble.")] = 90,
    seed: Annotated[int, number("seed", help="Of the first members; two seeds that agree are enough.")] = 1,
    people_per_agent: Scale = 50,
    twin: Annotated[
        int | None,
        number("seed", "--twin", help="A seed: estimate from data that the model makes with known values."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Make the packaged estimate again, as its record says.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write what is found into the packaged data.")
    ] = False,
    workers: Processes = 2,
    out: Annotated[Path, typer.Option(help="Folder of the estimate.")] = Path("results/estimate"),
    json: AsJson = False,
) -> None:
    """Estimate demand of every month and rates together with an ensemble, judged on unseen seeds (minutes)."""
    from corridor.experiments.estimation.estimate import estimate as make
    from corridor.experiments.estimation.record import estimate_files, record_of, write_package
    from corridor.experiments.estimation.tables import judge
    from corridor.experiments.estimation.trial import Setting
    from corridor.experiments.estimation.twins import make_twin, recovered_table
    from corridor.inputs.parameters.accepted import fit_record
    from corridor.outputs.files import write_files
    from corridor.outputs.locks import locked

    last = _last_month(until)
    if twin is not None and (again or write):
        raise refuse("--twin", "a twin is made up: it cannot be written into the package, nor made --again")
    if again:
        record = fit_record()
        last, members, seed, people_per_agent = (
            record[name] for name in ("until", "members", "seed", "people_per_agent")
        )
    setting = Setting(last, people_per_agent=people_per_agent)
    with locked(out):
        known = None if twin is None else make_twin(twin, setting)
        found = make(
            last,
            members=members,
            seed=seed,
            people_per_agent=people_per_agent,
            counts=known.counts if known else None,
            workers=workers,
            tell=screen.tell,
        )
        screen.tell("running the estimate and the packaged values on sixteen unseen seeds")
        distances = judge(found, {"packaged": fit_record()["values"]}, workers=workers)
        recovered = recovered_table(found, known) if known else None
        files = estimate_files(found, distances, recovered)
        write_files(out, files)
        if write:
            write_package(record_of(found))
    _show_distances(distances)
    events, half_years = _show_demand(found)
    if recovered is not None:
        _show_recovered(recovered)
        screen.answer(recovered=screen.records(recovered))
    screen.answer(
        distances=screen.records(distances),
        events=screen.records(events),
        half_years=screen.records(half_years),
        misfit=found.misfit,
        failed=found.failed,
    )
    screen.answer(written=[f"{out}/{name}" for name in files])
    if found.failed:
        screen.say(f"\n{len(found.failed)} members failed and were left out; the first: {found.failed[0]}")
    screen.say(f"\nwritten to {out}/: {', '.join(files)}")
    if write:
        screen.say("written into the packaged data: fit.json, parameters, nationalities, sources")


def _show_distances(distances: pd.DataFrame) -> None:
    from corridor.cli import terminal

    rows = [
        [row["indicator"], row["nationality"], f"{row['estimate']:.3f}", f"{row['packaged']:.3f}"]
        for row in distances.to_dict("records")
    ]
    title = "Absolute distances of months over what was observed; no score, since every month was seen"
    terminal.show_table(title, ["indicator", "nationality", "estimate", "packaged"], rows)


def _show_recovered(recovered: pd.DataFrame) -> None:
    """How many known values the intervals hold, and which rates data say nothing of."""
    from corridor.cli import terminal
    from corridor.experiments.estimation.twins import summary_table, unidentified

    rows = [
        [row["parameter"], str(row["count"]), f"{row['held']:.0%}", f"{row['identified']:.0%}"]
        for row in summary_table(recovered).to_dict("records")
    ]
    terminal.show_table(
        "Known values of the twin", ["unknowns", "count", "held by the 80% interval", "identified"], rows
    )
    if names := unidentified(recovered):
        screen.say(f"\nUnidentified rates: {', '.join(names)}.")


def _show_demand(found: Estimate) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Show where latent demand does what mechanisms should: both tables, whole, are returned."""
    from corridor.cli import terminal
    from corridor.experiments.estimation import tables

    events, half_years = tables.event_table(found), tables.half_year_table(found)
    rows = []
    for event in dict.fromkeys(events["event"]):
        group = events.loc[events["event"] == event]
        beyond = [f"{row.nationality} {row.step:+.1f}" for row in _out(group, "step")]
        rows.append(
            [
                event,
                group["month"].iloc[0],
                f"{group['within'].sum()} of {len(group)}",
                ", ".join(beyond) or "none",
            ]
        )
    title = f"Steps of latent demand in the month of dated events, in its stated spreads; bar: {tables.LARGEST_STEP:g}"
    terminal.show_table(title, ["event", "month", "within", "beyond"], rows)
    rows = [
        [row.nationality, row.half_year, f"{row.people_a_day:,.1f}", f"{row.factor:.2f}"]
        for row in _out(half_years, "factor")
    ]
    title = (
        f"Half-years of latent demand over the one before, beyond a factor {tables.LARGEST_FACTOR:g}: "
        f"{len(rows)} of {len(half_years)}"
    )
    terminal.show_table(title, ["nationality", "half-year from", "people a day", "factor"], rows)
    return events, half_years


def _out(table: pd.DataFrame, by: str) -> list[Any]:
    """Rows that are not within their bar, in the order of a column."""
    return list(table.loc[~table["within"]].sort_values(by).itertuples())


def hindcast(
    members: Annotated[int, number("members", help="Parameter sets at an origin.")] = 12,
    ensemble: Annotated[int, number("ensemble", help="Members of each refit.")] = 90,
    people_per_agent: Scale = 50,
    workers: Processes = 2,
    out: Annotated[Path, typer.Option(help="Folder of refits, projections and scores.")] = Path(
        "results/hindcast"
    ),
    json: AsJson = False,
) -> None:
    """Project the months since 2022 from what was known at each, beside forecasts without the model (an hour)."""
    from corridor.cli import terminal
    from corridor.experiments.hindcast.run import run_hindcast
    from corridor.foundations.extras import need
    from corridor.outputs.locks import locked

    need("hindcast", "a hindcast")
    with locked(out):
        scores = run_hindcast(
            out,
            members=members,
            ensemble=ensemble,
            people_per_agent=people_per_agent,
            workers=workers,
            tell=screen.tell,
        ).scores()
    rows = [
        [
            row["forecast"],
            str(row["horizon"]),
            str(row["cases"]),
            f"{row['mape']:.1%}",
            f"{row['crps']:,.0f}",
            f"{row['in_80']:.0%}",
        ]
        for row in scores.loc[scores["nationality"] == "all"].to_dict("records")
    ]
    head = ["forecast", "months ahead", "cases", "MAPE", "CRPS", "in 80%"]
    terminal.show_table("All encounters", head, rows)
    screen.answer(scores=screen.records(scores))
    files = ("differences.csv", "projections.csv", "scores.csv")
    screen.answer(written=[f"{out}/{name}" for name in files])
    screen.say(f"\nwritten to {out}/: {', '.join(files)}")
