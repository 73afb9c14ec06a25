"""Running a result again from its manifest, and comparing the files byte for byte."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corridor.experiments.ensemble import Progress, run_ensemble
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import load_scenario
from corridor.outputs.manifest import code_hash, data_hash, read_manifest, versions
from corridor.outputs.results import MANIFEST


@dataclass(frozen=True)
class Reproduction:
    """What came of running a result again.

    Attributes
    ----------
    scenario : name
    differences
        One line for each file that is missing or not equal; empty when every byte is.
    notes
        What has changed since (code, data, versions) and could explain a difference.
    """

    scenario: str
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
    path = path / "manifest.json" if path.is_dir() else path
    manifest = read_manifest(path)
    run = manifest["run"]
    again = run_ensemble(
        scenario_of(manifest),
        replicates=len(set(run["replicates"])),
        draws=max(run["draws"]),
        seed=run["seed"],
        people_per_agent=run["people_per_agent"],
        daily=run["daily"],
        fates=run.get("fates", False),  # older manifests do not say
        workers=workers,
        progress=progress,
    )
    files = again.files()
    differences = [
        f"{name}: {why}"
        for name in files
        if name != MANIFEST
        for why in _differences(path.parent / name, files[name])
    ]
    return Reproduction(manifest["scenario"], tuple(differences), tuple(_changes_since(manifest)))


def scenario_of(manifest: dict) -> Scenario:
    """The scenario that a manifest holds, with its parents; `read_manifest` has seen to it that names are names.

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
    if not path.is_file():
        yield "is missing"
        return
    found = path.read_bytes()
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


def _changes_since(manifest: dict) -> Iterator[str]:
    for name, words, now in (("code", "code", code_hash()), ("data", "data files", data_hash())):
        if manifest["hashes"][name] != now:
            yield f"the {words} of Corridor changed since"
    for name, now in versions().items():
        before = manifest["versions"].get(name)
        if before != now:
            yield f"{name} {before} then, {now} now"
