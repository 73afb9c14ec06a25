"""Freezing a blind record: every series that is scored, month by month, from an ensemble of a projection.

What its bands hold: chance (replicates, each with its own demand to come) and parameters (accepted sets) as members of
an ensemble; and the error that the hindcast made so many months ahead, added as every projection has it
(`corridor.experiments.projection`). Beyond the last horizon of the hindcast nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corridor.experiments.blind.record import (
    COLUMNS,
    FORMAT,
    LEVELS,
    MANIFEST,
    README,
    RECORD,
    SCENARIO,
)
from corridor.experiments.ensemble import Progress, run_ensemble
from corridor.experiments.hindcast.protocol import HORIZONS, PRIOR_ERROR
from corridor.experiments.projection import (
    claimed_ahead,
    months_ahead,
    protocol_error,
    scored_cells,
    spread_members,
)
from corridor.foundations.errors import RunError
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.evidence.skill import load_skill
from corridor.inputs.parameters.accepted import accepted_count
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import load_scenario
from corridor.outputs.manifest import WHOLE, manifest_bytes
from corridor.outputs.observations import last_published, observed_values
from corridor.outputs.rows import ALL, ENCOUNTERS, PARTS_OF_ENCOUNTERS, Cell
from corridor.outputs.tables import csv_bytes, spread

DECIMALS = 1
YEAR = 12


@dataclass(frozen=True)
class Contents:
    """What the bands of a record hold.

    Attributes
    ----------
    parameters, demand, chance, protocol_error : str
        In words, where it is in; empty where it is not.
    """

    parameters: str = ""
    demand: str = ""
    chance: str = ""
    protocol_error: str = ""

    def described(self) -> dict[str, dict[str, Any]]:
        """What the manifest says of each."""
        return {name: {"in": bool(how), "how": how} for name, how in vars(self).items()}


def with_encounters(cells: Sequence[Cell]) -> dict[Cell, tuple[Cell, ...]]:
    """Series of a record -> the reported ones that it is the sum of; encounters in all come first."""
    between, at = PARTS_OF_ENCOUNTERS
    sums: dict[Cell, tuple[Cell, ...]] = {}
    for cell in cells:
        other = cell._replace(indicator=at)
        if cell.indicator == between and cell.place == cell.party == ALL and other in cells:
            sums[cell._replace(indicator=ENCOUNTERS)] = (cell, other)
    return sums | {cell: (cell,) for cell in cells}


def record_table(
    members: Mapping[Cell, np.ndarray],
    months: Sequence[str],
    known_to: str,
    claimed: int,
    *,
    spread_by_error: bool,
) -> pd.DataFrame:
    """The rows of a record.

    Parameters
    ----------
    members : mapping of Cell to float64[R, months]
        What each member of the ensemble said of each series, encounters in all among them.
    known_to : str
        The last month of which anything was known.
    claimed : int
        Months ahead of which something is claimed.
    spread_by_error : bool
        Whether bands hold the error that the hindcast made.
    """
    ahead = months_ahead(months, known_to)
    rows = []
    for cell, values in members.items():
        _, mean, _ = spread(values, LEVELS)
        wide = spread_members(values, protocol_error(cell, ahead)) if spread_by_error else values
        _, _, quantiles = spread(wide, LEVELS)
        held, year = opponents(cell, months, known_to)
        for place, month in enumerate(months):
            numbers = [mean[place], *quantiles[:, place], held, year[place]]
            of_month = [*cell, month, "yes" if ahead[place] <= claimed else "no"]
            rows.append((*of_month, *np.round(numbers, DECIMALS).tolist()))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def opponents(cell: Cell, months: Sequence[str], known_to: str) -> tuple[float, np.ndarray]:
    """Two simple forecasts: the last known month, held; the same month of the last known year, float64[months]."""
    parts = [
        each._replace(place=cell.place, nationality=cell.nationality, party=cell.party)
        for each in _parts(cell)
    ]
    last = np.datetime64(known_to, "M")
    same = []
    for month in months:
        found = np.datetime64(month, "M")
        while found > last:
            found -= YEAR
        same.append(str(found))
    seen = observed_values(parts, [known_to, *same]).sum(axis=1)
    return float(seen[0]), seen[1:]


def _parts(cell: Cell) -> list[Cell]:
    names = PARTS_OF_ENCOUNTERS if cell.indicator == ENCOUNTERS else (cell.indicator,)
    return [Cell(name) for name in names]


def record_files(
    name: str,
    table: pd.DataFrame,
    *,
    scenario: str,
    text: str,
    known_to: str,
    claimed_to: str,
    contents: Contents,
    run: Mapping[str, Any],
    error: Mapping[str, Any],
    notes: Sequence[str] = (),
) -> dict[str, bytes]:
    """Name -> content of the files of a record; the manifest, which holds the hashes of the others, comes last.

    Parameters
    ----------
    scenario, text : str
        The name of the scenario, and the scenario as a file that stands alone.
    run : mapping
        The manifest of the run, with hashes of code, data and parameters, seed, replicates and scale.
    error : mapping
        The error of the hindcast that bands hold, by months ahead; empty where they hold none.
    notes : sequence of str
        What a reader should know besides.
    """
    periods = sorted(set(table["period"]))
    described = {
        "format": FORMAT,
        "record": name,
        "scenario": scenario,
        "known_to": known_to,
        "months": [periods[0], periods[-1]],
        "claimed_to": claimed_to,
        "contains": contents.described(),
        "error": dict(error),
        "notes": list(notes),
        "run": dict(run),
    }
    files = {RECORD: csv_bytes(table), SCENARIO: text.encode(), README: _readme(described).encode()}
    return files | {MANIFEST: manifest_bytes(described, files)}


def _readme(about: Mapping[str, Any]) -> str:
    """What a record says of itself."""
    first, last = about["months"]
    titles = {
        "parameters": "parameters",
        "demand": "demand to come",
        "chance": "chance",
        "protocol_error": "error of the hindcast",
    }
    lines = [f"- {titles[name]}: {part['how'] or 'not in'}" for name, part in about["contains"].items()]
    return "\n".join(
        [
            f"# Blind record of Corridor {about['record']}",
            "",
            f"Scenario `{about['scenario']}` ([scenario.yaml](scenario.yaml)), {first} to {last}; what was known ends "
            f"with {about['known_to']}. Nothing is claimed after {about['claimed_to']}: rows after it say `no` in "
            "`claimed`.",
            "",
            "`record.csv` has a row for every series and month: people (or events), mean of the members, quantiles of "
            "the bands. `encounters` is between ports and at them together. `last_month` and `last_year` are the "
            "opponents: the last known month held, and the same month of the last known year.",
            "",
            "The bands hold:",
            "",
            *lines,
            "",
            *(f"- {note}" for note in about["notes"]),
            *([""] if about["notes"] else []),
            "A projection conditional on its scenario, not a forecast. Score it with "
            f"`corridor blind {about['record']} OBSERVED.csv`.",
            "",
        ]
    )


def standing_alone(scenario: Scenario) -> Scenario:
    """A scenario with everything that it inherits, as one that extends none.

    Raises
    ------
    RunError
        If that is not the same policy day by day: entries of a chain can own each other as one file cannot say.
    """
    timeline = scenario.timeline
    layers = scenario.layers()
    whole = scenario.model_copy(
        update={
            "extends": None,
            "baseline": None,
            "remove": (),
            "period": scenario.period.model_copy(
                update={"start": timeline.start, "report_from": timeline.report_from, "end": timeline.end}
            ),
            "interventions": tuple(entry for layer in layers for entry in layer.interventions),
            "shocks": tuple(entry for layer in layers for entry in layer.shocks),
            "overrides": {id: value for each in scenario.chain for id, value in each.overrides.items()},
            "parameters": scenario.record,
            **{
                field: scenario._said(field)
                for field in ("entries_", "announcements", "behaviour", "diplomacy")
            },
            "run": scenario.run_settings,
        }
    )
    whole._parent = None
    chained, alone = resolve(scenario), resolve(whole)
    same = (chained.news, chained.shocks, chained.overrides) == (alone.news, alone.shocks, alone.overrides)
    paths = ((path, alone.levers[id]) for id, path in chained.levers.items())
    if not same or any(
        one.members != other.members or not np.array_equal(one.values, other.values) for one, other in paths
    ):
        raise RunError(f"{scenario.name} cannot be written as one scenario that extends none")
    return whole


def freeze(
    scenario: str,
    name: str,
    *,
    replicates: int,
    people_per_agent: int = 50,
    workers: int | None = None,
    progress: Progress | None = None,
) -> dict[str, bytes]:
    """Run a projection with every accepted parameter set, and make a record of the months after what is known.

    Parameters
    ----------
    scenario : str
        Name of a scenario.
    name : str
        Of the record: the version.
    replicates : int
        Of each parameter set.

    Returns
    -------
    Name -> content of its files, in the order in which they are written.

    Raises
    ------
    InputError
        If there is no such scenario.
    RunError
        If it ends with what is known, or cannot be written as one that stands alone.
    """
    loaded = load_scenario(scenario)
    known_to, draws = last_published(), accepted_count()
    months = [period for period in loaded.timeline.months() if period > known_to]
    if not months:
        raise RunError(f"{scenario} ends with what is known, {known_to}: there is nothing to freeze")
    text = standing_alone(loaded).to_yaml()
    results = run_ensemble(
        loaded,
        replicates=replicates,
        draws=draws,
        people_per_agent=people_per_agent,
        workers=workers,
        progress=progress,
    )
    places = [results.periods.index(month) for month in months]
    sums = with_encounters(scored_cells(results.index, known_to))
    members = {
        cell: results.values[:, places][:, :, [results.index[part] for part in parts]].sum(axis=2)
        for cell, parts in sums.items()
    }
    claimed = claimed_ahead()
    contents = Contents(
        parameters=f"the central set and {draws} accepted sets of the packaged estimate",
        demand="held at the mean of its last three months, with a spread that grows month by month, in every replicate",
        chance=f"{replicates} replicates of each set at 1:{people_per_agent}",
        protocol_error="where members are spread less, they are spread as the hindcast erred so many months ahead",
    )
    ahead = np.array(HORIZONS, dtype=np.float64)
    error = {
        "scored": dict(
            zip(map(str, HORIZONS), protocol_error(Cell(ENCOUNTERS), ahead).round(4).tolist(), strict=True)
        ),
        "prior": dict(zip(map(str, HORIZONS), PRIOR_ERROR["nationality"], strict=True)),
        "of": "standard deviation of the logarithm, by months ahead",
    }
    notes = [
        "The error of the hindcast is that of all encounters, with policies as announced; it is used for encounters as "
        "a whole, between ports and at them. All other series have the prior of the hindcast by nationality, since the "
        "package holds no score of them.",
        "The hindcast takes in the last ten months and carries the last error on; a run of a scenario does not. So the "
        "error is that of a procedure that knew a little more.",
    ]
    if not load_skill()["of_this_fit"]:
        notes.append("The hindcast was scored with an earlier estimate than the one that made this record.")
    return record_files(
        name,
        record_table(members, months, known_to, claimed, spread_by_error=True),
        scenario=scenario,
        text=text,
        known_to=known_to,
        claimed_to=str(np.datetime64(known_to, "M") + claimed),
        contents=contents,
        run=run_of(results.manifest),
        error=error,
        notes=notes,
    )


def run_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a run without texts and files of results; replicates and parameter sets by their numbers."""
    run = {id: value for id, value in manifest.items() if id not in ("texts", "files", WHOLE)}
    counts = {each: len(set(run["run"][each])) for each in ("replicates", "draws")}
    return run | {"run": {**run["run"], **counts}}
