import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import corridor
from corridor.cli import app as cli
from corridor_app.pages import evidence
from tests.patience import PATIENCE


def open_page(text=None, status=()):
    page = AppTest.from_string(
        "from corridor_app.pages import evidence\nevidence.show()", default_timeout=PATIENCE
    ).run()
    if text is not None:
        page.text_input(key=evidence.SEARCH).input(text)
    if status:
        page.button_group(key=evidence.STATUS).set_value(list(status))
    page.run()
    assert not page.exception
    return page


def words(page):
    return " ".join(each.value for each in page.markdown)


def test_the_page_opens_with_every_record_and_its_count():
    page = open_page()
    table = page.dataframe[0].value
    assert list(table["Id"]) == [record.id for record in corridor.search_evidence()]
    assert f"**{len(table)} found**" in words(page)


def test_a_search_shows_value_unit_range_status_and_source():
    page = open_page("crossing_rate")
    table = page.dataframe[0].value.set_index("Id")
    (record,) = [each for each in corridor.search_evidence("crossing_rate") if each.id == "crossing_rate"]
    row = table.loc["crossing_rate"]
    assert [row[each] for each in ("Value", "Unit", "Range", "Status", "Source")] == [
        record.value,
        record.unit,
        record.range,
        record.status,
        record.source,
    ]
    assert row["Range"]


def test_a_search_that_finds_nothing_says_so():
    page = open_page("zeppelin")
    assert "Nothing was found" in page.info[0].value
    assert not page.dataframe
    assert not page.table


def test_the_filter_keeps_only_the_chosen_status():
    table = open_page(status=["assumed", "fitted"]).dataframe[0].value
    assert set(table["Status"]) == {"assumed", "fitted"}
    assert len(table) == sum(each.status in ("assumed", "fitted") for each in corridor.search_evidence())


def test_a_filter_that_leaves_nothing_says_so():
    assert "Nothing was found" in open_page("item-75", ["assumed"]).info[0].value


def test_values_that_contradict_each_other_stand_side_by_side():
    page = open_page("demand_noise_sd")
    (record,) = [each for each in corridor.search_evidence("demand_noise_sd") if each.id == "demand_noise_sd"]
    table = page.table[0].value
    assert record.contradictions
    assert set(record.contradictions) <= set(table["But also"])
    assert all(each.startswith(record.value) for each in table.loc[[record.label], "Here"])


def test_an_observed_series_shows_its_months():
    page = open_page("observed-darien_entries")
    months = page.dataframe[1].value
    assert len(months) == len(corridor.load_observed("darien_entries"))
    assert months["value"].sum() == corridor.load_observed("darien_entries")["value"].sum()


@pytest.mark.parametrize("text", ["", "Darién"])
def test_the_download_is_what_the_command_writes(text):
    records = corridor.search_evidence(text)
    command = CliRunner().invoke(cli, ["evidence", "--csv", "--search", text])
    assert command.exit_code == 0
    assert evidence.csv_of(records).decode() == command.stdout
