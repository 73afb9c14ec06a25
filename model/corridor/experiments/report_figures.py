"""Figures of a report: fans of what is compared, as a part of the HTML page, and in words for who cannot see them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from corridor.experiments.projection import NOTHING, projected_summary
from corridor.inputs.registries.indicators import INDICATORS
from corridor.outputs.drawings import plot_fan, plot_svg
from corridor.outputs.figure_rows import (
    BASELINE_COLOUR,
    EVENT_COLOUR,
    OBSERVED_COLOUR,
    SCENARIO_COLOUR,
    fan_rows,
)
from corridor.outputs.observations import last_published, observed_points
from corridor.outputs.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWN = ("encounters_usbp", "deaths", "mexico_returns", "waiting_north_mexico", "kidnappings")
WIDTH, HEIGHT = 5.2, 2.7  # inches, so that words can be read on a narrow screen
#: What the figures are drawn in -> what the style of the page gives it, in light and in dark.
PAGE_COLOURS = {
    "#ffffff": "none",
    "#000000": "currentColor",
    OBSERVED_COLOUR: "currentColor",
    SCENARIO_COLOUR: "var(--scenario)",
    BASELINE_COLOUR: "var(--baseline)",
    EVENT_COLOUR: "var(--event)",
}


def plot_figures(
    number: int, results: Results, baseline: Results | None, starts: Iterable[date]
) -> Iterator[dict[str, Any]]:
    """The figures of one scenario: each ``svg``, as a part of the page, and the ``words`` below it.

    Parameters
    ----------
    number
        Of the scenario on the page; ids in the figures begin with it.
    starts
        Days on which something begins that the baseline does not have.
    """
    summary = projected_summary(results)
    other = None if baseline is None else projected_summary(baseline)
    pairs = {
        indicator: (fan_rows(summary, indicator), None if other is None else fan_rows(other, indicator))
        for indicator in DRAWN
    }
    since = min(_worth_seeing(*pair) for pair in pairs.values())
    since = pd.Timestamp.min if since == pd.Timestamp.max else since  # nothing differs: all of it
    for indicator, (rows, before) in pairs.items():
        rows = rows.loc[rows["date"] >= since]
        if rows.empty:
            continue
        if before is not None:
            before = before.loc[before["date"].between(rows["date"].min(), rows["date"].max())]
        label = INDICATORS[indicator].label
        points = observed_points(indicator)
        points = points.loc[points["date"].between(rows["date"].min(), rows["date"].max())]
        days = sorted(set(starts))
        days = [day for day in days if rows["date"].min() <= pd.Timestamp(day) <= rows["date"].max()]
        svg = _draw(rows, before, points, days, label=label, unit=INDICATORS[indicator].counts)
        described = _description(rows, before, points, label, results.scenario)
        yield {
            "svg": _inline(svg, prefix=f"s{number}-{indicator}-", label=label, description=described),
            "words": _caption(rows, before is not None, len(points) > 0, bool(days)),
        }


def _worth_seeing(rows: pd.DataFrame, before: pd.DataFrame | None) -> pd.Timestamp:
    """A year before a scenario leaves its baseline; the first day of all where there is nothing to leave."""
    if before is None:
        return pd.Timestamp.min
    both = rows.merge(before, on="date", suffixes=("", "_before"))
    columns = ("mean", "p10", "p50", "p90")
    pairs = [(both[name], both[f"{name}_before"]) for name in columns]
    differ = np.logical_or.reduce([((a != b) & ~(a.isna() & b.isna())).to_numpy() for a, b in pairs])
    if not differ.any():
        return pd.Timestamp.max
    return both.loc[differ, "date"].min() - pd.DateOffset(years=1)


def _draw(
    rows: pd.DataFrame,
    before: pd.DataFrame | None,
    points: pd.DataFrame,
    days: Sequence[date],
    *,
    label: str,
    unit: str,
) -> bytes:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
    from matplotlib.ticker import FixedLocator

    def draw(axes: Sequence[Axes]) -> None:
        ax = axes[0]
        for day in days:
            ax.axvline(date2num(day), color=EVENT_COLOUR, linestyle=":", linewidth=1)
        if before is not None and len(before):
            plot_fan(ax, before, colour=BASELINE_COLOUR, name="baseline", dashed=True)
        plot_fan(ax, rows, colour=SCENARIO_COLOUR, name="scenario")
        if len(points):
            ax.plot(points["date"], points["value"], ".", color=OBSERVED_COLOUR, label="observed")
        ax.set_ylim(bottom=0)
        ax.set_ylabel(unit)
        # One month alone has no interval to choose ticks from.
        dates = AutoDateLocator(maxticks=8) if len(rows) > 1 else FixedLocator(list(date2num(rows["date"])))
        ax.xaxis.set_major_locator(dates)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(dates))
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0)

    return plot_svg(draw, title=label, height=HEIGHT, width=WIDTH)


def _inline(svg: bytes, *, prefix: str, label: str, description: str) -> Markup:
    """An SVG file as a part of an HTML page: own ids, colours of the page, words for who cannot see it."""
    text = svg.decode()
    head, body = text[text.index("<svg") :].split(">", 1)
    box = re.search(r'viewBox="([^"]*)"', head)
    assert box is not None, "matplotlib writes a viewBox"
    body = re.sub(r"<metadata>.*?</metadata>|<title>.*?</title>", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{prefix}', body)
    body = re.sub(r'\b(?:xlink:)?href="#', f'href="#{prefix}', body).replace("url(#", f"url(#{prefix}")
    for colour, shade in PAGE_COLOURS.items():
        body = body.replace(colour, shade)
    opened = Markup('<svg role="img" aria-label="{}" viewBox="{}"><title>{}</title><desc>{}</desc>')
    return opened.format(f"{label}. {description}", box[1], label, description) + Markup(body.strip())


def _description(
    rows: pd.DataFrame, before: pd.DataFrame | None, points: pd.DataFrame, label: str, name: str
) -> str:
    """The figure in words: where the median begins, ends and is highest."""
    peak = rows.loc[rows["p50"].idxmax()]
    first, last = rows.iloc[0], rows.iloc[-1]
    said = (
        f"Median of {name} by month: {first['p50']:,.0f} in {first['period']}, {last['p50']:,.0f} in {last['period']}, "
        f"highest {peak['p50']:,.0f} in {peak['period']}."
    )
    if before is not None and len(before):
        end = before.iloc[-1]
        said += f" Baseline: {end['p50']:,.0f} in {end['period']}."
    if len(points):
        end = points.iloc[-1]
        said += f" Observed: {end['value']:,.0f} in {end['date']:%Y-%m}."
    return said


def _caption(rows: pd.DataFrame, compared: bool, observed: bool, dated: bool) -> str:
    words = ["Lines: the median of the runs. Bands: where 80% and 50% of them lie.", *_projected(rows)]
    words += ["Dashed: the baseline, hidden where the scenario is the same."] if compared else []
    words += (
        ["Points: what was published."] if observed else ["No published figure by month stands beside it."]
    )
    words += ["Dotted: days on which an intervention or shock begins."] if dated else []
    return " ".join(words)


def _projected(rows: pd.DataFrame) -> list[str]:
    """What the bands hold of months past the data, and from when on nothing is claimed."""
    if "holds" not in rows:
        return []
    words, held = [], [each for each in dict.fromkeys(rows["holds"]) if each not in ("", NOTHING)]
    if held:
        without = [name for name in ("parameters", "error") if name not in held[0]]
        words.append(
            f"After {last_published()}, the last month published, bands hold {held[0].replace(' + ', ', ')}"
            + (f", and not {' nor '.join(without)}." if without else ".")
        )
    claimed = rows.loc[rows["holds"] != NOTHING, "period"]
    if len(claimed) < len(rows):
        since = claimed.max() if len(claimed) else last_published()
        words.append(f"After {since} nothing is claimed, and there is no band.")
    return words
