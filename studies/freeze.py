"""Freeze the packaged values of what fits move into a record: `python -m studies.freeze history-2023 2023-12-31`.

A record is written once, when its scenario is; made again, it is another record. Which parameters: what an estimate
moves (demand, stops, rates), the pulls of sectors and routes, and every dated value that goes on after the day.
"""

from __future__ import annotations

import sys
from datetime import date

from corridor.experiments.estimation.priors import DEMAND, STOP_CHANCE, load_declared
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.parameters.parameter_values import ALL, UNDATED, Knots
from corridor.inputs.reading.data_files import DATA_FOLDER, RECORDS
from studies.route_pull import PULLS as ROUTE_PULLS
from studies.sector_pull import PULL

HEAD = """\
# Parameters as they stood when {name} was written down. A record: no fit moves it, and it is not made again.
# What is not here is as in parameters.yaml and nationalities/: mechanisms and what is published may change, these not.
# Where each value came from is said there; the same values have one source. Made by studies/freeze.py.
values:
"""


def record_text(name: str, last: date) -> str:
    """The file of a record: the packaged values as they are known on a day."""
    parameters = load_parameters()
    rates = dict.fromkeys(rate.id for rate in load_declared().rates)  # some are moved in two parts
    moved = [DEMAND, STOP_CHANCE, PULL, *ROUTE_PULLS, *rates]
    day = last.toordinal()
    goes_on = [
        id
        for id, parameter in parameters.items()
        if id not in moved and any(knots[-1][0] > day for knots in parameter.knots.values())
    ]
    moved += goes_on
    lines = []
    for id in moved:
        knots = parameters[id].knots
        if ALL in knots:
            lines.append(f"  {id}: {_words(knots[ALL], day)}")
            continue
        lines.append(f"  {id}:")
        until = day + (id == DEMAND)  # its last knot is of the day after: demand is known up to there
        lines += [f"    {key}: {_words(of_key, until)}" for key, of_key in knots.items()]
    return HEAD.format(name=name) + "\n".join(lines) + "\n"


def _words(knots: Knots, last: int) -> str:
    if knots[0][0] == UNDATED:
        return f"{knots[0][1]!r}"
    known = [knot for knot in knots if knot[0] <= last] or knots[:1]
    return "{" + ", ".join(f"{date.fromordinal(day)}: {value!r}" for day, value in known) + "}"


def main() -> None:
    """Write one record."""
    name, last = sys.argv[1:]
    text = record_text(name, date.fromisoformat(last))
    (DATA_FOLDER / RECORDS / f"{name}.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
