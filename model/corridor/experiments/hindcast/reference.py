"""Forecasts without the model, which the model must beat. Each knows a monthly series up to its last published month.

All of them forecast the logarithm of a count (plus `DAMPING`) as a normal distribution, so that a distribution is
compared with a distribution. Of the first four the centre is the plain forecast, and the spread comes from what the
same forecast missed in the series so far, by the rule that the model's own bands follow (`spread_of_errors`). The
last three are kept elsewhere (statsmodels) and say their own spread: theta (Assimakopoulos & Nikolopoulos 2000,
International Journal of Forecasting 16), exponential smoothing (ETS; Hyndman et al. 2008) and ARIMA with seasons (Box
& Jenkins 1970), the latter two with the form that has the least corrected Akaike criterion. What cannot be fitted to
a short or empty series is persistence, and says so by having its figures.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from corridor.experiments.estimation.priors import DAMPING
from corridor.foundations.extras import need

Floats = NDArray[np.float64]

YEAR = 12
SEASONS = 2  # years that a season is estimated from, at least
HALF = 0.5  # of the usual season
DRAWS = 101  # quantiles that stand for a distribution
NARROWEST, WIDEST = 0.02, 3.0  # standard deviation of a logarithm that a library may say
SMOOTHINGS: tuple[dict[str, Any], ...] = (
    {"error": "add"},
    {"error": "add", "trend": "add", "damped_trend": True},
    {"error": "add", "seasonal": "add", "seasonal_periods": YEAR},
)
ORDERS = ((0, 1, 0), (1, 1, 0), (0, 1, 1))  # each with a first-order season of twelve months
SEASONAL_ORDER = (1, 0, 0, YEAR)


@dataclass(frozen=True)
class Forecast:
    """A normal distribution of the logarithm of a count plus `DAMPING`, by months ahead of the last published one.

    Attributes
    ----------
    centre, spread : float64[steps]
    """

    centre: Floats
    spread: Floats

    @property
    def point(self) -> Floats:
        """The middle of the distribution, in events a month: float64[steps]."""
        return np.maximum(np.exp(self.centre) - DAMPING, 0.0)

    @property
    def draws(self) -> Floats:
        """Quantiles at equal distances of probability, in events a month: float64[DRAWS, steps]."""
        at = norm.ppf((np.arange(DRAWS) + 0.5) / DRAWS)
        return np.maximum(np.exp(self.centre + self.spread * at[:, None]) - DAMPING, 0.0)


def persist(series: Floats, steps: int) -> Floats:
    """The last month again, float64[steps]."""
    return np.repeat(series[-1:], steps)


def repeat_season(series: Floats, steps: int) -> Floats:
    """The same month of the last year that was published; what is there of it where a year is not."""
    year = min(YEAR, len(series))
    return series[np.arange(steps) % year - year]


def mean_of_both(series: Floats, steps: int) -> Floats:
    """The mean of the last month and of the same month of the year before."""
    return (persist(series, steps) + repeat_season(series, steps)) / 2.0


def persist_half_season(series: Floats, steps: int) -> Floats:
    """The last month, moved by half of the usual change between its month of the year and the one that is forecast."""
    season = usual_season(series)
    at = np.arange(len(series), len(series) + steps) % YEAR
    moved = HALF * (season[at] - season[(len(series) - 1) % YEAR])
    return np.maximum((series[-1] + DAMPING) * np.exp(moved) - DAMPING, 0.0)


def usual_season(series: Floats) -> Floats:
    """Logarithm of the season by month of the year, counted from the series' first month, float64[12].

    The mean change of the logarithm into each month of the year, less that of all, added up. None before two years.
    """
    if len(series) < SEASONS * YEAR + 1:
        return np.zeros(YEAR)
    change = np.diff(np.log(series + DAMPING))
    into = np.array([change[(place - 1) % YEAR :: YEAR].mean() for place in range(YEAR)])
    season = np.cumsum(into - into.mean())
    return season - season.mean()


SIMPLE: Mapping[str, Callable[[Floats, int], Floats]] = {
    "persistence": persist,
    "same month last year": repeat_season,
    "mean of persistence and last year": mean_of_both,
    "persistence x half season": persist_half_season,
}
KEPT = ("theta", "ETS", "ARIMA with seasons")
OPPONENTS = (*SIMPLE, *KEPT)


def spread_of_errors(errors: Floats, prior: float, worth: float) -> float:
    """Standard deviation of what is missed: errors so far, and a prior that is worth some of them."""
    return float(np.sqrt((worth * prior**2 + (errors**2).sum()) / (worth + len(errors))))


def simple_forecast(name: str, series: Floats, prior: Floats, worth: float, since: int) -> Forecast:
    """One of `SIMPLE`, with the spread of what it missed so far.

    Parameters
    ----------
    series : float64[M]
        To the last published month.
    prior : float64[steps]
        What is thought to be missed at each step, before anything was.
    worth : float
        Forecasts that the prior is worth.
    since : int
        Months that were published when the first forecast was made whose error counts. Errors of 2020, when the
        border closed, would make bands so wide that these forecasts scored worse than they need.
    """
    rule, steps = SIMPLE[name], len(prior)
    logs = np.log(series + DAMPING)
    missed: list[list[float]] = [[] for _ in range(steps)]
    for last in range(since, len(series)):
        said = np.log(rule(series[:last], min(steps, len(series) - last)) + DAMPING)
        for step, miss in enumerate(logs[last : last + steps] - said):
            missed[step].append(float(miss))
    spread = [spread_of_errors(np.array(each), p, worth) for each, p in zip(missed, prior, strict=True)]
    return Forecast(np.log(rule(series, steps) + DAMPING), np.array(spread))


def kept_forecast(name: str, series: Floats, steps: int) -> Forecast:
    """One of `KEPT`, as statsmodels makes it.

    Raises
    ------
    MissingExtra
        If statsmodels is not installed.
    """
    need("hindcast", f"the forecast {name!r}")
    logs = np.log(series + DAMPING)
    make = {"theta": _theta, "ETS": _smoothing, "ARIMA with seasons": _arima}[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # short series seldom converge to the last digit
        try:
            centre, spread = make(logs, steps)
        except (ValueError, np.linalg.LinAlgError):
            centre, spread = np.full(steps, np.nan), np.full(steps, np.nan)
    plain = Forecast(np.repeat(logs[-1:], steps), np.diff(logs).std() * np.sqrt(np.arange(1.0, steps + 1.0)))
    well = np.isfinite(centre) & np.isfinite(spread)
    return Forecast(
        np.where(well, centre, plain.centre),
        np.clip(np.where(well, spread, plain.spread), NARROWEST, WIDEST),
    )


def forecasts(series: Floats, prior: Floats, worth: float, since: int) -> dict[str, Forecast]:
    """All opponents of one series by name; arguments as of `simple_forecast`."""
    found = {name: simple_forecast(name, series, prior, worth, since) for name in SIMPLE}
    return found | {name: kept_forecast(name, series, len(prior)) for name in KEPT}


def _theta(logs: Floats, steps: int) -> tuple[Floats, Floats]:
    from statsmodels.tsa.forecasting.theta import ThetaModel

    seasonal = len(logs) >= SEASONS * YEAR
    made = ThetaModel(logs, period=YEAR, deseasonalize=seasonal, method="additive").fit()
    width = made.prediction_intervals(steps, alpha=0.32).to_numpy()
    return np.asarray(made.forecast(steps)), (width[:, 1] - width[:, 0]) / 2.0 / norm.ppf(0.84)


def _smoothing(logs: Floats, steps: int) -> tuple[Floats, Floats]:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    forms = [form for form in SMOOTHINGS if "seasonal" not in form or len(logs) >= SEASONS * YEAR]
    named = pd.Series(logs)  # its intervals want an index
    fits: list[Any] = [ETSModel(named, **form).fit(disp=False) for form in forms]
    best = min(fits, key=lambda fit: fit.aicc)
    made = best.get_prediction(start=len(logs), end=len(logs) + steps - 1)
    return np.asarray(made.predicted_mean), np.sqrt(np.asarray(made.forecast_variance))


def _arima(logs: Floats, steps: int) -> tuple[Floats, Floats]:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    models = (SARIMAX(logs, order=order, seasonal_order=SEASONAL_ORDER) for order in ORDERS)
    fits: list[Any] = [model.fit(disp=False, maxiter=100) for model in models]
    best = min(fits, key=lambda fit: fit.aicc)
    made = best.get_forecast(steps)
    return np.asarray(made.predicted_mean), np.asarray(made.se_mean)
