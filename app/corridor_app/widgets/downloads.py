"""Buttons that save what the page shows: the files of a run, and the data behind a figure."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping

import pandas as pd
import streamlit as st

import corridor
from corridor.outputs.observations import goes_past
from corridor_app.jobs.runs import Outcome
from corridor_app.jobs.zipped import zipped
from corridor_app.widgets.page import small
from corridor_app.words.language import N_, _

CSV = "text/csv"


HEADLINE, COMPARE, DEALS = "headline.csv", "compare.csv", "deals.csv"
PROJECTION = "projection.csv"
ZIP = "results.zip"


DOWNLOADS = {
    HEADLINE: N_(
        "Headline indicators by window: scenario, baseline, difference and its interval; a small file."
    ),
    COMPARE: N_(
        "Every indicator by month, from the first difference on: scenario, baseline and paired difference."
    ),
    "summary.csv": N_("Every indicator of the scenario by month: mean, and quantiles of the runs alone."),
    PROJECTION: N_(
        "Months after the last one published: mean, bands, what the bands hold, and whether a level is claimed."
    ),
    DEALS: N_("Every round, offer, agreement and breach of every replicate."),
    ZIP: N_("All files: by place, nationality and party too, and every value of every replicate."),
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


def offered(outcome: Outcome) -> list[str]:
    """The downloads that there are of a run: no comparison without a baseline, no deals without talks, no projection
    within the data.
    """
    past = [period for period in outcome.scenario.periods if goes_past(period)]
    absent = {HEADLINE: outcome.baseline, COMPARE: outcome.baseline, DEALS: outcome.scenario.deals}
    absent |= {PROJECTION: past or None}
    return [file for file in DOWNLOADS if absent.get(file, outcome) is not None]


def download_row(
    files: Iterable[str],
    content: Callable[[str], bytes],
    *,
    key: str = "save",
    label: str = "{file}",
    saved_as: str = "{file}",
    about: Mapping[str, str] = DOWNLOADS,
) -> None:
    """A row of buttons, one a file, whose bytes are made when asked for.

    Parameters
    ----------
    content
        The bytes of a file by its name.
    key
        What the keys of the buttons begin with.
    label, saved_as
        What a button and the file that it saves are called, with `{file}` for its name.
    about
        What each file holds: texts of the catalogue.
    """
    for file in files:
        st.download_button(
            label.format(file=file),
            lambda file=file: content(file),
            file_name=saved_as.format(file=file),
            mime="application/zip" if file == ZIP else CSV,
            on_click="ignore",
            key=f"{key}-{file}",
            help=_(about[file]),
        )


def one_of(files: Mapping[str, bytes], file: str) -> bytes:
    """The bytes of a download: a file, or all of them as a zip."""
    return zipped(files) if file == ZIP else files[file]


def downloads(outcome: Outcome, yaml: str | None, command: str, window: str | None = None) -> None:
    """The CSV files of `corridor run`, made when asked for, and the scenario that makes them.

    Parameters
    ----------
    window
        What the page shows, as `Outcome.files` takes it.
    """
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
        download_row(offered(outcome), lambda file: one_of(outcome.files(window), file))
    small(_("The command line makes the same files, byte for byte:"))
    named = "" if window is None or outcome.baseline is None else f" --window {shlex.quote(window)}"
    st.code(command + named, language=None, wrap_lines=True)
