"""Governments that bargain.

Reading order: `statistics` (what they know), `packages` (what each package is worth to them), `bargaining` (which one
they agree on), `enactment` (what it changes in a run), `negotiator`, then `talks`, which calls all of them.
"""
