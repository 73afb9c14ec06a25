"""Many runs: ensembles, comparisons, and runs repeated to the byte."""
