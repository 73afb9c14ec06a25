"""What was projected beside what came and beside forecasts without the model: scores, and how sure differences are.

The continuous ranked probability score is that of `scoringrules`, of members and of quantiles alike. The interval of a
difference is a bootstrap of blocks of consecutive origins (circular; Politis & Romano 1992), since errors of origins
that follow one another are alike.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from corridor.experiments.estimation.priors import DAMPING
from corridor.experiments.hindcast.protocol import (
    HORIZONS,
    LAG,
    LAST_MONTH,
    LONGEST,
    ORIGINS,
    PRIOR_ERROR,
    PRIOR_ORIGINS,
)
from corridor.experiments.hindcast.reference import OPPONENTS, Floats, Forecast, forecasts, spread_of_errors
from corridor.experiments.known import known_values, lag_of_cells, last_known, months_between
from corridor.experiments.scores import BANDS, coverage, mape, mase, wape
from corridor.foundations.extras import need
from corridor.inputs.reading.data_files import read_data_text
from corridor.inputs.registries.nationalities import NATIONALITIES, names_with
from corridor.outputs.rows import ALL, Cell

ANNOUNCED, CAME = "model (policy as announced)", "model (policy as it came)"
PROTOCOLS = {ANNOUNCED: {"announced": True}, CAME: {"announced": False}}
PERSISTENCE, HALF_SEASON = "persistence", "persistence x half season"
EARLIER, FIRST = "earlier_encounters.csv", "2020-07"  # what observed.csv begins with
SPREAD_DRAWS = 25  # of model error for each member
NAMED = 12  # nationalities that are scored one by one
BLOCK, RESAMPLES = 6, 2000  # origins in a block, unless the horizon is longer; draws
INTERVAL = (0.025, 0.975)


def crps_of(draws: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score of each case.

    Parameters
    ----------
    draws : float64[draws, cases]
        Members of an ensemble, or quantiles of a distribution.
    observed : float64[cases]

    Raises
    ------
    MissingExtra
        If `scoringrules` is not installed.
    """
    need("hindcast", "the score of a distribution")
    from scoringrules import crps_ensemble

    return np.asarray(crps_ensemble(observed, draws, m_axis=0, estimator="nrg"), dtype=np.float64)


def block_interval(differences: np.ndarray, horizon: int) -> tuple[float, float]:
    """Ends of the 95% interval of a mean over origins, of which those of a block are drawn together.

    Parameters
    ----------
    differences : float64[cases]
        In order of origins.
    horizon : int
        Months ahead; a block is at least as long, and at most a third of the cases.
    """
    cases = len(differences)
    length = max(1, min(max(BLOCK, horizon), cases // 3))
    rng = np.random.default_rng([cases, horizon])
    starts = rng.integers(0, cases, (RESAMPLES, -(-cases // length)))
    places = (starts[:, :, None] + np.arange(length)).reshape(RESAMPLES, -1)[:, :cases] % cases
    low, high = np.quantile(differences[places].mean(axis=1), INTERVAL)
    return float(low), float(high)


@lru_cache(maxsize=1)
def _earlier() -> Mapping[str, dict[str, float]]:
    """Encounters before observed.csv begins, by nationality and month (CBP monthly tables from October 2019)."""
    found: dict[str, dict[str, float]] = {}
    for row in csv.DictReader(read_data_text(EARLIER).splitlines()):
        found.setdefault(row["nationality"], {})[row["period"]] = float(row["value"])
    return found


def known_series(nation: str, origin: str) -> tuple[str, Floats]:
    """First month and all known months of encounters of a nationality, or of all, at an origin.

    A nationality that CBP does not name is published later, so its series ends a month earlier.
    """
    cells = cells_of(nation)
    months = months_between(FIRST, last_known(origin, lag_of_cells(cells)))
    before = _earlier().get(nation, {})
    return min(before, default=FIRST), np.array(
        [*before.values(), *known_values(cells, months, origin).sum(axis=0)]
    )


def cells_of(nation: str) -> list[Cell]:
    """Encounters between ports and at them."""
    return [Cell(f"encounters_{by}", ALL, nation, ALL) for by in ("usbp", "ofo")]


def prior_errors(nation: str, steps: int) -> Floats:
    """What is thought to be missed, by months past the last known one, before any origin: float64[steps]."""
    ahead = np.arange(1, steps + 1) - LAG
    return np.interp(ahead, HORIZONS, PRIOR_ERROR["total" if nation == ALL else "nationality"])


def opponents(nation: str, origin: str) -> dict[str, Forecast]:
    """All forecasts without the model at an origin, for the months 1 to 12 after it: by name."""
    first, series = known_series(nation, origin)
    last = months_between(first, last_known(origin))[len(series) - 1]
    steps = len(months_between(last, str(np.datetime64(origin, "M") + LONGEST))) - 1
    behind = len(months_between(last, origin)) - 1  # months between the last known and the origin
    since = len(months_between(first, str(np.datetime64(ORIGINS[0], "M") - behind)))
    made = forecasts(series, prior_errors(nation, steps), PRIOR_ORIGINS, since)
    return {name: Forecast(each.centre[behind:], each.spread[behind:]) for name, each in made.items()}


@dataclass(frozen=True)
class Hindcast:
    """What was projected, and what came.

    Attributes
    ----------
    projections : dict of str to dict of str to float64[members, N, ahead]
        By protocol and origin.
    references : dict of str to dict of str to dict of str to Forecast
        By nationality, origin and opponent.
    months : list of str
    observed : float64[N, M]
        In months of `months`.
    """

    projections: Mapping[str, Mapping[str, np.ndarray]]
    references: Mapping[str, Mapping[str, Mapping[str, Forecast]]]
    months: list[str]
    observed: np.ndarray

    def cases(self, horizon: int) -> list[str]:
        """Origins whose month at the horizon was published in the end."""
        return [each for each in ORIGINS if month_at(each, horizon) <= LAST_MONTH]

    def came(self, horizon: int, nation: str) -> np.ndarray:
        """What was observed at a horizon, float64[cases]."""
        series = self.series(nation)
        return np.array([series[self.months.index(month_at(each, horizon))] for each in self.cases(horizon)])

    def series(self, nation: str) -> np.ndarray:
        """The observed series of a nationality, or of all."""
        return self.observed.sum(axis=0) if nation == ALL else self.observed[NATIONALITIES.index(nation)]

    def members(self, protocol: str, horizon: int, nation: str) -> np.ndarray:
        """What members projected at a horizon, float64[members, cases]."""
        rows = [self.projections[protocol][each][:, :, horizon - 1] for each in self.cases(horizon)]
        found = np.stack(rows, axis=1)  # [members, cases, N]
        return found.sum(axis=2) if nation == ALL else found[:, :, NATIONALITIES.index(nation)]

    def spread(self, protocol: str, horizon: int, nation: str) -> np.ndarray:
        """Members spread by the model error known at each origin, float64[members x draws, cases].

        An error is known once its month was published: with a lag of one month, the month before the origin's.
        """
        members = self.members(protocol, horizon, nation)
        came = self.came(horizon, nation)
        errors = np.log(came + DAMPING) - np.log(np.median(members, axis=0) + DAMPING)
        kind = "total" if nation == ALL else "nationality"
        prior = float(np.interp(horizon, HORIZONS, PRIOR_ERROR[kind]))
        inside = np.log(members + DAMPING).std(axis=0)
        cases = self.cases(horizon)
        rng = np.random.default_rng([horizon, len(nation)])
        luck = rng.standard_normal((SPREAD_DRAWS, len(members)))
        lag = lag_of_cells(cells_of(nation))
        found = []
        for place, origin in enumerate(cases):
            known = [i for i, each in enumerate(cases) if month_at(each, horizon) <= last_known(origin, lag)]
            error = spread_of_errors(errors[known], prior, PRIOR_ORIGINS)
            added = np.sqrt(max(error**2 - inside[place] ** 2, 0.0))
            found.append((np.log(members[:, place] + DAMPING) + added * luck).ravel())
        return np.maximum(np.exp(np.array(found).T) - DAMPING, 0.0)

    def largest(self) -> list[str]:
        """The nationalities that are scored one by one."""
        return largest(self.observed, self.months)

    def forecast(self, name: str, horizon: int, nation: str) -> tuple[np.ndarray, np.ndarray]:
        """Points and draws of a protocol or an opponent at a horizon: float64[cases], float64[draws, cases]."""
        if name in self.projections:
            return np.median(self.members(name, horizon, nation), axis=0), self.spread(name, horizon, nation)
        made = [self.references[nation][each][name] for each in self.cases(horizon)]
        points = np.array([each.point[horizon - 1] for each in made])
        return points, np.stack([each.draws[:, horizon - 1] for each in made], axis=1)

    @property
    def names(self) -> list[str]:
        """All that is scored: protocols, and opponents."""
        return [*self.projections, *OPPONENTS]

    def scores(self) -> pd.DataFrame:
        """One row for each forecast, horizon and nationality: errors of points and distributions, and coverage."""
        rows = []
        for nation in (ALL, *self.largest()):
            for horizon in HORIZONS:
                came = self.came(horizon, nation)
                naive, _ = self.forecast(PERSISTENCE, horizon, nation)
                for name in self.names:
                    point, draws = self.forecast(name, horizon, nation)
                    row = {
                        "forecast": name,
                        "nationality": nation,
                        "horizon": horizon,
                        "cases": len(came),
                        "mape": mape(point, np.maximum(came, 1.0)),
                        "wape": wape(point, came),
                        "mase": mase(point, came, naive),
                        "crps": float(crps_of(draws, came).mean()),
                    }
                    bands = {f"in_{band:.0%}".replace("%", ""): coverage(draws, came, band) for band in BANDS}
                    rows.append(row | bands)
        return pd.DataFrame(rows)

    def differences(self) -> pd.DataFrame:
        """How much less a protocol misses than each opponent, with its interval: one row for each measure.

        `difference` is the opponent's mean less the protocol's: above 0 the model is better, and surely so where `low`
        is above 0 too. Of `mape` in shares, of `crps` in events a month.
        """
        rows = []
        for nation in (ALL, *self.largest()):
            for horizon in HORIZONS:
                came = self.came(horizon, nation)
                missed = {name: _missed(*self.forecast(name, horizon, nation), came) for name in self.names}
                for protocol in self.projections:
                    for opponent in OPPONENTS:
                        for measure, theirs in missed[opponent].items():
                            less = theirs - missed[protocol][measure]
                            low, high = block_interval(less, horizon)
                            rows.append(
                                [protocol, opponent, nation, horizon, measure, less.mean(), low, high]
                            )
        columns = ["forecast", "opponent", "nationality", "horizon", "measure", "difference", "low", "high"]
        return pd.DataFrame(rows, columns=columns)

    def table(self) -> pd.DataFrame:
        """Every projection: forecast, origin, month, nationality, median, 80% band and what came."""
        rows: list[list[Any]] = []
        for protocol in self.projections:
            for nation in (ALL, *NATIONALITIES):
                for horizon in range(1, max(HORIZONS) + 1):
                    point, ensemble = self.forecast(protocol, horizon, nation)
                    low, high = np.quantile(ensemble, [0.1, 0.9], axis=0)
                    came = self.came(horizon, nation)
                    for place, origin in enumerate(self.cases(horizon)):
                        rows.append([protocol, origin, month_at(origin, horizon), horizon, nation,
                                     point[place], low[place], high[place], came[place]])  # fmt: skip
        columns = [
            "forecast",
            "origin",
            "month",
            "horizon",
            "nationality",
            "median",
            "p10",
            "p90",
            "observed",
        ]
        return pd.DataFrame(rows, columns=columns)


def largest(observed: np.ndarray, months: list[str]) -> list[str]:
    """The twelve named nationalities with most encounters in the scored months."""
    scored = observed[:, [month > ORIGINS[0] for month in months]].sum(axis=1)
    named = [
        (count, nation)
        for count, nation in zip(scored, NATIONALITIES, strict=True)
        if nation not in names_with("remainder")
    ]
    return [nation for _, nation in sorted(named, reverse=True)[:NAMED]]


def month_at(origin: str, horizon: int) -> str:
    """The month so many months after an origin's."""
    return str(np.datetime64(origin, "M") + horizon)


def _missed(point: np.ndarray, draws: np.ndarray, came: np.ndarray) -> dict[str, np.ndarray]:
    """What a forecast missed, case by case and by measure."""
    return {"mape": np.abs(point - came) / np.maximum(came, 1.0), "crps": crps_of(draws, came)}
