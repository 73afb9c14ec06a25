import numpy as np
import pytest

import corridor
from corridor.outputs.rows import Cell
from corridor_app.charts.headlines import HEADLINES, measure, values_during

TWO_YEARS = ("2022-12", "2023-01", "2022", "2023")
YEAR, BOTH = corridor.Window.named("2023"), corridor.Window.named("2023-11 to 2023-12")


def test_headlines_put_harm_beside_flow():
    assert [each.indicator for each in HEADLINES] == [
        "encounters_usbp",
        "returns_to_mexico",
        "waiting_north_mexico",
        "deaths",
    ]
    for each in HEADLINES:
        indicator = corridor.INDICATORS[each.indicator]
        assert (each.unit, indicator.unit) == (indicator.counts, "people")


def test_a_year_is_what_compare_csv_holds(make_results):
    baseline = make_results("history")
    scenario = make_results("funds", shift=np.pi, baseline="history")
    found = measure(scenario, baseline, YEAR, "encounters_usbp")
    table = corridor.compare([baseline, scenario]).table()
    row = table[(table["period"] == "2023") & (table["indicator"] == "encounters_usbp")]
    row = row[(row["place"] == "all") & (row["nationality"] == "all")].iloc[0]
    assert found is not None
    assert found.scenario == pytest.approx(row["scenario_mean"])
    assert found.baseline == pytest.approx(row["baseline_mean"])
    assert found.difference == pytest.approx(row["difference_mean"])
    assert (found.low, found.high) == pytest.approx((row["difference_p10"], row["difference_p90"]))
    assert found.relative == pytest.approx(row["relative"], abs=1e-6)


def test_a_flow_adds_up_over_months(make_results):
    first, second, both = (
        values_during(make_results(), None, window, [Cell("encounters_usbp")])[0]
        for window in (*BOTH.cut("month"), BOTH)
    )
    assert both == pytest.approx(first + second)


def test_a_mean_for_each_person_has_no_value_over_several_months(make_results):
    cell, results = ("all", "El Salvador", "all"), make_results()
    assert measure(results, None, BOTH.cut("month")[0], "days_en_route", cell) is not None
    assert measure(results, None, BOTH, "days_en_route", cell) is None


def test_a_year_that_only_the_scenario_has_is_not_compared(make_results):
    baseline = make_results("history")
    scenario = make_results("outlook", periods=("2023-12", "2023", "2024"), end="2024-12-31")
    found = measure(scenario, baseline, corridor.Window.named("2024"), "encounters_usbp")
    assert found is not None
    assert found.scenario > 0
    assert np.isnan([found.baseline, found.difference]).all()
    assert not np.isnan(measure(scenario, baseline, YEAR, "encounters_usbp").difference)


def test_what_is_not_reported_has_no_measure(make_results):
    assert measure(make_results(), None, YEAR, "deaths") is None
    assert measure(make_results(), None, corridor.Window.named("2019"), "departures") is None
    assert measure(make_results(undefined=[(0, 2, 2)]), None, YEAR, "departures") is None


def test_without_a_baseline_there_is_no_difference(make_results):
    found = measure(make_results(), None, YEAR, "departures")
    assert found is not None
    assert np.isnan([found.baseline, found.difference, found.low, found.high, found.relative]).all()


@pytest.mark.parametrize(
    ("days", "indicator", "known"),
    [("2023", "encounters_usbp", True), ("2022", "encounters_usbp", True), ("2023", "departures", False)],
)
def test_an_observed_year_needs_every_month(make_results, days, indicator, known):
    found = measure(make_results(periods=TWO_YEARS), None, corridor.Window.named(days), indicator)
    assert (found.observed > 1_000_000) == known
    assert np.isnan(found.observed) != known
