"""The fit as one job: least squares, accepted sets, what the data identify; written to a folder, and into the package.

What a fit needs to be made again lies in its record: months, seed, start and steps.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd

from corridor.experiments.calibration.accepted import accept, identify
from corridor.experiments.calibration.fit import Fit, Tell, fit
from corridor.experiments.calibration.record import write_values
from corridor.experiments.calibration.trial import Setting
from corridor.inputs.parameters.accepted import FILE, fit_record
from corridor.inputs.reading.data_files import DATA_FOLDER
from corridor.inputs.scenarios.request import check_request
from corridor.outputs.files import write_files
from corridor.outputs.observations import last_published
from corridor.outputs.tables import csv_bytes

SETS = 24
DIGITS = 5
CHECKPOINT = "fit.checkpoint"


def calibrate(
    out: Path,
    *,
    until: str | None = None,
    seed: int = 0,
    steps: int = 10,
    again: bool = False,
    resume: bool = False,
    write: bool = False,
    workers: int = 2,
    tell: Tell = lambda _: None,
) -> Fit:
    """Fit history and write `fit.json`, `identified.csv` and `targets.csv` into a folder.

    Parameters
    ----------
    until : str, optional
        Last month that is looked at: the last published one unless given.
    seed : int
        0 starts from the centre of the prior; another number draws the start.
    again : bool
        Make the fit in the package again, from its stored start.
    resume : bool
        Go on from the checkpoint of an interrupted fit in the folder.
    write : bool
        Write what was found into the packaged data.
    """
    until = until or last_published()
    asked = check_request(start=seed, steps=steps, workers=workers)
    seed, steps, workers = asked.values()
    start = None
    if again:
        record = fit_record()
        until, seed, steps = record["setting"]["until"], record["seed"], record["steps"]
        start = lambda unknowns: record["start"]  # noqa: E731
    checkpoint = out / CHECKPOINT
    if not resume:
        checkpoint.unlink(missing_ok=True)
    found = fit(
        Setting(until), seed=0 if again else seed, start=start, steps=steps, workers=workers,
        checkpoint=checkpoint, tell=tell,
    )  # fmt: skip
    sets, rate = accept(found, wanted=SETS, workers=workers)
    tell(f"{len(sets)} parameter sets accepted, {rate:.0%} of those drawn")
    record = record_of(found, sets, steps)
    files = {
        FILE: (json.dumps(record, indent=None) + "\n").encode(),
        "identified.csv": csv_bytes(identified_table(found)),
        "targets.csv": csv_bytes(
            pd.DataFrame(found.by_target, columns=["indicator", "nationality", "loss", "error"])
        ),
    }
    write_files(out, files)
    checkpoint.unlink(missing_ok=True)
    if write:
        write_values(found.values)
        write_files(DATA_FOLDER, {FILE: files[FILE]})
    return found


def record_of(found: Fit, sets: list[dict[str, Any]], steps: int) -> dict[str, Any]:
    """What the package keeps of a fit."""
    return {
        "setting": asdict(replace(found.setting)),
        "seed": found.seed,
        "steps": steps,
        "start": found.start,
        "loss": round(found.loss, 1),
        "data_loss": round(found.data_loss, 1),
        "trials": found.trials,
        "values": _rounded(found.values),
        "accepted": _rounded(sets),
    }


def identified_table(found: Fit) -> pd.DataFrame:
    """What the data say about each unknown, as a table; commas would need quotes, so lists are parted by bars."""
    rows = [
        [each.name, each.value, each.spread, each.kept, " | ".join(each.by), " | ".join(each.trades_with)]
        for each in identify(found)
    ]
    return pd.DataFrame(rows, columns=["unknown", "value", "spread", "kept", "told_by", "trades_with"])


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
