"""The tutorial's questions, asked by its steps on the page alone: each makes the scenario that is shipped.

`make pictures` keeps a picture of each answer for the tutorial, with as many replicates as a visitor has.
"""

import re

import pytest
from playwright.sync_api import expect

import corridor
from tests.browsing import download, keep_picture, settle, settle_explore, take_picture, visitor

pytestmark = pytest.mark.browser

SIZE = {"width": 1280, "height": 1500}


def start_on(page, day):
    field = page.get_by_test_id("stDateInput").filter(has_text="Your change starts on")
    field.get_by_role("spinbutton").first.focus()
    page.keyboard.type(day.replace("-", ""))
    page.keyboard.press("Escape")  # closes the calendar, and takes the day
    expect(page).to_have_url(re.compile(f"start={day}"))
    settle(page)


def move(page, label, *keys, until, address):
    """Press keys on a slider until it says what it should, and the page has answered with its address."""
    slider = page.get_by_test_id("stSlider").filter(has_text=label).get_by_role("slider")
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    expect(slider).to_have_attribute("aria-valuetext", until)
    expect(page).to_have_url(re.compile(address))
    settle(page)


def add_first_lever(page, country, lever):
    """Add the first of a country's levers."""
    more = page.get_by_test_id("stExpander").filter(has_text="More levers")
    more.locator("summary").click()
    box, option = (
        more.get_by_role("combobox", name="Country of who decides"),
        page.get_by_role("option", name=country),
    )
    expect(box).to_be_visible()
    while not option.is_visible():  # a list that is opened while the page is drawn closes again
        box.click()
        page.wait_for_timeout(300)
    option.click()
    expect(more.get_by_role("combobox", name="Lever")).to_have_value(re.compile(lever))
    settle(page)
    more.get_by_role("button", name="Add this lever").click()
    expect(page.get_by_test_id("stSlider").filter(has_text=lever)).to_be_visible()
    settle(page)


def pay_the_institute(page):
    start_on(page, "2023-12-01")
    move(page, "Funding of Mexico's INM", *["PageUp"] * 5, until="100%", address="funding=1(&|$)")


def take_back_more(page):
    start_on(page, "2023-05-12")
    move(page, "Places Mexico pledges", *["PageUp"] * 3, until="60,000", address="pledge=60000")
    move(page, "Share of those places", *["PageUp"] * 4, *["ArrowRight"] * 2, until="50%", address="use=0.5")


def ask_panama(page):
    start_on(page, "2023-06-01")
    move(page, "Venezuelans Panama accepts", *["PageUp"] * 2, until="4,000", address="panama=4000")


def close_the_gate(page):
    start_on(page, "2023-07-01")
    add_first_lever(page, "Panama", "Share of people turned back at the Darien")
    move(page, "turned back at the Darien", *["PageUp"] * 5, until="50%", address="darien_gate.*0.5")


QUESTIONS = {
    "funds-last-december": pay_the_institute,
    "returns-60000": take_back_more,
    "panama-takes-back-venezuelans": ask_panama,
    "darien-gate": close_the_gate,
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_asked_on_the_page_is_the_scenario_that_is_shipped(browser, address, request, name):
    folder = request.config.getoption("--pictures")
    with visitor(browser, size=SIZE) as page:
        page.goto(address if folder else f"{address}/?replicates=2")
        settle_explore(page)
        QUESTIONS[name](page)
        settle_explore(page)
        file, text = download(page, "Save as YAML")
        if folder:
            keep_picture(take_picture(page), folder / f"tutorial-{name}.png")
    asked = corridor.parse_scenario(text.decode(), file=file)
    assert moves(asked) == moves(corridor.load_scenario(name))


def moves(scenario):
    """What a scenario moves, when, for whom and to where."""
    return sorted(
        (each.lever, each.first_day, each.end, tuple(sorted(each.for_)), each.pooled, each.to)
        for each in scenario.interventions
    )
