"""Levers and timelines as a link writes them, and what can be read of a link that somebody else wrote.

Items stand one after another, `;` between them: `panama.darien_gate:0.5` for a lever moved from the start date on,
`panama.darien_gate:ramp:2023-03-01:2023-06-01:0.5` for an entry of the timeline (its last day is empty where it
lasts to the end). What cannot be read is left out, and why is told in words of the page (`Unreadable`); a name of the
link is repeated as plain text only, for it may be anything. No Streamlit here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Literal, TypeVar

import corridor
from corridor_app.choices.changes import DECIMALS, MOST_ENTRIES, PROFILES, Entry, number_text
from corridor_app.choices.controls import AT, BETWEEN, POOLED, find_control
from corridor_app.words.foreign import Unreadable
from corridor_app.words.language import N_

VERSION = 2
"""Of links. Those without a version are of the first, which had neither levers besides the four nor a timeline."""

FIRST_RELEASE = "0.1.0"
"""The release of links that do not say theirs."""

Kind = Literal["lever", "place", "scenario", "indicator"]
"""What a link names, of what releases may retire."""

ITEMS, FIELDS = ";", ":"
LONGEST = 4_000
"""Characters that are read of one part of a link."""

Item = TypeVar("Item")


def read_version(text: str) -> int:
    """The version of a link.

    Raises
    ------
    Unreadable
        If this page does not know it; the rest of the link is read all the same.
    """
    if text not in map(str, range(1, VERSION + 1)):
        raise Unreadable(N_("this page does not know that version of links"))
    return int(text)


def read_release(text: str) -> str:
    """The release of Corridor that made a link.

    Raises
    ------
    Unreadable
        If it is not one.
    """
    if not re.fullmatch(r"\d{1,4}(\.\d{1,4}){2}[a-z0-9.]{0,10}", text, re.ASCII):
        raise Unreadable(N_("a release is written as 0.2.0"))
    return text


def current_name(kind: Kind, name: str) -> str:
    """The name that this release writes for one of a link, perhaps of an earlier release.

    Raises
    ------
    Unreadable
        If it was retired and no one name has its meaning; in the registry's words.
    """
    old = corridor.find_retired(kind, name)
    if old is None:
        return name
    if old.write is None:
        raise Unreadable("{advice}", advice=old.advice)
    return old.write


def _current_key(key: str) -> str:
    """The key of a control with the names of this release."""
    lever, at, members = key.partition(AT)
    words = [word if word == POOLED else current_name("place", word) for word in members.split(BETWEEN)]
    return current_name("lever", lever) + at + BETWEEN.join(words)


def write_moves(moved: Mapping[str, float]) -> str:
    """Levers with their values."""
    return ITEMS.join(f"{key}{FIELDS}{number_text(value)}" for key, value in moved.items())


def read_moves(text: str, say: Callable[[str], str] = str) -> tuple[dict[str, float], list[str]]:
    """Levers with their values, by the keys of their controls; and what could not be read, in the reader's language."""
    found, unread = _read_items(text, _read_move, say)
    return dict(found), unread


def write_entries(entries: Iterable[Entry]) -> str:
    """The entries of a timeline."""
    return ITEMS.join(
        FIELDS.join(
            (
                entry.control,
                entry.profile,
                entry.start.isoformat(),
                entry.end.isoformat() if entry.end else "",
                number_text(entry.value),
            )
        )
        for entry in entries
    )


def read_entries(text: str, say: Callable[[str], str] = str) -> tuple[tuple[Entry, ...], list[str]]:
    """The entries of a timeline, each once; and what could not be read, in the reader's language."""
    found, unread = _read_items(text, _read_entry, say)
    return tuple(dict.fromkeys(found)), unread


def _read_items(
    text: str, read: Callable[[str], Item], say: Callable[[str], str]
) -> tuple[list[Item], list[str]]:
    found, unread = [], []
    if len(text) > LONGEST:
        return [], [say(N_("it is too long"))]
    items = [item for item in text.split(ITEMS) if item]
    for item in items[:MOST_ENTRIES]:
        try:
            found.append(read(item))
        except Unreadable as error:
            unread.append(error.said(say))
    if len(items) > MOST_ENTRIES:
        unread.append(say(N_("it has more changes than a page takes")))
    return found, list(dict.fromkeys(unread))


def _read_move(item: str) -> tuple[str, float]:
    key, mark, number = item.partition(FIELDS)
    if not mark:
        raise Unreadable(N_("a lever without a value"))
    control = find_control(_current_key(key))
    return control.key, _read_value(control.key, number)


def _read_entry(item: str) -> Entry:
    fields = item.split(FIELDS)
    if len(fields) != len(("lever", "profile", "start", "end", "value")):
        raise Unreadable(N_("a change is written as lever, profile, first day, last day and value"))
    key, profile, start, end, number = fields
    control = find_control(_current_key(key))
    if profile not in PROFILES:
        raise Unreadable(N_("a change is a step, a ramp or a pulse"))
    if not end and profile != "step":
        raise Unreadable(N_("a ramp and a pulse need a last day"))
    last = read_day(end) if end else None
    return Entry(read_day(start), control.key, profile, last, _read_value(control.key, number))


def read_day(text: str) -> date:
    """A day as links write it.

    Raises
    ------
    Unreadable
        If it is none, or is written otherwise.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Unreadable(N_("a day is written as 2023-06-01")) from None
    if day.isoformat() != text:  # `20230601` and `2023-W22-4` are days too, but not the ones that links write
        raise Unreadable(N_("a day is written as 2023-06-01"))
    return day


def _read_value(key: str, text: str) -> float:
    try:
        value = math.inf if text == "unlimited" else round(float(text), DECIMALS)
    except (ValueError, OverflowError):
        value = math.nan
    if (math.isinf(value) and text != "unlimited") or not find_control(key).accepts(value):
        raise Unreadable(N_("a value is outside what its lever takes"))
    return value
