"""Folders of results that a later run does not destroy: it adds to what is the same, and puts aside what is not.

A result is the same as another if everything that decides its numbers is: scenario with all that it extends, days,
parameters, code, data, scale, seed, and what is reported. Its replicates may be more or fewer. What is put aside lies
beside the new result as `NAME@` and the first eight digits of its identity, and can be compared with it.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from corridor.foundations.errors import InputError
from corridor.outputs.manifest import canonical_json, digest
from corridor.outputs.manifest_checks import read_manifest
from corridor.outputs.rows import MANIFEST

ASIDE = "@"
"""Between the name of a scenario and the identity of an earlier version of its results."""

UNREADABLE = "unreadable"
"""In place of an identity, where the manifest cannot be read."""

SHOWN = 8  # digits of an identity in a folder's name


def identity_of(manifest: Mapping[str, Any]) -> str:
    """Hash of all that decides the numbers of a result, but not how many replicates there are: 64 digits."""
    run = {name: manifest["run"][name] for name in ("seed", "people_per_agent", "daily", "fates")}
    parts = {name: manifest[name] for name in ("scenario", "texts", "extends", "period", "hashes")}
    return digest(canonical_json({**parts, "run": run}))


def runs_of(manifest: Mapping[str, Any]) -> set[tuple[int, int]]:
    """Draw and replicate of each run."""
    return set(zip(manifest["run"]["draws"], manifest["run"]["replicates"], strict=True))


class Way(NamedTuple):
    """What is to be done for new results, now that those that were there are safe.

    Attributes
    ----------
    write : whether to write them; what is there may hold all of them already
    note : what a reader should know, or nothing
    stale : files that hold the same numbers in another form, to be deleted when the new ones are written
    """

    write: bool
    note: str = ""
    stale: tuple[Path, ...] = ()


def make_way(folder: Path, manifest: Mapping[str, Any], files: Collection[str]) -> Way:
    """Keep what is in a folder before results are written to it.

    Parameters
    ----------
    manifest, files
        Of the new results: their manifest and the names of their files.

    Raises
    ------
    OSError
        If what is there cannot be put aside.
    """
    if not (folder / MANIFEST).exists():
        return Way(write=True)
    try:
        before = read_manifest(folder / MANIFEST)
    except InputError:
        return _put_aside(folder, UNREADABLE)
    if identity_of(before) != identity_of(manifest):
        return _put_aside(folder, identity_of(before)[:SHOWN])
    old, new = runs_of(before), runs_of(manifest)
    if old > new:
        words = f"{folder} holds {len(old)} runs of the same result and is kept; {len(new)} were asked for"
        return Way(write=False, note=words)
    stale = sorted(set(before["files"]) - set(files))
    return Way(write=True, stale=tuple(folder / name for name in stale))


def _put_aside(folder: Path, identity: str) -> Way:
    aside = folder.with_name(f"{folder.name}{ASIDE}{identity}")
    if aside.exists():
        shutil.rmtree(aside)  # the same result, or one that cannot be read either
    folder.rename(aside)
    return Way(
        write=True,
        note=f"{folder} held another version of this scenario's results: it is kept as {aside.name}",
    )
