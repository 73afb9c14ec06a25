"""What governments bargain over on the page, and the scenario in which they do. No Streamlit here.

In the flow: a chosen Scenario -> `fixed_in` (what it leaves to the timeline) -> what the visitor fixes, and a first
day of talks -> `write_yaml` -> a Scenario that extends the chosen one, made from the same text that the page offers as
a file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import corridor
from corridor_app.choices.changes import PEOPLE_PER_AGENT, command
from corridor_app.words.language import ENGLISH, N_, in_language
from corridor_app.words.wording import day_words, joined

STATISTICS_DAYS = 70
"""Talks begin when two months of statistics are out: the model refuses an earlier day."""

USUAL_START = date(2022, 9, 1)
"""First day of talks that the page suggests where a scenario names none."""

US, MEXICO = "us", "mexico"

RATIFIED = {
    "executive": N_("the executive alone: in force within two weeks"),
    "senators": N_("the executive, and senators may stop it"),
    "congress": N_("Congress: half a year or more later, or never"),
}
"""Who must agree at home, and what it takes."""


@dataclass(frozen=True)
class Item:
    """Something that can be bargained over: an issue of the US and Mexico, or a deal with a third party.

    Attributes
    ----------
    id, label : str
    lever : str
        Where it is fixed, nobody bargains over the item.
    giver, by, source : str
        Who gives, who must agree at home (a key of `RATIFIED`), and where its size comes from.
    bilateral : bool
        Whether it is between the US and Mexico.
    steps : mapping of str to str
        Labels of what can be conceded, by id.
    """

    id: str
    label: str
    lever: str
    giver: str
    by: str
    source: str
    bilateral: bool
    steps: Mapping[str, str]


@cache
def list_items() -> Mapping[str, Item]:
    """Everything that can be bargained over, by id, in the order of the registry."""
    issues = {
        each.id: Item(
            each.id,
            each.label,
            each.lever,
            each.giver,
            each.by,
            each.source,
            True,
            {step.id: step.label for step in each.steps[1:]},
        )
        for each in corridor.ISSUES.values()
    }
    return issues | {
        each.id: Item(each.id, each.label, each.lever, each.party, each.by, each.source, False, {})
        for each in corridor.SIDE_DEALS.values()
    }


def earliest(scenario: corridor.Scenario) -> date:
    """The first day on which talks can begin."""
    return scenario.timeline.report_from + timedelta(STATISTICS_DAYS)


def may_bargain(scenario: corridor.Scenario) -> bool:
    """Whether the period of a scenario leaves room for talks."""
    return earliest(scenario) <= scenario.timeline.end


def start_of(scenario: corridor.Scenario) -> date:
    """The first day of talks of a scenario, or the day that the page suggests."""
    block = scenario.bargaining
    if block is not None and block.from_ is not None:
        return block.from_
    return min(max(USUAL_START, earliest(scenario)), scenario.timeline.end)


def fixed_in(scenario: corridor.Scenario) -> frozenset[str]:
    """Ids of what a scenario leaves to the timeline; all of it where nobody bargains."""
    block = scenario.bargaining
    return frozenset(item.id for item in list_items().values() if block is None or item.lever in block.fixed)


def bargained_over(fixed: Collection[str]) -> frozenset[str]:
    """Ids of what is bargained over: with every issue of the US and Mexico fixed, nobody meets at all."""
    open_ = frozenset(list_items()) - frozenset(fixed)
    return open_ if any(list_items()[each].bilateral for each in open_) else frozenset()


@in_language(ENGLISH)
def write_yaml(base: corridor.Scenario, fixed: Collection[str], start: date, replicates: int) -> str | None:
    """The text of the scenario that extends `base` by other talks; None where they are those of `base`.

    Parameters
    ----------
    fixed
        Ids of what follows the timeline.
    start
        First day of talks.
    """
    items = list_items()
    bargained = bargained_over(fixed)
    if bargained == bargained_over(fixed_in(base)) and (not bargained or start == start_of(base)):
        return None
    block = _block(base, [item for item in items.values() if item.id not in bargained], start)
    digest = hashlib.sha256(f"{base.name}\n{block}".encode()).hexdigest()[:8]
    name = f"{base.name[:60]}-talks-{digest}"
    title = base.title or base.name
    if not bargained:
        words = f"{title}: nobody bargains"
    elif bargained_over(fixed_in(base)) and start == start_of(base):
        words = f"{title}, over {_over(bargained)}"
    else:
        words = f"{title}: governments bargain from {day_words(start)} over {_over(bargained)}"
    question = f"What follows in the model? {words}."
    return (
        "# Made on the page on governments of Corridor's app. The same numbers from the command line:\n"
        f"#   {command(name, replicates, base.run.seed)}\n"
        f"name: {name}\n"
        f"title: {_text(words)}\n"
        f"question: {_text(question)}\n"
        f"extends: {base.name}\n"
        f"diplomacy: {block}\n"
        f"run: {{replicates: {replicates}, seed: {base.run.seed}, people_per_agent: {PEOPLE_PER_AGENT}}}\n"
    )


def _over(bargained: Collection[str]) -> str:
    """What is bargained over, or what is not, whichever is shorter to say."""
    items = list_items()
    if len(bargained) == len(items):
        return "all that they can"
    if len(bargained) > len(items) / 2:
        return f"all that they can but {joined([each for each in items if each not in bargained])}"
    return joined([each for each in items if each in bargained])


def _block(base: corridor.Scenario, fixed: Iterable[Item], start: date) -> str:
    """The `diplomacy:` block as JSON, which is YAML: the weights and red lines of `base`, and what is fixed."""
    off = list(fixed)
    if len(off) == len(list_items()):
        return json.dumps({"mode": "fixed"})
    block = base.bargaining
    said: dict[str, Any] = {}
    purse = corridor.ISSUES["funding"].lever
    given = [purse]
    levers = list(dict.fromkeys(item.lever for item in off))
    if block is not None:
        said = block.model_dump(by_alias=True, mode="json", exclude_none=True)
        given = list(block.given)
        known = {item.lever for item in list_items().values()}
        levers += [lever for lever in block.fixed if lever not in known]
    said |= {
        "mode": "mixed" if levers else "negotiated",
        "from": start.isoformat(),
        "fixed": levers,
        "given": [lever for lever in given if lever not in levers],
    }
    return json.dumps({key: value for key, value in said.items() if value or key == "given"})


def derive(text: str) -> corridor.Scenario:
    """The scenario of a text that `write_yaml` made."""
    return corridor.parse_scenario(text, file="talks")


def _text(text: str) -> str:
    """A text as a YAML scalar: JSON's spelling is also YAML's."""
    return json.dumps(text, ensure_ascii=False)
