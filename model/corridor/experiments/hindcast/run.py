"""All origins in order: refits, projections, forecasts without the model, and the files of their scores."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridor.experiments.estimation.estimate import MEMBERS as ENSEMBLE
from corridor.experiments.estimation.estimate import estimate
from corridor.experiments.estimation.record import record_bytes, record_of
from corridor.experiments.hindcast.protocol import (
    LAST_MONTH,
    ORIGINS,
    REFITS,
    last_fitted,
    observed_encounters,
    project_member,
    refit_of,
)
from corridor.experiments.hindcast.reference import Forecast
from corridor.experiments.hindcast.scoring import PROTOCOLS, Hindcast, largest, opponents
from corridor.experiments.known import months_between
from corridor.experiments.workers import run_tasks
from corridor.foundations.errors import InputError, Problem
from corridor.foundations.extras import need
from corridor.inputs.scenarios.request import check_request
from corridor.outputs.files import write_files
from corridor.outputs.rows import ALL
from corridor.outputs.tables import csv_bytes

MEMBERS = 12
SEED = 1  # of every refit
Tell = Callable[[str], None]


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
        Folder of refits (kept, so that an interrupted hindcast goes on), projections.csv, scores.csv and
        differences.csv.
    members : int
        Parameter sets an origin: the values of its refit, and members of the refit's ensemble.
    ensemble : int
        Members of each refit.

    Raises
    ------
    InputError
        If more parameter sets are asked for than a refit has.
    MissingExtra
        If the opponents' libraries are not installed.
    """
    need("hindcast", "a hindcast")
    members, ensemble, people_per_agent, workers = check_request(
        members=members, ensemble=ensemble, people_per_agent=people_per_agent, workers=workers
    ).values()
    if members > ensemble:
        why = f"a refit of {ensemble} members gives no {members} parameter sets"
        raise InputError([Problem("members", 0, 0, "members", why)])
    sets: dict[str, list[dict[str, Any]]] = {}
    for origin in REFITS:
        asked = {
            "until": last_fitted(origin), "origin": origin, "seed": SEED, "members": ensemble,
            "people_per_agent": people_per_agent,
        }  # fmt: skip
        record = _refit(out / "fits" / f"{origin}.json", asked, members - 1, workers, tell)
        sets[origin] = [record["values"], *record["accepted"]]
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
    observed = observed_encounters(months)
    tell("forecasting without the model")
    references = all_opponents((ALL, *largest(observed, months)), workers)
    hindcast = Hindcast(projections, references, months, observed)
    write_files(
        out,
        {
            "scores.csv": csv_bytes(hindcast.scores()),
            "differences.csv": csv_bytes(hindcast.differences()),
            "projections.csv": csv_bytes(hindcast.table()),
        },
    )
    return hindcast


def all_opponents(nations: Sequence[str], workers: int = 2) -> dict[str, dict[str, dict[str, Forecast]]]:
    """Forecasts without the model of nationalities, or of all: by nationality, origin and name."""
    asked = [(nation, origin) for nation in nations for origin in ORIGINS]
    made = run_tasks(opponents, asked, workers=workers)
    found: dict[str, dict[str, dict[str, Forecast]]] = {}
    for (nation, origin), each in zip(asked, made, strict=True):
        found.setdefault(nation, {})[origin] = each
    return found


def _refit(path: Path, asked: dict[str, Any], accepted: int, workers: int, tell: Tell) -> dict[str, Any]:
    """The record of a refit: read where one that was asked alike is kept, or else made and kept."""
    if path.is_file():
        kept = json.loads(path.read_text(encoding="utf-8"))
        if all(kept.get(name) == value for name, value in asked.items()):
            there = asked["members"] - kept["failed"]
            if len(kept["accepted"]) == min(accepted, there):
                return kept
    tell(f"estimating from months up to {asked['until']}, for origins from {asked['origin']}")
    record = {"origin": asked["origin"], **record_of(estimate(**asked, workers=workers, tell=tell), accepted)}
    text = record_bytes(record)
    write_files(path.parent, {path.name: text})
    return json.loads(text)


def _project(how: Mapping[str, Any], values: Mapping[str, Any], origin: str, member: int) -> np.ndarray:
    return project_member(values, origin, member, **how)


def read_projections(folder: Path) -> pd.DataFrame:
    """The projections that `run_hindcast` wrote."""
    return pd.read_csv(folder / "projections.csv")
