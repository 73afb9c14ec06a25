"""A Dask scheduler in place of the process pool: the same tasks, on as many machines as it has workers.

Only `corridor batch --scheduler` comes here, and Dask is imported only then. Workers import this package and read and
write the folder of the results, so both must be there for all of them. What a task returns does not depend on where it
runs, so neither do the bytes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

from corridor.foundations.errors import RunError
from corridor.foundations.extras import need
from corridor.outputs.manifest import code_hash

ANSWER_WITHIN = 10  # seconds for the scheduler to answer
LOOK_EVERY = 1  # seconds, for workers, while nothing is finished
TELL_AFTER, WAIT_AT_MOST = 3, 600  # seconds without any worker
RETRIES = 3  # of a task that raised; one whose worker is lost is given to another by Dask

_one_at_a_time = threading.Lock()

Tell = Callable[[str], None]


@contextmanager
def connected(address: str, tell: Tell = lambda _: None) -> Iterator[Callable[..., list[Any]]]:
    """The function that runs tasks on a scheduler, as `workers.run_tasks` does here; arguments: see `_run_tasks`.

    Parameters
    ----------
    address
        As the scheduler prints it, such as `tcp://127.0.0.1:8786`.
    tell
        Called with a sentence when the scheduler has had no worker for `TELL_AFTER` seconds.

    Raises
    ------
    MissingExtra
        If Dask is not installed.
    RunError
        If no scheduler answers at the address, or it has no worker for `WAIT_AT_MOST` seconds.
    """
    need("cluster", "a Dask scheduler")
    from distributed import Client

    try:
        client = Client(address, timeout=ANSWER_WITHIN, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunError(f"no Dask scheduler answers at {address}: {reason}") from None
    with client:

        def run(function, tasks, *, done=None):
            return _run_tasks(client, function, tasks, done, _Absence(client, address, tell))

        yield run


def run_here(function: Callable[..., Any], task: tuple, code: str) -> Any:
    """What a worker does: a task, one at a time in a process however many threads it has.

    Raises
    ------
    RunError
        If the worker has other code than `code`, or does not see the files of the task.
    """
    if code_hash() != code:
        raise RunError("a worker has another version of Corridor: its numbers could differ")
    try:
        with _one_at_a_time:
            return function(*task)
    except FileNotFoundError as error:
        raise RunError(
            f"a worker does not find {error.filename}: --out must be a folder that all workers share"
        ) from None


class _Absence:
    """How long a scheduler has been without workers: told, and borne for a while."""

    def __init__(self, client: Any, address: str, tell: Tell):
        self._client, self._address, self._tell = client, address, tell
        self._since: float | None = None
        self._is_told = False

    def look(self) -> None:
        """Tell the caller, once each time, that there is no worker.

        Raises
        ------
        RunError
            If there has been none for too long.
        """
        now = time.monotonic()
        if self._client.status != "running" or self._client.nthreads():
            self._since, self._is_told = None, False  # a scheduler that is lost ends all that waits for it
            return
        self._since = now if self._since is None else self._since
        how = f"start one: dask worker {self._address} --nthreads 1"
        if now - self._since >= WAIT_AT_MOST:
            raise RunError(f"the Dask scheduler had no worker for {WAIT_AT_MOST} seconds; {how}")
        if now - self._since >= TELL_AFTER and not self._is_told:
            self._is_told = True
            self._tell(
                f"no worker has joined the Dask scheduler at {self._address}; {how} "
                f"(waiting for {WAIT_AT_MOST // 60} minutes; Ctrl-C ends)"
            )


def _run_tasks(
    client: Any,
    function: Callable[..., Any],
    tasks: Sequence[tuple],
    done: Callable[[int], None] | None,
    absence: _Absence,
) -> list[Any]:
    """As `workers.run_tasks`: results in the order of the tasks, `done` called in this thread."""
    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    # Not pure: the value of a task is the file that it writes, so an earlier answer must not stand for it.
    code = code_hash()
    futures = [
        client.submit(run_here, function, task, code, pure=False, retries=RETRIES, priority=-number)
        for number, task in enumerate(tasks)
    ]
    finished: SimpleQueue = SimpleQueue()
    for future in futures:
        future.add_done_callback(finished.put)
    results = {}
    try:
        for number in range(1, len(futures) + 1):
            future = _next_of(finished, absence)
            results[future.key] = _result_of(future, absence)
            if done:
                done(number)
        return [results[future.key] for future in futures]
    except KilledWorker:
        raise RunError("a run was lost with every worker that tried it (out of memory?)") from None
    except (CancelledError, CommClosedError):  # lost between two results, or while one was on its way
        raise RunError("the Dask scheduler was lost; finished runs are kept: use --resume") from None


def _next_of(finished: SimpleQueue, absence: _Absence) -> Any:
    """The next future that is finished."""
    while True:
        try:
            return finished.get(timeout=LOOK_EVERY)
        except Empty:
            absence.look()


def _result_of(future: Any, absence: _Absence) -> Any:
    """What a finished task returned; it is done again if the worker that held it is lost."""
    while True:
        try:
            return future.result(timeout=LOOK_EVERY)
        except TimeoutError:
            if future.status == "error":  # it is what the task raised
                raise
            absence.look()
