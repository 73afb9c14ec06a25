"""The command line of a study that makes one page: how many replicates, at which scale, and whether to write it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path


def make_page(
    study: str, about: str | None, page: Path, text_of: Callable[[int, int, str], str], *, replicates: int
) -> None:
    """Print a page, and write it if asked to.

    Parameters
    ----------
    study : str
        Name of its module in `studies`.
    about : str
        What its help says.
    text_of : callable
        The page in Markdown, from replicates, people per agent and a line that says both.
    replicates : int
        Unless the caller says otherwise.
    """
    parser = argparse.ArgumentParser(prog=f"python -m studies.{study}", description=about)
    parser.add_argument("--replicates", type=int, default=replicates)
    parser.add_argument("--people-per-agent", type=int, default=50)
    parser.add_argument("--write", action="store_true", help=f"write {page}")
    asked = parser.parse_args()
    settings = f"1:{asked.people_per_agent}, {asked.replicates} replicates, seed 1."
    text = text_of(asked.replicates, asked.people_per_agent, settings)
    print(text)
    if asked.write:
        page.write_text(text, encoding="utf-8")
