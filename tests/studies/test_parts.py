"""Parts of pages that studies write: only what stands between the marks changes, and pages have their marks."""

import re

import pytest

from studies import compatibility, scales
from studies.parts import part_of, with_part

MARKS = ("<!-- a -->", "<!-- b -->")


def test_a_part_is_replaced_and_what_stands_around_it_is_kept():
    page = "before\n<!-- a -->\n\nold\n\n<!-- b -->\nafter\n"
    assert with_part(page, MARKS, "new\n") == "before\n<!-- a -->\n\nnew\n\n<!-- b -->\nafter\n"


@pytest.mark.parametrize("page", ["no mark", "<!-- b --> <!-- a -->", "<!-- a --> <!-- a --> <!-- b -->"])
def test_a_page_without_its_two_marks_is_refused(page):
    with pytest.raises(ValueError, match="once each"):
        with_part(page, MARKS, "new")


@pytest.mark.parametrize("study", [compatibility, scales])
def test_the_page_of_a_study_has_its_part_as_the_study_lays_it_out(study):
    page = study.PAGE.read_text(encoding="utf-8")
    assert with_part(page, study.MARKS, part_of(page, study.MARKS)) == page


def test_the_words_on_other_pythons_are_those_of_the_study():
    shown = part_of(compatibility.PAGE.read_text(encoding="utf-8"), compatibility.MARKS)
    table = re.search(r"(?:^\|.*\n)+", shown, re.MULTILINE)[0].strip()
    suites, left_out = (
        ", ".join(f"`{name}`" for name in names) for names in (compatibility.SUITES, compatibility.LEFT_OUT)
    )
    says = compatibility.EQUAL
    assert (
        shown == compatibility.TEXT.format(table=table, says=says, suites=suites, left_out=left_out).strip()
    )
