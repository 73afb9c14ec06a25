"""The page in a browser: from letting go of a slider to new numbers, and ten visitors at once."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Page

from studies.benchmarks.measuring import Section
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

NEW = 2 + len(LOWER) + len(UPPER)
"""Moves of the path to values that it meets for the first time."""

PAUSE_MILLISECONDS = 500
"""Between two moves of a visitor who is alone: time to read a number."""

DRAWN = """word => new URLSearchParams(location.search).toString().split("&").includes(word)
  && document.querySelectorAll("[data-test-script-state=notRunning]").length === 1
  && document.querySelectorAll("[data-testid=stMetricValue]").length === 4"""
"""The page is of a value and has been drawn to its end."""

WATCH = """() => { window.answered = new Promise(done => addEventListener("keydown", () => {
  const begun = performance.now()
  let old = false
  const look = () => {
    const numbers = [...document.querySelectorAll("[data-testid=stMetricValue]")]
    const stale = numbers.some(each => each.closest("[data-stale=true]"))
    old ||= stale
    if (old && !stale && numbers.length === 4) done((performance.now() - begun) / 1000)
    else requestAnimationFrame(look)
  }
  look()
}, {once: true, capture: true})) }"""
"""From the next key on, watch the headline numbers: Streamlit marks them as stale until the new ones are there."""


def measure(quick: bool) -> Section:
    section = Section(
        "Visits in a browser", ["job", "times", "median, s", "95th percentile, s", "longest, s"]
    )
    os.environ["CORRIDOR_FULL_SCALE_PAIRS"] = "0"
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as (address, server),
        launched() as browser,
    ):
        with visitor(browser) as page:
            answered, drawn = move_slider(page, address, 4 if quick else MOVES)
        _add(section, "one visitor, a slider moved to a new value: new numbers", answered)
        _add(section, "the same, until the page with its charts is drawn", drawn)
        median, high = np.percentile(answered, [50, 95])
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
        "A move is a key on the slider of the page as it opens (1:50, 20 replicates, a change from June 2023, or from "
        "May for the last ten). Numbers are new when none of the four headline numbers is marked as left from before; "
        "the page is drawn when its script has ended, its address shows the value, and its numbers stand. Moves are "
        f"to values that no visitor had before. The {len(pages)} visitors move their sliders in turn, all from one "
        f"browser on the same two cores, for {MINUTES} minutes; each change starts on another day of January 2023. "
        "Each saw their own value and nothing went wrong on any page. Full-scale runs behind the page were off. The "
        f"server and its workers held {before:.0f} MB before, {peak:.0f} MB at most and {after:.0f} MB when all had "
        "gone (proportional set size)."
    )
    return section


def _add(section: Section, words: str, seconds: list[float]) -> None:
    median, high = np.percentile(seconds, [50, 95])
    section.add(words, f"{len(seconds)}", f"{median:.2f}", f"{high:.2f}", f"{max(seconds):.2f}")


def move_slider(page: Page, address: str, moves: int) -> tuple[list[float], list[float]]:
    """Seconds of moves to new values, until the numbers are new and until the page is drawn.

    The page is as it comes; another date is chosen when the slider has been through its range.
    """
    answered, drawn = [], []
    for month in (6, 5):  # the page opens in June
        page.goto(f"{address}/?start=2023-{month:02}-01")
        settle_explore(page)
        for key, value in PATH[:NEW]:
            if len(drawn) == moves:
                break
            page.wait_for_timeout(PAUSE_MILLISECONDS)
            page.evaluate(WATCH)
            begun = press(page, key)
            drawn.append(wait_for(page, value) - begun)
            answered.append(page.evaluate("window.answered"))
    return answered, drawn


def press(page: Page, key: str) -> float:
    """Move the slider; the time of it."""
    page.get_by_test_id("stSlider").filter(has_text=SLIDER).get_by_role("slider").focus()
    begun = time.perf_counter()
    page.keyboard.press(key)
    return begun


def wait_for(page: Page, value: float) -> float:
    """Wait until the page has the numbers of a value; the time of it."""
    page.wait_for_function(DRAWN, arg=f"funding={value:g}", timeout=RUN_MILLISECONDS)
    return time.perf_counter()


def visit_together(pages: list[Page], address: str, server: int, seconds: float) -> tuple[list[float], float]:
    """Moves of visitors in turn, none waiting for another: seconds of each, and the peak of the server's memory."""
    for number, page in enumerate(pages):
        page.goto(f"{address}/?start=2023-01-{number + 1:02}", wait_until="commit", timeout=RUN_MILLISECONDS)
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
