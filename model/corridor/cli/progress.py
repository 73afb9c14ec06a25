"""How far a command is: a bar on a terminal, a line every ten seconds elsewhere (a log, a queue, another program)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

from corridor.cli import screen

EVERY = 10.0
"""Seconds between two lines."""
LOOKS = 1.0
"""Seconds between two looks of a bar at whether code is being compiled."""
COMPILING = "compiling code, once after each installation"
MINUTE, HOUR = 60, 3600


@contextmanager
def progress_of(title: str) -> Iterator[Callable[[int, int], None]]:
    """A function that takes what is done of how much, and shows it on standard error while the block runs."""
    tty = sys.stderr is not None and not sys.stderr.closed and sys.stderr.isatty()
    with _bar(title) if tty else _lines(title) as show:
        yield show


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    named = screen.clean(title)
    text = TextColumn("{task.description}", markup=False)
    columns = (text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(named, total=None)

        def look() -> None:
            bar.update(task, description=f"{named} ({COMPILING})" if _is_compiling() else named)

        with _every(LOOKS, look):
            yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def _lines(title: str) -> Iterator[Callable[[int, int], None]]:
    began, known = monotonic(), [0, 0, 0]

    def note(done: int, total: int) -> None:
        known[:] = done, total, (known[2] or done)  # what an earlier command had finished took no time

    def line() -> None:
        done, total, first = known
        words = f"{done:,} of {total:,}" if total else "starting"
        if done > first and done < total:
            words += f", about {_spoken((monotonic() - began) / (done - first + 1) * (total - done))} left"
        screen.tell(f"{title}: {words}{f' ({COMPILING})' if _is_compiling() else ''}")

    with _every(EVERY, line):
        yield note


@contextmanager
def _every(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Do something again and again while the block runs."""
    over = Event()

    def go_on() -> None:
        while not over.wait(seconds):
            act()

    thread = Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _is_compiling() -> bool:
    engine = sys.modules.get(
        "corridor.foundations.compiled"
    )  # not imported only to ask, and perhaps not yet whole
    ask = getattr(engine, "is_compiling", None)
    return ask is not None and ask()


def _spoken(seconds: float) -> str:
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < HOUR else f"{seconds / HOUR:.1f} h"
