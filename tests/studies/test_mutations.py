"""Wrong changes are small, single, and leave Python that can be read."""

import ast
from pathlib import Path

from ruamel.yaml import YAML

from studies.mutants import ROOT, draw_mutants, files_of, lines_that_differ, spread
from studies.mutations import changes_of
from tests.for_all import for_all

PLAN = YAML(typ="safe").load((ROOT / "studies" / "mutants.yaml").read_text(encoding="utf-8"))
TEXT = '''\
"""A text with a minus - and a number 3."""

import math


def share(people: int, of=1.0):
    if people > 3 and of:
        total.left -= people
    for each in sorted(zip(a, b, strict=True)):
        yield max(each, -1)
'''


def changed(text=TEXT):
    return {lines_that_differ(text, change.applied(text))[2] for change in changes_of(text)}


def test_every_kind_of_change_is_made():
    assert {
        "def share(people: int, of=2.0):",
        "if (people >= 3) and of:",
        "if (people < 3) and of:",
        "if people > 4 and of:",
        "if (people > 3 or of):",
        "if (not (people > 3 and of)):",
        "total.left += people",
        "pass",
        "yield min(each, -1)",
        "yield max(each, 1)",
        "yield from ()",
    } <= changed()


def test_words_imports_annotations_and_strictness_are_left_alone():
    lines = changed()
    assert not any("strict=False" in line or "numbers" in line or "import" in line for line in lines)
    assert not any(line.startswith('"""') for line in lines)


@for_all(
    "path",
    [path for group in PLAN["groups"].values() for path in files_of(group, ROOT)],
    ids=lambda path: path.name,
)
def test_a_change_of_a_source_changes_it_and_can_be_parsed(path):
    text = path.read_text(encoding="utf-8")
    before = ast.dump(ast.parse(text))
    for change in changes_of(text)[::23]:  # some of them: a parse takes milliseconds
        assert ast.dump(ast.parse(change.applied(text))) != before


def test_the_same_changes_are_drawn_again_and_named_ones_fit_their_files():
    wanted = list(PLAN["groups"])
    mutants = draw_mutants(PLAN, ROOT, wanted)
    assert [each.key for each in mutants] == [each.key for each in draw_mutants(PLAN, ROOT, wanted)]
    assert len(mutants) >= 60
    for name in wanted:
        assert files_of(PLAN["groups"][name], ROOT)
        assert sum(each.group == name for each in mutants) >= 10
        for tests in PLAN["groups"][name]["tests"]:
            assert all((ROOT / each).exists() for each in spread(tests)), tests


def test_a_mutant_that_is_explained_is_one_that_can_be_drawn():
    for entry in PLAN["explained"] or ():
        text = Path(ROOT / entry["file"]).read_text(encoding="utf-8")
        found = {lines_that_differ(text, change.applied(text))[1:] for change in changes_of(text)}
        assert (entry["was"], entry["becomes"]) in found, entry
