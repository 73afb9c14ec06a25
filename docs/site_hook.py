"""What MkDocs is told beyond mkdocs.yml: files outside docs/ that pages link to, and pages that lie elsewhere.

In the repository a page links to the file that it speaks of, such as `../model/corridor/data/levers.yaml`. The site is
opened where there is no repository, so each such file is copied into it as text
(`sources/model/corridor/data/levers.yaml.txt`) and the link leads there. A link to what does not exist stays as it is,
and MkDocs refuses it.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
DOCS = "docs/"
SOURCES = "sources/"
ELSEWHERE = {
    "CHANGELOG.md": "changes.md",
    "CONTRIBUTING.md": "contributing.md",
    "README.md": "index.md",
    "scenarios/README.md": "scenario-files.md",
}
"""Files of the repository that are pages of the site under another name; docs/index.md stands for the README."""
HOMES = {uri: path for path, uri in ELSEWHERE.items() if uri != "index.md"}
FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"^(```\w+) (?:runnable|studied|output)(?= |$)", re.MULTILINE)
LINK = re.compile(r"\]\((?!\w+:|#)([^)\s#]+)(#[^)\s]*)?\)")
FOLDER = "decisions/"
"""In the list of pages this stands for every page of the folder, its README first."""


def on_config(config: MkDocsConfig) -> None:
    """Put the pages of a folder where the list of pages names the folder."""
    assert config.nav is not None
    config.nav = _with_folders(config.nav, Path(config.docs_dir))


def _with_folders(entries: list[Any], docs: Path) -> list[Any]:
    shown: list[Any] = []
    for entry in entries:
        ((title, inside),) = entry.items()
        if inside == FOLDER:
            pages = sorted((docs / FOLDER).glob("[0-9]*.md"))
            inside = [f"{FOLDER}README.md", *(f"{FOLDER}{page.name}" for page in pages)]
        elif isinstance(inside, list):
            inside = _with_folders(inside, docs)
        shown.append({title: inside})
    return shown


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the pages that lie outside docs/."""
    for uri, path in HOMES.items():
        files.append(File.generated(config, uri, abs_src_path=str(ROOT / path)))


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links that leave docs/ to pages or copies of the site; take the mark of tested examples away."""
    uri = page.file.src_uri
    folder = posixpath.dirname(HOMES.get(uri, DOCS + uri))

    def lead(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, link[1]))
        found = _place(target, config, files)
        if found is None:
            return link[0]
        return f"]({posixpath.relpath(found, posixpath.dirname(uri))}{link[2] or ''})"

    parts = FENCED.split(markdown)
    parts[::2] = [LINK.sub(lead, part) for part in parts[::2]]
    return MARK.sub(r"\1", "".join(parts))


def _place(target: str, config: MkDocsConfig, files: Files) -> str | None:
    """Where the site has a file of the repository; None if there is no such file."""
    if target in ELSEWHERE:
        return ELSEWHERE[target]
    inside = files.get_file_from_path(target.removeprefix(DOCS)) if target.startswith(DOCS) else None
    if inside is not None and inside.inclusion.is_included():
        return inside.src_uri
    if not (ROOT / target).is_file():
        return None
    copy = f"{SOURCES}{target}.txt"
    if files.get_file_from_path(copy) is None:
        files.append(File.generated(config, copy, content=(ROOT / target).read_bytes()))
    return copy
