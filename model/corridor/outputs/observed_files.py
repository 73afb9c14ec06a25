"""Observed figures that were imported, as files of a folder of their own: apart from those of the package.

`NAME.csv` holds the rows (tidy, with the vintage of each), `NAME.json` where they come from: file, hash, vintage,
publisher. Both are written together or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from corridor.foundations.errors import InputError, Problem, nearest_name, quoted
from corridor.foundations.regular_files import read_regular
from corridor.inputs.evidence.observed_import import NAME, PACKAGED, import_observed
from corridor.inputs.evidence.observed_series import Figure, ObservedSeries
from corridor.inputs.reading.data_files import read_data_text
from corridor.inputs.registries.observed import OBSERVED_FILE, observed_rows
from corridor.inputs.registries.sources import SOURCES
from corridor.outputs.files import write_files
from corridor.outputs.tables import csv_bytes

FOLDER = "observed"
"""Where imported figures are kept, in the current folder, unless said otherwise."""

MOST_BYTES_OF_PROVENANCE = 1_000_000
_TOLD = ("layout", "vintage", "publisher", "source", "sha256", "locale")


def write_observed(series: ObservedSeries, folder: Path | str = FOLDER) -> list[Path]:
    """Write ``NAME.csv`` and ``NAME.json`` under a folder; those that were there under that name are replaced.

    Returns
    -------
    The paths written.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    return write_files(folder, observed_files(series))


def observed_files(series: ObservedSeries) -> dict[str, bytes]:
    """The files of a series by name, as they are written."""
    told = json.dumps(series.provenance(), indent=1, ensure_ascii=False) + "\n"
    return {f"{series.name}.csv": csv_bytes(series.table()), f"{series.name}.json": told.encode()}


def read_observed(named: Path | str, folder: Path | str = FOLDER) -> ObservedSeries:
    """Read figures that were imported, those of the package, or a file that can be imported.

    Parameters
    ----------
    named
        A name in the folder, ``packaged``, or the path of a file (with a suffix, or a folder before it).
    folder
        Where names are looked for.

    Raises
    ------
    InputError
        If there is no such name or file, or something in it is wrong.
    """
    text = str(named)
    if text == PACKAGED:
        return packaged_series()
    if not NAME.fullmatch(text):
        return import_observed(named)
    file = Path(folder) / f"{text}.csv"
    if not file.is_file():
        near = nearest_name(text, observed_names(folder))
        why = f"no imported figures {quoted(text)} in {folder}; `corridor observed list` shows what there is{near}"
        raise InputError([Problem("--observed", 0, 0, "", why)])
    return import_observed(file, name=text)


def list_observed(folder: Path | str = FOLDER) -> list[dict[str, Any]]:
    """What figures there are: first those of the package, then the imported ones of a folder by name.

    Returns
    -------
    list of dict
        ``name``, ``months`` (first and last), ``indicators``, ``rows``, ``publisher``, ``vintage``, ``source``,
        ``sha256``.

    Raises
    ------
    InputError
        With everything that is wrong with any of them.
    """
    found, problems = [_listed(packaged_series(), {})], []
    for file in _stored(Path(folder)):
        try:
            found.append(
                _listed(import_observed(file, name=file.stem), _provenance(file.with_suffix(".json")))
            )
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def observed_names(folder: Path | str = FOLDER) -> list[str]:
    """Names of figures: of those in the package, and of those in a folder."""
    return [PACKAGED, *(each.stem for each in _stored(Path(folder)))]


@lru_cache(maxsize=1)
def packaged_series() -> ObservedSeries:
    """The figures that Corridor comes with, as a series; their vintage is that of their publisher."""
    rows = tuple(Figure(*row, SOURCES[row[6]].vintage) for row in observed_rows())
    vintages = {row.vintage for row in rows}
    vintage = vintages.pop() if len(vintages) == 1 else "several"
    hashed = sha256(read_data_text(OBSERVED_FILE).encode()).hexdigest()
    return ObservedSeries(PACKAGED, rows, "tidy", OBSERVED_FILE, hashed, "en", vintage, "several")


def _stored(folder: Path) -> list[Path]:
    try:
        return sorted(
            each for each in folder.iterdir() if each.suffix == ".csv" and NAME.fullmatch(each.stem)
        )
    except OSError:
        return []


def _listed(series: ObservedSeries, told: Mapping[str, str]) -> dict[str, Any]:
    about = {"source": series.source, "sha256": series.sha256, "vintage": series.vintage}
    return {
        "name": series.name,
        "months": [series.periods[0], series.periods[-1]],
        "indicators": list(series.indicators),
        "rows": len(series.rows),
        "publisher": series.publisher,
        **about,
        **{name: told[name] for name in about if name in told},
    }


def _provenance(file: Path) -> dict[str, str]:
    """What was written beside a series: texts only, of names that are known."""
    try:
        told = json.loads(read_regular(file, MOST_BYTES_OF_PROVENANCE))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no JSON"
        raise InputError([Problem(str(file), 0, 0, "", f"cannot be read: {why}")]) from None
    if not isinstance(told, dict):
        raise InputError([Problem(str(file), 0, 0, "", "expected an object with source, sha256 and vintage")])
    return {name: told[name][:200] for name in _TOLD if isinstance(told.get(name), str)}
