"""What scenarios change in one indicator, month by month: rows, words and drawing. No Streamlit here.

In the flow: `Comparison` of one cell -> `difference_rows` (a row a month, as in compare.csv) -> `difference_chart`, a
chart a scenario with its 80% band, all on the same axes.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

import corridor
from corridor.outputs.rows import Cell
from corridor_app.charts.chart import MID_MONTH, difference_tooltips, with_months
from corridor_app.charts.palette import palette
from corridor_app.words.language import _
from corridor_app.words.wording import change, month_words

COLUMNS = {
    "scenario": "scenario", "baseline": "baseline", "period": "period", "difference_mean": "difference",
    "difference_p10": "low", "difference_p90": "high",
}  # fmt: skip
BEFORE = 2
"""Months shown before the first difference: there both are the same, to the last person."""

HEIGHT = 220
SHADE = "#9aa5b1"


def difference_rows(results: Sequence[corridor.Results], cell: Cell, window: corridor.Window) -> pd.DataFrame:
    """Paired differences by month of each run from the first: columns `COLUMNS` and `date` (mid-month).

    From shortly before the first difference, or from the first month of the window where that is earlier, to the end
    that all report. A run that does not report the cell has no rows.
    """
    small = [each.only([cell]) for each in results]
    table = corridor.compare(small, baseline=results[0].scenario).table()
    rows = table.loc[table["period"].str.len() == len("2023-12"), list(COLUMNS)].rename(columns=COLUMNS)
    rows = rows.astype(dict.fromkeys(("scenario", "baseline", "period"), str))
    months = sorted(set(rows["period"]))
    differ = sorted(set(rows.loc[rows["difference"].ne(0) | rows["low"].ne(rows["high"]), "period"]))
    first = months[max(0, months.index(differ[0]) - BEFORE)] if differ else months[0] if months else ""
    rows = rows.loc[rows["period"] >= min(first, f"{window.first:%Y-%m}")].reset_index(drop=True)
    return rows.assign(date=pd.to_datetime(rows["period"], format="%Y-%m") + MID_MONTH)


def difference_chart(
    rows: pd.DataFrame,
    scenario: str,
    window: corridor.Window,
    *,
    unit: str,
    description: str,
) -> alt.LayerChart | alt.FacetChart:
    """The differences of one of the scenarios, on the axes of all; the days compared are shaded among others."""
    mine = rows.loc[rows["scenario"] == scenario]
    values, months = rows[["low", "high"]].to_numpy(), sorted(map(str, rows["period"]))
    ends = [float(min(values.min(), 0)), float(max(values.max(), 0))]
    days = alt.Scale(domain=[_middle(months[0]), _middle(months[-1])])
    named = alt.Axis(format="%b %Y", tickCount={"interval": "month", "step": 1}, labelOverlap=True)
    base = alt.Chart(mine).encode(x=alt.X("date:T", title=None, scale=days, axis=named))
    up = alt.Y(
        "low:Q",
        title=_(unit),
        scale=alt.Scale(domain=ends),
        axis=alt.Axis(format="~s", tickCount=4),
    )
    colour = palette().scenario
    shown = [
        base.mark_area(color=colour, opacity=0.3).encode(y=up, y2="high:Q"),
        base.mark_line(color=colour, point={"color": colour, "size": 28}).encode(
            y="difference:Q",
            tooltip=[
                alt.Tooltip("date:T", title=_("month"), format="%B %Y"),
                *difference_tooltips(),
            ],
        ),
    ]
    nothing = alt.Chart(pd.DataFrame({"y": [0.0]})).mark_rule(color=palette().ink, strokeDash=[4, 3])
    layers = [nothing.encode(y="y:Q"), *shown]
    if not _covers(window, mine):
        layers.insert(0, _shade(window, mine))
    drawn = alt.layer(*layers).properties(height=HEIGHT, description=description)
    return with_months(drawn)


def _covers(window: corridor.Window, rows: pd.DataFrame) -> bool:
    """Whether the days compared are all months shown, but for those before the first difference."""
    inside = rows["period"] >= f"{window.first:%Y-%m}"
    outside = rows.loc[~inside, "difference"].any() or f"{window.last:%Y-%m}" < rows["period"].max()
    return not bool(outside)


def _shade(window: corridor.Window, rows: pd.DataFrame) -> alt.Chart:
    """The days compared, as far as they are shown: half a month at both ends, so that one month is seen."""
    first = max(pd.Timestamp(window.first), rows["date"].min())
    last = min(pd.Timestamp(window.last), rows["date"].max())
    ends = pd.DataFrame({"first": [first], "last": [last]})
    return alt.Chart(ends).mark_rect(color=SHADE, opacity=0.25).encode(x="first:T", x2="last:T")


def _middle(month: str) -> dict[str, int]:
    """The day in a month at which its value is drawn."""
    return {"year": int(month[:4]), "month": int(month[5:]), "date": 1 + int(MID_MONTH.days)}


def describe_differences(rows: pd.DataFrame, scenario: str, title: str) -> str:
    """What the chart of one scenario shows, in words."""
    mine = rows.loc[rows["scenario"] == scenario].reset_index(drop=True)
    moved = mine.loc[mine["difference"] != 0]
    if moved.empty:
        return _("{title}: no difference in any month.").format(title=title)
    most = moved.loc[moved["difference"].abs().idxmax()]
    said = _(
        "{title}: the difference begins in {first} and is largest in {most}: {value} (80% of pairs: {low} to {high})."
    )
    return said.format(
        title=title,
        first=month_words(str(moved["period"].iloc[0])),
        most=month_words(str(most["period"])),
        value=change(float(most["difference"])),
        low=change(float(most["low"])),
        high=change(float(most["high"])),
    )


def difference_table(rows: pd.DataFrame, titles: dict[str, str]) -> pd.DataFrame:
    """`difference_rows` as a reader sees them: a row a month, two columns a scenario."""
    table = pd.DataFrame(index=pd.Index([month_words(each) for each in dict.fromkeys(rows["period"])]))
    table.index.name = _("month")
    interval = _("{low} to {high}")
    for scenario, mine in rows.groupby("scenario", sort=False):
        name = titles[str(scenario)]
        months = [month_words(each) for each in mine["period"]]
        table[name] = pd.Series([change(each) for each in mine["difference"]], index=months)
        table[_("{title}, 80%").format(title=name)] = pd.Series(
            [
                interval.format(low=change(low), high=change(high))
                for low, high in zip(mine["low"], mine["high"], strict=True)
            ],
            index=months,
        )
    return table.fillna("")
