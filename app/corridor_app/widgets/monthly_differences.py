"""The difference from the baseline by month, before any level: charts, words and a table, for pages that compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

import corridor
from corridor.outputs.rows import Cell
from corridor_app.charts import differences
from corridor_app.widgets.downloads import save_csv
from corridor_app.widgets.page import small
from corridor_app.words.language import N_, _

FILE = "differences.csv"


def monthly_differences(
    results: Sequence[corridor.Results], titles: Mapping[str, str], cell: Cell, window: corridor.Window
) -> None:
    """Draw what each run changes in one cell beside the first of them.

    Parameters
    ----------
    titles
        Of the charts by name of their scenario, in the visitor's language.
    """
    rows = differences.difference_rows(results, cell, window)
    if rows.empty:
        small(_("Not reported by both."))
        return
    unit = corridor.INDICATORS[cell.indicator].unit
    for name in dict.fromkeys(rows["scenario"]):
        title = titles[name]
        words = differences.describe_differences(rows, name, title)
        drawn = differences.difference_chart(rows, name, window, unit=unit, description=words)
        st.markdown(f"**{title}**")
        st.altair_chart(drawn, width="stretch")
        small(words)
    count = len(results[0].replicates)
    small(
        _(
            "Lines are means of {replicates} paired differences by month, bands hold 80% of them, which is chance "
            "alone; the axes are the same for all. Where only a part of these months is compared, it is shaded."
        ).format(replicates=count)
    )
    with st.expander(_("The differences as a table")):
        st.table(differences.difference_table(rows, dict(titles)))
    save_csv(rows.drop(columns="date"), FILE, N_("paired differences by month, with their 80% intervals."))
