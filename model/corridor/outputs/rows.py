"""What a row of results is: names of files and columns, and the cell that a number is about."""

from __future__ import annotations

from typing import NamedTuple

REPLICATES = "replicates.csv"
SUMMARY = "summary.csv"
MANIFEST = "manifest.json"
WRITTEN_BESIDE = (
    "compare.csv",
    "headline.csv",
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
