"""The child process that reads files of visitors: bounded in processor time and memory.

Started as `python -m corridor_app.jobs.reading_process FD`. Over that connection it says that it is ready, is sent
triples (content, label, how), and answers each with an `Answer`; it ends when the connection does. A content is the
text of a scenario, or the bytes of observed figures with how they are to be read. Whoever sends one that takes too
much ends this process alone. No Streamlit here.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import corridor

CPU_SECONDS = 2
"""Processor time of one file: a hundred times what the largest shipped scenario takes."""

FIGURES_CPU_SECONDS = 10
"""Processor time of a file of observed figures: five times what 16 MB in CBP's layout take."""

MEMORY = 512 * 1024**2
"""Bytes of address space that reading a file may add to what the process has when it is ready."""

MOST_SENT = 4 * 1024**2
"""Bytes of an answer."""

MOST_PROBLEMS, LONGEST_PROBLEM = 40, 400
"""Problems of a file that are told, and characters of one."""

NICE = 5
WARM = "name: warm\nextends: history\n"


@dataclass(frozen=True)
class HowToRead:
    """How a file of observed figures is read: the locale of its numbers, and its vintage (a day, or empty)."""

    locale: str
    vintage: str = ""


@dataclass(frozen=True)
class Answer:
    """What a file holds: a scenario and its YAML as it was read, or figures, or lines that say what is wrong with it.

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
    series : ObservedSeries or None
        Observed figures, where that is what was asked for.
    """

    scenario: corridor.Scenario | None = None
    yaml: str = ""
    problems: tuple[str, ...] = ()
    more: int = 0
    too_large: bool = False
    series: corridor.ObservedSeries | None = None


def read(text: str, label: str) -> Answer:
    """Read a scenario, with all that can be wrong with it before it runs."""
    return _answered(label, lambda: _scenario(text, label))


def read_figures(content: bytes, label: str, how: HowToRead) -> Answer:
    """Read observed figures, with all that can be wrong with them."""
    return _answered(label, lambda: _figures(content, label, how))


def _scenario(text: str, label: str) -> Answer:
    scenario = corridor.parse_scenario(text, file=label)
    corridor.resolve(scenario)
    return Answer(scenario, scenario.to_yaml())


def _figures(content: bytes, label: str, how: HowToRead) -> Answer:
    vintage = how.vintage or None
    return Answer(
        series=corridor.parse_observed(content, file=label, locale=how.locale, vintage=vintage, name="yours")
    )


def _answered(label: str, reading: Callable[[], Answer]) -> Answer:
    try:
        return reading()
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
                content, label, how = server.recv()
                _bound_time(CPU_SECONDS if how is None else FIGURES_CPU_SECONDS)
                answer = pickle.dumps(
                    read(content, label) if how is None else read_figures(content, label, how)
                )
                server.send_bytes(
                    answer if len(answer) <= MOST_SENT else pickle.dumps(Answer(too_large=True))
                )


def _bound_memory() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():
        had = int(statm.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (had + MEMORY, had + MEMORY))


def _bound_time(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    # An answer names its class by this module, which is another one where it is run.
    from corridor_app.jobs import reading_process

    reading_process.main(*map(int, sys.argv[1:]))
