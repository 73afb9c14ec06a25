"""Freeze the packaged values of what fits move into a record: `python -m studies.freeze history-2023`.

A record is written once, when its scenario is; made again, it is another record. Which parameters: latent demand, the
chance of detection, the attraction of sectors and the rates of model/corridor/data/calibration.yaml.
"""

from __future__ import annotations

import sys
from datetime import date

from corridor.experiments.calibration.declared import DEMAND, DETECTION, SECTORS, load_declared

from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.parameters.parameter_values import ALL, UNDATED, Knots
from corridor.inputs.reading.data_files import DATA_FOLDER, RECORDS

HEAD = """\
# Parameters as they stood when {name} was written down. A record: no fit moves it, and it is not made again.
# What is not here is as in parameters.yaml and nationalities/: mechanisms and what is published may change, these not.
# Where each value came from is said there; the same values have one source. Made by studies/freeze.py.
values:
"""


def record_text(name: str) -> str:
    """The file of a record, from the packaged values."""
    parameters = load_parameters()
    moved = [DEMAND, DETECTION, SECTORS, *(rate.id for rate in load_declared().rates)]
    lines = []
    for id in moved:
        knots = parameters[id].knots
        if ALL in knots:
            lines.append(f"  {id}: {_words(knots[ALL])}")
            continue
        lines.append(f"  {id}:")
        lines += [f"    {key}: {_words(of_key)}" for key, of_key in knots.items()]
    return HEAD.format(name=name) + "\n".join(lines) + "\n"


def _words(knots: Knots) -> str:
    if knots[0][0] == UNDATED:
        return f"{knots[0][1]!r}"
    return "{" + ", ".join(f"{date.fromordinal(day)}: {value!r}" for day, value in knots) + "}"


def main() -> None:
    """Write one record."""
    (name,) = sys.argv[1:]
    (DATA_FOLDER / RECORDS / f"{name}.yaml").write_text(record_text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
