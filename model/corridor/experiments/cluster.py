"""A Dask scheduler in place of the process pool: the same tasks, on as many machines as it has workers.

Only `corridor batch --scheduler` comes here, and Dask is imported only then. Workers import this package and read and
write the folder of the results, so both must be there for all of them. What a task returns does not depend on where it
runs, so neither do the bytes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any

from corridor.foundations.errors import RunError
from corridor.outputs.manifest import code_hash

ANSWER_WITHIN = 10  # seconds for the scheduler to answer
RETRIES = 3  # of a task that raised; one whose worker is lost is given to another by Dask

_one_at_a_time = threading.Lock()


@contextmanager
def connected(address: str) -> Iterator[Callable[..., list[Any]]]:
    """The function that runs tasks on a scheduler, as `workers.run_tasks` does here; arguments: see `_run_tasks`.

    Parameters
    ----------
    address
        As the scheduler prints it, such as `tcp://127.0.0.1:8786`.

    Raises
    ------
    RunError
        If Dask is not installed, or no scheduler answers at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        raise RunError(
            "a scheduler needs Dask (the extra `cluster`): pip install 'dask[distributed]'"
        ) from None
    try:
        client = Client(address, timeout=ANSWER_WITHIN, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunError(f"no Dask scheduler answers at {address}: {reason}") from None
    with client:

        def run(function, tasks, *, done=None):
            return _run_tasks(client, function, tasks, done)

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


def _run_tasks(
    client: Any, function: Callable[..., Any], tasks: Sequence[tuple], done: Callable[[int], None] | None
) -> list[Any]:
    """As `workers.run_tasks`: results in the order of the tasks, `done` called in this thread."""
    from distributed import KilledWorker, as_completed
    from distributed.comm.core import CommClosedError

    # Not pure: the value of a task is the file that it writes, so an earlier answer must not stand for it.
    code = code_hash()
    futures = [
        client.submit(run_here, function, task, code, pure=False, retries=RETRIES, priority=-number)
        for number, task in enumerate(tasks)
    ]
    try:
        for number, future in enumerate(as_completed(futures, loop=client.loop), start=1):
            future.result()
            if done:
                done(number)
        return [future.result() for future in futures]
    except KilledWorker:
        raise RunError("a run was lost with every worker that tried it (out of memory?)") from None
    except (CancelledError, CommClosedError):  # lost between two results, or while one was on its way
        raise RunError("the Dask scheduler was lost; finished runs are kept: use --resume") from None
