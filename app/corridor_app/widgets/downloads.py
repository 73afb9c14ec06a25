"""Buttons that save what the page shows: the files of a run, and the data behind a figure."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import corridor
from corridor_app.jobs.runs import Outcome
from corridor_app.widgets.page import small
from corridor_app.words.language import N_, _

CSV = "text/csv"


COMPARE, DEALS = "compare.csv", "deals.csv"


DOWNLOADS = {
    COMPARE: N_("Every indicator, period and breakdown: scenario, baseline and paired difference."),
    "summary.csv": N_("Every indicator, period and breakdown of the scenario: mean and quantiles."),
    "replicates.csv": N_("Every value of every replicate of the scenario; a large file."),
    DEALS: N_("Every round, offer, agreement and breach of every replicate."),
}


def save_csv(table: pd.DataFrame, file: str, what: str) -> None:
    """A button that saves the data behind a figure."""
    st.download_button(
        f"{file}",
        corridor.csv_bytes(table),
        file_name=file,
        mime=CSV,
        on_click="ignore",
        key=f"save-{file}",
        help=_("The data behind this figure: {what}").format(what=_(what)),
    )


def downloads(outcome: Outcome, yaml: str | None, command: str) -> None:
    """The CSV files of `corridor run`, made when asked for, and the scenario that makes them."""
    name = outcome.scenario.scenario
    with st.container(horizontal=True):
        if yaml is not None:
            st.download_button(
                _("Save as YAML"),
                yaml,
                file_name=f"{name}.yaml",
                mime="application/yaml",
                on_click="ignore",
                key="save-yaml",
                type="primary",
                help=_("Your change as a scenario file, to run, to edit and to share."),
            )
        for file, help_text in DOWNLOADS.items():
            absent = {COMPARE: outcome.baseline, DEALS: outcome.scenario.deals}
            if absent.get(file, outcome) is not None:
                st.download_button(
                    file,
                    lambda file=file: outcome.files()[file],
                    file_name=file,
                    mime=CSV,
                    on_click="ignore",
                    key=f"save-{file}",
                    help=_(help_text),
                )
    small(_("The command line makes the same files, byte for byte:"))
    st.code(command, language=None, wrap_lines=True)
