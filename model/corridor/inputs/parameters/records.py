"""Records: values of parameters as they stood when a scenario was written down; no later fit moves them.

A scenario names one with `parameters: NAME`. The file is model/corridor/data/records/NAME.yaml, made by
studies/freeze.py. `corridor.inputs.compiling.policy` puts its values under the scenario's own overrides.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from corridor.foundations.errors import InputError, Problem, nearest_name, quoted
from corridor.inputs.parameters.parameter_file import NATIONALITY
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.parameters.parameter_values import DEFAULT
from corridor.inputs.reading.data_files import RECORDS, record_names
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.registries.nationalities import NATIONALITIES


@lru_cache(maxsize=4)
def recorded_values(name: str) -> dict[str, Any]:
    """Values of a record by parameter, as `ParameterSet.with_values` takes them.

    A nationality that the record does not know is in its Other: of its own, as good as nobody leaves.

    Raises
    ------
    InputError
        If there is no such record, or it names a parameter that is gone or a value out of its range.
    """
    if name not in record_names():
        why = f"no record of parameters {quoted(name)}{nearest_name(name, record_names())}"
        raise InputError([Problem("parameters", 0, 0, "", why)])
    known = load_parameters()
    file = f"{RECORDS}/{name}.yaml"
    values: dict[str, Any] = {
        id: _for_all_nationalities(id, given) for id, given in read_data_file(file)["values"].items()
    }
    if refused := known.problems(values):
        raise InputError(
            Problem(f"model/corridor/data/{file}", 0, 0, ".".join(map(str, path)), f"{path[0]}: {message}")
            for path, message in refused
        )
    return values


def _for_all_nationalities(id: str, given: Any) -> Any:
    known = load_parameters()
    by_nation = id in known and known[id].over == NATIONALITY and isinstance(given, dict)
    if not by_nation or DEFAULT in given:
        return given
    return {nation: known[id].bounds_of(nation)[0] for nation in NATIONALITIES} | given
