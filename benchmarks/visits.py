"""The page in a browser: from letting go of a slider to new numbers, and ten visitors at once."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Page

from benchmarks.measuring import Section
from tests.browsing import RUN_MILLISECONDS, launched, served, settle_explore, visitor

MOVES = 50
VISITORS, MINUTES = 10, 5
TARGET_MEDIAN, TARGET_HIGH = 0.7, 1.2
SLIDER = "Funding of Mexico's INM"
LOWER, UPPER = [n / 20 for n in range(1, 20)], [n / 20 for n in range(21, 40)]
PATH = [
    *(("ArrowLeft", value) for value in reversed(LOWER)),
    ("End", 2.0),
    *(("ArrowLeft", value) for value in reversed(UPPER)),
    ("Home", 0.0),
    *(("ArrowRight", value) for value in LOWER),
]
"""Keys on the slider and the values that they lead to, from 100% on, which is never met again: it is no change."""

ANSWERED = """word => new URLSearchParams(location.search).toString().split("&").includes(word)
  && document.querySelectorAll("[data-test-script-state=notRunning]").length === 1
  && document.querySelectorAll("[data-testid=stMetricValue]").length === 4"""


def measure(quick: bool) -> Section:
    section = Section(
        "Visits in a browser", ["job", "times", "median, s", "95th percentile, s", "longest, s"]
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as (address, server),
        launched() as browser,
    ):
        with visitor(browser) as page:
            seconds = move_slider(page, address, 4 if quick else MOVES)
        _add(section, "one visitor, a slider moved to a new value", seconds)
        median, high = np.percentile(seconds, [50, 95])
        for words, target, found in (("median", TARGET_MEDIAN, median), ("95%", TARGET_HIGH, high)):
            section.aim(
                f"from letting go of a slider to new numbers, {words}",
                f"{target:g} s",
                f"{found:.2f} s",
                bool(found <= target),
            )
        before = _memory(server)
        with ExitStack() as stack:
            pages = [stack.enter_context(visitor(browser)) for _ in range(2 if quick else VISITORS)]
            seconds, peak = visit_together(pages, address, server, 10 if quick else 60 * MINUTES)
        after = _memory(server)
    _add(section, f"{len(pages)} visitors, each a lever and a date of their own", seconds)
    section.notes.append(
        "A move is a key on the slider; the clock stops when the page shows the value in its address, and its "
        f"numbers. Moves are to values that no visitor had before. The {len(pages)} visitors move their sliders in "
        f"turn, all from one browser on the same machine, for {MINUTES} minutes; each saw their own value and nothing "
        f"went wrong on any page. The server and its workers held {before:.0f} MB before, {peak:.0f} MB at most and "
        f"{after:.0f} MB when all had gone (proportional set size)."
    )
    return section


def _add(section: Section, words: str, seconds: list[float]) -> None:
    median, high = np.percentile(seconds, [50, 95])
    section.add(words, f"{len(seconds)}", f"{median:.2f}", f"{high:.2f}", f"{max(seconds):.2f}")


def move_slider(page: Page, address: str, moves: int) -> list[float]:
    """Seconds of moves to new values: another start date whenever the slider has been through its range."""
    seconds = []
    for month in range(1, 12):
        page.goto(f"{address}/?start=2023-{month:02}-01")
        settle_explore(page)
        for key, value in PATH[:18]:
            if len(seconds) == moves:
                return seconds
            begun = press(page, key)
            seconds.append(wait_for(page, value) - begun)
    return seconds


def press(page: Page, key: str) -> float:
    """Move the slider; the time of it."""
    page.get_by_test_id("stSlider").filter(has_text=SLIDER).get_by_role("slider").focus()
    begun = time.perf_counter()
    page.keyboard.press(key)
    return begun


def wait_for(page: Page, value: float) -> float:
    """Wait until the page has the numbers of a value; the time of it."""
    page.wait_for_function(ANSWERED, arg=f"funding={value:g}", timeout=RUN_MILLISECONDS)
    return time.perf_counter()


def visit_together(pages: list[Page], address: str, server: int, seconds: float) -> tuple[list[float], float]:
    """Moves of visitors in turn, none waiting for another: seconds of each, and the peak of the server's memory."""
    for number, page in enumerate(pages):
        page.goto(f"{address}/?start=2023-01-{number + 1:02}")
    for page in pages:
        settle_explore(page)
    spent, peak, end = [], 0.0, time.monotonic() + seconds
    for key, value in cycle(PATH):
        if time.monotonic() > end:
            break
        begun = [press(page, key) for page in pages]
        for number, page in enumerate(pages):
            spent.append(wait_for(page, value) - begun[number])
            assert f"start=2023-01-{number + 1:02}" in page.url
        peak = max(peak, _memory(server))
    return spent, peak


def _memory(server: int) -> float:
    """Proportional set size of the server and its workers, MB."""
    parent = psutil.Process(server)
    total = 0
    for process in (parent, *parent.children(recursive=True)):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:  # ended meanwhile
            continue
    return total / 2**20
