"""Tables as Parquet: a writer, a reader that is told its columns, and the bound on the memory that a file may take."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corridor.outputs.files import refusal

MOST_UNPACKED_BYTES = 8_000_000_000
"""Memory that the table of one file may take."""

CODE_BYTES = 4  # of a text, a code or an offset for each row
BITS = 8


def parquet_bytes(table: pa.Table) -> bytes:
    """A table as a file: columns dictionary-encoded, compressed with zstd; the same table gives the same bytes."""
    body = io.BytesIO()
    pq.write_table(table, body, compression="zstd")
    return body.getvalue()


def open_parquet(path: Path | str, content: bytes) -> pq.ParquetFile:
    """A Parquet file that may be read whole; `path` names it in a refusal.

    Raises
    ------
    InputError
        If it would take more than `MOST_UNPACKED_BYTES`: a small file can hold very many rows of one value.
    OSError, ValueError, pyarrow.ArrowException
        If it is no Parquet file.
    """
    file = pq.ParquetFile(io.BytesIO(content))
    groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
    as_written = sum(group.total_byte_size for group in groups)
    as_read = file.metadata.num_rows * sum(_width(field.type) for field in file.schema_arrow)
    if max(as_written, as_read) > MOST_UNPACKED_BYTES:
        raise refusal(path, f"would take more than {MOST_UNPACKED_BYTES // 1_000_000:,} MB of memory")
    return file


def _width(kind: pa.DataType) -> int:
    """Bytes that a value of a column takes for each row."""
    return max(kind.bit_width // BITS, 1) if pa.types.is_primitive(kind) else CODE_BYTES


def read_parquet(path: Path | str, content: bytes, columns: Sequence[str]) -> pa.Table:
    """Read what `parquet_bytes` wrote; `path` names it in a refusal.

    Raises
    ------
    InputError
        If it cannot be read, or has other columns, or would take more memory than a table may.
    """
    try:
        table = open_parquet(path, content).read()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise refusal(path, f"cannot be read: {str(error)[:200]}") from None
    if tuple(table.column_names) != tuple(columns):
        raise refusal(path, f"expected the columns {', '.join(columns)}")
    return table
