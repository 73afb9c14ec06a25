from datetime import date

import pandas as pd
import pytest

import corridor
from corridor_app.charts import chart
from corridor_app.charts.headlines import measure

ALL = ("all", "all", "all")


@pytest.fixture
def pair(make_results):
    baseline = make_results("history", shift=0.0)
    return baseline, make_results("funds", shift=7.0)


@pytest.fixture
def rows(pair):
    return [chart.month_rows(each.summary(), "encounters_usbp", ALL) for each in pair]


def test_every_indicator_can_be_chosen_and_belongs_to_a_group():
    assert sorted(chart.indicator_ids()) == sorted(corridor.INDICATORS)
    assert not [name for name in corridor.INDICATORS if chart.indicator_words(name).startswith("Other")]


def test_breakdowns_are_those_that_the_run_reports_everyone_first(pair):
    assert chart.breakdowns(pair[0], "encounters_usbp") == {
        "all": ALL,
        "Cuba": ("all", "Cuba", "all"),
        "tucson_sector": ("tucson_sector", "all", "all"),
    }
    words = [chart.breakdown_words(name) for name in ("all", "Cuba", "tucson_sector", "family_unit")]
    assert words == ["Everyone, everywhere", "Cuba", "Tucson Sector", "People in families"]


def test_events_are_dated_and_say_what_changed():
    events = chart.events_of(corridor.load_scenario("history"), date(2021, 1, 1), date(2023, 12, 31))
    assert [event.day for event in events] == sorted(event.day for event in events)
    texts = {event.day: event.text for event in events}
    assert "30,000" in " ".join(event.text for event in events if event.day == date(2023, 1, 5))
    assert "asylum screening: off; called off" in texts[date(2022, 5, 23)]
    assert "Crossings closed to traffic (PedWest): yes" in " ".join(each.text for each in events)
    assert "Funding of the migration institute (INM): 0%" in texts[date(2023, 12, 1)]


def test_months_stand_at_their_middle_as_observed_points_do(rows):
    observed = chart.observed_rows("encounters_usbp", ALL, ["2023-11", "2023-12"])
    assert (
        list(rows[0]["date"])
        == list(observed["date"])
        == [pd.Timestamp(2023, 11, 15), pd.Timestamp(2023, 12, 15)]
    )


def test_what_is_not_published_has_no_points():
    assert chart.observed_rows("satisfaction", ("mexico", "all", "all"), ["2023-11"]).empty


def draw(rows, **given):
    options = {"title": "Encounters", "names": (chart.CHANGED, chart.BASELINE), "description": "In words."}
    options |= {"events": [chart.Event(date(2023, 12, 1), "INM's funds")], "change_from": date(2023, 11, 1)}
    observed = chart.observed_rows("encounters_usbp", ALL, list(rows[1]["period"]))
    return chart.monthly_chart(rows[1], rows[0], observed, **(options | given)).to_dict()


def test_the_chart_has_words_for_who_does_not_see_it(rows):
    assert draw(rows)["description"] == "In words."


def test_the_chart_marks_events_and_the_day_of_the_change(rows):
    text = str(draw(rows))
    assert "INM's funds" in text
    assert "your change" in text
    assert "your change" not in str(draw(rows, change_from=None, names=(chart.SCENARIO, chart.BASELINE)))


def describe(pair, rows, baseline=True):
    found = measure(pair[1], pair[0] if baseline else None, corridor.Window.named("2023"), "encounters_usbp")
    observed = chart.observed_rows("encounters_usbp", ALL, list(rows[1]["period"]))
    return chart.describe(
        "Encounters", "2023", found, rows[1], rows[0] if baseline else None, observed, 3, "people (events)"
    )


def test_the_words_say_how_much_and_from_when(pair, rows):
    words = describe(pair, rows)
    assert "a difference of +7" in words
    assert "first differ in November 2023" in words
    assert "CBP monthly tables" in words
    assert "baseline" not in describe(pair, rows, baseline=False)


@pytest.fixture
def ahead(make_results):
    """The month before the data end, one past them, and one past what is claimed."""
    months = ("2024-06", "2024-07", "2025-07")
    results = make_results("outlook", shift=5_000.0, periods=months, end="2025-07-31")
    return corridor.projected_summary(results)


def test_the_words_say_what_bands_past_the_data_hold_and_where_nothing_is_claimed(ahead, rows):
    words = chart.projected_words(chart.month_rows(ahead, "encounters_usbp", ALL))
    assert words == [
        "After June 2024, the last month published, bands hold demand to come, chance and the error that the model "
        "made so many months ahead.",
        "Not in them: doubt about parameters.",
        "After July 2024 nothing is claimed, and no band is drawn.",
    ]
    unseen = chart.projected_words(chart.month_rows(ahead, "departures", ALL))[1]
    assert unseen.startswith("Not in them: doubt about parameters and the error that the model made")
    assert chart.projected_words(rows[0]) == []


def test_the_table_says_where_nothing_is_claimed(ahead):
    rows = chart.month_rows(ahead, "encounters_usbp", ALL)
    table = chart.month_table(rows, None, rows.iloc[:0])
    assert list(table["scenario, 80%"] == "nothing claimed") == [False, False, True]


def test_the_words_say_when_there_is_nothing_to_show(rows):
    empty = rows[0].iloc[:0]
    words = chart.describe("Peru", "2023", None, empty, None, empty, 3, "people")
    assert words == "Peru, by month, in people. The model has no value for it in any month."


def test_the_table_holds_what_the_chart_shows(rows):
    observed = chart.observed_rows("encounters_usbp", ALL, ["2023-12"])
    table = chart.month_table(rows[1], rows[0], observed)
    assert list(table.index) == ["November 2023", "December 2023"]
    assert list(table.columns) == ["baseline", "baseline, 80%", "scenario", "scenario, 80%", "observed"]
    assert table.loc["November 2023", "observed"] == ""
