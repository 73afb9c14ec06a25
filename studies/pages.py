"""The pages that studies write: docs/validation.md and docs/scenarios.md. Numbers come from runs, words from files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

from corridor import Comparison
from corridor.experiments.shared_windows import change_during, shared_window
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import load_scenario
from corridor.outputs.rows import Cell
from studies.acceptance import BY_DAY, VARIANTS, YEARS
from studies.benchmarks.page import table
from studies.checks import Case, Check
from studies.ensembles import Ensembles, observed
from studies.harder import NOT_MEASURED

VALIDATION, SCENARIOS = Path("docs") / "validation.md", Path("docs") / "scenarios.md"
FAILURES = Path(__file__).with_name("failures.yaml")
MONTHLY = {
    "encounters_usbp": "encounters between ports",
    "encounters_ofo": "encounters at ports",
    "darien_entries": "entries to the Darién",
    "mexico_detections": "detections by Mexico",
    "mexico_returns": "returns by Mexico",
}
UNSHIPPED = VARIANTS | {name: f"extends: {parent}\n{body}" for name, (parent, body) in BY_DAY.items()}
AWAY_WORDS = """\
### How far off

Each cell above is simulated / observed. Here: the absolute distances of months, added up, over what was observed.
"""
HEADLINES = {
    "encounters_usbp": "encounters between ports",
    "darien_entries": "entries to the Darién",
    "mexico_returns": "returns by Mexico",
    "waiting_north_mexico": "waiting in the north",
    "kidnappings": "kidnappings",
    "deaths": "deaths",
}
VALIDATION_WORDS = """\
# Validation

What the documents say must happen, beside what the model does. Written by `make study`; every number is computed.

**These months were used for fitting.** The structure, the list of events and the parameters were made with 2021 to
2023 in view. Nothing on this page is a score on months that the model has not seen; such scores come from
hindcasts. After the first run of these tests parameters were moved within their ranges, chosen from some thirty
trials for passing more of them (see the changelog). So a pass says that the mechanisms can produce what was seen,
not that they would have foretold it. Months after June 2024 are not used anywhere.

A test passes if the mean over replicates of each of its outcomes lies within bounds. Outcomes marked *given* follow
from what was put in, so that passing says little. The runs have a finer scale than the usual 1:50, because a largest
day and an overflow of custody depend on it: where people come in fifties, chance alone makes peaks. Runs by day
(T10) are five times as fine again, with eight replicates.
"""
SCENARIOS_WORDS = """\
# Scenarios

What each shipped scenario shows. Written by `make study`; every number is computed from paired runs: a scenario and
its baseline share every draw, so the difference is what the scenario does. Ranges hold 80 of 100 replicates. They
are not the uncertainty of the model: [limits](limits.md) says what is not claimed. A scenario in which fewer people
arrive is not by that a better one: look at where the others are, and at harm. `history` and `june-2019` stand alone
and are compared with nothing; how near they come to what happened is told in [history](history.md).
"""


def write_validation(
    cases: Sequence[tuple[Case, list[Check]]], runs: Ensembles, settings: str, file: Path = VALIDATION
) -> None:
    """Write docs/validation.md.

    Raises
    ------
    ValueError
        If a test fails that nobody has looked at.
    """
    reasons = YAML(typ="safe").load(FAILURES.read_text(encoding="utf-8")) or {}
    passed = [case.number for case, checks in cases if passes(checks)]
    unexplained = {case.number for case, _ in cases} - set(passed) - set(reasons)
    if unexplained:
        raise ValueError(f"look at {', '.join(sorted(unexplained))} and say why in {FAILURES.name}")
    rows = [[case.number, case.title, "pass" if passes(checks) else "**fail**"] for case, checks in cases]
    documents = [case.number for case, _ in cases if case.number.startswith("T")]
    among = len(set(documents) & set(passed))
    parts = [
        VALIDATION_WORDS,
        settings,
        f"## {among} of {len(documents)} acceptance tests pass, "
        f"and {len(passed) - among} of {len(cases) - len(documents)} harder ones",
        table(["test", "what is done", "result"], rows),
        "## Every test with its figures",
        all_figures(cases),
    ]
    for case, checks in cases:
        parts += [f"### {case.number}. {case.title}", case.required, table_of(checks)]
        if not passes(checks):
            reason = reasons[case.number]
            parts.append(f"Why it fails (looked at on {reason['looked']}): {reason['why'].strip()}")
        parts.append(f"Observed: {case.source}. Runs: {', '.join(f'`{name}`' for name in case.runs)}.")
    parts += ["### Runs that are no shipped scenario", "Each extends `history` unless it says otherwise."]
    parts += [f"`{name}`\n\n```yaml\n{body.strip()}\n```" for name, body in UNSHIPPED.items()]
    parts += ["## Months beside observed months", "Fitted months: this is closeness, not skill."]
    for year in YEARS:
        parts += [f"### {year}", table(["month", *MONTHLY.values()], months(runs, year))]
    parts += [AWAY_WORDS, table(["indicator", *YEARS, "all months"], away(runs))]
    write(file, parts)


def all_figures(cases: Sequence[tuple[Case, list[Check]]]) -> str:
    """One table of every outcome of every test, and of the tests that are not measured."""
    rows = [
        [
            case.number,
            f"{check.what} *given*" if check.certain else check.what,
            f"{number(check.low, check.form)} to {number(check.high, check.form)}",
            number(check.observed, check.form),
            number(float(np.nanmean(check.values)), check.form),
            "yes" if check.passes else "**no**",
        ]
        for case, checks in cases
        for check in checks
    ]
    rows += [[name, f"not measured: {why}", "", "", "", ""] for name, why in NOT_MEASURED.items()]
    return table(["test", "outcome", "must lie in", "observed", "simulated", "passes"], rows)


def passes(checks: Sequence[Check]) -> bool:
    return all(check.passes for check in checks)


def table_of(checks: Sequence[Check]) -> str:
    rows = []
    for check in checks:
        finite = check.values[np.isfinite(check.values)]
        low, high = np.percentile(finite, [10, 90]) if finite.size else (np.nan, np.nan)
        bounds = f"{number(check.low, check.form)} to {number(check.high, check.form)}"
        simulated = f"{number(float(np.nanmean(check.values)), check.form)}"
        spread = f"{number(low, check.form)} to {number(high, check.form)}"
        rows.append(
            [
                f"{check.what} *given*" if check.certain else check.what,
                bounds,
                number(check.observed, check.form),
                simulated,
                spread,
                "yes" if check.passes else "no",
            ]
        )
    return table(["outcome", "must lie in", "observed", "simulated", "80% of replicates", "passes"], rows)


def number(value: float, form: str) -> str:
    """As text; empty where there is none."""
    if np.isnan(value):
        return ""
    return "any" if np.isinf(value) else format(value + 0.0, form)


def months(runs: Ensembles, year: str) -> list[list[str]]:
    """Simulated and observed, month by month and for the year, with how far off."""
    rows = []
    for period in (*(f"{year}-{month:02d}" for month in range(1, 13)), year):
        cells = []
        for indicator in MONTHLY:
            simulated, seen = float(runs.values(indicator, period).mean()), observed(indicator, period)
            off = "" if np.isnan(seen) else f" ({simulated / seen - 1.0:+.0%})"
            cells.append(f"{simulated:,.0f} / {number(seen, ',.0f')}{off}")
        rows.append([f"**{period}**" if period == year else period, *cells])
    return rows


def away(runs: Ensembles) -> list[list[str]]:
    """Mean absolute distance of months from observed ones, over their observed total."""
    rows = []
    for indicator, label in MONTHLY.items():
        found = []
        for years in (*((year,) for year in YEARS), YEARS):
            periods = [f"{year}-{month:02d}" for year in years for month in range(1, 13)]
            seen = np.array([observed(indicator, period) for period in periods])
            made = np.array([runs.values(indicator, period).mean() for period in periods])
            known = np.isfinite(seen)
            found.append(f"{np.abs(made - seen)[known].sum() / seen[known].sum():.0%}")
        rows.append([label, *found])
    return rows


def write_scenarios(comparison: Comparison, settings: str, file: Path = SCENARIOS) -> None:
    """Write docs/scenarios.md: one table of headline effects, then a section a scenario."""
    effects = {after.scenario: effects_of(comparison, after.scenario) for _, after in comparison.pairs}
    scenarios = {name: load_scenario(name) for name in effects}
    head = ["scenario", "against", *(f"{label}" for label in HEADLINES.values())]
    rows = [
        [f"[{name}](#{name})", str(scenarios[name].baseline_name), *(effect[3] for effect in found.values())]
        for name, found in effects.items()
    ]
    parts = [
        SCENARIOS_WORDS,
        settings,
        "## Headline effects",
        "Relative change over all days that both report.",
    ]
    parts.append(table(head, rows))
    for name, found in effects.items():
        parts += section(scenarios[name], found)
    write(file, parts)


def effects_of(comparison: Comparison, scenario: str) -> dict[str, tuple[str, str, str, str]]:
    """Of each headline, over the months that both cover: baseline, difference, its range, relative change."""
    before, after = next(pair for pair in comparison.pairs if pair[1].scenario == scenario)
    window = shared_window(before, after)
    assert window is not None
    found = {}
    for indicator in HEADLINES:
        change = change_during(before, after, window, Cell(indicator))
        found[indicator] = (
            f"{change.baseline:,.0f}",
            f"{change.difference:+,.0f}",
            f"{change.low:+,.0f} to {change.high:+,.0f}",
            "" if change.baseline == 0 else f"{change.relative:+.1%}",
        )
    return found


def section(scenario: Scenario, found: dict[str, tuple[str, str, str, str]]) -> list[str]:
    """A scenario: question, story, what moves, what follows."""
    moves = [
        f"- `{entry.lever}`{members(entry)}: {entry.source or 'no source'}"
        for entry in scenario.interventions
    ]
    moves += [
        f"- shock `{entry.kind}` `{entry.id}`: {entry.source or 'no source'}" for entry in scenario.shocks
    ]
    moves += [f"- without `{name}` of its parent" for name in scenario.remove]
    rows = [[HEADLINES[name], *cells] for name, cells in found.items()]
    return [
        f"## {scenario.name}",
        f"**{scenario.question}**",
        " ".join((scenario.narrative or "").split()),
        "\n".join(moves),
        table(["people", "baseline", "difference", "80% of pairs", "relative"], rows),
    ]


def members(entry) -> str:
    return f" ({', '.join(entry.members)})" if getattr(entry, "members", ()) else ""


def write(file: Path, parts: Sequence[str]) -> None:
    file.write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
