"""A report: one HTML page about results, for a reader who does not have Corridor.

The page holds its figures and its style. It has no script and asks for nothing from elsewhere. Everything that comes
from a scenario or a manifest is text written by someone else: it is escaped, and no figure draws it. The page holds
no time and no path, so the same results give the same bytes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from model.experiments.compare import compare
from model.experiments.reproduce import scenario_of
from model.outputs.drawings import draw_fan, draw_svg
from model.outputs.figures import (
    BASELINE_COLOUR,
    EVENT_COLOUR,
    OBSERVED_COLOUR,
    SCENARIO_COLOUR,
    fan_rows,
)
from model.outputs.files import refusal
from model.outputs.observations import observed_points
from model.outputs.results import ALL, MANIFEST, Cell, Results
from model.outputs.tables import number_text
from model.spec.indicators import INDICATORS
from model.spec.levers import LEVERS
from model.spec.scenario import Scenario
from model.spec.scenario_entries import Intervention, Shock, is_name
from model.spec.shocks import SHOCKS
from model.spec.skill import load_skill
from model.version import __version__

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
DRAWN = ("encounters_usbp", "deaths", "mexico_returns", "waiting_north_mexico", "kidnappings")
WIDTH, HEIGHT = 5.2, 2.7  # inches, so that words can be read on a narrow screen
YEAR = len("2023")
MINUS = "\N{MINUS SIGN}"
#: What the figures are drawn in -> what the style of the page gives it, in light and in dark.
PAGE_COLOURS = {
    "#ffffff": "none",
    "#000000": "currentColor",
    OBSERVED_COLOUR: "currentColor",
    SCENARIO_COLOUR: "var(--scenario)",
    BASELINE_COLOUR: "var(--baseline)",
    EVENT_COLOUR: "var(--event)",
}


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
    found: dict[Path, Results] = {}
    for folder in map(Path, folders):
        below = [folder] if (folder / MANIFEST).is_file() else _result_folders(folder)
        if not below:
            raise refusal(
                folder, f"no results here: {MANIFEST} is neither in it nor in a folder directly below"
            )
        for each in below:
            found.setdefault(each.resolve(), Results.read(each))
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


def make_report(results: Sequence[Results]) -> bytes:
    """One HTML page about results: what was asked, what changes, what it rests on, how to make it again.

    Parameters
    ----------
    results
        Of different scenarios. Each is compared with the baseline that it names, where that is among them; one that
        only serves as a baseline has no section of its own.

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
    comparison = compare(list(results)) if paired else None
    table = comparison.table() if comparison else pd.DataFrame()
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
        roots=[_root(told[name].scenario) for name in roots],
    )
    return page.encode()


def _result_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if (each / MANIFEST).is_file())


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
    text = (resources.files("model.experiments") / "report.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return environment.from_string(text)


def _section(number: int, told: Told, against: Told | None, table: pd.DataFrame) -> dict[str, Any]:
    results, scenario = told
    entries = _entries_added(scenario, against.scenario if against else None)
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
        "rows": rows,
        "quiet": quiet,
        "figures": list(_figures(number, results, against.results if against else None, entries)),
        "entries": [_entry_words(entry) for entry in entries],
        "others": list(_other_words(scenario, against.scenario if against else None)),
    }


def _scale_words(results: Results) -> str:
    scale = results.manifest["run"]["people_per_agent"]
    if scale == 1:
        return "every travelling party"
    return f"one travelling party in {scale:,}: each counts {scale:,} times, and rare events such as deaths are coarse"


def _difference_rows(table: pd.DataFrame, name: str) -> tuple[list[dict[str, Any]], str]:
    """Rows of compare.csv: years, whole, in which something shown differs (the last year if none does)."""
    whole = np.logical_and.reduce([(table[column] == ALL).to_numpy() for column in Cell._fields[1:]])
    years = table["period"].astype(str).str.len().to_numpy() == YEAR
    chosen = (table["scenario"] == name).to_numpy() & table["indicator"].isin(SHOWN).to_numpy()
    rows = table.loc[whole & years & chosen].astype({"period": str, "indicator": str})
    known = sorted(set(rows["period"]))
    differing = sorted(set(rows.loc[rows["difference_mean"] != 0, "period"]))
    shown = differing or known[-1:]
    same = [year for year in known if year not in differing]
    quiet = f"No difference in these numbers in {', '.join(same)}." if same else ""
    return [
        _row(
            row,
            [
                [_number(row["baseline_mean"], row)],
                [_number(row["scenario_mean"], row)],
                [_number(row["difference_mean"], row, signed=True)],
                [_number(row[share], row, signed=True) for share in ("difference_p10", "difference_p90")],
                [_relative(row["relative"])],
            ],
        )
        for row in _in_order(rows, shown)
    ], quiet


def _level_rows(results: Results) -> list[dict[str, Any]]:
    table = results.summary()
    whole = np.logical_and.reduce([(table[column] == ALL).to_numpy() for column in Cell._fields[1:]])
    rows = table.loc[whole & table["indicator"].isin(SHOWN).to_numpy()].astype(
        {"period": str, "indicator": str}
    )
    rows = rows.loc[rows["period"].str.len() == YEAR]
    return [
        _row(row, [[_number(row["mean"], row)], [_number(row[share], row) for share in ("p10", "p90")]])
        for row in _in_order(rows, sorted(set(rows["period"])))
    ]


def _in_order(rows: pd.DataFrame, years: Sequence[str]) -> Iterator[dict[str, Any]]:
    by_key = {(row["period"], row["indicator"]): row for row in rows.to_dict("records")}
    for year in years:
        for indicator in SHOWN:
            if (year, indicator) in by_key:
                yield by_key[year, indicator]


def _row(row: dict[str, Any], cells: list[list[Number]]) -> dict[str, Any]:
    indicator = INDICATORS[row["indicator"]]
    unit = "million USD" if indicator.unit == "USD" else indicator.counts
    unit = f"mean of days, {unit}" if indicator.kind == "stock" else unit
    return {
        "indicator": indicator.id,
        "period": row["period"],
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


def _figures(
    number: int, results: Results, baseline: Results | None, entries: Sequence[Intervention | Shock]
) -> Iterator[dict[str, Any]]:
    summary = results.summary()
    other = None if baseline is None else baseline.summary()
    pairs = {
        indicator: (fan_rows(summary, indicator), None if other is None else fan_rows(other, indicator))
        for indicator in DRAWN
    }
    since = min(_worth_seeing(*pair) for pair in pairs.values())
    since = pd.Timestamp.min if since == pd.Timestamp.max else since  # nothing differs: all of it
    for indicator, (rows, before) in pairs.items():
        rows = rows.loc[rows["date"] >= since]
        if rows.empty:
            continue
        if before is not None:
            before = before.loc[before["date"].between(rows["date"].min(), rows["date"].max())]
        label = INDICATORS[indicator].label
        points = observed_points(indicator)
        points = points.loc[points["date"].between(rows["date"].min(), rows["date"].max())]
        days = sorted({_first_day(entry) for entry in entries})
        days = [day for day in days if rows["date"].min() <= pd.Timestamp(day) <= rows["date"].max()]
        svg = _draw(rows, before, points, days, label=label, unit=INDICATORS[indicator].counts)
        described = _description(rows, before, points, label, results.scenario)
        yield {
            "svg": _inline(svg, prefix=f"s{number}-{indicator}-", label=label, description=described),
            "words": _caption(before is not None, len(points) > 0, bool(days)),
        }


def _worth_seeing(rows: pd.DataFrame, before: pd.DataFrame | None) -> pd.Timestamp:
    """A year before a scenario leaves its baseline; the first day of all where there is nothing to leave."""
    if before is None:
        return pd.Timestamp.min
    both = rows.merge(before, on="date", suffixes=("", "_before"))
    columns = ("mean", "p10", "p50", "p90")
    differ = np.logical_or.reduce([(both[name] != both[f"{name}_before"]).to_numpy() for name in columns])
    if not differ.any():
        return pd.Timestamp.max
    return both.loc[differ, "date"].min() - pd.DateOffset(years=1)


def _draw(
    rows: pd.DataFrame,
    before: pd.DataFrame | None,
    points: pd.DataFrame,
    days: Sequence[Any],
    *,
    label: str,
    unit: str,
) -> bytes:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    def draw(axes: Sequence[Axes]) -> None:
        ax = axes[0]
        for day in days:
            ax.axvline(day, color=EVENT_COLOUR, linestyle=":", linewidth=1)
        if before is not None and len(before):
            draw_fan(ax, before, colour=BASELINE_COLOUR, name="baseline", dashed=True)
        draw_fan(ax, rows, colour=SCENARIO_COLOUR, name="scenario")
        if len(points):
            ax.plot(points["date"], points["value"], ".", color=OBSERVED_COLOUR, label="observed")
        ax.set_ylim(bottom=0)
        ax.set_ylabel(unit)
        dates = AutoDateLocator(maxticks=8)
        ax.xaxis.set_major_locator(dates)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(dates))
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0)

    return draw_svg(draw, title=label, height=HEIGHT, width=WIDTH)


def _inline(svg: bytes, *, prefix: str, label: str, description: str) -> Markup:
    """An SVG file as a part of an HTML page: own ids, colours of the page, words for who cannot see it."""
    text = svg.decode()
    head, body = text[text.index("<svg") :].split(">", 1)
    box = re.search(r'viewBox="([^"]*)"', head)
    assert box is not None, "matplotlib writes a viewBox"
    body = re.sub(r"<metadata>.*?</metadata>|<title>.*?</title>", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{prefix}', body)
    body = re.sub(r'\b(?:xlink:)?href="#', f'href="#{prefix}', body).replace("url(#", f"url(#{prefix}")
    for colour, shade in PAGE_COLOURS.items():
        body = body.replace(colour, shade)
    opened = Markup('<svg role="img" aria-label="{}" viewBox="{}"><title>{}</title><desc>{}</desc>')
    return opened.format(f"{label}. {description}", box[1], label, description) + Markup(body.strip())


def _description(
    rows: pd.DataFrame, before: pd.DataFrame | None, points: pd.DataFrame, label: str, name: str
) -> str:
    """The figure in words: where the median begins, ends and is highest."""
    peak = rows.loc[rows["p50"].idxmax()]
    first, last = rows.iloc[0], rows.iloc[-1]
    said = (
        f"Median of {name} by month: {first['p50']:,.0f} in {first['period']}, {last['p50']:,.0f} in {last['period']}, "
        f"highest {peak['p50']:,.0f} in {peak['period']}."
    )
    if before is not None and len(before):
        end = before.iloc[-1]
        said += f" Baseline: {end['p50']:,.0f} in {end['period']}."
    if len(points):
        end = points.iloc[-1]
        said += f" Observed: {end['value']:,.0f} in {end['date']:%Y-%m}."
    return said


def _caption(compared: bool, observed: bool, dated: bool) -> str:
    words = ["Lines: the median of the runs. Bands: where 80% and 50% of them lie."]
    words += ["Dashed: the baseline, hidden where the scenario is the same."] if compared else []
    words += (
        ["Points: what was published."] if observed else ["No published figure by month stands beside it."]
    )
    words += ["Dotted: days on which an intervention or shock begins."] if dated else []
    return " ".join(words)


def _first_day(entry: Intervention | Shock) -> Any:
    return entry.first_day if isinstance(entry, Intervention) else entry.start


def _entries_added(scenario: Scenario, against: Scenario | None) -> list[Intervention | Shock]:
    """Entries in force that the baseline does not have, by day."""
    there = against.entries() if against else {}
    # Without a baseline, only what the file itself says; what it rests on is listed at the end of the page.
    own = scenario.entries() if against else {entry.id: entry for entry in _own(scenario)}
    added = [entry for key, entry in own.items() if there.get(key) != entry]
    return sorted(added, key=lambda entry: (_first_day(entry), entry.id))


def _own(scenario: Scenario) -> Iterator[Intervention | Shock]:
    if scenario.parent is not None:
        yield from (*scenario.interventions, *scenario.shocks)


def _other_words(scenario: Scenario, against: Scenario | None) -> Iterator[str]:
    gone = [name for name in (against.entries() if against else {}) if name not in scenario.entries()]
    if gone:
        yield f"Left out of what it is compared with: {', '.join(gone)}."
    if scenario.bargaining is not None and (against is None or against.bargaining != scenario.bargaining):
        yield "What governments do is not all written down: they bargain, and agree or do not, in each run."
    for name, override in scenario.overrides.items():
        said = f": {override.note}" if override.note else ""
        yield f"The parameter {name} is {override.value}{said}."
    if against is not None and scenario.timeline != against.timeline:
        yield f"It ends on {scenario.timeline.end}, what it is compared with on {against.timeline.end}."


def _entry_words(entry: Intervention | Shock) -> dict[str, Any]:
    if isinstance(entry, Intervention):
        lever = LEVERS[entry.lever]
        label, value = f"{lever.label} ({lever.controller})", _value_words(entry, lever.unit)
        dated = (("announced", entry.announced), ("called off", entry.cancelled))
        news = ", ".join(f"{word} {day}" for word, day in dated if day is not None)
    else:
        kind = SHOCKS[entry.kind]
        label, value, news = kind.label, f"{entry.size:g} ({kind.unit})", ""
    return {
        "id": entry.id,
        "label": label,
        "members": ", ".join(entry.for_) or "all",
        "value": value,
        "first": str(_first_day(entry)),
        "last": str(entry.end) if entry.end else "end of the run",
        "dated_end": bool(entry.end),
        "news": news,
        "source": entry.source,
        "note": entry.note,
    }


def _value_words(entry: Intervention, unit: str) -> str:
    def level(value: Any) -> str:
        return value if isinstance(value, str) else f"{value:,.10g}"

    if entry.values:
        said = "; ".join(f"{day}: {level(value)}" for day, value in entry.values.items())
    else:
        said = f"{'rising or falling to ' if entry.profile == 'ramp' else ''}{level(entry.to)}"
    return f"{said} ({unit})"


def _root(scenario: Scenario) -> dict[str, Any]:
    entries = sorted(scenario.entries().values(), key=lambda entry: (_first_day(entry), entry.id))
    return {
        "name": scenario.name,
        "title": scenario.title or scenario.name,
        "entries": [_entry_words(each) for each in entries],
    }


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
