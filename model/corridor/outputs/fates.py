"""The fates of travelling parties as a table: one row a party, written as Parquet when a run keeps them.

A party's key is the same in every scenario, replicate by replicate, so two tables tell who fared otherwise; see
`corridor.experiments.fates`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from corridor.inputs.registries.geography import PARTIES
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.parquet import read_parquet
from corridor.outputs.tables import label

if TYPE_CHECKING:
    from corridor.engine.recording.recorder import Recording
    from corridor.inputs.compiling.drivers import Drivers

FATES = "fates.parquet"
DIED, UNDER_WAY = "died", "under_way"
NOWHERE = "none"  # the northern city of a party that never reached one
COLUMNS = (
    "draw", "replicate", "key", "nationality", "party", "people", "died", "departed", "route", "city", "stops",
    "fate", "place", "day",
)  # fmt: skip


def fates_table(
    drivers: Drivers, recordings: Sequence[Recording], draws: Sequence[int], replicates: Sequence[int]
) -> pa.Table:
    """Fates of all parties whose journey was not over when the first reported day began.

    Returns
    -------
    A row a party, with `COLUMNS`: `people` who departed and those of them who `died`, both in people (a simulated
    party stands for `people_per_agent` like it); `departed` and `day` (when it ended, or the last day) as dates;
    `city` of northern Mexico last waited in; `stops`, how often Mexico stopped the party; `fate` of the party; `place`
    where it ended or stands.
    """
    return pa.concat_tables(
        _fates_of(drivers, recording, draw, replicate)
        for recording, draw, replicate in zip(recordings, draws, replicates, strict=True)
    ).combine_chunks()


def _fates_of(drivers: Drivers, recording: Recording, draw: int, replicate: int) -> pa.Table:
    from corridor.engine.records.layout import DIED as DEAD  # the engine is not needed to read a table
    from corridor.engine.records.layout import UNDER_WAY as ON_THE_WAY

    timeline, places = drivers.timeline, drivers.geography.places
    rows = recording.fates
    if rows is None:
        raise ValueError("the run did not keep fates")
    rows = rows[rows["day"] >= timeline.report_day]
    rows = rows[np.argsort(rows["key"])]
    key, people = rows["key"], drivers.people_per_agent
    departed = (key >> np.uint64(32)).astype(np.int64) & 0xFFFFFF
    names = [place.fate or UNDER_WAY for place in places]
    fate_names = [*dict.fromkeys(names), DIED]
    coded = np.array([fate_names.index(name) for name in names])[rows["place"]]
    coded[rows["exit"] == DEAD] = fate_names.index(DIED)
    coded[rows["exit"] == ON_THE_WAY] = fate_names.index(UNDER_WAY)
    start = np.datetime64(timeline.start, "D")
    last = timeline.days - 1
    cities = [NOWHERE, *(place.id for place in places)]
    return pa.table(
        {
            "draw": pa.array(np.full(len(rows), draw, dtype=np.int32)),
            "replicate": pa.array(np.full(len(rows), replicate, dtype=np.int32)),
            "key": pa.array(key),
            "nationality": label(NATIONALITIES, (key >> np.uint64(56)).astype(np.int64)),
            "party": label(PARTIES, rows["party"]),
            "people": pa.array((rows["heads"] + rows["lost"]).astype(np.int32) * np.int32(people)),
            "died": pa.array(rows["lost"].astype(np.int32) * np.int32(people)),
            "departed": pa.array(start + departed),
            "route": label([route.id for route in drivers.geography.routes], rows["route"]),
            "city": label(cities, np.where(rows["city"] == 0, 0, rows["city"].astype(np.int64) + 1)),
            "stops": pa.array(rows["stops"].astype(np.int32)),
            "fate": label(fate_names, coded),
            "place": label([place.reported_as or place.id for place in places], rows["place"]),
            "day": pa.array(start + np.minimum(rows["day"].astype(np.int64), last)),
        }
    ).unify_dictionaries()


def read_fates(path: Path | str, content: bytes) -> pa.Table:
    """Read the content of fates.parquet; `path` names it in a refusal.

    Raises
    ------
    InputError
        If it cannot be read, or has other columns, or would take more memory than a table of fates may.
    """
    return read_parquet(path, content, COLUMNS)
