"""Map: where people are met, wait, arrive and come to harm, month by month, and beside the baseline."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import model
from app import map as corridor_map
from app import runs
from app.chart import indicator_words
from app.widgets import baseline_of, run_shown, small
from app.wording import month_words

REPLICATES = 10
SECONDS_A_MONTH = 0.5
VIEWS: Mapping[corridor_map.View, str] = {
    "scenario": "Scenario",
    "baseline": "Baseline",
    "difference": "Difference",
}


def show() -> None:
    st.title("Where people are")
    st.markdown(
        "Circles are people, or what happened to them, in one month of the model. Places are whole cities and "
        "Border Patrol sectors; the model knows nothing smaller."
    )
    try:
        _map()
    except model.CorridorError as error:
        st.error("The run stopped.")
        st.code(str(error), language=None, wrap_lines=True)


def _map() -> None:
    left, middle, right = st.columns(3)
    with left:
        name = st.selectbox("Scenario", model.scenario_names(), key="map-scenario", index=_history())
    scenario = model.load_scenario(name)
    baseline = baseline_of(scenario)
    with middle:
        indicator = st.selectbox(
            "What is shown", corridor_map.SHOWN, format_func=indicator_words, key="map-indicator"
        )
    with right:
        view = st.selectbox(
            "View",
            tuple(VIEWS) if baseline else tuple(VIEWS)[:1],
            format_func=VIEWS.__getitem__,
            key="map-view",
        )
    small(scenario.question or scenario.title or name)
    seed = scenario.run.seed
    outcome = run_shown(scenario, baseline, REPLICATES, seed)
    summary = runs.summarise(runs.run_key(scenario, REPLICATES, seed), outcome.scenario)
    before = None
    if outcome.baseline is not None and baseline is not None:
        before = runs.summarise(runs.run_key(baseline, REPLICATES, seed), outcome.baseline)
    rows = corridor_map.place_rows(summary, before, indicator, view)
    about = model.INDICATORS[indicator]
    months = sorted(set(rows["period"].astype(str)))
    month = st.select_slider(
        "Month", months, value=months[-1], format_func=month_words, key=f"map-month-{len(months)}"
    )
    chosen = str(month)
    play = st.button("Play through the months", key="map-play")
    words, drawn = st.empty(), st.empty()
    for each in months if play else []:
        _draw(words, drawn, rows, each, about.label, view)
        time.sleep(SECONDS_A_MONTH)
    _draw(words, drawn, rows, chosen, about.label, view)
    unit = "events counted in people" if about.counts == "events" else about.unit
    small(
        f"Means of {REPLICATES} replicates of one travelling party in fifty; {unit}. Areas are to one scale in all "
        "months. In the difference, blue is more than in the baseline and brown fewer; neither is better in "
        "itself. Harm is counted badly everywhere: read its direction and order of magnitude."
    )
    with st.expander("The map as a table"):
        st.table(corridor_map.month_table(rows, chosen))
    st.download_button(
        "Data of the map, all months",
        model.csv_bytes(rows.drop(columns="label")),
        file_name=f"map-{name}-{indicator}-{view}.csv",
        mime="text/csv",
        on_click="ignore",
        key="map-data",
    )


def _draw(
    words: DeltaGenerator,
    drawn: DeltaGenerator,
    rows: pd.DataFrame,
    month: str,
    title: str,
    view: corridor_map.View,
) -> None:
    said = corridor_map.describe(rows, month, title=title, view=view)
    drawn.altair_chart(
        corridor_map.draw(rows, month, title=title, description=said), width="stretch", key=f"map-{month}"
    )
    with words:
        small(said)


def _history() -> int:
    return list(model.scenario_names()).index("history")
