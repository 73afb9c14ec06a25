"""The page of the blind record: failures first, what is frozen, and what was said beside what came."""

import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import corridor
from corridor_app.charts import blind as charts
from corridor_app.pages import blind
from corridor_app.words.language import LANGUAGES, in_language
from corridor_app.words.texts import read_text
from tests.patience import PATIENCE

DOCUMENT = Path(__file__).parents[2] / "docs" / "blind.md"
SCORED, WAITS = "0.1.0", "0.2.0"
WHOLE = ("all", "all", "all")


def open_page(content=None, **given):
    page = AppTest.from_string("from corridor_app.pages import blind\nblind.show()", default_timeout=PATIENCE)
    for key, value in given.items():
        page.query_params[key] = value
    page.run()
    if content is not None:
        page.file_uploader[0].set_value(("came.csv", content, "text/csv")).run()
    assert not page.exception
    return page


def words(page):
    return " ".join(" ".join(each.value for each in page.markdown).split())


@pytest.fixture(scope="module")
def scored():
    return corridor.read_blind_record(SCORED)


@pytest.fixture(scope="module")
def waits():
    return corridor.read_blind_record(WAITS)


# --- what the page says ----------------------------------------------------------------------------------------------


def test_failures_come_first_with_the_figures_of_the_record():
    page = open_page()
    assert [each.value for each in page.subheader][:3] == ["What failed", "Who knew what", "Frozen records"]
    table = page.table[0].value
    assert list(table.loc["All encounters"]) == ["59%", "67%", "14%", "0 of 5"]
    kept = charts.wholes(corridor.load_blind_scores())
    assert len(table) == len(kept) == 9
    assert list(table["error of Corridor"]) == [f"{error:.0%}" for error in kept["wape"]]
    said = words(page)
    assert "Version 0.1.0 said 1.44 million encounters for January 2024 to May 2024; 906,000 came." in said
    assert "off by 59%. Holding the last known month was off by 67%" in said
    assert "It lost to the better of these two simple forecasts in 9 of 9 series." in said


def test_a_series_is_lost_where_the_better_simple_forecast_is_no_worse():
    rows = [("a", 0.3, 0.4, 0.5), ("b", 0.3, 0.4, 0.3), ("c", 0.3, 0.1, 0.9), ("d", float("nan"), 0.1, 0.1)]
    table = pd.DataFrame(rows, columns=["indicator", "wape", "wape_last_month", "wape_last_year"])
    assert charts.lost(table.assign(place="all", nationality="all", party="all")) == (2, 3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_that_no_record_holds_are_those_of_the_document(language):
    document = DOCUMENT.read_text(encoding="utf-8")
    with in_language(language):
        said = read_text("blind_failed.md")
    shares = re.findall(r"\d+%", said)
    assert shares == ["23%", "50%", "3%", "18%"]
    assert all(share in document for share in shares)


def test_the_page_does_not_say_that_the_first_record_was_made_before_its_months():
    said = words(open_page())
    assert "Its record was made later, when the months had come" in said
    assert "before the months come" not in said + DOCUMENT.read_text(encoding="utf-8")


def test_each_frozen_record_shows_its_hash_its_claim_and_what_its_bands_hold():
    page = open_page()
    codes = [each.value for each in page.code]
    frozen, bands = page.table[1].value, page.table[2].value
    said = words(page)
    for name in corridor.blind_names():
        record = corridor.read_blind_record(name)
        assert record.seal in codes
        assert frozen.loc["scenario", f"version {name}"] == record.manifest["scenario"]
        held = [part["how"] if part["in"] else "not in" for part in record.manifest["contains"].values()]
        assert sorted(bands[f"version {name}"]) == sorted(held)
        assert all(note in said for note in record.manifest["notes"])
    assert list(frozen.loc["scored"]) == ["to May 2024", "not yet"]
    assert list(frozen.loc["level claimed to"]) == ["December 2024", "June 2025"]


# --- month by month --------------------------------------------------------------------------------------------------


def test_the_page_opens_with_the_record_that_waits_and_says_where_its_claim_ends():
    page = open_page()
    assert [each.value for each in page.selectbox] == [WAITS, "encounters_usbp", "all"]
    said = words(page)
    assert "It says July 2024 to June 2026, and claims a level to June 2025." in said
    assert "June 2026, where nothing is claimed" in said
    assert "What we distrust in version 0.2.0" in said
    table = page.table[3].value
    assert list(table["level claimed"]) == ["yes"] * 12 + ["no"] * 12
    assert "published" not in table


def test_what_is_distrusted_in_the_record_that_waits_is_true_of_it(waits):
    """A record that is frozen again may need other words: `blind_waits.md`, and docs/blind.md."""
    said = charts.record_rows(waits, "encounters_usbp", WHOLE).set_index("period")["mean"]
    assert said.loc["2024-07"] < said.loc["2025-06"] < said.loc["2026-06"]


def layers_of(record, indicator, cell=WHOLE):
    rows = charts.record_rows(record, indicator, cell)
    published = charts.shown_published(rows, charts.published_rows(indicator, cell))
    drawn = charts.blind_chart(
        rows, published, charts.own_rows(None, indicator, cell), title="", unit="people", description="said"
    )
    spec = drawn.to_dict()
    return [
        (each["mark"], spec["datasets"][each["data"]["name"]])
        for each in spec["layer"]
        if each["data"].get("name")
    ]


def test_months_past_the_horizon_are_drawn_apart_from_those_that_are_claimed(waits):
    (claimed, of_claimed), (past, of_past) = [
        each for each in layers_of(waits, "encounters_usbp") if each[0]["type"] == "area"
    ]
    assert past["opacity"] < claimed["opacity"] / 2
    assert [row["period"] for row in of_claimed][-1] == of_past[0]["period"] == "2025-06", "no gap"
    assert {row["claimed"] for row in of_claimed} == {"yes"}
    assert {row["claimed"] for row in of_past[1:]} == {"no"} and len(of_past) == 13
    (names,) = [rows for mark, rows in layers_of(waits, "encounters_usbp") if mark["type"] == "text"]
    assert [row["name"] for row in names] == ["known", "a level is claimed", "nothing is claimed"]


def test_the_band_is_of_the_middle_80_per_cent(waits):
    rows = charts.record_rows(waits, "encounters_ofo", ("all", "all", "family_unit"))
    assert len(rows) == 24
    assert list(rows["low"]) == list(rows["q10"])
    assert list(rows["high"]) == list(rows["q90"])


def test_what_came_is_drawn_beside_the_record_and_is_what_was_scored(scored):
    points = [rows for mark, rows in layers_of(scored, "encounters") if mark["type"] == "point"]
    assert [row["period"] for row in points[0]][12:] == [f"2024-0{month}" for month in range(1, 7)]
    months = corridor.score_blind(scored, corridor.read_observed("packaged")).months
    for indicator, cell in (("encounters", WHOLE), ("encounters_usbp", ("all", "Mexico", "all"))):
        place, nationality, party = cell
        same = months[
            (months["indicator"] == indicator)
            & (months["place"] == place)
            & (months["nationality"] == nationality)
            & (months["party"] == party)
        ]
        drawn = charts.published_rows(indicator, cell).set_index("period")["value"]
        assert len(same) == 6
        assert list(drawn.loc[list(same["period"])]) == list(same["observed"])


def test_a_month_that_came_after_the_score_is_told_with_the_error_that_it_makes():
    page = open_page(record=SCORED, series="encounters")
    said = words(page)
    assert "The band held 0 of the 6 months that are published." in said
    assert "ends with May 2024. Published since, drawn here, and not in it: June 2024." in said
    assert "With that this series is off by 75%." in said
    assert page.table[3].value.loc["June 2024", "published"] == "130,415"


def test_the_address_says_what_is_drawn_and_what_it_asks_for_in_vain_is_plain_text():
    page = open_page(series="encounters_ofo", part="family_unit")
    assert [each.value for each in page.selectbox] == [WAITS, "encounters_ofo", "family_unit"]
    assert "Encounters at ports (Office of Field Operations): People in families" in words(page)
    page.selectbox(key="series").set_value("mexico_returns").run()
    assert not page.exception
    assert page.query_params == {"series": "mexico_returns"}
    other = open_page(record="[x](http://evil.example)")
    assert other.selectbox[0].value == WAITS
    assert "The link's `record` was left out" in other.warning[0].value
    assert "](http" not in other.warning[0].value


def test_every_series_of_every_record_can_be_drawn():
    for name in corridor.blind_names():
        record = corridor.read_blind_record(name)
        for indicator in charts.indicators_of(record):
            for cell in charts.cells_of(record, indicator).values():
                rows = charts.record_rows(record, indicator, cell)
                published = charts.shown_published(rows, charts.published_rows(indicator, cell))
                assert len(rows) == len(record.periods)
                own = charts.own_rows(None, indicator, cell)
                said = charts.describe("title", record, rows, published, own)
                assert said.startswith("title, by month") and "nan" not in said


# --- figures of one's own --------------------------------------------------------------------------------------------

CAME = b"""indicator,period,value
honduras_entries,2024-07,9
encounters_usbp,2024-07,70000
encounters_usbp,2025-08,60000
encounters_ofo,2024-07,40000
"""


def test_a_file_is_scored_on_the_chosen_record_as_the_command_line_scores_it(waits):
    page = open_page(CAME)
    found = corridor.score_blind(waits, corridor.parse_observed(CAME, name="came"))
    said = words(page)
    assert "**Months of which it claims a level**" in said
    assert "**Months of which it claims nothing**" in said
    assert any(each.value == "the record does not hold honduras_entries" for each in page.text)
    claimed, past = page.table[-2].value, page.table[-1].value
    assert list(claimed.index) == [
        "All encounters",
        *(corridor.INDICATORS[each].label for each in charts.PARTS_OF_ENCOUNTERS),
    ]
    for table, group in ((claimed, "yes"), (past, "no")):
        errors = found.scores.loc[found.scores["claimed"] == group, "wape"]
        assert list(table["error of Corridor"]) == [f"{error:.0%}" for error in errors]
    assert "Your figures are drawn as diamonds." in said
    own = charts.own_rows(found, "encounters_usbp", WHOLE)
    assert list(own["value"]) == [70_000, 60_000]


def test_a_file_with_no_month_of_the_record_says_so():
    page = open_page(b"indicator,period,value\nencounters_usbp,2024-03,5\n")
    assert "no month and no series in common" in page.info[0].value
    assert len(page.table) == 4


def test_the_record_that_waits_is_the_last_that_nobody_scored(scored, waits):
    none = pd.DataFrame({"record": []})
    both = pd.DataFrame({"record": [SCORED, WAITS]})
    assert blind.waiting([scored, waits], none) == blind.waiting([scored, waits], both) == WAITS
    assert blind.waiting([scored, waits], pd.DataFrame({"record": [WAITS]})) == SCORED
