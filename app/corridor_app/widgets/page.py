"""What every page has: how it begins, notes in small type, and what is said where a scenario is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

import corridor
from corridor_app.choices import state
from corridor_app.words.foreign import plain, shortened
from corridor_app.words.language import ENGLISH, _, current

LONGEST_REASON = 600
"""Characters of why a run stopped: a guard that failed says it in a few sentences."""


def open_page(title: str, about: str) -> None:
    """What a page over a scenario begins with: the visitor's choices, what it shows, and what a link could not hold."""
    state.restore()
    st.title(title)
    st.markdown(about)
    for note in state.take_notes():
        st.warning(note)


def small(text: str) -> None:
    """A note in small type, dark enough to read."""
    st.markdown(f":small[:gray[{text.strip()}]]")


def note_what_is_english(what: str) -> None:
    """Where the page is not in English: what on it is English all the same."""
    if current() != ENGLISH:
        small(_(what))


@contextmanager
def errors_shown() -> Iterator[None]:
    """Say on the page what is wrong with a scenario, or why a run stopped; the rest of the page is drawn."""
    try:
        yield
    except corridor.InputError as error:
        st.error(_("This scenario cannot be read."))
        st.code(shortened(error), language=None, wrap_lines=True)
    except corridor.CorridorError as error:
        st.error(_("The run stopped: {why}").format(why=plain(error, LONGEST_REASON)))
