"""Tables as Parquet: the one writer, and a reader that is told which columns to expect."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corridor.outputs.files import refusal

MOST_UNPACKED_BYTES = 4_000_000_000


def parquet_bytes(table: pa.Table) -> bytes:
    """A table as a file: columns dictionary-encoded, compressed with zstd; the same table gives the same bytes."""
    body = io.BytesIO()
    pq.write_table(table, body, compression="zstd")
    return body.getvalue()


def read_parquet(path: Path | str, content: bytes, columns: Sequence[str]) -> pa.Table:
    """Read what `parquet_bytes` wrote; `path` names it in a refusal.

    Raises
    ------
    InputError
        If it cannot be read, or has other columns, or would take more memory than a table may.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
        unpacked = sum(group.total_byte_size for group in groups)
        if unpacked > MOST_UNPACKED_BYTES or file.metadata.num_rows * len(columns) > MOST_UNPACKED_BYTES:
            raise refusal(path, f"would take more than {MOST_UNPACKED_BYTES // 1_000_000:,} MB of memory")
        table = file.read()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise refusal(path, f"cannot be read: {str(error)[:200]}") from None
    if tuple(table.column_names) != tuple(columns):
        raise refusal(path, f"expected the columns {', '.join(columns)}")
    return table
