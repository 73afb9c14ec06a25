"""Evidence: search what the numbers rest on, with its source, and see where sources contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

import corridor
from corridor_app.choices.changes import MARKS
from corridor_app.widgets.downloads import CSV
from corridor_app.widgets.page import note_what_is_english, small
from corridor_app.words.language import N_, _
from corridor_app.words.texts import read_text

if TYPE_CHECKING:
    from corridor.inputs.evidence.search import EvidenceRecord

SEARCH, STATUS, SERIES = "evidence-search", "evidence-status", "evidence-series"
COLUMNS = {
    "label": N_("What"),
    "status": N_("Status"),
    "value": N_("Value"),
    "unit": N_("Unit"),
    "range": N_("Range"),
    "source": N_("Source"),
    "concerns": N_("Bears on"),
    "note": N_("Note"),
    "contradictions": N_("But also"),
    "kind": N_("Kind"),
    "id": N_("Id"),
}
WIDTHS = {"label": 300, "status": 90, "value": 150, "unit": 90, "range": 90, "source": 160}
IN_CATALOGUE = ("status", "kind")
"""Columns whose words are few and are in the catalogue."""

OBSERVED = "observed-"
CONTRADICTIONS_HEIGHT = 480
FEW = 5


def show() -> None:
    st.title(_("What the numbers rest on"))
    st.markdown(read_text("evidence.md"))
    note_what_is_english(N_("Records, sources and notes are in English, as their documents have them."))
    text = st.text_input(
        _("Search"),
        key=SEARCH,
        placeholder=_("deaths, Darien, Title 42, a source"),
        help=_("Words in any order, found anywhere in a record, whatever their case and accents."),
    )
    found = corridor.search_evidence(text)
    chosen = _choose_status(found)
    records = [each for each in found if not chosen or each.status in chosen]
    if not records:
        st.info(_("Nothing was found. Try fewer words, or another status."))
        return
    st.markdown(
        _("**{number} found**").format(number=f"{len(records):,}") if len(records) != 1 else _("**1 found**")
    )
    _records(records)
    _contradictions(records)
    _series(records)


def _choose_status(found: Sequence[EvidenceRecord]) -> list[str]:
    """The statuses to show; none chosen means all. All statuses stay on offer, so that a choice is not lost."""
    counts = Counter(each.status for each in found)
    known = {each.status for each in corridor.search_evidence()}
    offered = [each for each in MARKS if each in known] + sorted(known - set(MARKS))
    chosen = st.pills(
        _("Status"),
        offered,
        selection_mode="multi",
        format_func=lambda each: f"{_(each)} ({counts[each]})",
        key=STATUS,
        help="  \n".join(f"**{_(mark)}**: {_(words)}" for mark, words in MARKS.items() if mark in offered),
    )
    return list(chosen)


def csv_of(records: Sequence[EvidenceRecord]) -> bytes:
    """The records as `corridor evidence --csv` writes them; texts that hold commas are quoted."""
    return pd.DataFrame([each.row() for each in records]).to_csv(index=False, lineterminator="\n").encode()


def _records(records: Sequence[EvidenceRecord]) -> None:
    table = pd.DataFrame([each.row() for each in records], columns=list(COLUMNS))
    for column in IN_CATALOGUE:
        table[column] = [_(each) for each in table[column]]
    widths = {_(COLUMNS[key]): st.column_config.TextColumn(width=pixels) for key, pixels in WIDTHS.items()}
    titles = {key: _(title) for key, title in COLUMNS.items()}
    st.dataframe(table.rename(columns=titles), hide_index=True, width="stretch", column_config=widths)
    small(_("Double-click on a cell to read all of it."))
    st.download_button(
        "evidence.csv",
        csv_of(records),
        file_name="evidence.csv",
        mime=CSV,
        on_click="ignore",
        key="save-evidence",
        help=_("What was found, every column: the columns of `corridor evidence --csv`."),
    )
    small(_("Where a parameter is used in the model is not recorded; figures say what they bear on."))


def _contradictions(records: Sequence[EvidenceRecord]) -> None:
    """Values that do not agree, side by side: the one here and each of the others."""
    rows = [
        {
            _("What"): each.label,
            _("Here"): f"{each.value} {each.unit} ({each.source})",
            _("But also"): other,
        }
        for each in records
        for other in each.contradictions
    ]
    if not rows:
        return
    st.subheader(_("Where values contradict each other"))
    small(_("The left value is the one in the record, the right one is what another source or study says."))
    height = CONTRADICTIONS_HEIGHT if len(rows) > FEW else "content"
    with st.container(height=height):
        st.table(pd.DataFrame(rows).set_index(_("What")))


def _series(records: Sequence[EvidenceRecord]) -> None:
    """The months of one observed series among what was found."""
    series = {each.id.removeprefix(OBSERVED): each.label for each in records if each.id.startswith(OBSERVED)}
    if not series:
        return
    st.subheader(_("Observed months"))
    chosen = st.selectbox(_("Series"), series, format_func=lambda each: series[each], key=SERIES)
    months = corridor.load_observed(chosen)
    st.dataframe(months, hide_index=True, width="stretch")
    small(
        _(
            "{number} published values. A month without a row was not published; `all` is not broken down."
        ).format(number=f"{len(months):,}")
    )
