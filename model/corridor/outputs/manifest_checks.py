"""Reading a manifest: whatever Corridor may not have written is refused, with the part that is wrong.

These checks find errors: a file cut short, edited, or mixed up with another. They do not find forgers, who can compute
hashes too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from corridor.foundations.regular_files import read_regular
from corridor.inputs.scenarios.entries import is_name, parse_day
from corridor.inputs.scenarios.request import MOST_PEOPLE_PER_AGENT, MOST_REPLICATES, MOST_SEED
from corridor.outputs.datapackage import DATAPACKAGE
from corridor.outputs.files import refusal
from corridor.outputs.layout import file_name, names_of
from corridor.outputs.manifest import FORMAT, WHOLE, canonical_json, digest, run_command, seal_of
from corridor.outputs.rows import CROSSED, PROJECTION, RECORDED, REPLICATES, SUMMARISED, SUMMARY, WIDE

MOST_BYTES = 20_000_000
HASH = re.compile(r"[0-9a-f]{64}")
LONGEST_VERSION = 40
EARLIER = "was written by an earlier version, whose files had other names and columns"


def read_manifest(path: Path | str) -> dict[str, Any]:
    """Read a manifest.json.

    Raises
    ------
    InputError
        If it is missing, no regular file, of a format that this version does not know, changed since it was written, or
        says what no run says.
    """
    path = Path(path)
    try:
        raw = read_regular(path, MOST_BYTES)
        manifest = json.loads(raw.decode("utf-8"))
        written = canonical_json(manifest) if isinstance(manifest, dict) else b""
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)[:200]
        raise refusal(path, f"cannot be read: {reason}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        if isinstance(manifest, dict) and manifest.get("format") in (1, 2):
            raise refusal(path, f"{EARLIER}; run the scenario again")
        raise refusal(path, f"is not a manifest of format {FORMAT}, the one that this version reads")
    for part, is_right in PARTS.items():
        try:
            right = part in manifest and is_right(manifest)
        except (
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
        ):  # a part in it is missing, or of another kind
            right = False
        if not right:
            raise refusal(path, f"{part} is missing or is not what Corridor writes")
    if unknown := sorted(set(manifest) - set(PARTS) - {"format"}):
        raise refusal(path, f"{unknown[0][:40]!r} is no part of a manifest")
    if written != raw:
        raise refusal(path, "has changed since Corridor wrote it: numbers or spaces are written otherwise")
    return manifest


def _is_whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and HASH.fullmatch(value) is not None


def _texts_are_right(manifest: Mapping[str, Any]) -> bool:
    """The texts are those of the scenario and of all that it extends."""
    texts = manifest["texts"]
    wanted = {manifest["scenario"], *manifest["extends"]}
    return set(texts) == wanted and all(isinstance(text, str) for text in texts.values())


def _run_is_right(manifest: Mapping[str, Any]) -> bool:
    run = manifest["run"]
    replicates, draws = run["replicates"], run["draws"]
    count, sets = len(set(replicates)), len(set(draws))
    pairs = [(draw, replicate) for draw, replicate in product(range(sets), range(count))]
    return (
        set(run) == {"seed", "replicates", "draws", "people_per_agent", "daily", "fates"}
        and _is_whole(run["seed"], 0, MOST_SEED)
        and _is_whole(run["people_per_agent"], 1, MOST_PEOPLE_PER_AGENT)
        and 1 <= count <= MOST_REPLICATES
        and all(type(each) is int for each in (*replicates, *draws))
        and list(zip(draws, replicates, strict=True)) == pairs
        and type(run["daily"]) is type(run["fates"]) is bool
    )


def _hashes_are_right(manifest: Mapping[str, Any]) -> bool:
    hashes = manifest["hashes"]
    chain = [[name, manifest["texts"][name]] for name in (*manifest["extends"][::-1], manifest["scenario"])]
    return (
        set(hashes) == {"scenario", "parameters", "cells", "code", "data"}
        and all(map(_is_hash, hashes.values()))
        and hashes["scenario"] == digest(canonical_json(chain))
    )


def _versions_are_right(manifest: Mapping[str, Any]) -> bool:
    versions = manifest["versions"]
    return set(versions) == {"corridor", "python", "numpy", "numba", "mesa"} and all(
        isinstance(each, str) and 0 < len(each) <= LONGEST_VERSION and each.isprintable()
        for each in versions.values()
    )


def _files_are_right(manifest: Mapping[str, Any]) -> bool:
    files, grains = manifest["files"], ["month", "year"] + (["day"] if manifest["run"]["daily"] else [])
    summaries = set(names_of(SUMMARY, [each for each in SUMMARISED if each in grains]))
    summaries |= set(names_of(PROJECTION, ["month"]))
    replicates = (
        {WIDE} if WIDE in files else set(names_of(REPLICATES, [each for each in RECORDED if each in grains]))
    )
    fates = {"fates.parquet"} if manifest["run"]["fates"] else set()
    needed = {file_name(SUMMARY, "month", ""), DATAPACKAGE, *fates}
    needed |= replicates if WIDE in files else {file_name(REPLICATES, "month", "")}
    return needed <= set(files) <= summaries | replicates | fates | {
        "deals.csv",
        CROSSED,
        DATAPACKAGE,
    } and all(
        set(about) == {"bytes", "sha256"}
        and _is_whole(about["bytes"], 1, 2**40)
        and _is_hash(about["sha256"])
        for about in files.values()
    )


def _is_span(manifest: Mapping[str, Any]) -> bool:
    days = {name: parse_day(text) for name, text in manifest["period"].items()}
    return set(days) == {"start", "report_from", "end"} and (
        date.min < days["start"] <= days["report_from"] <= days["end"] < date.max
    )


#: Part of a manifest -> whether it is as Corridor writes it, in an order in which each may rely on those before it.
PARTS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "scenario": lambda manifest: is_name(manifest["scenario"]),
    "baseline": lambda manifest: manifest["baseline"] is None or is_name(manifest["baseline"]),
    "extends": lambda manifest: (
        isinstance(manifest["extends"], list) and all(map(is_name, manifest["extends"]))
    ),
    "texts": _texts_are_right,
    "period": _is_span,
    "run": _run_is_right,
    "hashes": _hashes_are_right,
    "versions": _versions_are_right,
    "command": lambda manifest: manifest["command"] == run_command(manifest["scenario"], manifest["run"]),
    "files": _files_are_right,
    WHOLE: lambda manifest: manifest[WHOLE] == seal_of(manifest),
}
