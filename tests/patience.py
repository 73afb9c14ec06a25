"""How long a test waits for what must come, and how much work what is refused may take.

The first ends a test that hangs; it measures nothing. A machine that does much else may take a minute where a quiet
one takes a second, so no test says how fast something is: `python -m studies.benchmarks` does, as ratios in one run.
The second is a ratio too: to counting, done in the same process just before and just after.
"""

import time
from collections.abc import Callable

PATIENCE = 600
"""Seconds."""

COUNTED = 1_000_000
TIMES = 10  # that counting is done on either side of a job: once alone may fall into a quick moment


def processor_seconds(job: Callable[[], object]) -> float:
    begun = time.process_time()
    job()
    return time.process_time() - begun


def counts(job: Callable[[], object]) -> float:
    """Processor time of a job, in the time in which Python counts to a million (about 0.03 s on a quiet machine)."""
    before = processor_seconds(count_often)
    taken = processor_seconds(job)
    return taken * 2 * TIMES / (before + processor_seconds(count_often))


def count_often() -> None:
    for _ in range(TIMES):
        count()


def count() -> None:
    """The work that others are measured by."""
    for _ in range(COUNTED):
        pass
