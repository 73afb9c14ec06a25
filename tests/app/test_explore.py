import subprocess
import sys
import tomllib
from datetime import date
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import corridor
from corridor_app.charts.headlines import HEADLINES, measure
from corridor_app.choices import state
from corridor_app.choices.changes import PEOPLE_PER_AGENT, Entry, derive, read_levers, write_yaml
from corridor_app.choices.controls import find_control
from corridor_app.choices.links import write_entries
from corridor_app.choices.state import DEFAULT_START
from corridor_app.words.wording import people, rounded
from tests.patience import PATIENCE

APP = Path(__file__).resolve().parents[2] / "app" / "corridor_app"
ENTRY = APP / "entry"


def open_page(**given):
    page = AppTest.from_file(str(ENTRY / "main.py"), default_timeout=PATIENCE)
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
    assert "1 January 2021 to 31 December 2023" in all_words(page)
    assert address(page) == {
        "v": "2",
        "r": corridor.__version__,
        "scenario": "funds-last-december",
        "start": "2023-11-01",
        "panama": "1500",
        "show": "deaths",
        "of": "Haiti",
        "window": "whole",
        "replicates": "2",
    }


def test_a_scenario_that_nobody_changed_is_compared_with_its_own_baseline():
    page = open_page(scenario="funds-last-december", period=2023)
    assert "compared with **What happened, 2021 to June 2024**" in all_words(page)
    assert all(delta for _, delta in numbers(page).values())


def test_a_change_is_shown_from_its_first_difference_and_any_days_can_be_asked_for():
    page = open_page(funding="0.5", start="2023-03-01")
    assert not page.exception
    assert "**1 March 2023 to 30 June 2024.** Means of 2 replicates" in all_words(page)
    assert "window" not in address(page)
    offered = page.selectbox(key="window").options
    assert "Part of US fiscal year 2024: 1 October 2023 to 30 June 2024" in offered
    assert {"December 2023", "2022"} <= set(offered)
    before = numbers(page)
    page.selectbox(key="window").select("2023-12").run()
    assert not page.exception
    assert address(page)["window"] == "2023-12"
    assert "**1 December 2023 to 31 December 2023.**" in all_words(page)
    assert numbers(page) != before
    assert page.code[-1].value.endswith("--window 2023-12")
    page.button(key="put-back").click().run()
    assert page.selectbox(key="window").value == "2023-12"


def test_days_that_the_next_scenario_does_not_report_are_said_and_the_usual_ones_shown():
    page = open_page(scenario="outlook-2024", window="2024")
    assert all(delta == "" for _, delta in numbers(page).values())
    assert "The scenario alone: 1 January 2024 to 31 December 2024" in page.selectbox(key="window").options
    page.selectbox(key="scenario").select("darien-gate").run()
    assert not page.exception
    assert "2024 is not made of whole months that all of these runs report" in all_words(page)
    assert "window" not in address(page)


def test_a_projection_says_what_its_bands_hold_and_where_nothing_is_claimed():
    page = open_page(scenario="outlook-2024-07")
    assert not page.exception
    said = all_words(page) + " ".join(each.value for each in page.caption)
    assert (
        "After June 2024, the last month published, bands hold demand to come, chance and the error" in said
    )
    assert "Not in them: doubt about parameters." in said
    assert "After June 2025 nothing is claimed, and no band is drawn." in said


def test_a_headline_says_that_its_interval_is_chance_alone():
    page = open_page(scenario="darien-gate")
    said = all_words(page) + " ".join(each.value for each in page.caption)
    assert "80% of 2 pairs, chance alone:" in said
    assert "the last month published" not in said


def test_holding_a_lever_is_a_change():
    page = open_page()
    page.checkbox(key="hold-funding").check().run()
    assert not page.exception
    assert address(page)["hold"] == "funding"
    assert ":blue-badge[yours]" in page.slider(key="slider-funding").label
    assert all(delta for _, delta in numbers(page).values())


def test_a_link_of_another_release_opens_and_says_which_made_it():
    for given, release in (({"v": 2, "r": "0.1.5"}, "0.1.5"), ({"v": 2}, "0.1.0"), ({"v": 1}, "0.1.0")):
        page = open_page(panama=1500, **given)
        assert not page.exception
        assert page.slider(key="slider-panama").value == 1500
        assert [each.value for each in page.warning] == [
            f"This link was made with Corridor {release}; numbers may differ from what it showed then."
        ]
        assert address(page)["r"] == corridor.__version__
    assert not open_page(v=2, r=corridor.__version__).warning


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
        ("hold", "everything", "no lever of this name"),
        ("window", "soon", "days are named as"),
        ("period", "soon", "days are named as"),
        ("v", "99", "does not know that version"),
        ("r", "[x](http://x.org)", "a release is written as"),
        ("l", "panama.wall:1", "no lever of this name"),
        ("l", "us.mpp_share@[x](http://x.org):1", "no such member"),
        ("t", "panama.darien_gate:ramp:2023-03-01::0.5", "need a last day"),
        ("t", "x" * 5000, "too long"),
        ("of", "Atlantis", "nothing of this name"),
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
    load = corridor.load_scenario

    def refuse(name, *rest):
        if name == "returns-60000":
            raise corridor.InputError([])
        return load(name, *rest)

    monkeypatch.setattr(corridor, "load_scenario", refuse)
    page = open_page(scenario="returns-60000")
    assert not page.exception
    assert page.error[0].value == "This scenario cannot be read."


def test_nothing_is_sent_anywhere():
    settings = tomllib.loads((ENTRY / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["server"]["address"] == "127.0.0.1"


def test_streamlit_takes_the_settings_that_guard_the_server(tmp_path):
    ask = "from streamlit import config; import sys; print(*(config.get_option(n) for n in sys.argv[1:]))"
    names = ["server.maxUploadSize", "server.enableXsrfProtection", "server.enableCORS"]
    names += ["client.showErrorDetails", "browser.gatherUsageStats"]
    said = subprocess.run(
        [sys.executable, "-c", ask, *names], cwd=ENTRY, capture_output=True, text=True, check=True
    ).stdout.split()
    assert said == ["16", "True", "True", "none", "False"]


def test_nothing_beside_the_entry_hides_a_package_or_turns_on_other_navigation():
    """Streamlit puts this folder first on the path, and looks in it for a folder `pages`."""
    beside = {path.stem for path in ENTRY.iterdir() if path.name != "__pycache__"}
    assert beside == {"__init__", "main", ".streamlit"}
    assert not beside & (set(sys.stdlib_module_names) | set(packages_distributions()))


def test_a_negotiated_scenario_shows_its_deals_and_offers_the_book():
    page = open_page(scenario="negotiated-2023")
    assert not page.exception
    assert "What governments agreed" in [each.value for each in page.subheader]
    assert "What governments agreed" not in [each.value for each in open_page().subheader]


def pick(page, group, lever, members=None):
    page.selectbox(key="more-group").select(group).run()
    page.selectbox(key=f"more-{group}").select(lever).run()
    if members is not None:
        page.multiselect(key=f"more-for-{lever}-history").set_value(members).run()
    page.button(key="more-add").click().run()
    assert not page.exception
    assert not page.error


def scenario_named_on(page, text):
    """The scenario of a YAML text, once the page says that it ran that scenario."""
    scenario = derive(text)
    assert f"corridor run {scenario.name}.yaml" in page.code[-1].value
    return scenario


def test_a_lever_of_each_kind_is_picked_moved_and_removed():
    page = open_page()
    before = numbers(page)
    flights = "us.removal_flights_weekly@Venezuela~Cuba"
    pick(page, "Panama", "panama.darien_gate")
    pick(page, "United States", "us.title_42")
    pick(page, "United States", "us.removal_flights_weekly", ["Cuba", "Venezuela"])
    pick(page, "United States", "us.parole_monthly_cap")
    parole = "us.parole_monthly_cap@pool~Venezuela~Cuba~Nicaragua~Haiti"
    assert page.slider(key=f"slider-{parole}").value == 30_000
    assert numbers(page) == before
    page.slider(key="slider-panama.darien_gate").set_value(0.25)
    page.toggle(key="switch-us.title_42").set_value(True)
    page.number_input(key=f"number-{flights}").set_value(12.5)
    page.checkbox(key=f"unlimited-{parole}").check().run()
    assert not page.exception
    assert address(page)["l"].split(";") == [
        "panama.darien_gate:0.25",
        "us.title_42:1",
        f"{flights}:12.5",
        f"{parole}:unlimited",
    ]
    assert numbers(page) != before
    history = corridor.load_scenario("history")
    moved = {"panama.darien_gate": 0.25, "us.title_42": 1.0, flights: 12.5, parole: float("inf")}
    levels = read_levers(history, DEFAULT_START, [find_control(key) for key in moved])
    text = write_yaml(history, DEFAULT_START, moved, levels, 2)
    assert text.count("to: unlimited") == 1
    scenario_named_on(page, text)

    again = open_page(**address(page))
    assert not again.warning
    assert numbers(again) == numbers(page)
    for key in moved:
        again.button(key=f"drop-{key}").click().run()
    assert numbers(again) == before
    assert address(again) == {"v": "2", "r": corridor.__version__, "start": "2023-06-01", "replicates": "2"}


def test_a_ramp_and_a_pulse_are_added_run_as_the_command_line_runs_them_and_taken_away():
    page = open_page(start="2023-03-01")
    before = numbers(page)
    pick(page, "Panama", "panama.darien_gate")
    page.selectbox(key="change-3").select("ramp").run()
    page.date_input(key="change-until-ramp").set_value(date(2023, 5, 1))
    page.slider(key="change-to-panama.darien_gate").set_value(0.5).run()
    assert numbers(page) == before
    page.button(key="change-add").click().run()
    page.selectbox(key="lever").select("pledge").run()
    page.selectbox(key="change-2").select("pulse").run()
    page.date_input(key="change-from").set_value(date(2023, 8, 1))
    page.date_input(key="change-until-pulse").set_value(date(2023, 9, 1))
    page.number_input(key="change-to-pledge").set_value(60_000).run()
    page.button(key="change-add").click().run()
    assert not page.exception
    assert not page.error
    made = (
        Entry(date(2023, 3, 1), "panama.darien_gate", "ramp", date(2023, 5, 1), 0.5),
        Entry(date(2023, 5, 2), "panama.darien_gate", "step", None, 0.5),
        Entry(date(2023, 8, 1), "pledge", "pulse", date(2023, 9, 1), 60_000),
    )
    assert address(page)["t"] == write_entries(made)

    history = corridor.load_scenario("history")
    text = write_yaml(history, date(2023, 3, 1), {}, {}, 2, made)
    results = corridor.run_ensembles(
        ["history", scenario_named_on(page, text)], replicates=2, seed=1, people_per_agent=PEOPLE_PER_AGENT
    )
    shown = {}
    for headline in HEADLINES:
        found = measure(results[1], results[0], corridor.compare(results).window, headline.indicator)
        shown[headline.title] = rounded(people(found.scenario))
    assert {label: value for label, (value, _) in numbers(page).items()} == shown

    assert numbers(open_page(**address(page))) == numbers(page)
    for _ in made:
        page.button(key="undo-0").click().run()
    assert numbers(page) == before
    assert "t" not in address(page)


def test_changes_that_contradict_each_other_are_told_in_place_and_can_be_undone():
    page = open_page(
        t="panama.darien_gate:step:2023-06-02::0.5;panama.darien_gate:pulse:2023-06-02:2023-06-01:0.1"
    )
    assert not page.exception
    assert [each.value for each in page.error] == ["This scenario cannot be read."]
    assert "ends on 2023-06-01, before it starts on 2023-06-02" in page.code[0].value
    assert "as does 'explored-panama-darien_gate-" in page.code[0].value
    assert not page.metric
    page.button(key="undo-1").click().run()
    assert not page.error
    assert len(page.metric) == 4


def test_a_link_of_the_first_form_still_opens():
    page = open_page(start="2023-11-01", panama=1500, hold="funding")
    assert not page.warning
    assert page.slider(key="slider-panama").value == 1500
    assert page.checkbox(key="hold-funding").value
    assert address(page)["v"] == "2"


def test_other_pages_keep_a_choice_in_the_address():
    def show():
        from corridor_app.choices import state

        options = ["tijuana", "reynosa"]
        state.read_choice(state.CITY, options, "reynosa")
        import streamlit

        chosen = streamlit.selectbox("City", options, key=state.CITY)
        state.write_choice(state.CITY, chosen, "reynosa")

    page = AppTest.from_function(show)
    page.query_params["city"] = "tijuana"
    page.query_params["other"] = "stays"
    page.run()
    assert page.selectbox(key="city").value == "tijuana"
    page.selectbox(key="city").select("reynosa").run()
    assert address(page) == {"other": "stays"}
    page.selectbox(key="city").select("tijuana").run()
    assert address(page) == {"other": "stays", "city": "tijuana"}
    wrong = AppTest.from_function(show)
    wrong.query_params["city"] = "<script>"
    wrong.run()
    assert not wrong.exception
    assert wrong.selectbox(key="city").value == "reynosa"
    assert address(wrong) == {}
