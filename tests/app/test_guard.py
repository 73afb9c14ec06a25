"""What the server says with every answer, and that every page works under it."""

import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from corridor_app.guard import METRICS, content_policy
from tests.app.test_browser_pages import FEW
from tests.app.test_pictures import PAGES
from tests.browsing import served, settle, visitor
from tests.patience import PATIENCE

PATHS = ("/", "/explore", "/batch", "/_stcore/health", "/_stcore/host-config", "/media/none.csv", "/none.js")
CLOSED = (METRICS, f"/{METRICS}", f"/page{METRICS}", f"{METRICS}/", METRICS.replace("m", "%6d"))


def ask(address):
    """Status and headers of an answer."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers


def test_every_answer_forbids_framing_sniffing_and_other_hosts(address):
    static = re.search(r'src="\.(/static/js/[^"]+)"', urllib.request.urlopen(address).read().decode())
    assert static is not None
    for path in (*PATHS, static[1]):
        _, headers = ask(f"{address}{path}")
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers.get_all("Content-Security-Policy") == [content_policy()], path
        assert headers["Server"] is None or "/" not in headers["Server"]
    assert "'unsafe-eval'" not in content_policy()
    assert "unsafe-inline" not in content_policy().split("style-src")[0]


def test_metrics_are_closed_however_their_path_is_written(address):
    for path in CLOSED:
        assert ask(f"{address}{path}")[0] == 404, path


def test_metrics_are_opened_by_an_option(tmp_path):
    with served(tmp_path, "--metrics") as (address, _):
        assert ask(f"{address}{METRICS}")[0] == 200


@pytest.mark.browser
@pytest.mark.study
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_works_under_the_policy(browser, address, scheme):
    """A breach of the policy is an error of the console, so every other browser test looks for it on its page too."""
    with visitor(browser, scheme=scheme) as page:
        broken = []
        page.on("console", lambda said: "Content Security Policy" in said.text and broken.append(said.text))
        for name in PAGES:
            page.goto(f"{address}/{name}?{FEW}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            settle(page)
            page.mouse.wheel(0, 4_000)
            page.wait_for_timeout(300)
            assert page.get_by_test_id("stException").count() == 0, name
            assert broken == [], name
        assert page.locator("html").get_attribute("lang") == "en"
        page.goto(f"{address}/?{FEW}&lang=es")
        expect(page.locator("html[lang=es]")).to_have_count(1)
        settle(page)


@pytest.mark.browser
def test_a_browser_draws_the_page_in_no_frame_and_runs_no_script_of_another(browser, address):
    context = browser.new_context(bypass_csp=False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate("""() => {
        const script = document.createElement("script"); script.textContent = "window.ran = 1"
        const image = document.createElement("img"); image.src = "http://127.0.0.2:9/a.png"
        const frame = document.createElement("iframe"); frame.src = location.href
        document.body.append(script, image, frame)
    }""")
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") is None
    assert sum("Content Security Policy" in each for each in said) >= 2
    assert any("frame" in each.lower() for each in said)
    context.close()
