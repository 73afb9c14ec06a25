"""What a row of results is: names of files and columns, and the cell that a number is about."""

from __future__ import annotations

from typing import NamedTuple

REPLICATES = "replicates.csv"
SUMMARY = "summary.csv"
CROSSED = "crossed.parquet"
MANIFEST = "manifest.json"
WRITTEN_BESIDE = (
    "compare.csv",
    "fates.csv",
    "failures.csv",
)  # beside the folders of results, by runs and batches

REPLICATES_COLUMNS = (
    "scenario", "draw", "replicate", "period", "indicator", "place", "nationality", "party", "value", "unit",
)  # fmt: skip
ALL = "all"
ALWAYS_DEFINED = {"flow", "stock", "peak"}  # means and distinct people may have no number in a period


class Cell(NamedTuple):
    """What one number is about; `all` where it is not broken down."""

    indicator: str
    place: str = ALL
    nationality: str = ALL
    party: str = ALL


def is_crossed(cell: Cell) -> bool:
    """Whether a cell is broken down by more than one of place, nationality and party: a row of no CSV."""
    return sum(name != ALL for name in cell[1:]) > 1
