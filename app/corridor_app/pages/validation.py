"""Validation: how far off the model has been on months that its fit had not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

import corridor
from corridor.outputs.rows import ENCOUNTERS
from corridor_app.charts.palette import palette
from corridor_app.pages import blind
from corridor_app.widgets.own_figures import show_own_figures
from corridor_app.widgets.page import small
from corridor_app.words.language import N_, _
from corridor_app.words.texts import read_text
from corridor_app.words.wording import NOT_YET_SCORED, joined, month_words, nationality_words

MODEL = {
    "mape_announced": N_("model, policies as announced"),
    "mape": N_("model, policies known"),
}
SIMPLE = {
    "mape_persistence": N_("repeating the last month"),
    "mape_last_year": N_("the same month last year"),
    "mape_mean": N_("the mean of last month and last year's month"),
}
FORECASTS = {**MODEL, **SIMPLE}
KNOWN_COLOUR, LAST_YEAR_COLOUR, MEAN_COLOUR = "#d9a08f", "#b9b4ac", "#d8d5cf"
BAND = "in_80"
BAND_SHARE = 0.8
BETTER = "nationalities_better"
AHEAD = N_("months ahead")
HEIGHT = 260

Horizons = Mapping[str, Mapping[str, Any]]


def show() -> None:
    st.title(_("How far off the model has been"))
    skill = corridor.load_skill()
    horizons: Horizons = dict(sorted(skill["horizons"].items(), key=lambda each: int(each[0])))
    if not skill.get("of_this_fit"):
        st.warning(_(NOT_YET_SCORED))
    st.markdown(read_text("validation.md"))
    first, last = skill["origins"]
    held_out = skill["held_out"]
    st.markdown(
        _(
            "Forecasts began in every month from {first} to {last}; scored was {held_out}. A projection is "
            "conditional on its scenario, and **no level is claimed beyond {months} months**."
        ).format(first=first, last=last, held_out=_(held_out), months=max(map(int, horizons)))
    )
    _failures(horizons)
    _errors(horizons)
    _coverage(horizons)
    _nationalities(horizons)
    _blind()
    show_own_figures()
    _elsewhere()


def score_table(horizons: Horizons) -> pd.DataFrame:
    """The record as a table: a row for every number of months ahead, a column for every score that it holds."""
    words = {"cases": N_("forecasts scored"), **FORECASTS, BAND: N_("months inside the 80% band")}
    rows = {
        ahead: {
            _(title): str(found[key]) if key == "cases" else f"{found[key]:.1%}"
            for key, title in words.items()
            if key in found
        }
        for ahead, found in horizons.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").fillna("")
    return table.rename_axis(_(AHEAD))


def failures(horizons: Horizons) -> list[str]:
    """Where the record says that the model was no better than a forecast without it, or its band misled."""
    found = []
    for key, name in MODEL.items():
        for other, opponent in SIMPLE.items():
            worse = [
                _("{months} ({error} against {other})").format(
                    months=ahead, error=f"{each[key]:.1%}", other=f"{each[other]:.1%}"
                )
                for ahead, each in horizons.items()
                if key in each and other in each and each[key] >= each[other]
            ]
            if worse:
                words = _("No better than {opponent}: {name}, months ahead: {months}.")
                found.append(words.format(opponent=_(opponent), name=_(name), months=joined(worse)))
    full = [ahead for ahead, each in horizons.items() if each.get(BAND) == 1]
    if full:
        words = _("The 80% band held every month {ahead}: it is too wide there.")
        found.append(words.format(ahead=_ahead(full)))
    short = [ahead for ahead, each in horizons.items() if each.get(BAND, 1) < BAND_SHARE]
    if short:
        words = _("The 80% band held too few months {ahead}: it is too narrow there.")
        found.append(words.format(ahead=_ahead(short)))
    return found


def _ahead(numbers: Sequence[str]) -> str:
    words = _("{number} month ahead") if list(numbers) == ["1"] else _("{number} months ahead")
    return words.format(number=joined(numbers))


def _errors(horizons: Horizons) -> None:
    st.subheader(_("Error in all encounters"))
    rows = pd.DataFrame(
        [
            {"ahead": ahead, "forecast": _(name), "error": found[key]}
            for ahead, found in horizons.items()
            for key, name in FORECASTS.items()
            if key in found
        ]
    )
    order, names = list(horizons), [_(each) for each in FORECASTS.values()]
    words = _(
        "Mean absolute percentage error by months ahead, of the model with policies known, of the model with only "
        "announced policies known, and of repeating the last month. Lower is better."
    )
    drawn = (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("ahead:N", title=_(AHEAD), sort=order, axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("forecast:N", sort=names),
            y=alt.Y("error:Q", title=_("mean absolute error"), axis=alt.Axis(format="%")),
            color=alt.Color(
                "forecast:N",
                sort=names,
                scale=alt.Scale(
                    domain=names,
                    range=[
                        palette().scenario,
                        KNOWN_COLOUR,
                        palette().baseline,
                        LAST_YEAR_COLOUR,
                        MEAN_COLOUR,
                    ],
                ),
                legend=alt.Legend(title=None, orient="top", labelLimit=0),
            ),
            tooltip=[
                alt.Tooltip("ahead:N", title=_(AHEAD)),
                alt.Tooltip("forecast:N", title=_("forecast")),
                alt.Tooltip("error:Q", title=_("error"), format=".1%"),
            ],
        )
        .properties(height=HEIGHT, description=words)
    )
    st.altair_chart(drawn, width="stretch")
    small(f"{words} {_('Policies are known in scenarios of the past; nobody knew them at the time.')}")
    st.table(score_table(horizons))


def _coverage(horizons: Horizons) -> None:
    rows = pd.DataFrame(
        [{"ahead": ahead, "share": found[BAND]} for ahead, found in horizons.items() if BAND in found]
    )
    if rows.empty:
        return
    st.subheader(_("Months inside the 80% band"))
    words = _(
        "Share of months that lay inside the 80% band of the model, by months ahead; the line marks 80%."
    )
    bars = (
        alt.Chart(rows)
        .mark_bar(color=palette().scenario, size=40)
        .encode(
            x=alt.X("ahead:N", title=_(AHEAD), sort=list(horizons), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("share:Q", title=_("share of months"), axis=alt.Axis(format="%")).scale(domain=[0, 1]),
            tooltip=[
                alt.Tooltip("ahead:N", title=_(AHEAD)),
                alt.Tooltip("share:Q", title=_("share of months"), format=".1%"),
            ],
        )
    )
    rule = alt.Chart(pd.DataFrame({"share": [BAND_SHARE]})).mark_rule(strokeDash=[4, 3]).encode(y="share:Q")
    st.altair_chart((bars + rule).properties(height=HEIGHT, description=words), width="stretch")
    small(words)


def _nationalities(horizons: Horizons) -> None:
    better = {ahead: found[BETTER] for ahead, found in horizons.items() if BETTER in found}
    names = sorted({name for each in better.values() for name in each})
    if not names:
        return
    st.subheader(_("By nationality"))
    rows = {
        nationality_words(name): {
            _ahead([ahead]): _("better") if name in each else _("not better")
            for ahead, each in better.items()
        }
        for name in names
    }
    st.table(pd.DataFrame.from_dict(rows, orient="index").rename_axis(_("nationality")))
    small(
        _(
            "Better or not than repeating the last month, with policies as announced. Nationalities that are not in "
            "the table were not scored, or were better at none of these. The record has no errors by nationality."
        )
    )


def _failures(horizons: Horizons) -> None:
    st.subheader(_("Where the model failed"))
    st.markdown("\n".join(f"- {each}" for each in failures(horizons)) or _("The record names no failure."))


def _blind() -> None:
    st.subheader(_("Blind tests"))
    scores = corridor.load_blind_scores()
    for row in scores.loc[scores["indicator"] == ENCOUNTERS].drop_duplicates("record").to_dict("records"):
        words = _(
            "On months that nobody who made it had looked at, {first} to {last}, version {version} was off by {error} "
            "in all encounters; the same months of the year before were off by {year}."
        )
        st.markdown(
            words.format(
                first=month_words(row["first"]),
                last=month_words(row["last"]),
                version=row["record"],
                error=f"{row['wape']:.0%}",
                year=f"{row['wape_last_year']:.0%}",
            )
        )
    st.page_link(
        st.Page(blind.show, title=_("Blind record"), url_path=blind.NAME),
        label=_("The blind record"),
        icon=":material/arrow_forward:",
    )


def _elsewhere() -> None:
    small(
        _(
            "The record in the package holds what is on this page. Errors by nationality, policy breaks that were "
            "left out of the fit, other simple forecasts and what each mechanism is worth are in "
            "`docs/hindcast.md`; acceptance tests, with those that fail, in `docs/validation.md`."
        )
    )
