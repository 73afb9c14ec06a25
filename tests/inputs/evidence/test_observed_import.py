"""Observed figures of others: CBP's layout and the tidy one, and every way in which a file can be wrong."""

import os

import pytest

from corridor import InputError, import_observed, list_observed, load_observed, parse_observed, read_observed
from corridor.inputs.evidence import observed_import, separated_text
from corridor.inputs.evidence.written_figures import read_count, read_fiscal_month, read_month
from corridor.outputs.observed_files import packaged_series, write_observed
from tests.cbp_file import HEADER, cbp_rows, elsewhere, written
from tests.fuzzing.targets import observed as fuzzed
from tests.fuzzing.targets import seeds

CELL = ["indicator", "period", "place", "nationality", "party"]
CBP = "CBP monthly tables"
TIDY = "indicator,period,place,nationality,party,value,publisher\n"
COUNT = HEADER.index("Encounter Count")


def problems_of(content, **told):
    with pytest.raises(InputError) as raised:
        parse_observed(content if isinstance(content, bytes) else content.encode(), file="mine.csv", **told)
    return [str(each) for each in raised.value.problems]


def tidy(*lines, head=TIDY, **told):
    return parse_observed((head + "".join(f"{line}\n" for line in lines)).encode(), **told)


def wrong(*lines, head=TIDY, **told):
    return problems_of(head + "".join(f"{line}\n" for line in lines), **told)


def changed(number, **fields):
    """CBP's rows, with fields of one replaced by the name of their column."""
    rows = cbp_rows()
    for name, value in fields.items():
        rows[number][HEADER.index(name.replace("_", " "))] = value
    return rows


def as_cbp_names(rows):
    """Rows in which a group that CBP does not name whole stands in Other, as in its file."""
    folded = {
        "encounters_usbp": ["West Africa", "Eastern Europe and Central Asia"],
        "expulsions_title_42": ["China", "India", "Brazil", "Eastern Europe and Central Asia"],
    }
    rows = rows.assign(
        nationality=[
            "Other" if nation in folded.get(indicator, ()) else nation
            for indicator, nation in zip(rows["indicator"], rows["nationality"], strict=True)
        ]
    )
    return rows.groupby(CELL, as_index=False)["value"].sum()


def test_figures_in_cbps_layout_equal_the_packaged_ones_wherever_both_have_a_cell():
    found = parse_observed(written([*cbp_rows(), *elsewhere()]), vintage="2023-01-20", publisher=CBP)
    ours = load_observed().drop(columns="vintage")
    ours = ours[ours["period"].isin(found.periods) & ours["indicator"].isin(found.indicators)]
    ours = ours[(ours["place"] == "all") | (ours["nationality"] == "all")]  # the layout crosses neither
    both = as_cbp_names(ours).merge(
        as_cbp_names(found.table()), on=[*CELL, "value"], how="outer", indicator=True
    )

    assert found.periods == ("2022-09", "2022-10")
    assert both["_merge"].eq("both").all() and len(both) == 130
    assert set(found.table()["vintage"]) == {"2023-01-20"}
    assert set(found.table()["publisher"]) == {CBP}
    assert found.notes[:2] == (
        "of the southwest border: 444 rows, summed",
        "of other borders: 2 rows, passed over",
    )
    assert "this publisher does not name West Africa: it is in Other" in found.notes
    assert any(
        note.startswith("of Eastern Europe and Central Asia this publisher names RUSSIA")
        for note in found.notes
    )


@pytest.mark.parametrize(
    ("told", "locale"),
    [
        ({"bom": False, "ends": "\n"}, "en"),
        ({"separator": ";"}, "en"),
        ({"separator": "\t", "ends": "\r"}, "en"),
        ({"number": lambda count: f"{count:,}"}, "en"),
        ({"number": lambda count: f"{count:,}".replace(",", "."), "separator": ";"}, "es"),
        ({"number": lambda count: f"{count:,}".replace(",", "\u00a0") + ",0", "separator": ";"}, "es"),
        ({"header": [each.upper().replace(" ", "_") for each in HEADER]}, "en"),
    ],
)
def test_how_a_file_was_saved_changes_no_figure(told, locale):
    usual = parse_observed(written(cbp_rows()))
    assert parse_observed(written(cbp_rows(), **told), locale=locale).rows == usual.rows


def test_months_that_a_spreadsheet_rewrote_are_the_same_months():
    usual, rows = parse_observed(written(cbp_rows())), cbp_rows()
    for row in rows:
        row[2] = {"SEP": "sept.-22", "OCT": "oct-22"}[row[2]]
        row[0] = row[0].removesuffix(" (FYTD)")
    assert parse_observed(written(rows)).rows == usual.rows


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2023-12", "2023-12"),
        ("2023-12-01", "2023-12"),
        ("12/2023", "2023-12"),
        ("Dec-23", "2023-12"),
        ("dic-23", "2023-12"),
        ("dic.-23", "2023-12"),
        ("Diciembre de 2023", "2023-12"),
        ("ene-24", "2024-01"),
        ("Aug 2021", "2021-08"),
    ],
)
def test_months_are_read_as_people_write_them(text, month):
    assert read_month(text) == month


@pytest.mark.parametrize(
    "text", ["", "2023", "2023-13", "2023-12-15", "01/12/2023", "Dez-23", "1887-01", "²-2023"]
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="expected a month such as 2023-12"):
        read_month(text)


def test_a_fiscal_year_runs_from_october_to_september():
    assert read_fiscal_month("2024 (FYTD)", "OCT") == "2023-10"
    assert read_fiscal_month("FY2024", "sep") == "2024-09"
    with pytest.raises(ValueError, match="runs from October 2023 to September 2024"):
        read_fiscal_month("2024", "oct-24")
    with pytest.raises(ValueError, match="expected one such as 2024 or"):
        read_fiscal_month("24", "OCT")


@pytest.mark.parametrize(
    ("text", "locale", "count"),
    [("0", "en", 0), ("12,345", "en", 12345), ("12.345", "es", 12345), ("1 234 567", "es", 1234567),
     ("7.0", "en", 7), ("7,00", "es", 7), ("-0", "en", 0)],
)  # fmt: skip
def test_counts_are_read_by_locale(text, locale, count):
    assert read_count(text, locale) == count


@pytest.mark.parametrize(
    ("text", "locale", "why"),
    [
        ("-5", "en", "is negative"),
        ("(5)", "en", "is negative"),
        ("1.5", "en", "is not whole"),
        ("12.345", "en", "is not whole; expected a whole number of people, 0 or more; with --locale es it is 12,345"),
        ("12,345", "es", "with --locale en it is 12,345"),
        ("12,34", "en", "is no number"),
        ("1e5", "en", "is no number"),
        ("", "en", "is empty"),
        ("٣", "en", "is no number"),
        ("9" * 5000, "en", "is no number"),
        ("99999999999", "en", "more than 1,000,000,000 people"),
    ],
)  # fmt: skip
def test_what_is_no_whole_number_of_people_is_refused(text, locale, why):
    with pytest.raises(ValueError, match=why.replace("(", r"\(")):
        read_count(text, locale)


def test_every_fault_of_cbps_rows_is_told_at_once_with_its_place_and_the_nearest_name():
    faults = {
        "Fiscal_Year": ("FY", "Fiscal Year: 'FY' is no fiscal year"),
        "Month_(abbv)": ("OKT", "Month (abbv): 'OKT' is no month"),
        "Component": ("Border Patroll", "did you mean 'border patrol'?"),
        "Land_Border_Region": ("Southwest Land Bordr", "did you mean 'southwest land border'?"),
        "Area_of_Responsibility": ("Larado Field Office", "did you mean 'Laredo Field Office'?"),
        "Demographic": ("FMUAA", "did you mean 'fmua'?"),
        "Title_of_Authority": ("Title 43", "did you mean"),
        "Encounter_Count": ("-3", "Encounter Count: '-3' is negative"),
    }
    rows = cbp_rows()
    for number, (name, (value, _)) in enumerate(faults.items()):
        rows[number][HEADER.index(name.replace("_", " "))] = value
    found = problems_of(written(rows, bom=False, ends="\n"))

    assert len(found) == len(faults)
    for number, (said, (_, expected)) in enumerate(zip(found, faults.values(), strict=True)):
        assert said.startswith(f"mine.csv:{number + 2}:") and expected in said, said
    line, column = map(int, found[-1].split(":")[1:3])
    assert written(rows, bom=False, ends="\n").decode().split("\n")[line - 1][column - 1 :] == "-3"


def test_a_row_that_stands_twice_is_refused_and_one_that_differs_in_the_count_is_added():
    rows = cbp_rows()
    assert "repeats line 2 in every column" in problems_of(written([*rows, rows[0]]))[0]
    more = [*rows[0][:COUNT], rows[0][COUNT] + 1000]
    one, two = (parse_observed(written(each)) for each in (rows, [*rows, more]))
    assert sum(row.value for row in two.rows) > sum(row.value for row in one.rows)
    assert any("unlike an earlier one in the count alone: 1 row, added to it" in note for note in two.notes)


def test_a_part_of_a_table_gives_no_sum_over_what_is_there_in_part():
    some = [row for row in cbp_rows() if row[HEADER.index("Citizenship")] in ("CUBA", "HAITI")]
    found = parse_observed(written(some))
    assert {row.nationality for row in found.rows} == {"Cuba", "Haiti"}
    assert any("what sums over nationality is left out" in note for note in found.notes)
    ports = [row for row in cbp_rows() if row[3] == "Office of Field Operations"]
    found = parse_observed(written(ports))
    assert found.indicators == ("encounters_ofo",)
    assert any("no rows of encounters_usbp" in note for note in found.notes)


def test_a_month_without_rows_is_unknown_and_not_zero():
    rows = cbp_rows()
    for row in rows:
        if row[2] == "OCT":
            row[2] = "DEC"
    found = parse_observed(written(rows))
    assert found.periods == ("2022-09", "2022-12")
    assert any(
        "no rows in 2022-10, 2022-11; these months are unknown, not zero" in each for each in found.notes
    )


def test_a_month_that_had_not_ended_by_the_vintage_is_left_out_and_one_that_had_not_begun_is_refused():
    found = parse_observed(written(cbp_rows()), vintage="2022-10-20")
    assert found.periods == ("2022-09",)
    assert any(note.startswith("2022-10 had not ended by the vintage") for note in found.notes)
    (said,) = problems_of(written(cbp_rows()), vintage="2022-09-30")[:1]
    assert said.startswith("mine.csv:") and "2022-10 lies after the vintage, 2022-09-30" in said
    unknown = parse_observed(written(cbp_rows()))
    assert unknown.vintage == unknown.publisher == "unknown"
    assert any("no vintage was told" in note for note in unknown.notes)


def test_tidy_figures_are_read_with_names_of_publishers_in_either_language():
    found = tidy(
        "darien_entries;dic-23;;Haití;;1.200;SNM Panama",
        "darien_entries;dic-23;;Brasil;;35;SNM Panama",
        "darien_entries;dic-23;;Perú;;12;SNM Panama",
        "darien_entries;dic-23;;todas;;9.999;SNM Panama",
        head="indicador;mes;lugar;nacionalidad;grupo;valor;fuente\n",
        locale="es",
        vintage="2024-02-01",
    )
    assert [(row.nationality, row.value) for row in found.rows] == [
        ("all", 9999),
        ("Haiti", 1235),
        ("Peru", 12),
    ]
    assert "counted together as Haiti: Brasil, Haití" in found.notes
    assert found.rows[0].period == "2023-12" and found.rows[0].publisher == "SNM Panama"


def test_unknown_nationalities_are_counted_with_other_and_named():
    found = tidy(
        "mexico_detections,2023-12,,Nepal,,40,", "mexico_detections,2023-12,,Venzuela,,3,",
        "mexico_detections,2023-12,,Other,,100,", publisher="UPMRIP Mexico",
    )  # fmt: skip
    assert [(row.nationality, row.value) for row in found.rows] == [("Other", 143)]
    assert found.notes[0] == (
        "counted in Other: 43 people of Nepal 40; Venzuela 3 (did you mean 'Venezuela'?)"
    )
    assert found.notes[1] == "Other has rows of its own too; the others were added to it"


def test_every_fault_of_tidy_rows_is_told_at_once_with_its_place_and_the_nearest_name():
    found = wrong(
        "darien_entry,2023-12,,,,5,", "darien_entries,2023-13,,,,5,", "darien_entries,2023-12,dariem,,,5,",
        "encounters_usbp,2023-12,,,single_adults,5,", "darien_entries,2023-12,,Cuba,,1.5,",
        'encounters_usbp,2023-12,,Cuba,single_adult,5,', "darien_entries,2023-12,darien,,,5,",
        'darien_entries,2023-12,,,,5,"=cmd,1"', "darien_entries,2023-12,,,,7,", "darien_entries,2023-12,,,,7,",
        "darien_entries,2023-12", 'darien_entries,"2023-12,,,,7,',
    )  # fmt: skip
    expected = [
        "mine.csv:2:1: indicator: 'darien_entry' is no indicator; did you mean 'darien_entries'?",
        "mine.csv:3:16: period: '2023-13' is no month of 1990 to 2099",
        "mine.csv:4:24: place: 'dariem' is no place of the model; did you mean 'darien'?",
        "mine.csv:5:27: party: 'single_adults' is no kind of party; did you mean 'single_adult'?",
        "mine.csv:6:31: value: '1.5' is not whole",
        "mine.csv:7:31: party: figures are by place, nationality or party, never by two of them",
        "mine.csv:8:24: place: darien_entries is reported by nationality and party; expected `all` here",
        "mine.csv:9:29: publisher: '=cmd,1': expected a publisher without commas",
        "mine.csv:11:27: value: line 10 has a figure of this cell already",
        "mine.csv:12:1: expected 7 fields, as in the header, not 2",
        "mine.csv:13:16: a quote is not closed on its line",
    ]
    assert len(found) == len(expected)
    for said, begins in zip(found, expected, strict=True):
        assert said.startswith(begins), said


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty; expected a line of column names"),
        (b"\xef\xbb\xbf\r\n\r\n", "is empty"),
        (b"month,people\n2023-12,5\n", "the column indicator is missing"),
        (b"a,b\n1,2\n", "mine.csv:1:1: the first line is no header that is known"),
        (b"indicator,period,valeu\n", "did you mean 'valeu'?"),
        (b"indicator,period,value,natoinality\n", "mine.csv:1:24: unknown column 'natoinality'"),
        (b"indicator,period,value,value\n", "mine.csv:1:18: 2 columns are called 'value'; expected one"),
        (b"Fiscal Year,Month (abbv),Component,Encounter Count\n", "the column Land Border Region is missing"),
        (b"indicator,period,value\n", "holds no figure that can be used"),
        ("indicator,period,value\nM\u00e9xico".encode("latin-1"), "mine.csv:2:2: is not UTF-8 text"),
        (b"indicator,period,value\na\0b", "mine.csv:2:2: holds a zero byte"),
        (b"indicator,period,value\n" + b"x" * 5000, "mine.csv:2:4001: the line has more than 4,000"),
    ],
)
def test_what_is_no_such_file_is_refused_with_what_was_expected(content, why):
    assert why in "\n".join(problems_of(content))


def test_arguments_are_refused_together():
    found = problems_of(b"", vintage="soon", publisher="a,b", locale="de", name="Mine!")
    assert [each.split(":")[0] for each in found] == ["--locale", "--name", "--publisher", "--vintage"]
    assert "is the name of the figures that Corridor comes with" in problems_of(b"", name="packaged")[0]


def test_reading_is_bounded_in_bytes_lines_and_problems(tmp_path, monkeypatch):
    file = tmp_path / "a.csv"
    file.write_bytes(b"indicator,period,value\n" + b"x,y,z\n" * 2000)
    with pytest.raises(InputError) as raised:
        import_observed(file)
    assert len(raised.value.problems) <= separated_text.MOST_PROBLEMS + 5
    assert "too many problems" in str(raised.value.problems[-1])
    monkeypatch.setattr(separated_text, "MOST_LINES", 100)
    with pytest.raises(InputError, match="has more than 100 lines"):
        import_observed(file)
    monkeypatch.setattr(observed_import, "MOST_BYTES", 1_000)
    with pytest.raises(InputError, match="it is larger than"):
        import_observed(file)


def test_a_pipe_a_folder_and_a_missing_file_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    for name, why in (("pipe.csv", "a pipe"), (".", "directory"), ("none.csv", "No such file")):
        with pytest.raises(InputError, match=why):
            import_observed(tmp_path / name)


def test_what_was_written_reads_back_and_is_kept_apart_from_the_package(tmp_path):
    before = packaged_series().rows
    series = parse_observed(written(cbp_rows()), file="/elsewhere/CBP Data (1).csv", vintage="2023-01-20")
    assert series.name == "cbp-data-1" and series.source == "CBP Data (1).csv"
    written_files = write_observed(series, tmp_path)
    assert [path.name for path in written_files] == ["cbp-data-1.csv", "cbp-data-1.json"]
    assert read_observed("cbp-data-1", tmp_path).rows == series.rows
    packaged, listed = list_observed(tmp_path)
    assert packaged["name"] == "packaged" and packaged["vintage"] == "unknown"
    assert (listed["source"], listed["sha256"]) == ("CBP Data (1).csv", series.sha256)
    assert (listed["vintage"], listed["publisher"]) == ("2023-01-20", "unknown")
    assert packaged_series().rows == before
    with pytest.raises(InputError, match="did you mean 'cbp-data-1'"):
        read_observed("cbp-data-2", tmp_path)


@pytest.mark.parametrize("told", [b"[]", b"{", b"[" * 100_000])
def test_a_record_of_provenance_that_is_none_is_refused(tmp_path, told):
    write_observed(parse_observed(written(cbp_rows()), name="mine"), tmp_path)
    (tmp_path / "mine.json").write_bytes(told)
    with pytest.raises(InputError, match=r"mine\.json"):
        list_observed(tmp_path)


def test_a_file_cut_anywhere_is_read_or_refused_in_words():
    for seed in seeds("observed"):
        for end in range(0, len(seed), 37):
            try:
                fuzzed(seed[:end] + seed[end + 3 :])
            except InputError as error:
                assert str(error)
