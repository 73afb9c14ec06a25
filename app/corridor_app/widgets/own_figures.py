"""Observed figures of a visitor's own: brought as a file, drawn and scored beside the run of what happened.

They stay apart from the packaged figures, and with the visitor: nothing is kept on the server, nothing is fitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import altair as alt
import pandas as pd
import streamlit as st

import corridor
from corridor_app.charts import chart
from corridor_app.charts.palette import palette
from corridor_app.jobs import own_figures, runs
from corridor_app.jobs.visitors import visitor
from corridor_app.widgets.downloads import save_csv
from corridor_app.widgets.page import errors_shown, note_what_is_english, small
from corridor_app.widgets.scenario_runs import run_shown
from corridor_app.words.foreign import shortened
from corridor_app.words.language import N_, _
from corridor_app.words.wording import month_words, nationality_words

HISTORY = "history"
REPLICATES = 10
EVERYTHING = "all"
LOCALES = {"en": "12,345", "es": "12.345"}
YOURS = N_("your figures")
RAN = "figures-ran"
HEIGHT = 300


def show_own_figures() -> None:
    """The part of a page: the file, what was read of it, and the run beside it when it is asked for."""
    st.subheader(_("Figures of your own"))
    st.markdown(
        _(
            "Publishers add months and revise old ones. Bring CBP's nationwide encounters as CSV, or a table with "
            "the columns indicator, period and value (and place, nationality, party), and see the run of what "
            "happened beside it. Your figures stay apart from the packaged ones, nothing is fitted to them, and they "
            "are forgotten when you leave."
        )
    )
    found = ask_figures("figures")
    if found is None:
        return
    if st.button(_("Run history beside it"), type="primary", key="figures-run"):
        st.session_state[RAN] = found.asked
    if st.session_state.get(RAN) == found.asked:
        with errors_shown():
            _beside(found.series)


@dataclass(frozen=True)
class Asked:
    """A visitor's file of figures that could be read, and what makes another question of it."""

    series: corridor.ObservedSeries
    asked: tuple[object, ...]


def ask_figures(key: str) -> Asked | None:
    """The part of a page that takes a visitor's file and says what was read of it; none while there is none to use.

    Parameters
    ----------
    key
        What the keys of its widgets begin with.
    """
    given = st.file_uploader(
        _("Observed figures"),
        type=["csv"],
        key=f"{key}-file",
        max_upload_size=own_figures.MOST_MB,
        help=_("One CSV file of at most {size} MB.").format(size=own_figures.MOST_MB),
    )
    left, right = st.columns(2)
    with left:
        locale = st.segmented_control(
            _("How its numbers are written"),
            list(LOCALES),
            default="en",
            format_func=LOCALES.__getitem__,
            key=f"{key}-locale",
        )
    with right:
        vintage = st.date_input(
            _("Read on"),
            None,
            key=f"{key}-vintage",
            help=_("The day on which the figures were read. A month that had not ended then is left out."),
        )
    if given is None:
        return None
    runs.readers().prepare()
    content = given.read(own_figures.MOST_MB * 1_000_000 + 1)
    given.seek(0)
    found = own_figures.read_figures(
        given.name, content, runs.readers(), visitor(), locale=locale or "en", vintage=vintage
    )
    if found.series is None:
        st.error(_("This file cannot be read."))
        note_what_is_english(
            N_("Most of what is wrong in a file is said in English, as the command line says it.")
        )
        st.code(shortened(found.errors), language=None, wrap_lines=True)
        return None
    _what_was_read(found.file, found.series)
    return Asked(found.series, (found.series.sha256, f"{vintage}", locale))


def _what_was_read(file: str, series: corridor.ObservedSeries) -> None:
    """What a visitor wrote is shown as plain text only."""
    words = _("{file}: {count} figures, {first} to {last}; publisher {publisher}, read {vintage}")
    names = {
        "file": file,
        "count": len(series.rows),
        "first": month_words(series.periods[0]),
        "last": month_words(series.periods[-1]),
        "publisher": series.publisher,
        "vintage": series.vintage,
    }
    st.text(shortened(words.format(**names)))
    if series.notes:
        note_what_is_english(N_("Notes on the file are in English, as the command line writes them."))
        st.text(shortened("\n".join(series.notes)))


def _beside(series: corridor.ObservedSeries) -> None:
    scenario = corridor.load_scenario(HISTORY)
    run = run_shown(scenario, None, REPLICATES, scenario.run.seed).scenario
    yours, packaged = own_figures.scores_of(run, series, corridor.read_observed("packaged"))
    if yours is None:
        st.info(_("The run and your figures have no month and no number in common."))
        return
    wholes = yours.scores[(yours.scores["place"] == EVERYTHING) & (yours.scores["party"] == EVERYTHING)]
    if wholes.empty:
        st.info(_("Your figures are by place or party only; `corridor observed score` scores those too."))
        return
    indicators = list(dict.fromkeys(wholes["indicator"]))
    left, right = st.columns(2)
    with left:
        chosen = st.selectbox(
            _("Indicator"),
            indicators,
            format_func=lambda each: _(corridor.INDICATORS[each].label),
            key="figures-indicator",
        )
    indicator = chosen or indicators[0]
    cells = list(wholes.loc[wholes["indicator"] == indicator, "nationality"])
    with right:
        of = st.selectbox(
            _("Nationality"),
            cells,
            format_func=lambda each: _("everyone") if each == EVERYTHING else nationality_words(each),
            key=f"figures-of-{indicator}",
        )
    nationality = of or cells[0]
    rows = chart.month_rows(
        runs.summarise(runs.run_key(scenario, REPLICATES, scenario.run.seed), run),
        indicator,
        (EVERYTHING, nationality, EVERYTHING),
    )
    _draw(rows, yours, indicator, nationality)
    table = score_table(yours, packaged, indicator)
    st.table(table)
    small(
        _(
            "Error: the sum of absolute errors of months over the sum of what was observed, over those of your "
            "months that the run reports. The model was fitted to packaged months: a low error on those says little."
        )
    )
    save_csv(yours.months, "scores-months.csv", N_("your figures beside the run, by month"))


def score_table(
    yours: corridor.ObservedScores, packaged: corridor.ObservedScores | None, indicator: str
) -> pd.DataFrame:
    """Errors of the run by nationality, on a visitor's figures and on the packaged ones, in words."""
    ours = {} if packaged is None else _errors(packaged, indicator)
    rows = {
        (_("everyone") if name == EVERYTHING else nationality_words(name)): {
            _("months"): f"{months}",
            _("error on your figures"): error,
            _("error on packaged figures of the same months"): ours.get(name, (0, ""))[1],
        }
        for name, (months, error) in _errors(yours, indicator).items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(_("nationality"))


def _errors(scored: corridor.ObservedScores, indicator: str) -> Mapping[str, tuple[int, str]]:
    scores = scored.scores
    whole = (scores["place"] == EVERYTHING) & (scores["party"] == EVERYTHING)
    of = scores.loc[whole & (scores["indicator"] == indicator), ["nationality", "months", "wape"]]
    return {
        name: (months, "" if error != error else f"{error:.1%}")
        for name, months, error in of.itertuples(index=False)
    }


def _draw(rows: pd.DataFrame, yours: corridor.ObservedScores, indicator: str, nationality: str) -> None:
    """The run's months with packaged figures as points, and a visitor's as diamonds."""
    title = _(corridor.INDICATORS[indicator].label)
    own = yours.months[
        (yours.months["indicator"] == indicator)
        & (yours.months["nationality"] == nationality)
        & (yours.months["place"] == EVERYTHING)
        & (yours.months["party"] == EVERYTHING)
    ]
    points = pd.DataFrame(
        {
            "date": pd.to_datetime(own["period"], format="%Y-%m") + chart.MID_MONTH,
            "value": own["observed"],
            "run": own["simulated"],
        }
    )
    cell = (EVERYTHING, nationality, EVERYTHING)
    packaged = chart.observed_rows(indicator, cell, list(rows["period"]))
    fan = corridor.fan_chart(
        rows,
        None,
        title=title,
        names=(_("run"), _(chart.BASELINE)),
        observed=packaged,
        height=HEIGHT,
        colours=palette().fan,
        say=_,
    )
    diamonds = (
        alt.Chart(points)
        .mark_point(shape="diamond", size=90, color=palette().ink, strokeWidth=2)
        .encode(
            x=alt.X("date:T", title=None),
            y=alt.Y("value:Q"),
            tooltip=[
                alt.Tooltip("date:T", title=_("month"), format="%B %Y"),
                alt.Tooltip("value:Q", title=_(YOURS), format=",.0f"),
                alt.Tooltip("run:Q", title=_("run"), format=",.0f"),
            ],
        )
    )
    words = _(
        "{title} by month: the run of what happened, packaged figures as points, your figures as diamonds."
    )
    said = words.format(title=title)
    st.altair_chart(chart.with_months(alt.layer(fan, diamonds).properties(description=said)), width="stretch")
    small(said)
