"""Commands that simulate: run, batch, reproduce, and validate, which only reads."""

from __future__ import annotations

import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from corridor.cli import screen, terminal
from corridor.cli.completion import SUFFIXES, indicator_words, scenario_words
from corridor.cli.options import (
    AsJson,
    Replicates,
    Scale,
    Scenarios,
    Seed,
    Window,
    Workers,
    baselines_of,
    load_all,
    number,
    once,
    refuse,
    scenario_files,
)
from corridor.cli.progress import progress_of

FAILED = 1
BESIDE = ("compare.csv", "headline.csv")
"""Of the files that are written beside the folders those that are named: the others are the same by level."""


def run(
    scenarios: Scenarios,
    replicates: Replicates = None,
    people_per_agent: Scale = None,
    seed: Seed = None,
    workers: Workers = None,
    daily: Annotated[bool, typer.Option("--daily", help="Report days besides months and years.")] = False,
    fates: Annotated[
        bool, typer.Option("--fates", help="Keep how every journey ended, and split differences by it.")
    ] = False,
    draws: Annotated[
        int,
        number(
            "draws",
            help="Accepted parameter sets besides the central one, each with all replicates.",
        ),
    ] = 0,
    check_every: Annotated[
        int,
        number(
            "check_every",
            help="Days between two checks that nobody is lost, made or in two places, no stock is below zero "
            "and shares are shares; a failure stops the run. 0: none.",
        ),
    ] = 0,
    no_baseline: Annotated[
        bool, typer.Option("--no-baseline", help="Run only what is named, not what it is compared with.")
    ] = False,
    baseline: Annotated[
        str | None,
        typer.Option(
            help="Compare all with this scenario. [default: each with the one it names]",
            autocompletion=scenario_words,
        ),
    ] = None,
    window: Window = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("results"),
    json: AsJson = False,
) -> None:
    """Run scenarios and their baselines; write CSV files and a manifest for each."""
    from corridor import compare, run_ensembles, shared_periods, write_results
    from corridor.experiments.shared_windows import check_window
    from corridor.foundations.errors import CorridorWarning, RunError
    from corridor.inputs.compiling.account import unsaid_members
    from corridor.outputs.locks import locked

    scenarios = scenario_files(scenarios)
    named = load_all(scenarios)
    terminal.show_notes([note for scenario in named for note in unsaid_members(scenario)])
    against = None if baseline is None else load_all([baseline])[0]
    wanted = once([*named, against] if against else named)
    if against is None and not no_baseline:
        wanted = once([*named, *baselines_of(named, scenarios)])
    if out.exists() and not out.is_dir():
        raise refuse("--out", f"{out} is a file; results need a folder")
    name = against.name if against else None
    check_window({each.name: each.timeline for each in wanted}, window, daily=daily)
    with locked(out):
        with progress_of(f"{len(wanted)} scenarios" if len(wanted) > 1 else wanted[0].name) as progress:
            results = run_ensembles(
                wanted,
                replicates=replicates,
                seed=seed,
                people_per_agent=people_per_agent,
                workers=workers,
                daily=daily,
                fates=fates,
                draws=draws,
                check_every=check_every,
                progress=progress,
            )
        try:
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always", CorridorWarning)
                write_results(results, out, baseline=name, window=window)
        except OSError as error:
            raise RunError(
                f"no room left in {out}, or it cannot be written ({error.strerror}): nothing is written, the run is "
                "lost; `corridor batch` keeps every finished run"
            ) from None
    terminal.show_notes([str(each.message) for each in told])
    comparison = compare(results, baseline=name, window=window) if len(results) > 1 else None
    compared = {
        after.scenario
        for before, after in (comparison.pairs if comparison else ())
        if set(after.years) <= set(shared_periods(after, before).years)
    }
    for each in results:
        if each.scenario not in compared:
            terminal.show_levels(each)
    if comparison:
        terminal.show_differences(comparison.headline())
        if fates:
            terminal.show_fates(comparison.fates())
        terminal.show_notes(comparison.notes)
    names = [f"{each.scenario}/" for each in results]
    names += (list(BESIDE) + (["fates.csv"] if fates else [])) if comparison else []
    screen.answer(written=[f"{out}/{name}" for name in names])
    screen.say(f"\nwritten to {out}/: {', '.join(names)}")


def batch(
    scenarios: Scenarios,
    replicates: Replicates = None,
    people_per_agent: Scale = None,
    seed: Seed = None,
    workers: Workers = None,
    by: Annotated[
        str, typer.Option(help="Indicator that the ranking goes by.", autocompletion=indicator_words)
    ] = "encounters_usbp",
    window: Window = None,
    csv: Annotated[
        bool,
        typer.Option(
            "--csv", help="Replicates as CSV files, not as one Parquet file a scenario: far larger."
        ),
    ] = False,
    until: Annotated[
        str | None,
        typer.Option(
            help="Stop early, at a precision of the differences in --by over the window, such as 5%."
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Do not run again what an earlier batch finished, interrupted or not."),
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Address of a Dask scheduler, such as tcp://127.0.0.1:8786; its workers share --out. "
            "[default: processes of this machine]"
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("results"),
    json: AsJson = False,
) -> None:
    """Run many scenarios and their baselines as one job, and rank them by the difference that they make."""
    from corridor.experiments.batch import run_batch, sweep_tables
    from corridor.inputs.scenarios.variants import variants
    from corridor.outputs.files import write_files

    scenarios = scenario_files(scenarios)
    swept = [(given, *point) for given in load_all(scenarios) for point in variants(given)]
    named = [scenario for _, scenario, _ in swept]
    wanted = once([*named, *baselines_of(named, scenarios)])
    if out.exists() and not out.is_dir():
        raise refuse("--out", f"{out} is a file; results need a folder")
    with progress_of(f"{len(wanted)} scenarios") as progress:
        done = run_batch(
            wanted,
            out,
            replicates=replicates,
            seed=seed,
            people_per_agent=people_per_agent,
            workers=workers,
            by=by,
            window=window,
            csv=csv,
            until=None if until is None else _share(until),
            resume=resume,
            scheduler=scheduler,
            tell=lambda note: terminal.show_notes([note]),
            progress=progress,
        )
    write_files(out, sweep_tables(swept))
    if done.ranking is not None:
        terminal.show_ranking(done.ranking, by)
    terminal.show_notes(done.notes)
    if done.reused:
        terminal.show_notes([f"{done.reused} runs were finished before and not run again"])
    beside = [] if done.ranking is None else list(BESIDE)
    names = [*(f"{name}/" for name in done.written), *beside]
    screen.answer(written=[f"{out}/{name}" for name in names], reused=done.reused)
    screen.answer(failures=[asdict(failure) for failure in done.failures])
    screen.say(f"\nwritten to {out}/: {', '.join([f'{len(done.written)} folders', *beside])}")
    if done.failures:
        if not screen.is_document():
            for failure in done.failures:
                place = f"{failure.scenario}, replicate {failure.replicate}, {failure.stage}"
                screen.tell(f"failed: {place}: {failure.message}")
        raise typer.Exit(FAILED)


def _share(text: str) -> float:
    """A share above 0 and below 1, written 5% or 0.05."""
    try:
        share = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        share = 0.0
    if not 0.0 < share < 1.0:
        raise refuse("--until", f"expected a share such as 5%, not {text!r}")
    return share


def validate(
    files: Scenarios,
    upgrade: Annotated[
        bool,
        typer.Option(
            "--upgrade",
            help="First rewrite names of earlier releases in the files; comments and order stay.",
        ),
    ] = False,
    json: AsJson = False,
) -> None:
    """Check scenario files: say everything that is wrong with them, or what each intervention does and for whom."""
    from corridor.inputs.compiling.account import account_of

    files = scenario_files(files)
    if upgrade:
        _upgrade(files)
    loaded = load_all(files)
    accounts = [
        account_of(each) if given.endswith(SUFFIXES) else []
        for given, each in zip(files, loaded, strict=True)
    ]
    screen.answer(
        valid=[
            {"file": given, "scenario": each.name, "account": list(account)}
            for given, each, account in zip(files, loaded, accounts, strict=True)
        ]
    )
    for given, each, account in zip(files, loaded, accounts, strict=True):
        screen.say(f"{given}: {each.name} is valid")
        for line in account:
            screen.say(f"  {line}")


def _upgrade(files: list[str]) -> None:
    """Rewrite the files with the names of this release, and show what changed."""
    from corridor.inputs.scenarios.upgrade import upgrade_files

    for file in files:
        if not file.endswith(SUFFIXES):
            raise refuse(file, "--upgrade rewrites files: give the path of one (.yaml)")
    upgraded = upgrade_files([Path(file) for file in files])
    screen.answer(
        upgraded={str(file): [str(change) for change in changes] for file, changes in upgraded.items()}
    )
    for file, changes in upgraded.items():
        for change in changes:
            screen.say(f"{file}: {change}")
        if not changes:
            screen.say(f"{file}: nothing to upgrade")


def reproduce(
    manifest: Annotated[Path, typer.Argument(help="A manifest.json; its CSV files lie beside it.")],
    workers: Workers = None,
    json: AsJson = False,
) -> None:
    """Run a result again from its manifest; compare every byte of its files, and every field."""
    from corridor import reproduce as run_again

    with progress_of("run again") as progress:
        result = run_again(manifest, workers=workers, progress=progress)
    terminal.show_notes(result.notes)
    screen.answer(scenario=result.scenario, equal=result.equal, differences=list(result.differences))
    if not result.equal:
        if not screen.is_document():
            for difference in result.differences:
                screen.tell(difference)
        raise typer.Exit(FAILED)
    files = [name for name in result.compared if "." in name]
    screen.say(
        f"{result.scenario}: equal, every byte of its {len(files)} files and every field of the manifest "
        "(this finds errors, not forgers)"
    )
