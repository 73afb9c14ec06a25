"""Parameter sets that the data do not rule out: draws 1, 2, ... of an ensemble; draw 0 is the set in parameters.yaml.

They are members of an ensemble (`corridor estimate --write`), which model/corridor/data/fit.json records.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from corridor.foundations.errors import InputError, Problem
from corridor.inputs.reading.data_files import read_data_text

FILE = "fit.json"
CENTRAL = 0


@lru_cache(maxsize=1)
def fit_record() -> dict[str, Any]:
    """What the estimate left in the package: how it was made, what it reached, its values and the accepted sets."""
    return json.loads(read_data_text(FILE))


def accepted_count() -> int:
    """How many sets there are besides the central one."""
    return len(fit_record()["accepted"])


def values_of_draw(draw: int) -> dict[str, Any]:
    """Parameter values of a draw, as `ParameterSet.with_values` takes them; none for the central set.

    Raises
    ------
    InputError
        If there are fewer sets.
    """
    if draw == CENTRAL:
        return {}
    if not 0 < draw <= accepted_count():
        why = f"there are {accepted_count()} accepted parameter sets, so {draw} is too many"
        raise InputError([Problem("--draws", 0, 0, "", why)])
    return fit_record()["accepted"][draw - 1]
