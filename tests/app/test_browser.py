"""The page in a real browser. Fails where chromium is missing: a page that nobody opened is not tested."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

import model
from app.changes import PEOPLE_PER_AGENT

pytestmark = pytest.mark.browser

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
IN_WORDS = re.compile(r"^Encounters between ports .* by month, in people")
START_SECONDS = 60
RUN_MILLISECONDS = 90_000


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def address(tmp_path):
    """The app as `corridor app` starts it, from a folder that is not the repository."""
    port = free_port()
    command = [sys.executable, "-m", "model", "app", "--headless", "--port", str(port)]
    log = (tmp_path / "server.log").open("wb")
    server = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/_stcore/health", server)
        yield address
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
        log.close()


def wait_for(url, server):
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            assert server.poll() is None, "the server stopped"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.2)


@pytest.fixture
def page():
    """A page of 1280 by 900 that remembers what it asked for and what went wrong."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is needed to test the page"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.wrong, page.hosts = [], set()
        page.on("console", lambda message: message.type == "error" and page.wrong.append(message.text))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("request", lambda request: page.hosts.add(urlsplit(request.url).hostname))
        page.on("websocket", lambda channel: page.hosts.add(urlsplit(channel.url).hostname))
        yield page
        browser.close()


def settle(page):
    """Wait until the run is done and the page is drawn, its chart last."""
    waited = {"timeout": RUN_MILLISECONDS}
    expect(page.get_by_text("The command line makes the same files")).to_be_visible(**waited)
    expect(page.locator("[data-test-script-state=notRunning]")).to_have_count(1, **waited)
    expect(page.get_by_test_id("stMetricValue")).to_have_count(4, **waited)
    expect(page.get_by_label(IN_WORDS)).to_be_visible(**waited)


def read_metrics(page):
    return page.get_by_test_id("stMetricValue").all_inner_texts()


def download(page, label):
    with page.expect_download() as started:
        page.get_by_role("button", name=label, exact=True).click()
    file = started.value
    with open(file.path(), "rb") as content:  # noqa: PTH123
        return file.suggested_filename, content.read()


def test_a_visitor_moves_a_slider_and_takes_the_numbers_home(page, address):
    page.goto(f"{address}/?replicates=2&start=2023-03-01")
    settle(page)
    before = read_metrics(page)

    slider = page.get_by_test_id("stSlider").filter(has_text="Funding of Mexico's INM").get_by_role("slider")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"funding=0\.5"), timeout=RUN_MILLISECONDS)
    settle(page)
    assert page.get_by_test_id("stMetricDelta").count() == 4
    assert read_metrics(page) != before

    name, text = download(page, "Save as YAML")
    scenario = model.parse_scenario(text.decode(), file=name)
    assert name == f"{scenario.name}.yaml"
    results = model.run_ensembles(
        ["history", scenario], replicates=2, seed=1, people_per_agent=PEOPLE_PER_AGENT
    )
    assert download(page, "compare.csv") == ("compare.csv", model.compare(results).csv())
    for file in ("summary.csv", "replicates.csv"):
        assert download(page, file) == (file, results[1].files()[file])

    link = page.url
    page.goto("about:blank")
    page.goto(link)
    settle(page)
    assert page.url == link
    assert page.get_by_test_id("stMetricDelta").count() == 4

    page.set_viewport_size({"width": 400, "height": 800})
    expect(page.get_by_test_id("stMetricValue").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400

    assert page.wrong == []
    assert page.hosts <= {"127.0.0.1", None, ""}


def test_a_visitor_reads_the_other_pages_and_finds_explore_as_it_was(page, address):
    page.goto(f"{address}/?replicates=2&start=2023-03-01")
    settle(page)
    link, before = page.url, read_metrics(page)
    for name, title in (
        ("Evidence", "What the numbers rest on"),
        ("How far off", "How far off the model has been"),
    ):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_role("link", name="Explore", exact=True).click()
    settle(page)
    expect(page).to_have_url(link)
    assert read_metrics(page) == before
    assert page.wrong == []
