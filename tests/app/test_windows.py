"""The days that pages offer, and what a link names: the windows of the command line, and no others."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corridor
from corridor.experiments.shared_windows import common_window
from corridor_app.choices.windows import (
    USUAL,
    asked_of,
    find_option,
    offered,
    pairs_of,
    read_window,
)
from corridor_app.words.foreign import Unreadable
from corridor_app.words.language import in_language

ROOT = """\
name: {name}
title: A test
period: {{start: 2020-07-01, report_from: {first}, end: {last}}}
run: {{replicates: 2, seed: 5, people_per_agent: 4000}}
"""
GATE = """\
interventions:
  - {id: gate, lever: panama.darien_gate, start: 2022-03-01, to: 0.9, source: a test}
"""


def made(name, first, last, policy=""):
    return corridor.run_ensemble(
        corridor.parse_scenario(ROOT.format(name=name, first=first, last=last) + policy), workers=1
    )


@pytest.fixture(scope="module")
def runs():
    return {
        "long": made("long", "2021-01-01", "2022-12-31"),
        "gate": made("gate", "2021-01-01", "2022-12-31", GATE),
        "half": made("half", "2021-01-01", "2022-06-30", GATE),
        "late": made("late", "2022-01-01", "2022-12-31"),
        "early": made("early", "2021-01-01", "2021-11-15"),
    }


def test_a_comparison_begins_with_the_first_difference_as_the_command_line_does(runs):
    pairs = pairs_of(runs["long"], [runs["gate"], runs["half"]])
    usual = offered(pairs)[USUAL]
    assert usual.window == common_window(pairs) == corridor.compare([*runs.values()][:3]).window
    assert usual.words() == "From the first difference: 1 March 2022 to 30 June 2022"
    assert asked_of(usual) is None


def test_parts_of_years_are_offered_and_say_that_they_are_parts(runs):
    options = offered(pairs_of(runs["long"], [runs["half"]]))
    words = {name: option.words() for name, option in options.items()}
    assert words["2021"] == "2021"
    assert words["2022-01 to 2022-06"] == "Part of 2022: 1 January 2022 to 30 June 2022"
    assert words["2021-01 to 2021-09"] == "Part of US fiscal year 2021: 1 January 2021 to 30 September 2021"
    assert words["2021-10 to 2022-06"] == "Part of US fiscal year 2022: 1 October 2021 to 30 June 2022"
    assert words["whole"] == "All that is shared: 1 January 2021 to 30 June 2022"
    assert words["2022-06"] == "June 2022"
    assert "2022-07" not in words
    with in_language("es"):
        assert (
            options["2022-01 to 2022-06"].words()
            == "Parte de 2022: del 1 de enero de 2022 al 30 de junio de 2022"
        )


def test_the_command_line_takes_every_window_that_a_page_offers(runs):
    """And says the same first and last day."""
    both = [runs["long"], runs["half"]]
    for option in offered(pairs_of(*both[:1], both[1:])).values():
        assert corridor.compare(both, window=asked_of(option)).window == option.window


def test_a_ranking_offers_only_what_all_pairs_report(runs):
    options = offered(pairs_of(runs["long"], [runs["half"], runs["late"]]))
    days = corridor.Window.named("2022-01 to 2022-06")
    assert options["whole"].window == days
    assert all(option.window.within(days) for option in options.values())
    assert not offered(pairs_of(runs["long"], [runs["late"], runs["early"]]))  # no month of all


def test_a_run_that_shares_no_month_with_its_baseline_is_shown_alone(runs):
    options = offered(pairs_of(runs["early"], [runs["late"]]))
    assert options[USUAL].words() == "Last year reported: 1 January 2022 to 31 December 2022"
    assert options["whole"].words() == "Whole run: 1 January 2022 to 31 December 2022"


def test_a_year_beyond_the_baseline_is_offered_as_the_scenario_alone(runs):
    options = offered(pairs_of(runs["half"], [runs["gate"]]))
    assert options["2022"].words() == "The scenario alone: 1 January 2022 to 31 December 2022"
    assert asked_of(options["2022"]) is None


def test_days_of_ones_own_are_taken_where_all_report_them(runs):
    pairs = pairs_of(runs["long"], [runs["half"]])
    options = offered(pairs)
    assert find_option(options, pairs, "2021-11 to 2022-02").window.days == 120
    for name in ("2022-05 to 2022-08", "2021-11-10 to 2022-02-28", "2031"):
        assert find_option(options, pairs, name) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("all", "whole"),
        ("whole", "whole"),
        ("2023", "2023"),
        ("2024-01 to 2024-06", "2024-01 to 2024-06"),
        ("2024-03 to 2024-03", "2024-03"),
        ("2023-01-01 to 2023-12-31", "2023"),
        ("FY2023", "FY2023"),
    ],
)
def test_links_name_days_as_the_command_line_does_and_those_of_earlier_releases_too(text, name):
    assert read_window(text) == name


@given(st.text(max_size=40) | st.text(alphabet="0123456789- toFY", max_size=24))
def test_what_names_no_days_is_told(text):
    try:
        assert read_window(read_window(text)) == read_window(text)
    except Unreadable as why:
        assert "days are named as 2023-12" in why.said()


@given(
    st.dates(date(2019, 1, 1), date(2025, 12, 31)),
    st.integers(0, 1500),
    st.sampled_from(["month", "year", "fiscal_year"]),
)
def test_a_window_is_cut_without_a_gap(first, days, kind):
    window = corridor.Window(first, date.fromordinal(first.toordinal() + days))
    pieces = window.cut(kind)
    assert sum(piece.days for piece in pieces) == window.days
    assert (pieces[0].first, pieces[-1].last) == (window.first, window.last)
    assert all(piece.kind == kind for piece in pieces[1:-1])
