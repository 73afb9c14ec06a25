"""The study of talks at toy size: its page has every figure, and a scenario with other weights is another scenario."""

import pytest

from studies.diplomacy import agreed_on, run_study, with_weights, write_diplomacy


@pytest.fixture(scope="module")
def runs():
    return run_study(people_per_agent=1000, draws=2, replicates=2)


def test_the_page_says_what_happens_in_which_share_of_runs(runs, tmp_path):
    write_diplomacy(runs, "toy sizes", tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text()
    for words in (
        "toy sizes",
        "returns and parole agreed by the end of 2022",
        "pay its institute",
        "corridor discover --deals",
    ):
        assert words in page
    assert "nan" not in page


def test_a_deal_counts_once_all_its_parts_are_agreed(runs):
    book = runs[0].books()[0]
    both, one = agreed_on(book, "returns", "parole"), agreed_on(book, "parole")
    assert one is not None
    assert both is None or both >= one
    assert agreed_on(book, "nothing_of_this_name") is None


def test_crossings_are_left_open_where_the_study_says_so():
    closed = with_weights("negotiated-2023", 1)
    left_open = with_weights("negotiated-2023", 1, remove=["rail-closed-until-a-deal"])
    assert closed.name != left_open.name
    crossings = [
        {e.id for e in each.entries().values() if getattr(e, "lever", "") == "us.crossings_closed"}
        for each in (closed, left_open)
    ]
    assert crossings[0] and not crossings[1]
