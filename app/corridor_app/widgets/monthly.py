"""One indicator at one place, month by month, scenario beside baseline: the figure that several pages share.

In the flow: Outcome -> `months_of` (what is drawn, and what it says in words) -> `fan_chart`, and
`data_rows` for a file.
For pages that run a scenario with few replicates.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

import corridor
from corridor_app.charts import chart
from corridor_app.charts.palette import palette
from corridor_app.jobs import runs
from corridor_app.widgets.scenario_runs import few_replicates
from corridor_app.words.language import _

EVERYTHING = "all"


@dataclass(frozen=True)
class Months:
    """What a figure is drawn from: rows of the scenario and of its baseline, observed figures; title and words."""

    rows: pd.DataFrame
    before: pd.DataFrame | None
    observed: pd.DataFrame
    title: str
    words: str


def summary_of_few(results: corridor.Results, scenario: corridor.Scenario) -> pd.DataFrame:
    """The summary of an ensemble with few replicates."""
    return runs.summarise(runs.run_key(scenario, few_replicates(), scenario.run.seed), results)


def months_of(
    outcome: runs.Outcome,
    scenario: corridor.Scenario,
    against: corridor.Scenario | None,
    indicator: str,
    place: str,
    title: str,
) -> Months:
    """An indicator at a place in the months of a scenario and of what it is compared with."""
    cell = (place, EVERYTHING, EVERYTHING)
    rows = chart.month_rows(summary_of_few(outcome.scenario, scenario), indicator, cell)
    before = None
    if outcome.baseline is not None and against is not None:
        before = chart.month_rows(summary_of_few(outcome.baseline, against), indicator, cell)
    observed = chart.observed_rows(indicator, cell, list(rows["period"]))
    unit = corridor.INDICATORS[indicator].unit
    words = chart.describe(title, "", None, rows, before, observed, few_replicates(), unit)
    return Months(rows, before, observed, title, words)


def fan_chart(months: Months, height: int) -> chart.Layers:
    """Bands and medians of both, and points for what was observed."""
    return corridor.fan_chart(
        months.rows,
        months.before,
        title=months.title,
        names=(_(chart.SCENARIO), _(chart.BASELINE)),
        observed=months.observed,
        height=height,
        colours=palette().fan,
        say=_,
    )


def data_rows(rows: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """The data behind the figure: a row a run and month, its run named in the last column."""
    parts = [rows.assign(run=chart.SCENARIO)]
    if before is not None:
        parts.append(before.assign(run=chart.BASELINE))
    return pd.concat(parts, ignore_index=True).drop(columns="date")
