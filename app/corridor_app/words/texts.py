"""Longer texts of the page, in Markdown: files of the folder `text`."""

from __future__ import annotations

from importlib.resources import files

from corridor_app.words.language import current


def read_text(name: str) -> str:
    """A text of the folder `words/text`, in the visitor's language where its folder there has it."""
    texts = files("corridor_app.words") / "text"
    translated = texts / current() / name
    return (translated if translated.is_file() else texts / name).read_text(encoding="utf-8")
