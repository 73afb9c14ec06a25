"""People: what a window holds for each hundred departures of a nationality, harm beside the rest."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import corridor
from corridor_app.charts import hundred
from corridor_app.charts.headlines import compared_with
from corridor_app.choices import state
from corridor_app.jobs import runs
from corridor_app.widgets.downloads import save_csv
from corridor_app.widgets.page import errors_shown, open_page, small
from corridor_app.widgets.scenario_runs import (
    baseline_of,
    choose_scenario,
    few_replicates,
    run_few,
)
from corridor_app.widgets.window_choice import window_of
from corridor_app.words.language import N_, _
from corridor_app.words.texts import read_text
from corridor_app.words.wording import nationality_words, window_words

WIDTHS = (3, 7)
EVERYONE = "all"


def show() -> None:
    open_page(_("What becomes of a hundred people"), read_text("hundred.md"))
    controls, page = st.columns(WIDTHS, gap="large")
    with errors_shown():
        with controls:
            scenario = choose_scenario()
        with page:
            outcome = run_few(scenario, baseline_of(scenario))
        with controls:
            nationality = _choose_nationality(outcome.scenario)
            shown = window_of(outcome, state.WINDOW, by_year=True)
        if shown is not None:
            with page:
                _figures(outcome, nationality, shown.window)
    with st.expander(_("What these numbers are, and what they are not")):
        st.markdown(read_text("limits.md"))


def _choose_nationality(results: corridor.Results) -> str:
    names = sorted(
        {cell.nationality for cell in results.index if cell.indicator == "departures"} - {EVERYONE}
    )
    options = [EVERYONE, *names]
    if st.session_state.get(state.NATIONALITY) not in options:
        st.session_state[state.NATIONALITY] = EVERYONE
    return st.selectbox(
        _("Nationality"),
        options,
        format_func=lambda each: _("Everyone") if each == EVERYONE else nationality_words(each),
        key=state.NATIONALITY,
    )


def _figures(outcome: runs.Outcome, nationality: str, window: corridor.Window) -> None:
    against, days = compared_with(outcome.scenario, outcome.baseline, window), window_words(window)
    if outcome.baseline is not None and against is None:
        words = _("The baseline does not report {year}: there is nothing to compare with.")
        small(words.format(year=days))
    who = _("everyone") if nationality == EVERYONE else nationality_words(nationality)
    rows = hundred.per_hundred(outcome.scenario, against, window, nationality)
    if bool(rows["scenario"].isna().all()):
        st.info(
            _(
                "Nobody departs ({who}, {year}) in some replicate: a number for each hundred is not defined."
            ).format(who=who, year=days)
        )
        return
    whose = f"{who}, {days}"
    for names, title in ((hundred.ENDS, _("What happens")), (hundred.HARM, _("Harm, in events"))):
        _figure(
            rows.loc[rows["indicator"].isin(names).to_numpy()],
            f"{title}: {whose}",
            against is not None,
        )
    save_csv(rows, "hundred.csv", N_("flows for each 100 departures, means and 80% intervals."))
    st.subheader(_("Beside it"))
    others = hundred.beside(outcome.scenario, against, window, nationality)
    st.table(hundred.as_table(others, compared=against is not None))
    small(
        _(
            "Encounters are events: their number for each different person says how often the same people are met "
            "again within these days; different people are counted for a calendar year, or for all that a run reports "
            "of one. Fees are divided by departures of these days, not by those who paid."
        )
    )


def _figure(rows: pd.DataFrame, title: str, compared: bool) -> None:
    words = hundred.describe(rows, title=title, compared=compared, replicates=few_replicates())
    st.altair_chart(
        hundred.bar_chart(rows, title=title, compared=compared, description=words), width="stretch"
    )
    small(words)
    with st.expander(_("As a table: {title}").format(title=title)):
        st.table(hundred.as_table(rows, compared=compared))
