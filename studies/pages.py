"""The pages that studies write: docs/validation.md and docs/scenarios.md. Numbers come from runs, words from files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

from benchmarks.page import table
from model import Comparison
from model.experiments.compare import shared_years, total_by_replicate
from model.outputs.results import Cell
from model.spec.scenario import Scenario, load_scenario
from studies.acceptance import YEARS, Case, Check
from studies.ensembles import Ensembles, observed

VALIDATION, SCENARIOS = Path("docs") / "validation.md", Path("docs") / "scenarios.md"
FAILURES = Path(__file__).with_name("failures.yaml")
FITTED = ("encounters_usbp", "encounters_ofo", "darien_entries", "mexico_detections", "mexico_returns")
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
2023 in view. Nothing on this page is a score on months that the model has not seen. After the first run of these
tests fourteen parameters were moved within their ranges, chosen from some thirty trials for passing more of them
(see the changelog). So a pass says that the mechanisms can produce what was seen, not that they would have foretold
it. Months after December 2023 are not used anywhere.
"""
SCENARIOS_WORDS = """\
# Scenarios

What each shipped scenario shows. Written by `make study`; every number is computed from paired runs: a scenario and
its baseline share every draw, so the difference is what the scenario does. Ranges hold 80 of 100 replicates. They
are not the uncertainty of the model: [limits](limits.md) says what is not claimed. A scenario in which fewer people
arrive is not by that a better one: look at where the others are, and at harm.
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
    parts = [VALIDATION_WORDS, settings, f"## {len(passed)} of {len(cases)} acceptance tests pass"]
    parts.append(table(["test", "what is done", "result"], rows))
    for case, checks in cases:
        parts += [f"### {case.number}. {case.title}", f"Runs: {case.intervention}.", table_of(checks)]
        if not passes(checks):
            reason = reasons[case.number]
            parts.append(f"Why it fails (looked at on {reason['looked']}): {reason['why'].strip()}")
    parts += ["## Years beside observed years", "Fitted months, added up: this is closeness, not skill."]
    head = ["indicator", *(word for year in YEARS for word in (year, "observed", "off by"))]
    parts.append(table(head, years(runs)))
    write(file, parts)


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
                check.what,
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


def years(runs: Ensembles) -> list[list[str]]:
    rows = []
    for indicator in FITTED:
        row = [f"`{indicator}`"]
        for year in YEARS:
            mean, seen = float(runs.values(indicator, year).mean()), observed(indicator, year)
            row += [
                f"{mean:,.0f}",
                number(seen, ",.0f"),
                "" if np.isnan(seen) else f"{mean / seen - 1.0:+.1%}",
            ]
        rows.append(row)
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
    """Of each headline, over the years that both report: baseline, difference, its range, relative change."""
    before, after = next(pair for pair in comparison.pairs if pair[1].scenario == scenario)
    years = shared_years(after, before)
    found = {}
    for indicator in HEADLINES:
        sums = [total_by_replicate(each, Cell(indicator), years) for each in (before, after)]
        difference = sums[1] - sums[0]
        low, high = np.percentile(difference, [10, 90])
        base = float(sums[0].mean())
        relative = "" if base == 0 else f"{difference.mean() / base:+.1%}"
        found[indicator] = (
            f"{base:,.0f}",
            f"{difference.mean():+,.0f}",
            f"{low:+,.0f} to {high:+,.0f}",
            relative,
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
