import re
from datetime import date
from pathlib import Path

import polib
import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

import corridor
from corridor_app import catalogue
from corridor_app.charts import chart, hundred
from corridor_app.choices import talks
from corridor_app.choices.changes import read_levers, write_yaml
from corridor_app.jobs import runs, uploads
from corridor_app.pages import cities, evidence
from corridor_app.words import wording
from corridor_app.words.language import ENGLISH, LANGUAGES, in_language, row_texts
from corridor_app.words.texts import read_text
from tests.viewing import open_view

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
PAGES = {
    "explore": ("Explore the corridor", "Explore el corredor"),
    "evidence": ("What the numbers rest on", "En qué se basan las cifras"),
    "validation": ("How far off the model has been", "Cuánto se ha equivocado el modelo"),
    "blind": ("The blind record", "El registro a ciegas"),
    "people": ("What becomes of a hundred people", "Qué pasa con cien personas"),
    "cities": (
        "Cities and sectors: people against places",
        "Ciudades y sectores: personas frente a lugares disponibles",
    ),
    "batch": ("Run your own scenarios", "Simule sus propios escenarios"),
}
ENGLISH_MARKS = re.compile(
    r"\b(the|with|people|month|months|baseline|scenario|difference|encounters|returns|waiting|United States)\b"
)
SPANISH_MARKS = re.compile(r"\b(el|la|los|las|del|meses)\b")
"""Words that no page in the other language has, outside of file names, code and texts of documents."""


def texts_of(page, documents=False):
    """What a visitor reads, without code and file names; where tables hold `documents`, without their rows."""
    found = [
        each.value
        for kind in ("title", "subheader", "markdown", "info", "warning")
        for each in page.get(kind)
    ]
    found += [
        each.label for kind in ("selectbox", "button", "expander", "text_input") for each in page.get(kind)
    ]
    for table in page.table:
        found += [str(each) for each in (*table.value.columns, table.value.index.name or "")]
        found += [] if documents else [str(each) for each in table.value.index]
    return [re.sub(r"`[^`]*`|\S+\.(csv|yaml|md|zip)", "", str(each)) for each in found]


@pytest.fixture
def spanish():
    with in_language("es"):
        yield


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_has_a_translation_with_the_same_placeholders_and_no_file_is_stale(language):
    file = catalogue.read(language)
    wanted = catalogue.texts()
    assert len(wanted) > 500
    assert catalogue.problems(file, wanted, row_texts(language)) == []
    assert catalogue.stale_files(file, language) == []


def test_the_check_passes_writes_nothing_and_says_what_is_wrong(tmp_path, monkeypatch, capsys):
    shipped = catalogue.po_file("es").read_bytes()
    assert catalogue.main(["--check"]) == 0
    monkeypatch.setattr(catalogue, "ROOT", tmp_path / "app")
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path / "app" / "locale")
    monkeypatch.setattr(catalogue, "code_texts", lambda: {"A new text of {name}."})
    copy = catalogue.po_file("es")
    copy.parent.mkdir(parents=True)
    copy.write_bytes(shipped)
    capsys.readouterr()
    assert catalogue.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert "lacks a translation: 'A new text of {name}.'" in said
    assert "is no text of the page any more: 'Everyone, everywhere'" in said
    assert "corridor.mo is not as `make texts` writes it" in said
    assert copy.read_bytes() == shipped


def test_a_text_that_is_gone_keeps_its_translation_and_comes_back_with_it():
    before = polib.POFile()
    before.extend([polib.POEntry(msgid="Map", msgstr="Mapa"), polib.POEntry(msgid="Run", msgstr="")])
    without = catalogue.updated(before, {"New"}, "es")
    assert [(each.msgid, bool(each.obsolete)) for each in without] == [
        ("New", False),
        ("Map", True),
        ("Run", True),
    ]
    written = catalogue.po_bytes(without)
    assert b'#~ msgstr "Mapa"' in written
    assert b"Run" not in written
    again = catalogue.updated(without, {"Map"}, "es")
    assert [(each.msgid, each.msgstr) for each in again if not each.obsolete] == [("Map", "Mapa")]


@pytest.mark.parametrize(
    ("text", "translation", "problem"),
    [
        ("{low} to {high}", "{low} a {alto}", "has other placeholders"),
        ("{low} to {high}", "", "lacks a translation"),
        ("{low} to {high}", "{low} a {high}", ""),
    ],
)
def test_a_translation_that_does_not_fit_is_named(text, translation, problem):
    file = polib.POFile()
    file.append(polib.POEntry(msgid=text, msgstr=translation))
    found = catalogue.problems(file, {text})
    assert [problem in each for each in found] == ([True] if problem else [])


def test_a_fuzzy_translation_is_named():
    file = polib.POFile()
    file.append(polib.POEntry(msgid="Map", msgstr="Mapa", flags=["fuzzy"]))
    assert catalogue.problems(file, {"Map"}) == ["is marked as fuzzy: 'Map'"]


def test_every_place_nationality_and_party_of_a_run_has_a_name_in_the_catalogue():
    results = corridor.run_ensemble("history", replicates=1, people_per_agent=500)
    wanted = catalogue.texts()
    for cell in results.index:
        for name in {cell.place, cell.nationality, cell.party} - {"all"}:
            words = wording.PARTIES.get(name) or (name if name[0].isupper() else wording.place_name(name))
            assert words in wanted, name


def test_every_text_in_markdown_has_a_spanish_sibling_that_says_as_much():
    texts = Path(read_text.__code__.co_filename).parent / "text"
    english = {each.name: each.read_text() for each in texts.glob("*.md")}
    spanish = {each.name: each.read_text() for each in (texts / "es").glob("*.md")}
    assert set(spanish) >= set(english)
    for name, words in english.items():
        assert words.count("**") == spanish[name].count("**"), name
        assert words.count("\n- ") == spanish[name].count("\n- "), name
        assert re.findall(r"`[^`]*`", words) == re.findall(r"`[^`]*`", spanish[name]), name


def test_numbers_and_dates_read_as_spanish(spanish):
    assert wording.rounded(2_383_688) == "2.38 millones"
    assert wording.rounded(-25_974_581_000) == "\u221226.0 mil millones"
    assert wording.rounded(float("nan")) == "no definido"
    assert wording.change(float("nan")) == "no definido"
    assert wording.month_words("2023-06") == "junio de 2023"
    assert wording.joined(["Venezuela", "Cuba", "Haití"]) == "Venezuela, Cuba y Haití"
    assert wording.place_words("tucson_sector") == "sector Tucson"
    assert chart.breakdown_words("family_unit") == "Personas en familias"
    assert chart.breakdown_words("Peru") == "Perú"
    assert read_text("intro.md").startswith("Corridor simula los viajes de personas")


def without_data(spec):
    if isinstance(spec, list):
        return [without_data(each) for each in spec]
    if isinstance(spec, dict):
        return {key: without_data(each) for key, each in spec.items() if key not in ("data", "datasets")}
    return spec


def test_a_chart_names_its_series_units_and_months_in_spanish(spanish, make_results):
    rows = chart.month_rows(make_results("history").summary(), "encounters_usbp", ("all", "all", "all"))
    observed = chart.observed_rows("encounters_usbp", ("all", "all", "all"), list(rows["period"]))
    drawn = chart.monthly_chart(
        rows, rows, observed, title="", names=(chart.SCENARIO, chart.BASELINE), events=[], change_from=None,
        description="",
    ).to_dict()  # fmt: skip
    assert drawn["config"]["locale"]["time"]["shortMonths"][0] == "ene"
    assert drawn["config"]["legend"]["labelFontSize"] == chart.LEGEND_SIZE
    text = str(without_data(drawn))
    assert all(
        word in text for word in ("'escenario'", "'línea base'", "'observado'", "'personas'", "'mediana'")
    )
    assert not any(
        word in text for word in ("'scenario'", "'baseline'", "'observed'", "'people'", "'median'")
    )


def test_english_can_be_had_for_files_whatever_the_visitor_reads():
    def probe():
        import streamlit as st

        from corridor_app.words.language import _, current, in_language

        with in_language("en"):
            st.text(f"{current()} {_('Map')}")
        st.text(f"{current()} {_('Map')}")

    page = AppTest.from_function(probe)
    page.session_state["lang"] = "es"
    assert [each.value for each in page.run().text] == ["en Map", "es Mapa"]


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_all_spanish_in_spanish_and_all_english_otherwise(name):
    english, other = PAGES[name]
    page = open_view(name, lang="es", scenario="funds-last-december")
    assert not page.exception
    assert not page.error
    assert page.title[0].value == other
    mixed = [text for text in texts_of(page, name == "evidence") if ENGLISH_MARKS.search(text)]
    assert mixed == []
    unknown = open_view(name, lang="xx", scenario="funds-last-december")
    assert not unknown.exception
    assert unknown.title[0].value == english
    assert not [text for text in texts_of(unknown, name == "evidence") if SPANISH_MARKS.search(text)]


def saved_files():
    """What the pages offer for saving, made in the language that is in force."""
    history, other = corridor.load_scenario("history"), corridor.load_scenario("funds-last-december")
    outcome = runs.run(other, history, replicates=2, seed=1, progress=lambda *_count: None)
    assert outcome.baseline is not None
    rows, before = (
        chart.month_rows(each.summary(), "waiting_north_mexico", ("all", "all", "all"))
        for each in (outcome.scenario, outcome.baseline)
    )
    start = date(2023, 6, 1)
    return {
        **outcome.files(),
        "hundred.csv": corridor.csv_bytes(
            hundred.per_hundred(outcome.scenario, outcome.baseline, corridor.Window.named("2023"), "all")
        ),
        "cities.csv": corridor.csv_bytes(cities._data(rows, before, [1.0] * len(rows))),
        "evidence.csv": evidence.csv_of(corridor.search_evidence("deaths")),
        "batch.zip": uploads.pack([outcome], {other.name: other.to_yaml()}),
        "talks.yaml": talks.write_yaml(history, [], date(2022, 9, 1), 2),
        "explored.yaml": write_yaml(history, start, {"pledge": 60_000.0}, read_levers(history, start), 2),
    }


def test_numbers_and_saved_files_do_not_depend_on_the_language():
    english = saved_files()
    with in_language("es"):
        spanish = saved_files()
    assert spanish.keys() == english.keys()
    assert [name for name, content in english.items() if spanish[name] != content] == []


def test_two_visitors_read_two_lists_of_scenarios():
    english, spanish = (
        open_view("people", lang=language).selectbox(key="scenario").options for language in ("en", "es")
    )
    assert "What happened, 2021 to June 2024" in english
    assert "Lo que ocurrió, de 2021 a junio de 2024" in spanish
    assert len(spanish) == len(english)
    assert len(set(spanish) & set(english)) < len(english) / 4


def test_two_visitors_read_two_languages():
    one, two = open_view("validation", lang="en"), open_view("validation", lang="es")
    for _turn in range(2):
        one.run()
        two.run()
        assert one.title[0].value == PAGES["validation"][0]
        assert two.title[0].value == PAGES["validation"][1]


@pytest.mark.browser
def test_a_visitor_changes_the_language_and_a_screen_reader_hears_it(page, address):
    page.goto(f"{address}/?lang=es&replicates=2")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.get_by_role("link", name="Evidencia", exact=True).click()
    expect(page.get_by_role("heading", name=PAGES["evidence"][1])).to_be_visible()
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", name=PAGES["evidence"][0])).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
