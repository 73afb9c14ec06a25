"""Crossed cells: one Parquet file of each result and no CSV, read back as written, refused where no run has them."""

import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from corridor import InputError, Results, compare
from corridor.engine.recording.recorder import Cells, Recording
from corridor.experiments.compare import write_results
from corridor.experiments.reproduce import reproduce
from corridor.foundations.errors import RunError
from corridor.inputs.registries.indicators import INDICATORS
from corridor.outputs import parquet
from corridor.outputs.files import write_files
from corridor.outputs.parquet import parquet_bytes
from corridor.outputs.rows import CROSSED, CROSSED_COLUMNS, Cell, is_crossed
from tests.sealing import reseal

TUCSON = Cell("encounters_usbp", place="tucson_sector", nationality="Cuba")
ALONE = Cell("encounters_usbp", nationality="Cuba", party="single_adult")
MADE = {TUCSON: (0.0, 50.0, 50.0), ALONE: (200.0, 0.0, 200.0)}  # by period


@pytest.fixture
def make_crossed(make_results):
    """As `make_results`, with two crossed cells more."""

    def make(scenario="history", *, values=MADE, **settings) -> Results:
        plain = make_results(scenario, **settings)
        cells = Cells(
            *zip(*[*plain.cells, *values], strict=True), unit=(*plain.units, *["people"] * len(values))
        )
        more = np.array(list(values.values())).T
        recordings = [Recording(plain.periods, cells, np.hstack([each, more])) for each in plain.values]
        return Results.from_recordings(
            scenario,
            recordings,
            draws=plain.draws.tolist(),
            replicates=plain.replicates.tolist(),
            manifest=plain.manifest,
        )

    return make


@pytest.fixture
def written(make_crossed, tmp_path):
    write_results([make_crossed(), make_crossed("gate", shift=1, baseline="history")], tmp_path)
    return tmp_path / "gate"


def test_a_cell_is_crossed_by_more_than_one_of_place_nationality_and_party():
    assert not is_crossed(Cell("deaths")) and not is_crossed(Cell("deaths", nationality="Cuba"))
    assert is_crossed(TUCSON) and is_crossed(ALONE)


def test_the_csv_files_are_the_same_with_and_without_crossed_cells(make_results, make_crossed):
    plain, crossed = make_results().files(), make_crossed().files()
    assert CROSSED not in plain
    for name in ("replicates.csv", "summary.csv"):
        assert plain[name] == crossed[name]
    pairs = [
        compare([make(), make("gate", shift=1, baseline="history")]).csv()
        for make in (make_results, make_crossed)
    ]
    assert pairs[0] == pairs[1]


def test_a_row_is_one_value_of_one_replicate(make_crossed):
    results = make_crossed()
    read = pd.read_parquet(io.BytesIO(results.files()[CROSSED]))
    assert tuple(read.columns) == CROSSED_COLUMNS
    assert len(read) == 3 * 3 * len(MADE)
    cuba = read[(read["place"] == "tucson_sector") & (read["period"] == "2023-12")]
    assert cuba["value"].tolist() == [50.0] * 3
    assert set(read["unit"]) == {"people"}
    pd.testing.assert_frame_equal(read, results.crossed())
    assert not len(pd.merge(read, results.table(), on=list(CROSSED_COLUMNS[:-2])))


def test_crossed_cells_read_from_files_are_those_in_memory(make_crossed, tmp_path):
    results = make_crossed(shift=1 / 3, undefined=[(replicate, 0, 3) for replicate in range(3)])
    write_results([results], tmp_path)
    again = Results.read(tmp_path / "history")
    assert again.cells == results.cells and again.units == results.units
    np.testing.assert_array_equal(again.values, results.values)
    assert again.files() == results.files()
    periods, values = again.series("encounters_usbp", place="tucson_sector", nationality="Cuba")
    assert periods == ("2023-11", "2023-12")
    np.testing.assert_array_equal(values, [[0, 50]] * 3)


def test_a_crossed_number_that_cannot_be_is_not_written(make_crossed):
    for wrong in (-1.0, np.inf, np.nan):
        with pytest.raises(RunError, match=r"tucson_sector, Cuba is .* which cannot be; nothing is written"):
            make_crossed(values=MADE | {TUCSON: (0.0, wrong, 0.0)}).files()


def changed(column, **names):
    """The table with texts of a column replaced."""

    def change(table):
        texts = [names.get(each, each) for each in table[column].to_pylist()]
        return table.set_column(table.column_names.index(column), column, pa.array(texts).dictionary_encode())

    return change


def numbers(**values):
    """The table with a number put at the first row of each column named."""

    def change(table):
        for name, value in values.items():
            column = [value, *table[name].to_pylist()[1:]]
            table = table.set_column(table.column_names.index(name), name, pa.array(column))
        return table

    return change


def without_the_year(table):
    months = table.filter(pc.not_equal(table["period"].cast(pa.string()), "2023"))
    return months.set_column(3, "period", months["period"].cast(pa.string()))


WRONG = {  # what is done to the table -> what is said
    "no rows": (lambda table: table[:0], "no rows"),
    "a row less": (lambda table: table[1:], "are missing"),
    "a row twice": (lambda table: pa.concat_tables([table, table[:1]]), "the same row twice"),
    "a column less": (lambda table: table.drop_columns(["unit"]), "expected the columns"),
    "a column more": (lambda table: table.append_column("note", table["unit"]), "expected the columns"),
    "an empty field": (numbers(value=None), "a field of it is empty"),
    "a negative number": (numbers(value=-50.0), "cannot be"),
    "infinity": (numbers(value=float("inf")), "not a finite number"),
    "another replicate": (numbers(replicate=7), "its draws and replicates are not those"),
    "another scenario": (changed("scenario", gate="history"), "is not the scenario"),
    "a nationality that is none": (changed("nationality", Cuba="Cubaa"), "is not a nationality"),
    "markup as a place": (changed("place", tucson_sector="<b>"), "is not the name of a place"),
    "another unit": (changed("unit", people="USD"), "is in people"),
    "a crossing that is not reported": (changed("indicator", encounters_usbp="deaths"), "is not reported by"),
    "a crossing of three": (changed("place", all="tucson_sector"), "not reported by"),
    "a margin": (changed("place", tucson_sector="all"), "is in another file"),
    "a period less": (without_the_year, "its periods are not those"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_table_that_no_run_writes_is_refused_by_its_file(written, case):
    change, why = WRONG[case]
    file = written / CROSSED
    file.write_bytes(parquet_bytes(change(pq.read_table(file))))
    reseal(written)
    with pytest.raises(InputError, match=rf"crossed\.parquet: .*{why}"):
        Results.read(written)


@pytest.mark.parametrize("content", [b"PAR1", b"a,b\n1,2\n", bytes(500)])
def test_what_is_no_parquet_is_refused(written, content):
    (written / CROSSED).write_bytes(content)
    with pytest.raises(InputError, match=r"crossed\.parquet: has changed since Corridor wrote it"):
        Results.read(written)
    reseal(written)
    with pytest.raises(InputError, match=r"crossed\.parquet: cannot be read"):
        Results.read(written)


def test_crossed_cells_in_replicates_csv_are_refused(written):
    file = written / "replicates_by_place.csv"
    before = file.read_text()
    file.write_text(before.replace("encounters_usbp,tucson_sector,all", "encounters_usbp,tucson_sector,Cuba"))
    assert file.read_text() != before
    reseal(written)
    with pytest.raises(InputError, match=r"replicates_by_place\.csv: a row is not by place"):
        Results.read(written)


def test_a_run_writes_its_crossings_and_is_reproduced_with_them(run_command, scenario_folder, tmp_path):
    words = ("run", scenario_folder / "gate.yaml", "--out", tmp_path / "out", "--people-per-agent", 400)
    assert run_command(*words, "--replicates", 2)[0] == 0
    found = reproduce(tmp_path / "out" / "gate")
    assert found.equal and CROSSED in found.compared
    read = Results.read(tmp_path / "out" / "gate")
    table = read.crossed()
    names = {name for name, indicator in INDICATORS.items() if indicator.crossings}
    assert set(table["indicator"]) == names
    assert not [cell for cell in read.cells if is_crossed(cell) and cell.indicator not in names]
    by_sector = table[(table["indicator"] == "encounters_usbp") & (table["place"] != "all")]
    whole = read.values[:, read.periods.index("2021-01"), read.index[Cell("encounters_usbp")]]
    sums = by_sector[by_sector["period"] == "2021-01"].groupby("replicate")["value"].sum()
    np.testing.assert_array_equal(sums.to_numpy(), whole)
    compared = pd.read_csv(tmp_path / "out" / "compare.csv")
    assert ((compared[["place", "nationality", "party"]] != "all").sum(axis=1) <= 1).all()


@pytest.mark.parametrize("file", ["replicates.parquet", CROSSED])
def test_a_file_that_unpacks_to_more_memory_than_it_may_is_refused(make_crossed, tmp_path, monkeypatch, file):
    write_files(tmp_path, make_crossed().files(wide=True))
    Results.read(tmp_path)
    monkeypatch.setattr(parquet, "MOST_UNPACKED_BYTES", 100)
    with pytest.raises(InputError, match=rf"{file}: would take more than 0 MB of memory"):
        parquet.open_parquet(file, (tmp_path / file).read_bytes())
    with pytest.raises(InputError, match="would take more than 0 MB of memory"):
        Results.read(tmp_path)
