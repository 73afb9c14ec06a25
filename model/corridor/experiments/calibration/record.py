"""What a fit found, written into the packaged data: only numbers change, every other word is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from corridor.experiments.calibration.declared import DEMAND, SECTORS
from corridor.inputs.reading.data_files import DATA_FOLDER
from corridor.outputs.files import write_files

PARAMETERS = "parameters.yaml"


def write_values(
    values: Mapping[str, Any], sectors: Mapping[str, Mapping[str, float]] | None = None
) -> list[str]:
    """Rewrite demand.yaml and the fitted values of parameters.yaml; return the names of what was written."""
    folder = DATA_FOLDER  # only that of a checkout can be written
    rates = {id: value for id, value in values.items() if id != DEMAND}
    text = _with_rates((folder / PARAMETERS).read_text(encoding="utf-8"), rates)
    files = {
        "demand.yaml": _with_demand((folder / "demand.yaml").read_text(encoding="utf-8"), values[DEMAND]),
        PARAMETERS: text if sectors is None else _with_sectors(text, sectors),
    }
    write_files(folder, {name: content.encode() for name, content in files.items()})
    return [DEMAND, *rates, *([SECTORS] if sectors else [])]


def _with_demand(text: str, knots: Mapping[str, Mapping[str, float]]) -> str:
    yaml = YAML()
    yaml.width = 4096
    content = yaml.load(text)
    for nation, dated in knots.items():
        for day, row in content[DEMAND]["dated"].items():
            if str(day) in dated:
                row[nation] = float(f"{dated[str(day)]:.3g}")
    written = StringIO()
    yaml.dump(content, written)
    return written.getvalue()


def _with_rates(text: str, rates: Mapping[str, Any]) -> str:
    """Line by line, so that the layout is kept."""
    for name, given in rates.items():
        start = text.index(f"\n{name}:\n")
        following = re.compile(r"\n(?=\S)").search(text, start + 1)
        end = following.start() if following else len(text)
        entry = text[start:end]
        for key, value in (given if isinstance(given, Mapping) else {"value": given}).items():
            entry = re.sub(rf"(\b{key}: )[-0-9.e]+", rf"\g<1>{value:.3g}", entry, count=1)
        text = text[:start] + entry + text[end:]
    return text


def _with_sectors(text: str, knots: Mapping[str, Mapping[str, float]]) -> str:
    before, rest = text.split(f"\n{SECTORS}:", 1)
    for day in next(iter(knots.values())):
        row = ", ".join(f"{sector}: {dated[day]:g}" for sector, dated in knots.items())
        rest = re.sub(rf"\n    {day}: {{[^}}]*}}", f"\n    {day}: {{{row}}}", rest, count=1)
    return f"{before}\n{SECTORS}:{rest}"
