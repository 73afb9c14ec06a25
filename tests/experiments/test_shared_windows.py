"""The window of a comparison: from the first difference, or as named, and one for all that are ranked."""

from datetime import date
from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from corridor import InputError, compare, parse_scenario, run_ensemble
from corridor.experiments.shared_windows import check_window, first_difference, pair_window, windows_of
from corridor.foundations.timeline import Timeline
from corridor.outputs.rows import Cell

ROOT = """\
name: {name}
title: A year and more
period: {{start: 2020-07-01, report_from: 2021-01-01, end: {end}}}
run: {{replicates: 2, seed: 5, people_per_agent: 2000}}
"""
GATE = """\
interventions:
  - {{id: gate, lever: panama.darien_gate, start: {start}, to: 0.9, source: a test}}
"""
LINE = Timeline(date(2020, 7, 1), date(2022, 12, 31), date(2021, 1, 1))


@pytest.fixture(scope="module")
def runs():
    """Two years without events; the same with a gate from August 2022; and one from March 2022 that ends in June."""
    texts = {
        "long": ROOT.format(name="long", end="2022-12-31"),
        "late": ROOT.format(name="late", end="2022-12-31") + GATE.format(start="2022-08-01"),
        "half": ROOT.format(name="half", end="2022-06-30") + GATE.format(start="2022-03-01"),
    }
    return {name: run_ensemble(parse_scenario(text), workers=1) for name, text in texts.items()}


def window_of(before, after):
    return pair_window(before, after, first_difference(before, after))


def test_the_window_begins_with_the_first_difference_and_ends_where_one_ends(runs):
    assert window_of(runs["long"], runs["late"]).name == "2022-08 to 2022-12"
    assert window_of(runs["long"], runs["half"]).name == "2022-03 to 2022-06"
    assert first_difference(runs["long"], runs["long"]) is None
    assert window_of(runs["long"], runs["long"]).name == "2021 to 2022"


def test_a_ranking_has_one_window_which_every_row_names(runs):
    table = compare([runs["long"], runs["late"], runs["half"]]).ranking("encounters_usbp")
    assert set(table["window"]) == {"2022-03 to 2022-06"}
    late = table.set_index("scenario").loc["late"]
    assert (late["difference"], late["low"], late["high"]) == (0, 0, 0)  # it begins later


def test_a_window_that_is_named_is_that_of_all(runs):
    found = compare([runs["long"], runs["late"]], window="2022-12")
    (row,) = found.ranking("encounters_usbp").to_dict("records")
    column = runs["long"].index[Cell("encounters_usbp")]
    december = runs["long"].periods.index("2022-12")
    was, now = (runs[name].values[:, december, column] for name in ("long", "late"))
    assert row["difference"] == pytest.approx((now - was).mean()) and row["difference"] < 0
    assert row["relative"] == pytest.approx((now - was).mean() / was.mean())
    assert found.headline().iloc[0]["window"] == "month"


@pytest.mark.parametrize(
    ("window", "why"),
    [
        ("december", "'december' names no window; write 2023-12"),
        ("2023", "late and long do not both report 2023, but 2021 to 2022"),
        ("2022-08-05 to 2022-12-31", "not made of whole ones"),
    ],
)
def test_a_window_that_cannot_be_is_refused_with_the_reason(runs, window, why):
    with pytest.raises(InputError, match=why):
        compare([runs["long"], runs["late"]], window=window)


def test_a_window_is_refused_before_anything_runs():
    with pytest.raises(InputError, match="long reports 2021 to 2022, not all of FY2023"):
        check_window({"long": LINE}, "FY2023")
    check_window({"long": LINE}, "whole")
    check_window({"long": LINE}, "2022-08-05 to 2022-12-31", daily=True)


def test_a_headline_holds_every_window_once_and_its_years_add_up(runs):
    table = compare([runs["long"], runs["late"]]).headline()
    keys = ["scenario", "first_day", "last_day", "indicator"]
    assert not table.duplicated(keys).any()
    assert set(table["window"]) == {"span", "year", "fiscal_year"}
    flow = table[table["indicator"] == "encounters_usbp"].set_index(["first_day", "last_day"])["value"]
    assert flow["2021-01-01", "2022-12-31"] == pytest.approx(
        flow["2021-01-01", "2021-12-31"] + flow["2022-01-01", "2022-12-31"]
    )
    assert [window.name for window in windows_of(runs["long"], runs["late"], date(2022, 8, 1))] == [
        "2022-08 to 2022-12",
        "2021 to 2022",
        "2021",
        "2022",
        "FY2022",
    ]


def test_stocks_are_means_over_the_days_of_a_window(runs):
    table = compare([runs["long"], runs["late"]]).headline()
    waiting = table[(table["indicator"] == "waiting_north_mexico") & (table["window"] == "fiscal_year")]
    months = [f"2021-{month}" for month in (10, 11, 12)] + [f"2022-{month:02d}" for month in range(1, 10)]
    column = runs["late"].index[Cell("waiting_north_mexico")]
    values = [runs["late"].values[:, runs["late"].periods.index(month), column] for month in months]
    days = [31, 30, 31, 31, 28, 31, 30, 31, 30, 31, 31, 30]
    assert waiting["value"].item() == pytest.approx(np.average(np.mean(values, axis=1), weights=days))


def test_where_days_are_reported_the_months_of_a_comparison_add_up_to_its_headline():
    late = ROOT.format(name="late", end="2021-04-30") + GATE.format(start="2021-02-10")
    texts = (ROOT.format(name="long", end="2021-04-30"), late)
    both = [run_ensemble(parse_scenario(text), workers=1, daily=True) for text in texts]
    found = compare(both)
    assert found.window is not None and found.window.first > date(2021, 2, 1)
    files = {name: pd.read_csv(BytesIO(content)) for name, content in found.files().items()}
    assert files["compare.csv"]["first_day"].min() == "2021-02-01"
    assert files["compare_days.csv"]["first_day"].min() == found.window.first.isoformat()
    headline = found.headline().iloc[:15].set_index("indicator")["difference"]
    for name in ("compare.csv", "compare_days.csv"):
        flows = files[name][files[name]["sums"] == "yes"].groupby("indicator")["difference_mean"].sum()
        for indicator in set(flows.index) & set(headline.index):
            assert flows[indicator] == pytest.approx(headline[indicator]), (name, indicator)


def test_days_without_a_whole_month_are_compared_by_day(runs):
    daily = [run_ensemble(parse_scenario(ROOT.format(name=name, end="2021-03-31")), workers=1, daily=True)
             for name in ("long", "same")]  # fmt: skip
    files = compare(daily, window="2021-02-10 to 2021-02-20").files()
    assert files["compare.csv"].count(b"\n") == 1 and files["compare_days.csv"].count(b"\n") > 11


def test_shares_are_the_composition_of_a_flow(runs):
    files = compare([runs["long"], runs["late"]]).files()
    for level in ("nationality", "place", "party"):
        table = pd.read_csv(BytesIO(files[f"headline_by_{level}.csv"]))
        flow = table[table["indicator"] == "encounters_usbp"]
        for name in ("share", "baseline_share"):
            assert flow.groupby(["first_day", "last_day"])[name].sum().to_numpy() == pytest.approx(
                1, abs=1e-4
            )
        assert (flow["share"] != flow["baseline_share"]).any()
    totals = pd.read_csv(BytesIO(files["headline.csv"])).set_index("indicator")
    assert set(totals.loc["encounters_usbp", "share"]) == {1.0}
    assert totals.loc["waiting_north_mexico", "share"].isna().all()
