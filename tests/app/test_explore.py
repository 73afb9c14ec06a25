import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import model
from app import state

APP = Path(__file__).resolve().parents[2] / "app"
SECONDS = 120


def open_page(**given):
    page = AppTest.from_file(str(APP / "main.py"), default_timeout=SECONDS)
    for key, value in {"replicates": 2, **given}.items():
        page.query_params[key] = str(value)
    return page.run()


def numbers(page):
    return {metric.label: (metric.value, metric.delta) for metric in page.metric}


def address(page):
    return {key: each if isinstance(each, str) else each[0] for key, each in page.query_params.items()}


def all_words(page):
    return " ".join(each.value for each in page.markdown)


def test_the_page_opens_with_history_and_four_numbers():
    page = open_page()
    assert not page.exception
    assert not page.error
    assert not page.warning
    assert list(numbers(page)) == [
        "Border Patrol encounters",
        "Returns to Mexico",
        "Waiting in northern Mexico",
        "Deaths on the way",
    ]
    assert all(delta == "" for _, delta in numbers(page).values())
    assert {slider.label.split(" :")[0]: slider.value for slider in page.slider} == {
        "Places Mexico pledges for returns": 30_000,
        "Share of those places that are used": 0.08,
        "Funding of Mexico's INM": 1.0,
        "Venezuelans Panama accepts": 0,
    }


def test_the_page_says_what_its_numbers_are():
    words = all_words(open_page())
    for sentence in (
        "counts of a model, not observations and not a forecast",
        "for many of them the journey is dangerous",
        "an event, not a person",
        "The intervals show chance, not doubt about the model",
    ):
        assert sentence in " ".join(words.split())


def test_a_slider_has_its_source_on_hover_and_a_mark():
    slider = open_page().slider(key="slider-use")
    assert ":gray-badge[fitted]" in slider.label
    assert "Source, **fitted**" in slider.help
    assert "us.return_use_share" in slider.help


def test_moving_a_slider_changes_the_numbers_and_the_address_and_back():
    page = open_page(start="2023-03-01")
    before = numbers(page)
    page.slider(key="slider-pledge").set_value(90_000)
    page.slider(key="slider-use").set_value(0.9).run()
    after = numbers(page)
    assert not page.exception
    assert {label for label in after if after[label][0] != before[label][0]} >= {
        "Border Patrol encounters",
        "Returns to Mexico",
    }
    assert after["Returns to Mexico"][1].startswith("+")
    assert address(page) | {"pledge": "90000", "use": "0.9", "start": "2023-03-01"} == address(page)
    assert ":blue-badge[yours]" in page.slider(key="slider-pledge").label
    assert "at most **81,000** used" in all_words(page)
    page.button(key="put-back").click().run()
    assert numbers(page) == before
    assert "pledge" not in address(page)


def test_an_address_brings_back_what_was_chosen():
    page = open_page(
        scenario="funds-last-december",
        start="2023-11-01",
        panama=1500,
        show="deaths",
        of="Haiti",
        period="all",
    )
    assert not page.exception
    assert page.selectbox(key="scenario").value == "funds-last-december"
    assert page.slider(key="slider-panama").value == 1500
    assert page.selectbox(key="show").value == "deaths"
    assert page.selectbox(key="of").value == "Haiti"
    assert "2021 to 2023" in all_words(page)
    assert address(page) == {
        "v": "2",
        "scenario": "funds-last-december",
        "start": "2023-11-01",
        "panama": "1500",
        "show": "deaths",
        "of": "Haiti",
        "period": "all",
        "replicates": "2",
    }


def test_a_scenario_that_nobody_changed_is_compared_with_its_own_baseline():
    page = open_page(scenario="funds-last-december", period=2023)
    assert "compared with **What happened, 2021 to 2023**" in all_words(page)
    assert all(delta for _, delta in numbers(page).values())


def test_holding_a_lever_is_a_change():
    page = open_page()
    page.checkbox(key="hold-funding").check().run()
    assert not page.exception
    assert address(page)["hold"] == "funding"
    assert ":blue-badge[yours]" in page.slider(key="slider-funding").label
    assert all(delta for _, delta in numbers(page).values())


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("scenario", "../../etc/passwd", "no scenario of this name"),
        ("pledge", "nan", "a number from 0 to 100000"),
        ("use", "1.5", "a number from 0 to 1"),
        ("start", "yesterday", "`start`"),
        ("start", "2031-01-01", "lies outside"),
        ("replicates", "1000", "a whole number from 1 to 20"),
        ("show", "happiness", "no indicator of this name"),
        ("hold", "everything", "no slider of this name"),
        ("period", "soon", "a year or"),
        ("of", "Atlantis", None),
    ],
)
def test_a_bad_address_is_told_and_left_out(key, value, words, monkeypatch):
    monkeypatch.setattr(state, "DEFAULT_REPLICATES", 2)
    page = open_page(**{key: value})
    assert not page.exception
    assert not page.error
    warnings = [each.value for each in page.warning]
    assert (len(warnings) == 1 and words in warnings[0]) if words else not warnings
    assert value not in address(page).values()


def test_a_scenario_that_cannot_be_read_says_where_it_is_wrong(monkeypatch):
    load = model.load_scenario

    def refuse(name, *rest):
        if name == "returns-60000":
            raise model.InputError([])
        return load(name, *rest)

    monkeypatch.setattr(model, "load_scenario", refuse)
    page = open_page(scenario="returns-60000")
    assert not page.exception
    assert page.error[0].value == "This scenario cannot be read."


def test_nothing_is_sent_anywhere():
    settings = tomllib.loads((APP / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["server"]["address"] == "127.0.0.1"


def test_no_file_of_the_app_hides_a_package_or_turns_on_other_navigation():
    assert not {"app.py", "model.py", "pages"} & {path.name for path in APP.iterdir()}


def test_a_negotiated_scenario_shows_its_deals_and_offers_the_book():
    page = open_page(scenario="negotiated-2023")
    assert not page.exception
    assert "What governments agreed" in [each.value for each in page.subheader]
    assert "What governments agreed" not in [each.value for each in open_page().subheader]
