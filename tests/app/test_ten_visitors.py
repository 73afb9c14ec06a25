"""Ten visitors of a real server, one of them hostile: what the other nine notice.

`pytest -m study -s tests/app/test_ten_visitors.py` prints the seconds of the nine, without the tenth and with it.
"""

import statistics
import urllib.error
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.browsing import served
from tests.visiting import Visitor

ENTRY = b"  - {id: x%d, lever: panama.darien_gate, start: 2023-01-01, to: 0.5, source: assumed}\n"
MANY = b"name: many\nextends: history\ninterventions:\n" + b"".join(ENTRY % number for number in range(2900))
"""More entries than are read."""

ALIASES = b"\ntags: [" + b"*t, " * 30_000 + b"]\n"
HEAVY = b"name: heavy\nextends: history\ntitle: &t " + b"x" * 100_000 + ALIASES
"""One text of 100,000 characters, named 30,000 times: 3 GB once it is written out."""


NINE, ROUNDS = 9, 3
KNOWN = "replicates=2&start=2023-03-01"
"""A link that somebody opened before: its numbers are kept."""

HOSTILE = (
    "start=![x](http://192.0.2.1/x.png)&scenario=[log%20in](http://192.0.2.1)&replicates=9e9&v=" + "9" * 3_000
)
STALL = 15.0
"""Seconds after which a visitor would leave; the nine ask as fast as they can, on two processors."""

GOOD = "name: mine-{number}\ntitle: Of visitor {number}\nextends: history\n"


def visit(address, number):
    """What one of the nine does, and the seconds of each; each brings files that nobody brought before."""
    seconds = defaultdict(list)
    visitor = Visitor(address)
    for turn in range(ROUNDS):
        for page, query in (("evidence", ""), ("", KNOWN)):
            seen = visitor.open(page, query)
            assert not seen.of_kind("exception")
            seconds[page or "explore"].append(seen.seconds)
        seen = visitor.open("batch")
        file = GOOD.format(number=1_000 * number + turn).encode()
        seen = visitor.bring({f"{number}-{turn}.yaml": file}, seen)
        assert "ready to run" in seen.texts
        seconds["a file"].append(seen.seconds)
    visitor.leave()
    return seconds


def bring_bad_files(address, stop, done):
    visitor, number = Visitor(address), 0
    while not stop.is_set():
        number += 1
        try:
            seen = visitor.open("batch")
            content = {
                f"heavy-{number}.yaml": HEAVY,
                f"many-{number}.yaml": MANY,
                "large.yaml": b"x" * 1_000_000,
            }
            assert "ready to run" not in visitor.bring(content, seen).texts
            done["bad files"] += 1
        except urllib.error.HTTPError as refused:  # so many files are kept: it comes again as a new session
            refused.close()
            done["refused"] += 1
            visitor.leave()
            visitor = Visitor(address)
    visitor.leave()


def ask_for_runs(address, stop, done):
    while not stop.is_set():
        visitor = Visitor(address)
        visitor.open("", HOSTILE)
        visitor.open("map", HOSTILE)
        visitor.leave()
        fresh = Visitor(address)
        fresh.open(
            "", f"replicates={2 + done['runs'] % 4}&start=2023-07-{1 + done['runs'] % 28:02}&funding=0.5"
        )
        fresh.leave()
        done["runs"] += 1


def of_the_nine(address, first):
    """Seconds of each kind of request of nine visitors at once, numbered from `first` on."""
    with ThreadPoolExecutor(NINE) as pool:
        found = list(pool.map(lambda number: visit(address, number), range(first, first + NINE)))
    return {kind: [each for one in found for each in one[kind]] for kind in found[0]}


@pytest.mark.study
def test_nine_visitors_do_not_notice_a_hostile_one(tmp_path, no_full_scale):
    stop, done = Event(), defaultdict(int)
    with served(tmp_path) as (address, _), ThreadPoolExecutor(2) as hostile:
        visit(address, 0)
        alone = of_the_nine(address, 1)
        tenth = [hostile.submit(act, address, stop, done) for act in (bring_bad_files, ask_for_runs)]
        try:
            beside = of_the_nine(address, 1 + NINE)
        finally:
            stop.set()
        for each in tenth:
            each.result()
    for kind in alone:
        medians = [statistics.median(each[kind]) for each in (alone, beside)]
        print(
            f"{kind}: median {medians[0]:.2f} s alone, {medians[1]:.2f} s beside ({medians[1] / medians[0]:.1f}); "
            f"slowest {max(alone[kind]):.2f} s, {max(beside[kind]):.2f} s"
        )
    print(dict(done))
    assert done["bad files"]
    assert done["runs"]
    assert max(max(each) for each in beside.values()) < STALL
