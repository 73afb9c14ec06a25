from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

import corridor
from corridor_app.charts.timeline import events_for, lever_chart, path_rows, path_words
from corridor_app.choices.changes import Entry, derive, level_of, read_levers, write_yaml
from corridor_app.choices.controls import find_control

START = date(2023, 6, 1)
RAMP = Entry(date(2023, 3, 1), "panama.darien_gate", "ramp", date(2023, 6, 1), 0.5)
TITLES = ("value", "from", "what changed")


@pytest.fixture(scope="module")
def history():
    return corridor.load_scenario("history")


def changed(base, *entries):
    return derive(write_yaml(base, START, {}, read_levers(base, START), 2, entries))


def daily(rows, days):
    """What a chart that draws steps between the rows shows on each day."""
    steps = rows.set_index("date")["value"]
    return steps.reindex(pd.DatetimeIndex(days), method="ffill").to_numpy()


@pytest.mark.parametrize(
    "entry",
    [
        RAMP,
        Entry(date(2022, 3, 1), "pledge", "pulse", date(2022, 9, 1), 90_000),
        Entry(date(2021, 3, 1), "us.removal_flights_weekly@Venezuela~Cuba", "step", None, 3.5),
        Entry(date(2023, 1, 1), "us.parole_monthly_cap@Venezuela", "pulse", date(2023, 2, 1), float("inf")),
    ],
    ids=lambda entry: entry.control,
)
def test_the_path_drawn_is_the_path_that_the_engine_resolves(history, entry):
    control = find_control(entry.control)
    scenario = changed(history, entry)
    policy = corridor.resolve(scenario)
    timeline = policy.timeline
    days = [
        timeline.report_from + timedelta(days=at)
        for at in range((timeline.end - timeline.report_from).days + 1)
    ]
    resolved = level_of(policy.levers[control.lever], control)[timeline.day_of(timeline.report_from) :]
    drawn = daily(path_rows(scenario, control), days)
    assert np.array_equal(drawn, resolved)
    assert drawn[days.index(entry.end or timeline.end)] == entry.value
    before = daily(path_rows(history, control), days)
    outside = np.array([not entry.start <= day <= (entry.end or date.max) for day in days])
    assert np.array_equal(drawn[outside], before[outside])
    assert not np.array_equal(drawn, before)


def test_a_path_in_words_tells_where_a_ramp_begins_where_it_ends_and_that_it_falls_back(history):
    control = find_control("panama.darien_gate")
    words = path_words(path_rows(changed(history, RAMP), control), control)
    assert words.endswith("0% on 1 March 2023; 50% on 1 June 2023; 0% on 2 June 2023")
    assert path_words(path_rows(history, control), control) == "0% (share of people who enter)"


def test_a_lever_without_limit_is_drawn_above_all_and_called_unlimited(history):
    control = find_control("us.parole_monthly_cap@Venezuela")
    entry = Entry(date(2023, 3, 1), control.key, "step", None, float("inf"))
    after = path_rows(changed(history, entry), control)
    assert "unlimited on 1 March 2023" in path_words(after, control)
    drawn = lever_chart(
        path_rows(history, control),
        after,
        control,
        events=([], []),
        names=("scenario", "yours"),
        titles=TITLES,
        description="",
    ).to_dict()
    (rows,) = drawn["datasets"].values()
    endless = [row for row in rows if row["words"] == "unlimited"]
    assert endless
    assert all(row["drawn"] > 30_000 for row in endless)


def test_the_chart_marks_the_events_of_its_lever_apart_from_the_others(history):
    control = find_control("funding")
    own, others = events_for(history, control)
    days = [date(2023, 12, 1), date(2024, 1, 1)]
    assert [(event.day, "0%" in event.text) for event in own] == [(day, True) for day in days]
    assert {event.text for event in own}.isdisjoint(event.text for event in others)
    assert len(others) > 20
    rows = path_rows(history, control)
    drawn = lever_chart(
        rows,
        None,
        control,
        events=(own, others),
        names=("scenario", "yours"),
        titles=TITLES,
        description="in words",
    )
    layers = drawn.to_dict()["layer"]
    assert [layer["mark"].get("filled") for layer in layers] == [None, True, False]
    assert drawn.to_dict()["description"] == "in words"
