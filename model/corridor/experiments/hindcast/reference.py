"""Forecasts without a model, for comparison. Each takes a monthly series up to the origin and gives what follows."""

from __future__ import annotations

import numpy as np

YEAR = 12


def persist(series: np.ndarray, ahead: int) -> np.ndarray:
    """The last month again, float64[..., ahead]."""
    return np.repeat(series[..., -1:], ahead, axis=-1)


def repeat_season(series: np.ndarray, ahead: int) -> np.ndarray:
    """The same month of the year before."""
    places = np.arange(ahead) % YEAR - YEAR
    return series[..., places]


def drift(series: np.ndarray, ahead: int) -> np.ndarray:
    """The last month, moving on as it moved over the year before, in logarithms."""
    logs = np.log(np.maximum(series[..., -YEAR:], 1.0))
    slope = (logs[..., -1:] - logs[..., :1]) / (logs.shape[-1] - 1)
    return np.exp(logs[..., -1:] + slope * np.arange(1, ahead + 1))


REFERENCES = {"persistence": persist, "same month last year": repeat_season, "drift": drift}
