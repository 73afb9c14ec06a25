"""A blind record: numbers of months that its makers had not looked at, by month, with a hash over all of it.

A folder `blind/VERSION/` with `record.csv`, `scenario.yaml`, `README.md`, and `manifest.json`, which holds a hash of
each of these and one of itself. Reading one never imports the model: others can check and score a record without it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor.foundations.errors import InputError, Problem, nearest_name, quoted
from corridor.foundations.regular_files import read_regular
from corridor.inputs.reading.data_files import PACKAGE_FOLDER
from corridor.outputs.files import refusal
from corridor.outputs.manifest import WHOLE, digest, seal_of
from corridor.outputs.rows import Cell

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
RECORD, SCENARIO, README, MANIFEST = "record.csv", "scenario.yaml", "README.md", "manifest.json"
FILES = (RECORD, SCENARIO, README)
SCORES = "scores"  # the folder of what has been scored
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
QUANTILES = tuple(f"q{round(100 * level):02d}" for level in LEVELS)
LAST_MONTH, LAST_YEAR = "last_month", "last_year"
OPPONENTS = (LAST_MONTH, LAST_YEAR)
KEYS = (*Cell._fields, "period", "claimed")
NUMBERS = ("mean", *QUANTILES, *OPPONENTS)
COLUMNS = (*KEYS, *NUMBERS)
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
SHORT = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,39}")
MOST_BYTES = 20_000_000
MOST_PROBLEMS = 50


@dataclass(frozen=True, eq=False)
class BlindRecord:
    """A record whose hashes hold.

    Attributes
    ----------
    name : str
        The version that made it.
    manifest : dict
        What made it: scenario, run, what its bands contain, hashes; `whole` is the hash of the record.
    table : DataFrame
        A row for every series and month, in the columns `COLUMNS`: people (or events), the mean and quantiles;
        `claimed` says whether anything is claimed of the month; `last_month` and `last_year` are what simple forecasts
        said (NaN where nobody had published it).
    """

    name: str
    manifest: Mapping[str, Any]
    table: pd.DataFrame

    @property
    def seal(self) -> str:
        """The hash of the record, 64 hexadecimal digits."""
        return self.manifest[WHOLE]

    @property
    def periods(self) -> tuple[str, ...]:
        """Its months in order."""
        return tuple(sorted(set(self.table["period"])))


def blind_folder() -> Path:
    """Where the records lie that Corridor comes with."""
    beside, inside = PACKAGE_FOLDER.parents[1] / "blind", PACKAGE_FOLDER / "_blind"
    return beside if beside.is_dir() else inside


def blind_names(folder: Path | None = None) -> list[str]:
    """Names of the records of a folder (those that Corridor comes with unless given), in the order of versions."""
    found = [each.parent.name for each in (folder or blind_folder()).glob(f"*/{MANIFEST}")]
    return sorted(found, key=lambda name: [int(part) for part in re.findall(r"\d+", name)])


def read_blind_record(named: Path | str) -> BlindRecord:
    """Read a record and check its hashes.

    Parameters
    ----------
    named
        The folder of a record, or the name of one that Corridor comes with (``0.2.0``).

    Raises
    ------
    InputError
        If there is none, a file has changed since it was frozen (each is named), or a file is no record.
    """
    folder = _folder_of(named)
    manifest = _manifest_of(folder)
    contents = _unchanged(folder, manifest)
    return BlindRecord(manifest["record"], manifest, _table(contents[RECORD], str(folder / RECORD)))


def load_blind_scores() -> pd.DataFrame:
    """Scores of the records that have been scored: what `corridor blind --out` wrote into blind/scores/, by version.

    Returns
    -------
    DataFrame
        In the columns of `BlindScores.scores`; empty where no record has been scored.
    """
    import pandas as pd

    folder = blind_folder() / SCORES
    files = [folder / f"{name}.csv" for name in blind_names()]
    tables = [pd.read_csv(file, dtype={"record": str}) for file in files if file.is_file()]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame({"record": []})


def _folder_of(named: Path | str) -> Path:
    path = Path(named)
    if path.is_dir():
        return path
    shipped = blind_names()
    if str(named) in shipped:
        return blind_folder() / str(named)
    near, known = nearest_name(str(named), shipped), ", ".join(shipped)
    why = f"no blind record {quoted(str(named))}; expected a folder that holds {MANIFEST}, or one of {known}{near}"
    raise refusal("RECORD", why)


def _read(path: Path) -> bytes:
    try:
        return read_regular(path, MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)[:200]
        raise refusal(path, f"cannot be read: {reason}") from None


def _manifest_of(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(_read(path))
    except (ValueError, RecursionError):
        raise refusal(path, "is no JSON") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or "record" not in manifest:
        raise refusal(path, f"is not the manifest of a blind record of format {FORMAT}")
    name, files, contains = (manifest.get(each) for each in ("record", "files", "contains"))
    texts = all(isinstance(manifest.get(each), str) for each in ("scenario", "known_to", "claimed_to", WHOLE))
    if not (isinstance(name, str) and SHORT.fullmatch(name) and texts and isinstance(contains, dict)):
        raise refusal(path, "lacks record, scenario, known_to, claimed_to, contains or whole")
    if not isinstance(files, dict) or set(files) != set(FILES):
        raise refusal(path, f"expected hashes of {', '.join(FILES)}")
    return manifest


def _unchanged(folder: Path, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """The content of every file of a record.

    Raises
    ------
    InputError
        Naming every file that is not as it was frozen.
    """
    problems, contents = [], {}
    try:
        found = seal_of(manifest)
    except ValueError:  # NaN, which no manifest holds
        found = "none"
    if found != manifest[WHOLE]:
        why = f"has changed since the record was frozen: its hash is {found}, it says {manifest[WHOLE][:64]}"
        problems.append(Problem(str(folder / MANIFEST), 0, 0, "", why))
    for name in FILES:
        try:
            contents[name] = _read(folder / name)
        except InputError as error:
            problems += error.problems
            continue
        about = manifest["files"][name]
        expected = about.get("sha256") if isinstance(about, dict) else None
        if digest(contents[name]) != expected:
            why = (
                f"has changed since the record was frozen: its hash is {digest(contents[name])}, "
                f"the manifest says {str(expected)[:64]}"
            )
            problems.append(Problem(str(folder / name), 0, 0, "", why))
    if problems:
        raise InputError(problems)
    return contents


def _table(content: bytes, file: str) -> pd.DataFrame:
    """The rows of a record, each field checked."""
    import pandas as pd

    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise refusal(file, "is no text in UTF-8") from None
    if not lines or lines[0] != ",".join(COLUMNS):
        raise InputError([Problem(file, 1, 1, "", f"expected the columns {','.join(COLUMNS)}")])
    problems: list[Problem] = []
    rows, seen = [], set()
    for line, text in enumerate(lines[1:], 2):
        fields = text.split(",")
        problem = _wrong(fields)
        if problem is None and tuple(fields[:5]) in seen:
            problem = 0, "indicator", "this series and month has a row above"
        if problem is not None:
            place, column, why = problem
            at = len(",".join(fields[:place])) + (place > 0) + 1
            problems.append(Problem(file, line, at, column, f"{column}: {why}" if column else why))
            if len(problems) >= MOST_PROBLEMS:
                break
            continue
        seen.add(tuple(fields[:5]))
        keys, numbers = fields[: len(KEYS)], fields[len(KEYS) :]
        rows.append((*keys, *(float(each) if each else math.nan for each in numbers)))
    if problems:
        raise InputError(problems)
    if not rows:
        raise refusal(file, "holds no row")
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _wrong(fields: list[str]) -> tuple[int, str, str] | None:
    """What is wrong in a row: which field, its column and why."""
    if len(fields) != len(COLUMNS):
        return 0, "", f"expected {len(COLUMNS)} fields, not {len(fields)}"
    named = dict(zip(COLUMNS, fields, strict=True))
    if not MONTH.fullmatch(named["period"]):
        return (
            COLUMNS.index("period"),
            "period",
            f"expected a month such as 2024-07, not {quoted(named['period'])}",
        )
    if named["claimed"] not in ("yes", "no"):
        return COLUMNS.index("claimed"), "claimed", f"expected yes or no, not {quoted(named['claimed'])}"
    values = []
    for column in NUMBERS:
        text = named[column]
        if not text and column in OPPONENTS:
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 <= value < math.inf:
            return COLUMNS.index(column), column, f"expected a number, 0 or more, not {quoted(text)}"
        values.append(value)
    quantiles = values[1 : 1 + len(QUANTILES)]
    for column, low, high in zip(QUANTILES[1:], quantiles, quantiles[1:], strict=False):
        if high < low:
            return COLUMNS.index(column), column, "is less than the quantile before it"
    return None
