"""The score record that stands beside every projection: data/skill.json, written by `python -m studies.skill`."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from corridor.inputs.reading.data_files import read_data_text

FILE = "skill.json"


@lru_cache(maxsize=1)
def load_skill() -> dict[str, Any]:
    """Scores of the hindcast by months ahead: errors, those of persistence, coverage, and on which months.

    Returns
    -------
    dict
        ``origins`` (first and last month), ``held_out`` and ``horizons``: months ahead -> ``cases, mape,
        mape_announced, mape_persistence, in_80, nationalities_better``.
    """
    return json.loads(read_data_text(FILE))
