"""The language of the page: English in the code, other languages from gettext catalogues; the visitor chooses.

A text passes through `_` where it is shown, not where it is defined: two visitors may read two languages at once.
Texts that stand in a constant are marked with `N_`, so that they reach the catalogue, and go through `_` later.
Registries (labels of indicators and levers; titles of scenarios) are looked up the same way; what a row of a registry
says in a language itself (`es:` of places and nationalities) needs no catalogue. A text without a translation is shown
in English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, translation
from importlib.resources import as_file, files

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from corridor.inputs.registries.levers import lever_texts
from corridor.inputs.registries.nationalities import nationality_texts
from corridor.inputs.registries.places import place_texts

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
ENGLISH = "en"
LANGUAGE = "lang"
"""Key of the choice, in the session and in the address of the page."""

DOMAIN = "corridor"

_forced: ContextVar[str | None] = ContextVar("language", default=None)


def current() -> str:
    """The language that the visitor reads; English where there is no page, unless `in_language` says otherwise."""
    if (forced := _forced.get()) is not None:
        return forced
    if get_script_run_ctx(suppress_warning=True) is None:
        return ENGLISH
    chosen = st.session_state.get(LANGUAGE, ENGLISH)
    return chosen if chosen in LANGUAGES else ENGLISH


def _(text: str) -> str:
    """A text in the visitor's language."""
    return _catalogue(current()).gettext(text) if text else text


def N_(text: str) -> str:  # the name that gettext's tools look for
    """A text that is shown later: marked for the catalogue, returned as it is."""
    return text


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Texts are in one language inside, whatever the visitor reads; it decorates a function, too.

    What makes a file that a visitor saves stands inside `in_language(ENGLISH)`: files must not depend on the reader.
    """
    before = _forced.set(language)
    try:
        yield
    finally:
        _forced.reset(before)


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    with as_file(files("corridor_app.words") / "locale") as folder:
        found = translation(DOMAIN, folder, [language], fallback=True)
    found.add_fallback(_Rows(row_texts(language)))
    return found


class _Rows(NullTranslations):
    """What rows of the registries say themselves: a new row is translated without a new catalogue."""

    def __init__(self, texts: Mapping[str, str]):
        super().__init__()
        self.texts = texts

    def gettext(self, message: str) -> str:
        return self.texts.get(message, message)


def row_texts(language: str) -> dict[str, str]:
    """What rows of the registries say in a language themselves, by the English text.

    Raises
    ------
    ValueError
        If two rows say the same text differently.
    """
    found: dict[str, str] = {}
    for rows in (place_texts(language), nationality_texts(language), lever_texts(language)):
        for text, said in rows.items():
            if found.setdefault(text, said) != said:
                raise ValueError(f"{text!r} is {found[text]!r} in one row and {said!r} in another")
    return found
