"""The app in a real browser: the server as `corridor app` starts it, and a page that remembers what went wrong."""

import contextlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import bound
from tests.patience import PATIENCE

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 400, "height": 800}
COLOURS = 128
HERE = {"127.0.0.1", None, ""}
"""Hosts that a page may ask: the server, and texts that it makes itself (`data:`, `blob:`)."""

GUESSED = re.compile(r"/\w+/_stcore/(health|host-config)$")
"""Where Streamlit looks for its server first when the address of a page is typed; then it looks at the root."""


@contextlib.contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """The app's address and process number; it runs from a folder that is not the repository."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "corridor", "app", "--headless", "--port", str(port), *options]
    log = (folder / "server.log").open("wb")
    server = bound.start(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/_stcore/health", server)
        yield address, server.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(PATIENCE)
        log.close()


def wait_for(url: str, server: subprocess.Popen) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            assert server.poll() is None, "the server stopped"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.2)


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """Chromium. Fails where there is none: a page that nobody opened is not tested."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is needed to test the page"
    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@contextlib.contextmanager
def visitor(browser: Browser, *, scheme: str = "light", size: dict = DESKTOP) -> Iterator[Page]:
    """A page of a new visitor; when they leave, nothing has gone wrong and no other host was asked."""
    context = browser.new_context(viewport=size, color_scheme=scheme)
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    wrong, hosts = [], set()
    page.on(
        "console",
        lambda message: (
            message.type == "error"
            and not GUESSED.search(message.location["url"])
            and wrong.append(message.text)
        ),
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("websocket", lambda channel: hosts.add(urlsplit(channel.url).hostname))
    yield page
    context.close()
    assert wrong == []
    assert hosts <= HERE


def settle(page: Page) -> None:
    """Wait until the script of the page has run to its end."""
    expect(page.locator("[data-test-script-state=notRunning]")).to_have_count(1)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def settle_explore(page: Page) -> None:
    """Wait until Explore has its numbers and its chart, the last to be drawn."""
    expect(page.get_by_text("The command line makes the same files")).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("stMetricValue")).to_have_count(4)
    expect(page.get_by_label(re.compile(r"^Encounters between ports .* by month, in people"))).to_be_visible()


def read_metrics(page: Page) -> list[str]:
    return page.get_by_test_id("stMetricValue").all_inner_texts()


def download(page: Page, label: str) -> tuple[str, bytes]:
    """Name and content of what a button saves."""
    with page.expect_download() as started:
        page.get_by_role("button", name=label, exact=True).click()
    file = started.value
    return file.suggested_filename, Path(file.path()).read_bytes()


def take_picture(page: Page) -> Image.Image:
    """The top of a page, when the charts that come after the script are drawn."""
    page.evaluate("document.activeElement.blur()")
    page.get_by_role("heading", level=1).scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def keep_picture(picture: Image.Image, file: Path) -> None:
    """Save a picture with as many colours as a flat page needs: a third of the size."""
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
