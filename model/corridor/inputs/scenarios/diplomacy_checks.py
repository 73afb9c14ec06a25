"""What the registries and the dates allow in the `diplomacy:` block of a scenario file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from corridor.foundations.errors import Problem, nearest_name, quoted
from corridor.foundations.timeline import Timeline
from corridor.inputs.reading.yaml_source import DataPath
from corridor.inputs.registries.bargain_items import INTERESTS, ISSUES, SIDE_DEALS, negotiable_levers
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.scenarios.diplomacy import PURSE, Diplomacy, parties_of, steps_of
from corridor.inputs.scenarios.entry_checks import EntryReader
from corridor.inputs.scenarios.scenario import Scenario

BLOCK = "diplomacy"
STATISTICS_DAYS = 70
"""Talks begin when two months of statistics are out: before, nobody would know what they bargain about."""


def check_diplomacy(reader: EntryReader, parent: Scenario | None, timeline: Timeline | None) -> list[Problem]:
    """Every problem of meaning in the block, and interventions of this file on what is negotiated."""
    if not isinstance(reader.raw((BLOCK,)), dict):
        inherited = parent.bargaining if parent else None
        return _check_interventions(reader, inherited) if inherited else []
    problems = _check_mode(reader)
    problems += _check_start(reader, timeline)
    problems += _check_levers(reader)
    problems += _check_weights(reader)
    problems += _check_red_lines(reader)
    start = reader.day((BLOCK, "from"))
    if reader.get((BLOCK, "mode")) in ("negotiated", "mixed") and start is not None:
        named = [word for part in ("fixed", "given") for _, word in reader.words((BLOCK, part))]
        given = (PURSE,) if reader.raw((BLOCK, "given")) is None else ()
        own = Diplomacy.model_construct(mode="mixed", from_=start, fixed=tuple(named), given=given)
        problems += _check_interventions(reader, own)
    return problems


def _check_mode(reader: EntryReader) -> list[Problem]:
    mode = reader.get((BLOCK, "mode"))
    fixed = [word for _, word in reader.words((BLOCK, "fixed"))]
    at: DataPath = (BLOCK, "mode")
    if mode == "mixed" and not fixed and reader.raw((BLOCK, "fixed")) in (None, []):
        return [reader.problem(at, "mixed needs `fixed:`, the levers that are not bargained over")]
    if mode == "negotiated" and fixed:
        message = "negotiated leaves nothing fixed; write `mode: mixed` to fix some levers"
        return [reader.problem((BLOCK, "fixed"), message, at_key=True)]
    if mode == "mixed" and {issue.lever for issue in ISSUES.values()} <= set(fixed):
        return [reader.problem((BLOCK, "fixed"), "every lever is fixed: nothing is left to bargain over")]
    return []


def _check_start(reader: EntryReader, timeline: Timeline | None) -> list[Problem]:
    mode, at = reader.get((BLOCK, "mode")), (BLOCK, "from")
    start = reader.day(at)
    if start is None:
        if mode in ("negotiated", "mixed") and reader.raw(at) is None:
            message = f"a {mode} scenario needs `from:`, the first day of talks"
            return [reader.problem((BLOCK,), message, at_key=True)]
        return []
    if timeline is None:
        return []
    first = timeline.report_from + timedelta(STATISTICS_DAYS)
    if not first <= start <= timeline.end:
        message = f"talks begin between {first} (statistics are out) and {timeline.end}, not on {start}"
        return [reader.problem(at, message)]
    return []


def _check_levers(reader: EntryReader) -> list[Problem]:
    problems: list[Problem] = []
    negotiable = negotiable_levers()
    taken: dict[str, str] = {}
    for part in ("fixed", "given"):
        for path, word in reader.words((BLOCK, part)):
            if word not in LEVERS:
                message = f"unknown lever {quoted(word)}{nearest_name(word, negotiable)}"
                problems.append(reader.problem(path, message))
            elif word not in negotiable:
                message = f"{word} is never bargained over: it follows the timeline anyway"
                problems.append(reader.problem(path, message))
            elif word in taken:
                problems.append(reader.problem(path, f"{word} is already named under `{taken[word]}`"))
            taken.setdefault(word, part)
    return problems


def _check_weights(reader: EntryReader) -> list[Problem]:
    problems: list[Problem] = []
    for party, path in _parties(reader, "weights", INTERESTS, problems):
        given = reader.raw(path)
        for interest in given if isinstance(given, dict) else ():
            if interest not in INTERESTS[party]:
                message = (
                    f"{party} weighs no {quoted(interest)}{nearest_name(str(interest), INTERESTS[party])}"
                )
                message += f"; it weighs {', '.join(INTERESTS[party])}"
                problems.append(reader.problem((*path, interest), message, at_key=True))
    return problems


def _check_red_lines(reader: EntryReader) -> list[Problem]:
    """Unknown parties, issues and steps, and red lines that contradict each other."""
    problems: list[Problem] = []
    least: dict[str, list[tuple[int, str, DataPath]]] = {}
    most: dict[str, list[tuple[int, str, DataPath]]] = {}
    for party, path in _parties(reader, "red_lines", INTERESTS, problems):
        theirs = [name for name in (*ISSUES, *SIDE_DEALS) if party in parties_of(name)]
        given = reader.raw(path)
        for name in given if isinstance(given, dict) else ():
            if name not in theirs:
                message = f"{party} does not bargain over {quoted(name)}{nearest_name(str(name), theirs)}"
                problems.append(reader.problem((*path, name), message, at_key=True))
                continue
            for side, limits in (("least", least), ("most", most)):
                at = (*path, name, side)
                step = reader.get(at)
                if step is None:
                    continue
                if step not in steps_of(name):
                    message = f"{name} has no step {quoted(step)}{nearest_name(step, steps_of(name))}"
                    message += f"; its steps are {', '.join(steps_of(name))}"
                    problems.append(reader.problem(at, message))
                else:
                    limits.setdefault(name, []).append((steps_of(name).index(step), party, at))
    for name, wanted in least.items():
        for number, party, at in wanted:
            for limit, other, _ in most.get(name, ()):
                if number > limit:
                    who = "itself allows" if other == party else f"{other} allows"
                    message = (
                        f"contradictory red lines: {party} wants {name} at least {steps_of(name)[number]}, "
                        f"and {who} at most {steps_of(name)[limit]}"
                    )
                    problems.append(reader.problem(at, message))
    return problems


def _parties(
    reader: EntryReader, part: str, known: Iterable[str], problems: list[Problem]
) -> list[tuple[str, DataPath]]:
    """The parties named in a part, with their paths; unknown ones become problems."""
    given = reader.raw((BLOCK, part))
    found: list[tuple[str, DataPath]] = []
    for party in given if isinstance(given, dict) else ():
        path: DataPath = (BLOCK, part, party)
        if party in known:
            found.append((party, path))
        else:
            known = list(known)
            message = (
                f"unknown party {quoted(party)}{nearest_name(str(party), known)}; they are {', '.join(known)}"
            )
            problems.append(reader.problem(path, message, at_key=True))
    return found


def _check_interventions(reader: EntryReader, block: Diplomacy) -> list[Problem]:
    """Interventions of this file that move what is negotiated, on days on which it is."""
    problems: list[Problem] = []
    untouched = {*block.fixed, *block.given}
    start = block.from_
    if not block.bargains or start is None:
        return problems
    touched: dict[str, set[str]] = {}
    for owner in (*ISSUES.values(), *SIDE_DEALS.values()):
        if owner.lever in untouched:
            continue
        steps = getattr(owner, "steps", None)
        moves = owner.moves if steps is None else [move for step in steps for move in step.moves]  # type: ignore[union-attr]
        for move in moves:
            if move.lever not in untouched:
                touched.setdefault(move.lever, set()).update(move.members)
    for number in reader.numbers("interventions"):
        at: DataPath = ("interventions", number)
        lever = reader.get((*at, "lever"))
        if lever not in touched:
            continue
        words = [word for _, word in reader.words((*at, "for"))] or ["all"]
        members = {member for word in words for member in LEVERS[lever].members_named(word)}
        if members & touched[lever] and _last_day(reader, at) >= start:
            message = (
                f"{lever} is negotiated from {start} on; to fix it, write `mode: mixed` and name it under "
                "`diplomacy.fixed`"
            )
            problems.append(reader.problem((*at, "lever"), message))
    return problems


def _last_day(reader: EntryReader, at: DataPath) -> date:
    """The latest day on which an intervention moves its lever."""
    days = [reader.day((*at, "start")), reader.day((*at, "announced"))]
    values = reader.get((*at, "values"))
    if isinstance(values, dict):
        days += [date.fromisoformat(str(day)) for day in values]
    return max((day for day in days if day is not None), default=date.min)
