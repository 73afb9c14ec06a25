import pytest
from streamlit.testing.v1 import AppTest

import corridor
from corridor_app.pages.validation import FORECASTS, failures, score_table
from corridor_app.words.wording import skill_words
from tests.patience import PATIENCE


def open_page():
    page = AppTest.from_string(
        "from corridor_app.pages import validation\nvalidation.show()", default_timeout=PATIENCE
    )
    page.run()
    assert not page.exception
    return page


def words(page):
    return " ".join(" ".join(each.value for each in page.markdown).split())


def test_the_table_holds_the_record():
    table = open_page().table[0].value
    record = corridor.load_skill()["horizons"]
    assert list(table.index) == list(record)
    for ahead, found in record.items():
        assert table.loc[ahead, "forecasts scored"] == str(found["cases"])
        for key, name in FORECASTS.items():
            assert table.loc[ahead, name] == f"{found[key]:.1%}"


def test_the_page_says_what_the_scores_are_not():
    said = words(open_page())
    assert "in view of those who built the model" in said
    assert f"no level is claimed beyond {max(map(int, corridor.load_skill()['horizons']))} months" in said
    assert "`docs/hindcast.md`" in said


@pytest.mark.parametrize("of_this_fit", [True, False])
def test_scores_of_an_earlier_version_are_not_passed_off_as_those_of_this_one(monkeypatch, of_this_fit):
    record = {**corridor.load_skill(), "of_this_fit": of_this_fit}
    monkeypatch.setattr(corridor, "load_skill", lambda: record)
    page = open_page()
    said = [each.value for each in page.warning if "earlier version of the model" in each.value]
    assert len(said) == (not of_this_fit)
    assert ("earlier version" in skill_words(corridor.load_skill())) == (not of_this_fit)


def test_nationalities_are_better_where_the_record_says_so():
    table = open_page().table[1].value
    for ahead, found in corridor.load_skill()["horizons"].items():
        column = table[f"{ahead} {'month' if ahead == '1' else 'months'} ahead"]
        assert sorted(column.index[column == "better"]) == sorted(found["nationalities_better"])


def test_failures_come_from_the_record():
    record = {
        "1": {
            "mape": 0.1,
            "mape_announced": 0.2,
            "mape_persistence": 0.2,
            "mape_last_year": 0.4,
            "in_80": 0.5,
        },
        "12": {
            "mape": 0.3,
            "mape_announced": 0.1,
            "mape_persistence": 0.2,
            "mape_last_year": 0.1,
            "in_80": 1.0,
        },
    }
    announced, announced_last_year, known, known_last_year, wide, narrow = failures(record)
    assert "No better than the same month last year: model, policies as announced" in announced_last_year
    assert "12 (10.0% against 10.0%)" in announced_last_year and "1 (" not in announced_last_year
    assert "12 (30.0% against 10.0%)" in known_last_year
    assert "12 (30.0% against 20.0%)" in known
    assert "1 (20.0% against 20.0%)" in announced
    assert "every month 12 months ahead" in wide
    assert "too few months 1 month ahead" in narrow
    assert failures({"1": {"mape": 0.1, "mape_persistence": 0.2, "in_80": 0.85}}) == []


def test_a_record_that_lacks_a_score_shows_what_it_has(monkeypatch):
    record = {
        "origins": ["2021-12", "2023-11"],
        "held_out": "later months",
        "horizons": {"1": {"mape": 0.25}},
    }
    monkeypatch.setattr(corridor, "load_skill", lambda: record)
    page = open_page()
    assert len(page.table) == 1
    assert page.table[0].value.loc["1", FORECASTS["mape"]] == "25.0%"


@pytest.mark.parametrize("missing", ["mape_announced", "in_80"])
def test_the_table_leaves_out_what_is_not_known(missing):
    found = dict(corridor.load_skill()["horizons"]["1"])
    del found[missing]
    assert len(score_table({"1": found}).columns) == len(FORECASTS) + 1


def test_blind_tests_are_a_sentence_with_the_figures_of_the_record_and_a_link():
    page = open_page()
    said = words(page)
    assert "January 2024 to May 2024, version 0.1.0 was off by 59% in all encounters" in said
    assert "the same months of the year before were off by 14%" in said
    (link,) = page.get("page_link")
    assert link.proto.page == "blind" and link.proto.label == "The blind record"
