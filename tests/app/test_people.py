import io

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import corridor
from corridor_app.charts import hundred
from corridor_app.choices.changes import PEOPLE_PER_AGENT
from tests.patience import PATIENCE
from tests.viewing import open_view


@pytest.fixture(scope="module")
def pair():
    return corridor.run_ensembles(
        ["history", "funds-last-december"], replicates=2, seed=1, people_per_agent=PEOPLE_PER_AGENT
    )


def test_the_rows_are_flows_for_each_hundred_departures(pair):
    before, after = pair
    rows = hundred.per_hundred(after, before, corridor.Window.named("2023"), "Venezuela").set_index(
        "indicator"
    )
    assert list(rows.index) == [*hundred.ENDS, *hundred.HARM]

    def total(results, indicator):
        months, values = results.series(indicator, nationality="Venezuela")
        return values[:, [month.startswith("2023") for month in months]].sum(axis=1)

    ours = 100 * total(after, "releases") / total(after, "departures")
    theirs = 100 * total(before, "releases") / total(before, "departures")
    assert rows.loc["releases", "scenario"] == pytest.approx(ours.mean())
    assert rows.loc["releases", "difference"] == pytest.approx((ours - theirs).mean())
    assert rows.loc["robberies", "counts"] == "events"


def test_deaths_are_always_said_in_words(pair):
    rows = hundred.per_hundred(pair[0], None, corridor.Window.named("2023"), "all")
    assert "Deaths: " in hundred.describe(rows, title="Everyone", compared=False, replicates=2)


def test_nobody_to_divide_by_is_not_defined(pair):
    ours, _ = hundred.ratio(
        pair[0], None, corridor.Window.named("2023"), "Atlantis", ("releases",), "departures"
    )
    assert np.isnan(ours).all()
    rows = hundred.per_hundred(pair[0], None, corridor.Window.named("2023"), "Atlantis")
    assert np.isnan(rows["scenario"]).all()
    assert "not defined" in hundred.describe(rows, title="Atlantis", compared=False, replicates=2)


def test_encounters_are_never_fewer_than_the_people_encountered(pair):
    rows = hundred.beside(pair[0], None, corridor.Window.named("2023"), "all").set_index("label")
    assert rows.loc["Encounters for each person encountered", "scenario"] >= 1


def test_the_page_compares_with_the_baseline_and_says_what_it_counts():
    page = open_view("people", scenario="funds-last-december")
    assert not page.exception
    assert not page.error
    words = " ".join(" ".join(each.value for each in page.markdown).split())
    for sentence in ("not one cohort", "Events are not people", "Harm is counted as events", "compared with"):
        assert sentence in words
    assert len(page.table) == 3
    assert all("baseline" in each.value.columns for each in page.table)
    assert "Deaths" in page.table[1].value.index
    before = page.table[0].value
    page.selectbox(key="nationality").set_value("Haiti").run()
    assert not page.exception
    assert not page.table[0].value.equals(before)


def test_history_has_no_baseline_column():
    page = open_view("people")
    assert not page.exception
    assert "baseline" not in page.table[0].value.columns


TWO_PAGES = """
import streamlit as st
from corridor_app.choices import state
from corridor_app.pages import cities
from corridor_app.pages import people
for key in st.session_state.get("forgotten", ()):
    st.session_state.pop(key, None)
state.keep()
(cities if st.session_state.get("elsewhere") else people).show()
"""


@pytest.fixture
def two_pages():
    """A visitor on the first of two pages, whose address asks for two replicates."""
    page = AppTest.from_string(TWO_PAGES, default_timeout=PATIENCE)
    page.query_params["replicates"] = "2"
    return page.run()


def test_choices_outlast_a_change_of_page(two_pages):
    page = two_pages
    page.selectbox(key="nationality").set_value("Haiti").run()
    for elsewhere in (True, False):
        page.session_state["elsewhere"] = elsewhere
        page.run()
        assert not page.exception
    assert page.selectbox(key="nationality").value == "Haiti"
    assert "2 replicates" in " ".join(each.value for each in page.markdown)


def test_choices_outlast_pages_that_are_left_before_they_are_drawn(two_pages):
    page = two_pages
    page.selectbox(key="nationality").set_value("Haiti").run()
    page.session_state["elsewhere"] = True
    page.run()
    # Streamlit does so when one page is left for another while it is being drawn.
    page.session_state["forgotten"] = ("nationality", "replicates", "scenario", "start")
    page.session_state["elsewhere"] = False
    page.run()
    assert not page.exception
    assert page.selectbox(key="nationality").value == "Haiti"
    assert "2 replicates" in " ".join(each.value for each in page.markdown)


def test_what_the_address_asked_for_outlasts_a_first_page_that_is_not_drawn_to_its_end(two_pages):
    two_pages.session_state["forgotten"] = ("replicates", "start")
    two_pages.run()
    assert not two_pages.exception
    assert "2 replicates" in " ".join(each.value for each in two_pages.markdown)


def test_the_data_behind_the_figure_can_be_written_as_csv(pair):
    rows = hundred.per_hundred(pair[1], pair[0], corridor.Window.named("2023"), "Haiti")
    read = pd.read_csv(io.BytesIO(corridor.csv_bytes(rows)))
    assert list(read["indicator"]) == list(rows["indicator"])
