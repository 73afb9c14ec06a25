"""Cities: who waits, is held or arrives, against the places there are, month by month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

import corridor
from corridor_app.charts import chart
from corridor_app.charts.palette import palette
from corridor_app.choices import state
from corridor_app.jobs import runs
from corridor_app.widgets.downloads import save_csv
from corridor_app.widgets.monthly import data_rows, fan_chart, months_of
from corridor_app.widgets.page import errors_shown, open_page, small
from corridor_app.widgets.scenario_runs import baseline_of, choose_scenario, run_few
from corridor_app.words.language import N_, _
from corridor_app.words.texts import read_text
from corridor_app.words.wording import place_words, rounded

WIDTHS = (3, 7)
EVERYWHERE = "all"
PLACES_OF = {"waiting_north_mexico": "mexico.shelter_places", "custody": "us.custody_beds"}
"""Indicators that are limited by a lever: places in shelters, places in custody."""
SECTIONS = (
    (N_("Waiting in northern Mexico"), N_("City"), state.CITY, ("waiting_north_mexico", "shelter_overflow")),
    (N_("Custody and releases at the border"), N_("Sector"), state.SECTOR, ("custody", "street_releases")),
    (N_("Arrivals in US cities"), N_("City in the US"), state.US_CITY, ("arrivals_us_city",)),
)
HEIGHT = 280


def show() -> None:
    open_page(
        _("Cities and sectors: people against places"),
        _(
            "People who wait or are held, as the mean of a month's days, beside the places that shelters and custody "
            "have in the scenario. Above the dashed line there are more people than places; where they sleep then is "
            "not modelled. Releases and arrivals are counted over the month; a person released twice is counted "
            "twice. These are numbers of a model, and many of its places are assumed."
        ),
    )
    controls, page = st.columns(WIDTHS, gap="large")
    with errors_shown():
        with controls:
            scenario = choose_scenario()
        against = baseline_of(scenario)
        with page:
            outcome = run_few(scenario, against)
            for heading, label, key, indicators in SECTIONS:
                st.subheader(_(heading))
                place = _choose_place(outcome.scenario, indicators[0], label, key)
                for indicator in indicators:
                    _figure(outcome, scenario, against, indicator, place)
    with st.expander(_("What these numbers are, and what they are not")):
        st.markdown(read_text("limits.md"))


def _choose_place(results: corridor.Results, indicator: str, label: str, key: str) -> str:
    named = {cell.place for cell in results.index if cell.indicator == indicator} - {EVERYWHERE}
    options = [EVERYWHERE, *sorted(named)]
    if st.session_state.get(key) not in options:
        st.session_state[key] = EVERYWHERE
    return st.selectbox(_(label), options, format_func=_place_words, key=key)


def _place_words(place: str) -> str:
    return _("All together") if place == EVERYWHERE else place_words(place)


def _figure(
    outcome: runs.Outcome,
    scenario: corridor.Scenario,
    against: corridor.Scenario | None,
    indicator: str,
    place: str,
) -> None:
    title = f"{_(corridor.INDICATORS[indicator].label)}: {_place_words(place)}"
    months = months_of(outcome, scenario, against, indicator, place, title)
    rows, words = months.rows, months.words
    lever = PLACES_OF.get(indicator)
    places = monthly_places(scenario, lever, place, list(rows["period"])) if lever else None
    if lever and places is not None:
        words += f" {_against_places(rows, places, lever)}"
    drawn = fan_chart(months, HEIGHT)
    if places is not None:
        drawn = alt.layer(drawn, _places_line(rows, places))
    st.altair_chart(chart.with_months(drawn.properties(description=words)), width="stretch")
    small(words)
    with st.expander(_("The chart as a table")):
        table = chart.month_table(rows, months.before, months.observed)
        if places is not None:
            table[_("places")] = [rounded(value) for value in places]
        st.table(table)
    file = f"{indicator}.csv" if place == EVERYWHERE else f"{indicator}-{place}.csv"
    save_csv(
        _data(rows, months.before, places),
        file,
        N_("means and quantiles by month, and places where there are any."),
    )


def monthly_places(scenario: corridor.Scenario, lever: str, place: str, months: Sequence[str]) -> list[float]:
    """Places that a lever gives in each month: the mean over its days, of one member or of all together."""
    policy = corridor.resolve(scenario)
    path = policy.levers[lever]
    values = path.values.sum(axis=1) if place == EVERYWHERE else path.of(place)
    found = []
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        day = policy.timeline.day_of(first)
        found.append(float(np.mean(values[day : day + monthrange(first.year, first.month)[1]])))
    return found


def _against_places(rows: pd.DataFrame, places: Sequence[float], lever: str) -> str:
    over = int((rows["mean"].to_numpy() > np.asarray(places)).sum())
    return _("The dashed line: {what}; the mean is above it in {over} of {months} months.").format(
        what=_(corridor.LEVERS[lever].label), over=over, months=len(rows)
    )


def _places_line(rows: pd.DataFrame, places: Sequence[float]) -> alt.Chart:
    return (
        alt.Chart(rows.assign(places=places))
        .mark_line(strokeDash=[6, 4], color=palette().ink, interpolate="step")
        .encode(
            x=alt.X("date:T", title=None),
            y="places:Q",
            tooltip=[
                alt.Tooltip("period:N", title=_("period")),
                alt.Tooltip("places:Q", title=_("places")),
            ],
        )
    )


def _data(rows: pd.DataFrame, before: pd.DataFrame | None, places: Sequence[float] | None) -> pd.DataFrame:
    """What a figure is drawn from, a row a run and month."""
    data = data_rows(rows, before)
    if places is not None:
        of_month = dict(zip(rows["period"], places, strict=True))
        data["places"] = [
            of_month[month] if run == chart.SCENARIO else np.nan
            for run, month in zip(data["run"], data["period"], strict=True)
        ]
    others = [name for name in data.columns if name not in ("run", "period")]
    return data.reindex(columns=["run", "period", *others])
