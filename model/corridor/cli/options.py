"""Options that several commands share, and what becomes of the scenarios that they name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corridor.cli import screen
from corridor.cli.completion import SUFFIXES, scenario_words

if TYPE_CHECKING:
    from corridor.inputs.scenarios.scenario import Scenario


def number(name: str, *flags: str, help: str) -> Any:
    """An option that takes a whole number within the bounds of its name, with the words of every other door."""

    def read(given: str | int) -> int:
        """A default comes as the number that it is."""
        from corridor.inputs.scenarios.request import read_number, whole_number

        try:
            return read_number(name, given) if isinstance(given, str) else whole_number(name, given)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    return typer.Option(*flags, parser=read, metavar="N", help=help)


Replicates = Annotated[
    int | None,
    number(
        "replicates",
        help="Random realisations. [default: as the scenario says, or 20]",
    ),
]
Scale = Annotated[
    int | None,
    number(
        "people_per_agent",
        help="1 simulates every travelling party; n one in n. [default: 50]",
    ),
]
Seed = Annotated[
    int | None,
    number(
        "seed",
        help="Seed of every draw. [default: as the scenario says, or 1]",
    ),
]
Workers = Annotated[
    int | None,
    number(
        "workers",
        help="Processes; the numbers do not depend on it. [default: 2]",
    ),
]
Scenarios = Annotated[
    list[str],
    typer.Argument(
        help="Names of shipped scenarios, paths of scenario files (.yaml), or folders that hold some.",
        autocompletion=scenario_words,
    ),
]
AsJson = Annotated[
    bool,
    typer.Option("--json", help="Write one JSON document to standard output, problems and notes included."),
]
AsCsv = Annotated[bool, typer.Option("--csv", help="Write CSV to standard output.")]


def scenario_files(names: Sequence[str]) -> list[str]:
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
            raise refuse(name, "this folder holds no scenario file (.yaml)")
        found += inside
    return found


def load_all(names: Sequence[str]) -> list[Scenario]:
    """Load and resolve scenarios; the problems of all of them are raised together, and notes of names are told."""
    from corridor.foundations.errors import InputError
    from corridor.inputs.compiling.policy import resolve
    from corridor.inputs.scenarios.scenario_files import load_scenario

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
    for note in dict.fromkeys(note for scenario in loaded for note in scenario.notes):
        screen.note(note)
    return loaded


def baselines_of(scenarios: Sequence[Scenario], given: Sequence[str]) -> list[Scenario]:
    """What the scenarios are compared with, looked for beside their files first."""
    from corridor.inputs.scenarios.scenario_files import load_scenario, scenario_folders, scenario_names

    folders = [
        *scenario_folders(),
        *(Path(name).parent for name in given if name.endswith((*SUFFIXES, ".json"))),
    ]
    shipped = set(scenario_names())
    by_name = {scenario.name: scenario for scenario in scenarios if scenario.name not in shipped}
    names = dict.fromkeys(scenario.baseline_name for scenario in scenarios)
    return [by_name.get(name) or load_scenario(name, folders) for name in names if name is not None]


def once(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Each scenario once, in order; two that share a name are refused."""
    ordered: dict[str, Scenario] = {}
    for scenario in scenarios:
        if ordered.setdefault(scenario.name, scenario) != scenario:
            raise refuse("corridor run", f"two different scenarios have the name {scenario.name!r}")
    return list(ordered.values())


Window = Annotated[
    str | None,
    typer.Option(
        "--window",
        help="Days to compare over: 2023-12, 2023, FY2023, '2023-06 to 2024-03' or whole. "
        "[default: from the first difference to the end that all have]",
    ),
]


def refuse(where: str, why: str) -> Exception:
    """A problem with the command line itself."""
    from corridor.foundations.errors import InputError, Problem

    return InputError([Problem(where, 0, 0, "", why)])
