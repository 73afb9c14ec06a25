"""The manifest: what produced a result, in enough detail to produce it again.

It holds the text of the scenario and of every scenario that it extends, hashes of what decided the numbers,
the versions of what computed them, the run's settings, and hashes of the files that it lies beside. It holds no time
and no path, so the same run gives the same bytes. `manifest_checks` reads it.
"""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from corridor.version import __version__

FORMAT = 3
MODEL = Path(__file__).resolve().parent.parent
WHOLE = "whole"


def canonical_json(data: Any) -> bytes:
    """JSON with one spelling: keys sorted, two spaces, UTF-8, a line break at the end.

    Raises
    ------
    ValueError
        If the data holds NaN or infinity, which JSON cannot say.
    """
    text = json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def digest(content: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


@cache
def code_hash() -> str:
    """Hash of every Python file of `model`, by name and content."""
    return _tree_hash(MODEL, "*.py")


@cache
def data_hash() -> str:
    """Hash of every file of `model/corridor/data`, by name and content."""
    return _tree_hash(MODEL / "data", "*")


def _tree_hash(folder: Path, pattern: str) -> str:
    files = sorted(
        (path.relative_to(folder).as_posix(), path)
        for path in folder.rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    )
    return digest("".join(f"{name} {digest(path.read_bytes())}\n" for name, path in files).encode())


def versions() -> dict[str, str]:
    """Versions of what a result depends on."""
    packages = {name: metadata.version(name) for name in ("numpy", "numba", "mesa")}
    return {"corridor": __version__, "python": platform.python_version(), **packages}


def describe_run(
    chain: Mapping[str, str],
    *,
    scenario: str,
    baseline: str | None,
    parameters_hash: str,
    cells: Sequence[Sequence[str]],
    start: str,
    report_from: str,
    end: str,
    seed: int,
    replicates: Sequence[int],
    draws: Sequence[int],
    people_per_agent: int,
    daily: bool,
    fates: bool,
) -> dict[str, Any]:
    """The manifest of one scenario's ensemble.

    Parameters
    ----------
    chain
        Name -> text of the scenario and of all that it extends, parents first.
    cells
        Every cell reported, also those that are never defined and so have no row.
    start, report_from, end
        First day simulated, first and last day reported, as ISO dates.
    """
    names = list(chain)
    settings = {
        "seed": seed,
        "replicates": [int(replicate) for replicate in replicates],
        "draws": [int(draw) for draw in draws],
        "people_per_agent": people_per_agent,
        "daily": daily,
        "fates": fates,
    }
    return {
        "format": FORMAT,
        "scenario": scenario,
        "baseline": baseline,
        "extends": names[:-1][::-1],
        "texts": dict(chain),
        "period": {"start": start, "report_from": report_from, "end": end},
        "run": settings,
        "hashes": {
            "scenario": digest(canonical_json([[name, chain[name]] for name in names])),
            "parameters": parameters_hash,
            "cells": digest(canonical_json([list(cell) for cell in cells])),
            "code": code_hash(),
            "data": data_hash(),
        },
        "versions": versions(),
        "command": run_command(scenario, settings),
    }


def run_command(scenario: str, run: Mapping[str, Any]) -> str:
    """The command line that makes the same result."""
    words = ["corridor", "run", scenario, "--no-baseline"]
    words += [
        "--replicates",
        str(len(set(run["replicates"]))),
        "--people-per-agent",
        str(run["people_per_agent"]),
    ]
    words += ["--seed", str(run["seed"])] + (["--daily"] if run["daily"] else [])
    words += ["--fates"] if run["fates"] else []
    words += ["--draws", str(max(run["draws"]))] if any(run["draws"]) else []
    return " ".join(words)


def manifest_bytes(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The content of manifest.json: what was run, a hash of each file of results, and a hash of all that.

    Parameters
    ----------
    files
        Name -> content of the files that it lies beside.
    """
    described = {
        **manifest,
        "files": {
            name: {"bytes": len(content), "sha256": digest(content)} for name, content in files.items()
        },
    }
    return canonical_json({**described, WHOLE: seal_of(described)})


def seal_of(manifest: Mapping[str, Any]) -> str:
    """Hash of every field of a manifest but the last, which holds it."""
    return digest(canonical_json({name: value for name, value in manifest.items() if name != WHOLE}))
