import numpy as np
import pytest

from corridor import InputError, Results
from corridor.experiments.compare import write_results
from corridor.outputs.results import cell_order, period_order
from corridor.outputs.rows import Cell
from tests.sealing import reseal


def lines(content: bytes) -> list[str]:
    return content.decode().splitlines()


def test_replicates_csv_has_the_columns_of_the_contract(make_results):
    rows = lines(make_results().files()["replicates.csv"])
    assert rows[0] == "scenario,draw,replicate,period,indicator,place,nationality,party,value,unit"
    assert rows[1] == "history,0,0,2023-11,departures,all,all,all,20,people"
    assert len(rows) == 1 + 3 * 3 * 5


def test_summary_csv_has_the_columns_of_the_contract(make_results):
    rows = lines(make_results().files()["summary.csv"])
    assert rows[0] == (
        "scenario,period,indicator,place,nationality,party,n,mean,p025,p10,p25,p50,p75,p90,p975,unit"
    )
    assert rows[1] == "history,2023-11,departures,all,all,all,3,21,20.05,20.2,20.5,21,21.5,21.8,21.95,people"
    assert len(rows) == 1 + 3 * 5


def test_what_is_undefined_is_not_a_row(make_results):
    everywhere = make_results(undefined=[(replicate, 0, 3) for replicate in range(3)])
    once = make_results(undefined=[(1, 0, 3)])
    assert len(lines(everywhere.files()["replicates.csv"])) == 1 + 3 * 3 * 5 - 3
    assert len(lines(everywhere.files()["summary.csv"])) == 1 + 3 * 5 - 1
    row = next(row for row in lines(once.files()["summary.csv"]) if "2023-11,days_en_route" in row)
    assert row.split(",")[6] == "2"


def test_rows_come_in_the_order_of_the_registry_whole_before_parts(make_results):
    results = make_results()
    assert list(results.cells) == [
        Cell("departures"),
        Cell("encounters_usbp"),
        Cell("encounters_usbp", nationality="Cuba"),
        Cell("encounters_usbp", place="tucson_sector"),
        Cell("days_en_route", nationality="El Salvador"),
    ]
    assert list(results.cells) == sorted(results.cells, key=cell_order)


def test_periods_come_finest_first():
    assert sorted(["2022", "2021-02", "2021", "2021-01", "2021-01-31"], key=period_order) == [
        "2021-01-31",
        "2021-01",
        "2021-02",
        "2021",
        "2022",
    ]


def test_values_are_settled_when_they_enter(make_results):
    results = make_results(shift=1 / 3)
    assert results.values.max() == round(results.values.max(), 6)
    assert not results.values.flags.writeable


@pytest.mark.parametrize("undefined", [(), [(0, 0, 3)], [(r, p, 3) for r in range(3) for p in range(3)]])
def test_results_read_from_files_write_the_same_files(make_results, tmp_path, undefined):
    results = make_results(shift=1 / 3, undefined=undefined)
    write_results([results], tmp_path)
    again = Results.read(tmp_path / "history")
    assert again.files() == results.files()
    assert again.manifest == results.manifest
    np.testing.assert_array_equal(again.replicates, results.replicates)


def test_a_folder_that_holds_no_result_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"manifest\.json: cannot be read: No such file"):
        Results.read(tmp_path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a,b\n1,2\n", "expected the columns scenario, draw"),
        (b"scenario,draw,replicate,period,indicator,place,nationality,party,value,unit\n", "no rows"),
        (
            b"scenario,draw,replicate,period,indicator,place,nationality,party,value,unit\n"
            b"a,0,0,2023,departures,all,all,all,many,people\n",
            "cannot be read",
        ),
    ],
)
def test_a_damaged_file_is_refused_with_its_name(make_results, tmp_path, content, why):
    write_results([make_results()], tmp_path)
    (tmp_path / "history" / "replicates.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"replicates\.csv: has changed since Corridor wrote it"):
        Results.read(tmp_path / "history")
    reseal(tmp_path / "history")
    with pytest.raises(InputError, match=rf"replicates\.csv: .*{why}"):
        Results.read(tmp_path / "history")


def test_a_series_is_the_months_of_one_cell(make_results):
    periods, values = make_results().series("encounters_usbp", place="tucson_sector")
    assert periods == ("2023-11", "2023-12")
    np.testing.assert_array_equal(values, [[0, 50], [1, 51], [2, 52]])


def test_a_series_that_is_not_reported_is_refused(make_results):
    with pytest.raises(InputError, match="not this breakdown"):
        make_results().series("encounters_usbp", place="yuma_sector")
    with pytest.raises(InputError, match="not an indicator of this run"):
        make_results().series("encounters")


def test_the_summary_is_the_file(make_results):
    results = make_results()
    summary = results.summary()
    assert list(summary.columns) == lines(results.files()["summary.csv"])[0].split(",")
    assert len(summary) == 15


def test_consecutive_periods_are_taken_as_one(make_results):
    results = make_results()
    months = ["2023-11", "2023-12"]
    flow, mean = Cell("departures"), Cell("days_en_route", nationality="El Salvador")
    joined = results.over(months, [flow, mean])

    assert np.array_equal(joined[:, 0], results.series("departures")[1].sum(axis=1))
    assert np.isnan(joined[:, 1]).all()
    assert np.array_equal(results.over(["2023"], [mean])[:, 0], results.values[:, 2, results.index[mean]])


def test_a_summary_of_whole_months_leaves_out_one_that_is_cut_short(make_results):
    results = make_results(end="2023-12-20")

    assert "2023-12" in set(results.summary()["period"])
    assert set(results.summary(whole_months=True)["period"]) == {"2023-11", "2023"}
