"""Ensembles: replicates of scenarios, in one process or several, with the same bytes either way.

In the flow: Scenario -> Policy -> Drivers (once a scenario), then one task a replicate, and the Recordings
gathered in the order of the replicates, whatever the order in which they finished.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor.experiments.branching import (
    Branch,
    is_kept,
    job_folder,
    keep,
    no_job_folder,
    prune,
    resume,
    shared_branches,
)
from corridor.experiments.memory import refuse_too_large
from corridor.experiments.workers import count_workers, expect_workers, gather, run_tasks
from corridor.foundations.errors import InputError, Problem
from corridor.inputs.compiling.drivers import Drivers, compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.accepted import values_of_draw
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.scenarios.request import check_request
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import ScenarioData, load_scenario
from corridor.outputs.deals import deals_table
from corridor.outputs.fates import fates_table
from corridor.outputs.manifest import describe_run
from corridor.outputs.results import Results

if TYPE_CHECKING:
    from corridor.engine.recording.cells import Cells
    from corridor.engine.recording.recorder import Recording

TEXTS_KEPT = 100
FULL_SCALE = 1
#: Called with (replicates done, replicates in all).
Progress = Callable[[int, int], None]

_kernel_is_compiled = False
_texts: dict[str, str] = {}


def run_ensemble(
    scenario: Scenario | ScenarioData | str | Path,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    people_per_agent: int | None = None,
    workers: int | None = None,
    daily: bool = False,
    fates: bool = False,
    draws: int = 0,
    check_every: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Results:
    """Run one scenario; everything as in `run_ensembles`, which runs several as one job."""
    return run_ensembles(
        [scenario],
        replicates=replicates,
        seed=seed,
        people_per_agent=people_per_agent,
        workers=workers,
        daily=daily,
        fates=fates,
        draws=draws,
        check_every=check_every,
        executor=executor,
        progress=progress,
    )[0]


def run_ensembles(
    scenarios: Sequence[Scenario | ScenarioData | str | Path],
    *,
    replicates: int | None = None,
    seed: int | None = None,
    people_per_agent: int | None = None,
    workers: int | None = None,
    daily: bool = False,
    fates: bool = False,
    draws: int = 0,
    branching: bool = True,
    check_every: int = 0,
    branch_on: date | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Results]:
    """Run scenarios with the same seed, replicates and scale, so that they can be compared.

    Parameters
    ----------
    scenarios
        Scenarios, names of scenarios, paths of their files, or what a file would say as a mapping.
    replicates, seed, people_per_agent
        None: as `run:` of the first scenario says, or of the nearest that it extends. At full scale
        (people_per_agent 1) None means 1 replicate.
    workers
        Processes to use; None: two, or fewer where there are fewer processors or replicates, and one in a process that
        is itself a worker of some pool. The numbers do not depend on it.
    daily
        Report days besides months and years.
    fates
        Keep how every journey ended (`Results.fates`). Such runs start on the first day.
    draws
        Accepted parameter sets besides the central one, each run with all replicates: uncertainty about parameters
        beside that of chance.
    branching
        Start scenarios from stored states of the past that they share with others. The numbers do not depend on it.
    check_every
        Days between two looks at whether people, stocks and shares can be as they are (`corridor.engine.guards`); 0 for
        none. Such runs start on the first day.
    branch_on
        A day whose states are stored besides: scenarios that differ from these only from it on are quick then.
    executor
        In place of workers of our own: any executor of `concurrent.futures`, such as Dask's `client.get_executor()`,
        joblib's or an MPI pool. Its workers must import this package and see the temporary folder of this process. It
        is left running.
    progress
        Called in this thread after each replicate.

    Returns
    -------
    Results in the order of the scenarios.

    Raises
    ------
    InputError
        If a scenario cannot be loaded, memory is too small, more than one worker is asked for in a process that may
        start none, or both `workers` and `executor` are given; nothing has run then.
    RunError
        If a run fails.
    """
    if executor is not None and workers is not None:
        message = "say either how many processes to start, or whose to use, not both"
        raise InputError([Problem("workers, executor", 0, 0, "workers", message)])
    check_every = check_request(check_every=check_every)["check_every"]
    job = prepare(
        scenarios,
        replicates=replicates,
        seed=seed,
        people_per_agent=people_per_agent,
        workers=workers if executor is None else 1,
        daily=daily,
        fates=fates,
        draws=draws,
    )
    drivers = [job.compile(number) for number in range(len(job.scenarios))]
    run_all = partial(run_tasks, workers=job.workers) if executor is None else partial(gather, executor)
    if job.workers > 1 or executor is not None:
        load_kernel(drivers[0])
    done = None if progress is None else lambda number: progress(number, job.total)
    with job_folder() as folder:
        packed = [folder / str(number) for number in range(len(drivers))]
        for file, each in zip(packed, drivers, strict=True):
            pack(file, each)
        branches = [(None, ())] * len(packed)
        if branching and not fates and not check_every:
            branches = shared_branches(drivers, branch_on)
        order = sorted(range(len(packed)), key=lambda number: branches[number][0] is not None)
        runs = [(number, replicate) for number in order for replicate in range(job.replicates)]
        tasks = [
            (packed[number], job.seed, replicate, *branches[number], fates, check_every)
            for number, replicate in runs
        ]
        recordings = dict(zip(runs, run_all(simulate, tasks, done=done), strict=True))
    prune()
    sets = draws + 1
    return [
        job.gather(
            first,
            drivers[first],
            [recordings[number, r] for number in range(first, first + sets) for r in range(job.replicates)],
        )
        for first in range(0, len(packed), sets)
    ]


@dataclass(frozen=True)
class Job:
    """Scenarios that are run together, with what they share.

    Attributes
    ----------
    scenarios : one a scenario and parameter set, the sets of a scenario together
    draws : accepted parameter sets besides the central one
    """

    scenarios: tuple[Scenario, ...]
    replicates: int
    seed: int
    people_per_agent: int
    workers: int
    daily: bool = False
    fates: bool = False
    draws: int = 0

    @property
    def total(self) -> int:
        """Number of runs."""
        return len(self.scenarios) * self.replicates

    def part(self, number: int) -> Job:
        """The same job with one of its scenarios."""
        return replace(self, scenarios=(self.scenarios[number],))

    def compile(self, number: int) -> Drivers:
        """What the engine reads of one scenario. A scenario's own overrides hold in every draw."""
        policy = resolve(self.scenarios[number])
        values = values_of_draw(number % (self.draws + 1))
        parameters = load_parameters({**values, **policy.overrides})
        return compile_drivers(policy, parameters, people_per_agent=self.people_per_agent, daily=self.daily)

    def gather(self, number: int, drivers: Drivers, recordings: Sequence[Recording]) -> Results:
        """Results of one scenario from its recordings, in the order of the replicates; `drivers` of its first set."""
        scenario, timeline = self.scenarios[number], drivers.timeline
        each = len(recordings) // (self.draws + 1)
        replicates = [run % each for run in range(len(recordings))]
        draws = [run // each for run in range(len(recordings))]
        manifest = self.describe(number, drivers, recordings[0].cells, draws, replicates)
        kept = fates_table(drivers, recordings, draws, replicates) if self.fates else None
        deals = None
        if drivers.bargaining:
            deals = deals_table(scenario.name, timeline, recordings, draws, replicates)
        return Results.from_recordings(
            scenario.name,
            recordings,
            draws=draws,
            replicates=replicates,
            manifest=manifest,
            fates=kept,
            deals=deals,
        )

    def describe(
        self, number: int, drivers: Drivers, cells: Cells, draws: Sequence[int], replicates: Sequence[int]
    ) -> dict[str, Any]:
        """The manifest of one scenario's runs."""
        scenario, timeline = self.scenarios[number], drivers.timeline
        return describe_run(
            {each.name: _text_of(each) for each in scenario.chain},
            scenario=scenario.name,
            baseline=scenario.baseline_name,
            parameters_hash=drivers.parameters.hash,
            cells=list(
                zip(cells.indicator, cells.place, cells.nationality, cells.party, cells.unit, strict=True)
            ),
            start=timeline.start.isoformat(),
            report_from=timeline.report_from.isoformat(),
            end=timeline.end.isoformat(),
            seed=self.seed,
            replicates=replicates,
            draws=draws,
            people_per_agent=self.people_per_agent,
            daily=self.daily,
            fates=self.fates,
        )


def prepare(
    scenarios: Sequence[Scenario | ScenarioData | str | Path],
    *,
    replicates: int | None = None,
    seed: int | None = None,
    people_per_agent: int | None = None,
    workers: int | None = None,
    daily: bool = False,
    fates: bool = False,
    draws: int = 0,
    kept: int | None = None,
) -> Job:
    """Load the scenarios of a job and settle what they share; arguments as for `run_ensembles`.

    Worker processes begin to import the engine meanwhile, if there will be any.

    Parameters
    ----------
    kept
        Scenarios whose results are in memory at once; None: all.

    Raises
    ------
    InputError
        If a scenario cannot be loaded, or the job does not fit the memory that is free.
    """
    asked = check_request(
        replicates=replicates, seed=seed, people_per_agent=people_per_agent, workers=workers, draws=draws
    )
    loaded = [each if isinstance(each, Scenario) else load_scenario(each) for each in scenarios]
    run = loaded[0].run_settings
    replicates, seed, workers = asked["replicates"], asked["seed"], asked["workers"]
    scale, draws = asked["people_per_agent"], 0 if draws is None else asked["draws"]
    people_per_agent = run.people_per_agent if scale is None else int(scale)
    if replicates is None:
        replicates = 1 if people_per_agent == FULL_SCALE else run.replicates
    size = {"replicates": replicates, "people_per_agent": people_per_agent, "draws": draws}
    processes = count_workers(len(loaded) * (draws + 1) * replicates, workers)
    refuse_too_large(loaded, kept=kept, workers=processes, daily=daily, fates=fates, **size)
    loaded = [scenario for scenario in loaded for _ in range(draws + 1)]
    workers = count_workers(len(loaded) * replicates, workers)
    if workers > 1:
        expect_workers()
    seed = run.seed if seed is None else seed
    return Job(tuple(loaded), replicates, seed, people_per_agent, workers, daily, fates, draws)


def pack(file: Path, drivers: Drivers) -> None:
    """Store drivers for the tasks that run them: they are several megabytes, too many for every task.

    Raises
    ------
    RunError
        If they cannot be written.
    FileNotFoundError
        If somebody deleted the folder.
    """
    content = pickle.dumps(drivers, protocol=pickle.HIGHEST_PROTOCOL)
    try:
        file.write_bytes(content)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise no_job_folder(file.parent.parent, error) from None


def simulate(
    drivers: Path,
    seed: int,
    replicate: int,
    start: Branch | None = None,
    leaves: tuple[Branch, ...] = (),
    fates: bool = False,
    check_every: int = 0,
) -> Recording:
    """Run one replicate: the task of a worker. Drivers lie in a file, which a worker reads once.

    Parameters
    ----------
    drivers
        Their file; the name of its folder names the job.
    start
        Where the run may go on from a stored state.
    leaves
        States to store on the way, unless they are there.
    fates
        Keep how every journey ended.
    check_every
        Days between two looks of the guards; 0 for none.
    """
    from corridor.engine.simulation import Simulation

    simulation = Simulation(
        unpack(drivers), seed=seed, replicate=replicate, keep_fates=fates, check_every=check_every
    )
    if start:
        resume(simulation, start, seed, replicate)
    for branch in leaves:
        if branch.day > simulation.today and not is_kept(branch, seed, replicate):
            simulation.run_until(branch.day)
            keep(simulation, branch, seed, replicate, job=drivers.parent.name)
    recording = simulation.run()
    simulation.release_institutions()
    return recording


@lru_cache(maxsize=8)
def unpack(file: Path) -> Drivers:
    """What `pack` stored; a process reads it once."""
    return pickle.loads(file.read_bytes())


def load_kernel(drivers: Drivers) -> None:
    """Let this process compile the engine, or load what is cached, so that the workers need not at once."""
    from corridor.engine.simulation import Simulation

    global _kernel_is_compiled
    if not _kernel_is_compiled:
        Simulation(drivers).step()
        _kernel_is_compiled = True


def _text_of(scenario: Scenario) -> str:
    """The text of a scenario for its manifest; the long one of history is written once a process.

    What a scenario is compared with changes none of its numbers, so it is left out, and kept beside the texts.
    """
    key = scenario.model_dump_json()
    if key not in _texts:
        if len(_texts) >= TEXTS_KEPT:
            _texts.clear()
        _texts[key] = scenario.model_copy(update={"baseline": None}).to_yaml()
    return _texts[key]
