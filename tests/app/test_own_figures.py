"""Observed figures that a visitor brings: read within bounds, drawn and scored beside a run, kept apart, plain text."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

import corridor
from corridor_app.jobs import own_figures
from corridor_app.jobs.own_figures import read_figures
from corridor_app.jobs.reading import Readers
from corridor_app.widgets import own_figures as shown
from tests.cbp_file import cbp_rows, written
from tests.patience import PATIENCE

READERS = Readers(processes=1)
TIDY = b"indicator,period,nationality,value\nencounters_usbp,2023-11,all,200000\nencounters_usbp,2023-12,Cuba,9\n"


@pytest.fixture(scope="module", autouse=True)
def readers_end():
    yield
    READERS.stop()


def read(content, name="a.csv", locale="en", vintage=None):
    return read_figures(name, content, READERS, "ana", locale=locale, vintage=vintage)


def test_a_file_is_read_as_the_command_line_reads_it():
    found = read(written(cbp_rows()), vintage=date(2023, 1, 20))
    same = corridor.parse_observed(written(cbp_rows()), vintage="2023-01-20")
    assert found.series is not None and found.series.rows == same.rows
    spanish = written(cbp_rows(), separator=";", number=lambda count: f"{count:,}".replace(",", "."))
    again = read(spanish, locale="es", vintage=date(2023, 1, 20))
    assert again.series is not None and again.series.rows == same.rows


def test_what_is_wrong_is_said_with_its_place_and_no_figure_is_used():
    found = read(TIDY.replace(b"Cuba,9", b"Cuba,-9"))
    assert found.series is None
    assert found.errors == "a.csv:3:30: value: '-9' is negative; expected a whole number of people, 0 or more"


def test_a_large_file_is_refused_unread(monkeypatch):
    monkeypatch.setattr(own_figures, "MOST_MB", 1)
    assert read(b"a" * 1_000_001).errors == "a.csv: larger than 1 MB"


def open_page(content=None, name="a.csv"):
    page = AppTest.from_string(
        "from corridor_app.widgets import own_figures\nown_figures.show_own_figures()",
        default_timeout=PATIENCE,
    )
    page.run()
    if content is not None:
        page.file_uploader[0].set_value((name, content, "text/csv")).run()
    assert not page.exception
    return page


def test_a_foreign_text_is_shown_as_plain_text_only():
    page = open_page(b"indicator,period,value\n[Log in](http://evil.example),2023-12,5\n", "**b**.csv")
    assert "[Log in](http://evil.example)" in page.code[0].value
    assert not any("evil" in each.value for each in (*page.markdown, *page.error))


def test_the_run_is_drawn_and_scored_beside_the_figures_and_the_packaged_ones(monkeypatch):
    monkeypatch.setattr(shown, "REPLICATES", 1)
    page = open_page(TIDY)
    assert "a.csv: 2 figures, November 2023 to December 2023; publisher unknown" in page.text[0].value
    assert not page.table
    page.button[0].click().run()
    assert not page.exception
    table = page.table[0].value
    assert list(table.index) == ["everyone", "Cuba"]
    assert list(table["months"]) == ["1", "1"]
    assert all(each.endswith("%") for each in table["error on packaged figures of the same months"])
    before = corridor.read_observed("packaged").rows
    assert len(before) == 10267


def test_figures_that_the_run_does_not_reach_are_said_to_have_nothing_in_common(monkeypatch):
    monkeypatch.setattr(shown, "REPLICATES", 1)
    page = open_page(b"indicator,period,value\nencounters_usbp,2019-05,5\n")
    page.button[0].click().run()
    assert "no month and no number in common" in page.info[0].value


def test_packaged_figures_are_scored_on_the_same_cells_and_months(make_results):
    run, packaged = make_results("history"), corridor.read_observed("packaged")
    mine = corridor.parse_observed(TIDY, name="mine")
    _, same = own_figures.scores_of(run, mine, packaged)
    assert same is not None
    assert list(zip(same.months["period"], same.months["nationality"], strict=True)) == [
        ("2023-11", "all"),
        ("2023-12", "Cuba"),
    ]
    late = corridor.parse_observed(b"indicator,period,value\nencounters_usbp,2024-01,9\n", name="late")
    assert own_figures.scores_of(run, late, packaged) == (None, None)
