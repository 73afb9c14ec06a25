"""The files that Corridor comes with, in `model/corridor/data`: where they lie, and one way to read them."""

from __future__ import annotations

from pathlib import Path

from corridor.foundations.errors import InputError, Problem

PACKAGE_FOLDER = Path(__file__).parents[2]
DATA_FOLDER = PACKAGE_FOLDER / "data"
RECORDS = "records"  # the folder of parameters as they once stood


def data_label(name: str) -> str:
    """What problems call a file of the data, wherever Corridor is installed."""
    return f"model/corridor/data/{name}"


def record_names() -> list[str]:
    """Names of the records of parameters that Corridor comes with, in order."""
    return sorted(file.stem for file in (DATA_FOLDER / RECORDS).glob("*.yaml"))


def read_data_text(name: str) -> str:
    """The text of ``model/corridor/data/NAME``.

    Raises
    ------
    InputError
        If the file is not there: a part of the installation is missing.
    """
    try:
        return (DATA_FOLDER / name).read_text(encoding="utf-8")
    except OSError as error:
        why = f"cannot be read: {error.strerror}; a part of Corridor is missing, install it again"
        raise InputError([Problem(data_label(name), 0, 0, "", why)]) from error
