"""The deal book as a table: every round, offer, agreement, refusal and breach of every replicate, in order."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from corridor.outputs.files import refusal
from corridor.outputs.tables import round_values

if TYPE_CHECKING:
    from corridor.engine.recording.recorder import Recording
    from corridor.foundations.timeline import Timeline

DEALS = "deals.csv"
TEXTS = ("scenario", "date", "kind", "parties", "outcome", "package", "us_asks", "other_asks")
NUMBERS = ("gain_us", "gain_other", "delivered")
COLUMNS = ("scenario", "draw", "replicate", "number", *TEXTS[1:], *NUMBERS)


def deals_table(
    scenario: str,
    timeline: Timeline,
    recordings: Sequence[Recording],
    draws: Sequence[int],
    replicates: Sequence[int],
) -> pa.Table:
    """The deal books of all replicates.

    Returns
    -------
    A row an event, with `COLUMNS`: `number` within the replicate, `date`, `kind` (round, summit, side_deal, closure,
    reopened, senators, congress, court, breach, lapse), `parties`, `outcome`, the `package` agreed or what the event is
    about, the package that each side would have asked for, what each side gains over no agreement in points, and the
    share of what an agreement promised that was `delivered` while it was due.
    """
    columns: dict[str, list] = {name: [] for name in COLUMNS}
    for recording, draw, replicate in zip(recordings, draws, replicates, strict=True):
        for number, entry in enumerate(recording.deals or (), 1):
            row = {
                "scenario": scenario,
                "draw": draw,
                "replicate": replicate,
                "number": number,
                "date": timeline.date_of(entry.day).isoformat(),
                "kind": entry.kind,
                "parties": entry.parties,
                "outcome": entry.outcome,
                "package": entry.package,
                "us_asks": entry.us_asks,
                "other_asks": entry.other_asks,
                "gain_us": entry.gain_us,
                "gain_other": entry.gain_other,
                "delivered": entry.share_delivered,
            }
            for name, value in row.items():
                columns[name].append(value)
    arrays = [
        pa.array(round_values(np.array(values, dtype=np.float64)))
        if name in NUMBERS
        else _plain(name, values)
        for name, values in columns.items()
    ]
    return pa.table(arrays, names=list(columns))


def _plain(name: str, values: list) -> pa.Array:
    return pa.array(values, pa.string() if name in TEXTS else pa.int64())


def read_deals(path: Path | str, content: bytes) -> pa.Table:
    """Read the content of deals.csv; `path` names it in a refusal.

    Raises
    ------
    InputError
        If it cannot be read, or has other columns.
    """
    types = {name: pa.string() for name in TEXTS} | {name: pa.float64() for name in NUMBERS}
    types |= {name: pa.int64() for name in ("draw", "replicate", "number")}
    options = pacsv.ConvertOptions(column_types=types, strings_can_be_null=False)
    try:
        table = pacsv.read_csv(io.BytesIO(content), convert_options=options).combine_chunks()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise refusal(path, f"cannot be read: {str(error)[:200]}") from None
    if tuple(table.column_names) != COLUMNS:
        raise refusal(path, f"expected the columns {', '.join(COLUMNS)}")
    for name in NUMBERS:  # an empty field is a number that is not there, as in memory
        place = table.column_names.index(name)
        values = table[name].to_numpy(zero_copy_only=False)
        table = table.set_column(place, name, pa.array(np.asarray(values, dtype=np.float64)))
    return table
