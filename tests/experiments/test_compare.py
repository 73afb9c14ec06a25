import numpy as np
import pytest

from corridor import InputError, Results, compare, shared_periods, write_results
from corridor.engine.recording.recorder import Cells, Recording
from corridor.outputs.rows import Cell


def test_compare_csv_has_the_columns_of_the_contract(make_results):
    rows = compare([make_results(), make_results("funds", shift=2)]).csv().decode().splitlines()
    assert rows[0] == (
        "scenario,baseline,window,first_day,last_day,indicator,place,nationality,party,pairs,baseline_mean,scenario_mean,"
        "difference_mean,difference_p025,difference_p10,difference_p50,difference_p90,difference_p975,"
        "relative,unit,sums"
    )
    assert rows[1] == (
        "funds,history,month,2023-11-01,2023-11-30,departures,all,all,all,3,21.0,23.0,2.0,2.0,2.0,2.0,2.0,2.0,"
        "0.095238,people,yes"
    )


def test_a_scenario_equal_to_its_baseline_differs_by_nothing(make_results):
    table = compare([make_results(), make_results("same")]).table()
    differences = table.filter(like="difference_").to_numpy()
    assert (differences == 0).all()


def test_relative_is_empty_where_the_baseline_is_zero(make_results):
    found = compare([make_results(replicates=1), make_results("funds", replicates=1, shift=5)])
    rows = found.files()["compare_by_place.csv"].decode().splitlines()
    row = next(row for row in rows if "2023-11-30,encounters_usbp,tucson_sector" in row)
    assert row.endswith(",0.0" + 7 * ",5.0" + ",,people,yes")


def test_the_spread_is_that_of_the_pairs_not_of_the_levels(make_results):
    table = compare([make_results(), make_results("funds", shift=7)]).table()
    assert (table["difference_p025"] == 7).all()
    assert (table["difference_p975"] == 7).all()


def test_pairs_are_made_by_replicate_whatever_the_order(make_results):
    baseline = make_results()
    cells = Cells(*zip(*baseline.cells, strict=True), unit=baseline.units)
    order = [2, 0, 1]
    shuffled = Results.from_recordings(
        "funds",
        [Recording(baseline.periods, cells, baseline.values[row]) for row in order],
        draws=[0, 0, 0],
        replicates=order,
        manifest=make_results("funds").manifest,
    )
    assert (compare([baseline, shuffled]).table()["difference_mean"] == 0).all()


def test_a_pair_counts_only_where_both_are_defined(make_results):
    baseline = make_results(undefined=[(0, 0, 3)])
    scenario = make_results("funds", shift=4, undefined=[(1, 0, 3), (0, 1, 3), (1, 1, 3), (2, 1, 3)])
    table = compare([baseline, scenario]).table()
    days = table[table["indicator"] == "days_en_route"].set_index("period")
    assert days.at["2023-11", "pairs"] == 1
    assert days.at["2023-11", "baseline_mean"] == 32
    assert days.at["2023-11", "scenario_mean"] == 36
    assert "2023-12" not in days.index


def test_periods_that_only_one_has_are_left_out(make_results):
    longer = make_results("outlook", periods=("2023-12", "2024-01", "2024"))
    table = compare([make_results(), longer]).table()
    assert set(table["period"]) == {"2023-12"}
    december = make_results().series("departures")[1][:, 1]
    row = table[table["indicator"] == "departures"].iloc[0]
    assert row["baseline_mean"] == december.mean()


@pytest.mark.parametrize(
    ("end", "compared"),
    [
        ("2023-12-31", {"2023-11", "2023-12", "2023"}),
        ("2024-06-30", {"2023-11", "2023-12", "2023"}),
        ("2023-12-20", {"2023-11"}),
    ],
)
def test_a_period_that_only_one_ran_through_is_left_out(make_results, end, compared):
    table = compare([make_results(), make_results("other", end=end)]).table()
    assert set(table["period"]) == compared


def test_each_is_compared_with_the_baseline_it_names(make_results):
    history, funds = make_results(), make_results("funds", baseline="history")
    later = make_results("later", baseline="funds")
    assert pairs([funds, later, history]) == [("history", "funds"), ("funds", "later")]
    assert pairs([funds, later, history], baseline="later") == [("later", "funds"), ("later", "history")]
    assert pairs([funds, make_results("gate", baseline="history")]) == [("funds", "gate")]


def test_a_scenario_whose_baseline_is_absent_is_named_in_a_note(make_results):
    comparison = compare(
        [make_results(), make_results("funds", baseline="history"), make_results("gate", baseline="other")]
    )
    assert comparison.notes == ("gate is not compared: its baseline other is absent",)


def pairs(results, baseline=None):
    return [(a.scenario, b.scenario) for a, b in compare(results, baseline=baseline).pairs]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"seed": 2}, "seed 2 against 1"),
        ({"people_per_agent": 1}, "people per agent 1 against 50"),
        (
            {"periods": ("2024-01", "2024-02", "2024")},
            r"no period in common \(2024-01 to 2024 against 2023-11 to 2023\)",
        ),
    ],
)
def test_runs_that_do_not_match_are_refused_with_the_reason(make_results, change, why):
    with pytest.raises(InputError, match=f"funds and history do not pair: {why}"):
        compare([make_results(), make_results("funds", **change)])


def test_every_mismatch_is_named_at_once(make_results):
    with pytest.raises(InputError) as caught:
        compare([make_results(), make_results("funds", seed=2, people_per_agent=1)])
    assert len(caught.value.problems) == 2


def test_other_cells_are_refused(make_results):
    other = make_results("funds")
    other.manifest["hashes"]["cells"] = "1" * 64
    with pytest.raises(InputError, match="do not report the same indicators"):
        compare([make_results(), other])


def test_other_code_is_a_note_not_a_refusal(make_results):
    other = make_results("funds")
    other.manifest["hashes"]["code"] = "1" * 64
    assert "different versions of the code" in compare([make_results(), other]).notes[0]


def test_an_unknown_baseline_gets_the_nearest_name(make_results):
    with pytest.raises(InputError, match="did you mean 'history'"):
        compare([make_results(), make_results("funds")], baseline="histroy")


@pytest.mark.parametrize("count", [1, 2])
def test_less_than_two_scenarios_are_refused(make_results, count):
    with pytest.raises(InputError, match=r"two scenarios or more|given twice: history"):
        compare([make_results()] * count)


def test_a_comparison_from_files_has_the_bytes_of_one_from_memory(make_results, tmp_path):
    odd = np.pi / 7
    results = [
        make_results(shift=odd, undefined=[(0, 0, 3), (1, 0, 3), (2, 0, 3)]),
        make_results("funds", shift=odd * 1.7, baseline="history", undefined=[(2, 1, 3)]),
        make_results("gate", shift=odd * 0.3, baseline="history"),
    ]
    write_results(results, tmp_path)
    read = [Results.read(tmp_path / each.scenario) for each in results]
    assert compare(read).csv() == (tmp_path / "compare.csv").read_bytes() == compare(results).csv()
    compare(read).write(tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "compare.csv").read_bytes()


def test_write_results_writes_a_folder_a_scenario(make_results, tmp_path):
    write_results([make_results()], tmp_path / "one")
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["history"]
    write_results([make_results(), make_results("funds")], tmp_path / "two")
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == [
        "compare.csv",
        "compare_by_nationality.csv",
        "compare_by_place.csv",
        "datapackage.json",
        "funds",
        "headline.csv",
        "headline_by_nationality.csv",
        "headline_by_place.csv",
        "history",
    ]
    assert sorted(path.name for path in (tmp_path / "two" / "funds").iterdir()) == [
        "datapackage.json",
        "manifest.json",
        "replicates.csv",
        "replicates_by_nationality.csv",
        "replicates_by_place.csv",
        "replicates_years.csv",
        "replicates_years_by_nationality.csv",
        "replicates_years_by_place.csv",
        "summary.csv",
        "summary_by_nationality.csv",
        "summary_by_place.csv",
    ]


def test_results_that_do_not_pair_are_not_written(make_results, tmp_path):
    with pytest.raises(InputError):
        write_results([make_results(), make_results("funds", seed=2)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_ranking_adds_up_the_months_of_its_window_and_no_year(make_results):
    before, after = make_results(), make_results("more", shift=5.0)
    (row,) = compare([before, after]).ranking("departures").to_dict("records")
    assert (row["scenario"], row["baseline"]) == ("more", "history")
    months = [before.periods.index(month) for month in ("2023-11", "2023-12")]
    base = before.values[:, months, before.index[Cell("departures")]].sum(axis=1).mean()
    assert row["window"] == "2023-11 to 2023-12"
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((10.0, 10.0, 10.0))
    assert row["relative"] == pytest.approx(10.0 / base)


def test_a_ranking_puts_the_largest_fall_first(make_results):
    others = [make_results(f"by-{abs(shift)}", shift=shift) for shift in (-1, 3, -4)]
    table = compare([make_results(), *others]).ranking("departures")
    assert table["scenario"].tolist() == ["by-4", "by-1", "by-3"]


@pytest.mark.parametrize("later", [0, 1])
def test_a_period_that_only_one_reported_from_its_beginning_is_left_out(make_results, later):
    results = [make_results(), make_results("other")]
    results[later].manifest["period"]["report_from"] = "2023-11-15"
    assert set(compare(results).table()["period"]) == {
        "2023-12",
        "2023-12 to 2023-12",
    }  # the month, the year's part


def test_what_only_one_of_two_runs_reports_is_named_at_both_ends(make_results):
    whole, part = make_results(), make_results("part", end="2023-11-30")
    part.manifest["period"]["report_from"] = "2023-02-01"
    for one, other in ((whole, part), (part, whole)):
        words = shared_periods(one, other).words()
        assert "2021-01 to 2023-01 is left out since part begins on 2023-02-01" in words
        assert "2023-12 is left out since part ends on 2023-11-30" in words
