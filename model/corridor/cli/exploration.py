"""Commands that look at many points: sensitivity and discover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor.cli import screen, terminal
from corridor.cli.completion import indicator_words, scenario_words
from corridor.cli.options import AsJson, Seed, Workers, load_all, number, refuse
from corridor.cli.progress import progress_of

if TYPE_CHECKING:
    from corridor.experiments.stored_points import PointStore

Swept = Annotated[
    str,
    typer.Argument(
        help="A scenario with a `sweep:` block: its file, or its name.", autocompletion=scenario_words
    ),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Do not run again what an interrupted analysis had finished.")
]
Coarse = Annotated[int, number("people_per_agent", help="Scale: one simulated party in n.")]


def sensitivity(
    scenario: Swept,
    of: Annotated[
        list[str] | None,
        typer.Option(
            "--of",
            help="Indicator; repeat for more. [default: six headlines]",
            autocompletion=indicator_words,
        ),
    ] = None,
    size: Annotated[
        int,
        number("size", help="Points of each base sample, a power of 2."),
    ] = 64,
    people_per_agent: Coarse = 200,
    seed: Seed = None,
    workers: Workers = None,
    resume: Resume = False,
    out: Annotated[Path, typer.Option(help="Folder of sensitivity.csv and its figure.")] = Path("results"),
    json: AsJson = False,
) -> None:
    """Say how much of the spread of indicators each thing that a sweep varies makes (Sobol indices)."""
    from corridor.experiments.responses import indicator_response
    from corridor.experiments.sensitivity import CSV, HEADLINES, analyse_sensitivity, check_design
    from corridor.experiments.stored_points import open_points
    from corridor.foundations.extras import need
    from corridor.outputs.drawings import plot_indices
    from corridor.outputs.files import write_files
    from corridor.outputs.locks import locked

    need("report", "corridor sensitivity")  # before the runs: its figure comes last
    responses = [indicator_response(name) for name in of or HEADLINES]
    given = load_all([scenario])[0]
    check_design(given, size, responses)
    folder = out / given.name
    seed = given.run_settings.seed if seed is None else seed
    asked = {"--of": [each.name for each in responses], "--size": size}
    asked |= {"--seed": seed, "--people-per-agent": people_per_agent}
    with locked(folder), progress_of(f"sensitivity of {given.name}") as progress:
        store = open_points(folder, given, {"analysis": "sensitivity", **asked}, resume=resume)
        found = analyse_sensitivity(
            given,
            responses=responses,
            size=size,
            people_per_agent=people_per_agent,
            seed=seed,
            workers=workers,
            store=store,
            progress=progress,
        )
        figure = plot_indices(found.table, title=f"What makes {given.name} uncertain")
        write_files(folder, {"sensitivity.svg": figure, CSV: found.csv()})
        store.discard()
    _show_kept(store)
    terminal.show_indices(found)
    written = [f"{folder}/{name}" for name in (CSV, "sensitivity.svg")]
    screen.answer(scenario=given.name, runs=found.runs, written=written)
    screen.say(f"\n{found.runs:,} runs; written to {folder}/: {CSV}, sensitivity.svg")


def discover(
    scenario: Annotated[
        str,
        typer.Argument(
            help="A scenario with `sweep:` and `demands:`; or with talks.", autocompletion=scenario_words
        ),
    ],
    deals: Annotated[
        bool, typer.Option("--deals", help="Ask of a negotiated scenario which concession opens agreement.")
    ] = False,
    replicates: Annotated[int, number("replicates", help="Runs of each point.")] = 2,
    people_per_agent: Annotated[
        int | None,
        number(
            "people_per_agent",
            help="Scale: one simulated party in n. [default: 200; with --deals 500]",
        ),
    ] = None,
    generations: Annotated[
        int,
        number("generations", help="Of the search for the Pareto set."),
    ] = 4,
    draws: Annotated[
        int,
        number("futures", help="With --deals: sets of preferences."),
    ] = 100,
    seed: Seed = None,
    workers: Workers = None,
    resume: Resume = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the CSV files. [default: results/]")] = None,
    json: AsJson = False,
) -> None:
    """Find where stated demands hold together, and what can be had of each without giving up another."""
    from corridor import DealSpace, explore_deals
    from corridor.experiments.stored_points import open_points
    from corridor.outputs.files import write_files
    from corridor.outputs.locks import locked

    given = load_all([scenario])[0]
    folder = (out or Path("results")) / given.name
    if deals and resume:
        raise refuse("--resume", "with --deals nothing is kept: it is done in a minute")
    with locked(folder):
        store = None
        if deals:
            how = {
                "draws": draws,
                "replicates": replicates,
                "seed": seed,
                "people_per_agent": people_per_agent,
            }
            found = explore_deals(given, **{name: value for name, value in how.items() if value is not None})
        else:
            from corridor.experiments.discovery import check_demands
            from corridor.experiments.discovery import discover as find

            check_demands(given)
            seed = given.run_settings.seed if seed is None else seed
            asked = {"--replicates": replicates, "--generations": generations}
            people_per_agent = 200 if people_per_agent is None else people_per_agent
            asked |= {"--seed": seed, "--people-per-agent": people_per_agent}
            store = open_points(folder, given, {"analysis": "discover", **asked}, resume=resume)
            with progress_of(f"points of {given.name}") as progress:
                found = find(
                    given,
                    replicates=replicates,
                    people_per_agent=people_per_agent,
                    generations=generations,
                    seed=seed,
                    workers=workers,
                    store=store,
                    progress=progress,
                )
        files = found.files()
        write_files(folder, files)
        if store:
            store.discard()
    if isinstance(found, DealSpace):
        terminal.show_deals(found)
    else:
        terminal.show_discovery(found)
    if store:
        _show_kept(store)
    screen.answer(scenario=given.name, written=[f"{folder}/{name}" for name in files])
    screen.say(f"\nwritten to {folder}/: {', '.join(files)}")


def _show_kept(store: PointStore) -> None:
    """Say what was taken from an earlier analysis."""
    screen.answer(reused=store.kept)
    terminal.show_notes(store.notes)
    if store.kept:
        terminal.show_notes([f"{store.kept:,} runs were finished before and not run again"])
