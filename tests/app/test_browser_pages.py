"""The other pages in a real browser, and what holds on every page: a link, a language, a phone."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

import corridor
from corridor_app.choices.changes import PEOPLE_PER_AGENT
from tests.app.test_pictures import PAGES
from tests.browsing import PHONE, download, read_metrics, settle, settle_explore, visitor
from tests.cbp_file import cbp_rows, elsewhere, written

pytestmark = pytest.mark.browser

FEW = "replicates=2&start=2023-03-01"
WRONG = """\
name: wrong
extends: histroy
interventions:
  - {id: x, lever: panama.darien_gate, start: 2023-13-01, to: 0.5}
"""
RIGHT = """\
name: mine
extends: history
interventions:
  - {id: x, lever: panama.darien_gate, start: 2023-01-01, to: 0.5, source: assumed}
"""


def open_page(page, title):
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("link", name=title, exact=True)).to_have_attribute("aria-current", "page")
    settle(page)


@pytest.fixture
def desk(page, address):
    """A visitor's page on which Explore has been drawn."""
    page.goto(f"{address}/?{FEW}")
    settle_explore(page)
    return page


def test_a_change_over_time_is_made_by_keyboard_and_travels_with_the_link(desk, browser):
    before = read_metrics(desk)
    editor = desk.get_by_test_id("stExpander").filter(has_text="Change it over time")
    editor.locator("summary").focus()
    desk.keyboard.press("Enter")
    editor.get_by_label(re.compile("^To, ")).focus()
    desk.keyboard.press("ControlOrMeta+a")
    desk.keyboard.type("60000")
    desk.keyboard.press("Enter")
    settle(desk)
    editor.get_by_role("button", name="Add this change").focus()
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(r"[?&]t="))
    settle_explore(desk)
    numbers, link = read_metrics(desk), desk.url
    assert numbers != before

    name, text = download(desk, "Save as YAML")
    (entry,) = corridor.parse_scenario(text.decode(), file=name).interventions
    assert (entry.lever, entry.to) == ("mexico.return_acceptance_monthly", 60_000)
    with visitor(browser) as other:
        other.goto(link)
        settle_explore(other)
        assert (other.url, read_metrics(other)) == (link, numbers)


def test_a_wrong_file_is_told_by_line_and_column_and_a_right_one_has_the_bytes_of_the_command_line(desk):
    open_page(desk, "Your files")
    files = [
        {"name": f"{name}.yaml", "mimeType": "application/yaml", "buffer": text.encode()}
        for name, text in (("wrong", WRONG), ("mine", RIGHT))
    ]
    desk.locator("input[type=file]").set_input_files(files)
    told = desk.get_by_test_id("stCode").filter(has_text="wrong.yaml")
    expect(told).to_contain_text("wrong.yaml:2:10")
    expect(told).to_contain_text("history")
    settle(desk)
    desk.get_by_role("button", name="Run", exact=True).click()
    expect(desk.get_by_role("heading", name="What each changes")).to_be_visible()
    settle(desk)
    name, content = download(desk, "results.zip")
    assert name == "results.zip"
    results = corridor.run_ensembles(
        ["history", corridor.parse_scenario(RIGHT)], replicates=10, seed=1, people_per_agent=PEOPLE_PER_AGENT
    )
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.read("mine/compare.csv") == corridor.compare(results).csv()
        assert packed.read("mine/summary.csv") == results[1].files()["summary.csv"]


def test_figures_of_ones_own_are_scored_as_the_command_line_scores_them(desk):
    open_page(desk, "How far off")
    rows = [*cbp_rows(), *elsewhere() * 20_000]  # five megabytes: more than a scenario may have
    file = {"name": "CBP.csv", "mimeType": "text/csv", "buffer": written(rows)}
    desk.locator("input[type=file]").set_input_files([file])
    expect(desk.get_by_text("CBP.csv: 140 figures, September 2022 to October 2022")).to_be_visible()
    settle(desk)
    desk.get_by_role("button", name="Run history beside it").click()
    expect(desk.get_by_text("error on your figures")).to_be_visible()
    settle(desk)
    name, content = download(desk, "scores-months.csv")
    history = corridor.run_ensemble("history", replicates=10, seed=1, people_per_agent=PEOPLE_PER_AGENT)
    series = corridor.parse_observed(written(rows), name="yours")
    assert name == "scores-months.csv"
    assert content == corridor.csv_bytes(corridor.score_observed(history, series).months)


def test_how_far_off_leads_to_the_blind_record_whose_choice_travels_with_the_link(page, address, browser):
    page.goto(f"{address}/validation?lang=es")
    settle(page)
    page.get_by_role("link", name="El registro a ciegas").click()
    expect(page).to_have_url(re.compile(r"/blind\?lang=es$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("El registro a ciegas")
    settle(page)
    page.get_by_role("combobox", name="Versión").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_text(corridor.blind_names())
    page.keyboard.type("0.1.0")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]record=0\.1\.0"))
    settle(page)
    expect(page.get_by_label(re.compile(r"tal como los anotó la versión 0\.1\.0"))).to_be_visible()
    with visitor(browser, size=PHONE) as other:
        other.goto(page.url)
        settle(other)
        expect(other.get_by_label(re.compile(r"tal como los anotó la versión 0\.1\.0"))).to_be_visible()
        assert other.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_map_plays_through_the_months_and_stops(desk):
    open_page(desk, "Map")
    month = desk.get_by_test_id("stSlider").get_by_role("slider")
    first = month.get_attribute("aria-valuetext")
    desk.get_by_role("button", name="Play").click()
    expect(month).not_to_have_attribute("aria-valuetext", first or "")
    second = month.get_attribute("aria-valuetext")
    expect(month).not_to_have_attribute("aria-valuetext", second or "")
    desk.get_by_role("button", name="Stop").click()
    settle(desk)
    expect(desk.get_by_role("button", name="Play")).to_be_visible()
    stopped = month.get_attribute("aria-valuetext")
    desk.wait_for_timeout(2_000)  # longer than a month is shown for
    assert month.get_attribute("aria-valuetext") == stopped


def test_compared_scenarios_have_the_bytes_of_the_command_line(desk):
    open_page(desk, "Compare")
    expect(desk.get_by_role("heading", name="Flow and harm")).to_be_visible()
    expect(desk.get_by_role("button", name="compare.csv", exact=True)).to_be_visible()
    settle(desk)
    names = ["history", "funds-last-december", "darien-gate"]
    results = corridor.run_ensembles(names, replicates=10, seed=1, people_per_agent=PEOPLE_PER_AGENT)
    assert download(desk, "compare.csv") == ("compare.csv", corridor.compare(results).csv())


def test_spanish_is_chosen_on_the_page_and_travels_with_the_link(desk, browser):
    numbers = len(read_metrics(desk))
    desk.get_by_text("Español", exact=True).click()
    expect(desk).to_have_url(re.compile(r"[?&]lang=es"))
    settle(desk)
    title = desk.get_by_role("heading", level=1).inner_text()
    assert title != "Explore the corridor" and len(read_metrics(desk)) == numbers
    with visitor(browser) as other:
        other.goto(desk.url)
        expect(other.get_by_role("heading", level=1)).to_have_text(title)
        settle(other)
        assert other.evaluate("document.documentElement.lang") == "es"
        other.locator("a[href$='/people']").filter(visible=True).first.click()
        expect(other).to_have_url(re.compile(r"/people\?(.*&)?lang=es"))
        settle(other)
    with visitor(browser) as third:
        third.goto(desk.url.split("?")[0])
        expect(third.get_by_role("heading", level=1)).to_have_text("Explore the corridor")
        settle(third)


def test_a_visitor_finds_the_pages_on_a_phone(browser, address):
    with visitor(browser, size=PHONE) as page:
        page.goto(f"{address}/?{FEW}")
        expect(page.get_by_test_id("stMetricValue")).to_have_count(4)
        settle(page)
        for name in ("people", "evidence"):
            page.get_by_test_id("stExpandSidebarButton").click()
            page.locator(f"a[href$='/{name}']").filter(visible=True).first.click()
            expect(page).to_have_url(re.compile(rf"/{name}"))
            page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
            settle(page)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name


def test_every_page_has_an_address_that_can_be_typed(page, address):
    page.goto(address)
    links = page.get_by_role("banner").get_by_role("link")
    expect(links).to_have_text(list(PAGES.values()))
    names = {
        title: link.get_attribute("href").rsplit("/", 1)[1]
        for title, link in zip(PAGES.values(), links.all(), strict=True)
    }
    typed = [*names.items(), *((title, name) for name, title in PAGES.items() if name not in names.values())]
    assert {name for _, name in typed} == {"", *PAGES}
    for title, name in typed:
        page.goto(f"{address}/{name}?{FEW}")
        link = page.get_by_role("link", name=title, exact=True)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(link).to_have_attribute("aria-current", "page")
        settle(page)
        assert page.get_by_text("Page not found").count() == 0, name
        assert page.get_by_test_id("stException").count() == 0, name
        assert page.url.split("?")[0] == link.get_attribute("href"), "one address a page"


def test_a_link_to_explore_by_name_keeps_what_it_says_and_the_way_back(page, address):
    page.goto(f"{address}/evidence")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settle(page)
    page.goto(f"{address}/explore?{FEW}&funding=0.5")
    settle_explore(page)
    expect(page).to_have_url(re.compile(rf"^{address}/\?(.*&)?funding=0\.5&"))
    assert "start=2023-03-01" in page.url
    for _ in range(3):  # the address as it was given, and as the page wrote it
        page.go_back()
        page.wait_for_timeout(500)
        assert "/explore" not in page.url
        if page.url == f"{address}/evidence":
            break
    assert page.url == f"{address}/evidence"
    settle(page)
