"""The monthly figures that were published: model/corridor/data/observed.csv, row by row."""

from __future__ import annotations

import csv
from functools import lru_cache

from corridor.inputs.reading.data_files import read_data_text

OBSERVED_FILE = "observed.csv"
OBSERVED_COLUMNS = ("indicator", "period", "place", "nationality", "party", "value", "publisher")

ObservedRow = tuple[str, str, str, str, str, int, str]
"""One row of observed.csv, in the order of `OBSERVED_COLUMNS`."""


@lru_cache(maxsize=1)
def observed_rows() -> tuple[ObservedRow, ...]:
    """Every row of observed.csv. A month without a row was not published."""
    return tuple(
        (row["indicator"], row["period"], row["place"], row["nationality"], row["party"], int(row["value"]),
         row["publisher"])
        for row in csv.DictReader(read_data_text(OBSERVED_FILE).splitlines())
    )  # fmt: skip
