"""Markdown that the generated pages share: a table, the head of a page, words and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

DATA = "../../model/corridor/data"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; cells lose line breaks, and bars are escaped."""
    lines = [list(header), ["---"] * len(header), *([cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def cell(text: str) -> str:
    """One cell: no line breaks, bars escaped."""
    return " ".join(str(text).split()).replace("|", "\\|")


def head(title: str, files: Sequence[str], *paragraphs: str) -> str:
    """The title of a page, the files that it is made from, and what a reader needs to know first."""
    links = " and ".join(f"[{name}]({DATA}/{name})" for name in files)
    made = f"Made from {links} by `make generate`; not edited by hand."
    return "\n\n".join([f"# {title}", made, *paragraphs]) + "\n"


def between(page: str, start: str, end: str, text: str) -> str:
    """A page with what stands between two marks replaced.

    Raises
    ------
    ValueError
        If the page lacks one of the marks.
    """
    before, rest = page[: page.index(start) + len(start)], page[page.index(start) :]
    return f"{before}\n\n{text.strip()}\n\n{rest[rest.index(end) :]}"


def code(words: Iterable[str]) -> str:
    """Words set as code, with commas between them."""
    return ", ".join(f"`{word}`" for word in words)


def items(numbers: Sequence[int]) -> str:
    """Numbers of document items, with commas between them."""
    return ", ".join(str(number) for number in numbers)


def value(number: float) -> str:
    """A level of a lever."""
    return "unlimited" if number == float("inf") else f"{number:,.10g}"
