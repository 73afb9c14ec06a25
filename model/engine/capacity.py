"""Allowances: consequence is a flow capacity, so many people a day.

The chance of being returned therefore falls when volume rises (document items 25, 26, 33, 54; Wein, Liu and Motskin
2009 on detention beds). What is left of a day carries over, for three days at most.
"""

from __future__ import annotations

import numpy as np

from model.engine.compiled import mechanism

CARRIED_DAYS = 3.0


@mechanism
def renew(allowance):
    """Add today's allowance at dawn."""
    if np.isinf(allowance.daily):
        allowance.left = np.inf
    elif np.isinf(allowance.left):
        allowance.left = allowance.daily
    else:
        allowance.left = min(max(allowance.left, 0.0) + allowance.daily, allowance.daily * CARRIED_DAYS)


@mechanism
def take(allowance, heads):
    """Use places for a party if at least one is left (a family is not split); tell whether it was taken."""
    if allowance.left < 1.0:
        return False
    allowance.left -= heads
    allowance.used += heads
    return True
