"""What the visitor has chosen: kept in the session, written to the address of the page, restored from it.

The keys of the widgets are named here, once. `restore` fills the session before any widget is drawn and trusts
nothing in the address: what it cannot use it leaves out and says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

import streamlit as st

import model
from app.changes import CONTROLS, DECIMALS
from app.headlines import WHOLE_PERIOD
from app.language import ENGLISH, LANGUAGE, LANGUAGES

DEFAULT_SCENARIO = "history"
DEFAULT_START = date(2023, 6, 1)
DEFAULT_REPLICATES = 20
MOST_REPLICATES = 20
DEFAULT_INDICATOR = "encounters_usbp"
EVERYONE = "all"

SCENARIO, START, REPLICATES, PERIOD = "scenario", "start", "replicates", "period"
INDICATOR, BREAKDOWN, HOLD = "show", "of", "hold"
MOVED, HELD, NOTES = "moved", "held", "notes"
YEAR, NATIONALITY, CITY, SECTOR, US_CITY = "year", "nationality", "city", "sector", "us_city"
MONTH, VIEW, CIRCLES = "month", "view", "circles"
KEPT = (
    SCENARIO,
    START,
    REPLICATES,
    PERIOD,
    INDICATOR,
    BREAKDOWN,
    YEAR,
    NATIONALITY,
    CITY,
    SECTOR,
    US_CITY,
    MONTH,
    VIEW,
    CIRCLES,
    LANGUAGE,
)
"""Choices that outlast a change of page."""

Value = TypeVar("Value")


def keep() -> None:
    """Keep what was chosen while another page is open.

    Streamlit forgets the keys of widgets that a page does not draw, unless they are set anew.
    """
    for key in KEPT:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


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
    st.session_state.setdefault(START, take(START, date.fromisoformat, DEFAULT_START))
    st.session_state.setdefault(REPLICATES, take(REPLICATES, _replicates, DEFAULT_REPLICATES))
    st.session_state.setdefault(PERIOD, take(PERIOD, _period, ""))
    st.session_state.setdefault(INDICATOR, take(INDICATOR, _indicator, DEFAULT_INDICATOR))
    st.session_state.setdefault(BREAKDOWN, given.get(BREAKDOWN, EVERYONE))
    moved = {key: take(key, _level_of(key), math.nan) for key in CONTROLS if key in given}
    st.session_state.setdefault(MOVED, {key: value for key, value in moved.items() if not math.isnan(value)})
    st.session_state.setdefault(HELD, take(HOLD, _held, ()))
    st.session_state[NOTES] = notes


def write_address(moved: Mapping[str, float]) -> None:
    """Put what is chosen into the address of the page, leaving out what is as it comes.

    Parameters
    ----------
    moved
        The sliders that are not where the scenario has them.
    """
    state = st.session_state
    defaults = {
        SCENARIO: DEFAULT_SCENARIO,
        REPLICATES: str(DEFAULT_REPLICATES),
        PERIOD: str(state[START].year),
        INDICATOR: DEFAULT_INDICATOR,
        BREAKDOWN: EVERYONE,
        HOLD: "",
        LANGUAGE: ENGLISH,
    }
    words = {
        SCENARIO: state[SCENARIO],
        START: state[START].isoformat(),
        **{key: f"{value:g}" for key, value in moved.items()},
        HOLD: ",".join(state[HELD]),
        REPLICATES: str(state[REPLICATES]),
        PERIOD: state[PERIOD] or "",
        INDICATOR: state[INDICATOR],
        BREAKDOWN: state[BREAKDOWN],
        LANGUAGE: state.get(LANGUAGE, ENGLISH),
    }
    st.query_params.from_dict(
        {key: word for key, word in words.items() if word not in ("", defaults.get(key))}
    )


def take_notes() -> list[str]:
    """What the visitor should be told, once: what the address asked for and could not be had."""
    notes, st.session_state[NOTES] = st.session_state[NOTES], []
    return notes


def move(key: str, widget: str) -> None:
    """Remember where a slider was put."""
    value = round(float(st.session_state[widget]), DECIMALS)
    st.session_state[MOVED] = {**st.session_state[MOVED], key: value}


def hold(key: str, widget: str) -> None:
    """Remember whether a lever is held against what the scenario does to it later."""
    others = tuple(each for each in st.session_state[HELD] if each != key)
    st.session_state[HELD] = (*others, key) if st.session_state[widget] else others


def held() -> tuple[str, ...]:
    """The levers that are held."""
    return st.session_state[HELD]


def reset() -> None:
    """Put every slider back where the scenario has it."""
    st.session_state[MOVED] = {}
    st.session_state[HELD] = ()


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
        except ValueError as error:
            reason = f": {error}" if str(error) else ""
            self.notes.append(f"The link's `{key}` was left out{reason}.")
            return default


def _scenario(text: str) -> str:
    return _one_of(text, model.scenario_names(), "there is no scenario of this name")


def _indicator(text: str) -> str:
    return _one_of(text, model.INDICATORS, "there is no indicator of this name")


def _one_of(text: str, known: Any, why: str) -> str:
    if text not in known:
        raise ValueError(why)
    return text


def _replicates(text: str) -> int:
    if not _is_digits(text) or not 1 <= int(text) <= MOST_REPLICATES:
        raise ValueError(f"it must be a whole number from 1 to {MOST_REPLICATES}")
    return int(text)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()  # `²` is a digit too, and no part of a year


def _period(text: str) -> str:
    if text != WHOLE_PERIOD and not (_is_digits(text) and len(text) == len("2023")):
        raise ValueError(f"it must be a year or `{WHOLE_PERIOD}`")
    return text


def _level_of(key: str) -> Callable[[str], float]:
    control = CONTROLS[key]

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not control.accepts(value):
            raise ValueError(f"it must be a number from {control.low:g} to {control.high:g}")
        return value

    return read


def _held(text: str) -> tuple[str, ...]:
    keys = tuple(text.split(","))
    if unknown := [key for key in keys if key not in CONTROLS]:
        raise ValueError(f"there is no slider `{unknown[0][:20]}`")
    return keys
