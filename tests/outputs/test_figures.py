import pandas as pd
import pytest

from corridor import fan_chart, fan_rows


def test_fan_rows_are_the_months_of_one_cell(make_results):
    rows = fan_rows(make_results().summary(), "encounters_usbp", place="tucson_sector")
    assert list(rows["period"]) == ["2023-11", "2023-12"]
    assert list(rows["date"]) == [pd.Timestamp("2023-11-01"), pd.Timestamp("2023-12-01")]
    assert list(rows["p50"]) == [1, 51]
    assert "scenario" not in rows


def test_fan_rows_are_days_where_there_are_days(make_results):
    results = make_results(periods=("2023-12-30", "2023-12-31", "2023-12", "2023"))
    assert list(fan_rows(results.summary(), "departures")["period"]) == ["2023-12-30", "2023-12-31"]


def test_an_unknown_cell_has_no_rows(make_results):
    assert fan_rows(make_results().summary(), "departures", nationality="Peru").empty


@pytest.fixture
def chart(make_results):
    observed = pd.DataFrame({"date": pd.to_datetime(["2023-11-01"]), "value": [40.0]})
    return fan_chart(
        fan_rows(make_results("funds", shift=5).summary(), "departures"),
        fan_rows(make_results().summary(), "departures"),
        title="People who set out",
        names=("funds", "history"),
        observed=observed,
        events=[("2023-12-01", "INM's money runs out")],
    ).to_dict()


def test_a_fan_chart_shows_events_then_baseline_then_scenario_then_observed(chart):
    marks = [layer["mark"]["type"] for layer in chart["layer"]]
    assert marks == ["rule", "area", "area", "line", "area", "area", "line", "point"]


def test_a_fan_chart_draws_the_80_and_50_percent_bands_and_the_median(chart):
    scenario = chart["layer"][4:7]
    fields = [
        (layer["encoding"]["y"]["field"], layer["encoding"].get("y2", {}).get("field")) for layer in scenario
    ]
    assert fields == [("p10", "p90"), ("p25", "p75"), ("p50", None)]


def test_the_legend_names_what_is_drawn(chart):
    legend = chart["layer"][-1]["encoding"]["color"]["scale"]["domain"]
    assert legend == ["history", "funds", "observed"]


def test_the_axis_bears_the_unit(chart):
    assert chart["layer"][4]["encoding"]["y"]["title"] == "people"


def test_a_scenario_alone_can_be_drawn(make_results):
    chart = fan_chart(fan_rows(make_results().summary(), "departures"), title="People who set out")
    assert len(chart.to_dict()["layer"]) == 3


def test_nothing_to_draw_is_an_empty_chart(make_results):
    rows = fan_rows(make_results().summary(), "departures", nationality="Peru")
    assert fan_chart(rows, title="none").to_dict()["title"] == "none"
