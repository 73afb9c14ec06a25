"""What child processes inherit: no folder on the path but those that the user put there.

Python puts the current folder first on the path of `python -m` and `python -c`. People who build agent-based models
keep a `model.py` and an `app.py` there, and a file named `numpy.py` or `streamlit.py` would be run in the place of
the package. Every process that Corridor starts goes without it; PYTHONPATH is honoured.
"""

from __future__ import annotations

from collections.abc import Mapping

SAFE_PATH = "PYTHONSAFEPATH"
"""The variable by which a Python process and its children leave the current folder out of the path (as `-P` does)."""


def without_current_folder(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment whose Python processes leave the current folder out of the path."""
    return {**environment, SAFE_PATH: "1"}
