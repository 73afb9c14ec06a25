"""What a fit found, written into the packaged data: only numbers change, every other word is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from corridor.experiments.calibration.declared import DEMAND, SECTORS
from corridor.inputs.parameters.parameter_values import DEFAULT
from corridor.inputs.reading.data_files import DATA_FOLDER
from corridor.inputs.registries.nationalities import FOLDER, SHARED, load_nationalities
from corridor.outputs.files import write_files

PARAMETERS = "parameters.yaml"


def write_values(
    values: Mapping[str, Any], sectors: Mapping[str, Mapping[str, float]] | None = None
) -> list[str]:
    """Rewrite the fitted values of parameters.yaml and of the nationalities; return the names of what was written."""
    folder = DATA_FOLDER  # only that of a checkout can be written
    rates = {id: value for id, value in values.items() if id != DEMAND}
    text = with_rates((folder / PARAMETERS).read_text(encoding="utf-8"), rates)
    files = {PARAMETERS: text if sectors is None else _with_sectors(text, sectors)}
    for name, nation in load_nationalities().items():
        file = f"{FOLDER}/{nation.id}.yaml"
        files[file] = with_values_of((folder / file).read_text(encoding="utf-8"), name, values)
    write_files(folder, {file: content.encode() for file, content in files.items()})
    return [DEMAND, *rates, *([SECTORS] if sectors else [])]


def with_values_of(text: str, nation: str, values: Mapping[str, Any]) -> str:
    """The file of a nationality with its fitted values; what it shares with others stands in parameters.yaml."""
    for id, given in values.items():
        if not isinstance(given, Mapping) or nation not in given:
            continue
        own = given[nation]
        if isinstance(own, Mapping):
            for day, value in own.items():
                number = f"{float(f'{value:.3g}'):g}"
                text = re.sub(rf"(\n  {id}: \{{[^\n]*\b{day}: )[-0-9.e+]+", rf"\g<1>{number}", text, count=1)
        else:
            text = re.sub(rf"(\n  {id}: \{{value: )[-0-9.e]+", rf"\g<1>{own:.3g}", text, count=1)
    return text


def with_rates(text: str, rates: Mapping[str, Any]) -> str:
    """The text of parameters.yaml with fitted values, line by line, so that the layout is kept."""
    for name, given in rates.items():
        start = text.index(f"\n{name}:\n")
        following = re.compile(r"\n(?=\S)").search(text, start + 1)
        end = following.start() if following else len(text)
        entry = text[start:end]
        key, value = (SHARED, given.get(DEFAULT)) if isinstance(given, Mapping) else ("value", given)
        if value is not None:
            entry = re.sub(rf"(\b{key}: )[-0-9.e]+", rf"\g<1>{value:.3g}", entry, count=1)
        text = text[:start] + entry + text[end:]
    return text


def _with_sectors(text: str, knots: Mapping[str, Mapping[str, float]]) -> str:
    before, rest = text.split(f"\n{SECTORS}:", 1)
    for day in next(iter(knots.values())):
        row = ", ".join(f"{sector}: {dated[day]:g}" for sector, dated in knots.items())
        rest = re.sub(rf"\n    {day}: {{[^}}]*}}", f"\n    {day}: {{{row}}}", rest, count=1)
    return f"{before}\n{SECTORS}:{rest}"
