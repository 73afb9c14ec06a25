"""A part of a page that a study writes: what stands between two marks. The rest of the page is written by hand."""

from __future__ import annotations

from pathlib import Path


def write_part(page: Path, marks: tuple[str, str], text: str) -> None:
    """Write a part of a page anew."""
    page.write_text(with_part(page.read_text(encoding="utf-8"), marks, text), encoding="utf-8")


def with_part(page: str, marks: tuple[str, str], text: str) -> str:
    """A page with what stands between its two marks replaced.

    Raises
    ------
    ValueError
        If the page does not hold each mark once, in this order.
    """
    start, end = marks
    if page.count(start) != 1 or page.count(end) != 1 or page.index(end) < page.index(start):
        raise ValueError(f"a page must hold {start!r} and then {end!r}, once each")
    return f"{page.split(start)[0]}{start}\n\n{text.strip()}\n\n{end}{page.split(end)[1]}"


def part_of(page: str, marks: tuple[str, str]) -> str:
    """What stands between the two marks of a page."""
    return page.split(marks[0])[1].split(marks[1])[0].strip()
