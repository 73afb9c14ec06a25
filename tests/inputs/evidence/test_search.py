"""Evidence: the documents' figures against public statistics, contradictions kept, and the search."""

import csv

import pytest

from corridor.foundations.errors import InputError
from corridor.inputs.evidence.search import (
    ALL,
    OBSERVED_COLUMNS,
    OBSERVED_FILE,
    OBSERVED_ONLY,
    document_figures,
    load_observed,
    search_evidence,
)
from corridor.inputs.parameters.parameter_set import NATIONALITIES, load_parameters
from corridor.inputs.reading.data_files import DATA_FOLDER
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import load_nationalities
from corridor.inputs.registries.shocks import SHOCKS
from corridor.inputs.registries.sources import SOURCES

FIGURES = document_figures()
POINTS = read_data_file("figures.yaml")["point_figures"]
OBSERVED = load_observed()
KEY = ["indicator", "period", "place", "nationality", "party"]


def ids(text):
    return [record.id for record in search_evidence(text)]


def observed_sum(*, indicator, place=ALL, nationality=(ALL,), equals=None, **period):
    rows = OBSERVED[OBSERVED["indicator"].isin(indicator) & OBSERVED["nationality"].isin(nationality)]
    rows = rows[(rows["place"] == place) & (rows["party"] == ALL)]
    return rows[rows["period"].between(period["from"], period["to"])]["value"].sum()


# --- the documents' figures ---------------------------------------------------------------------------------


def test_every_figure_of_the_documents_is_there_once():
    assert [figure["item"] for figure in FIGURES] == list(range(75, 107))


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"item-{figure['item']}")
def test_a_figure_says_what_it_is_and_what_statistics_say(figure):
    assert {
        "figure",
        "value",
        "unit",
        "date",
        "document",
        "role",
        "concerns",
        "verification",
    } <= figure.keys()
    assert SOURCES[figure["document"]].kind == "document"
    assert figure["role"] in ("input", "target", "check", "context")


@pytest.mark.parametrize(
    "figure", [figure for figure in FIGURES if "check" in figure], ids=lambda f: f["item"]
)
def test_what_the_verification_states_is_in_the_observed_series(figure):
    assert observed_sum(**figure["check"]) == figure["check"]["equals"]


def test_targets_are_checked_against_a_series():
    assert all("check" in figure for figure in FIGURES if figure["role"] == "target")


def test_figures_concern_things_that_exist():
    known = {*INDICATORS, *LEVERS, *SHOCKS, *load_parameters()}

    assert {name for figure in (*FIGURES, *POINTS) for name in figure["concerns"]} <= known


def test_contradictions_between_and_within_documents_are_kept():
    contradicted = {
        figure["item"]: figure["contradiction"] for figure in FIGURES if "contradiction" in figure
    }

    assert {82, 83, 90, 91, 92, 94, 96, 100, 106} <= contradicted.keys()
    assert "11,000" in contradicted[90] and "8,056" in contradicted[90]
    assert "10,000" in contradicted[96] and "6,000" in contradicted[96]


def test_points_have_different_ids_and_publishers_that_are_explained():
    assert len({point["id"] for point in POINTS}) == len(POINTS)
    assert {point["publisher"] for point in POINTS} <= set(SOURCES)


# --- the observed series ------------------------------------------------------------------------------------


def test_observed_rows_are_unique_and_end_with_june_2024():
    assert tuple(OBSERVED.columns) == (*OBSERVED_COLUMNS, "vintage")
    assert not OBSERVED.duplicated(KEY).any()
    assert OBSERVED["period"].min() == "2018-01" and OBSERVED["period"].max() == "2024-06"
    assert (OBSERVED["value"] >= 0).all()


def test_every_series_has_a_label_and_known_nationalities():
    assert set(OBSERVED["indicator"]) <= {*INDICATORS, *OBSERVED_ONLY}
    assert set(OBSERVED["nationality"]) <= {ALL, *NATIONALITIES}
    assert set(OBSERVED["party"]) == {ALL, "single_adult", "family_unit", "unaccompanied_child"}


@pytest.mark.parametrize("indicator", ["encounters_usbp", "encounters_ofo"])
@pytest.mark.parametrize("breakdown", ["nationality", "place", "party"])
def test_breakdowns_of_encounters_sum_to_the_total(indicator, breakdown):
    rows = load_observed(indicator)
    whole = rows[(rows[["place", "nationality", "party"]] == ALL).all(axis=1)].set_index("period")["value"]
    others = [axis for axis in ("place", "nationality", "party") if axis != breakdown]
    alone = (rows[breakdown] != ALL) & (rows[others] == ALL).all(axis=1)
    parts = rows[alone].groupby("period")["value"].sum()

    assert (whole - parts).abs().max() == 0


def test_sectors_of_a_nationality_add_up_to_its_encounters_where_the_table_names_it():
    rows = load_observed("encounters_usbp")
    crossed = rows[(rows["place"] != ALL) & (rows["nationality"] != ALL)]
    parts = crossed.groupby(["period", "nationality"])["value"].sum()
    whole = rows[(rows["place"] == ALL) & (rows["party"] == ALL)].set_index(["period", "nationality"])[
        "value"
    ]

    assert len(parts) == 36 * 11
    assert (whole.loc[parts.index] - parts).abs().max() == 0


@pytest.mark.parametrize(
    "indicator", sorted(set(OBSERVED.loc[OBSERVED["nationality"] == "Other", "indicator"]))
)
def test_groups_add_up_to_the_total_in_every_month(indicator):
    rows = load_observed(indicator)
    rows = rows[(rows["place"] == ALL) & (rows["party"] == ALL)]
    total = rows[rows["nationality"] == ALL].set_index("period")["value"]
    groups = rows[rows["nationality"] != ALL].groupby("period")["value"].sum()

    assert (total - groups).abs().max() == 0 and len(total) == len(groups)


def test_no_citizenship_is_counted_in_two_groups():
    for publisher in (
        "CBP monthly tables",
        "OHSS monthly tables",
        "SNM Panama",
        "INM Honduras",
        "UPMRIP Mexico",
    ):
        called = [
            name.upper()
            for nation in load_nationalities().values()
            for name in nation.published_as[publisher]
        ]
        assert len(called) == len(set(called)) > 10, publisher


def test_an_unknown_series_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match="did you mean 'darien_entries'"):
        load_observed("darien_entry")


def test_the_file_is_plain_csv_with_unix_line_ends():
    raw = (DATA_FOLDER / OBSERVED_FILE).read_bytes()
    header = next(csv.reader(raw.decode("utf-8").splitlines()))

    assert b"\r" not in raw and raw.endswith(b"\n")
    assert tuple(header) == OBSERVED_COLUMNS


# --- the search ---------------------------------------------------------------------------------------------


def test_without_a_text_everything_is_listed_once():
    records = search_evidence()

    assert len({record.id for record in records}) == len(records)
    assert {record.kind for record in records} == {
        "parameter",
        "document figure",
        "point figure",
        "observed series",
        "source",
    }


@pytest.mark.parametrize("record", search_evidence(), ids=lambda record: record.id)
def test_every_record_can_be_cited(record):
    assert record.label and record.value and record.status and record.source
    assert record.unit or record.kind == "source"


def test_every_word_must_match_whatever_the_case():
    assert "item-96" in ids("Caravan TAPACHULA")
    assert "item-96" in ids("caption caravan 10,000")
    assert ids("caravan lukeville") == []


def test_a_source_is_found_with_its_publisher_and_what_it_says():
    (record,) = [record for record in search_evidence("emif norte 2022") if record.kind == "source"]

    assert "6,937 dollars" in record.value
    assert record.source.endswith("2022 (survey)") and "Read through" in record.note


def test_accents_do_not_matter():
    assert ids("Juárez") == ids("juarez") != []


def test_alternatives_are_found_as_contradictions():
    (record,) = [record for record in search_evidence("guard share") if record.id == "guard_share"]

    assert record.value == "0.2"
    assert any("0.35" in other for other in record.contradictions)


def test_a_series_is_found_with_its_yearly_sums():
    (record,) = [record for record in search_evidence("observed") if record.id == "observed-darien_entries"]

    assert "2023 520,085" in record.value and "2020 1,821 in 6 months" in record.value
    assert record.source == "SNM Panama"
