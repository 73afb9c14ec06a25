"""Commands that look at many points: sensitivity and discover."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corridor.cli import terminal
from corridor.cli.options import Seed, Workers, load_all, number

Swept = Annotated[str, typer.Argument(help="A scenario with a `sweep:` block: its file, or its name.")]
Coarse = Annotated[
    int,
    number("people_per_agent", help="Scale: one simulated party in n."),
]


def sensitivity(
    scenario: Swept,
    of: Annotated[
        list[str] | None, typer.Option("--of", help="Indicator; repeat for more. [default: six headlines]")
    ] = None,
    size: Annotated[
        int,
        number("size", help="Points of each base sample, a power of 2."),
    ] = 64,
    people_per_agent: Coarse = 200,
    seed: Seed = None,
    workers: Workers = None,
    out: Annotated[Path, typer.Option(help="Folder of sensitivity.csv and its figure.")] = Path("results"),
) -> None:
    """Say how much of the spread of indicators each thing that a sweep varies makes (Sobol indices)."""
    from corridor.experiments.responses import indicator_response
    from corridor.experiments.sensitivity import CSV, HEADLINES, analyse_sensitivity
    from corridor.outputs.drawings import plot_indices
    from corridor.outputs.files import write_files
    from corridor.outputs.locks import locked

    responses = [indicator_response(name) for name in of or HEADLINES]
    given = load_all([scenario])[0]
    folder = out / given.name
    with locked(folder), terminal.progress(f"sensitivity of {given.name}") as progress:
        found = analyse_sensitivity(
            given,
            responses=responses,
            size=size,
            people_per_agent=people_per_agent,
            seed=given.run_settings.seed if seed is None else seed,
            workers=workers,
            progress=progress,
        )
        figure = plot_indices(found.table, title=f"What makes {given.name} uncertain")
        write_files(folder, {"sensitivity.svg": figure, CSV: found.csv()})
    terminal.show_indices(found)
    print(f"\n{found.runs:,} runs; written to {folder}/: {CSV}, sensitivity.svg")


def discover(
    scenario: Annotated[str, typer.Argument(help="A scenario with `sweep:` and `demands:`; or with talks.")],
    deals: Annotated[
        bool, typer.Option("--deals", help="Ask of a negotiated scenario which concession opens agreement.")
    ] = False,
    replicates: Annotated[int, number("replicates", help="Runs of each point.")] = 2,
    people_per_agent: Coarse = 200,
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
    out: Annotated[Path | None, typer.Option(help="Folder of the CSV files. [default: results/]")] = None,
) -> None:
    """Find where stated demands hold together, and what can be had of each without giving up another."""
    from corridor.outputs.files import write_files
    from corridor.outputs.locks import locked

    given = load_all([scenario])[0]
    folder = (out or Path("results")) / given.name
    with locked(folder):
        if deals:
            from corridor import explore_deals

            space = explore_deals(given, draws=draws, replicates=replicates)
            terminal.show_deals(space)
            files = space.files()
        else:
            from corridor.experiments.discovery import discover as find

            with terminal.progress(f"points of {given.name}") as progress:
                found = find(
                    given,
                    replicates=replicates,
                    people_per_agent=people_per_agent,
                    generations=generations,
                    seed=given.run_settings.seed if seed is None else seed,
                    workers=workers,
                    progress=progress,
                )
            terminal.show_discovery(found)
            files = found.files()
        write_files(folder, files)
    print(f"\nwritten to {folder}/: {', '.join(files)}")
