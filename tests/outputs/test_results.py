import io

import numpy as np
import pandas as pd
import pytest

from corridor import InputError, Results
from corridor.experiments.compare import write_results
from corridor.outputs.files import write_files
from corridor.outputs.results import cell_order, period_order
from corridor.outputs.rows import Cell
from tests.sealing import reseal

HEAD = (
    b"scenario,draw,replicate,window,first_day,last_day,indicator,place,nationality,party,value,unit,sums\n"
)


def lines(content: bytes) -> list[str]:
    return content.decode().splitlines()


def test_replicates_csv_has_the_columns_of_the_contract(make_results):
    rows = lines(make_results().files()["replicates.csv"])
    assert rows[0] == (
        "scenario,draw,replicate,window,first_day,last_day,indicator,place,nationality,party,value,unit,sums"
    )
    assert rows[1] == "history,0,0,month,2023-11-01,2023-11-30,departures,all,all,all,20.0,people,yes"
    assert len(rows) == 1 + 3 * 2 * 2


def test_summary_csv_has_the_columns_of_the_contract(make_results):
    rows = lines(make_results().files()["summary.csv"])
    assert rows[0] == (
        "scenario,window,first_day,last_day,indicator,place,nationality,party,n,mean,"
        "p025,p10,p25,p50,p75,p90,p975,unit,sums"
    )
    assert rows[1] == (
        "history,month,2023-11-01,2023-11-30,departures,all,all,all,3,21.0,"
        "20.05,20.2,20.5,21.0,21.5,21.8,21.95,people,yes"
    )
    assert len(rows) == 1 + 2 * 2


def test_each_file_holds_one_level_and_one_kind_of_window(make_results):
    files = make_results().files()
    assert set(files) == {
        "datapackage.json",
        "manifest.json",
        *(
            f"{stem}{level}.csv"
            for stem in ("summary", "replicates", "replicates_years")
            for level in ("", "_by_place", "_by_nationality")
        ),
    }
    for name in set(files) - {"manifest.json", "datapackage.json"}:
        table = pd.read_csv(io.BytesIO(files[name]))
        assert set(table["window"]) == {"year" if "years" in name else "month"}
        for level in ("place", "nationality", "party"):
            assert (
                (table[level] != "all").all()
                if name.endswith(f"_by_{level}.csv")
                else (table[level] == "all").all()
            )


def test_what_is_undefined_is_not_a_row(make_results):
    name = "by_nationality.csv"
    everywhere = make_results(undefined=[(replicate, 0, 3) for replicate in range(3)])
    once = make_results(undefined=[(1, 0, 3)])
    assert len(lines(everywhere.files()[f"replicates_{name}"])) == 1 + 3 * 2 * 2 - 3
    assert len(lines(everywhere.files()[f"summary_{name}"])) == 1 + 2 * 2 - 1
    row = next(row for row in lines(once.files()[f"summary_{name}"]) if "2023-11-30,days_en_route" in row)
    assert row.split(",")[8] == "2"


@pytest.mark.parametrize("undefined", [(), [(0, 0, 3)], [(r, p, 3) for r in range(3) for p in range(3)]])
def test_parquet_and_csv_agree_cell_by_cell(make_results, tmp_path, undefined):
    results = make_results(shift=1 / 3, undefined=undefined)
    write_files(tmp_path / "long", results.files())
    write_files(tmp_path / "wide", results.files(wide=True))
    long, wide = (Results.read(tmp_path / name) for name in ("long", "wide"))
    assert long.cells == wide.cells and long.periods == wide.periods and long.units == wide.units
    np.testing.assert_array_equal(long.values, wide.values)
    assert wide.files() == results.files() and long.files(wide=True) == results.files(wide=True)
    assert set(wide.manifest) == set(long.manifest)


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
        (HEAD, "no rows"),
        (
            HEAD + b"a,0,0,month,2023-11-01,2023-11-30,departures,all,all,all,many,people,yes\n",
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


def test_the_summary_is_the_files_with_the_names_of_periods(make_results):
    results = make_results()
    summary = results.summary()
    columns = lines(results.files()["summary.csv"])[0].split(",")
    days = ("window", "first_day", "last_day", "sums")
    assert list(summary.columns) == [
        "scenario",
        "period",
        *(each for each in columns[1:] if each not in days),
    ]
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
