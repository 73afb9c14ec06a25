"""Worker processes: started once, kept warm, and gone when the process that started them goes.

The pool lives as long as the process, so the second ensemble of a session pays no start-up. Workers are forked
from a small server that has imported the engine ("forkserver"): forking the caller itself is not safe once it
has threads, and Mesa may change the default start method, so the method is asked for explicitly. Workers
never run the caller's main script: a plain script needs no `if __name__ == "__main__"` guard, and a
Streamlit page is not drawn again in every worker. Nor do they look into the current folder for modules: a user's
`numpy.py` there is not NumPy.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection, forkserver, resource_tracker
from types import ModuleType
from typing import Any

from corridor.foundations.children import SAFE_PATH
from corridor.foundations.errors import RunError

PRELOADED = ["corridor.engine.simulation", "corridor.experiments.ensemble"]
DEFAULT_WORKERS = 2
LINEAR_ALGEBRA = "OPENBLAS_NUM_THREADS"  # idle threads of it would spin beside the workers

_lock = threading.RLock()
_pool: ProcessPoolExecutor | None = None
_size = 0


def count_workers(tasks: int, asked: int | None = None) -> int:
    """How many processes to use: what was asked, else two at most; never more than there are tasks."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = asked if asked is not None else min(DEFAULT_WORKERS, available)
    return max(1, min(wanted, tasks))


def run_tasks(
    function: Callable[..., Any],
    tasks: Sequence[tuple],
    *,
    workers: int,
    done: Callable[[int], None] | None = None,
) -> list[Any]:
    """Call `function(*task)` for every task and return the results in the order of the tasks.

    Parameters
    ----------
    function
        Importable by name, as are its arguments and results.
    workers
        1 runs everything in this process.
    done
        Called with the number of finished tasks, in the caller's thread.

    Raises
    ------
    RunError
        If a worker process dies. Whatever a task raises comes through as it is.
    """
    if workers == 1:
        results = []
        for number, task in enumerate(tasks, start=1):
            results.append(function(*task))
            if done:
                done(number)
        return results
    try:
        futures = _submit(function, tasks, workers)
        for number, future in enumerate(as_completed(futures), start=1):
            future.result()
            if done:
                done(number)
        return [future.result() for future in futures]
    except BrokenProcessPool:
        stop_workers()
        raise RunError("a worker process died (out of memory?); fewer workers need less memory") from None
    except BaseException:
        stop_workers()
        raise


def expect_workers() -> None:
    """Let the server that workers come from start importing, while the caller prepares their tasks."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(PRELOADED)
    with _inherited({LINEAR_ALGEBRA: "1", SAFE_PATH: "1"}):
        _start_server()


def _start_server() -> None:
    resource_tracker.ensure_running()  # else started within, where it would stop blocking the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()  # deaf to Ctrl-C from birth, as are the workers: the parent decides
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def stop_workers() -> None:
    """End every worker at once; what they were doing is lost. The next run starts new ones."""
    global _pool, _size
    with _lock:
        pool, _pool, _size = _pool, None, 0
    if pool is None:
        return
    # Public only from Python 3.14 (terminate_workers).
    processes = list((getattr(pool, "_processes", None) or {}).values())
    results = getattr(pool, "_result_queue", None)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()
    # A worker may have ended in the middle of a result. The thread that reads it would wait for the rest for ever, and
    # this process with it, as long as anyone could still write: we ourselves.
    if results is not None:
        results._writer.close()
    pool.shutdown(wait=True, cancel_futures=True)


def _submit(function: Callable[..., Any], tasks: Sequence[tuple], workers: int) -> list[Future]:
    global _pool, _size
    with _lock:
        if _pool is not None and _size != workers:
            stop_workers()
        if _pool is None:
            expect_workers()
            with _interruption_deferred(), _main_script_hidden():
                context = multiprocessing.get_context("forkserver")
                _pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare_worker)
                _size = workers
                for _ in range(workers):
                    _pool.submit(_ready)
        return [_pool.submit(function, *task) for task in tasks]


def _ready() -> None:
    """A task that does nothing: asking for it starts a worker."""


def _prepare_worker() -> None:
    """End when the parent ends, however it ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


@contextmanager
def _inherited(settings: Mapping[str, str]) -> Iterator[None]:
    """Set what the environment does not say, for processes that start meanwhile."""
    added = {name: value for name, value in settings.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


@contextmanager
def _interruption_deferred() -> Iterator[None]:
    """Hold a Ctrl-C until workers are born: half a worker cannot be ended quietly."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending = []
    before = signal.signal(signal.SIGINT, lambda *_: pending.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
    if pending:
        raise KeyboardInterrupt


@contextmanager
def _main_script_hidden() -> Iterator[None]:
    """Let processes start without running the caller's script again (see the module docstring).

    The standard library finds the script through `sys.modules["__main__"]`; for the moment of starting, an
    empty module stands there.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
