"""Texts that somebody else wrote, as the page may show them: of a link, of a file, of an error that repeats either.

Streamlit takes nearly every text for markup: of messages, labels, help, titles, and cells of tables. There a text of
somebody else passes through `plain`. `st.text`, `st.code` and `st.dataframe` show a text as it is; what they are given
passes through `shortened`, for its length.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable

from corridor_app.words.language import N_

MOST_CHARACTERS = 120
"""Of one foreign text within a sentence of the page."""

MOST_LINES, LONGEST_LINE = 40, 400
"""Of what the page shows of a foreign text that has lines of its own."""

JOINER = "\N{WORD JOINER}"
"""Has no width, and stands before each mark: addresses, `:smile:` and `->` are looked for behind the backslashes."""

_MARKS = re.compile(r"[!-/:-@\[-`{-~]")


def plain(text: object, most: int = MOST_CHARACTERS) -> str:
    """A foreign text as one line of Markdown that shows it and does nothing: no link, image, icon, colour or formula.

    Parameters
    ----------
    most
        Characters that are shown of it.
    """
    printable = "".join(each if each.isprintable() else " " for each in f"{text}"[: 10 * most])
    line = " ".join(printable.split())
    cut = line if len(line) <= most else f"{line[: most - 1]}…"
    return _MARKS.sub(rf"{JOINER}\\\g<0>", cut)


def shortened(text: object, lines: int = MOST_LINES) -> str:
    """A foreign text with lines, of which so many are left that a page can show them."""
    given = f"{text}".split("\n", lines)
    kept = [each if len(each) <= LONGEST_LINE else f"{each[: LONGEST_LINE - 1]}…" for each in given[:lines]]
    return "\n".join([*kept, "…"] if len(given) > lines else kept)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that a misspelt one is nearest to; nothing where none is near."""
    by_folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(name[:MOST_CHARACTERS].casefold(), by_folded, n=1)
    return by_folded[found[0]] if found else ""


class Unreadable(ValueError):
    """What a link or a file says cannot be used; why, in words of this page.

    Parameters
    ----------
    words
        A text of the catalogue.
    **values
        What fills its braces. Numbers and words of this page; a foreign text passes through `plain` first.
    """

    def __init__(self, words: str, **values: object):
        super().__init__(words.format(**values))
        self.words, self.values = words, values

    def said(self, say: Callable[[str], str] = str) -> str:
        """Why, in the reader's language."""
        return say(self.words).format(**self.values)


class Unknown(Unreadable):
    """A name that is none of those that are known; with the nearest of them."""

    def __init__(self, words: str, name: str, known: Iterable[str]):
        near = nearest(name, known)
        super().__init__(words)
        self.name, self.near = plain(name), near

    def __str__(self) -> str:
        return self.said()

    def said(self, say: Callable[[str], str] = str) -> str:
        """Why, the name as it was given, and the nearest known one."""
        if self.near:
            words = N_("{why}: {name}; did you mean `{near}`?")
            return say(words).format(why=say(self.words), name=self.name, near=self.near)
        return say(N_("{why}: {name}")).format(why=say(self.words), name=self.name)
