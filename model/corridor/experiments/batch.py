"""Batches: many scenarios as one job that survives a kill, a failed run and a full disk.

Each finished run is flushed at once to a store in the results folder, under a hash of everything that it depends on; a
resumed batch takes from there what is done. Runs are interleaved, a few replicates of each scenario at a time, so that
what is finished can be compared early. The workers also compile the scenarios before, and gather and write their
results after, one scenario a task, so memory does not grow with their number, and the bytes are those of
`corridor run`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from corridor.experiments.batch_runs import ROUND, Runs
from corridor.experiments.branching import job_folder, prune
from corridor.experiments.cluster import Tell, connected
from corridor.experiments.compare import (
    COMPARE,
    HEADLINE,
    PACKAGE,
    PACKAGE_TITLE,
    RANKED,
    Comparison,
    compare,
    replaced,
)
from corridor.experiments.ensemble import Job, Progress, load_kernel, prepare
from corridor.experiments.finished_results import take_up
from corridor.experiments.held_runs import HeldRuns
from corridor.experiments.projection import result_files
from corridor.experiments.shared_windows import (
    check_window,
    choose_window,
    first_difference,
    pair_during,
)
from corridor.experiments.stored_runs import (
    ATTEMPTS,
    STORE,
    Finished,
    LostRunError,
    no_room,
)
from corridor.experiments.workers import run_tasks
from corridor.foundations.errors import RunError
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.retired import name_hint
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import ScenarioData
from corridor.outputs.datapackage import DATAPACKAGE, datapackage
from corridor.outputs.files import refusal, write_files
from corridor.outputs.locks import locked
from corridor.outputs.results import Results
from corridor.outputs.rows import MANIFEST, Cell
from corridor.outputs.spreadsheets import too_long, too_long_in_words
from corridor.outputs.stored_results import make_way
from corridor.outputs.tables import csv_bytes

FAILURES = "failures.csv"
KEPT = 4  # scenarios whose results are in memory at once: one and its baseline, in each of two processes
NOTHING = 0.001  # of the baseline: a difference that need not be known better


@dataclass(frozen=True)
class Failure:
    """A run that could not be finished: at which stage, and why."""

    scenario: str
    replicate: int
    stage: str
    message: str


@dataclass(frozen=True)
class Batch:
    """What came of a batch.

    Attributes
    ----------
    written : names of the scenarios whose results are whole, in order
    ranking : rows of `Comparison.ranking` of all pairs, or None where there is none
    window : name of the days that the ranking is about, the same for all; empty where there is no ranking
    failures : runs that could not be finished; their scenarios are not written
    notes : what a reader of the ranking should know, as `Comparison.notes`
    reused : runs that an earlier, interrupted batch had finished
    """

    written: tuple[str, ...]
    ranking: pd.DataFrame | None
    window: str
    failures: tuple[Failure, ...]
    reused: int
    notes: tuple[str, ...] = ()


def run_batch(
    scenarios: Sequence[Scenario | ScenarioData | str | Path],
    out: Path,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    people_per_agent: int | None = None,
    workers: int | None = None,
    resume: bool = False,
    until: float | None = None,
    by: str = "encounters_usbp",
    window: str | None = None,
    csv: bool = False,
    scheduler: str | None = None,
    progress: Progress | None = None,
    tell: Tell = lambda _: None,
) -> Batch:
    """Run scenarios and write `out/NAME/`, `out/{compare,headline}.csv` and, if runs failed, `out/failures.csv`.

    Parameters
    ----------
    scenarios, replicates, seed, people_per_agent, workers, progress
        As for `run_ensembles`.
    until
        Stop before all replicates when the 95% interval of the mean paired difference in `by`, over the window of the
        ranking, is for every scenario within this share of the difference either way (or within a thousandth of the
        baseline). Looked at every `ROUND` replicates; a difference that cannot be told settles nothing.
    by
        Indicator of the ranking, and of `until`.
    window
        Days that the ranking is about, for all scenarios, as for `compare`.
    csv
        Write the replicates as CSV files, as `corridor run` does, and not as one Parquet file a scenario.
    resume
        Take runs that are finished from the store of an earlier batch, or from results that it wrote (fewer replicates
        of the same are added to); without it they are run again.
    scheduler
        Address of a Dask scheduler whose workers run the batch; they share the folder `out`. None: processes here.
    tell
        Called with a sentence for whoever waits: that the scheduler has no worker.

    Raises
    ------
    InputError
        If a scenario cannot be loaded, or nothing can be ranked by `by`; nothing has run then.
    RunError
        If the scheduler does not answer; nothing has run then. If it has no worker for ten minutes, there is no room
        for what is finished, or a worker process dies; finished runs stay in the store.
    """
    if by not in INDICATORS:
        raise refusal("--by", f"unknown indicator {by!r}{name_hint('indicator', by, INDICATORS)}")
    if not INDICATORS[by].has_total:
        raise refusal(
            "--by", f"{by} is reported by {INDICATORS[by].place} only, and a ranking goes by a total"
        )
    job = prepare(
        scenarios,
        replicates=replicates,
        seed=seed,
        people_per_agent=people_per_agent,
        workers=workers if scheduler is None else 1,
        daily=False,
        kept=KEPT,
    )
    check_window({each.name: each.timeline for each in job.scenarios}, window)
    store = out.absolute() / STORE  # workers elsewhere have folders of their own to start from

    pool = (
        nullcontext(partial(run_tasks, workers=job.workers))
        if scheduler is None
        else connected(scheduler, tell)
    )
    with locked(out), pool as run, HeldRuns() as held:
        if not resume:
            shutil.rmtree(store, ignore_errors=True)
        store.mkdir(parents=True, exist_ok=True)
        with job_folder(None if scheduler is None else store) as folder:
            if job.workers > 1:
                load_kernel(job.compile(0))
            runs = Runs(run, job, store, [folder / str(number) for number in range(len(job.scenarios))], held)
            runs.pack()
            if resume:
                tasks = [
                    (
                        job.part(number),
                        file,
                        runs.keys[number],
                        out.absolute() / job.scenarios[number].name,
                        store,
                    )
                    for number, file in enumerate(runs.files)
                ]
                run(take_up, tasks)
            finished = 0
            while finished < job.replicates and not _settled(
                replace(job, replicates=finished), runs.files, runs.keys, store, by, window, until
            ):
                last = job.replicates if until is None else min(job.replicates, finished + ROUND)
                runs.finish(finished, last, progress)
                runs.mend()
                finished = last
            prune()
            job = replace(job, replicates=finished)
            failures = [
                Failure(job.scenarios[number].name, replicate, *problem)
                for (number, replicate), problem in runs.said.items()
                if problem is not None
            ]
            failed = {failure.scenario for failure in failures}
            try:
                written, ranking, notes = _write_whole(runs, job, out, failed, by, window, not csv)
                if failures:
                    write_files(out, {FAILURES: failures_csv(failures)})
                else:
                    (out / FAILURES).unlink(missing_ok=True)
                    shutil.rmtree(store, ignore_errors=True)
            except OSError as error:
                raise no_room(out, error) from None
    if runs.restored:
        notes = (*notes, f"{out} was deleted meanwhile: what was finished is written again")
    name = "" if ranking is None or ranking.empty else str(ranking["window"].iloc[0])
    return Batch(written, ranking, name, tuple(failures), runs.reused, notes)


def _write_whole(
    runs: Runs, job: Job, out: Path, failed: set[str], by: str, window: str | None, wide: bool
) -> tuple[tuple[str, ...], pd.DataFrame | None, tuple[str, ...]]:
    """Write all results, again where somebody deletes the folder meanwhile, until all of them are there.

    Raises
    ------
    RunError
        If they are deleted again and again.
    """
    for _ in range(ATTEMPTS):
        runs.mend()
        try:
            written, ranking, notes = _write(
                runs.run, job, runs.files, runs.keys, out, failed, by, window, wide
            )
        except (LostRunError, FileNotFoundError):
            continue
        wanted = [out / name / MANIFEST for name in written]
        wanted += [] if ranking is None else [out / COMPARE, out / HEADLINE]
        if all(file.exists() for file in wanted):
            return written, ranking, notes
    kept = "what is finished stays in it: use --resume" if runs.store.exists() else "nothing could be kept"
    raise RunError(f"{out} is deleted again and again while it is written; {kept}")


def failures_csv(failures: Sequence[Failure]) -> bytes:
    """The content of failures.csv; commas and quotes of messages become spaces, as no field is quoted."""
    columns = {
        name: [getattr(failure, name) for failure in failures] for name in Failure.__dataclass_fields__
    }
    columns["message"] = ["".join(" " if c in ',"\n\r' else c for c in text) for text in columns["message"]]
    return csv_bytes(pa.table(columns))


def sweep_tables(swept: Sequence[tuple[Scenario, Scenario, tuple[float, ...]]]) -> dict[str, bytes]:
    """NAME-points.csv of each scenario with a sweep: a row a variant, with the value of each thing varied."""
    files = {}
    for given in {scenario.name: scenario for scenario, _, point in swept if point}.values():
        rows = [(variant.name, point) for scenario, variant, point in swept if scenario is given]
        assert given.sweep is not None
        columns = {"scenario": [name for name, _ in rows]}
        columns |= {
            each.name: pa.array([point[at] for _, point in rows], pa.float64())
            for at, each in enumerate(given.sweep.over)
        }
        files[f"{given.name}-points.csv"] = csv_bytes(pa.table(columns))
    return files


def _settled(
    job: Job,
    files: Sequence[Path],
    keys: Sequence[str],
    store: Path,
    by: str,
    window: str | None,
    until: float | None,
) -> bool:
    """Whether the mean difference of every scenario is known well enough, over the window of the ranking to come."""
    if until is None or job.replicates < ROUND:
        return False
    finished = {
        scenario.name: Finished(job.part(number), files[number], keys[number], store)
        for number, scenario in enumerate(job.scenarios)
    }
    pairs, begins, read = [], [], {}
    for each in sorted(finished.values(), key=lambda each: each.scenario.baseline_name or ""):
        against = each.scenario.baseline_name or ""
        if against not in finished:
            continue
        try:
            if (
                against not in read
            ):  # scenarios come in the order of their baselines: one is in memory at once
                read = {against: finished[against].results()}
            after = each.results()
        except LostRunError:
            continue  # failed: nothing to wait for
        pairs.append((read[against].only([Cell(by)]), after.only([Cell(by)])))
        begins.append(first_difference(read[against], after))
    days = choose_window(pairs, window, begins)
    if days is None:
        return True  # nothing to be ranked by: more runs tell no more
    for before, after in pairs:
        was, now = (values[:, 0] for values in pair_during(before, after, days, [Cell(by)]))
        difference = now - was
        half = 1.96 * difference.std(ddof=1) / np.sqrt(len(difference))
        if not half <= max(until * abs(difference.mean()), NOTHING * abs(was.mean())):
            return False  # too wide, or not known
    return True


def _write(
    run: Callable[..., list],
    job: Job,
    files: Sequence[Path],
    keys: Sequence[str],
    out: Path,
    failed: set[str],
    by: str,
    window: str | None,
    wide: bool,
) -> tuple[tuple[str, ...], pd.DataFrame | None, tuple[str, ...]]:
    """Gather and write the scenarios that are whole, each as a task; only a few are in memory at any time."""
    store = out.absolute() / STORE
    whole = {
        scenario.name: Finished(job.part(number), files[number], keys[number], store)
        for number, scenario in enumerate(job.scenarios)
        if scenario.name not in failed
    }
    tasks = [
        (each, whole.get(each.scenario.baseline_name or ""), out.absolute(), by, window, wide)
        for each in whole.values()
    ]
    said = dict(zip(whole, run(write_scenario, tasks), strict=True))
    compared = {name: each for name, each in said.items() if each.parts}
    notes = tuple(note for each in said.values() for note in each.notes)
    long = [(out / path).as_posix() for each in said.values() for path in each.long]
    if not compared:
        return tuple(whole), None, (*notes, *filter(None, [too_long_in_words(long)]))
    earlier = replaced(out, set(compared))
    names = dict.fromkeys(name for each in compared.values() for name in each.parts)
    joined = {
        name: _Joined([each.parts[name] for each in compared.values() if name in each.parts])
        for name in names
    }
    write_files(out, joined)
    heads = {
        name: next(each.parts[name] for each in compared.values() if name in each.parts) for name in names
    }
    described = {name: part.read_bytes() for name, part in heads.items()}
    write_files(out, {DATAPACKAGE: datapackage(PACKAGE, PACKAGE_TITLE, described)})
    baselines = {name: whole[name].scenario.baseline_name or "" for name in compared}
    pairs = tuple((said[baselines[name]].ranked, each.ranked) for name, each in compared.items())
    begins = [each.differs for each in compared.values()]
    comparison = Comparison(pairs, asked=choose_window(pairs, window, begins))
    notes = (*notes, *filter(None, (earlier, too_long_in_words([*long, *too_long(out, joined)]))))
    if comparison.asked is None:
        notes = (*notes, "the scenarios have no month in common, so they are not ranked")
        return tuple(whole), pd.DataFrame(columns=list(RANKED)), notes
    return tuple(whole), comparison.ranking(by), notes


@dataclass(frozen=True)
class Written:
    """What is known of a scenario after its folder is written.

    Attributes
    ----------
    ranked : its results, of the indicator of the ranking alone
    parts : name of each file of the comparison -> its part of it, in the store; none without a baseline
    differs : first day on which it differs from its baseline
    notes : as `Comparison.notes`
    long : paths below the folder of files that a spreadsheet does not open whole
    """

    ranked: Results
    parts: Mapping[str, Path] = field(default_factory=dict)
    differs: date | None = None
    notes: tuple[str, ...] = ()
    long: tuple[str, ...] = ()


def write_scenario(
    finished: Finished, baseline: Finished | None, out: Path, by: str, window: str | None, wide: bool
) -> Written:
    """The task of writing a scenario's folder; `wide`: replicates as Parquet.

    Raises
    ------
    RunError
        If a stored run is damaged, or there is no room.
    InputError
        If the scenario and its baseline do not both report the window.
    """
    results = finished.results()
    ranked, files = results.only([Cell(by)]), result_files(results, wide=wide)
    try:
        way = make_way(out / finished.scenario.name, results.manifest, files)
        if way.write:
            write_files(out / finished.scenario.name, files)
        for stale in way.stale:
            stale.unlink(missing_ok=True)
        told = (way.note,) if way.note else ()
        long = tuple(too_long(finished.scenario.name, files)) if way.write else ()
        if baseline is None:
            return Written(ranked, notes=told, long=long)
        before = _baseline_results(baseline)
        comparison = compare([before, results], baseline=baseline.scenario.name, window=window)
        parts = {}
        for name, content in comparison.files().items():
            parts[name] = finished.store / f"{finished.scenario.name}.{name}"
            parts[name].write_bytes(content)
    except OSError as error:
        raise no_room(out, error) from None
    return Written(ranked, parts, comparison.begins[0], (*told, *comparison.notes), long)


_baselines: dict[Path, Results] = {}


def _baseline_results(finished: Finished) -> Results:
    """Results of a baseline; a process keeps the last one, as most scenarios of a batch have the same."""
    if finished.drivers not in _baselines:
        _baselines.clear()
        _baselines[finished.drivers] = finished.results()
    return _baselines[finished.drivers]


@dataclass(frozen=True)
class _Joined:
    """The rows of parts of one table, under the head of the first; they may be asked for again."""

    parts: Sequence[Path]

    def __iter__(self) -> Iterator[bytes]:
        for number, part in enumerate(self.parts):
            head, rows = part.read_bytes().split(b"\n", 1)
            yield head + b"\n" + rows if number == 0 else rows
