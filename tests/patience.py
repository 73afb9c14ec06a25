"""How long a test waits for what must come, and how much work what is refused may take.

The first ends a test that hangs; it measures nothing. A machine that does much else may take a minute where a quiet
one takes a second, so no test says how fast something is: `python -m studies.benchmarks` does, as ratios in one run.
The second is a ratio too: to counting, done in the same process at once after.
"""

import time
from collections.abc import Callable

PATIENCE = 600
"""Seconds."""

COUNTED = 1_000_000


def processor_seconds(job: Callable[[], object]) -> float:
    begun = time.process_time()
    job()
    return time.process_time() - begun


def counts(job: Callable[[], object]) -> float:
    """Processor time of a job, in the time in which Python counts to a million (about 0.03 s on a quiet machine)."""
    return processor_seconds(job) / processor_seconds(count)


def count() -> None:
    """The work that others are measured by."""
    for _ in range(COUNTED):
        pass
