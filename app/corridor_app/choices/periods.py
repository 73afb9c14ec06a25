"""The period that a visitor chooses: a year, part of one, or the whole of a run."""

from __future__ import annotations

import re

WHOLE_PERIOD = "all"
"""All years that a run reports; beside a baseline, all months that both cover wholly."""


def is_year(text: str) -> bool:
    """Whether a text of an address can be a year, such as `2023`, or part of one, such as `2024-01 to 2024-06`."""
    return re.fullmatch(r"[0-9]{4}|[0-9]{4}(-[0-9]{2}){1,2} to [0-9]{4}(-[0-9]{2}){1,2}", text) is not None
