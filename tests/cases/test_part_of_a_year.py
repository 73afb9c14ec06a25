"""A year that one of two runs leaves in June is no year of both: what every face says of such a pair.

The faces are the terminal of `run`, the ranking of `batch`, the page of `report`, and the pages of the app.
"""

import random
import re
from datetime import date, timedelta

import numpy as np
import pytest

from corridor import Results, Window, compare, shared_periods
from corridor.experiments.workers import stop_workers
from corridor.outputs.rows import Cell
from corridor_app.charts.deal_book import outcome_rows
from corridor_app.charts.differences import difference_rows
from corridor_app.charts.headlines import HEADLINES, measure
from corridor_app.charts.hundred import per_hundred
from corridor_app.charts.ranking import rank
from corridor_app.charts.trade_off import points
from corridor_app.choices.windows import offered
from corridor_app.jobs.runs import Outcome
from corridor_app.jobs.uploads import summary_table
from corridor_app.words.wording import left_out_words

QUICK = ("--replicates", 2, "--people-per-agent", 2000, "--workers", 1)
ROOT = """\
name: long
title: A year and more without events
period: {{start: 2020-07-01, report_from: 2021-01-01, end: {end}}}
run: {{replicates: 2, seed: 5, people_per_agent: 2000}}
"""
SHORT = """\
name: half
title: Nothing changes but the end
extends: long
baseline: long
period: {{end: {end}}}
"""
GATE = """\
interventions:
  - {id: gate, lever: panama.darien_gate, start: 2021-03-01, to: 0.9, source: a test}
"""


def random_ends(seed, pairs):
    """Pairs of days between February 2021 and May 2022; some are last days of months."""
    draw = random.Random(seed)
    for _ in range(pairs):
        days = [date(2021, 2, 10) + timedelta(days=draw.randrange(460)) for _ in range(2)]
        yield tuple(day if draw.random() < 0.5 else day.replace(day=1) - timedelta(days=1) for day in days)


ENDS = (
    (date(2021, 12, 31), date(2021, 6, 30)),
    (date(2021, 6, 30), date(2021, 12, 31)),
    (date(2021, 12, 31), date(2021, 6, 15)),
    (date(2021, 6, 15), date(2021, 6, 20)),
    (date(2022, 4, 10), date(2021, 1, 31)),
    *random_ends(20, 4),
)


@pytest.fixture
def run_pair(tmp_path, run_command):
    """Run two scenarios, one with another end and another policy; what the terminal said, and the folder."""

    def run(long_end, half_end, policy=""):
        (tmp_path / "long.yaml").write_text(ROOT.format(end=long_end))
        (tmp_path / "half.yaml").write_text(SHORT.format(end=half_end) + policy)
        code, out, err = run_command("run", tmp_path / "half.yaml", *QUICK, "--out", tmp_path / "r")
        assert code == 0, err
        return tmp_path, out, err

    yield run
    stop_workers()


def read_pair(folder):
    return Results.read(folder / "r" / "half"), Results.read(folder / "r" / "long")


@pytest.mark.parametrize(("long_end", "half_end"), ENDS)
def test_a_scenario_that_only_ends_on_another_day_shows_no_difference_on_any_face(
    run_pair, run_command, long_end, half_end
):
    folder, out, _err = run_pair(long_end, half_end)
    half, long = read_pair(folder)

    assert "half against long: no difference in 2021" in out
    table = compare([long, half]).table()
    assert len(table) > 0
    assert (table.filter(like="difference_") == 0).all(axis=None)

    code, ranked, err = run_command("batch", folder / "half.yaml", *QUICK, "--out", folder / "b")
    assert code == 0, err
    assert re.search(r"^half +long +0 +0 to 0 +0\.0%$", ranked, re.MULTILINE), ranked
    assert (folder / "b" / "compare.csv").read_bytes() == (folder / "r" / "compare.csv").read_bytes()

    assert run_command("report", folder / "r", "--out", folder / "r.html")[0] == 0
    assert "No difference in these numbers in 2021" in (folder / "r.html").read_text()

    assert_no_difference_on_any_page(half, long)


def assert_no_difference_on_any_page(half, long):
    """Over every window that a page offers, in every number that it shows."""
    options = offered([(long, half)])
    assert next(iter(options.values())).kind == "same"
    compared = [option.window for option in options.values() if option.kind != "alone"]
    assert len(compared) >= 3
    for window in compared:
        for headline in HEADLINES:
            found = measure(half, long, window, headline.indicator)
            assert found is not None
            assert (found.difference, found.low, found.high) == (0, 0, 0)
        shown = summary_table([Outcome(half, long)], window)
        assert len(shown) == len(HEADLINES)
        assert (shown["difference"] == "0").all()
        assert (shown["80% interval"] == "0 to 0").all()
        rows = rank(compare([long, half], window=window.name), {"half": "Half"}, "encounters_usbp")
        assert rows[["difference", "low", "high"]].to_numpy().tolist() == [[0, 0, 0]]
        assert (per_hundred(half, long, window, "all")["difference"].dropna() == 0).all()
        assert (outcome_rows(half, long, window)["difference"] == 0).all()
        flow = points([long, half], {"half": "Half", "long": "Long"}, "deaths", window)
        assert len(flow) == 2
        assert flow["flow"].nunique() == flow["harm"].nunique() == flow["cost"].nunique() == 1
    months = difference_rows([long, half], Cell("encounters_usbp"), compared[0])
    assert len(months) > 0
    assert (months[["difference", "low", "high"]] == 0).all(axis=None)


def test_the_part_year_that_both_report_is_compared(run_pair, run_command):
    folder, out, err = run_pair("2021-12-31", "2021-06-30", GATE)
    half, long = read_pair(folder)
    table = compare([long, half]).table()
    everyone = (table[["place", "nationality", "party"]] == "all").all(axis=1)
    rows = table[everyone & (table["indicator"] == "encounters_usbp")].set_index("period")

    part = rows.loc["2021-01 to 2021-06"]
    months = rows.loc[[f"2021-{month:02d}" for month in range(1, 7)]]
    assert part["difference_mean"] == pytest.approx(months["difference_mean"].sum())
    assert part["difference_mean"] < 0
    assert "2021" not in rows.index
    assert "no difference" not in out
    assert "2021-01 to 2021-06  encounters_usbp" in out
    said = "compared over 2021-01 to 2021-06, which both cover; 2021-07 to 2021-12 is left out since half ends on"
    assert said in err

    _code, ranked, err = run_command("batch", folder / "half.yaml", *QUICK, "--out", folder / "b")
    assert f"{part['difference_mean']:+,.0f}" in ranked
    assert said in err

    run_command("report", folder / "r", "--out", folder / "r.html")
    page = (folder / "r.html").read_text()
    assert "No difference in these numbers" not in page
    assert "2021-01 to 2021-06" in page
    assert said in page

    found = measure(half, long, Window.named("2021-01 to 2021-06"), "encounters_usbp")
    assert found is not None
    assert found.difference == pytest.approx(part["difference_mean"])


def test_a_year_is_not_the_name_of_six_months(run_pair):
    folder, _out, _err = run_pair("2022-03-31", "2021-06-30")
    half, long = read_pair(folder)

    assert half.years == ("2021-01 to 2021-06",)
    assert long.years == ("2021", "2022-01 to 2022-03")
    assert set(half.summary()["period"]) == {f"2021-{month:02d}" for month in range(1, 7)} | set(half.years)


def test_the_terminal_names_the_part_of_a_year_that_a_run_reports(run_pair, run_command):
    folder, _out, _err = run_pair("2022-03-31", "2021-06-30")
    _code, out, _err = run_command("run", folder / "long.yaml", *QUICK, "--out", folder / "alone")

    assert re.search(r"2021 +observed +2022-01 to 2022-03 +observed", out), out


def test_the_app_offers_the_months_that_both_cover_and_says_what_is_left_out(run_pair):
    folder, _out, _err = run_pair("2022-03-31", "2021-06-30")
    half, long = read_pair(folder)
    shared = shared_periods(half, long)

    options = offered([(long, half)])
    assert options["2021-01 to 2021-06"].words() == "Part of 2021: 1 January 2021 to 30 June 2021"
    assert "2021" not in options
    assert left_out_words(shared) == (
        "Compared over 2021-01 to 2021-06, which both runs cover; 2021-07 to 2022-03 is left out since half ends on "
        "30 June 2021."
    )
    assert left_out_words(shared_periods(long, long)) == ""


def test_a_year_that_the_baseline_leaves_is_shown_without_a_difference(run_pair):
    folder, _out, _err = run_pair("2021-06-30", "2021-12-31")
    half, long = read_pair(folder)
    found = measure(half, long, Window.named("2021"), "encounters_usbp")

    assert found is not None
    assert found.scenario > 0
    assert np.isnan([found.baseline, found.difference, found.low, found.high]).all()


@pytest.mark.parametrize(("long_end", "half_end"), [ENDS[0], ENDS[1], ENDS[2]])
def test_no_party_fares_otherwise_for_a_run_that_ends_on_another_day(
    run_pair, run_command, long_end, half_end
):
    folder, _out, _err = run_pair(long_end, half_end)
    code, _out, err = run_command("run", folder / "half.yaml", *QUICK, "--fates", "--out", folder / "f")
    assert code == 0, err
    half, long = (Results.read(folder / "f" / name) for name in ("half", "long"))

    split = compare([long, half]).fates().to_pandas()
    people = split[split["nationality"] == "all"].set_index("class")["mean"]
    assert people["unchanged"] > 0
    assert people.drop("unchanged").sum() == 0
