"""The deal book as a file: what is written is what is read, and what a figure shows are shares of runs."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from corridor.engine.recording.book import Entry
from corridor.engine.recording.recorder import Recording
from corridor.foundations.errors import InputError
from corridor.foundations.timeline import Timeline
from corridor.outputs.deals import COLUMNS, deals_table, read_deals
from corridor.outputs.figure_rows import deal_rows
from corridor.outputs.figures import deal_chart
from corridor.outputs.tables import csv_bytes

TIMELINE = Timeline(date(2020, 7, 1), date(2023, 12, 31), date(2021, 1, 1))


def recording(*entries) -> Recording:
    return Recording(("2023",), None, np.zeros((1, 1)), deals=entries)  # type: ignore[arg-type]


def table():
    agreed = Entry(
        800, "round", "us+mexico", "agreed", "returns=four parole=four", "a", "b", 0.25, 1 / 3, 4.0, 1.0
    )
    refused = Entry(828, "side_deal", "us+panama", "refused", "panama_returns", gain_other=-0.5)
    broken = Entry(860, "breach", "us+mexico", "not_paid", "stops")
    return deals_table(
        "talks", TIMELINE, [recording(agreed, refused), recording(agreed, broken)], [0, 0], [0, 1]
    )


def test_a_row_an_event_with_the_share_delivered():
    rows = table().to_pandas()
    assert tuple(rows.columns) == COLUMNS
    assert rows["number"].tolist() == [1, 2, 1, 2]
    assert rows["date"].iloc[0] == "2022-09-09"
    assert rows["delivered"].iloc[0] == 0.25
    assert np.isnan(rows["delivered"].iloc[1])


def test_what_is_written_is_read_back_and_written_again_the_same(tmp_path):
    file = tmp_path / "deals.csv"
    file.write_bytes(csv_bytes(table()))
    again = read_deals(file, file.read_bytes())
    pd.testing.assert_frame_equal(again.to_pandas(), table().to_pandas())
    assert csv_bytes(again) == file.read_bytes()


def test_another_file_is_refused(tmp_path):
    file = tmp_path / "deals.csv"
    file.write_text("scenario,date\ntalks,2022-09-09\n")
    with pytest.raises(InputError, match="expected the columns"):
        read_deals(file, file.read_bytes())


def test_the_figure_shows_in_how_many_runs_each_issue_is_agreed_or_lost():
    rows = deal_rows(table().to_pandas()).set_index(["issue", "event"])["share"]
    assert rows["returns", "agreed"] == 1.0
    assert rows["stops", "breach"] == 0.5
    assert "panama_returns" not in rows.index.get_level_values("issue")
    shown = deal_chart(table().to_pandas(), title="Deals").to_dict()
    assert shown["title"] == "Deals"
