"""Scores of forecasts: errors of a point, and coverage of bands.

MASE after Hyndman & Koehler (2006), International Journal of Forecasting 22.
"""

from __future__ import annotations

import numpy as np

BANDS = (0.5, 0.8, 0.95)


def mape(forecast: np.ndarray, observed: np.ndarray) -> float:
    """Mean absolute error as a share of what was observed."""
    return float(np.nanmean(np.abs(forecast - observed) / observed))


def wape(forecast: np.ndarray, observed: np.ndarray) -> float:
    """Sum of absolute errors over the sum of what was observed: small months count little."""
    return float(np.nansum(np.abs(forecast - observed)) / np.nansum(observed))


def mase(forecast: np.ndarray, observed: np.ndarray, naive: np.ndarray) -> float:
    """Mean absolute error over that of a naive forecast of the same months."""
    return float(np.nanmean(np.abs(forecast - observed)) / np.nanmean(np.abs(naive - observed)))


def coverage(ensemble: np.ndarray, observed: np.ndarray, band: float) -> float:
    """Share of cases that lie in the central band of an ensemble, float64[members, cases]."""
    low, high = np.quantile(ensemble, [(1 - band) / 2, (1 + band) / 2], axis=0)
    return float(np.mean((observed >= low) & (observed <= high)))


def relative_difference(simulated: np.ndarray, observed: np.ndarray) -> float:
    """Averaged relative difference of shares: sum of absolute differences over the sum, as Flee reports it.

    Suleimenova, Bell & Groen (2017), Scientific Reports 7: 13377. Both arrays are [groups, months]; months count alike.
    """
    ours, theirs = (each / each.sum(axis=0) for each in (simulated, observed))
    return float(np.abs(ours - theirs).sum(axis=0).mean())
