"""How long a test waits for what must come.

This ends a test that hangs; it measures nothing. A machine that does much else may take a minute where a quiet one
takes a second, so no test says how fast something is: `python -m studies.benchmarks` does, as ratios in one run.
"""

PATIENCE = 600
"""Seconds."""
