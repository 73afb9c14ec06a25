"""Worker processes: started once, kept warm, and gone when the process that started them goes.

The pool lives as long as the process, so the second ensemble of a session pays no start-up. Workers are forked
from a small server that has imported the engine ("forkserver"): forking the caller itself is not safe once it
has threads, and Mesa may change the default start method, so the method is asked for explicitly. Workers
never run the caller's main script: a plain script needs no `if __name__ == "__main__"` guard, and a
Streamlit page is not drawn again in every worker. Nor do they look into the current folder for modules: a user's
`numpy.py` there is not NumPy.

There is a pool for each number of workers that some thread asks for, and no job ends a pool that another uses. Inside a
worker of somebody else's pool everything runs in that process unless more is asked for: a daemonic process may have no
children, and a machine that is full of workers needs no more. A fork of this process forgets its pools.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import connection, forkserver, resource_tracker, util
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

from corridor.foundations.children import SAFE_PATH
from corridor.foundations.errors import InputError, Problem, RunError

PRELOADED = ["corridor.engine.simulation", "corridor.experiments.ensemble"]
DEFAULT_WORKERS = 2
UNREAD = 255  # exit code of a process whose own the server could not tell
LINEAR_ALGEBRA = "OPENBLAS_NUM_THREADS"  # idle threads of it would spin beside the workers


@dataclass(eq=False)
class _Pool:
    """Workers, and how many jobs are using them now."""

    executor: ProcessPoolExecutor
    processes: Mapping[int, BaseProcess]  # the executor's own, which forgets them when it ends
    at_exit: util.Finalize
    jobs: int = 0
    ending: threading.RLock = field(default_factory=threading.RLock)


_lock = threading.RLock()
_pools: dict[int, _Pool] = {}  # by number of workers; an idle one goes when another is made
_of_parent: dict[int, _Pool] = {}  # held by a fork: taking down what is the parent's would close its pipes
_is_fork = False


def in_another_pool() -> bool:
    """Whether this process is somebody's worker, and so not the place to start workers of its own unasked."""
    return (
        _is_fork
        or multiprocessing.parent_process() is not None
        or multiprocessing.current_process().daemon
        or "LOKY_WORKER" in os.environ  # joblib's
    )


def count_workers(tasks: int, asked: int | None = None) -> int:
    """How many processes to use: what was asked, else two at most, and one in a process that is a worker itself.

    Never more than there are tasks.

    Raises
    ------
    InputError
        If more than one is asked for in a process that may start none.
    """
    if asked is not None:
        _refuse_children(asked)
        return max(1, min(asked, tasks))
    if in_another_pool():
        return 1
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(DEFAULT_WORKERS, available, tasks))


def _refuse_children(asked: int) -> None:
    if asked > 1 and multiprocessing.current_process().daemon:
        message = (
            f"{asked} asked for in a process that may start none: it is daemonic, as the workers of "
            "multiprocessing.Pool are; leave workers out there, or write workers=1"
        )
        raise InputError([Problem("workers", 0, 0, "workers", message)])


def run_tasks(
    function: Callable[..., Any],
    tasks: Sequence[tuple],
    *,
    workers: int,
    done: Callable[[int], None] | None = None,
) -> list[Any]:
    """Call `function(*task)` for every task and return the results in the order of the tasks.

    Threads may call this at the same time, with the same number of workers or another: no job ends another's workers.

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
    InputError
        If more than one worker is asked for in a process that may start none.
    RunError
        If a worker process dies. Whatever a task raises comes through as it is.
    """
    _refuse_children(workers)
    if workers == 1:
        results = []
        for number, task in enumerate(tasks, start=1):
            results.append(function(*task))
            if done:
                done(number)
        return results
    pool = _join_pool(workers)
    futures: list[Future] = []
    try:
        return _collect(pool.executor, function, tasks, futures, done)
    except BrokenProcessPool:
        with pool.ending:
            pool.executor.shutdown()  # whoever else asks how a worker ended would take the answer from us
            cause = _cause_of_death([each.exitcode for each in pool.processes.values()])
        _drop(pool)
        _end(pool)
        raise RunError(cause) from None
    except BaseException:
        with _lock:
            alone = pool.jobs == 1
            if alone:
                _drop(pool)
        if alone:
            _end(pool)  # at once: what its workers still do is of no use to anybody
        for future in futures:
            future.cancel()
        raise
    finally:
        _leave_pool(pool)


def gather(
    executor: Executor,
    function: Callable[..., Any],
    tasks: Sequence[tuple],
    *,
    done: Callable[[int], None] | None = None,
) -> list[Any]:
    """As `run_tasks`, on an executor of `concurrent.futures` that somebody else started, and will end.

    What has not begun is cancelled when a task raises.

    Raises
    ------
    RunError
        If its workers die, or do not find the files of a task. Whatever else a task raises comes through as it is.
    """
    futures: list[Future] = []
    try:
        return _collect(executor, function, tasks, futures, done)
    except BrokenExecutor as error:
        raise RunError(f"the executor that was given lost a worker: {error}") from error
    except FileNotFoundError as error:
        raise RunError(
            f"a worker of the executor does not find {error.filename}: its workers must see the temporary folder of "
            "this process (TMPDIR)"
        ) from error
    finally:
        for future in futures:
            future.cancel()


def _collect(
    executor: Executor,
    function: Callable[..., Any],
    tasks: Sequence[tuple],
    futures: list[Future],
    done: Callable[[int], None] | None,
) -> list[Any]:
    futures += [executor.submit(function, *task) for task in tasks]
    for number, future in enumerate(as_completed(futures), start=1):
        future.result()
        if done:
            done(number)
    return [future.result() for future in futures]


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
    """End every worker of this process at once; what they were doing is lost. The next run starts new ones."""
    with _lock:
        pools = list(_pools.values())
        _pools.clear()
    for pool in pools:
        _end(pool)


def _drop(pool: _Pool) -> None:
    """No job begins on this pool any more."""
    with _lock:
        for workers in [workers for workers, each in _pools.items() if each is pool]:
            del _pools[workers]


def _end(pool: _Pool) -> None:
    with pool.ending:
        pool.at_exit.cancel()
        processes, results = list(pool.processes.values()), getattr(pool.executor, "_result_queue", None)
        for process in processes:  # public only from Python 3.14 (terminate_workers)
            process.terminate()
        for process in processes:
            process.join()
        # A worker may have ended in the middle of a result. The thread that reads it would wait for the rest for ever,
        # and this process with it, as long as anyone could still write: we ourselves.
        if results is not None:
            results._writer.close()
        pool.executor.shutdown(cancel_futures=True)


def _join_pool(workers: int) -> _Pool:
    """The pool of a size with one job more; idle pools of other sizes end, for their memory."""
    with _lock:
        for size in [size for size, each in _pools.items() if size != workers and not each.jobs]:
            _end(_pools.pop(size))
        if workers not in _pools:
            _pools[workers] = _start_pool(workers)
        _pools[workers].jobs += 1
        return _pools[workers]


def _leave_pool(pool: _Pool) -> None:
    """Take a job off a pool; one that is idle then ends if there is another."""
    with _lock:
        pool.jobs -= 1
        if not pool.jobs and len(_pools) > 1 and pool in _pools.values():
            _drop(pool)
            _end(pool)


def _start_pool(workers: int) -> _Pool:
    expect_workers()
    with _interruption_deferred(), _main_script_hidden():
        context = multiprocessing.get_context("forkserver")
        executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare_worker)
        processes = executor._processes
        while len(processes) < workers:  # all of them here, and none later with the caller's script in sight
            executor.submit(_ready)
    # A process that multiprocessing started ends without closing pools, and would wait for its workers for ever.
    return _Pool(executor, processes, util.Finalize(None, stop_workers, exitpriority=100))


def _cause_of_death(codes: Sequence[int | None]) -> str:
    """What ended the workers of a broken pool, which then ends with SIGTERM all that are left.

    Parameters
    ----------
    codes
        Exit codes of its processes: minus a signal's number for those that a signal ended.
    """
    found = sorted(code for code in codes if code not in (None, UNREAD, -signal.SIGTERM))
    if not found and set(codes) == {-signal.SIGTERM}:
        found = [-signal.SIGTERM]
    if not found:
        return "a worker process ended before its work was done"
    if (code := found[0]) >= 0:  # signals come first
        return f"a worker process ended with exit code {code} before its work was done"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    if -code == signal.SIGKILL:
        return f"a worker process was killed ({name}), as happens when memory is short; fewer workers need less memory"
    return f"a worker process was ended by {name}"


def _forget_parent() -> None:
    """After a fork: the pools, their server and who holds the lock are the parent's."""
    global _lock, _pools, _of_parent, _is_fork
    _of_parent, _pools, _lock, _is_fork = {**_of_parent, **_pools}, {}, threading.RLock(), True
    # The standard library has no public way to leave a server.
    server: Any = forkserver.ensure_running.__self__
    server._forkserver_address = server._forkserver_alive_fd = server._forkserver_pid = None
    server._lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_parent)


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
