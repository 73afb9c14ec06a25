"""Scenario files: where they lie, and how they are read.

`load_scenario` reads a file and its parents, checks everything against the registries
(`corridor.inputs.scenarios.checks`) and raises one `InputError` with every problem at its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from corridor.foundations.errors import InputError, Problem, quoted
from corridor.inputs.consistency import check_consistency
from corridor.inputs.reading.data_files import PACKAGE_FOLDER
from corridor.inputs.reading.mapping_source import LABEL, read_mapping
from corridor.inputs.reading.yaml_source import YamlSource, read_yaml_file, read_yaml_text
from corridor.inputs.registries.retired import name_hint
from corridor.inputs.scenarios.bounds import MOST_PARENTS, size_problems
from corridor.inputs.scenarios.checks import check_scenario, structural_problems
from corridor.inputs.scenarios.entries import is_name
from corridor.inputs.scenarios.lever_path import paint_levers
from corridor.inputs.scenarios.scenario import Scenario

SCENARIO_SUFFIXES = (".yaml", ".yml", ".json")
"""Of files that are scenarios; JSON is YAML."""

ScenarioData: TypeAlias = Mapping[str, Any]
"""What a scenario file says, made by a program: fields as in a file, dates as dates or as text."""


def scenario_folders() -> tuple[Path, ...]:
    """Where scenarios are looked for by name: those shipped with Corridor."""
    beside, inside = PACKAGE_FOLDER.parents[1] / "scenarios", PACKAGE_FOLDER / "_scenarios"
    return tuple(folder for folder in (beside, inside) if folder.is_dir())[:1]


def scenario_names(folders: Iterable[Path | str] | None = None) -> list[str]:
    """Names of the scenarios in the folders (those shipped with Corridor unless given), in order."""
    return sorted(
        {
            file.stem
            for folder in _folders_given(folders)
            for file in folder.glob("*.yaml")
            if is_name(file.stem)
        }
    )


def load_scenario(
    name_or_path: str | Path | ScenarioData, folders: Iterable[Path | str] | None = None
) -> Scenario:
    """Read a scenario and everything that it extends.

    Parameters
    ----------
    name_or_path : str, Path or mapping
        A name, looked for in the folders; or the path of a file (it ends in ``.yaml``, ``.yml`` or ``.json``); or what
        a file would say, as in `parse_scenario`.
    folders : iterable of Path, optional
        Where scenarios are looked for by name: those shipped with Corridor unless given. The folder of a file
        given by its path comes first, so scenarios that extend each other can lie together.

    Raises
    ------
    InputError
        With every problem of the file, and of its parents, at its place.
    """
    if isinstance(name_or_path, Mapping):
        return parse_scenario(name_or_path, folders=folders)
    check_consistency()
    searched = _folders_given(folders)
    given = Path(name_or_path)
    if isinstance(name_or_path, Path) or given.suffix in SCENARIO_SUFFIXES:
        return _load_file(given, (given.parent, *searched), ())
    file = _find(str(name_or_path), searched)
    if file is None:
        known = scenario_names(searched)
        raise InputError(
            [
                Problem(
                    str(name_or_path),
                    0,
                    0,
                    "",
                    f"no scenario of this name{name_hint('scenario', str(name_or_path), known)}",
                )
            ]
        )
    return _load_file(file, searched, ())


def parse_scenario(
    text: str | bytes | ScenarioData, file: str | None = None, folders: Iterable[Path | str] | None = None
) -> Scenario:
    """Read a scenario from text, or from a mapping; its parents are looked for in the folders.

    Parameters
    ----------
    text : str, bytes or mapping
        The text of a scenario file, or its bytes, within the bounds of `read_yaml_text`; or what it says, as
        a mapping of field to value, in which dates are text or
        `datetime.date`, numbers may be NumPy's and lists may be tuples. Both pass the same checks and give the same.
    file : str, optional
        The name that problems carry: ``<text>`` or ``<mapping>`` unless given. A problem of a mapping has no line; it
        names the place in the data, such as ``interventions[2].to``.
    folders : iterable of Path, optional
        Where parents are looked for by name: the scenarios shipped with Corridor unless given.

    Raises
    ------
    InputError
        With every problem of the text, and of its parents, at its place.
    """
    check_consistency()
    if isinstance(text, Mapping):
        source = read_mapping(text, file=LABEL if file is None else file)
    else:
        source = read_yaml_text(text, file="<text>" if file is None else file, keep_refused=True)
    return _build(source, _folders_given(folders), (), None)


def _folders_given(folders: Iterable[Path | str] | None) -> tuple[Path, ...]:
    return scenario_folders() if folders is None else tuple(Path(folder) for folder in folders)


def _find(name: str, folders: Sequence[Path]) -> Path | None:
    """The file of a scenario; names only, so that a file cannot reach outside the folders."""
    if not is_name(name):
        return None
    return next((file for folder in folders if (file := folder / f"{name}.yaml").is_file()), None)


def _load_file(file: Path, folders: tuple[Path, ...], open_names: tuple[str, ...]) -> Scenario:
    try:
        stat = file.stat()
    except OSError as error:
        raise InputError([Problem(str(file), 0, 0, "", f"cannot be read: {error.strerror}")]) from error
    source = _read_source(file, _label_of(file), stat.st_mtime_ns, stat.st_size)
    return _build(source, folders, open_names, file.stem)


@lru_cache(maxsize=64)
def _read_source(file: Path, label: str, changed_ns: int, size: int) -> YamlSource:
    """Read a file once for as long as it does not change: parents are read again and again."""
    return read_yaml_file(file, label=label, keep_refused=True)


def _label_of(file: Path) -> str:
    """The file as a person would name it from where they are."""
    try:
        return str(file.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(file)


def _build(
    source: YamlSource, folders: tuple[Path, ...], open_names: tuple[str, ...], expected_name: str | None
) -> Scenario:
    """Make a scenario of what was read, with its parents; collect every problem before raising."""
    if not isinstance(source.data, dict):
        raise InputError(
            source.refused or [source.problem((), "a scenario is a mapping that starts with `name:`")]
        )
    if too_large := size_problems(source):
        raise InputError([*source.refused, *too_large])
    scenario, problems = _validate(source)
    unread = {problem.path for problem in source.refused}
    problems = [*source.refused, *(problem for problem in problems if problem.path not in unread)]
    refused = {problem.path for problem in problems}
    parent, parent_problems = _load_parent(source, refused, folders, (*open_names, expected_name or "<text>"))
    problems += parent_problems
    problems += check_scenario(
        source,
        refused=refused,
        parent=parent,
        parent_is_known=parent is not None or source.data.get("extends") is None,
        expected_name=expected_name,
        known_names=scenario_names(folders),
    )
    if scenario is not None and not problems:  # nothing refused, nothing wrong
        scenario._parent = parent
        problems = _ramp_problems(source, scenario)
    if problems or scenario is None:
        raise InputError(problems)
    return scenario


def _validate(source: YamlSource) -> tuple[Scenario | None, list[Problem]]:
    """The scenario, or what is wrong with its structure. A section left empty counts as left out."""
    try:
        said = {k: v for k, v in source.data.items() if v is not None or k not in Scenario.model_fields}
        return Scenario.model_validate(said), []
    except ValidationError as error:
        return None, structural_problems(source, error, list(Scenario.model_fields))


def _load_parent(
    source: YamlSource, refused: Collection[str], folders: tuple[Path, ...], open_names: tuple[str, ...]
) -> tuple[Scenario | None, list[Problem]]:
    """The scenario that a source extends, or why there is none."""
    name = source.data.get("extends")
    where = ("extends",)
    if name is None or "extends" in refused:
        return None, []
    if name in open_names:
        circle = " -> ".join((*open_names[open_names.index(name) :], name))
        return None, [source.problem(where, f"circular: {circle}")]
    if len(open_names) > MOST_PARENTS:
        return None, [source.problem(where, f"more than {MOST_PARENTS} scenarios extend each other in a row")]
    file = _find(name, folders)
    if file is None:
        hint = name_hint("scenario", name, scenario_names(folders))
        return None, [source.problem(where, f"unknown scenario {quoted(name)}{hint}")]
    try:
        return _load_file(file, folders, open_names), []
    except InputError as error:
        return None, list(error.problems)


def _ramp_problems(source: YamlSource, scenario: Scenario) -> list[Problem]:
    """Ramps that would start from unlimited, which only the scenario as a whole can tell."""
    layers = [layer.interventions for layer in scenario.layers()]
    ramped = {entry.lever for interventions in layers for entry in interventions if entry.profile == "ramp"}
    own = {entry.id: number for number, entry in enumerate(scenario.interventions)}
    try:
        paint_levers(([e for e in entries if e.lever in ramped] for entries in layers), scenario.timeline)
    except InputError as error:
        return [
            source.problem(("interventions", own[found.path], "profile"), found.message)
            if found.path in own
            else source.problem(("remove",), f"{found.path}: {found.message}")
            for found in error.problems
        ]
    return []
