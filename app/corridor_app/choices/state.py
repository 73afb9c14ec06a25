"""What the visitor has chosen: kept in the session, written to the address of the page, restored from it.

The keys of the widgets are named here, once. `restore` fills the session before any widget is drawn and trusts
nothing in the address: what it cannot use it leaves out and says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import TypeVar

import streamlit as st

import corridor
from corridor_app.choices.changes import DECIMALS, MOST_ENTRIES, Entry, number_text
from corridor_app.choices.controls import CONTROLS, Control, find_control
from corridor_app.choices.links import (
    FIRST_RELEASE,
    LONGEST,
    VERSION,
    current_name,
    read_day,
    read_entries,
    read_moves,
    read_release,
    read_version,
    write_entries,
    write_moves,
)
from corridor_app.choices.told import left_out, one_of
from corridor_app.choices.windows import USUAL, read_window
from corridor_app.words.foreign import Unknown, Unreadable
from corridor_app.words.language import ENGLISH, LANGUAGE, LANGUAGES, N_, _

DEFAULT_SCENARIO = "history"
DEFAULT_START = date(2023, 6, 1)
DEFAULT_REPLICATES = 20
MOST_REPLICATES = 20
MOST_DIGITS = 9
DEFAULT_INDICATOR = "encounters_usbp"
EVERYONE = "all"

SCENARIO, START, REPLICATES, WINDOW = "scenario", "start", "replicates", "window"
PERIOD = "period"
"""What links of earlier releases call the window."""
INDICATOR, BREAKDOWN, HOLD = "show", "of", "hold"
FORM, RELEASE, LEVERS, ENTRIES = "v", "r", "l", "t"
"""In the address: its version, the release that wrote it, levers moved besides the four, entries of the timeline."""
MOVED, HELD, NOTES, PICKED, DATED = "moved", "held", "notes", "picked", "dated"
LOOKED_AT = "lever"
COPIES = "copies"
NATIONALITY, CITY, SECTOR, US_CITY = "nationality", "city", "sector", "us_city"
MONTH, VIEW, CIRCLES = "month", "view", "circles"
RECORD, SERIES, PART = "record", "series", "part"
"""Of the blind record: its version, a series of it, and of whom or where."""
KEPT = (
    SCENARIO,
    START,
    REPLICATES,
    WINDOW,
    INDICATOR,
    BREAKDOWN,
    NATIONALITY,
    CITY,
    SECTOR,
    US_CITY,
    MONTH,
    VIEW,
    CIRCLES,
    RECORD,
    SERIES,
    PART,
    LANGUAGE,
    LOOKED_AT,
)
"""Choices that outlast a change of page."""

LINK_KEYS = (
    *(FORM, RELEASE, SCENARIO, START, REPLICATES, WINDOW, PERIOD, INDICATOR, BREAKDOWN, LEVERS),
    *(ENTRIES, HOLD),
    *CONTROLS,
)
"""What a page over a scenario reads of a link."""
GIVEN = "given"
"""What the link said of choices among options."""

Value = TypeVar("Value")


def keep() -> None:
    """Keep what was chosen while another page is open.

    Streamlit forgets the keys of widgets that a page does not draw, unless they are set anew. Where a page is drawn
    again, or left, before it is drawn to its end it forgets them sooner than this is called; then copies help.
    """
    _copy()
    for key, choice in st.session_state[COPIES].items():
        st.session_state[key] = choice


def _copy() -> None:
    """Copy what was chosen to a key of no widget."""
    copies = st.session_state.setdefault(COPIES, {})
    copies.update({key: st.session_state[key] for key in KEPT if key in st.session_state})


def restore_language() -> None:
    """Take the language from the address of the page, once a session; what is no language is left out."""
    if LANGUAGE not in st.session_state:
        given = st.query_params.get(LANGUAGE, ENGLISH)
        st.session_state[LANGUAGE] = given if given in LANGUAGES else ENGLISH


def restore() -> None:
    """Fill the session from the address of the page, once a session."""
    if NOTES in st.session_state:
        return
    notes: list[str] = []
    given = st.query_params.to_dict()
    take = _Reader(given, notes)
    chosen = take(SCENARIO, _scenario, DEFAULT_SCENARIO)
    st.session_state.setdefault(SCENARIO, chosen)
    st.session_state.setdefault(START, take(START, read_day, DEFAULT_START))
    st.session_state.setdefault(REPLICATES, take(REPLICATES, _replicates, DEFAULT_REPLICATES))
    st.session_state.setdefault(WINDOW, take(WINDOW, read_window, take(PERIOD, read_window, USUAL)))
    st.session_state.setdefault(INDICATOR, take(INDICATOR, _indicator, DEFAULT_INDICATOR))
    st.session_state.setdefault(BREAKDOWN, given.get(BREAKDOWN, EVERYONE))
    st.session_state[GIVEN] = {key: given[key] for key in (BREAKDOWN, VIEW, CIRCLES, MONTH) if key in given}
    version = take(FORM, read_version, None)
    made_with = take(RELEASE, read_release, FIRST_RELEASE if version else corridor.__version__)
    if made_with != corridor.__version__:
        words = _("This link was made with Corridor {release}; numbers may differ from what it showed then.")
        notes.append(words.format(release=made_with))
    moved = {key: take(key, _level_of(key), math.nan) for key in CONTROLS if key in given}
    moved = {key: value for key, value in moved.items() if not math.isnan(value)}
    others, unread = read_moves(given.get(LEVERS, ""), _)
    entries, unclear = read_entries(given.get(ENTRIES, ""), _)
    notes += [_left_out(LEVERS, why) for why in unread] + [_left_out(ENTRIES, why) for why in unclear]
    held = take(HOLD, _held, ())
    asked = [*others, *(entry.control for entry in entries), *held]
    changed = [*moved, *others, *(entry.control for entry in entries)]
    if changed:
        st.session_state.setdefault(LOOKED_AT, changed[-1])
    st.session_state.setdefault(MOVED, moved | others)
    st.session_state.setdefault(HELD, held)
    st.session_state.setdefault(DATED, entries)
    st.session_state.setdefault(PICKED, tuple(dict.fromkeys(key for key in asked if key not in CONTROLS)))
    _copy()
    st.session_state[NOTES] = notes


def write_address(moved: Mapping[str, float]) -> bool:
    """Put what is chosen into the address of the page, leaving out what is as it comes.

    Parameters
    ----------
    moved
        The sliders that are not where the scenario has them.

    Returns
    -------
    bool
        Whether all of it found room.
    """
    state = st.session_state
    defaults = {
        SCENARIO: DEFAULT_SCENARIO,
        REPLICATES: str(DEFAULT_REPLICATES),
        INDICATOR: DEFAULT_INDICATOR,
        BREAKDOWN: EVERYONE,
        HOLD: "",
        LANGUAGE: ENGLISH,
    }
    words = {
        FORM: str(VERSION),
        RELEASE: corridor.__version__,
        SCENARIO: state[SCENARIO],
        START: state[START].isoformat(),
        **{key: number_text(moved[key]) for key in CONTROLS if key in moved},
        LEVERS: write_moves({key: value for key, value in moved.items() if key not in CONTROLS}),
        ENTRIES: write_entries(state[DATED]),
        HOLD: ",".join(state[HELD]),
        REPLICATES: str(state[REPLICATES]),
        WINDOW: state[WINDOW],
        INDICATOR: state[INDICATOR],
        BREAKDOWN: state[BREAKDOWN],
        LANGUAGE: state.get(LANGUAGE, ENGLISH),
    }
    st.query_params.from_dict(
        {
            key: word
            for key, word in words.items()
            if word not in ("", defaults.get(key)) and len(word) <= LONGEST
        }
    )
    return all(len(word) <= LONGEST for word in words.values())


def read_choice(key: str, options: Collection[str], default: str) -> str:
    """What the session, or else the address of the page, says of a choice; the default where it is no option.

    For a page to call before it draws the widget of that key; the session is left with what is returned.

    Parameters
    ----------
    key
        One of `KEPT`.
    options
        What may be chosen.
    default
        What is chosen where nothing else is: one of the options.
    """
    chosen = st.session_state.get(key, st.query_params.get(key, default))
    st.session_state[key] = chosen if chosen in options else default
    return st.session_state[key]


def keep_option(key: str, options: Collection[str], default: str) -> str | None:
    """Put a choice that is no option back to the default; what is told where the link asked for it.

    For a page to call before it draws the widget of that key.
    """
    chosen = st.session_state[key]
    if chosen in options:
        return None
    st.session_state[key] = default
    if st.session_state.get(GIVEN, {}).pop(key, None) != chosen:
        return None  # the visitor chose it where it was an option
    return left_out(key, Unknown(N_("there is nothing of this name to choose"), chosen, options))


def write_choice(key: str, value: str, default: str) -> None:
    """Put one choice into the address of the page, or take it out where it is as it comes; the rest stays."""
    if value not in ("", default):
        if st.query_params.get(key) != value:
            st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def take_notes() -> list[str]:
    """What the visitor should be told, once: what the address asked for and could not be had."""
    notes, st.session_state[NOTES] = st.session_state[NOTES], []
    return notes


def shown_controls() -> list[Control]:
    """The levers that have a slider: the four, and those that the visitor picked."""
    return [*CONTROLS.values(), *(find_control(key) for key in st.session_state[PICKED])]


def add_control(key: str) -> None:
    """Give a lever a slider, and look at it over time."""
    if key not in CONTROLS and key not in st.session_state[PICKED]:
        st.session_state[PICKED] = (*st.session_state[PICKED], key)
    st.session_state[LOOKED_AT] = key


def remove_control(key: str) -> None:
    """Put a lever back where the scenario has it, and take its slider away."""
    moved = st.session_state[MOVED]
    st.session_state[PICKED] = tuple(each for each in st.session_state[PICKED] if each != key)
    st.session_state[MOVED] = {each: value for each, value in moved.items() if each != key}
    st.session_state[HELD] = tuple(each for each in st.session_state[HELD] if each != key)
    st.session_state[DATED] = tuple(each for each in st.session_state[DATED] if each.control != key)


def set_from_widget(key: str, widget: str) -> None:
    """Remember where a slider, a switch or a number was put."""
    set_value(key, float(st.session_state[widget]))


def set_value(key: str, value: float) -> None:
    """Remember a value of a lever."""
    st.session_state[MOVED] = {**st.session_state[MOVED], key: round(value, DECIMALS)}
    st.session_state[LOOKED_AT] = key


def set_held(key: str, widget: str) -> None:
    """Remember whether a lever is held against what the scenario does to it later."""
    others = tuple(each for each in st.session_state[HELD] if each != key)
    st.session_state[HELD] = (*others, key) if st.session_state[widget] else others


def held() -> tuple[str, ...]:
    """The levers that are held."""
    return st.session_state[HELD]


def entries() -> tuple[Entry, ...]:
    """The entries of the timeline, in the order in which they were made."""
    return st.session_state[DATED]


def add_entries(new: Sequence[Entry]) -> None:
    """Add entries to the timeline, as far as there is room."""
    st.session_state[DATED] = (*entries(), *new)[:MOST_ENTRIES]


def remove_entry(entry: Entry) -> None:
    """Take an entry from the timeline."""
    st.session_state[DATED] = tuple(each for each in entries() if each != entry)


def reset() -> None:
    """Put every lever back where the scenario has it, and empty the timeline; the sliders stay."""
    st.session_state[MOVED] = {}
    st.session_state[HELD] = ()
    st.session_state[DATED] = ()


def _left_out(key: str, why: str) -> str:
    return _("A part of the link's `{key}` was left out: {why}.").format(key=key, why=why)


class _Reader:
    """Reads one value of the address; what cannot be read is left out, with a note."""

    def __init__(self, given: Mapping[str, str], notes: list[str]):
        self.given = given
        self.notes = notes

    def __call__(self, key: str, read: Callable[[str], Value], default: Value) -> Value:
        text = self.given.get(key)
        if text is None:
            return default
        try:
            return read(text)
        except Unreadable as error:
            self.notes.append(left_out(key, error))
            return default


def _scenario(text: str) -> str:
    names = corridor.scenario_names()
    return one_of(current_name("scenario", text), names, N_("there is no scenario of this name"))


def _indicator(text: str) -> str:
    known = corridor.INDICATORS
    return one_of(current_name("indicator", text), known, N_("there is no indicator of this name"))


def _replicates(text: str) -> int:
    if not _is_digits(text) or not 1 <= int(text) <= MOST_REPLICATES:
        raise Unreadable(N_("it must be a whole number from 1 to {most}"), most=MOST_REPLICATES)
    return int(text)


def _is_digits(text: str) -> bool:
    """Digits, and not so many that Python reads no number in them; `²` is one too."""
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def _level_of(key: str) -> Callable[[str], float]:
    control = CONTROLS[key]

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not control.accepts(value):
            words = N_("it must be a number from {low} to {high}")
            raise Unreadable(words, low=f"{control.low:g}", high=f"{control.high:g}")
        return value

    return read


def _held(text: str) -> tuple[str, ...]:
    keys = [find_control(key).key for key in text.split(",")[: MOST_ENTRIES + 1]]
    if len(keys) > MOST_ENTRIES:
        raise Unreadable(N_("it names too many levers"))
    return tuple(dict.fromkeys(keys))
