"""The map of one indicator in one month: outlines, and a circle a place. No Streamlit here.

In the flow: summaries of a scenario and its baseline -> `place_rows` (people by place and month) -> `draw`.
"""

from __future__ import annotations

from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

import model
from app.chart import Layers
from app.wording import change, month_words, rounded

View = Literal["scenario", "baseline", "difference"]
COLUMNS = ["period", "place", "label", "latitude", "longitude", "value"]

SHOWN = (
    "encounters_usbp",
    "encounters_ofo",
    "mexico_detections",
    "waiting_north_mexico",
    "shelter_overflow",
    "arrivals_us_city",
    "kidnappings",
    "deaths",
)
"""Indicators that have places on the map: flow, waiting and harm."""

LAND, BORDERS = "#e3e3dd", "#ffffff"
ONE_WAY, OTHER_WAY = "#31688e", "#b5651d"  # told apart by colour-blind readers; neither means better
LARGEST = 2600
HEIGHT = 560
CENTRE = [-94.0, 25.0]
FIT = "min(width / 0.92, height / 0.72)"  # the corridor from Bogotá to New York, on any screen


def place_rows(
    scenario: pd.DataFrame, baseline: pd.DataFrame | None, indicator: str, view: View
) -> pd.DataFrame:
    """Mean people by place and month: ``period, place, label, latitude, longitude, value``.

    Places of a result that are on no map (a return to "northern Mexico", say) are left out.
    """
    means = _means(scenario, indicator)
    if view != "scenario":
        if baseline is None:
            raise ValueError("there is no baseline to show")
        before = _means(baseline, indicator)
        means = before if view == "baseline" else means.sub(before, fill_value=0.0)
    rows = means.rename("value").reset_index()
    places = {
        place.reported_as: place for place in model.load_geography().places if place.latitude is not None
    }
    rows = rows.loc[rows["place"].isin(list(places))].reset_index(drop=True)
    for name in ("label", "latitude", "longitude"):
        rows[name] = [getattr(places[place], name) for place in rows["place"]]
    rows["label"] = [label.removesuffix(" custody") for label in rows["label"]]
    return rows.loc[:, COLUMNS]


def _means(summary: pd.DataFrame, indicator: str) -> pd.Series:
    chosen = (
        (summary["indicator"] == indicator)
        & (summary["nationality"] == "all")
        & (summary["party"] == "all")
        & (summary["place"] != "all")
        & (summary["period"].str.len() == len("2023-06"))
    )
    rows = summary.loc[chosen]
    return pd.Series(rows["mean"].to_numpy(), pd.MultiIndex.from_frame(rows.loc[:, ["period", "place"]]))


def draw(rows: pd.DataFrame, period: str, *, title: str, description: str) -> Layers:
    """The month as circles. Areas are to one scale in all months, so that months can be compared."""
    largest = float(np.abs(rows["value"].to_numpy()).max(initial=1.0))
    month = _largest_first(rows, period)
    month["people"] = [rounded(float(value)) for value in month["value"]]
    month["size"] = np.abs(month["value"].to_numpy())
    month["direction"] = np.where(month["value"] < 0, "fewer", "more")
    outlines = alt.Data(values=model.load_outlines()["features"])
    land = alt.Chart(outlines).mark_geoshape(fill=LAND, stroke=BORDERS, strokeWidth=0.6)
    circles = (
        alt.Chart(month)
        .mark_circle(opacity=0.75, stroke="white", strokeWidth=0.8)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            size=alt.Size(
                "size:Q",
                scale=alt.Scale(domain=[0, largest], range=[0, LARGEST]),
                legend=alt.Legend(title="people", orient="bottom", symbolFillColor=ONE_WAY),
            ),
            color=alt.Color(
                "direction:N",
                scale=alt.Scale(domain=["more", "fewer"], range=[ONE_WAY, OTHER_WAY]),
                legend=None,
            ),
            order=alt.Order("size:Q", sort="descending"),
            tooltip=[alt.Tooltip("label:N", title="place"), alt.Tooltip("people:N", title="people")],
        )
    )
    return (
        alt.layer(land, circles)
        .project("mercator", center=CENTRE, scale=alt.ExprRef(FIT))
        .properties(title=f"{title}, {month_words(period)}", height=HEIGHT, description=description)
    )


def describe(rows: pd.DataFrame, period: str, *, title: str, view: View) -> str:
    """What the map shows, in words: for readers who do not see it, and for those who do."""
    month = _largest_first(rows, period)
    when = month_words(period)
    if month.empty:
        return f"{title}, {when}: nothing to show in any place."
    largest = month.head(3)
    say = change if view == "difference" else rounded
    named = "; ".join(
        f"{label} {say(float(value))}"
        for label, value in zip(largest["label"], largest["value"], strict=True)
    )
    what = "Differences from the baseline" if view == "difference" else f"The {view}"
    return f"{title}, {when}. {what}, largest first: {named}. The area of a circle stands for people."


def month_table(rows: pd.DataFrame, period: str) -> pd.DataFrame:
    """The map as a table: places, most people first."""
    month = _largest_first(rows, period)
    return pd.DataFrame(
        {"people": [rounded(float(value)) for value in month["value"]]},
        index=pd.Index(month["label"], name="place"),
    )


def _largest_first(rows: pd.DataFrame, period: str) -> pd.DataFrame:
    """Places of a month that have anyone, by size."""
    month = rows.loc[(rows["period"] == period) & (np.rint(rows["value"].to_numpy()) != 0)]
    return month.iloc[np.argsort(-np.abs(month["value"].to_numpy()), kind="stable")].copy()
