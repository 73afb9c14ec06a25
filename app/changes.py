"""From sliders to a scenario: what each lever is where nothing is moved, and the YAML that a move becomes.

In the flow: a chosen Scenario and a date -> `read_levers` (where the sliders start) -> moves -> `derive` -> a
Scenario that extends the chosen one, made from the same text that the page offers as a file. No Streamlit here.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

import model
from app.language import ENGLISH, in_language
from app.wording import Format, amount, day_words, joined

PEOPLE_PER_AGENT = 50
"""Of a quick look: one simulated party stands for 50 like it."""

DECIMALS = 6
"""Of a slider's value: enough for every step, and free of the dust of floating point."""

POOL = ("Venezuela", "Cuba", "Haiti", "Nicaragua")
"""The nationalities for which Mexico pledged places from January 2023 on."""


@dataclass(frozen=True)
class Control:
    """A slider over one lever.

    Attributes
    ----------
    key : str
        Its name in the address of the page and in ids of interventions.
    lever : str
    label, note : str
        What it moves, and what a reader should know, in words.
    members : tuple of str
        What `for:` names; empty for a lever with one value.
    pooled : bool
        Whether the members share one cap; the value is then that of all together.
    low, high, step : float
        Of the slider; the registry may allow more.
    shown : Format
        How its value is written.
    unit : str
        What follows its value.
    """

    key: str
    lever: str
    label: str
    note: str
    members: tuple[str, ...]
    pooled: bool
    low: float
    high: float
    step: float
    shown: Format
    unit: str

    def accepts(self, value: float) -> bool:
        """Whether a value lies on the slider."""
        return math.isfinite(value) and self.low <= value <= self.high

    def words(self, value: float) -> str:
        """A value with its unit."""
        return f"{amount(value, self.shown)} {self.unit}".strip()


CONTROLS: Mapping[str, Control] = {
    control.key: control
    for control in (
        Control(
            key="pledge",
            lever="mexico.return_acceptance_monthly",
            label="Places Mexico pledges for returns",
            note=f"One pool for people from {joined(POOL)}.",
            members=POOL,
            pooled=True,
            low=0,
            high=100_000,
            step=1_000,
            shown="count",
            unit="places a month",
        ),
        Control(
            key="use",
            lever="us.return_use_share",
            label="Share of those places that are used",
            note="The US screens and transports people; this share is what it can fill.",
            members=POOL,
            pooled=False,
            low=0,
            high=1,
            step=0.01,
            shown="share",
            unit="of the places pledged",
        ),
        Control(
            key="funding",
            lever="mexico.enforcement_funding",
            label="Funding of Mexico's INM",
            note=(
                "INM is Mexico's migration institute. At 100% it can pay what it does in a usual month. "
                "At 0% its returns and transfers south stop."
            ),
            members=(),
            pooled=False,
            low=0,
            high=2,
            step=0.05,
            shown="share",
            unit="of its monthly need",
        ),
        Control(
            key="panama",
            lever="panama.deportee_acceptance_monthly",
            label="Venezuelans Panama accepts",
            note="People whom the US sends on to Panama. Panama was asked in September 2022, without result.",
            members=("Venezuela",),
            pooled=False,
            low=0,
            high=20_000,
            step=250,
            shown="count",
            unit="people a month",
        ),
    )
}


@dataclass(frozen=True)
class InForce:
    """What a control's lever is in a scenario on one day.

    Attributes
    ----------
    value : float
        Within the range of the slider.
    unlimited, uneven : bool
        Whether the true value has no limit; whether the members differ and the value is their mean.
    source, mark : str
        Where the value comes from, and which of `MARKS` that is.
    later : tuple of (date, float), optional
        The next day on which the scenario moves the lever, and to what.
    """

    value: float
    unlimited: bool
    uneven: bool
    source: str
    mark: str
    later: tuple[date, float] | None = None


MARKS = {
    "documented": "one of the five founding documents says so",
    "published": "official statistics or another publication",
    "fitted": "found by fitting the model to 2021 to 2023",
    "assumed": "a judgement; no source was found",
    "yours": "you moved it",
}
"""Marks of a value, and what they mean."""


def read_levers(scenario: model.Scenario, start: date) -> dict[str, InForce]:
    """What each control's lever is in a scenario on a day of its run."""
    policy = model.resolve(scenario)
    day = policy.timeline.day_of(start)
    found = {}
    for control in CONTROLS.values():
        path = policy.levers[control.lever]
        columns = [path.members.index(member) for member in control.members or path.members]
        values = path.values[day:, columns]
        if control.pooled:
            first = [
                np.array([pool.index(shared) == at for at, shared in enumerate(pool)])
                for pool in path.pool[day:, columns].tolist()
            ]
            levels = np.where(np.array(first), values, 0.0).sum(axis=1)
        else:
            levels = values.mean(axis=1)
        moved = np.flatnonzero(levels != levels[0])
        source = _source(scenario, control, start)
        found[control.key] = InForce(
            value=round(float(min(max(levels[0], control.low), control.high)), DECIMALS),
            unlimited=bool(np.isinf(levels[0])),
            uneven=not control.pooled and bool((values[0] != values[0, 0]).any()),
            source=source,
            mark=mark_of(source),
            later=(policy.timeline.date_of(day + int(moved[0])), float(levels[moved[0]]))
            if moved.size
            else None,
        )
    return found


def _source(scenario: model.Scenario, control: Control, day: date) -> str:
    """The source of the entry that owns the lever on a day: the last one painted, else the registry's default."""
    source = model.LEVERS[control.lever].source
    for layer in scenario.layers():
        for entry in sorted(layer.interventions, key=lambda each: each.first_day):
            if (
                entry.lever == control.lever
                and entry.cancelled is None
                and entry.first_day <= day <= (entry.end or date.max)
                and (not control.members or set(control.members) & set(entry.members))
            ):
                source = entry.source or f"scenario {layer.scenario.name}"
    return source


def mark_of(source: str) -> str:
    """Which of `MARKS` a source is: the weakest that it names, for a value is as sure as its weakest part."""
    text = source.casefold()
    for mark in ("assumed", "fitted"):
        if mark in text:
            return mark
    return "documented" if "document item" in text else "published"


def find_changes(
    levels: Mapping[str, InForce], moved: Mapping[str, float], held: Sequence[str]
) -> dict[str, float]:
    """What the sliders change, by control: values other than those in force, and values held against the scenario."""
    changes = {}
    for key, level in levels.items():
        value = moved.get(key, level.value)
        if value != level.value or (key in held and level.later is not None):
            changes[key] = value
    return changes


@in_language(ENGLISH)
def write_yaml(
    base: model.Scenario,
    start: date,
    changes: Mapping[str, float],
    levels: Mapping[str, InForce],
    replicates: int,
) -> str:
    """The text of the scenario that extends `base` by the changes: what is run, and what is saved.

    The name ends in a hash of the changes, so that files of different changes can lie in one folder.
    """
    parts = [CONTROLS[key] for key in changes]
    in_words = "; ".join(f"{part.label}: {part.words(changes[part.key])}" for part in parts)
    entries = []
    for part in parts:
        lines = [f"  - id: explored-{part.key}", f"    lever: {part.lever}"]
        if part.members:
            lines.append(f"    for: [{', '.join(part.members)}]")
        if part.pooled:
            lines.append("    pooled: true")
        was = "unlimited" if levels[part.key].unlimited else part.words(levels[part.key].value)
        lines += [
            "    profile: step",
            f"    start: {start.isoformat()}",
            f"    to: {_number(changes[part.key])}",
            f"    source: {_text(f'assumed; set with a slider, in force before: {was}')}",
        ]
        entries.append("\n".join(lines))
    body = "\n".join(entries)
    digest = hashlib.sha256(f"{base.name}\n{body}".encode()).hexdigest()[:8]
    name = f"{base.name[:60]}-explored-{digest}"
    return (
        f"# Made with the sliders of Corridor's app. The same numbers from the command line:\n"
        f"#   {command(name, replicates, base.run.seed)}\n"
        f"name: {name}\n"
        f"title: {_text(f'{base.title or base.name}, changed from {day_words(start)}')}\n"
        f"question: {_text(f'What follows in the model if, from {day_words(start)} on, {in_words}?')}\n"
        f"extends: {base.name}\n"
        f"{_talks(base, [part.lever for part in parts])}"
        f"interventions:\n{body}\n"
        f"run: {{replicates: {replicates}, seed: {base.run.seed}, people_per_agent: {PEOPLE_PER_AGENT}}}\n"
    )


def _talks(base: model.Scenario, moved: Sequence[str]) -> str:
    """Of a negotiated scenario: governments go on bargaining over all but what is moved. Else nothing."""
    block = base.bargaining
    if block is None:
        return ""
    fixed = list(dict.fromkeys([*block.fixed, *moved]))
    given = [lever for lever in block.given if lever not in fixed]
    said = block.model_dump(by_alias=True, mode="json", exclude_none=True)
    return f"diplomacy: {json.dumps(said | {'mode': 'mixed', 'fixed': fixed, 'given': given})}\n"


def derive(text: str) -> model.Scenario:
    """The scenario of a text that `write_yaml` made."""
    return model.parse_scenario(text, file="sliders")


def command(name: str, replicates: int, seed: int) -> str:
    """The command that makes the same CSV files from a saved scenario."""
    return f"corridor run {name}.yaml --replicates {replicates} --seed {seed} --people-per-agent {PEOPLE_PER_AGENT}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(round(value, DECIMALS))


def _text(text: str) -> str:
    """A text as a YAML scalar: JSON's spelling is also YAML's."""
    return json.dumps(text, ensure_ascii=False)
