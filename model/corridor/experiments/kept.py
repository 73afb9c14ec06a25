"""Ensembles whose finished runs are kept in a bounded folder, so that one that is stopped loses only the run at hand.

A run is found by a hash of all that its numbers depend on (code, drivers of every day, seed, replicate), or not at
all. So what several jobs ask for, a baseline above all, is run once. One process, one run after another, replicate by
replicate through all scenarios; numbers are those of `run_ensembles`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from corridor.experiments.branching import job_folder
from corridor.experiments.ensemble import Progress, prepare
from corridor.experiments.stored_runs import Finished, finish_run, pack_scenario, read_run, run_file
from corridor.foundations.errors import RunError
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import ScenarioData
from corridor.outputs.files import prune_folder
from corridor.outputs.results import Results


def run_kept(
    scenarios: Sequence[Scenario | ScenarioData | str | Path],
    store: Path,
    *,
    replicates: int,
    seed: int | None = None,
    people_per_agent: int | None = None,
    limit_bytes: int,
    progress: Progress | None = None,
) -> list[Results]:
    """Run scenarios, or take from the store what is finished; memory is that of one run.

    Parameters
    ----------
    scenarios, replicates, seed, people_per_agent
        As for `run_ensembles`.
    store
        Folder of finished runs, 0.2 MB each for `history`; made if it is not there. Several processes may share it.
    limit_bytes
        Size that the folder may have; what was used longest ago goes. The runs of this job stay, whatever they take.
    progress
        Called in this thread with what is kept already, then after each run.

    Returns
    -------
    Results in the order of the scenarios.

    Raises
    ------
    InputError
        If a scenario cannot be loaded; nothing has run then.
    RunError
        If a run fails, or there is no room for it; finished runs stay in the store.
    """
    job = prepare(
        scenarios, replicates=replicates, seed=seed, people_per_agent=people_per_agent, workers=1, daily=False
    )
    store.mkdir(parents=True, exist_ok=True)
    with job_folder() as folder:
        packed = [folder / str(number) for number in range(len(job.scenarios))]
        keys = [pack_scenario(job.part(number), file)[0] for number, file in enumerate(packed)]
        order = [(replicate, number) for replicate in range(job.replicates) for number in range(len(keys))]
        files = {each: run_file(store, keys[each[1]], each[0]) for each in order}
        missing = [each for each in order if not _touch(files[each])]
        prune_folder(store, limit_bytes, spare=files.values())
        done = job.total - len(missing)
        if progress:
            progress(done, job.total)
        for replicate, number in missing:
            problem = finish_run(files[replicate, number], packed[number], job.seed, replicate)
            if problem is not None:
                raise RunError(f"{job.scenarios[number].name}, replicate {replicate}: {problem[1]}")
            done += 1
            if progress:
                progress(done, job.total)
            prune_folder(store, limit_bytes, spare=files.values())
        return [
            Finished(job.part(number), packed[number], keys[number], store).results()
            for number in range(len(keys))
        ]


def _touch(file: Path) -> bool:
    """Whether a sound run is stored; it counts as used now. One that is damaged goes."""
    if read_run(file) is None:
        file.unlink(missing_ok=True)
        return False
    os.utime(file)
    return True
