"""Going or not: a logit choice on the chance that it fails; and shares to choose by.

Random utility (Klabunde and Willekens 2016): who would go if nothing could fail still goes while success is worth more
than failure costs, and people differ in that by a logistic spread. So a small chance of failure hardly deters, and a
large one deters nearly all: Venezuelans set out again in early 2023, when the chance had fallen from nine in ten to one
in two, and at the border they waited while it was nine in ten and crossed in 2023 when it was one in three.
"""

from __future__ import annotations

import numpy as np

from corridor.foundations.compiled import mechanism


@mechanism
def share_going(chance, response, indifference):
    """Share who go at a chance of failure, of those who would go if there were none.

    Parameters
    ----------
    chance : float
        Of failure, as they expect it.
    response : float
        Logit points per unit probability; 0: nobody answers.
    indifference : float
        Chance at which failure and success weigh the same.
    """
    return most_going(response, indifference) / (1.0 + odds_against(chance, response, indifference))


@mechanism
def most_going(response, indifference):
    """What `share_going` is divided from: 1 over the share who would go if nothing could fail, of all."""
    return 1.0 + np.exp(-response * indifference)


@mechanism
def odds_against(chance, response, indifference):
    """Odds against going at a chance of failure: 1 where failure and success weigh the same."""
    return np.exp(response * (chance - indifference))


@mechanism
def divide_sums(sums, total):
    """Turn running sums into cumulative shares, in place; 1 throughout where nothing was added up."""
    for at in range(len(sums)):
        sums[at] = sums[at] / total if total > 0.0 else 1.0
