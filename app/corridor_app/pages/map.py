"""Map: who moves where, who waits where, and who comes to harm, month by month, and beside the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

import corridor
from corridor_app.charts.palette import is_dark
from corridor_app.choices import state
from corridor_app.jobs import runs
from corridor_app.map import corridor_map, flows
from corridor_app.map.month import (
    CIRCLES,
    Month,
    View,
    data_rows,
    describe,
    harm_words,
    month_table,
    most,
    place_rows,
    subtract,
)
from corridor_app.widgets.downloads import save_csv
from corridor_app.widgets.monthly import summary_of_few
from corridor_app.widgets.page import errors_shown, open_page, small
from corridor_app.widgets.scenario_runs import baseline_of, choose_scenario, run_few
from corridor_app.words.language import N_, _
from corridor_app.words.texts import read_text
from corridor_app.words.wording import month_words

LINK_KEYS = (*state.LINK_KEYS, state.VIEW, state.CIRCLES, state.MONTH)
"""What this page reads of a link."""

SECONDS_A_MONTH = 1.5
WIDTHS = (3, 9)
BESIDE = "beside"
VIEWS: Mapping[str, str] = {
    "scenario": N_("Scenario"),
    "baseline": N_("Baseline"),
    "difference": N_("Difference"),
    BESIDE: N_("Side by side"),
}
DRAWN: Mapping[str, Sequence[View]] = {
    "scenario": ("scenario",),
    "baseline": ("baseline",),
    "difference": ("difference",),
    BESIDE: ("scenario", "baseline"),
}
"""What each view of the page draws."""

PLAYING = "map-playing"
ROOM = "<style>.st-key-map-{name} {{flex: none; height: min(70vw + 100px, {most}px)}}</style>"
"""Height of a map with its legend: as its width asks on a small screen, no more than fits on a large one."""


@dataclass(frozen=True)
class Shown:
    """The data of the page, of all months."""

    summary: pd.DataFrame
    before: pd.DataFrame | None
    months: Sequence[str]
    maps: Mapping[View, Month]


def show() -> None:
    open_page(
        _("Where people move, and where they wait"),
        _(
            "One month of the model at a time. Lines are as wide as the people who move, circles as large as those "
            "who wait. Places are whole cities and Border Patrol sectors; the model knows nothing smaller."
        ),
    )
    controls, page = st.columns(WIDTHS, gap="large")
    with errors_shown():
        with controls:
            scenario = choose_scenario()
        against = baseline_of(scenario)
        with controls:
            view = _choose(state.VIEW, _("View"), list(VIEWS if against else {"scenario": ""}), VIEWS)
            circles = _choose(state.CIRCLES, _("Circles"), list(CIRCLES), CIRCLES)
        with page:
            outcome = run_few(scenario, against)
            shown = _prepare(outcome, scenario, against, circles)
        with controls:
            playing = _play_buttons(shown.months)
        with page:
            every = SECONDS_A_MONTH if playing else None
            st.fragment(_month, run_every=every)(shown, DRAWN[view])
    with st.expander(_("How to read the map, and what it leaves out")):
        st.markdown(read_text("map.md"))


def _choose(key: str, label: str, options: list[str], words: Mapping[str, str]) -> str:
    """A list whose choice is kept over pages and in the address; what the address cannot mean is left out."""
    _restore(key, options, options[0])
    chosen = st.selectbox(label, options, format_func=lambda each: _(words[each]), key=key)
    _write(key, chosen, options[0])
    return chosen


def _restore(key: str, options: Sequence[str], default: str) -> None:
    if key not in st.session_state:
        # The key of a list in the part that moves is gone when another page was open: a copy is kept beside it.
        st.session_state[key] = st.session_state.get(f"map-{key}", st.query_params.get(key, default))
    if note := state.keep_option(key, options, default):
        st.warning(note)


def _write(key: str, value: str, default: str) -> None:
    st.session_state[f"map-{key}"] = value
    if value != default:
        st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def _prepare(
    outcome: runs.Outcome, scenario: corridor.Scenario, against: corridor.Scenario | None, circles: str
) -> Shown:
    summary = summary_of_few(outcome.scenario, scenario)
    before = (
        None if outcome.baseline is None or against is None else summary_of_few(outcome.baseline, against)
    )
    tables = [
        (flows.flow_rows(each), place_rows(each, circles)) for each in (summary, before) if each is not None
    ]
    months = sorted(set(tables[0][1]["period"]) | set(tables[0][0]["period"]))
    moving, waiting = (most(*each) for each in zip(*tables, strict=True))
    maps: dict[View, Month] = {}
    for name, (lines, places) in zip(("scenario", "baseline"), tables, strict=False):
        maps[name] = Month(lines, places, months[-1], circles, name, moving, waiting)
    if before is not None:
        lines, places = (subtract(*each) for each in zip(*tables, strict=True))
        maps["difference"] = Month(
            lines,
            places,
            months[-1],
            circles,
            "difference",
            most(lines),
            most(places),
        )
    return Shown(summary, before, months, maps)


def _play_buttons(months: Sequence[str]) -> bool:
    """Play and stop; the keyboard reaches them like any other. Says whether it plays.

    Two buttons, for Streamlit may call a button's callback again when the next month interrupts a run: to stop twice is
    to stop, to turn twice is not.
    """
    with st.container(horizontal=True):
        st.button(
            _("Play through the months"),
            key="map-play",
            icon=":material/play_arrow:",
            on_click=_play,
            args=(months,),
        )
        st.button(_("Stop"), key="map-stop", icon=":material/stop:", on_click=_stop)
    return bool(st.session_state.get(PLAYING))


def _play(months: Sequence[str]) -> None:
    """Start; at the last month, with the first."""
    if not st.session_state.get(PLAYING) and st.session_state.get(state.MONTH) == months[-1]:
        st.session_state[state.MONTH] = months[0]
    st.session_state[PLAYING] = True


def _stop() -> None:
    st.session_state[PLAYING] = False


def _month(shown: Shown, names: Sequence[View]) -> None:
    """The part of the page that moves with the month; while it plays, each run is one month further."""
    months = list(shown.months)
    _restore(state.MONTH, months, months[-1])
    playing = bool(st.session_state.get(PLAYING))
    if playing:
        _advance(months)
    period = str(
        st.select_slider(_("Month"), months, format_func=month_words, key=state.MONTH, on_change=_stop)
    )
    if not st.session_state.get(PLAYING):
        _write(state.MONTH, period, months[-1])
    chosen = [replace(shown.maps[name], period=period) for name in names]
    for place, each in zip(st.columns(len(chosen)), chosen, strict=True):
        with place:
            _map(each, beside=len(chosen) > 1)
    st.markdown(harm_words(shown.summary, shown.before, period))
    for place, each in zip(st.columns(len(chosen)), chosen, strict=True):
        with place:
            small(describe(each))
    with st.expander(_("The map as a table")):
        for each in chosen:
            st.markdown(f"**{_(VIEWS[each.view])}, {month_words(period)}**")
            st.table(month_table(each))
    for each in chosen:
        save_csv(data_rows(each), f"map-{each.view}-{each.circles}.csv", _("lines and circles, all months."))
    if playing and not st.session_state.get(PLAYING):
        st.rerun()  # the last month is reached: no further run is due


def _advance(months: Sequence[str]) -> None:
    here = months.index(st.session_state[state.MONTH])
    following = min(here + 1, len(months) - 1)
    st.session_state[state.MONTH] = months[following]
    if following == len(months) - 1:
        _stop()


def _map(month: Month, *, beside: bool) -> None:
    drawn = corridor_map.map_spec(
        month,
        title=f"{_(VIEWS[month.view])}, {month_words(month.period)}",
        description=describe(month),
        palette=corridor_map.DARK if is_dark() else corridor_map.LIGHT,
    )
    st.html(ROOM.format(name=month.view, most=420 if beside else 740))
    with st.container(key=f"map-{month.view}"):
        st.vega_lite_chart(drawn, width="stretch", height="stretch", key=f"map-drawn-{month.view}")
