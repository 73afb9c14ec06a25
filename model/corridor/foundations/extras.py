"""What is installed only on request, since a batch on a server needs neither a page nor figures.

Each extra is a name in pyproject.toml (`pip install 'corridor[app]'`). What needs one calls `need` first, so that it is
missed before any work is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from types import MappingProxyType

from corridor.foundations.errors import CorridorError

EXTRAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "app": ("streamlit", "altair", "pydeck"),
        "report": ("jinja2", "markupsafe", "matplotlib", "altair"),
        "cluster": ("distributed",),
        "hindcast": ("scoringrules", "statsmodels"),
    }
)
"""Extra -> the modules that Corridor imports of it."""


class MissingExtra(CorridorError, ImportError):
    """Something needs packages that are not installed, and the message says how to install them."""


def need(extra: str, what: str) -> None:
    """Go on only if an extra is installed.

    Parameters
    ----------
    extra
        A key of `EXTRAS`.
    what
        What needs it, to begin a sentence with.

    Raises
    ------
    MissingExtra
        If a module of it cannot be found.
    """
    missing = [module for module in EXTRAS[extra] if find_spec(module) is None]
    if missing:
        raise MissingExtra(f"{what} needs {', '.join(missing)}: pip install 'corridor[{extra}]'")
