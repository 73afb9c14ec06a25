"""The score record that stands beside every projection: data/skill.json, written by `python -m studies.skill`."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from corridor.inputs.parameters.accepted import fit_record
from corridor.inputs.reading.data_files import read_data_text

FILE = "skill.json"


@lru_cache(maxsize=1)
def load_skill() -> dict[str, Any]:
    """Scores of the hindcast by months ahead: errors, those of simple forecasts, coverage, and on which months.

    Returns
    -------
    dict
        ``origins`` (first and last month), ``held_out`` and ``horizons``: months ahead -> ``cases, mape,
        mape_announced, mape_persistence, mape_last_year, mape_mean`` (of persistence and last year), ``in_80,
        nationalities_better, nationalities_better_half_season``. ``of_this_fit`` says whether the packaged fit was
        scored, or an earlier one.
    """
    record = json.loads(read_data_text(FILE))
    return {**record, "of_this_fit": record.get("fit") == fit_name()}


@lru_cache(maxsize=1)
def fit_name() -> str:
    """A name of the packaged fit, by which a score says whose it is."""
    values = json.dumps(fit_record()["values"], sort_keys=True)
    return blake2b(values.encode(), digest_size=8).hexdigest()
