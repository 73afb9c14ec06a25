"""From sliders and a timeline to a scenario: what each lever is where nothing is moved, and the YAML of what is.

In the flow: a chosen Scenario and a date -> `read_levers` (where the sliders start) -> moves and entries ->
`derive` -> a Scenario that extends the chosen one, made from the same text that the page offers as a file.
No Streamlit here.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

import corridor
from corridor_app.choices.controls import CONTROLS, Control, find_control
from corridor_app.words.language import ENGLISH, N_, in_language
from corridor_app.words.wording import day_words

PEOPLE_PER_AGENT = 50
"""Of a quick look: one simulated party stands for 50 like it."""

DECIMALS = 6
"""Of a slider's value: enough for every step, and free of the dust of floating point."""

LONGEST_SLUG = 60
"""Of the words in the id of an intervention."""

MOST_ENTRIES = 20
"""Of a timeline."""

PROFILES = ("step", "ramp", "pulse")
"""What an entry of a timeline can be; a series is several steps."""


@dataclass(frozen=True)
class Entry:
    """A dated movement of a control's lever, on top of what the scenario does and where the slider stands.

    Attributes
    ----------
    start : date
    control : str
        Its key.
    profile : str
        One of `PROFILES`.
    end : date or None
        Last day; None only of a step that lasts to the end of the run.
    value : float
    """

    start: date
    control: str
    profile: str
    end: date | None
    value: float

    @property
    def order(self) -> tuple[Any, ...]:
        """Where it stands among others: by date, then by what it moves."""
        return self.start, self.control, self.profile, self.end or date.max, self.value


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
    "documented": N_("one of the five founding documents says so"),
    "published": N_("official statistics or another publication"),
    "fitted": N_("found by fitting the model to January 2021 to June 2024"),
    "assumed": N_("a judgement; no source was found"),
    "yours": N_("you moved it"),
}
"""Marks of a value, and what they mean."""


def read_levers(
    scenario: corridor.Scenario, start: date, controls: Iterable[Control] = tuple(CONTROLS.values())
) -> dict[str, InForce]:
    """What each control's lever is in a scenario on a day of its run, by the key of the control."""
    policy = corridor.resolve(scenario)
    day = policy.timeline.day_of(start)
    found = {}
    for control in controls:
        path = policy.levers[control.lever]
        levels = level_of(path, control)[day:]
        values = path.values[day, list(control.columns)]
        moved = np.flatnonzero(levels != levels[0])
        source = _source(scenario, control, start)
        found[control.key] = InForce(
            value=round(control.clamp(float(levels[0])), DECIMALS),
            unlimited=bool(np.isinf(levels[0])),
            uneven=not control.pooled and bool((values != values[0]).any()),
            source=source,
            mark=mark_of(source),
            later=(policy.timeline.date_of(day + int(moved[0])), float(levels[moved[0]]))
            if moved.size
            else None,
        )
    return found


def level_of(path: Any, control: Control) -> NDArray[np.float64]:
    """A lever on every day as a control shows it, shape (days,): the mean of its members, or the sum of their caps."""
    columns = list(control.columns)
    values = path.values[:, columns]
    if not control.pooled:
        return values.mean(axis=1)
    first = [
        np.array([pool.index(shared) == at for at, shared in enumerate(pool)])
        for pool in path.pool[:, columns].tolist()
    ]
    return np.where(np.array(first), values, 0.0).sum(axis=1)


def _source(scenario: corridor.Scenario, control: Control, day: date) -> str:
    """The source of the entry that owns the lever on a day: the last one painted, else the registry's default."""
    lever = corridor.LEVERS[control.lever]
    moved = {lever.members[column] for column in control.columns}
    source = lever.source
    for layer in scenario.layers():
        for entry in sorted(layer.interventions, key=lambda each: each.first_day):
            if (
                entry.lever == control.lever
                and entry.cancelled is None
                and entry.first_day <= day <= (entry.end or date.max)
                and moved & set(entry.members)
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
    base: corridor.Scenario,
    start: date,
    changes: Mapping[str, float],
    levels: Mapping[str, InForce],
    replicates: int,
    entries: Sequence[Entry] = (),
) -> str:
    """The text of the scenario that extends `base` by the changes and entries: what is run, and what is saved.

    The name ends in a hash of them, so that files of different changes can lie in one folder. The order in which
    they were made does not matter. The text is English, whatever the language of the page.
    """
    parts = [CONTROLS[key] for key in CONTROLS if key in changes]
    parts += [find_control(key) for key in sorted(changes) if key not in CONTROLS]
    dated = sorted(entries, key=lambda each: each.order)
    said = [f"{part.title()}: {part.words(changes[part.key])}" for part in parts] + [
        f"{entry_words(entry)}" for entry in dated
    ]
    ids: dict[str, int] = {}
    blocks = []
    for part in parts:
        was = "unlimited" if levels[part.key].unlimited else part.words(levels[part.key].value)
        why = f"assumed; set with a slider, in force before: {was}"
        step = Entry(start, part.key, "step", None, changes[part.key])
        blocks.append(_block(_new_id(part.key, ids), step, why))
    for entry in dated:
        name = _new_id(f"{entry.control}-{entry.profile}-{entry.start}", ids)
        blocks.append(_block(name, entry, "assumed; set on the timeline of the app"))
    body = "\n".join(blocks)
    digest = hashlib.sha256(f"{base.name}\n{body}".encode()).hexdigest()[:8]
    name = f"{base.name[:60]}-explored-{digest}"
    first = first_day(start, changes, dated)
    levers = [*(part.lever for part in parts), *(find_control(entry.control).lever for entry in dated)]
    question = f"What follows in the model if, from {day_words(first)} on, {'; '.join(said)}?"
    return (
        f"# Made with the sliders of Corridor's app. The same numbers from the command line:\n"
        f"#   {command(name, replicates, base.run.seed)}\n"
        f"name: {name}\n"
        f"title: {_text(f'{base.title or base.name}, changed from {day_words(first)}')}\n"
        f"question: {_text(question)}\n"
        f"extends: {base.name}\n"
        f"{_talks(base, levers)}"
        f"interventions:\n{body}\n"
        f"run: {{replicates: {replicates}, seed: {base.run.seed}, people_per_agent: {PEOPLE_PER_AGENT}}}\n"
    )


def entry_words(entry: Entry, say: Callable[[str], str] = str) -> str:
    """An entry in a few words; `say` puts words into the reader's language."""
    control = find_control(entry.control)
    words = {
        ("step", False): N_("{lever}: from {start} on, {value}"),
        ("step", True): N_("{lever}: from {start} to {end}, {value}, then as before"),
        ("ramp", True): N_("{lever}: from {start} to {end} by degrees to {value}, then as before"),
        ("pulse", True): N_("{lever}: from {start} to {end}, {value}, then back"),
    }.get((entry.profile, entry.end is not None), N_("{lever}: from {start}, {value}"))
    return say(words).format(
        lever=control.title(say),
        start=day_words(entry.start),
        end=day_words(entry.end) if entry.end else "",
        value=control.words(entry.value, say),
    )


def _block(name: str, entry: Entry, why: str) -> str:
    """An intervention of a scenario file."""
    control = find_control(entry.control)
    lines = [f"  - id: {name}", f"    lever: {control.lever}"]
    if control.members:
        lines.append(f"    for: [{', '.join(control.members)}]")
    if control.pooled:
        lines.append("    pooled: true")
    lines += [f"    profile: {entry.profile}", f"    start: {entry.start.isoformat()}"]
    if entry.end is not None:
        lines.append(f"    end: {entry.end.isoformat()}")
    return "\n".join([*lines, f"    to: {number_text(entry.value)}", f"    source: {_text(why)}"])


def _new_id(words: str, taken: dict[str, int]) -> str:
    """An id for an intervention, unlike those before it."""
    slug = re.sub(r"[^a-z0-9_]+", "-", words.casefold())
    name = f"explored-{slug if len(slug) <= LONGEST_SLUG else _short(slug)}"
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else f"{name}-{taken[name]}"


def _short(slug: str) -> str:
    return f"{slug[: LONGEST_SLUG - 9]}-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"


def _talks(base: corridor.Scenario, moved: Sequence[str]) -> str:
    """Of a negotiated scenario: governments go on bargaining over all but what is moved. Else nothing."""
    block = base.bargaining
    if block is None:
        return ""
    fixed = list(dict.fromkeys([*block.fixed, *moved]))
    given = [lever for lever in block.given if lever not in fixed]
    said = block.model_dump(by_alias=True, mode="json", exclude_none=True)
    return f"diplomacy: {json.dumps(said | {'mode': 'mixed', 'fixed': fixed, 'given': given})}\n"


def first_day(start: date, changes: Mapping[str, float], entries: Sequence[Entry]) -> date:
    """The first day on which anything is changed."""
    days = [entry.start for entry in entries]
    return min([start, *days] if changes or not days else days)


def derive(text: str) -> corridor.Scenario:
    """The scenario of a text that `write_yaml` made."""
    return corridor.parse_scenario(text, file="sliders")


def command(name: str, replicates: int, seed: int) -> str:
    """The command that makes the same CSV files from a saved scenario."""
    return f"corridor run {name}.yaml --replicates {replicates} --seed {seed} --people-per-agent {PEOPLE_PER_AGENT}"


def number_text(value: float) -> str:
    """A value as files and links have it."""
    if math.isinf(value):
        return "unlimited"
    return str(int(value)) if value == int(value) else f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    """A text as a YAML scalar: JSON's spelling is also YAML's."""
    return json.dumps(text, ensure_ascii=False)
