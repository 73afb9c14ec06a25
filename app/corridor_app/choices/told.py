"""What a visitor is told of a link: which of its keys and values cannot be used, and what the nearest names are."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from corridor_app.words.foreign import Unknown, Unreadable, nearest, plain
from corridor_app.words.language import ENGLISH, LANGUAGE, LANGUAGES, N_, _

MOST_KEYS = 20
"""Keys of a link that are looked at, beyond which nothing is told."""

STREAMLIT_KEYS = ("embed", "embed_options")
"""What Streamlit itself reads of an address."""
CHECKED = "checked"
"""Whether the keys of the link were looked at, once a session."""


def left_out(key: str, why: Unreadable) -> str:
    """What is told of a value of the address that cannot be used."""
    return _("The link's `{key}` was left out: {reason}.").format(key=key, reason=why.said(_))


def one_of(text: str, known: Collection[str], why: str) -> str:
    """A name that is known.

    Raises
    ------
    Unknown
        If it is not: `why`, a text of the catalogue, with the nearest name.
    """
    if text not in known:
        raise Unknown(why, text, known)
    return text


def unread_keys(keys: Collection[str]) -> list[str]:
    """What the address says that its page does not read, in words; once a session.

    Parameters
    ----------
    keys
        What the page reads, besides the language.
    """
    if CHECKED in st.session_state:
        return []
    st.session_state[CHECKED] = True
    notes = []
    for key in list(st.query_params)[:MOST_KEYS]:
        if key not in (*keys, LANGUAGE, *STREAMLIT_KEYS):
            notes.append(_left_out_key(key, keys))
        elif len(st.query_params.get_all(key)) > 1:
            notes.append(_("The link gives `{key}` more than once; the last one holds.").format(key=key))
    given = st.query_params.get(LANGUAGE, ENGLISH)
    if given not in LANGUAGES:
        notes.append(left_out(LANGUAGE, Unknown(N_("there is no language of this name"), given, LANGUAGES)))
    return notes


def _left_out_key(key: str, keys: Collection[str]) -> str:
    near = nearest(key, keys)
    if near:
        words = _("This page reads nothing called {name} of a link; did you mean `{near}`?")
        return words.format(name=plain(key), near=near)
    return _("This page reads nothing called {name} of a link; it was left out.").format(name=plain(key))
