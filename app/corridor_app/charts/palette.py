"""Colours of the charts on a light page and on a dark one, which a mark of one colour could not both be read on."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

DARK_PAGE = "dark"


@dataclass(frozen=True)
class Palette:
    """Colours of series, each with a contrast of at least three to one against its page.

    Attributes
    ----------
    ink : names, limits, and figures that were observed
    """

    scenario: str
    baseline: str
    ink: str

    @property
    def fan(self) -> tuple[str, str, str]:
        """As `corridor.fan_chart` takes them: scenario, baseline, observed."""
        return self.scenario, self.baseline, self.ink


LIGHT = Palette(scenario="#b5472f", baseline="#4c6272", ink="#1f2a30")
DARK = Palette(scenario="#e0765c", baseline="#9fb4c2", ink="#e6ebee")


def is_dark() -> bool:
    """Whether the visitor's page is dark."""
    return st.context.theme.type == DARK_PAGE


def palette() -> Palette:
    """The colours for the visitor's page."""
    return DARK if is_dark() else LIGHT
