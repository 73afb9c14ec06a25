"""Face 1: the command `corridor`. Each command is a thin layer over what `model` offers.

What is shown on the terminal lies in `model.terminal`.

Results go to files, summaries to standard output, progress and problems to standard error. Exit codes: 0 done,
1 failed (or not equal), 2 bad input, 130 interrupted. Heavy imports wait inside the commands, so that help is quick.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model import terminal

if TYPE_CHECKING:
    from model.spec.levers import Lever
    from model.spec.scenario import Scenario

BAD_INPUT = 2
FAILED = 1
SUFFIXES = (".yaml", ".yml")
COLLECT_AFTER = 10_000  # new objects, instead of Python's few hundred

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Scenarios of migrant flows through Panama, Mexico and the US border.",
)

Replicates = Annotated[
    int | None, typer.Option(min=1, help="Random realisations. [default: as the scenario says, or 20]")
]
Scale = Annotated[
    int | None,
    typer.Option(min=1, max=10_000, help="1 simulates every travelling party; n one in n. [default: 50]"),
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, max=2**32 - 1, help="Seed of every draw. [default: as the scenario says, or 1]"),
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes; the numbers do not depend on it. [default: 2]")
]
Scenarios = Annotated[
    list[str],
    typer.Argument(help="Names of scenarios, paths of scenario files, or folders that hold some."),
]
AsCsv = Annotated[bool, typer.Option("--csv", help="Write CSV to standard output.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    from model.foundations.errors import CorridorError, InputError

    if arguments is None:  # the process is this command's own
        _collect_seldom()
        os.environ.setdefault(
            "OPENBLAS_NUM_THREADS", "1"
        )  # before NumPy: its threads would start and only spin
    try:
        app(None if arguments is None else list(arguments))
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(BAD_INPUT)
    except (CorridorError, OSError) as error:
        print(f"corridor: {error}", file=sys.stderr)
        sys.exit(FAILED)


def _collect_seldom() -> None:
    """Let garbage wait: imports make many objects and no garbage, and what is left at the end goes with the process."""
    gc.set_threshold(COLLECT_AFTER)
    atexit.register(gc.freeze)


def _version(asked: bool) -> None:
    if asked:
        from model.version import __version__

        print(f"corridor {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
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
    no_baseline: Annotated[
        bool, typer.Option("--no-baseline", help="Run only what is named, not what it is compared with.")
    ] = False,
    baseline: Annotated[
        str | None, typer.Option(help="Compare all with this scenario. [default: each with the one it names]")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("results"),
) -> None:
    """Run scenarios and their baselines; write CSV files and a manifest for each."""
    from model import compare, run_ensembles, write_results

    scenarios = _files(scenarios)
    named = _load(scenarios)
    against = None if baseline is None else _load([baseline])[0]
    wanted = _once([*named, against] if against else named)
    if against is None and not no_baseline:
        wanted = _once([*named, *_baselines(named, scenarios)])
    if out.exists() and not out.is_dir():
        raise _refuse("--out", f"{out} is a file; results need a folder")
    with terminal.progress(f"{len(wanted)} scenarios" if len(wanted) > 1 else wanted[0].name) as progress:
        results = run_ensembles(
            wanted,
            replicates=replicates,
            seed=seed,
            people_per_agent=people_per_agent,
            workers=workers,
            daily=daily,
            fates=fates,
            progress=progress,
        )
    name = against.name if against else None
    write_results(results, out, baseline=name)
    comparison = compare(results, baseline=name) if len(results) > 1 else None
    compared = {
        after.scenario
        for before, after in (comparison.pairs if comparison else ())
        if set(after.periods) <= set(before.periods)
    }
    for each in results:
        if each.scenario not in compared:
            terminal.show_levels(each)
    if comparison:
        terminal.show_differences(comparison.table())
        if fates:
            terminal.show_fates(comparison.fates())
        terminal.show_notes(comparison.notes)
    names = [f"{each.scenario}/" for each in results]
    names += (["compare.csv"] + (["fates.csv"] if fates else [])) if comparison else []
    print(f"\nwritten to {out}/: {', '.join(names)}")


@app.command()
def batch(
    scenarios: Scenarios,
    replicates: Replicates = None,
    people_per_agent: Scale = None,
    seed: Seed = None,
    workers: Workers = None,
    by: Annotated[str, typer.Option(help="Indicator that the ranking goes by.")] = "encounters_usbp",
    until: Annotated[
        str | None,
        typer.Option(help="Stop early, at a precision of the differences in --by, such as 5%."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Do not run again what an interrupted batch had finished.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("results"),
) -> None:
    """Run many scenarios and their baselines as one job, and rank them by the difference that they make."""
    from model import INDICATORS
    from model.experiments.batch import run_batch, sweep_tables
    from model.foundations.errors import nearest_name
    from model.outputs.files import write_files
    from model.spec.sweep import variants

    if by not in INDICATORS:
        raise _refuse("--by", f"unknown indicator {by!r}{nearest_name(by, INDICATORS)}")
    scenarios = _files(scenarios)
    swept = [(given, *point) for given in _load(scenarios) for point in variants(given)]
    named = [scenario for _, scenario, _ in swept]
    wanted = _once([*named, *_baselines(named, scenarios)])
    if out.exists() and not out.is_dir():
        raise _refuse("--out", f"{out} is a file; results need a folder")
    with terminal.progress(f"{len(wanted)} scenarios") as progress:
        done = run_batch(
            wanted,
            out,
            replicates=replicates,
            seed=seed,
            people_per_agent=people_per_agent,
            workers=workers,
            by=by,
            until=None if until is None else _share(until),
            resume=resume,
            progress=progress,
        )
    write_files(out, sweep_tables(swept))
    if done.ranking is not None:
        terminal.show_ranking(done.ranking, by)
    if done.reused:
        terminal.show_notes([f"{done.reused} runs were finished before and not run again"])
    compared = ", compare.csv" if done.ranking is not None else ""
    print(f"\nwritten to {out}/: {len(done.written)} folders{compared}")
    if done.failures:
        for failure in done.failures:
            place = f"{failure.scenario}, replicate {failure.replicate}, {failure.stage}"
            print(f"failed: {place}: {failure.message}", file=sys.stderr)
        raise typer.Exit(FAILED)


@app.command()
def validate(files: Scenarios) -> None:
    """Check scenario files and say everything that is wrong with them."""
    files = _files(files)
    for given, scenario in zip(files, _load(files), strict=True):
        print(f"{given}: {scenario.name} is valid")


@app.command()
def compare(
    folders: Annotated[list[Path], typer.Argument(help="Folders that `corridor run` wrote, one a scenario.")],
    baseline: Annotated[
        str | None, typer.Option(help="Folder or scenario to compare with. [default: the one each names]")
    ] = None,
    fates: Annotated[
        bool, typer.Option("--fates", help="Split differences by what becomes of the same parties.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="CSV file to write; with --fates, that of the split.")
    ] = None,
) -> None:
    """Compare results written earlier, replicate by replicate."""
    from model import Results
    from model import compare as compare_results
    from model.outputs.files import write_files
    from model.outputs.tables import csv_bytes

    by_folder = {folder.resolve(): Results.read(folder) for folder in folders}
    if baseline is not None and Path(baseline).resolve() in by_folder:
        baseline = by_folder[Path(baseline).resolve()].scenario
    comparison = compare_results(list(by_folder.values()), baseline=baseline)
    if fates:
        split = comparison.fates()
        if out is not None:
            write_files(out.parent, {out.name: csv_bytes(split)})
        terminal.show_fates(split)
    else:
        if out is not None:
            comparison.write(out)
        terminal.show_differences(comparison.table())
    terminal.show_notes(comparison.notes)
    if out is not None:
        print(f"\nwritten to {out}")


@app.command()
def deals(
    scenario: Annotated[str, typer.Argument(help="A negotiated scenario: its file, or its name.")],
    draws: Annotated[int, typer.Option(min=1, help="Sets of preferences around the scenario's.")] = 100,
    replicates: Annotated[int, typer.Option(min=1, help="Runs whose meetings are looked at.")] = 2,
    out: Annotated[Path | None, typer.Option(help="Folder for concessions.csv and demands.csv.")] = None,
) -> None:
    """Say which single concession opens agreement in most futures, and which demands cannot be met together."""
    from model import explore_deals
    from model.outputs.files import write_files

    found = explore_deals(_load([scenario])[0], draws=draws, replicates=replicates)
    if out is not None:
        write_files(out, found.files())
    terminal.show_deals(found)
    if out is not None:
        print(f"\nwritten to {out}/: {', '.join(found.files())}")


@app.command()
def levers(csv: AsCsv = False) -> None:
    """List the levers: who controls each, its range, and what raising it is said to move."""
    from model import LEVERS

    if csv:
        terminal.write_csv(
            [
                "id",
                "label",
                "controller",
                "unit",
                "low",
                "high",
                "unlimited",
                "domain",
                "moves",
                "items",
            ],
            [
                [
                    *(
                        lever.id,
                        lever.label,
                        lever.controller,
                        lever.unit,
                        f"{lever.low:.10g}",
                        f"{lever.high:.10g}",
                    ),
                    *("yes" if lever.unlimited else "no", lever.domain or "", _moves(lever)),
                    " ".join(str(item) for item in lever.items),
                ]
                for lever in LEVERS.values()
            ],
        )
        return
    rows = [
        [lever.id, lever.label, lever.range_text, lever.domain or "", _moves(lever)]
        for lever in LEVERS.values()
    ]
    terminal.show_table("Levers", ["id", "label", "range (unit)", "for", "raising it moves"], rows)


def _moves(lever: Lever) -> str:
    return ", ".join(f"{indicator} {'+' if sign > 0 else '-'}" for indicator, sign, _ in lever.moves)


@app.command()
def indicators(csv: AsCsv = False) -> None:
    """List the indicators: unit, kind and breakdowns."""
    from model import INDICATORS

    columns = ["id", "label", "unit", "kind", "breakdowns"]
    rows = [
        [each.id, each.label, each.unit, each.kind, " ".join(each.breakdowns)] for each in INDICATORS.values()
    ]
    if csv:
        terminal.write_csv(columns, rows)
    else:
        terminal.show_table("Indicators", columns, rows)


@app.command()
def evidence(
    search: Annotated[str | None, typer.Option(help="Words that a record must hold, in any order.")] = None,
    csv: AsCsv = False,
) -> None:
    """Show what the numbers rest on: parameters, figures of the documents, observed series."""
    from model import search_evidence

    records = search_evidence(search)
    if csv:
        columns = ["id", "kind", "label", "value", "unit", "status", "source", "note"]
        rows = [
            [getattr(each, name) for name in columns] + [" / ".join(each.contradictions)] for each in records
        ]
        terminal.write_csv([*columns, "contradictions"], rows)
    else:
        terminal.show_evidence(records)


@app.command()
def reproduce(
    manifest: Annotated[Path, typer.Argument(help="A manifest.json; its CSV files lie beside it.")],
    workers: Workers = None,
) -> None:
    """Run a result again from its manifest and compare the files byte for byte."""
    from model import reproduce as run_again

    with terminal.progress("run again") as progress:
        result = run_again(manifest, workers=workers, progress=progress)
    terminal.show_notes(result.notes)
    if not result.equal:
        for difference in result.differences:
            print(difference, file=sys.stderr)
        raise typer.Exit(FAILED)
    print(f"{result.scenario}: every byte is equal")


@app.command("app")
def open_app(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the page.")] = 8501,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
) -> None:
    """Open the app in a browser."""
    import subprocess
    from importlib.util import find_spec

    spec = find_spec("app")
    if spec is None or not spec.submodule_search_locations:
        raise _refuse("corridor app", "the app is not installed beside the model")
    script = Path(next(iter(spec.submodule_search_locations))) / "main.py"
    options = {
        "--server.port": port,
        "--server.headless": "true" if headless else "false",
        "--server.fileWatcherType": "none",
        "--browser.gatherUsageStats": "false",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"{name}={value}" for name, value in options.items()]
    try:
        code = subprocess.call(command)
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)


def _share(text: str) -> float:
    """A share above 0 and below 1, written 5% or 0.05."""
    try:
        share = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        share = 0.0
    if not 0.0 < share < 1.0:
        raise _refuse("--until", f"expected a share such as 5%, not {text!r}")
    return share


def _files(names: Sequence[str]) -> list[str]:
    """Names and files as given; a folder stands for the scenario files in it, by name."""
    found: list[str] = []
    for name in names:
        folder = Path(name)
        inside = (
            sorted(str(file) for file in folder.iterdir() if file.suffix in SUFFIXES)
            if folder.is_dir()
            else [name]
        )
        if not inside:
            raise _refuse(name, "this folder holds no scenario file (.yaml)")
        found += inside
    return found


def _load(names: Sequence[str]) -> list[Scenario]:
    """Load and resolve scenarios; the problems of all of them are raised together."""
    from model.foundations.errors import InputError
    from model.spec.policy import resolve
    from model.spec.scenario import load_scenario

    loaded, problems = [], []
    for name in names:
        try:
            scenario = load_scenario(name)
            resolve(scenario)
            loaded.append(scenario)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return loaded


def _baselines(scenarios: Sequence[Scenario], given: Sequence[str]) -> list[Scenario]:
    """What the scenarios are compared with, looked for beside their files first."""
    from model.spec.scenario import load_scenario, scenario_folders

    folders = [*(Path(name).parent for name in given if name.endswith(SUFFIXES)), *scenario_folders()]
    by_name = {scenario.name: scenario for scenario in scenarios}
    names = dict.fromkeys(scenario.baseline_name for scenario in scenarios)
    return [by_name.get(name) or load_scenario(name, folders) for name in names if name is not None]


def _once(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Each scenario once, in order; two that share a name are refused."""
    ordered: dict[str, Scenario] = {}
    for scenario in scenarios:
        if ordered.setdefault(scenario.name, scenario) != scenario:
            raise _refuse("corridor run", f"two different scenarios have the name {scenario.name!r}")
    return list(ordered.values())


def _refuse(where: str, why: str) -> Exception:
    from model.foundations.errors import InputError, Problem

    return InputError([Problem(where, 0, 0, "", why)])


if __name__ == "__main__":
    main()
