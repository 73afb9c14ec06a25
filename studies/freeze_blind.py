"""Freeze the numbers of the next blind test: `python -m studies.freeze_blind` writes blind/VERSION/ (minutes),
and its hash into docs/blind.md.

A record is made once, before anything is scored on it. Where one of this version is there it is kept, unless
`--again` says that it may be replaced: before a release, never after.

`--of-0-1-0 FOLDER` makes the record of version 0.1.0 from what that version's own code writes:
`python -m model run outlook-2024 --no-baseline --replicates 20 --people-per-agent 50 --seed 1`, at commit fec21c2.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd

from corridor.experiments.blind.freezing import (
    Contents,
    freeze,
    record_files,
    record_table,
    run_of,
    scored_cells,
    with_encounters,
)
from corridor.experiments.blind.record import MANIFEST
from corridor.outputs.files import write_files
from corridor.outputs.rows import Cell
from corridor.version import __version__

FOLDER = Path(__file__).parent.parent / "blind"
PAGE = FOLDER.parent / "docs" / "blind.md"
SCENARIO = "outlook-2024-07"
REPLICATES = 40
"""Of each parameter set. Sets share the draws of a replicate, so there are as many courses of demand as replicates."""

EARLIER = "0.1.0"
EARLIER_KNOWN_TO = "2023-12"
REMAINDER = "Other"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studies.freeze_blind", description=__doc__)
    parser.add_argument("--scenario", default=SCENARIO)
    parser.add_argument("--replicates", type=int, default=REPLICATES, help="of each accepted parameter set")
    parser.add_argument("--people-per-agent", type=int, default=50)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--again", action="store_true", help="replace the record of this version")
    parser.add_argument("--of-0-1-0", type=Path, metavar="FOLDER", help="results that version 0.1.0 wrote")
    parser.add_argument("--out", type=Path, default=FOLDER)
    asked = parser.parse_args()
    name = EARLIER if asked.of_0_1_0 else __version__
    if (asked.out / name / MANIFEST).exists() and not asked.again:
        parser.error(f"{asked.out / name} is frozen; --again replaces it")
    if asked.of_0_1_0:
        files = earlier_record(asked.of_0_1_0)
    else:
        files = freeze(
            asked.scenario,
            name,
            replicates=asked.replicates,
            people_per_agent=asked.people_per_agent,
            workers=asked.workers,
        )
    write_files(asked.out / name, files)
    seal = json.loads(files[MANIFEST])["whole"]
    if asked.out == FOLDER:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_hash(page, name, seal), encoding="utf-8")
    print(f"{name}: hash {seal}")


def with_hash(page: str, name: str, seal: str) -> str:
    """The page of blind tests with the hash of a record in its row."""
    return re.sub(
        rf"^(\| {re.escape(name)} \|.*`)[0-9a-f]{{64}}(`)", rf"\g<1>{seal}\g<2>", page, flags=re.MULTILINE
    )


def earlier_record(folder: Path) -> dict[str, bytes]:
    """The record of version 0.1.0, from the results of its own code: chance is all that its bands hold."""
    rows = pd.read_csv(folder / "replicates.csv")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    rows = rows[rows["period"].astype(str).str.fullmatch(r"\d{4}-\d{2}")]
    months = sorted(period for period in set(rows["period"]) if period > EARLIER_KNOWN_TO)
    rows = rows[rows["period"].isin(months)]
    wide = rows.pivot(index=["replicate", "period"], columns=list(Cell._fields), values="value")
    held = {Cell(*column): place for place, column in enumerate(wide.columns)}
    cells = [cell for cell in scored_cells(held, EARLIER_KNOWN_TO) if cell.nationality != REMAINDER]
    members = {
        cell: wide[list(parts)].sum(axis=1, skipna=False).to_numpy().reshape(-1, len(months))
        for cell, parts in with_encounters(cells).items()
    }
    members = {cell: values for cell, values in members.items() if not np.isnan(values).any()}
    contents = Contents(
        chance="20 replicates at 1:50", demand="noise about its mean of a year, in every replicate"
    )
    return record_files(
        EARLIER,
        record_table(members, months, EARLIER_KNOWN_TO, 12, spread_by_error=False),
        scenario="outlook-2024",
        text=manifest["texts"]["outlook-2024"],
        known_to=EARLIER_KNOWN_TO,
        claimed_to=months[-1],
        contents=contents,
        run=run_of(manifest),
        error={},
        notes=[
            "Version 0.1.0 kept no numbers. This record was made later, when the months had come, by running the code "
            "of that version (commit fec21c2) as it was run for the score: the score is the same to every published "
            "digit.",
            "Nationalities are those of version 0.1.0. Its Other held groups that have rows of their own since, and is "
            "left out.",
            "The scenario extends the history of version 0.1.0, to December 2023, which is in that version's files.",
        ],
    )


if __name__ == "__main__":
    main()
