"""What the page Compare is asked for: kept in the session, written to the address of the page, restored from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

import corridor
from corridor_app.choices import told
from corridor_app.choices.windows import USUAL, read_window
from corridor_app.words.foreign import Unknown, Unreadable
from corridor_app.words.language import N_, _

HISTORY = "history"
FLOW = "encounters_usbp"
HARMS = ("deaths", "kidnappings", "sexual_violence", "robberies", "extortions")
MOST = 6
DEFAULT = ("funds-last-december", "darien-gate")

ADDRESS, BASELINE, INDICATOR, WINDOW, HARM = "compare", "baseline", "show", "window", "harm"
"""Words of the address."""

YEAR = "year"
"""What links of earlier releases call the window."""

LINK_KEYS = (ADDRESS, BASELINE, INDICATOR, WINDOW, YEAR, HARM)
"""What the page reads of a link."""

USUALLY = {BASELINE: HISTORY, INDICATOR: FLOW, WINDOW: USUAL, HARM: HARMS[0]}
"""What is as it comes, and is left out of the address."""

CHOICE = "compare-choice"


def restore(titles: Mapping[str, str]) -> list[str]:
    """Fill the choice from the address, once a session; what it names and cannot be had is left out, and said.

    Parameters
    ----------
    titles
        Of the scenarios that there are, by name.
    """
    if CHOICE in st.session_state:
        return []
    given, notes = st.query_params.to_dict(), []
    if YEAR in given and WINDOW not in given:
        given[WINDOW] = given[YEAR]
    known: dict[str, Callable[[str], str]] = {
        BASELINE: _one_of(titles),
        INDICATOR: _one_of(corridor.INDICATORS),
        WINDOW: read_window,
        HARM: _one_of(dict.fromkeys(HARMS)),
    }
    choice: dict[str, Any] = dict(USUALLY)
    for key, read in known.items():
        try:
            choice[key] = read(given[key]) if key in given else USUALLY[key]
        except Unreadable as why:
            notes.append(told.left_out(key if key in st.query_params else YEAR, why))
    choice[ADDRESS] = [name for name in DEFAULT if name in titles]
    if ADDRESS in given:
        asked = list(dict.fromkeys(filter(None, given[ADDRESS].split(","))))
        names = [name for name in asked if name in titles and name != choice[BASELINE]]
        for name in [each for each in asked if each not in names][:MOST]:
            others = set(titles) - {choice[BASELINE]}
            why = Unknown(N_("there is no other scenario of this name to compare"), name, others)
            notes.append(told.left_out(ADDRESS, why))
        if len(names) > MOST:
            notes.append(
                _("The link names more than {most} scenarios; the first {most} are shown.").format(most=MOST)
            )
        choice[ADDRESS] = names[:MOST]
    st.session_state[CHOICE] = choice
    return notes


def _one_of(known: Mapping[str, object]) -> Callable[[str], str]:
    return lambda text: told.one_of(text, known, N_("there is nothing of this name to choose"))


def keep(key: str, value: object) -> None:
    """Remember a choice."""
    st.session_state[CHOICE] = {**st.session_state[CHOICE], key: value}


def chosen(key: str) -> Any:
    """What was chosen."""
    return st.session_state[CHOICE][key]


def write_address() -> None:
    """What is chosen, in the address; what is as it comes is left out, and what earlier releases called otherwise."""
    st.query_params[ADDRESS] = ",".join(chosen(ADDRESS))
    for key, usual in USUALLY.items():
        if chosen(key) != usual:
            st.query_params[key] = chosen(key)
        elif key in st.query_params:
            del st.query_params[key]
    if YEAR in st.query_params:
        del st.query_params[YEAR]
