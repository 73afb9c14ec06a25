"""Files that a spreadsheet cannot hold: it opens the first rows and leaves out the rest, often without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

SPREADSHEET_ROWS = 1_048_576
"""Rows of a sheet, the head among them, in LibreOffice and in Excel."""

NAMED = 3
"""Files that a sentence names."""


def too_long(
    folder: Path | str, files: Mapping[str, bytes | Iterable[bytes]], limit: int = SPREADSHEET_ROWS
) -> list[str]:
    """Of CSV files those with more rows than a spreadsheet opens, by their paths.

    Parameters
    ----------
    files
        Path below the folder -> content, whole or in pieces that may be asked for again.
    limit
        Rows, the head among them.
    """
    found = []
    for name, content in files.items():
        pieces = [content] if isinstance(content, bytes) else content
        if name.endswith(".csv") and sum(piece.count(b"\n") for piece in pieces) > limit:
            found.append((Path(folder) / name).as_posix())
    return found


def too_long_in_words(paths: Sequence[str], limit: int = SPREADSHEET_ROWS) -> str:
    """What a person who opens such files should know, in one sentence; nothing where there are none."""
    if not paths:
        return ""
    others = f" and {len(paths) - NAMED} more files" if len(paths) > NAMED else ""
    have, them = ("has", "it") if len(paths) == 1 else ("have", "them")
    return (
        f"{', '.join(paths[:NAMED])}{others} {have} more than the {limit:,} rows that a spreadsheet opens, and it "
        f"leaves out the rest: open headline.csv or summary.csv there, or read {them} with Python, R, Miller or DuckDB "
        "(docs/how-to/read-results.md)"
    )
