from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import corridor
from corridor.outputs.rows import Cell
from corridor_app.charts import comparison, ranking, trade_off
from corridor_app.charts.differences import (
    describe_differences,
    difference_chart,
    difference_rows,
    difference_table,
)
from corridor_app.charts.headlines import measure
from corridor_app.choices import compared
from corridor_app.choices.changes import PEOPLE_PER_AGENT
from corridor_app.jobs.runs import ensemble_runner
from corridor_app.pages import compare
from corridor_app.words.wording import change, days_words
from tests.patience import PATIENCE

NAMES = ["darien-gate", "no-visa-wall"]
TITLES = {name: corridor.load_scenario(name).title or name for name in corridor.scenario_names()}


def render():
    from corridor_app.pages import compare

    compare.show()


def open_page(names, **given):
    page = AppTest.from_function(render, default_timeout=PATIENCE)
    page.query_params[compared.ADDRESS] = ",".join(names)
    for key, value in given.items():
        page.query_params[key] = value
    return page.run()


def address(page, key):
    value = page.query_params[key]
    return value[0] if isinstance(value, list) else value


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(compare, "REPLICATES", 2)


def first_table(page, column):
    return next((each.value for each in page.table if column in each.value.columns), None)


def said_on(page):
    return " ".join(each.value for each in page.markdown)


def results_of(names):
    scenarios = [corridor.load_scenario(name) for name in names]
    return ensemble_runner().ensembles(scenarios, replicates=2, seed=1, progress=lambda *_: None)


def test_scenarios_of_the_address_are_ranked_by_difference():
    page = open_page(NAMES)
    assert not page.exception
    assert not page.error
    assert not page.warning
    assert page.multiselect(key=compare.CHOSEN).value == NAMES
    results = results_of(["history", *NAMES])
    window = corridor.compare(results).window
    measured = [measure(each, results[0], window, compared.FLOW) for each in results[1:]]
    found = [each for each in measured if each is not None]
    table = first_table(page, "told apart")
    expected = [change(each.difference) for each in sorted(found, key=lambda each: each.difference)]
    assert list(table["difference"]) == expected
    assert [each.value for each in page.subheader] == [
        "Difference by month", "Ranking", "Flow and harm", "Take the numbers with you",
    ]  # fmt: skip
    assert f"**{days_words(window)}.** Means of 2 replicates (numbers 0 to 1)" in said_on(page)
    fresh = corridor.run_ensembles(
        ["history", *NAMES], replicates=2, seed=1, people_per_agent=PEOPLE_PER_AGENT
    )
    assert corridor.compare(results).csv() == corridor.compare(fresh).csv()


def test_the_choices_of_the_address_are_taken_and_kept_in_it():
    page = open_page(NAMES[:1], show="deaths", year="2022", harm="kidnappings", baseline=NAMES[1])
    assert not page.exception
    assert not page.error
    assert page.selectbox(key="compare-baseline").value == NAMES[1]
    results = results_of([NAMES[1], NAMES[0]])
    found = measure(results[1], results[0], corridor.Window.named("2022"), "deaths")
    assert list(first_table(page, "told apart")["difference"]) == [change(found.difference)]
    assert first_table(page, "Kidnappings") is not None
    page.selectbox(key="compare-baseline").set_value("history").run()
    assert not page.exception
    assert compared.BASELINE not in page.query_params
    kept = {key: address(page, key) for key in (compared.ADDRESS, "show", "window", "harm")}
    assert kept == {
        compared.ADDRESS: NAMES[0],
        "show": "deaths",
        "window": "2022",
        "harm": "kidnappings",
    }


def test_what_the_address_asks_and_cannot_have_is_left_out_and_said():
    page = open_page(
        ["../../etc/passwd", "history", NAMES[0]], show="moon", year="²022", harm="x", baseline="y"
    )
    assert not page.exception
    said = " ".join(each.value for each in page.warning)
    assert all(f"`{key}` was left out" in said for key in ("show", "year", "harm", "baseline"))
    assert "no other scenario of this name to compare" in said
    assert page.multiselect(key=compare.CHOSEN).value == NAMES[:1]
    assert address(page, compared.ADDRESS) == NAMES[0]


@pytest.mark.parametrize("days", ["2031", "2023-06-05 to 2023-09-30"])
def test_days_that_are_not_reported_are_replaced_and_said(days):
    page = open_page(NAMES[:1], window=days)
    assert not page.exception
    assert f"{days} is not made of whole months that all of these runs report" in said_on(page)
    assert compared.WINDOW not in page.query_params
    assert first_table(page, "told apart").shape[0] == 1


def test_days_of_ones_own_come_with_the_link_as_the_command_line_takes_them():
    page = open_page(NAMES[:1], window="2023-06 to 2023-09")
    assert not page.exception
    assert page.selectbox(key=compare.DAYS).value == "2023-06 to 2023-09"
    assert address(page, "window") == "2023-06 to 2023-09"
    results = results_of(["history", NAMES[0]])
    (row,) = corridor.compare(results, window="2023-06 to 2023-09").ranking(compared.FLOW).to_dict("records")
    assert list(first_table(page, "told apart")["difference"]) == [change(row["difference"])]


def test_the_difference_by_month_is_that_of_the_file():
    results = results_of(["history", *NAMES])
    found = corridor.compare(results)
    rows = difference_rows(results, Cell("deaths"), found.window)
    table = found.table()
    table = table[(table["indicator"] == "deaths") & (table["period"].str.len() == len("2023-12"))]
    table = table[(table[["place", "nationality", "party"]] == "all").all(axis=1)]
    for scenario, mine in rows.groupby("scenario"):
        theirs = table[table["scenario"] == scenario].set_index("period").loc[list(mine["period"])]
        assert list(mine["difference"]) == list(theirs["difference_mean"])
        assert list(mine["low"]) == list(theirs["difference_p10"])
        assert list(mine["high"]) == list(theirs["difference_p90"])
        words = describe_differences(rows, scenario, "Title")
        drawn = difference_chart(rows, scenario, found.window, unit="people", description=words).to_dict()
        assert drawn["description"] == words
        band = next(layer for layer in drawn["layer"] if layer["mark"]["type"] == "area")
        assert (band["encoding"]["y"]["field"], band["encoding"]["y2"]["field"]) == ("low", "high")
    assert len(difference_table(rows, TITLES)) == rows["period"].nunique()


def test_the_days_compared_are_shaded_among_other_months():
    results = results_of(["history", NAMES[0]])
    for days, shaded in ((corridor.compare(results).window, False), (corridor.Window.named("2023-11"), True)):
        rows = difference_rows(results, Cell(compared.FLOW), days)
        drawn = difference_chart(rows, NAMES[0], days, unit="people", description="").to_dict()
        assert ("rect" in [layer["mark"]["type"] for layer in drawn["layer"]]) == shaded


def test_without_a_scenario_nothing_is_compared():
    page = open_page([])
    assert not page.exception
    assert page.info
    assert not page.table


def test_every_scenario_is_offered_and_those_of_one_baseline_stand_together():
    listed = compare._list_scenarios()
    assert set(listed) == set(corridor.scenario_names())
    owners = [each.baseline_name or "history" for each in listed.values()]
    assert owners[0] == "history"
    assert len(list(groupby(owners))) == len(set(owners))


def test_another_period_and_another_baseline_are_said_and_a_ranking_never_mixes_windows():
    outlook, talks = (corridor.load_scenario(name) for name in ("outlook-2024", "negotiated-2023"))
    closed = corridor.load_scenario("crossings-stay-closed")
    assert "31 March 2024" in comparison.period_words([talks], outlook)
    assert comparison.period_words([closed], outlook) == ""
    assert outlook.title in comparison.own_baseline_words([closed], corridor.load_scenario("history"))
    assert comparison.own_baseline_words([closed], outlook) == ""
    results = results_of(["outlook-2024", "negotiated-2023", "history"])
    found = corridor.compare(results, baseline="outlook-2024")
    rows = ranking.rank(found, TITLES, compared.FLOW)
    assert sorted(rows["scenario"]) == ["history", "negotiated-2023"]
    assert found.window.last == talks.timeline.end  # the first to end, and no row is of other days
    for days, lasting in (
        ("2024-01 to 2024-03", ["outlook-2024", "negotiated-2023", "history"]),
        ("2024-04 to 2024-06", ["outlook-2024", "history"]),
        ("2024-07 to 2024-09", ["outlook-2024"]),
    ):
        shown = trade_off.points(results, TITLES, "deaths", corridor.Window.named(days))
        assert list(shown["scenario"]) == lasting


def test_figures_show_the_rows_and_say_so_in_words():
    results = results_of(["history", *NAMES])
    window = corridor.Window.named("2022")
    rows = ranking.rank(corridor.compare(results, window="2022"), TITLES, "deaths")
    words = ranking.describe_rank(rows, "deaths", "2022", 2)
    drawn = ranking.rank_chart(rows, "deaths", words).to_dict()
    assert drawn["description"] == words
    assert all(TITLES[name] in words for name in NAMES)
    data = next(each for each in drawn["datasets"].values() if "difference" in each[0])
    assert [each["difference"] for each in data] == list(rows["difference"])
    assert (rows["low"] <= rows["difference"]).all()
    assert (rows["difference"] <= rows["high"]).all()
    spots = trade_off.points(results, TITLES, "kidnappings", window)
    assert list(spots["number"]) == [0, 1, 2]
    assert spots["flow"].iloc[0] == pytest.approx(measure(results[0], None, window, compared.FLOW).scenario)
    words = trade_off.describe_points(spots, "kidnappings", "2022", 2)
    drawn = trade_off.points_chart(spots, "kidnappings", words).to_dict()
    assert drawn["description"] == words
    assert "0. What happened" in words


@pytest.mark.parametrize("values", [[5.0, 5.0, 5.0], [3.0, 1.0, 2.9, 10.0], [0.0], [1.0, 2.0, 3.0]])
def test_labels_keep_their_distance_and_their_order(values):
    placed = np.array(trade_off.place_labels(values, 1.0))
    assert (np.diff(np.sort(placed)) >= 1.0 - 1e-9).all()
    order = np.argsort(values, kind="stable")
    assert (np.diff(placed[order]) > 0).all()
    assert placed.mean() == pytest.approx(np.mean(values))


def test_labels_of_the_scatter_are_apart_in_pixels_though_all_points_are_one():
    one = (1e6, 9e5, 1.1e6, 500.0, 450.0, 550.0, 1e9)
    rows = pd.DataFrame([(at, f"s{at}", f"S {at}", *one) for at in range(7)], columns=trade_off.POINTS)
    drawn = trade_off.points_chart(rows, "deaths", "words").to_dict()
    data = next(each for each in drawn["datasets"].values() if "label_y" in each[0])
    low, high = drawn["layer"][0]["encoding"]["y"]["scale"]["domain"]
    pixels = trade_off.SCATTER_HEIGHT - 4 * trade_off.LABEL_GAP  # what title, axis and legend leave
    gaps = np.diff(sorted(each["label_y"] for each in data)) / (high - low) * pixels
    assert (gaps >= 13).all()  # the size of the figures


def test_the_pages_are_in_the_navigation():
    main = Path(compare.__file__).parents[1] / "entry" / "main.py"
    text = main.read_text(encoding="utf-8")
    assert "compare.show" in text
    assert "batch.show" in text
    assert text.index("cities.show") < text.index("governments.show") < text.index("compare.show")
