"""Running a result again from its manifest, and comparing all that was recorded: every file and every field.

This finds errors: files that were cut short, edited or mixed up, and runs that do not give the same numbers. It does
not find forgers: whoever changes numbers and can run Corridor can also write a manifest that fits.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corridor.experiments.ensemble import Progress, run_ensemble
from corridor.experiments.projection import result_files
from corridor.foundations.regular_files import read_regular
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import load_scenario
from corridor.outputs.manifest import code_hash, data_hash, versions
from corridor.outputs.result_folders import MOST_FILE_BYTES, open_results
from corridor.outputs.rows import MANIFEST, WIDE


@dataclass(frozen=True)
class Reproduction:
    """What came of running a result again.

    Attributes
    ----------
    scenario : name
    compared
        Names of the files whose every byte was compared, and of the fields of the manifest.
    differences
        One line for each file or field that is missing or not equal; empty when all are.
    notes
        What has changed since (code, data, versions) and could explain a difference; files that Corridor did not write.
    """

    scenario: str
    compared: tuple[str, ...]
    differences: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether every file has the same bytes."""
        return not self.differences


def reproduce(
    manifest_file: Path | str, *, workers: int | None = None, progress: Progress | None = None
) -> Reproduction:
    """Run what a manifest describes and compare it with the files beside the manifest.

    The scenario and those that it extends come from the manifest, not from the scenario folders.

    Parameters
    ----------
    manifest_file
        A manifest.json, or the folder that holds it.
    workers, progress
        As for `run_ensemble`.

    Raises
    ------
    InputError
        If the manifest cannot be read, or its scenario is not valid in this version.
    """
    path = Path(manifest_file)
    opened = open_results(path.parent if path.name == MANIFEST else path)
    manifest, run = opened.manifest, opened.manifest["run"]
    again = run_ensemble(
        scenario_of(manifest),
        replicates=len(set(run["replicates"])),
        draws=max(run["draws"]),
        seed=run["seed"],
        people_per_agent=run["people_per_agent"],
        daily=run["daily"],
        fates=run["fates"],
        workers=workers,
        progress=progress,
    )
    wide = WIDE in opened.listed
    files = {name: content for name, content in result_files(again, wide=wide).items() if name != MANIFEST}
    differences = [f"{MANIFEST}: {why}" for why in _fields_that_differ(manifest, again.manifest)]
    for name in sorted({*files, *opened.listed}):
        if name not in files:
            differences.append(f"{name}: {MANIFEST} lists it, and the run does not give it")
        else:
            differences += [f"{name}: {why}" for why in _differences(opened.path / name, files[name])]
    others = sorted(
        each.name
        for each in opened.path.iterdir()
        if each.name not in (MANIFEST, *files) and each.name[0] != "."
    )
    notes = [*_changes_since(manifest)]
    notes += [f"{name} is no file of this result, and was not compared" for name in others]
    return Reproduction(manifest["scenario"], (*files, *manifest), tuple(differences), tuple(notes))


def _fields_that_differ(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What a manifest says otherwise than the run; code, data and versions may have changed since, and are notes."""
    for name in sorted(
        {*before, *now} - {"hashes", "versions", "baseline"}
    ):  # a baseline moves no number of its own
        if before.get(name) != now.get(name):
            yield f"{name} is not that of the run"
    for name in ("scenario", "parameters", "cells"):
        if before["hashes"][name] != now["hashes"][name]:
            yield f"hashes.{name} is not that of the run"


def scenario_of(manifest: Mapping[str, Any]) -> Scenario:
    """The scenario that a manifest holds, with its parents; `open_results` has seen to it that names are names.

    Raises
    ------
    InputError
        If it is not valid in this version.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, text in manifest["texts"].items():
            (Path(folder) / f"{name}.yaml").write_text(text, encoding="utf-8")
        return load_scenario(manifest["scenario"], folders=[folder])


def _differences(path: Path, expected: bytes) -> Iterator[str]:
    try:
        found = read_regular(path, MOST_FILE_BYTES)
    except FileNotFoundError:
        yield "is missing"
        return
    except OSError as error:
        yield f"cannot be read: {error.strerror}"
        return
    if found == expected:
        return
    if path.suffix != ".csv":
        yield "differs"
        return
    old, new = found.decode("utf-8", "replace").split("\n"), expected.decode("utf-8").split("\n")
    number = next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    yield (
        f"differs from line {number + 1} on: "
        f"{_line(old, number)} in the file, {_line(new, number)} when run again"
    )


def _line(lines: list[str], number: int) -> str:
    return f"`{lines[number]}`" if number < len(lines) else "nothing"


def _changes_since(manifest: Mapping[str, Any]) -> Iterator[str]:
    for name, words, now in (("code", "code", code_hash()), ("data", "data files", data_hash())):
        if manifest["hashes"][name] != now:
            yield f"the {words} of Corridor changed since"
    for name, now in versions().items():
        before = manifest["versions"].get(name)
        if before != now:
            yield f"{name} {before} then, {now} now"
