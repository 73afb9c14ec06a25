"""A report: one HTML page about results, for a reader who does not have Corridor.

The page holds its figures and its style. It has no script and asks for nothing from elsewhere. Everything that comes
from a scenario or a manifest is text written by someone else: it is escaped, and no figure draws it. The page holds
no time and no path, so the same results give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from jinja2 import Environment, StrictUndefined, Template

from corridor.experiments.compare import compare
from corridor.experiments.headline import CHANCE, interval_holds, worth_showing
from corridor.experiments.report_entries import (
    describe_root,
    entries_added,
    entry_words,
    first_day,
    other_words,
)
from corridor.experiments.report_figures import plot_figures
from corridor.experiments.reproduce import scenario_of
from corridor.inputs.evidence.skill import load_skill
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.scenarios.entries import is_name
from corridor.inputs.scenarios.scenario import Scenario
from corridor.outputs.files import refusal
from corridor.outputs.observations import goes_past
from corridor.outputs.result_folders import find_results
from corridor.outputs.results import Results
from corridor.outputs.rows import ALL, MANIFEST, Cell
from corridor.outputs.tables import number_text
from corridor.version import __version__

#: Harm stands beside flow.
SHOWN = (
    "encounters_usbp",
    "mexico_returns",
    "waiting_north_mexico",
    "deaths",
    "kidnappings",
    "sexual_violence",
    "public_cost_usd",
)
MINUS = "\N{MINUS SIGN}"
CHANCE_ALONE = ", chance alone"
"""At the head of intervals of a run that draws no parameters."""


class Number(NamedTuple):
    """A number as it is in the CSV files, and as a reader sees it."""

    exact: str
    shown: str


class Told(NamedTuple):
    """A result beside the scenario that it ran."""

    results: Results
    scenario: Scenario


def read_folders(folders: Iterable[Path | str]) -> list[Results]:
    """Read result folders, or those that lie in a folder; the baseline that one names is looked for beside it.

    Raises
    ------
    InputError
        If a folder holds no results, or they cannot be read.
    """
    found = {folder.resolve(): Results.read(folder) for folder in find_results(folders)}
    names = {each.scenario for each in found.values()}
    for folder, each in list(found.items()):
        baseline = each.manifest.get("baseline")
        beside = folder.parent / str(baseline)
        if (
            isinstance(baseline, str)
            and baseline not in names
            and is_name(baseline)
            and (beside / MANIFEST).is_file()
        ):
            found[beside] = Results.read(beside)
            names.add(baseline)
    return list(found.values())


def make_report(results: Sequence[Results], *, window: str | None = None) -> bytes:
    """One HTML page about results: what was asked, what changes, what it rests on, how to make it again.

    Parameters
    ----------
    results
        Of different scenarios. Each is compared with the baseline that it names, where that is among them; one that
        only serves as a baseline has no section of its own.
    window
        Days to compare over first, as for `compare`.

    Returns
    -------
    UTF-8.

    Raises
    ------
    InputError
        If there are no results, a pair does not match, or a manifest does not hold a valid scenario.
    """
    if not results:
        raise refusal("report", "there are no results to report")
    if len({each.scenario for each in results}) < len(results):
        raise refusal("report", "a scenario is given twice; results are told apart by scenario")
    told = {each.scenario: Told(each, _scenario_of(each)) for each in results}
    paired = any(each.manifest["baseline"] in told for each in results)
    comparison = compare(list(results), window=window) if paired else None
    table = comparison.headline() if comparison else pd.DataFrame()
    against = {after.scenario: before.scenario for before, after in (comparison.pairs if comparison else ())}
    chosen = [name for name in told if name in against or name not in against.values()]
    sections = [
        _section(number, told[name], told.get(against.get(name, "")), table)
        for number, name in enumerate(chosen)
    ]
    roots = dict.fromkeys(against.get(name, name) for name in chosen)
    page = _template().render(
        title=sections[0]["title"]
        if len(sections) == 1
        else f"{len(sections)} scenarios of migrant flows through Panama, Mexico and the US border",
        version=__version__,
        notes=comparison.notes if comparison else (),
        sections=sections,
        skill=load_skill(),
        interval=_interval_words(results),
        origins=[_origin(each) for each in results],
        roots=[describe_root(told[name].scenario) for name in roots],
    )
    return page.encode()


def _scenario_of(results: Results) -> Scenario:
    try:
        scenario = scenario_of(dict(results.manifest))
    except (KeyError, TypeError, AttributeError):
        raise refusal(results.scenario, "its manifest does not hold the text of its scenario") from None
    if scenario.name != results.scenario:
        raise refusal(results.scenario, f"its manifest is that of {scenario.name}")
    return scenario


@cache
def _template() -> Template:
    text = (resources.files("corridor.experiments") / "report.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return environment.from_string(text)


def _section(number: int, told: Told, against: Told | None, table: pd.DataFrame) -> dict[str, Any]:
    results, scenario = told
    entries = entries_added(scenario, against.scenario if against else None)
    rows, quiet = _difference_rows(table, results.scenario) if against else (_level_rows(results), "")
    runs = f"Mean of {len(results.replicates)} runs, which simulate {_scale_words(results)}"
    twins = " Each run is compared with its twin in the baseline, made with the same random draws."
    return {
        "name": scenario.name,
        "title": scenario.title or scenario.name,
        "question": scenario.question,
        "narrative": scenario.narrative,
        "baseline": None
        if against is None
        else {
            "name": against.scenario.name,
            "title": (against.scenario.title or against.scenario.name).rstrip("."),
            "narrative": against.scenario.narrative,
        },
        "caption": f"{runs}.{twins if against else ''}",
        "held": CHANCE_ALONE if interval_holds(results) == CHANCE else "",
        "rows": rows,
        "quiet": quiet,
        "figures": list(
            plot_figures(number, results, against.results if against else None, map(first_day, entries))
        ),
        "entries": [entry_words(entry) for entry in entries],
        "others": list(other_words(scenario, against.scenario if against else None)),
    }


def _scale_words(results: Results) -> str:
    scale = results.manifest["run"]["people_per_agent"]
    if scale == 1:
        return "every travelling party"
    return f"one travelling party in {scale:,}: each counts {scale:,} times, and rare events such as deaths are coarse"


def _difference_rows(headline: pd.DataFrame, name: str) -> tuple[list[dict[str, Any]], str]:
    """Rows of headline.csv: the chosen window, and years in which something shown differs (the chosen one if none)."""
    of_name = headline.loc[headline["scenario"] == name]
    (pair,) = worth_showing(of_name, SHOWN)
    quiet = f"No difference in these numbers in {', '.join(pair.quiet)}." if pair.quiet else ""
    nothing = of_name.assign(days=pair.quiet[0] if pair.quiet else "").to_dict("records")
    first = (nothing[0]["first_day"], nothing[0]["last_day"]) if nothing else ("", "")
    same = [
        row for row in nothing if (row["first_day"], row["last_day"]) == first and row["indicator"] in SHOWN
    ]
    return [
        _row(
            row,
            row["days"],
            [
                [_number(row["baseline_value"], row)],
                [_number(row["value"], row)],
                [_number(row["difference"], row, signed=True)],
                [_number(row[share], row, signed=True) for share in ("difference_p10", "difference_p90")],
                [_relative(row["relative"])],
            ],
        )
        for row in _in_order(pair.rows or same, "days")
    ], quiet


def _level_rows(results: Results) -> list[dict[str, Any]]:
    table = results.summary()
    whole = np.logical_and.reduce([(table[column] == ALL).to_numpy() for column in Cell._fields[1:]])
    rows = table.loc[whole & table["indicator"].isin(SHOWN).to_numpy()].astype(
        {"period": str, "indicator": str}
    )
    rows = rows.loc[rows["period"].isin(results.years)].sort_values("period", kind="stable")
    return [
        _row(
            row,
            row["period"],
            [
                [_number(row["mean"], row)],
                [Number("", "not claimed")]
                if goes_past(row["period"])
                else [_number(row[share], row) for share in ("p10", "p90")],
            ],
        )
        for row in _in_order(rows.to_dict("records"), "period")
    ]


def _in_order(rows: Sequence[dict[str, Any]], window: str) -> list[dict[str, Any]]:
    """Windows in the order in which they come, and in each the indicators as `SHOWN` has them."""
    windows = list(dict.fromkeys(row[window] for row in rows))
    return sorted(rows, key=lambda row: (windows.index(row[window]), SHOWN.index(row["indicator"])))


def _row(row: dict[str, Any], window: str, cells: list[list[Number]]) -> dict[str, Any]:
    indicator = INDICATORS[row["indicator"]]
    unit = "million USD" if indicator.unit == "USD" else indicator.counts
    unit = f"mean of days, {unit}" if indicator.kind == "stock" else unit
    return {
        "indicator": indicator.id,
        "period": window,
        "label": indicator.label,
        "unit": unit,
        "cells": cells,
    }


def _number(value: float, row: dict[str, Any], *, signed: bool = False) -> Number:
    exact = number_text(np.array([value]))[0].as_py() or ""
    value = value / 1e6 if INDICATORS[row["indicator"]].unit == "USD" else value
    text = f"{abs(value):,.0f}"
    nothing = text == "0"
    sign = MINUS if value < 0 and not nothing else "+" if signed and not nothing else ""
    return Number(exact, sign + text)


def _relative(value: float) -> Number:
    if not math.isfinite(value):
        return Number("", "not defined")
    exact = number_text(np.array([value]))[0].as_py()
    return Number(exact, "0.0%" if abs(value) < 0.0005 else f"{value:+.1%}".replace("-", MINUS))


def _interval_words(results: Sequence[Results]) -> str:
    drawn = any(max(each.manifest["run"]["draws"]) for each in results)
    held = (
        "The intervals hold chance and the doubt about fitted parameters, not what the model leaves out"
        if drawn
        else "The intervals show chance, not doubt about the model"
    )
    return f"{held}. 80% of the runs, or of the paired differences between simulated twins, lie inside."


def _origin(results: Results) -> dict[str, Any]:
    manifest = results.manifest
    run = manifest["run"]
    sets = len(set(run["draws"]))
    return {
        "name": results.scenario,
        "runs": f"{len(set(run['replicates']))} replicates, {sets} parameter set{'s' if sets > 1 else ''}, "
        f"seed {run['seed']}, 1:{run['people_per_agent']}",
        "command": manifest["command"],
        "text": manifest["texts"][results.scenario],
        "facts": [
            *((f"hash of {name}", value) for name, value in manifest["hashes"].items()),
            *((f"version of {name}", value) for name, value in manifest["versions"].items()),
        ],
    }
