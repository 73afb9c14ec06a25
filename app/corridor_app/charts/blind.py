"""A blind record as a chart and as tables: what it said, month by month, and what came. No widgets here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

import corridor
from corridor.outputs.rows import ENCOUNTERS, PARTS_OF_ENCOUNTERS
from corridor_app.charts.chart import EVERYONE, MID_MONTH, Layers, with_months
from corridor_app.charts.palette import palette
from corridor_app.words.language import N_, _
from corridor_app.words.wording import first_upper, joined, month_words, rounded, span

ALL_ENCOUNTERS = N_("All encounters")

Cell = tuple[str, str, str]
"""Place, nationality and party; `all` where it is not broken down."""

ERRORS = {
    "wape": N_("error of Corridor"),
    "wape_last_month": N_("the last month held"),
    "wape_last_year": N_("the same month last year"),
}
IN_BAND = N_("months inside the 80% band")
MEAN = N_("mean of the record")
SIMPLE = {"last_month": N_("the last month held"), "last_year": N_("the same month last year")}
"""The forecasts that need no model, by their columns in a record."""
PUBLISHED, YOURS = N_("published"), N_("your figures")
SIZES = {PUBLISHED: 30, YOURS: 90}
KINDS = {
    "parameters": N_("parameters"),
    "demand": N_("demand to come"),
    "chance": N_("chance"),
    "protocol_error": N_("error of the hindcast"),
}
BEFORE = 12
"""Months drawn before the first of a record: what its makers knew."""

HEIGHT = 480
CLAIMED_BAND, UNCLAIMED_BAND = 0.28, 0.07
LABEL_SIZE = LEGEND_SIZE = 12
SYMBOL_SIZE = 300
COLUMNS = 1
TICK_MONTHS = 3
TITLE_OFFSET = 24
LABELS = -9
"""Pixels above the plot at which its parts are named."""


def series_words(indicator: str) -> str:
    """A series of a record by its name for a reader."""
    return _(ALL_ENCOUNTERS if indicator == ENCOUNTERS else corridor.INDICATORS[indicator].label)


def unit_of(indicator: str) -> str:
    """What a series counts, in English."""
    return corridor.INDICATORS[PARTS_OF_ENCOUNTERS[0] if indicator == ENCOUNTERS else indicator].unit


def indicators_of(record: corridor.BlindRecord) -> list[str]:
    """The series of a record, in its order."""
    return list(dict.fromkeys(record.table["indicator"]))


def cells_of(record: corridor.BlindRecord, indicator: str) -> dict[str, Cell]:
    """What a series is broken down by: a name for the address -> place, nationality and party; everyone first."""
    rows = record.table.loc[record.table["indicator"] == indicator, ["place", "nationality", "party"]]
    found = {}
    for cell in rows.drop_duplicates().itertuples(index=False, name=None):
        parts = [each for each in cell if each != EVERYONE]
        if len(parts) <= 1:
            found[parts[0] if parts else EVERYONE] = cell
    return found


def record_rows(record: corridor.BlindRecord, indicator: str, cell: Cell) -> pd.DataFrame:
    """The months of one series of a record, each placed at its middle.

    Returns
    -------
    DataFrame
        The columns of `BlindRecord.table`, `date` (mid-month), and `low` and `high`, the ends of the 80% band.
    """
    rows = _of_cell(record.table, indicator, cell).sort_values("period", ignore_index=True)
    dates = pd.to_datetime(rows["period"], format="%Y-%m") + MID_MONTH
    return rows.assign(date=dates, low=rows["q10"], high=rows["q90"])


def _of_cell(table: pd.DataFrame, indicator: str, cell: Cell) -> pd.DataFrame:
    place, nationality, party = cell
    mine = (
        (table["indicator"] == indicator)
        & (table["place"] == place)
        & (table["nationality"] == nationality)
        & (table["party"] == party)
    )
    return table.loc[mine]


def _claimed(rows: pd.DataFrame, said: str) -> pd.DataFrame:
    """The months of which a level is claimed (`yes`), or those past the horizon (`no`)."""
    return rows.loc[rows["claimed"] == said]


def published_rows(indicator: str, cell: Cell) -> pd.DataFrame:
    """Published figures of a series: `date` (mid-month), `period`, `value`, `publisher`.

    Encounters in all are there for the months in which both of their parts are.
    """
    parts = PARTS_OF_ENCOUNTERS if indicator == ENCOUNTERS else (indicator,)
    place, nationality, party = cell
    found = [
        corridor.observed_points(part, place=place, nationality=nationality, party=party) for part in parts
    ]
    rows = found[0]
    for other in found[1:]:
        both = rows.merge(other[["date", "value"]], on="date", suffixes=("", "_other"))
        rows = both.assign(value=both["value"] + both["value_other"])[["date", "value", "publisher"]]
    rows = rows.set_index("date").sort_index().reset_index()
    return rows.assign(period=rows["date"].dt.strftime("%Y-%m"), date=rows["date"] + MID_MONTH)


def shown_published(rows: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The published figures that a chart of a record shows: a year before it, and its own months."""
    if rows.empty or published.empty:
        return published.iloc[:0]
    first = f"{rows['date'].iloc[0] - pd.DateOffset(months=BEFORE):%Y-%m}"
    return published.loc[published["period"].between(first, rows["period"].iloc[-1])]


def own_rows(scored: corridor.BlindScores | None, indicator: str, cell: Cell) -> pd.DataFrame:
    """A visitor's figures of one series, in the months of a record: `date` (mid-month) and `value`."""
    if scored is None:
        return pd.DataFrame({"date": [], "value": []})
    own = _of_cell(scored.months, indicator, cell)
    dates = pd.to_datetime(own["period"], format="%Y-%m") + MID_MONTH
    return pd.DataFrame({"date": dates, "value": own["observed"]})


def blind_chart(
    rows: pd.DataFrame,
    published: pd.DataFrame,
    own: pd.DataFrame,
    *,
    title: str,
    unit: str,
    description: str,
) -> Layers:
    """The chart: the 80% band and the mean of a record, both simple forecasts, and what was published.

    Months past the horizon, where nothing is claimed, have a band that is nearly empty between dashed edges.

    Parameters
    ----------
    rows
        As `record_rows` gives them.
    published, own
        Columns `date` and `value`: published figures, and those that a visitor brought.
    title, unit, description
        In the visitor's language.
    """
    claimed, past = _claimed_and_past(rows)
    marks = _point_marks(published, own)
    layers: list[alt.Chart] = []
    for part, opacity in ((claimed, CLAIMED_BAND), (past, UNCLAIMED_BAND)):
        band = _dated(part).mark_area(color=palette().scenario, opacity=opacity)
        layers.append(band.encode(y=alt.Y("high:Q", title=unit), y2="low:Q", tooltip=_tooltips()))
    for edge in ("low", "high"):
        line = _dated(past).mark_line(color=palette().scenario, strokeWidth=1, strokeDash=[3, 3])
        layers.append(line.encode(y=f"{edge}:Q"))
    for column, name in SIMPLE.items():
        line = _dated(rows.assign(line=_(name))).mark_line(strokeWidth=1.5)
        layers.append(line.encode(y=f"{column}:Q", color=_colours(), strokeDash=_dashes()))
    said = _dated(claimed.assign(line=_(MEAN))).mark_line(strokeWidth=2.5)
    layers.append(said.encode(y="mean:Q", color=_colours(), strokeDash=_dashes(), tooltip=_tooltips()))
    unsaid = _dated(past).mark_line(color=palette().scenario, strokeWidth=2, strokeDash=[5, 4])
    layers += [unsaid.encode(y="mean:Q", tooltip=_tooltips()), *marks]
    drawn = alt.layer(*layers, *_parts(rows, published)).properties(
        height=HEIGHT,
        title=alt.TitleParams(title, anchor="start", offset=TITLE_OFFSET),
        description=description,
    )
    return with_months(drawn).configure_legend(labelFontSize=LEGEND_SIZE, columnPadding=LEGEND_SIZE)


def _claimed_and_past(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The months of which a level is claimed, and those past them, which begin where the first end."""
    claimed, past = _claimed(rows, "yes"), _claimed(rows, "no")
    return claimed, pd.concat([claimed.tail(1), past]) if len(past) else past


def _dated(rows: pd.DataFrame) -> alt.Chart:
    said = {"yes": _("a level is claimed"), "no": _("nothing is claimed")}
    shown = rows.assign(said=[said[each] for each in rows["claimed"]]) if len(rows) else rows
    return alt.Chart(shown).encode(x=_time("date"))


def _time(column: str) -> alt.X:
    ticks = alt.TimeIntervalStep(interval="month", step=TICK_MONTHS)
    axis = alt.Axis(format="%b %Y", tickCount=ticks, labelOverlap=True, labelFlush=False)
    return alt.X(f"{column}:T", title=None, axis=axis)


def _tooltips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("date:T", title=_("month"), format="%B %Y"),
        alt.Tooltip("mean:Q", title=_(MEAN), format=",.0f"),
        alt.Tooltip("low:Q", title="10%", format=",.0f"),
        alt.Tooltip("high:Q", title="90%", format=",.0f"),
        alt.Tooltip("said:N", title=_("claimed")),
    ]


def _colours() -> alt.Color:
    shades = [palette().scenario, palette().baseline, palette().baseline]
    return alt.Color("line:N", scale=alt.Scale(domain=_lines(), range=shades), legend=_legend())


def _dashes() -> alt.StrokeDash:
    return alt.StrokeDash(
        "line:N", scale=alt.Scale(domain=_lines(), range=[[1, 0], [7, 4], [2, 2]]), legend=_legend()
    )


def _lines() -> list[str]:
    return [_(name) for name in (MEAN, *SIMPLE.values())]


def _legend() -> alt.Legend:
    return alt.Legend(
        title=None,
        orient="top",
        labelLimit=0,
        symbolType="stroke",
        symbolSize=SYMBOL_SIZE,
        symbolStrokeWidth=2,
        columns=COLUMNS,
    )


def _point_marks(published: pd.DataFrame, own: pd.DataFrame) -> list[alt.Chart]:
    """What came as points: published figures round, a visitor's as diamonds."""
    marks = {PUBLISHED: ("circle", published), YOURS: ("diamond", own)}
    found = {name: each for name, each in marks.items() if len(each[1])}
    ink = palette().ink
    shape = alt.Shape(
        "series:N",
        scale=alt.Scale(domain=[_(name) for name in found], range=[shape for shape, _rows in found.values()]),
        legend=alt.Legend(title=None, orient="top", labelLimit=0, symbolStrokeColor=ink, symbolFillColor=ink),
    )
    return [
        alt.Chart(rows.assign(series=_(name)))
        .mark_point(size=SIZES[name], color=ink, filled=True, strokeWidth=2, opacity=1)
        .encode(
            x=_time("date"),
            y="value:Q",
            shape=shape,
            tooltip=[
                alt.Tooltip("date:T", title=_("month"), format="%B %Y"),
                alt.Tooltip("value:Q", title=_(name), format=",.0f"),
            ],
        )
        for name, (_shape, rows) in found.items()
    ]


def _parts(rows: pd.DataFrame, published: pd.DataFrame) -> list[alt.Chart]:
    """Rules where what was known ends and where nothing is claimed any more, and the names of the parts between."""
    claimed, past = _claimed(rows, "yes"), _claimed(rows, "no")
    before = published.loc[published["period"] < rows["period"].iloc[0]]
    parts = [(_("known"), before), (_("a level is claimed"), claimed), (_("nothing is claimed"), past)]
    found = [
        {
            "name": name,
            "from": part["date"].min() - MID_MONTH,
            "middle": part["date"].min() + (part["date"].max() - part["date"].min()) / 2,
        }
        for name, part in parts
        if len(part)
    ]
    table = pd.DataFrame(found)
    rules = (
        alt.Chart(table.iloc[1:])
        .mark_rule(color=palette().ink, strokeWidth=1, opacity=0.6)
        .encode(x=_time("from"))
    )
    names = (
        alt.Chart(table)
        .mark_text(color=palette().ink, fontSize=LABEL_SIZE)
        .encode(x=_time("middle"), y=alt.value(LABELS), text="name:N")
    )
    return [rules, names]


def describe(
    title: str,
    record: corridor.BlindRecord,
    rows: pd.DataFrame,
    published: pd.DataFrame,
    own: pd.DataFrame,
) -> str:
    """What the chart shows, in words: for readers who do not see it, and for those who do."""
    claimed, past = _claimed(rows, "yes"), _claimed(rows, "no")
    parts = [
        _("{title}, by month, as version {version} wrote it down: the mean, and the band of 80%.").format(
            title=title, version=record.name
        )
    ]
    ends = [(row, N_("{month}: {mean} ({band}).")) for row in (claimed.head(1), claimed.tail(1)) if len(row)]
    if len(past):
        ends.append((past.tail(1), N_("{month}, where nothing is claimed: {mean} ({band}).")))
    parts += [
        _(words).format(
            month=first_upper(month_words(row["period"].iloc[0])),
            mean=rounded(row["mean"].iloc[0]),
            band=span(rounded(row["low"].iloc[0]), rounded(row["high"].iloc[0])),
        )
        for row, words in ends
    ]
    came = published.loc[published["period"] >= rows["period"].iloc[0]]
    if len(published):
        who = joined([_(each) for each in dict.fromkeys(published["publisher"])])
        parts.append(_("Points are published figures ({who}).").format(who=who))
    else:
        parts.append(_("No monthly figures are published for this."))
    if len(came):
        both = rows.merge(came, on="period")
        held = sum(both["value"].between(both["low"], both["high"]))
        words = _("The band held {held} of the {months} months that are published.")
        parts.append(words.format(held=held, months=len(both)))
    if len(own):
        parts.append(_("Your figures are drawn as diamonds."))
    return " ".join(parts)


def error_of(rows: pd.DataFrame, published: pd.DataFrame) -> float:
    """Sum of absolute errors of the mean over the sum of what was published, in the months that both have."""
    both = rows.merge(published, on="period")
    said, came = np.array(both["mean"]), np.array(both["value"])
    return float(np.abs(said - came).sum() / came.sum())


def month_table(rows: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The chart as a table, rounded as on the page."""
    came = dict(zip(published["period"], published["value"], strict=True)) if len(published) else {}
    said = {"yes": _("yes"), "no": _("no")}
    table = pd.DataFrame(
        {
            _("month"): [month_words(period) for period in rows["period"]],
            _(MEAN): [rounded(value) for value in rows["mean"]],
            _("80% band"): [
                span(rounded(low), rounded(high)) for low, high in zip(rows["low"], rows["high"], strict=True)
            ],
            _("level claimed"): [said[each] for each in rows["claimed"]],
            **{_(name): [rounded(value) for value in rows[column]] for column, name in SIMPLE.items()},
        }
    )
    if any(period in came for period in rows["period"]):
        table[_(PUBLISHED)] = [f"{came[period]:,.0f}" if period in came else "" for period in rows["period"]]
    return table.set_index(_("month"))


def score_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Errors of a record and of two simple forecasts: a row for every series as a whole."""
    rows = {
        series_words(row["indicator"]): {
            **{_(title): _share(row[column]) for column, title in ERRORS.items()},
            _(IN_BAND): _("{held} of {months}").format(held=row["in_80"], months=row["months"]),
        }
        for row in wholes(scores).to_dict("records")
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(_("series"))


def _share(error: float) -> str:
    return f"{error:.0%}" if np.isfinite(error) else ""


def wholes(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of scores that are not broken down."""
    whole = [
        all(row[key] == EVERYONE for key in ("place", "nationality", "party"))
        for row in scores.to_dict("records")
    ]
    return scores.loc[whole]


def lost(scores: pd.DataFrame) -> tuple[int, int]:
    """In how many of the series that can be judged a record was no better than the better simple forecast."""
    rows = [row for row in wholes(scores).to_dict("records") if np.isfinite(row["wape"])]
    return sum(row["wape"] >= min(row[f"wape_{column}"] for column in SIMPLE) for row in rows), len(rows)


def contents(records: Sequence[corridor.BlindRecord]) -> pd.DataFrame:
    """What the bands of each record hold: a row for each kind of uncertainty, a column a version."""
    columns: Mapping[str, list[str]] = {
        _("version {version}").format(version=each.name): [
            _(each.manifest["contains"][kind]["how"])
            if each.manifest["contains"][kind]["in"]
            else _("not in")
            for kind in KINDS
        ]
        for each in records
    }
    return pd.DataFrame(columns, index=pd.Index([_(name) for name in KINDS.values()], name=_("uncertainty")))
