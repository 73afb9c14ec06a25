import numpy as np
import pytest
from corridor_app.choices.periods import WHOLE_PERIOD

import corridor
from corridor_app.charts.headlines import HEADLINES, measure, observed_over, over, years_of

ALL = ("all", "all", "all")
TWO_YEARS = ("2022-12", "2023-01", "2022", "2023")


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
    found = measure(scenario, baseline, "2023", "encounters_usbp")
    table = corridor.compare([baseline, scenario]).table()
    row = table[(table["period"] == "2023") & (table["indicator"] == "encounters_usbp")]
    row = row[(row["place"] == "all") & (row["nationality"] == "all")].iloc[0]
    assert found is not None
    assert found.scenario == pytest.approx(row["scenario_mean"])
    assert found.baseline == pytest.approx(row["baseline_mean"])
    assert found.difference == pytest.approx(row["difference_mean"])
    assert (found.low, found.high) == pytest.approx((row["difference_p10"], row["difference_p90"]))
    assert found.relative == pytest.approx(row["relative"], abs=1e-6)


def test_a_flow_adds_up_over_years(make_results):
    results = make_results(periods=TWO_YEARS)
    years = [over(results, [year], "encounters_usbp", ALL) for year in ("2022", "2023")]
    assert years_of(results) == ["2022", "2023"]
    assert over(results, ["2022", "2023"], "encounters_usbp", ALL) == pytest.approx(years[0] + years[1])


def test_a_mean_for_each_person_has_no_value_over_several_years(make_results):
    cell = ("all", "El Salvador", "all")
    results = make_results(periods=TWO_YEARS)
    assert over(results, ["2022"], "days_en_route", cell) is not None
    assert over(results, ["2022", "2023"], "days_en_route", cell) is None


def test_a_year_that_only_the_scenario_has_is_not_compared(make_results):
    baseline, scenario = make_results("history"), make_results("outlook", periods=("2023-12", "2023", "2024"))
    found = measure(scenario, baseline, "2024", "encounters_usbp")
    assert found is not None
    assert np.isnan(found.difference)
    assert years_of(scenario, WHOLE_PERIOD, baseline) == ["2023"]
    assert measure(scenario, baseline, WHOLE_PERIOD, "encounters_usbp") == measure(
        scenario, baseline, "2023", "encounters_usbp"
    )


def test_what_is_not_reported_has_no_measure(make_results):
    assert measure(make_results(), None, "2023", "deaths") is None
    assert measure(make_results(), None, "2019", "departures") is None
    assert measure(make_results(undefined=[(0, 2, 2)]), None, "2023", "departures") is None


def test_without_a_baseline_there_is_no_difference(make_results):
    found = measure(make_results(), None, "2023", "departures")
    assert found is not None
    assert np.isnan([found.baseline, found.difference, found.low, found.high, found.relative]).all()


def test_an_observed_year_needs_every_month():
    assert observed_over(["2023"], "encounters_usbp", ALL) > 1_000_000
    assert np.isnan(observed_over(["2020"], "encounters_usbp", ALL))
    assert np.isnan(observed_over([], "encounters_usbp", ALL))
    assert np.isnan(observed_over(["2023"], "waiting_north_mexico", ALL))
