"""Replicates as one Parquet file: a row a period and cell, a column a replicate. A batch writes them so.

Columns `period`, `indicator`, `place`, `nationality`, `party` and `unit`, then one a draw and replicate, as `0-12`.
What is not defined is null.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corridor.outputs.files import refusal
from corridor.outputs.parquet import open_parquet
from corridor.outputs.rows import Cell
from corridor.outputs.tables import label

ABOUT = ("period", *Cell._fields, "unit")
RUN = re.compile(r"(0|[1-9][0-9]{0,5})-(0|[1-9][0-9]{0,5})")


class Wide(NamedTuple):
    """What such a file says: text columns by name, values float64[rows, R], draw and replicate int64[R, 2]."""

    texts: dict[str, pa.DictionaryArray]
    values: np.ndarray
    runs: np.ndarray


def wide_bytes(
    periods: Sequence[str],
    cells: Sequence[Cell],
    units: Sequence[str],
    values: np.ndarray,
    draws: np.ndarray,
    replicates: np.ndarray,
) -> bytes:
    """The content of replicates.parquet.

    Parameters
    ----------
    values : float64[R, P, C]
    """
    period, cell = (each.reshape(-1) for each in np.indices((len(periods), len(cells))))
    known = ~np.isnan(values).all(axis=0).reshape(-1)
    (used_periods, period), (used_cells, cell) = (
        np.unique(each[known], return_inverse=True) for each in (period, cell)
    )
    columns: dict[str, pa.Array] = {
        "period": label([str(periods[at]) for at in used_periods.tolist()], period)
    }
    for name, names in zip(
        Cell._fields, zip(*(cells[at] for at in used_cells.tolist()), strict=True), strict=True
    ):
        columns[name] = label(names, cell)
    columns["unit"] = label([str(units[at]) for at in used_cells.tolist()], cell)
    for run, (draw, replicate) in enumerate(zip(draws.tolist(), replicates.tolist(), strict=True)):
        column = values[run].reshape(-1)[known]
        columns[f"{draw}-{replicate}"] = pa.array(column, mask=np.isnan(column))
    body = BytesIO()
    # Values are multiples of the people that an agent stands for: few different ones, which compress well as codes.
    pq.write_table(pa.table(columns), body, compression="zstd", compression_level=6, write_statistics=False)
    return body.getvalue()


def read_wide(path: Path, content: bytes) -> Wide:
    """Read the content of replicates.parquet; `path` names it in a refusal.

    Raises
    ------
    InputError
        If it cannot be read, has other columns, or would take more memory than results may.
    """
    try:
        file = open_parquet(path, content)
        names = file.schema_arrow.names
        runs = [RUN.fullmatch(name) for name in names[len(ABOUT) :]]
        if tuple(names[: len(ABOUT)]) != ABOUT or not runs or not all(runs):
            raise refusal(path, f"expected the columns {', '.join(ABOUT)}, then one a replicate, such as 0-1")
        table = file.read()
        text = pa.dictionary(pa.int32(), pa.string())
        texts = {name: _coded(table[name].cast(text)) for name in ABOUT}
        values = np.column_stack(
            [table[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in names[len(ABOUT) :]]
        )
    except (OSError, ValueError, pa.ArrowException) as error:
        raise refusal(path, f"cannot be read: {str(error)[:200]}") from None
    if any(column.null_count for column in texts.values()):
        raise refusal(path, "a name is missing")
    pairs = [(int(each[1]), int(each[2])) for each in runs if each]
    return Wide(texts, values, np.array(pairs, dtype=np.int64))


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    column = column.unify_dictionaries().combine_chunks()
    return column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
