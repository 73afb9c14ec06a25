"""The page in a real browser. Fails where chromium is missing: a page that nobody opened is not tested."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

import corridor
from corridor_app.choices.changes import PEOPLE_PER_AGENT
from tests.browsing import PHONE, download, read_metrics, settle_explore

pytestmark = pytest.mark.browser


def test_a_visitor_moves_a_slider_and_takes_the_numbers_home(page, address):
    page.goto(f"{address}/?replicates=2&start=2023-03-01")
    settle_explore(page)
    before = read_metrics(page)

    slider = page.get_by_test_id("stSlider").filter(has_text="Funding of Mexico's INM").get_by_role("slider")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"funding=0\.5"))
    settle_explore(page)
    assert page.get_by_test_id("stMetricDelta").count() == 4
    assert read_metrics(page) != before

    name, text = download(page, "Save as YAML")
    scenario = corridor.parse_scenario(text.decode(), file=name)
    assert name == f"{scenario.name}.yaml"
    results = corridor.run_ensembles(
        ["history", scenario], replicates=2, seed=1, people_per_agent=PEOPLE_PER_AGENT
    )
    assert download(page, "compare.csv") == ("compare.csv", corridor.compare(results).csv())
    assert download(page, "summary.csv") == ("summary.csv", results[1].files()["summary.csv"])
    name, content = download(page, "results.zip")
    with ZipFile(BytesIO(content)) as packed:
        assert packed.read("replicates_by_place.csv") == results[1].files()["replicates_by_place.csv"]

    link = page.url
    page.goto("about:blank")
    page.goto(link)
    settle_explore(page)
    assert page.url == link
    assert page.get_by_test_id("stMetricDelta").count() == 4

    page.set_viewport_size(PHONE)
    expect(page.get_by_test_id("stMetricValue").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_a_visitor_reads_the_other_pages_and_finds_explore_as_it_was(page, address):
    page.goto(f"{address}/?replicates=2&start=2023-03-01")
    settle_explore(page)
    link, before = page.url, read_metrics(page)
    for name, title in (
        ("Evidence", "What the numbers rest on"),
        ("How far off", "How far off the model has been"),
        ("Blind record", "The blind record"),
    ):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_role("link", name="Explore", exact=True).click()
    settle_explore(page)
    expect(page).to_have_url(link)
    assert read_metrics(page) == before
