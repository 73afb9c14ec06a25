"""All origins in order: refits, projections, and their scores beside forecasts without a model."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridor.experiments.estimation.estimate import MEMBERS as ENSEMBLE
from corridor.experiments.estimation.estimate import estimate
from corridor.experiments.estimation.priors import DAMPING
from corridor.experiments.estimation.record import record_bytes, record_of
from corridor.experiments.hindcast.protocol import (
    HORIZONS,
    LAST_MONTH,
    ORIGINS,
    PRIOR_ERROR,
    PRIOR_ORIGINS,
    REFITS,
    months_between,
    observed_encounters,
    project_member,
    refit_of,
)
from corridor.experiments.hindcast.reference import REFERENCES
from corridor.experiments.scores import BANDS, coverage, crps, mape, mase, wape
from corridor.experiments.workers import run_tasks
from corridor.foundations.errors import InputError, Problem
from corridor.inputs.registries.nationalities import NATIONALITIES, names_with
from corridor.inputs.scenarios.request import check_request
from corridor.outputs.files import write_files
from corridor.outputs.tables import csv_bytes

MEMBERS = 12
SEED = 1  # of every refit
SPREAD_DRAWS = 25  # of model error for each member
LARGEST = 10  # nationalities that are scored one by one
ALL = "all"
PROTOCOLS = {
    "model": {"announced": False},
    "model (policy as announced)": {"announced": True},
    "model (structure only)": {"announced": False, "carry": False, "take_in": False},
}
MAIN = "model"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Hindcast:
    """What was projected, and what came.

    Attributes
    ----------
    projections : dict of str to dict of str to float64[members, N, ahead]
        By protocol and origin.
    observed : float64[N, M]
        From January 2020 in months of `months`.
    """

    projections: Mapping[str, Mapping[str, np.ndarray]]
    months: list[str]
    observed: np.ndarray

    def cases(self, horizon: int) -> list[str]:
        """Origins whose month at the horizon is known."""
        return [each for each in ORIGINS if self._month(each, horizon) <= LAST_MONTH]

    def _month(self, origin: str, horizon: int) -> str:
        return str(np.datetime64(origin, "M") + horizon)

    def came(self, horizon: int, nation: str) -> np.ndarray:
        """What was observed at a horizon, float64[cases]."""
        series = self.series(nation)
        return np.array(
            [series[self.months.index(self._month(each, horizon))] for each in self.cases(horizon)]
        )

    def series(self, nation: str) -> np.ndarray:
        """The observed series of a nationality, or of all."""
        return self.observed.sum(axis=0) if nation == ALL else self.observed[NATIONALITIES.index(nation)]

    def members(self, protocol: str, horizon: int, nation: str) -> np.ndarray:
        """What members projected at a horizon, float64[members, cases]."""
        rows = [self.projections[protocol][each][:, :, horizon - 1] for each in self.cases(horizon)]
        found = np.stack(rows, axis=1)  # [members, cases, N]
        return found.sum(axis=2) if nation == ALL else found[:, :, NATIONALITIES.index(nation)]

    def reference(self, name: str, horizon: int, nation: str) -> np.ndarray:
        """What a forecast without a model said, float64[cases]."""
        series, found = self.series(nation), []
        for origin in self.cases(horizon):
            past = series[: self.months.index(origin) + 1]
            found.append(REFERENCES[name](past, horizon)[-1])
        return np.array(found)

    def spread(self, protocol: str, horizon: int, nation: str) -> np.ndarray:
        """Members spread by the model error known at each origin, float64[members x draws, cases]."""
        members = self.members(protocol, horizon, nation)
        came = self.came(horizon, nation)
        errors = np.log(came + DAMPING) - np.log(np.median(members, axis=0) + DAMPING)
        kind = "total" if nation == ALL else "nationality"
        prior = float(np.interp(horizon, HORIZONS, PRIOR_ERROR[kind]))
        inside = np.log(members + DAMPING).std(axis=0)
        cases = self.cases(horizon)
        rng = np.random.default_rng([horizon, len(nation)])
        luck = rng.standard_normal((SPREAD_DRAWS, len(members)))
        found = []
        for place, origin in enumerate(cases):
            known = [i for i, each in enumerate(cases) if self._month(each, horizon) <= origin]
            square = PRIOR_ORIGINS * prior**2 + float((errors[known] ** 2).sum())
            error = square / (PRIOR_ORIGINS + len(known))
            added = np.sqrt(max(error - inside[place] ** 2, 0.0))
            found.append((np.log(members[:, place] + DAMPING) + added * luck).ravel())
        return np.maximum(np.exp(np.array(found).T) - DAMPING, 0.0)

    def largest(self) -> list[str]:
        """The ten named nationalities with most encounters in the scored months."""
        scored = self.observed[:, [month > ORIGINS[0] for month in self.months]].sum(axis=1)
        named = [
            (count, nation)
            for count, nation in zip(scored, NATIONALITIES, strict=True)
            if nation not in names_with("remainder")
        ]
        return [nation for _, nation in sorted(named, reverse=True)[:LARGEST]]

    def scores(self) -> pd.DataFrame:
        """One row for each forecast, horizon and nationality: errors, and of the model's bands their coverage."""
        rows = []
        for nation in (ALL, *self.largest()):
            for horizon in HORIZONS:
                came = self.came(horizon, nation)
                naive = self.reference("persistence", horizon, nation)
                for protocol in self.projections:
                    point = np.median(self.members(protocol, horizon, nation), axis=0)
                    ensemble = self.spread(protocol, horizon, nation)
                    bands = {
                        f"in_{band:.0%}".replace("%", ""): coverage(ensemble, came, band) for band in BANDS
                    }
                    rows.append(
                        self._row(protocol, nation, horizon, point, came, naive)
                        | {"crps": crps(ensemble, came), **bands}
                    )
                for name in REFERENCES:
                    point = self.reference(name, horizon, nation)
                    row = self._row(name, nation, horizon, point, came, naive)
                    rows.append(row | {"crps": float(np.abs(point - came).mean())})
        return pd.DataFrame(rows)

    def _row(
        self, name: str, nation: str, horizon: int, point: np.ndarray, came: np.ndarray, naive: np.ndarray
    ) -> dict[str, Any]:
        return {
            "forecast": name,
            "nationality": nation,
            "horizon": horizon,
            "cases": len(came),
            "mape": mape(point, np.maximum(came, 1.0)),
            "wape": wape(point, came),
            "mase": mase(point, came, naive),
        }

    def table(self) -> pd.DataFrame:
        """Every projection: forecast, origin, month, nationality, median, 80% band and what came."""
        rows = []
        for protocol in self.projections:
            for nation in (ALL, *NATIONALITIES):
                for horizon in range(1, max(HORIZONS) + 1):
                    ensemble = self.spread(protocol, horizon, nation)
                    point = np.median(self.members(protocol, horizon, nation), axis=0)
                    low, high = np.quantile(ensemble, [0.1, 0.9], axis=0)
                    came = self.came(horizon, nation)
                    for place, origin in enumerate(self.cases(horizon)):
                        rows.append([protocol, origin, self._month(origin, horizon), horizon, nation,
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


def run_hindcast(
    out: Path,
    *,
    members: int = MEMBERS,
    ensemble: int = ENSEMBLE,
    people_per_agent: int = 50,
    workers: int = 2,
    tell: Tell = lambda _: None,
) -> Hindcast:
    """Refit, project from every origin, and write what came of it.

    Parameters
    ----------
    out : Path
        Folder of refits (kept, so that an interrupted hindcast goes on), projections.csv and scores.csv.
    members : int
        Parameter sets an origin: the values of its refit, and members of the refit's ensemble.
    ensemble : int
        Members of each refit.

    Raises
    ------
    InputError
        If more parameter sets are asked for than a refit has.
    """
    members, ensemble, people_per_agent, workers = check_request(
        members=members, ensemble=ensemble, people_per_agent=people_per_agent, workers=workers
    ).values()
    if members > ensemble:
        why = f"a refit of {ensemble} members gives no {members} parameter sets"
        raise InputError([Problem("members", 0, 0, "members", why)])
    sets: dict[str, list[dict[str, Any]]] = {}
    for until in REFITS:
        asked = {"until": until, "seed": SEED, "members": ensemble, "people_per_agent": people_per_agent}
        record = _refit(out / "fits" / f"{until}.json", asked, members - 1, workers, tell)
        sets[until] = [record["values"], *record["accepted"]]
    projections: dict[str, dict[str, np.ndarray]] = {}
    for name, how in PROTOCOLS.items():
        tasks = [
            (values, origin, number)
            for origin in ORIGINS
            for number, values in enumerate(sets[refit_of(origin)])
        ]
        scaled = {**how, "people_per_agent": people_per_agent}
        made = run_tasks(_project, [(scaled, *task) for task in tasks], workers=workers)
        projections[name] = {
            origin: np.stack([run for run, task in zip(made, tasks, strict=True) if task[1] == origin])
            for origin in ORIGINS
        }
        tell(f"projected: {name}")
    months = months_between("2021-01", LAST_MONTH)
    hindcast = Hindcast(projections, months, observed_encounters(months))
    write_files(
        out, {"scores.csv": csv_bytes(hindcast.scores()), "projections.csv": csv_bytes(hindcast.table())}
    )
    return hindcast


def _refit(path: Path, asked: dict[str, Any], accepted: int, workers: int, tell: Tell) -> dict[str, Any]:
    """The record of a refit: read where one that was asked alike is kept, or else made and kept."""
    if path.is_file():
        kept = json.loads(path.read_text(encoding="utf-8"))
        if all(kept.get(name) == value for name, value in asked.items()):
            there = asked["members"] - kept["failed"]
            if len(kept["accepted"]) == min(accepted, there):
                return kept
    tell(f"estimating from months up to {asked['until']}")
    text = record_bytes(record_of(estimate(**asked, workers=workers, tell=tell), accepted))
    write_files(path.parent, {path.name: text})
    return json.loads(text)


def _project(how: Mapping[str, Any], values: Mapping[str, Any], origin: str, member: int) -> np.ndarray:
    return project_member(values, origin, member, **how)


def read_projections(folder: Path) -> pd.DataFrame:
    """The projections that `run_hindcast` wrote."""
    return pd.read_csv(folder / "projections.csv")
