"""The manifest: what produced a result, in enough detail to produce it again.

It holds the text of the scenario and of every scenario that it extends, hashes of what decided the numbers,
the versions of what computed them, and the run's settings. It holds no time and no path, so the same run
gives the same bytes.
"""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from corridor.inputs.scenarios.entries import is_name
from corridor.outputs.files import refusal
from corridor.version import __version__

FORMAT = 1
MOST_BYTES = 20_000_000
MODEL = Path(__file__).resolve().parent.parent
PARTS = {
    "scenario": str,
    "baseline": str | None,
    "texts": dict,
    "period": dict,
    "run": dict,
    "hashes": dict,
    "versions": dict,
}
PARTS_OF = {
    "period": dict.fromkeys(("start", "report_from", "end"), str),
    "run": {
        "seed": int,
        "replicates": list,
        "draws": list,
        "people_per_agent": int,
        "daily": bool,
    },
    "hashes": dict.fromkeys(("scenario", "parameters", "cells", "code", "data"), str),
}


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


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """The content of manifest.json."""
    return canonical_json(manifest)


def read_manifest(path: Path | str) -> dict[str, Any]:
    """Read a manifest.json.

    Raises
    ------
    InputError
        If it is missing, not JSON, of a format that this version does not know, or without a part that it has.
    """
    path = Path(path)
    try:
        with path.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
        manifest = json.loads(raw.decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise refusal(path, f"cannot be read: {reason}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise refusal(path, f"is not a manifest of format {FORMAT}, the one that this version reads")
    _refuse_parts(path, manifest)
    return manifest


def _refuse_parts(path: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest that lacks a part, or has something else in its place."""
    for name, kind in PARTS.items():
        if name not in manifest or not isinstance(manifest[name], kind):
            raise refusal(path, f"{name} is missing or is not what this version writes")
    for name, parts in PARTS_OF.items():
        for part, kind in parts.items():
            if not isinstance(manifest[name].get(part), kind):
                raise refusal(path, f"{name}.{part} is missing or is not what this version writes")
    for name, text in {manifest["scenario"]: "", **manifest["texts"]}.items():  # names become file names
        if not is_name(name) or not isinstance(text, str):
            raise refusal(path, f"{name[:40]!r} is not a scenario by name and text")
    run = manifest["run"]
    if len(run["draws"]) != len(run["replicates"]) or not all(
        type(number) is int for number in (*run["draws"], *run["replicates"])
    ):
        raise refusal(path, "run.draws and run.replicates are not lists of as many whole numbers")
    for name, day in manifest["period"].items():
        try:
            date.fromisoformat(day)
        except (TypeError, ValueError):
            raise refusal(path, f"period.{name} is not a date") from None
