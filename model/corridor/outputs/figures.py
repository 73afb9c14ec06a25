"""Figures built from tidy tables with Altair: what the app and a notebook show. No Streamlit here.

A fan chart reads top to bottom as: what was observed (points), the baseline (dashed, grey), the scenario
(solid, coloured), each with the bands that hold 80% and 50% of its replicates, and rules at dated events. Past the data
a band is that of the projection (`corridor.projected_summary`); where nothing is claimed there is none.
"""

from collections.abc import Callable, Sequence

import altair as alt
import pandas as pd

from corridor.outputs.figure_rows import (
    BASELINE_COLOUR,
    EVENT_COLOUR,
    OBSERVED_COLOUR,
    SCENARIO_COLOUR,
    deal_rows,
)

BANDS = (("p10", "p90", 0.18), ("p25", "p75", 0.32))


def fan_chart(
    scenario: pd.DataFrame,
    baseline: pd.DataFrame | None = None,
    *,
    title: str,
    names: tuple[str, str] = ("scenario", "baseline"),
    observed: pd.DataFrame | None = None,
    events: Sequence[tuple[str, str]] = (),
    height: int = 320,
    colours: tuple[str, str, str] = (SCENARIO_COLOUR, BASELINE_COLOUR, OBSERVED_COLOUR),
    say: Callable[[str], str] = str,
) -> alt.LayerChart:
    """A chart of one indicator with bands, beside its baseline, what was observed, and dated events.

    Parameters
    ----------
    scenario, baseline
        Rows as `fan_rows` gives them.
    title
        What is shown; the unit of the rows becomes the title of the vertical axis.
    names
        Names of the scenario and the baseline in the legend.
    observed
        Columns `date` and `value`.
    events
        (ISO date, label) of each mark.
    height : pixels
    colours
        Of the scenario, the baseline and what was observed; they come for a white page.
    say
        Puts the chart's own words (observed, median, units) into another language.
    """
    of_scenario, of_baseline, of_observed = colours
    series = [(names[0], of_scenario, scenario)]
    if baseline is not None and len(baseline):
        series.insert(0, (names[1], of_baseline, baseline))
    if observed is not None and len(observed):
        series.append((say("observed"), of_observed, observed))
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=[name for name, _, _ in series], range=[shade for _, shade, _ in series]),
        legend=alt.Legend(title=None, orient="top"),
    )
    unit = say(str(scenario["unit"].iloc[0])) if len(scenario) else ""
    layers: list[alt.Chart] = _event_layers(events)
    for name, shade, rows in series:
        rows = rows.assign(series=name)
        if shade == of_observed:
            layers.append(_points(rows, colour, say))
        else:
            layers += _fan(rows, shade, colour, unit, say, dashed=name != names[0])
    return alt.LayerChart(layer=layers, title=title, height=height)


def deal_chart(deals: pd.DataFrame, *, title: str, height: int = 320) -> alt.Chart:
    """Deals over time: a mark a month and issue, the larger the more runs agree on it, or lose it.

    Parameters
    ----------
    deals
        Rows of deals.csv.
    """
    return (
        alt.Chart(deal_rows(deals), title=title, height=height)
        .mark_circle(opacity=0.7)
        .encode(
            x=alt.X("date:T", title=None),
            y=alt.Y("issue:N", title=None),
            size=alt.Size("share:Q", title="share of runs", scale=alt.Scale(domain=[0, 1], range=[10, 400])),
            color=alt.Color("event:N", legend=alt.Legend(title=None, orient="top")),
            tooltip=[
                alt.Tooltip("issue:N"),
                alt.Tooltip("event:N"),
                alt.Tooltip("date:T", title="month", format="%Y-%m"),
                alt.Tooltip("share:Q", title="share of runs", format=".0%"),
            ],
        )
    )


def _fan(
    rows: pd.DataFrame, shade: str, colour: alt.Color, unit: str, say: Callable[[str], str], *, dashed: bool
) -> list[alt.Chart]:
    ends = {f"{name}_words": [_end(value, say) for value in rows[name]] for name in ("p10", "p90")}
    base = alt.Chart(rows.assign(**ends)).encode(x=alt.X("date:T", title=None))
    bands = [
        base.mark_area(opacity=opacity, color=shade).encode(y=alt.Y(f"{low}:Q", title=unit), y2=f"{high}:Q")
        for low, high, opacity in BANDS
    ]
    line = base.mark_line(strokeWidth=2, strokeDash=[5, 3] if dashed else []).encode(
        y=alt.Y("p50:Q", title=unit),
        color=colour,
        tooltip=[
            alt.Tooltip("series:N", title=say("series")),
            alt.Tooltip("period:N", title=say("period")),
            alt.Tooltip("p50:Q", title=say("median"), format=",.0f"),
            alt.Tooltip("p10_words:N", title="10%"),
            alt.Tooltip("p90_words:N", title="90%"),
        ],
    )
    return [*bands, line]


def _end(value: float, say: Callable[[str], str]) -> str:
    """An end of a band on hover; a missing number is no zero."""
    return f"{value:,.0f}" if value == value else say("nothing claimed")


def _points(rows: pd.DataFrame, colour: alt.Color, say: Callable[[str], str]) -> alt.Chart:
    return (
        alt.Chart(rows)
        .mark_point(size=26, filled=True)
        .encode(
            x=alt.X("date:T", title=None),
            y="value:Q",
            color=colour,
            tooltip=[
                alt.Tooltip("date:T", title=say("month"), format="%Y-%m"),
                alt.Tooltip("value:Q", title=say("observed"), format=",.0f"),
            ],
        )
    )


def _event_layers(events: Sequence[tuple[str, str]]) -> list[alt.Chart]:
    if not events:
        return []
    rows = pd.DataFrame(
        {"date": pd.to_datetime([day for day, _ in events]), "event": [text for _, text in events]}
    )
    base = alt.Chart(rows).encode(
        x=alt.X("date:T", title=None),
        tooltip=[alt.Tooltip("event:N"), alt.Tooltip("date:T", format="%Y-%m-%d")],
    )
    return [base.mark_rule(color=EVENT_COLOUR, strokeDash=[2, 2])]
