"""One step of an ensemble smoother with multiple data assimilation (ES-MDA), for one block of unknowns.

A. A. Emerick and A. C. Reynolds, 2013, Ensemble smoother with multiple data assimilation, Computers & Geosciences 55.
A member is moved by the gain that the ensemble itself shows between unknowns and data; each step believes the data with
an error that is inflated, and the reciprocals of the inflations add up to 1. Written here since the kept library for it
is under a licence that Corridor's users would have to take over (docs/decisions).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def move_members(
    unknowns: NDArray[np.float64],
    made: NDArray[np.float64],
    observed: NDArray[np.float64],
    error: NDArray[np.float64],
    noise: NDArray[np.float64],
    *,
    inflation: float,
    energy: float,
) -> NDArray[np.float64]:
    """Unknowns of every member after one step.

    Parameters
    ----------
    unknowns : float64[U, M]
        Of M members, before the step.
    made : float64[D, M]
        What the members made of the data that these unknowns see.
    observed, error : float64[D]
        The data, and the standard deviation of their error.
    noise : float64[D, M]
        Standard normal draws, one for each datum and member: with them the spread of the members stays what the data
        leave open. The same for every block of a step, so that two blocks believe the same datum.
    inflation : float
        Factor on the variance of the error.
    energy : float
        Share of the squares of singular values that is kept: what is left out is chance.
    """
    members = unknowns.shape[1]
    if not len(observed) or members < 2:
        return unknowns
    scale = error[:, None] * np.sqrt(members - 1)
    left, values, right = np.linalg.svd(
        (made - made.mean(axis=1, keepdims=True)) / scale, full_matrices=False
    )
    kept = np.searchsorted(np.cumsum(values**2), energy * (values**2).sum()) + 1
    left, values, right = left[:, :kept], values[:kept], right[:kept]
    gap = (observed[:, None] - made) / error[:, None] + np.sqrt(inflation) * noise
    away = (unknowns - unknowns.mean(axis=1, keepdims=True)) / np.sqrt(members - 1)
    return unknowns + away @ right.T @ ((values / (values**2 + inflation))[:, None] * (left.T @ gap))
