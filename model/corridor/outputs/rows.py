"""What a row of results is: names of files and columns, and the cell that a number is about."""

from __future__ import annotations

from typing import NamedTuple

from corridor.foundations.timeline import Grain

REPLICATES = "replicates"  # stem of the names of files; see `layout`
WIDE = "replicates.parquet"
SUMMARY = "summary"
PROJECTION = "projection"  # of months after the last published one; `experiments.projection` makes it
CROSSED = "crossed.parquet"
MANIFEST = "manifest.json"
WRITTEN_BESIDE = (
    "compare.csv",
    "headline.csv",
    "fates.csv",
    "failures.csv",
    "datapackage.json",
)  # beside the folders of results, by runs and batches

REPLICATES_COLUMNS = (
    "scenario", "draw", "replicate", "window", "first_day", "last_day", "indicator", "place", "nationality", "party",
    "value", "unit", "sums",
)  # fmt: skip
CROSSED_COLUMNS = (
    "scenario", "draw", "replicate", "period", "indicator", "place", "nationality", "party", "value", "unit",
)  # fmt: skip
#: Kinds of windows that files of a result hold: replicates all that is recorded, summaries what adds up to the rest.
RECORDED: tuple[Grain, ...] = ("month", "year", "day")
SUMMARISED: tuple[Grain, ...] = ("month", "day")
ALL = "all"
ENCOUNTERS = "encounters"
PARTS_OF_ENCOUNTERS = ("encounters_usbp", "encounters_ofo")
"""`encounters` is between ports and at them together; publishers and the model report the two apart."""

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
