"""The child process that reads scenario files of visitors: bounded in processor time and memory.

Started as `python -m corridor_app.jobs.reading_process FD`. Over that connection it says that it is ready, is sent
pairs (text, label), and answers each with an `Answer`; it ends when the connection does. Whoever sends a text that
takes too much ends this process alone. No Streamlit here.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import corridor

CPU_SECONDS = 2
"""Processor time of one file: a hundred times what the largest shipped scenario takes."""

MEMORY = 512 * 1024**2
"""Bytes of address space that reading a file may add to what the process has when it is ready."""

MOST_SENT = 4 * 1024**2
"""Bytes of an answer."""

MOST_PROBLEMS, LONGEST_PROBLEM = 40, 400
"""Problems of a file that are told, and characters of one."""

NICE = 5
WARM = "name: warm\nextends: history\n"


@dataclass(frozen=True)
class Answer:
    """What a text holds: a scenario and its YAML as it was read, or lines that say what is wrong with it.

    Attributes
    ----------
    scenario : Scenario or None
    yaml : str
    problems : tuple of str
        At most `MOST_PROBLEMS`.
    more : int
        Problems that are not told.
    too_large : bool
        Whether reading it took too much memory, or what was read is too large to be kept.
    """

    scenario: corridor.Scenario | None = None
    yaml: str = ""
    problems: tuple[str, ...] = ()
    more: int = 0
    too_large: bool = False


def read(text: str, label: str) -> Answer:
    """Read a scenario, with all that can be wrong with it before it runs."""
    try:
        scenario = corridor.parse_scenario(text, file=label)
        corridor.resolve(scenario)
        return Answer(scenario, scenario.to_yaml())
    except corridor.InputError as error:
        told = tuple(f"{each}"[:LONGEST_PROBLEM] for each in error.problems[:MOST_PROBLEMS])
        return Answer(problems=told, more=len(error.problems) - len(told))
    except corridor.CorridorError as error:
        return Answer(problems=(f"{label}: {error}"[:LONGEST_PROBLEM],))
    except (MemoryError, RecursionError):
        return Answer(too_large=True)


def main(descriptor: int) -> None:
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the server's terminal: the server decides
    with Connection(descriptor) as server:
        corridor.resolve(corridor.parse_scenario(WARM))
        _bound_memory()
        with contextlib.suppress(EOFError, BrokenPipeError):
            server.send(None)
            while True:
                text, label = server.recv()
                _bound_time()
                answer = pickle.dumps(read(text, label))
                server.send_bytes(
                    answer if len(answer) <= MOST_SENT else pickle.dumps(Answer(too_large=True))
                )


def _bound_memory() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():
        had = int(statm.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (had + MEMORY, had + MEMORY))


def _bound_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    # An answer names its class by this module, which is another one where it is run.
    from corridor_app.jobs import reading_process

    reading_process.main(*map(int, sys.argv[1:]))
