"""A headline number: its value, and how far it differs from the baseline."""

from __future__ import annotations

import streamlit as st

from corridor_app.charts.headlines import Headline, Measure
from corridor_app.widgets.page import small
from corridor_app.words.language import _
from corridor_app.words.wording import change, people, relative, rounded, span

VALUE_WIDTH = 165


def headline_tile(headline: Headline, found: Measure | None, *, replicates: int) -> None:
    """A headline number: its value, the difference from the baseline, and the interval of the difference."""
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.markdown(f"{_(headline.title)} :small[:gray[{_(headline.unit)}]]", help=_(headline.counts))
        if found is None:
            small(_("Not reported for this period."))
            return
        compared = found.difference == found.difference
        low, high = people(found.low), people(found.high)
        differs = compared and (low, high) != (0, 0)
        share = f" ({relative(found.relative)})" if relative(found.relative) else ""
        delta = f"{change(people(found.difference))}{share}" if differs else _("no difference")
        levels = {_("Baseline"): found.baseline, _("Observed"): found.observed}
        lines = [f"{name} {rounded(people(value))}" for name, value in levels.items() if value == value]
        if differs:
            pairs = _("80% of {replicates} pairs, chance alone:").format(replicates=replicates)
            lines.append(f"{pairs}  \n{span(change(low), change(high))}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.metric(
                _(headline.title),
                rounded(people(found.scenario)),
                delta=delta if compared else None,
                delta_color="off",
                delta_arrow="off",
                label_visibility="collapsed",
                width=VALUE_WIDTH,
            )
            small("  \n".join(lines or [_("No published total")]))
