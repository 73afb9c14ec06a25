import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from corridor.outputs.tables import csv_bytes, label, number_text, round_values, spread
from tests.for_all import for_all

numbers = st.floats(-1e15, 1e15) | st.integers(-(10**12), 10**12).map(float)


@for_all(
    ("value", "text"),
    [
        (3.0, "3.0"),
        (-0.0, "0.0"),
        (-1e-9, "0.0"),
        (0.1, "0.1"),
        (1e-6, "0.000001"),
        (0.1 + 0.2, "0.3"),
        (2 / 3, "0.666667"),
        (-2.5, "-2.5"),
        (0.125, "0.1250"),
        (-1234.5, "-1234.5"),
        (-1234.567, "-1234.5670"),
        (12345678901.125, "12345678901.1250"),
        (1e10, "10000000000.0"),
        (1e16, "10000000000000000.0"),
        (1e22, "10000000000000000000000.0"),
        (12345678901.5, "12345678901.5"),
        (float("nan"), None),
    ],
)
def test_a_number_has_one_spelling(value, text):
    assert number_text(np.array([value])).to_pylist() == [text]


def test_a_number_is_spelt_the_same_whatever_stands_beside_it():
    values = [3.0, 0.1, np.nan, 1e10, 12345678901.5, -7.0]
    together = number_text(np.array(values)).to_pylist()
    assert together == [number_text(np.array([value])).to_pylist()[0] for value in values]


@given(st.lists(numbers, min_size=1, max_size=20))
def test_a_written_number_reads_back_as_the_number_in_memory(values):
    settled = round_values(np.array(values))
    texts = number_text(settled).to_pylist()
    assert [float(text) for text in texts] == settled.tolist()
    assert not any(character in text for text in texts for character in "eE")


def test_infinity_is_refused():
    with pytest.raises(ValueError, match="infinite"):
        number_text(np.array([1.0, np.inf]))


def test_csv_is_plain_text_with_line_feeds():
    table = pa.table(
        {
            "place": label(["all", "tucson_sector"], np.array([0, 1])),
            "nationality": ["El Salvador", "all"],
            "value": [1.0, 0.25],
            "n": [20, 3],
            "relative": [None, -0.5],
        },
        schema=pa.schema(
            {
                "place": pa.dictionary(pa.int32(), pa.string()),
                "nationality": pa.string(),
                "value": pa.float64(),
                "n": pa.int64(),
                "relative": pa.float64(),
            }
        ),
    )
    expected = b"place,nationality,value,n,relative\nall,El Salvador,1.0,20,\ntucson_sector,all,0.25,3,-0.5\n"
    assert csv_bytes(table) == expected
    assert csv_bytes(table.to_pandas()) == expected


def test_a_table_without_rows_is_a_header():
    assert csv_bytes(pd.DataFrame({"value": pd.Series(dtype=float)})) == b"value\n"


def test_a_name_that_would_need_quotes_is_refused():
    with pytest.raises(ValueError, match="CSV"):
        csv_bytes(pd.DataFrame({"place": ["a,b"]}))


@given(npst.arrays(np.float64, (7, 3), elements=st.floats(-1e6, 1e6) | st.just(np.nan)))
def test_spread_agrees_with_numpy_column_by_column(values):
    shares = [0.025, 0.1, 0.5, 0.975]
    count, mean, quantiles = spread(values, shares)
    for column in range(values.shape[1]):
        defined = values[~np.isnan(values[:, column]), column]
        assert count[column] == defined.size
        if defined.size:
            np.testing.assert_allclose(mean[column], defined.mean(), atol=1e-6)
            np.testing.assert_allclose(quantiles[:, column], np.quantile(defined, shares), atol=1e-6)
        else:
            assert np.isnan(mean[column])
            assert np.isnan(quantiles[:, column]).all()


@given(st.permutations(range(6)))
def test_spread_does_not_depend_on_the_order_of_replicates(order):
    values = np.random.default_rng(0).normal(size=(6, 4)) * 1e5
    for straight, shuffled in zip(spread(values, [0.1]), spread(values[list(order)], [0.1]), strict=True):
        np.testing.assert_array_equal(straight, shuffled)


def test_the_spread_of_one_undefined_value_is_undefined():
    count, mean, quantiles = spread(np.array([[np.nan, 2.0]]), [0.1, 0.9])
    assert count.tolist() == [0, 1]
    assert np.isnan(mean[0]) and mean[1] == 2.0
    assert np.isnan(quantiles[:, 0]).all() and (quantiles[:, 1] == 2.0).all()
