"""A lever over time: what a scenario makes of it and what the visitor makes of it, as the engine resolves both.

No Streamlit here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import altair as alt
import numpy as np
import pandas as pd

import corridor
from corridor_app.charts.chart import CHANGE_COLOUR, EVENT_COLOUR, Event, Layers, events_of
from corridor_app.choices.changes import DECIMALS, level_of
from corridor_app.choices.controls import Control
from corridor_app.words.wording import day_words

HEIGHT = 220
ABOVE_THE_PLOT = -7
ABOVE_ALL = 1.15
"""Where a lever without limit is drawn, in units of the largest value that has one."""

MOST_TURNS = 12
"""Movements of a lever told in words."""


def path_rows(scenario: corridor.Scenario, control: Control) -> pd.DataFrame:
    """A lever over the reported days of a scenario, on every day on which it moves, and the last.

    Returns
    -------
    pandas.DataFrame
        Columns `date`, and `value` as the control shows it: the mean of its members, or the sum of their caps.
    """
    policy = corridor.resolve(scenario)
    timeline = policy.timeline
    first, last = timeline.day_of(timeline.report_from), timeline.day_of(timeline.end)
    values = level_of(policy.levers[control.lever], control)[first : last + 1]
    kept = np.union1d(np.flatnonzero(values[1:] != values[:-1]) + 1, [0, len(values) - 1])
    dates = [pd.Timestamp(timeline.date_of(first + int(day))) for day in kept]
    return pd.DataFrame({"date": dates, "value": values[kept]})


def events_for(scenario: corridor.Scenario, control: Control) -> tuple[list[Event], list[Event]]:
    """Dated events of the reported days: those that move the control's lever, and all others."""
    timeline = scenario.timeline
    events = events_of(scenario, timeline.report_from, timeline.end)
    label = corridor.LEVERS[control.lever].label
    own = [event for event in events if event.text.startswith((f"{label}:", f"{label} ("))]
    return own, [event for event in events if event not in own]


def lever_chart(
    before: pd.DataFrame,
    after: pd.DataFrame | None,
    control: Control,
    *,
    events: tuple[Sequence[Event], Sequence[Event]],
    names: tuple[str, str],
    titles: tuple[str, str, str],
    description: str,
    say: Callable[[str], str] = str,
) -> Layers:
    """The chart of a lever: the scenario's path in grey, the visitor's in colour, dated events above the plot.

    Parameters
    ----------
    before, after
        As `path_rows` has them; None where nothing is changed.
    events
        Those that move this lever (filled marks), and the others (hollow).
    names
        Of the scenario's path and of the visitor's.
    titles
        Above values, dates and events on hover.
    description
        What the chart shows, in words.
    say
        Puts words into the reader's language.
    """
    both = [before.assign(path=names[0])] + ([after.assign(path=names[1])] if after is not None else [])
    rows = pd.concat(both, ignore_index=True)
    values = rows["value"].to_numpy(dtype=float)
    limited = np.isfinite(values)
    largest = float(np.max(values, where=limited, initial=control.step))
    top = largest if limited.all() else largest * ABOVE_ALL
    rows = rows.assign(
        drawn=np.where(limited, values, top), words=[control.number(value, say) for value in values]
    )
    count = "~s" if top >= 10_000 else ",~g"
    axis = alt.Axis(format="~%" if control.shown == "share" else count, tickCount=4, grid=True)
    legend = alt.Legend(orient="bottom", title=None) if after is not None else None
    lines = (
        alt.Chart(rows)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X("date:T", title=None),
            y=alt.Y("drawn:Q", title=None, axis=axis, scale=alt.Scale(domain=[min(0, control.low), top])),
            color=alt.Color(
                "path:N",
                scale=alt.Scale(domain=list(names), range=["#8a949b", CHANGE_COLOUR]),
                legend=legend,
            ),
            strokeDash=alt.StrokeDash(
                "path:N", scale=alt.Scale(domain=list(names), range=[[1, 0], [6, 3]]), legend=legend
            ),
            tooltip=[
                alt.Tooltip("path:N", title=" "),
                alt.Tooltip("date:T", title=titles[1], format="%-d %B %Y"),
                alt.Tooltip("words:N", title=titles[0]),
            ],
        )
    )
    marks = [_marks(group, filled=at == 0, titles=titles) for at, group in enumerate(events) if group]
    return alt.layer(lines, *marks).properties(height=HEIGHT, description=description)


def _marks(events: Sequence[Event], *, filled: bool, titles: tuple[str, str, str]) -> alt.Chart:
    """A triangle for each date; what happened shows on hover."""
    by_day: dict[str, list[str]] = {}
    for event in events:
        by_day.setdefault(event.day.isoformat(), []).append(event.text)
    rows = pd.DataFrame(
        {"date": pd.to_datetime(list(by_day)), "event": ["; ".join(texts) for texts in by_day.values()]}
    )
    return (
        alt.Chart(rows)
        .mark_point(shape="triangle-down", size=60 if filled else 35, filled=filled, color=EVENT_COLOUR)
        .encode(
            x=alt.X("date:T", title=None),
            y=alt.value(ABOVE_THE_PLOT),
            tooltip=[
                alt.Tooltip("date:T", title=titles[1], format="%-d %B %Y"),
                alt.Tooltip("event:N", title=titles[2]),
            ],
        )
    )


def path_words(rows: pd.DataFrame, control: Control, say: Callable[[str], str] = str) -> str:
    """A path in words: its value on the first day, and where it turns."""
    turns = _turns(rows)
    said = [control.words(float(rows["value"].iloc[0]), say)]
    for day, value in turns[:MOST_TURNS]:
        number = control.number(round(value, DECIMALS), say)
        said.append(say("{value} on {day}").format(value=number, day=day_words(day)))
    return "; ".join([*said, "…"] if len(turns) > MOST_TURNS else said)


def _turns(rows: pd.DataFrame) -> list[tuple[date, float]]:
    """Where a path begins to move by degrees, where it ends to, and where it moves at once."""
    values = rows["value"].to_numpy(dtype=float)
    # Without limit counts as a number too large to be one, so that its differences are defined.
    rises = np.diff(np.nan_to_num(values, posinf=float(np.finfo(np.float32).max)))
    days = [stamp.date() for stamp in rows["date"]]
    daily = [(after - before).days == 1 for before, after in pairwise(days)]
    found = []
    for at, rise in enumerate(rises):
        goes_on = at + 1 < len(rises) and daily[at + 1] and np.isclose(rise, rises[at + 1])
        went_on = at > 0 and daily[at] and np.isclose(rise, rises[at - 1])
        if rise != 0 and goes_on and not went_on:
            found.append((days[at + 1] - timedelta(days=1), float(values[at])))
        elif rise != 0 and not goes_on:
            found.append((days[at + 1], float(values[at + 1])))
    return found
