"""Evidence: search what the numbers rest on, with its source, and see where sources contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

import model
from app.changes import MARKS
from app.widgets import CSV, read_text, small

if TYPE_CHECKING:
    from model.spec.evidence import EvidenceRecord

SEARCH, STATUS, SERIES = "evidence-search", "evidence-status", "evidence-series"
COLUMNS = {
    "label": "What",
    "status": "Status",
    "value": "Value",
    "unit": "Unit",
    "range": "Range",
    "source": "Source",
    "concerns": "Bears on",
    "note": "Note",
    "contradictions": "But also",
    "kind": "Kind",
    "id": "Id",
}
WIDTHS = {"label": 300, "status": 90, "value": 150, "unit": 90, "range": 90, "source": 160}
OBSERVED = "observed-"
CONTRADICTIONS_HEIGHT = 480
FEW = 5


def show() -> None:
    st.title("What the numbers rest on")
    st.markdown(read_text("evidence.md"))
    text = st.text_input(
        "Search",
        key=SEARCH,
        placeholder="deaths, Darien, Title 42, a source",
        help="Words in any order, found anywhere in a record, whatever their case and accents.",
    )
    found = model.search_evidence(text)
    chosen = _choose_status(found)
    records = [each for each in found if not chosen or each.status in chosen]
    if not records:
        st.info("Nothing was found. Try fewer words, or another status.")
        return
    st.markdown(f"**{len(records):,} found**" if len(records) != 1 else "**1 found**")
    _records(records)
    _contradictions(records)
    _series(records)


def _choose_status(found: Sequence[EvidenceRecord]) -> list[str]:
    """The statuses to show; none chosen means all. All statuses stay on offer, so that a choice is not lost."""
    counts = Counter(each.status for each in found)
    known = {each.status for each in model.search_evidence()}
    offered = [each for each in MARKS if each in known] + sorted(known - set(MARKS))
    chosen = st.pills(
        "Status",
        offered,
        selection_mode="multi",
        format_func=lambda each: f"{each} ({counts[each]})",
        key=STATUS,
        help="  \n".join(f"**{mark}**: {words}" for mark, words in MARKS.items() if mark in offered),
    )
    return list(chosen)


def csv_of(records: Sequence[EvidenceRecord]) -> bytes:
    """The records as `corridor evidence --csv` writes them; texts that hold commas are quoted."""
    return pd.DataFrame([each.row() for each in records]).to_csv(index=False, lineterminator="\n").encode()


def _records(records: Sequence[EvidenceRecord]) -> None:
    table = pd.DataFrame([each.row() for each in records], columns=list(COLUMNS))
    widths = {COLUMNS[key]: st.column_config.TextColumn(width=pixels) for key, pixels in WIDTHS.items()}
    st.dataframe(table.rename(columns=COLUMNS), hide_index=True, width="stretch", column_config=widths)
    small("Double-click on a cell to read all of it.")
    st.download_button(
        "evidence.csv",
        csv_of(records),
        file_name="evidence.csv",
        mime=CSV,
        on_click="ignore",
        key="save-evidence",
        help="What was found, every column: the columns of `corridor evidence --csv`.",
    )
    small("Where a parameter is used in the model is not recorded; figures say what they bear on.")


def _contradictions(records: Sequence[EvidenceRecord]) -> None:
    """Values that do not agree, side by side: the one here and each of the others."""
    rows = [
        {"What": each.label, "Here": f"{each.value} {each.unit} ({each.source})", "But also": other}
        for each in records
        for other in each.contradictions
    ]
    if not rows:
        return
    st.subheader("Where values contradict each other")
    small("The left value is the one in the record, the right one is what another source or study says.")
    height = CONTRADICTIONS_HEIGHT if len(rows) > FEW else "content"
    with st.container(height=height):
        st.table(pd.DataFrame(rows).set_index("What"))


def _series(records: Sequence[EvidenceRecord]) -> None:
    """The months of one observed series among what was found."""
    series = {each.id.removeprefix(OBSERVED): each.label for each in records if each.id.startswith(OBSERVED)}
    if not series:
        return
    st.subheader("Observed months")
    chosen = st.selectbox("Series", series, format_func=lambda each: series[each], key=SERIES)
    months = model.load_observed(chosen)
    st.dataframe(months, hide_index=True, width="stretch")
    small(
        f"{len(months):,} published values. A month without a row was not published; `all` is not broken down."
    )
