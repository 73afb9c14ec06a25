"""Several scenarios ranked beside one baseline: rows, words and drawing. No Streamlit here."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

import corridor
from corridor.outputs.rows import Cell
from corridor_app.charts.chart import difference_tooltips
from corridor_app.charts.headlines import measure
from corridor_app.charts.palette import palette
from corridor_app.words.language import N_, _
from corridor_app.words.wording import change, relative, rounded

RANKED = [
    "number", "scenario", "title", "value", "baseline", "difference", "low", "high", "relative", "told_apart",
]  # fmt: skip
TOLD_APART = {"": "", "yes": N_("yes"), "no": N_("not from the row above")}

ROW_HEIGHT = 52
TITLE_ABOVE = -13
COLOUR = "#5f83b3"


def rank(comparison: corridor.Comparison, titles: Mapping[str, str], indicator: str) -> pd.DataFrame:
    """Scenarios by their paired difference from one baseline, largest fall first, all over one window.

    Returns
    -------
    Columns `RANKED`: number (place among the scenarios, from 1), means, the mean of the paired differences, its 80%
    interval, the difference as a share of the baseline, and whether a row can be told apart from the one above it
    (`Comparison.ranking`, from which all but the levels are). A scenario that does not report the indicator is out.
    """
    if comparison.window is None:
        return pd.DataFrame(columns=RANKED)
    found = {
        after.scenario: (number, measure(after, before, comparison.window, indicator))
        for number, (before, after) in enumerate(comparison.pairs, 1)
        if Cell(indicator) in after.index and Cell(indicator) in before.index
    }
    rows = []
    for row in comparison.ranking(indicator).to_dict("records") if found else ():
        number, level = found[row["scenario"]]
        if level is not None and row["difference"] == row["difference"]:
            changed = (row["difference"], row["low"], row["high"], row["relative"], row["told_apart"])
            name = row["scenario"]
            rows.append((number, name, titles[name], level.scenario, level.baseline, *changed))
    return pd.DataFrame(rows, columns=RANKED)


def rank_table(rows: pd.DataFrame) -> pd.DataFrame:
    """`rank` as a reader sees it."""
    names = [
        _("scenario"), _("difference"), _("80% interval"), _("relative"), _("value"), _("baseline"), _("told apart"),
    ]  # fmt: skip
    interval = _("{low} to {high}")
    found = [
        (
            f"{_(title)} ({number})",
            change(difference),
            interval.format(low=change(low), high=change(high)),
            relative(share),
            rounded(value),
            rounded(base),
            _(TOLD_APART[apart]),
        )
        for number, _name, title, value, base, difference, low, high, share, apart in rows.itertuples(
            index=False, name=None
        )
    ]
    return pd.DataFrame(found, columns=names).set_index(names[0])


def describe_rank(rows: pd.DataFrame, indicator: str, days: str, replicates: int) -> str:
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
        year=days,
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
    low = alt.X("low:Q", title=_("difference from the baseline ({unit})").format(unit=unit), axis=few_ticks())
    bars = base.mark_rule(color=COLOUR, strokeWidth=4, opacity=0.5).encode(x=low, x2="high:Q")
    marks = base.mark_point(color=COLOUR, filled=True, size=80, opacity=1).encode(
        x="difference:Q",
        tooltip=[
            alt.Tooltip("words:N", title=_("scenario")),
            *difference_tooltips(),
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


def few_ticks() -> alt.Axis:
    """Few ticks, in short numbers: a phone has room for them."""
    return alt.Axis(format="~s", tickCount=5, labelOverlap=True)
