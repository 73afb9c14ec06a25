"""One indicator of Explore by month: the difference first, then levels beside what was observed and what happened."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

import corridor
from corridor.outputs.rows import Cell
from corridor_app.charts import chart
from corridor_app.charts.headlines import measure
from corridor_app.choices import state
from corridor_app.jobs import runs
from corridor_app.widgets.monthly_differences import monthly_differences
from corridor_app.widgets.page import small
from corridor_app.words.language import _
from corridor_app.words.wording import day_words, window_words

SELECTORS = (3, 2)


def explored_months(
    outcome: runs.Outcome,
    scenario: corridor.Scenario,
    against: corridor.Scenario | None,
    window: corridor.Window,
    change_from: date | None,
    replicates: int,
) -> None:
    """One indicator by month: first what the scenario changes, then both levels and what was observed.

    Parameters
    ----------
    change_from
        The day of the visitor's first change; None where nothing is changed.
    """
    left, right = st.columns(SELECTORS)
    with left:
        indicator = st.selectbox(
            _("Indicator"), chart.indicator_ids(), format_func=chart.indicator_words, key=state.INDICATOR
        )
    options = chart.breakdowns(outcome.scenario, indicator)
    if note := state.keep_option(state.BREAKDOWN, options, next(iter(options))):
        st.warning(note)
    with right:
        chosen = st.selectbox(
            _("Nationality, place or kind of party"),
            options,
            format_func=chart.breakdown_words,
            key=state.BREAKDOWN,
        )
    breakdown = options[chosen]
    rows = _rows(outcome.scenario, scenario, indicator, breakdown)
    before = None
    if outcome.baseline is not None and against is not None:
        before = _rows(outcome.baseline, against, indicator, breakdown)
    observed = chart.observed_rows(indicator, breakdown, list(rows["period"]))
    about = corridor.INDICATORS[indicator]
    title = _(about.label)
    if chosen != state.EVERYONE:
        title = f"{title}: {chart.breakdown_words(chosen)}"
    if outcome.baseline is not None:
        titles = {outcome.scenario.scenario: _("Difference from the baseline: {title}").format(title=title)}
        monthly_differences(outcome.both, titles, Cell(indicator, *breakdown), window)
    unit = f"{_(about.unit)} ({_(about.counts)})" if about.counts == "events" else _(about.unit)
    words = chart.describe(
        title,
        window_words(window),
        measure(outcome.scenario, outcome.baseline, window, indicator, breakdown),
        rows,
        before,
        observed,
        replicates,
        unit,
    )
    timeline = scenario.timeline
    known = against if against is not None and change_from is not None else scenario
    events = chart.events_of(known, timeline.report_from, timeline.end)
    drawn = chart.monthly_chart(
        rows,
        before,
        observed,
        title=title,
        names=(chart.CHANGED if change_from else chart.SCENARIO, chart.BASELINE),
        events=events,
        change_from=change_from,
        description=words,
    )
    st.altair_chart(drawn, width="stretch")
    small(f"{words} {_('Triangles above the plot mark dated events of the scenario.')}")
    with st.expander(_("The chart as a table")):
        st.table(chart.month_table(rows, before, observed))
    with st.expander(_("Dated events of the scenario")):
        st.markdown("\n".join(f"- {day_words(event.day)}: {event.text}" for event in events))


def _rows(
    results: corridor.Results,
    scenario: corridor.Scenario,
    indicator: str,
    breakdown: tuple[str, str, str],
) -> pd.DataFrame:
    summary = runs.summarise(
        runs.run_key(scenario, len(results.replicates), results.manifest["run"]["seed"]), results
    )
    return chart.month_rows(summary, indicator, breakdown)
