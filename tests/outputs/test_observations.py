"""Observed figures in the shape of results: by period and cell."""

import numpy as np
import pytest

from corridor.foundations.errors import InputError
from corridor.outputs.observations import observed_points, observed_table, observed_values
from corridor.outputs.rows import Cell

DECEMBER_2023 = 249740


def test_values_follow_cells_and_periods():
    cells = [Cell("encounters_usbp"), Cell("encounters_usbp", place="el_paso_sector"), Cell("darien_entries")]
    values = observed_values(cells, ["2022-10", "2023-12"])

    assert values.shape == (2, 3)
    assert values[1, 0] == DECEMBER_2023
    assert values[0, 1] == 53318


def test_a_year_is_the_sum_of_its_months_and_only_of_all_twelve():
    cells = [Cell("darien_entries"), Cell("expulsions_title_42")]
    values = observed_values(cells, ["2020", "2022", "2023"])

    assert values[1:, 0].tolist() == [248284, 520085]
    assert np.isnan(values[0, 0])
    assert np.isnan(values[2, 1])


def test_what_no_one_published_is_nan_not_zero():
    cells = [Cell("custody"), Cell("expulsions_title_42"), Cell("mexico_returns", nationality="Peru")]

    assert np.isnan(observed_values(cells, ["2023-12"])).all()
    assert np.isnan(observed_values([Cell("encounters_usbp")], ["2023-12-18"])).all()


def test_no_cells_give_an_empty_array():
    assert observed_values([], ["2023-12"]).shape == (1, 0)


def test_points_can_be_drawn_beside_a_run():
    points = observed_points("encounters_usbp")

    assert list(points.columns) == ["date", "value", "publisher"]
    assert points["date"].iloc[-1].isoformat() == "2024-06-01T00:00:00"
    assert points.set_index("date")["value"]["2023-12-01"] == DECEMBER_2023
    assert observed_points("encounters_usbp", nationality="Atlantis").empty


def test_a_table_has_months_by_members():
    table = observed_table("encounters_usbp", by="party")

    assert list(table.columns) == ["single_adult", "family_unit", "unaccompanied_child"]
    assert table.sum(axis=1)["2023-12"] == DECEMBER_2023


def test_a_table_of_an_unknown_series_is_refused():
    with pytest.raises(InputError, match="no observed series"):
        observed_table("custody")
