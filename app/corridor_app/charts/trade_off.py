"""Flow against harm, a point a scenario: rows, words and drawing. No Streamlit here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

import corridor
from corridor.experiments.shared_windows import HIGH, LOW
from corridor.outputs.rows import Cell
from corridor_app.charts.headlines import compared_with, values_during
from corridor_app.charts.palette import palette
from corridor_app.charts.ranking import COLOUR, few_ticks
from corridor_app.choices.compared import FLOW
from corridor_app.words.language import _
from corridor_app.words.wording import people, rounded

COST = "public_cost_usd"
POINTS = [
    "number", "scenario", "title", "flow", "flow_low", "flow_high", "harm", "harm_low", "harm_high", "cost",
]  # fmt: skip

SCATTER_HEIGHT = 380
LABEL_GAP = 20
"""Pixels between two labels of the scatter."""

MARGIN = 0.12
"""Of the span of an axis: free on both sides."""

QUIET = "#9aa5b1"
BILLION = 1e9


def points(
    results: Sequence[corridor.Results], titles: Mapping[str, str], harm: str, window: corridor.Window
) -> pd.DataFrame:
    """Flow, harm and public cost of each run during a window, the baseline first: columns `POINTS`.

    Means over replicates, and 80% of replicates (`_low`, `_high`) of flow and harm; cost in USD. Runs that do not
    report all of the window, as the first does, are out. Number 0 is the baseline.
    """
    rows = []
    cells = [Cell(indicator) for indicator in (FLOW, harm, COST)]
    for number, each in enumerate(results):
        if compared_with(each, results[0], window) is None:
            continue
        values, _theirs = values_during(each, results[0], window, cells)
        if np.isnan(values).any():
            continue
        flow, count, cost = values.T
        spreads = [(float(np.mean(one)), *map(float, np.quantile(one, [LOW, HIGH]))) for one in (flow, count)]
        rows.append(
            (number, each.scenario, titles[each.scenario], *spreads[0], *spreads[1], float(np.mean(cost)))
        )
    return pd.DataFrame(rows, columns=POINTS)


def points_table(rows: pd.DataFrame, harm: str) -> pd.DataFrame:
    """`points` as a reader sees them, with the numbers that label the figure."""
    label = _(corridor.INDICATORS[harm].label)
    names = [
        _("scenario"),
        _("encounters"),
        _("80% of replicates"),
        label,
        _("80% of replicates") + " ",
        _("USD"),
    ]
    interval = _("{low} to {high}")
    found = [
        (
            f"{_(title)} ({number})",
            rounded(people(flow)),
            interval.format(low=rounded(people(flow_low)), high=rounded(people(flow_high))),
            rounded(people(count)),
            interval.format(low=rounded(people(low)), high=rounded(people(high))),
            rounded(cost),
        )
        for number, _name, title, flow, flow_low, flow_high, count, low, high, cost in rows.itertuples(
            index=False, name=None
        )
    ]
    return pd.DataFrame(found, columns=names).set_index(names[0])


def describe_points(rows: pd.DataFrame, harm: str, days: str, replicates: int) -> str:
    """What the scatter shows, in words."""
    label = _(corridor.INDICATORS[harm].label)
    sentence = _("{number}. {title}: {flow} encounters, {harm}: {count}, {cost} USD")
    each = [
        sentence.format(
            number=number,
            title=_(title),
            flow=rounded(people(flow)),
            harm=label,
            count=rounded(people(count)),
            cost=rounded(cost),
        )
        for number, title, flow, count, cost in rows[["number", "title", "flow", "harm", "cost"]].itertuples(
            index=False, name=None
        )
    ]
    return _(
        "Border Patrol encounters across, {label} up, public cost as size: means of {replicates} "
        "replicates over {year}, with bars that hold 80% of them. {each}. Axes do not start at zero. Harm "
        "rests on incomplete counts: read it as an order of magnitude."
    ).format(label=label, replicates=replicates, year=days, each="; ".join(each))


def place_labels(values: Sequence[float], gap: float) -> list[float]:
    """Positions as near as can be (least squares) to values, in the same order, and at least a gap apart."""
    order = np.argsort(values, kind="stable")
    steps = gap * np.arange(len(order))
    placed = np.empty(len(order))
    placed[order] = isotonic_regression(np.asarray(values, dtype=np.float64)[order] - steps).x + steps
    return [float(each) for each in placed]


def points_chart(rows: pd.DataFrame, harm: str, description: str) -> alt.LayerChart | alt.FacetChart:
    """Flow across, harm up, public cost as size; the colour says nothing of good or bad.

    Numbers stand in the right margin, at least `LABEL_GAP` pixels apart, with a line to their point: they cannot
    collide, however near the points are and however narrow the page.
    """
    left, right = _axis_ends(rows[["flow_low", "flow_high"]].to_numpy())
    bottom, top = _axis_ends(rows[["harm_low", "harm_high"]].to_numpy())
    labels = place_labels(list(rows["harm"]), LABEL_GAP * (top - bottom) / (SCATTER_HEIGHT - 4 * LABEL_GAP))
    bottom, top = min(bottom, *labels), max(top, *labels)
    shown = rows.assign(
        billions=rows["cost"] / BILLION, label_x=right, label_y=labels, name=rows["number"].map(str)
    )
    across = alt.Scale(domain=[left, right + MARGIN * (right - left) / 2], nice=False, zero=False)
    up = alt.Scale(domain=[bottom, top], nice=False, zero=False, padding=LABEL_GAP / 2)
    base = alt.Chart(shown).encode(
        x=alt.X("flow:Q", title=_("{label} (events)").format(label=_(corridor.INDICATORS[FLOW].label)), scale=across,
                axis=few_ticks()),
        y=alt.Y("harm:Q", title=_(corridor.INDICATORS[harm].label), scale=up, axis=alt.Axis(format="~s")),
    )  # fmt: skip
    spreads = [
        base.mark_rule(color=QUIET, opacity=0.6).encode(x="flow_low:Q", x2="flow_high:Q"),
        base.mark_rule(color=QUIET, opacity=0.6).encode(y="harm_low:Q", y2="harm_high:Q"),
    ]
    leaders = base.mark_rule(color=QUIET, strokeDash=[2, 2]).encode(x2="label_x:Q", y2="label_y:Q")
    marks = base.mark_circle(opacity=0.8).encode(
        color=alt.condition("datum.number == 0", alt.value(palette().ink), alt.value(COLOUR)),
        size=alt.Size(
            "billions:Q",
            title=_("Public cost, billion USD"),
            scale=alt.Scale(range=[60, 500]),
            legend=alt.Legend(orient="bottom", tickCount=3),
        ),
        tooltip=[
            alt.Tooltip("title:N", title=_("scenario")),
            alt.Tooltip("flow:Q", title=_("encounters"), format=",.0f"),
            alt.Tooltip("harm:Q", title=_(corridor.INDICATORS[harm].label), format=",.0f"),
            alt.Tooltip("billions:Q", title=_("billion USD"), format=".3"),
        ],
    )
    names = base.mark_text(align="left", dx=4, fontSize=13, fontWeight="bold", color=palette().ink).encode(
        x="label_x:Q", y="label_y:Q", text="name:N"
    )
    return alt.layer(*spreads, leaders, marks, names).properties(
        height=SCATTER_HEIGHT, description=description
    )


def _axis_ends(intervals: np.ndarray) -> tuple[float, float]:
    """The ends of an axis that holds all intervals, with a margin."""
    first, last = float(intervals.min()), float(intervals.max())
    margin = MARGIN * (last - first) or max(1.0, abs(last) * MARGIN)
    return first - margin, last + margin
