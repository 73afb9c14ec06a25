"""Runs of results that a finished batch wrote, put back into its store: a batch is extended, not run again."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from corridor.engine.plan import plan_of, report_order
from corridor.experiments.ensemble import Job, unpack
from corridor.experiments.stored_runs import keep_values, run_file
from corridor.foundations.errors import InputError
from corridor.outputs.manifest_checks import read_manifest
from corridor.outputs.results import Results
from corridor.outputs.rows import MANIFEST, Cell
from corridor.outputs.stored_results import identity_of


def take_up(job: Job, packed: Path, key: str, folder: Path, store: Path) -> None:
    """The task of putting the runs of one scenario's results into the store, if they are the same runs.

    Results of governments that bargain are not taken up: what was agreed on the way is not in their numbers.

    Parameters
    ----------
    job
        With this scenario alone.
    packed
        What it was compiled to.
    folder
        Where its results may be.
    """
    drivers = unpack(packed)
    if drivers.bargaining or not (folder / MANIFEST).is_file():
        return
    cells, order = plan_of(drivers).reading.map.cells, tuple(report_order(drivers))
    try:
        if identity_of(read_manifest(folder / MANIFEST)) != identity_of(
            job.describe(0, drivers, cells, [0], [0])
        ):
            return
        results = Results.read(folder)
    except InputError:  # it is run again, and its folder put aside
        return
    columns = [results.index.get(Cell(*row), -1) for row in cells.rows()]
    periods = [results.periods.index(period) if period in results.periods else -1 for period in order]
    nothing = np.pad(results.values, ((0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    for run, (draw, replicate) in enumerate(zip(results.draws, results.replicates, strict=True)):
        file = run_file(store, key, int(replicate))
        if draw == 0 and replicate < job.replicates and not file.exists():
            keep_values(file, nothing[run][np.ix_(periods, columns)])
