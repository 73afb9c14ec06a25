"""Validation: how far off the model has been on months that its fit had not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

import model
from app.widgets import read_text, small
from app.wording import joined

FORECASTS = {
    "mape": "model, policies known",
    "mape_announced": "model, policies as announced",
    "mape_persistence": "repeating the last month",
}
COLOURS = ("#b5472f", "#d9a08f", "#4c6272")
BAND = "in_80"
BAND_SHARE = 0.8
BETTER = "nationalities_better"
AHEAD = "months ahead"
HEIGHT = 260

Horizons = Mapping[str, Mapping[str, Any]]


def show() -> None:
    st.title("How far off the model has been")
    skill = model.load_skill()
    horizons: Horizons = dict(sorted(skill["horizons"].items(), key=lambda each: int(each[0])))
    st.markdown(read_text("validation.md"))
    first, last = skill["origins"]
    st.markdown(
        f"Forecasts began in every month from {first} to {last}; scored was {skill['held_out']}. A projection is "
        f"conditional on its scenario, and **no level is claimed beyond {max(map(int, horizons))} months**."
    )
    _errors(horizons)
    _coverage(horizons)
    _nationalities(horizons)
    _failures(horizons)
    _elsewhere()


def score_table(horizons: Horizons) -> pd.DataFrame:
    """The record as a table: a row for every number of months ahead, a column for every score that it holds."""
    words = {"cases": "forecasts scored", **FORECASTS, BAND: "months inside the 80% band"}
    rows = {
        ahead: {
            title: str(found[key]) if key == "cases" else f"{found[key]:.1%}"
            for key, title in words.items()
            if key in found
        }
        for ahead, found in horizons.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").fillna("")
    return table.rename_axis(AHEAD)


def failures(horizons: Horizons) -> list[str]:
    """Where the record says that the model was no better than repeating the last month, or its band misled."""
    found = []
    for key, name in list(FORECASTS.items())[:2]:
        worse = [
            f"{ahead} ({each[key]:.1%} against {each['mape_persistence']:.1%})"
            for ahead, each in horizons.items()
            if key in each and "mape_persistence" in each and each[key] >= each["mape_persistence"]
        ]
        if worse:
            found.append(f"No better than repeating the last month: {name}, months ahead: {joined(worse)}.")
    full = [ahead for ahead, each in horizons.items() if each.get(BAND) == 1]
    if full:
        found.append(f"The 80% band held every month {_ahead(full)}: it is too wide there.")
    short = [ahead for ahead, each in horizons.items() if each.get(BAND, 1) < BAND_SHARE]
    if short:
        found.append(f"The 80% band held too few months {_ahead(short)}: it is too narrow there.")
    return found


def _ahead(numbers: Sequence[str]) -> str:
    return f"{joined(numbers)} {'month' if list(numbers) == ['1'] else 'months'} ahead"


def _errors(horizons: Horizons) -> None:
    st.subheader("Error in all encounters")
    rows = pd.DataFrame(
        [
            {AHEAD: ahead, "forecast": name, "error": found[key]}
            for ahead, found in horizons.items()
            for key, name in FORECASTS.items()
            if key in found
        ]
    )
    order, names = list(horizons), list(FORECASTS.values())
    words = (
        "Mean absolute percentage error by months ahead, of the model with policies known, of the model with only "
        "announced policies known, and of repeating the last month. Lower is better."
    )
    drawn = (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=alt.X(f"{AHEAD}:N", sort=order, axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("forecast:N", sort=names),
            y=alt.Y("error:Q", title="mean absolute error", axis=alt.Axis(format="%")),
            color=alt.Color(
                "forecast:N",
                sort=names,
                scale=alt.Scale(domain=names, range=list(COLOURS)),
                legend=alt.Legend(title=None, orient="top", labelLimit=0),
            ),
            tooltip=[f"{AHEAD}:N", "forecast:N", alt.Tooltip("error:Q", format=".1%")],
        )
        .properties(height=HEIGHT, description=words)
    )
    st.altair_chart(drawn, width="stretch")
    small(f"{words} Policies are known in scenarios of the past; nobody knew them at the time.")
    st.table(score_table(horizons))


def _coverage(horizons: Horizons) -> None:
    rows = pd.DataFrame(
        [{AHEAD: ahead, "share": found[BAND]} for ahead, found in horizons.items() if BAND in found]
    )
    if rows.empty:
        return
    st.subheader("Months inside the 80% band")
    words = "Share of months that lay inside the 80% band of the model, by months ahead; the line marks 80%."
    bars = (
        alt.Chart(rows)
        .mark_bar(color=COLOURS[0], size=40)
        .encode(
            x=alt.X(f"{AHEAD}:N", sort=list(horizons), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("share:Q", title="share of months", axis=alt.Axis(format="%")).scale(domain=[0, 1]),
            tooltip=[f"{AHEAD}:N", alt.Tooltip("share:Q", format=".1%")],
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
    st.subheader("By nationality")
    rows = {
        name: {_ahead([ahead]): "better" if name in each else "not better" for ahead, each in better.items()}
        for name in names
    }
    st.table(pd.DataFrame.from_dict(rows, orient="index").rename_axis("nationality"))
    small(
        "Better or not than repeating the last month, with policies known. Nationalities that are not in the table "
        "were not scored, or were better at none of these. The record has no errors by nationality."
    )


def _failures(horizons: Horizons) -> None:
    st.subheader("Where the model failed")
    st.markdown("\n".join(f"- {each}" for each in failures(horizons)) or "The record names no failure.")


def _elsewhere() -> None:
    small(
        "The record in the package holds what is on this page. Errors by nationality, policy breaks that were left "
        "out of the fit, other simple forecasts and what each mechanism is worth are in `docs/hindcast.md`; "
        "acceptance tests, with those that fail, in `docs/validation.md`."
    )
