"""The documents say what the model does: generated pages, the schedule, links, and examples that run."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from model.engine.simulation import SCHEDULE
from model.spec.geography import load_geography
from model.spec.indicators import Kind
from model.spec.scenario import parse_scenario

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
MARKDOWN = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("scenarios/*.md")])
PAGES = runpy.run_path(str(DOCS / "generate.py"))["PAGES"]
FENCE = re.compile(r"^```(\w+) runnable\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
TIME_LIMIT = 300  # seconds for one block, with nothing compiled yet


def text_of(path):
    return path.read_text(encoding="utf-8")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def rows_after(text, heading):
    """Cells of the first table below a heading, without its head."""
    lines = text.split(heading, 1)[1].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
    return rows


def anchors_of(text):
    """The anchors that a page's headings get when it is shown."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", PAGES)
def test_reference_pages_are_what_the_registries_say(name):
    assert text_of(DOCS / "reference" / name) == PAGES[name](), "stale: run `python docs/generate.py`"


def test_the_reference_folder_holds_generated_pages_only():
    assert {path.name for path in (DOCS / "reference").iterdir()} == {
        name for name in PAGES if "/" not in name
    }


def test_the_schedule_of_the_odd_page_is_the_schedule_of_the_engine():
    rows = rows_after(text_of(DOCS / "odd.md"), "## 3. Process overview and scheduling")
    assert rows == [(str(number), *step) for number, step in enumerate(SCHEDULE, 1)]


def test_the_odd_page_has_seven_elements_and_each_names_its_files():
    elements = re.split(r"^## (?=\d)", text_of(DOCS / "odd.md"), flags=re.MULTILINE)[1:]
    assert [int(element[0]) for element in elements] == [1, 2, 3, 4, 5, 6, 7]
    for element in elements:
        assert re.search(r"\]\(\.\./(model|scenarios)/", element), element.splitlines()[0]


def test_the_glossary_explains_every_kind_of_place_and_of_indicator():
    glossary = text_of(DOCS / "glossary.md")
    places = [row[0] for row in rows_after(glossary, "## Places")]
    indicators = re.findall(r"^\| (\w+) \|", glossary.split("| kind of indicator |")[1], re.MULTILINE)
    assert sorted(places) == sorted({place.kind for place in load_geography().places})
    assert sorted(indicators) == sorted(get_args(Kind))


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_a_decision_is_dated_and_says_what_was_rejected(path):
    text = text_of(path)
    assert re.search(r"^Date: \d{4}-\d{2}-\d{2}\. Status: ", text, re.MULTILINE)
    for heading in ("## Question", "## Decision", "## Rejected"):
        assert f"\n{heading}" in text
    assert f"({path.name})" in text_of(DOCS / "decisions" / "README.md")


@pytest.mark.parametrize("path", MARKDOWN, ids=name_of)
def test_links_between_files_lead_somewhere(path):
    text = FENCED.sub("", text_of(path))
    broken = []
    for target in LINK.findall(text):
        file, _, anchor = target.partition("#")
        if re.match(r"\w+:", target):
            continue
        found = path.parent / file if file else path
        if not found.exists() or (anchor and anchor not in anchors_of(text_of(found))):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("path", [path for path in MARKDOWN if FENCE.search(text_of(path))], ids=name_of)
def test_examples_marked_runnable_run(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    names = {"__name__": "example"}
    for language, code in FENCE.findall(text_of(path)):
        if language == "python":
            exec(compile(code, name_of(path), "exec"), names)
        elif language == "yaml":
            parse_scenario(code, name_of(path))
        else:
            assert language == "bash", f"no way to run {language}"
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", code],
                env={**os.environ, "PATH": commands},
                capture_output=True,
                text=True,
                timeout=TIME_LIMIT,
            )
            assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
