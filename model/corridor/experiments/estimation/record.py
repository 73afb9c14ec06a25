"""What an estimate found: its record, and values written into the packaged data, where every other word is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridor.experiments.estimation.estimate import Estimate
from corridor.experiments.estimation.priors import data_problem
from corridor.experiments.estimation.tables import demand_table, event_table, half_year_table, unknowns_table
from corridor.foundations.errors import InputError
from corridor.inputs.parameters.accepted import FILE
from corridor.inputs.parameters.parameter_values import DEFAULT
from corridor.inputs.reading.data_files import DATA_FOLDER
from corridor.inputs.registries.nationalities import FOLDER, SHARED, load_nationalities
from corridor.outputs.files import write_files
from corridor.outputs.tables import csv_bytes

PARAMETERS, SOURCES = "parameters.yaml", "sources.yaml"
ACCEPTED = 24  # members that a record keeps
DIGITS, PACKAGED_DIGITS = 5, 3
NUMBER = r"[-0-9.e+]+"
SOURCE, FORMER = "first estimate", "first fit"
ENTRY = (
    f"- {{id: {SOURCE}, publisher: Corridor, "
    'title: "Ensemble smoother of the agent model (corridor estimate --again)", date: unknown, kind: own study, '
    'says: "Values estimated from every month that fit.json names, so nothing in it is a score."}'
)


def record_of(found: Estimate, accepted: int = ACCEPTED) -> dict[str, Any]:
    """What is kept of an estimate: what made it, its values, and members chosen evenly (numbers to five digits)."""
    last = found.members.shape[1]
    chosen = np.unique(np.linspace(0, last - 1, min(accepted, last)).round().astype(int))
    record = {
        "until": found.setting.until,
        "off": found.setting.off,
        "left_out": list(found.left_out),
        "seed": found.seed,
        "members": found.asked,
        "people_per_agent": found.setting.people_per_agent,
        "misfit": found.misfit,
        "failed": len(found.failed),
        "values": found.values,
        "accepted": [found.unknowns.values(found.members[:, member]) for member in chosen],
    }
    return _rounded(record)


def record_bytes(record: Mapping[str, Any]) -> bytes:
    """A record as the text of a file, without spaces: it holds some twenty thousand numbers."""
    return (json.dumps(record, separators=(",", ":")) + "\n").encode()


def estimate_files(
    found: Estimate, distances: pd.DataFrame, recovered: pd.DataFrame | None = None
) -> dict[str, bytes]:
    """The files of an estimate by name: its record, and its tables; of a twin, what was recovered too."""
    tables = {
        "unknowns.csv": unknowns_table(found),
        "demand.csv": demand_table(found),
        "events.csv": event_table(found),
        "half_years.csv": half_year_table(found),
        "distances.csv": distances,
    }
    if recovered is not None:
        tables["recovered.csv"] = recovered
    return {
        FILE: record_bytes(record_of(found)),
        **{name: csv_bytes(table) for name, table in tables.items()},
    }


def write_package(record: Mapping[str, Any], folder: Path = DATA_FOLDER) -> list[Path]:
    """Write an estimate into the packaged data: its record, and its values where parameters stand.

    Raises
    ------
    InputError
        If a file has no place for a value; nothing is written then.
    """
    values = record["values"]
    files = {PARAMETERS: with_shared(_text(folder, PARAMETERS), values)}
    for name, nation in load_nationalities().items():
        file = f"{FOLDER}/{nation.id}.yaml"
        files[file] = with_values_of(_text(folder, file), name, values, file)
    former_is_cited = any(FORMER in text for text in files.values())
    files[SOURCES] = with_source(_text(folder, SOURCES), keep_former=former_is_cited)
    contents = {file: text.encode() for file, text in files.items()}
    return write_files(folder, {**contents, FILE: record_bytes(record)})


def with_values_of(text: str, nation: str, values: Mapping[str, Any], file: str = "") -> str:
    """The file of a nationality with its values; what it shares with others stands in parameters.yaml."""
    for id, given in values.items():
        if isinstance(given, Mapping) and nation in given:
            text = _with_entry(text, rf"(?m)^  {id}: {{.*$", id, given[nation], file)
    return text


def with_shared(text: str, values: Mapping[str, Any]) -> str:
    """The text of parameters.yaml with the values that are not a nationality's own."""
    for id, given in values.items():
        value = given.get(DEFAULT) if isinstance(given, Mapping) else given
        text = _with_entry(text, rf"(?ms)^{id}:\n.*?(?=^\S|\Z)", id, value, PARAMETERS)
    return text


def with_source(text: str, *, keep_former: bool) -> str:
    """The text of sources.yaml in which the estimate is a source, in the place of the fit before it or beside it."""
    if f"- {{id: {SOURCE}," in text:
        return text
    entry = rf"\g<0>\n{ENTRY}" if keep_former else ENTRY
    return _replaced(text, rf"(?m)^- {{id: {FORMER},.*$", entry, FORMER, SOURCES)


def _with_entry(text: str, pattern: str, id: str, value: Any, file: str) -> str:
    """A text in which the entry of a parameter has another value (unless None), is fitted, and cites the estimate."""
    found = re.search(pattern, text)
    if not found:
        raise _no_place(id, file)
    entry = found.group()
    if isinstance(value, Mapping):
        dated = ", ".join(f"{day}: {_number(each)}" for day, each in value.items())
        entry = _replaced(entry, rf"\bdated: {{[^}}]*}}|\bvalue: {NUMBER}", f"dated: {{{dated}}}", id, file)
    elif value is not None:
        entry = _replaced(entry, rf"(\b(?:value|{SHARED}): ){NUMBER}", rf"\g<1>{_number(value)}", id, file)
    entry = re.sub(r"\bstatus: \w+", "status: fitted", entry, count=1)
    entry = entry.replace(FORMER, SOURCE)
    if SOURCE not in entry:
        entry = re.sub(r'\bsource: ("?)', rf"source: \g<1>{SOURCE}; ", entry, count=1)
    return text[: found.start()] + entry + text[found.end() :]


def _replaced(text: str, pattern: str, new: str, id: str, file: str) -> str:
    text, count = re.subn(pattern, new, text, count=1)
    if not count:
        raise _no_place(id, file)
    return text


def _no_place(id: str, file: str) -> InputError:
    return InputError([data_problem(id, f"no place for a value of {id!r}: expected its entry", file)])


def _number(value: float) -> str:
    return f"{float(f'{value:.{PACKAGED_DIGITS}g}'):g}"


def _text(folder: Path, file: str) -> str:
    return (folder / file).read_text(encoding="utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
