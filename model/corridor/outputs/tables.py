"""Tidy tables and the one writer of CSV. Every exported file, from the app or the command line, passes here.

Recordings hold arrays; Results and Comparison turn them into tables of rows; `csv_bytes` turns a table
into text.

The one number format: a number is rounded to 6 decimals and written with the fewest digits that read back
as the same number, without exponent and without a minus before zero. A measured number always has a point
(`12.0`), so that programs which guess types from the first rows guess right; a count of runs has none. None has
three decimals (`0.1250`): where a point groups thousands, a spreadsheet would take `0.125` for 125. A value
that is not defined is not a row; an empty field (only `relative` has them) is a missing number. Because values
are rounded when they enter `Results`, what is read back from a file equals what was in memory, and a comparison
made from files equals one made in memory, byte for byte.

Text is UTF-8 with LF line ends and one header line. Names hold no comma, quote or line break, so nothing is
quoted; a name that breaks this is refused.
"""

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

if TYPE_CHECKING:
    # PyArrow brings no types; what is unknown here would be unknown to whoever calls Corridor.
    ArrowTable: TypeAlias = Any
else:
    ArrowTable = pa.Table

DECIMALS = 6
#: From here on Arrow writes a number with an exponent, and Python does not.
EXPONENT_FROM = 1e10
#: What a spreadsheet of a locale in which a point groups thousands would take for a whole number.
THREE_DECIMALS = r"(\.[0-9]{3})$"
#: The largest magnitude that fits int64.
WHOLE_LIMIT = 2.0**63


def round_values(values: np.ndarray) -> np.ndarray:
    """Round to the precision that is written, so that memory and file agree; -0 becomes 0."""
    return np.round(np.asarray(values, dtype=np.float64), DECIMALS) + 0.0


def number_text(values: np.ndarray) -> pa.Array:
    """Write float64[N] in the one number format; NaN becomes null (an empty field)."""
    values = round_values(values)
    missing = np.isnan(values)
    whole = (values == np.trunc(values)) & (np.abs(values) < WHOLE_LIMIT)
    digits = pa.array(np.where(whole, values, 0.0).astype(np.int64)).cast(pa.string())
    integers = pc.call_function("binary_join_element_wise", [digits, ".0", ""])
    if whole.all():
        return integers
    fractions = pa.array(np.where(whole, 0.0, values), mask=missing).cast(pa.string())
    text = pc.call_function("if_else", [pa.array(whole), integers, fractions])
    large = np.flatnonzero(~whole & ~missing & (np.abs(values) >= EXPONENT_FROM))
    if large.size:
        mask = np.zeros(values.size, dtype=bool)
        mask[large] = True
        written = pa.array([_positional(values[i]) for i in large], pa.string())
        text = pc.call_function("replace_with_mask", [text, pa.array(mask), written])
    fourth = pc.ReplaceSubstringOptions(THREE_DECIMALS, r"\10")
    return pc.call_function("replace_substring_regex", [text], fourth)


def _positional(value: float) -> str:
    if np.isinf(value):
        raise ValueError("an infinite value cannot be written")
    return f"{int(value)}.0" if value == int(value) else repr(float(value))


def csv_bytes(table: ArrowTable | pd.DataFrame) -> bytes:
    """Write a table as CSV: the bytes of every file and download.

    Parameters
    ----------
    table
        Columns of text, integers or float64; categories are written as their text.

    Raises
    ------
    ValueError
        If a text holds a comma, a quote or a line break, or a number is infinite.
    """
    if isinstance(table, pd.DataFrame):
        table = pa.Table.from_pandas(table, preserve_index=False)
    columns = [_text(table.column(name)) for name in table.column_names]
    body = io.BytesIO()
    body.write((",".join(table.column_names) + "\n").encode())
    options = pacsv.WriteOptions(include_header=False, quoting_style="none")
    pacsv.write_csv(pa.table(columns, names=table.column_names), body, options)
    return body.getvalue()


_NUMBER = re.compile(rb"(?<=;)(-?[0-9]+)\.([0-9]+)(?=[;\n])")


def for_spreadsheets(content: bytes, locale: str) -> bytes:
    """CSV as a spreadsheet of a locale opens it: `es` has semicolons, decimal commas and a byte order mark.

    Parameters
    ----------
    content
        As `csv_bytes` writes it.
    locale
        One of `corridor.foundations.locales.LOCALES`; `en` changes nothing.
    """
    if locale == "en":
        return content
    return b"\xef\xbb\xbf" + _NUMBER.sub(rb"\1,\2", content.replace(b",", b";"))


def _text(column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    if pa.types.is_floating(column.type):
        return number_text(column.to_numpy(zero_copy_only=False))
    return column.cast(pa.string())


def label(names: Sequence[str], codes: np.ndarray) -> pa.DictionaryArray:
    """A text column that repeats few names: `names[codes]`, without the copies. Names may occur twice."""
    distinct = {name: number for number, name in enumerate(dict.fromkeys(names))}
    numbers = np.fromiter((distinct[name] for name in names), dtype=np.int32, count=len(names))
    return pa.DictionaryArray.from_arrays(pa.array(numbers[codes]), pa.array(list(distinct), pa.string()))


def repeat(name: str, rows: int) -> pa.DictionaryArray:
    """A text column with one name in every row."""
    return label([name], np.zeros(rows, dtype=np.int32))


def frame(table: ArrowTable) -> pd.DataFrame:
    """The table for people: a pandas frame, repeated names as categories."""
    return table.to_pandas()


def spread(values: np.ndarray, shares: Sequence[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count, mean and quantiles over the first axis, leaving out NaN.

    The values are sorted first, so neither the order of the replicates nor that of their sums matters.
    Quantiles interpolate linearly between order statistics (NumPy's default).

    Parameters
    ----------
    values : float64[R, ...]
    shares : Q numbers in [0, 1]

    Returns
    -------
    count : int64[...]
        How many of the R values are defined.
    mean : float64[...], NaN where count is 0
    quantiles : float64[Q, ...], NaN where count is 0
    """
    ordered = np.sort(values, axis=0)  # NaN goes last
    count = np.sum(~np.isnan(ordered), axis=0)
    divisor = np.where(count > 0, count, 1)
    total = np.add.reduce(np.nan_to_num(ordered, nan=0.0), axis=0)
    mean = np.where(count > 0, total / divisor, np.nan)
    quantiles = np.empty((len(shares), *count.shape))
    for row, share in enumerate(shares):
        position = share * (divisor - 1)
        below = np.floor(position).astype(np.int64)
        above = np.minimum(below + 1, divisor - 1)
        low = np.take_along_axis(ordered, below[np.newaxis], axis=0)[0]
        high = np.take_along_axis(ordered, above[np.newaxis], axis=0)[0]
        quantiles[row] = low + (high - low) * (position - below)
    return count, mean, quantiles
