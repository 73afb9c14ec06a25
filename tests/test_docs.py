"""The documents say what the model does: generated pages, the schedule, links, examples that run, and the site."""

import re
import runpy
import shutil
from pathlib import Path
from typing import get_args

import pytest

from corridor.engine.simulation import SCHEDULE
from corridor.inputs.registries.geography import load_geography
from corridor.inputs.registries.indicators import Kind
from tests.for_all import for_all

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
MARKDOWN = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("scenarios/*.md")])
PAGES = runpy.run_path(str(DOCS / "generate.py"))["PAGES"]
EXAMPLES = runpy.run_path(str(DOCS / "examples.py"))
blocks_of, has_examples, is_shown, run_page = (
    EXAMPLES[name] for name in ("blocks_of", "has_examples", "is_shown", "run_page")
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
#: Pages whose examples take longest: `make study` runs them.
LONG = {
    "docs/how-to/add-a-lever.md",
    "docs/how-to/add-a-mechanism.md",
    "docs/how-to/add-a-nationality.md",
    "docs/how-to/add-a-place.md",
    "docs/how-to/batch-and-compare.md",
    "docs/how-to/share-a-result.md",
    "docs/tutorial.md",
}
EXCUSE = "Not run in tests"
PARTLY_GENERATED = "../evidence.md"
GENERATED = {(DOCS / "reference" / name).resolve() for name in PAGES if name != PARTLY_GENERATED} | {
    DOCS / "validation.md"
}  # the last: `make study`


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
    assert text_of(DOCS / "reference" / name) == PAGES[name](), "stale: run `make generate`"


def test_the_reference_folder_holds_generated_pages_only():
    assert {path.name for path in (DOCS / "reference").iterdir()} - {"generators"} == {
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


def test_the_readme_is_short():
    assert len(text_of(ROOT / "README.md").split()) < 600


@for_all("path", DECISIONS, ids=name_of)
def test_a_decision_is_dated_and_says_what_was_rejected(path):
    text = text_of(path)
    assert re.search(r"^Date: \d{4}-\d{2}-\d{2}\. Status: ", text, re.MULTILINE)
    for heading in ("## Question", "## Decision", "## Rejected"):
        assert f"\n{heading}" in text
    assert f"({path.name})" in text_of(DOCS / "decisions" / "README.md")


@for_all("path", MARKDOWN, ids=name_of)
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


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=name_of(path), marks=[pytest.mark.study] if name_of(path) in LONG else [])
        for path in MARKDOWN
        if has_examples(text_of(path))
    ],
)
def test_examples_marked_runnable_run_and_print_what_the_page_shows(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for block, printed in run_page(text_of(path), name_of(path), tmp_path):
        assert is_shown(block, printed), (
            f"run `python docs/examples.py {name_of(path)}`; it prints\n{printed}"
        )


@pytest.mark.study
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=name_of(path))
        for path in MARKDOWN
        if any(block.mark == "studied" for block in blocks_of(text_of(path)))
    ],
)
def test_examples_for_other_programs_run_and_print_what_the_page_shows(path, tmp_path, monkeypatch):
    absent = [name for name in ("Rscript", "mlr") if shutil.which(name) is None]
    if absent:
        pytest.skip(f"not installed here: {' and '.join(absent)}")
    monkeypatch.chdir(tmp_path)
    for block, printed in run_page(text_of(path), name_of(path), tmp_path, studied=True):
        assert is_shown(block, printed), f"run `python docs/examples.py --studied {name_of(path)}`"


@for_all("path", [path for path in MARKDOWN if path.is_relative_to(DOCS)], ids=name_of)
def test_a_command_or_program_on_a_page_runs_or_the_page_says_why_not(path):
    page = text_of(path)
    unmarked = []
    for block in blocks_of(page):
        if block.language in ("bash", "python", "yaml", "diff", "r") and not block.mark:
            before = page[: block.span[0]].rsplit("\n\n", 2)[-2]  # the paragraph above the fence
            if not before.lstrip().startswith(EXCUSE):
                unmarked.append(block.text)
    assert not unmarked or path in GENERATED
