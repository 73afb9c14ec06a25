"""Several scenarios beside one baseline: rows, words and drawing of the ranking and of flow against harm. No Streamlit.

In the flow: ensembles of one baseline and some scenarios -> `rank` (paired differences of one indicator) and `points`
(levels of flow, harm and cost), a row a scenario -> tables, figures and the sentences that say what they show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

import corridor
from corridor_app.charts.headlines import HIGH, LOW, measure, over
from corridor_app.charts.palette import palette
from corridor_app.words.language import _
from corridor_app.words.wording import change, day_words, joined, people, relative, rounded, year_words

FLOW, COST = "encounters_usbp", "public_cost_usd"
HARMS = ("deaths", "kidnappings", "sexual_violence", "robberies", "extortions")
ALL_TOGETHER = ("all", "all", "all")

RANKED = ["number", "scenario", "title", "value", "baseline", "difference", "low", "high", "relative"]
POINTS = [
    "number", "scenario", "title", "flow", "flow_low", "flow_high", "harm", "harm_low", "harm_high", "cost",
]  # fmt: skip

ROW_HEIGHT = 52
TITLE_ABOVE = -13
SCATTER_HEIGHT = 380
LABEL_GAP = 20
"""Pixels between two labels of the scatter."""

MARGIN = 0.12
"""Of the span of an axis: free on both sides."""

COLOUR, QUIET = "#5f83b3", "#9aa5b1"
BILLION = 1e9


def comparable(results: corridor.Results, baseline: corridor.Results, year: str) -> bool:
    """Whether a run and its baseline both cover a year, or part of one, wholly."""
    return year in corridor.shared_periods(results, baseline).years


def period_words(scenarios: Sequence[corridor.Scenario], baseline: corridor.Scenario) -> str:
    """Which scenarios end on another day than the baseline; nothing where all end on the same."""
    last = baseline.timeline.end
    others = [
        _("{title} ends on {day}").format(title=_(each.title or each.name), day=day_words(each.timeline.end))
        for each in scenarios
        if each.timeline.end != last
    ]
    if not others:
        return ""
    return _("Periods differ: the baseline ends on {day}; {others}. Only months that both cover wholly are compared; "
             "part of a year is named by its months.").format(day=day_words(last), others=joined(others))  # fmt: skip


def own_baseline_words(scenarios: Sequence[corridor.Scenario], baseline: corridor.Scenario) -> str:
    """Which scenarios are meant to be compared with another one; nothing where none is."""
    others = [
        _("{title} (its own baseline: {other})").format(
            title=_(each.title or each.name), other=_(_title(each.baseline_name))
        )
        for each in scenarios
        if each.baseline_name not in (None, baseline.name)
    ]
    if not others:
        return ""
    return _("The difference also holds what sets two baselines apart for: {others}.").format(
        others="; ".join(others)
    )


def _title(name: str | None) -> str:
    return corridor.load_scenario(name).title or name if name else ""


# --- ranking ------------------------------------------------------------------------------------------------------


def rank(
    baseline: corridor.Results,
    others: Sequence[corridor.Results],
    titles: Mapping[str, str],
    indicator: str,
    year: str,
) -> pd.DataFrame:
    """Scenarios by their paired difference from the baseline, largest fall first.

    Returns
    -------
    Columns `RANKED`: number (place among `others`, from 1), means, the mean of the paired differences, its 80%
    interval, and the difference as a share of the baseline. Runs that are not `comparable` are left out.
    """
    rows = []
    for number, each in enumerate(others, 1):
        found = measure(each, baseline, year, indicator) if comparable(each, baseline, year) else None
        if found is not None and found.difference == found.difference:
            values = (found.scenario, found.baseline, found.difference, found.low, found.high, found.relative)
            rows.append((number, each.scenario, titles[each.scenario], *values))
    rows.sort(key=lambda row: row[5])
    return pd.DataFrame(rows, columns=RANKED)


def rank_table(rows: pd.DataFrame) -> pd.DataFrame:
    """`rank` as a reader sees it."""
    names = [_("scenario"), _("value"), _("baseline"), _("difference"), _("80% interval"), _("relative")]
    interval = _("{low} to {high}")
    found = [
        (
            f"{_(title)} ({number})",
            rounded(value),
            rounded(base),
            change(difference),
            interval.format(low=change(low), high=change(high)),
            relative(share),
        )
        for number, _name, title, value, base, difference, low, high, share in rows.itertuples(
            index=False, name=None
        )
    ]
    return pd.DataFrame(found, columns=names).set_index(names[0])


def describe_rank(rows: pd.DataFrame, indicator: str, year: str, replicates: int) -> str:
    """What the figure of the ranking shows, in words."""
    each = [
        f"{_(title)}: {change(difference)} ({change(low)} to {change(high)})"
        for title, difference, low, high in rows[["title", "difference", "low", "high"]].itertuples(
            index=False, name=None
        )
    ]
    return _(
        "Difference from the baseline in {label}, {year}, a row a scenario, largest fall first: a point is "
        "the mean of {replicates} paired differences, a bar holds 80% of them. {each}."
    ).format(
        label=_(corridor.INDICATORS[indicator].label),
        year=year_words(year),
        replicates=replicates,
        each="; ".join(each),
    )


def rank_chart(rows: pd.DataFrame, indicator: str, description: str) -> alt.LayerChart | alt.FacetChart:
    """Differences with their intervals; titles lie above the bars, so that a phone has room for both."""
    shown = rows.assign(
        words=[f"{_(title)} ({number})" for number, title in rows[["number", "title"]].to_numpy()]
    )
    order = list(shown["words"])
    base = alt.Chart(shown).encode(y=alt.Y("words:N", sort=order, title=None, axis=None))
    unit = _(corridor.INDICATORS[indicator].unit)
    low = alt.X("low:Q", title=_("difference from the baseline ({unit})").format(unit=unit), axis=_axis())
    bars = base.mark_rule(color=COLOUR, strokeWidth=4, opacity=0.5).encode(x=low, x2="high:Q")
    marks = base.mark_point(color=COLOUR, filled=True, size=80, opacity=1).encode(
        x="difference:Q",
        tooltip=[
            alt.Tooltip("words:N", title=_("scenario")),
            alt.Tooltip("difference:Q", title=_("difference"), format="+,.4~g"),
            alt.Tooltip("low:Q", title="10%", format="+,.4~g"),
            alt.Tooltip("high:Q", title="90%", format="+,.4~g"),
        ],
    )
    names = base.mark_text(align="left", dy=TITLE_ABOVE, fontSize=12, color=palette().ink).encode(
        x=alt.value(2), text="words:N"
    )
    nothing = (
        alt.Chart(pd.DataFrame({"x": [0.0]}))
        .mark_rule(color=palette().ink, strokeDash=[4, 3])
        .encode(x="x:Q")
    )
    height = ROW_HEIGHT * max(len(rows), 1) + ROW_HEIGHT
    return alt.layer(nothing, bars, marks, names).properties(height=height, description=description)


# --- flow and harm ------------------------------------------------------------------------------------------------


def points(
    results: Sequence[corridor.Results], titles: Mapping[str, str], harm: str, year: str
) -> pd.DataFrame:
    """Flow, harm and public cost of each run in a year, the baseline first: columns `POINTS`.

    Means over replicates, and 80% of replicates (`_low`, `_high`) of flow and harm; cost in USD. Runs that report other
    months of the year than the first are out. Number 0 is the baseline.
    """
    rows = []
    for number, each in enumerate(results):
        if not comparable(each, results[0], year):
            continue
        months = _recorded(results, year)
        flow, count, cost = (over(each, months, indicator, ALL_TOGETHER) for indicator in (FLOW, harm, COST))
        if flow is None or count is None or cost is None:
            continue
        spreads = [(float(np.mean(one)), *map(float, np.quantile(one, [LOW, HIGH]))) for one in (flow, count)]
        rows.append(
            (number, each.scenario, titles[each.scenario], *spreads[0], *spreads[1], float(np.mean(cost)))
        )
    return pd.DataFrame(rows, columns=POINTS)


def _recorded(results: Sequence[corridor.Results], year: str) -> list[str]:
    """The recorded periods that a year, or part of one, is the sum of in every run that covers it."""
    parts = [corridor.shared_periods(each, results[0]).parts.get(year, ()) for each in results]
    return list(max(parts, key=len))


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


def describe_points(rows: pd.DataFrame, harm: str, year: str, replicates: int) -> str:
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
        "replicates in {year}, with bars that hold 80% of them. {each}. Axes do not start at zero. Harm "
        "rests on incomplete counts: read it as an order of magnitude."
    ).format(label=label, replicates=replicates, year=year_words(year), each="; ".join(each))


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
                axis=_axis()),
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


def _axis() -> alt.Axis:
    """Few ticks, in short numbers: a phone has room for them."""
    return alt.Axis(format="~s", tickCount=5, labelOverlap=True)
