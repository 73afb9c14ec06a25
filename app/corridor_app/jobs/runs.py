"""Ensembles for the page: run once, kept for as long as there is room, never two at a time.

`st.cache_data` cannot show progress from inside, and a visitor who moves a slider again would stop the run half way
and with it the worker processes. So runs happen in a thread of their own, one after another; the page waits and shows
how far the run is. A run that nobody waits for any more is finished and kept if it has begun, and dropped if not.
"""

from __future__ import annotations

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from threading import Lock

import pandas as pd
import streamlit as st

import corridor
from corridor.experiments.branching import states_folder
from corridor_app.choices.changes import PEOPLE_PER_AGENT
from corridor_app.jobs.full_scale import Queue
from corridor_app.jobs.reading import Readers
from corridor_app.jobs.visitors import visitor

KEPT = 24
"""Ensembles kept; one of 20 replicates takes about four megabytes."""

MOST_PREPARED = 1000
"""Scenarios and days of which it is remembered that their states are stored."""

MOST_WAITING = 16
MOST_OF_ONE = 3
"""Jobs that may wait or run at once: of all visitors, and of one (see `corridor_app.jobs.visitors`)."""

POLL_SECONDS = 0.1
"""Seconds between two questions whether a run has ended."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """A scenario's ensemble, and that of what it is compared with."""

    scenario: corridor.Results
    baseline: corridor.Results | None

    @property
    def both(self) -> list[corridor.Results]:
        """Baseline first, as `corridor run` has them."""
        return [self.scenario] if self.baseline is None else [self.baseline, self.scenario]

    def files(self, window: str | None = None) -> dict[str, bytes]:
        """The files that `corridor run` writes, by the names that it gives them.

        Parameters
        ----------
        window
            As `corridor.compare` takes it.
        """
        files = corridor.result_files(self.scenario)
        if self.baseline is not None:
            files |= corridor.compare(self.both, window=window).files()
        return files


class EnsembleRunner:
    """Runs ensembles, one after another, and keeps them; shared by all visitors."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ensembles")
        self._kept: OrderedDict[str, corridor.Results] = OrderedDict()
        self._lock = Lock()
        self._open: Counter[str] = Counter()
        self._prepared: OrderedDict[tuple[str, date], None] = OrderedDict()

    def find(self, key: str) -> corridor.Results | None:
        """An ensemble that is kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def ensembles(
        self, scenarios: Sequence[corridor.Scenario], *, replicates: int, seed: int, progress: Progress
    ) -> list[corridor.Results]:
        """The ensembles of scenarios, run if they are not kept; `progress` is called in the caller's thread.

        Raises
        ------
        CorridorError
            If too many jobs wait, of all visitors or of this one.
        """
        wanted = {run_key(each, replicates, seed): each for each in scenarios}
        found = [self.find(key) for key in wanted]
        if all(each is not None for each in found):
            return [each for each in found if each is not None]
        done: list[tuple[int, int]] = []
        who = visitor()
        self._enter(who)
        job = self._thread.submit(self._run, wanted, replicates, seed, lambda *count: done.append(count))
        job.add_done_callback(lambda _: self._leave(who))  # one that has begun is finished, whoever waits
        try:
            self._wait_for(job, done, progress)
            return job.result()
        finally:
            job.cancel()

    def prepare(self, scenario: corridor.Scenario, *, replicates: int, seed: int, start: date) -> None:
        """Store a scenario's states on a day behind the page, so that the first lever moved from it is quick too.

        Nothing is done where somebody waits for a run, or where it was done before.
        """
        about = (run_key(scenario, replicates, seed), start)
        with self._lock:
            if self._open.total() or about in self._prepared:
                return
            self._prepared[about] = None
            while len(self._prepared) > MOST_PREPARED:
                self._prepared.popitem(last=False)
        self._thread.submit(
            corridor.run_ensembles,
            [scenario],
            replicates=replicates,
            seed=seed,
            people_per_agent=PEOPLE_PER_AGENT,
            branch_on=start,
        )

    def _enter(self, who: str) -> None:
        with self._lock:
            if self._open.total() >= MOST_WAITING:
                raise corridor.CorridorError("the server is busy; try again in a minute")
            if self._open[who] >= MOST_OF_ONE:
                raise corridor.CorridorError(
                    f"{MOST_OF_ONE} runs from this address are not finished; try again in a minute"
                )
            self._open[who] += 1

    def _leave(self, who: str) -> None:
        with self._lock:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]

    @staticmethod
    def _wait_for(job: Future, done: Sequence[tuple[int, int]], progress: Progress) -> None:
        shown = None
        while not wait([job], timeout=POLL_SECONDS).done:
            latest = done[-1] if done else (0, 0)
            if latest != shown:
                progress(*latest)
                shown = latest

    def _run(
        self, wanted: dict[str, corridor.Scenario], replicates: int, seed: int, note: Progress
    ) -> list[corridor.Results]:
        results = {key: self.find(key) for key in wanted}
        missing = [key for key, result in results.items() if result is None]
        if missing:
            made = corridor.run_ensembles(
                [wanted[key] for key in missing],
                replicates=replicates,
                seed=seed,
                people_per_agent=PEOPLE_PER_AGENT,
                progress=note,
            )
            results |= dict(zip(missing, made, strict=True))
            with self._lock:
                self._kept |= zip(missing, made, strict=True)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return [result for result in results.values() if result is not None]


@st.cache_resource(show_spinner=False)
def ensemble_runner() -> EnsembleRunner:
    """The one runner of ensembles of this server."""
    return EnsembleRunner()


@st.cache_resource(show_spinner=False)
def full_scale_queue() -> Queue:
    """The one queue of full-scale jobs of this server."""
    return Queue(states_folder().with_name("full-scale"))


@st.cache_resource(show_spinner=False)
def readers() -> Readers:
    """The processes of this server that read files of visitors."""
    return Readers()


def run_key(scenario: corridor.Scenario, replicates: int, seed: int) -> str:
    """A hash of everything that a run's numbers depend on, besides the code."""
    texts = [each.model_dump_json() for each in scenario.chain]
    return hashlib.sha256("\n".join([*texts, f"{replicates} {seed}"]).encode()).hexdigest()


def run(
    scenario: corridor.Scenario,
    baseline: corridor.Scenario | None,
    *,
    replicates: int,
    seed: int,
    progress: Progress,
) -> Outcome:
    """Run a scenario and its baseline, or take what is kept."""
    scenarios = [scenario] if baseline is None else [baseline, scenario]
    results = ensemble_runner().ensembles(scenarios, replicates=replicates, seed=seed, progress=progress)
    return Outcome(results[-1], None if baseline is None else results[0])


@st.cache_data(max_entries=KEPT, show_spinner=False)
def summarise(key: str, _results: corridor.Results) -> pd.DataFrame:
    """The summary of an ensemble, of whole months only; `key` is its `run_key`."""
    return corridor.projected_summary(_results)
