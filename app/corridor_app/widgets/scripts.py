"""The scripts that pages put into a browser: all of them are listed here, so that the server can allow these alone."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from corridor_app.words.language import LANGUAGES

EXPLORE = "explore"
"""The first page by its own name."""

TO_ROOT = f"""
  const here = new URL(location.href)
  here.pathname = here.pathname.replace(/{EXPLORE}\\/?$/, "")
  location.replace(here)
"""


def spoken(language: str) -> str:
    """Tells a screen reader how to pronounce the page; Streamlit always says that a page is English."""
    return f"document.documentElement.lang = '{language}'"


def all_scripts() -> Iterator[str]:
    """Every script that a page may run."""
    yield TO_ROOT
    yield from map(spoken, LANGUAGES)


def run_script(script: str) -> None:
    """Run one of `all_scripts` in the visitor's browser; a browser refuses any other."""
    st.html(f"<script>{script}</script>", width="content", unsafe_allow_javascript=True)
