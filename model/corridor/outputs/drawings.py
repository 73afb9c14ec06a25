"""Figures as files: SVG that needs neither a browser nor a script, the same bytes each time. Drawn with matplotlib.

What the app shows is in `figures`; these are for reports, studies and the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from corridor.outputs.figure_rows import EVENT_COLOUR, OBSERVED_COLOUR, SCENARIO_COLOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, ROW, MARGIN = 8.0, 0.32, 0.9  # inches
SETTINGS = {
    "svg.hashsalt": "corridor",  # ids would be random
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def plot_indices(table: pd.DataFrame, *, title: str) -> bytes:
    """Total and first-order indices by indicator, with intervals: rows as in `Sensitivity.table`."""
    indicators = list(dict.fromkeys(table["indicator"]))
    varied = len(set(table["varied"]))
    height = MARGIN + len(indicators) * (float(varied) * ROW + MARGIN)

    def draw(axes: Sequence[Axes]) -> None:
        for ax, indicator in zip(axes, indicators, strict=True):
            rows = table.loc[table["indicator"] == indicator].sort_values(by="rank", ascending=False)
            places = np.arange(len(rows))
            total = rows["total"].to_numpy()
            spread = np.abs(np.stack([total - rows["total_low"], rows["total_high"] - total]))
            ax.barh(places, total, color=SCENARIO_COLOUR, alpha=0.35, label="with others")
            ax.barh(places, rows["first"], color=SCENARIO_COLOUR, height=0.4, label="alone")
            ax.errorbar(total, places, xerr=spread, fmt="none", ecolor=OBSERVED_COLOUR, elinewidth=1)
            ax.axvline(rows["luck"].to_numpy()[0], color=EVENT_COLOUR, linestyle=":", label="luck alone")
            ax.set_yticks(places, rows["varied"])
            ax.set_xlim(left=0)
            ax.set_title(indicator, loc="left", fontsize=9)
        axes[0].legend(frameon=False, loc="lower right")

    return plot_svg(draw, title=title, rows=len(indicators), height=height)


def plot_svg(
    draw: Callable[[Sequence[Axes]], None],
    *,
    title: str,
    rows: int = 1,
    columns: int = 1,
    height: float = 3.5,
    width: float = WIDTH,
) -> bytes:
    """An SVG file of some axes under each other, or side by side.

    Parameters
    ----------
    draw : callable
        Draws on the axes that it is given.
    height, width : float
        Of the whole figure, inches.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context(SETTINGS):  # pyright: ignore[reportArgumentType]
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        draw(list(axes))
        figure.suptitle(title, x=0.01, ha="left", fontsize=10)
        content = BytesIO()
        figure.savefig(content, format="svg", metadata={"Date": None, "Title": title})
    return content.getvalue()


def plot_fan(axes: Axes, rows: pd.DataFrame, *, colour: str, name: str, dashed: bool = False) -> None:
    """A fan over time: columns date, p10, p25, p50, p75, p90."""
    for low, high, shade in (("p10", "p90", 0.18), ("p25", "p75", 0.3)):
        axes.fill_between(rows["date"], rows[low], rows[high], color=colour, alpha=shade, linewidth=0)
    axes.plot(rows["date"], rows["p50"], color=colour, linestyle="--" if dashed else "-", label=name)
