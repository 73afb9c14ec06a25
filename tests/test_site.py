"""The site of docs/: built without a warning, no page left out, and nothing fetched from another host."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.patience import PATIENCE

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
ELSEWHERE = {"scenario-files.md", "contributing.md", "changes.md"}  # pages that lie outside docs/
FETCHED = {"src", "srcset", "poster", "data", "background"}
FOREIGN = re.compile(r"^\s*(https?:)?//")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the site, and what the build said."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stdout + done.stderr


def pages_named(entries):
    for entry in entries:
        for inside in entry.values():
            yield from [inside] if isinstance(inside, str) else pages_named(inside)


def test_the_site_is_built_without_a_warning(built):
    folder, said = built
    assert "WARNING" not in said and "ERROR" not in said
    assert (folder / "index.html").exists() and (folder / "reference" / "levers.html").exists()


def test_every_page_is_named_once_in_the_list_of_pages():
    named = list(pages_named(YAML(typ="safe").load(ROOT / "mkdocs.yml")["nav"]))
    assert len(named) == len(set(named))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    decisions = {page for page in pages if page.startswith("decisions/")}
    assert set(named) == pages - decisions | {"decisions/"} | ELSEWHERE


def test_every_decision_is_a_page_of_the_site(built):
    folder, _ = built
    pages = {path.stem for path in (DOCS / "decisions").glob("[0-9]*.md")}
    assert {path.stem for path in (folder / "decisions").glob("[0-9]*.html")} == pages


class Fetches(HTMLParser):
    """What a browser fetches for a page: everything but links that a reader follows."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if value and (name in FETCHED or (name == "href" and tag == "link")):
                self.found.append(value)
            if value and name == "style":
                self.found += re.findall(r"url\(['\"]?([^)'\"]+)", value)


def test_no_page_or_style_fetches_anything_from_another_host(built):
    folder, _ = built
    foreign = {}
    for page in folder.rglob("*.html"):
        parser = Fetches()
        text = page.read_text(encoding="utf-8")
        parser.feed(text)
        found = [each for each in parser.found if FOREIGN.match(each)]
        if found or 'class="mermaid"' in text:  # the theme fetches what draws those
            foreign[page.name] = found
    for style in folder.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        found = re.findall(r"(?:url\(\s*['\"]?|@import\s+['\"])((?:https?:)?//[^)'\"]+)", text)
        if found:
            foreign[style.name] = found
    assert not foreign


def test_links_out_of_the_documents_lead_to_copies_of_the_files(built):
    folder, _ = built
    page = (folder / "odd.html").read_text(encoding="utf-8")
    copies = set(re.findall(r'href="(sources/[^"#]+)"', page))
    assert "sources/model/corridor/engine/kernel/day.py.txt" in copies
    for copy in copies:
        original = ROOT / copy.removeprefix("sources/").removesuffix(".txt")
        assert (folder / copy).read_bytes() == original.read_bytes()


def test_marks_of_tested_examples_are_not_shown(built):
    folder, _ = built
    page = (folder / "odd.html").read_text(encoding="utf-8")
    assert "runnable" not in page
    assert '<div class="highlight">' in page
