"""Allowances: consequence is a flow capacity, so many people a day.

The chance of being returned therefore falls when volume rises (document items 25, 26, 33, 54; Wein, Liu and Motskin
2009 on detention beds). What is left of a day carries over, for three days at most or until a party fits; what a
family took beyond its day is paid back, so that the mean holds at any scale.
"""

from __future__ import annotations

import numpy as np

from corridor.foundations.compiled import mechanism

CARRIED_DAYS = 3.0
LARGEST_PARTY = 5.0


@mechanism
def renew_places(allowance):
    """Add today's allowance at dawn."""
    if np.isinf(allowance.daily):
        allowance.left = np.inf
    elif np.isinf(allowance.left) or allowance.daily <= 0.0:
        allowance.left = allowance.daily
    else:
        most = max(allowance.daily * CARRIED_DAYS, LARGEST_PARTY)
        allowance.left = min(allowance.left + allowance.daily, most)


@mechanism
def take_places(allowance, heads):
    """Use places for a party if any are left (a family is not split); tell whether it was taken."""
    if allowance.left <= 0.0:
        return False
    allowance.left -= heads
    allowance.used += heads
    return True
