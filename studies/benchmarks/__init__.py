"""How fast Corridor is, how much memory it takes, and what else would cost: `python -m studies.benchmarks`."""
