"""Every page, light and dark, as a picture, and no wider than a phone.

`make pictures` keeps the pictures in docs/images; else they are only looked at.
"""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browsing import COLOURS, PHONE, keep_picture, settle, take_picture, visitor

pytestmark = pytest.mark.browser

SIZE = {"width": 1280, "height": 1500}
NEXT_FRAMES = 100  # milliseconds
PAGES = {
    "explore": "Explore",
    "map": "Map",
    "people": "A hundred people",
    "cities": "Cities and sectors",
    "governments": "Governments",
    "compare": "Compare",
    "batch": "Your files",
    "evidence": "Evidence",
    "validation": "How far off",
    "blind": "Blind record",
}


@pytest.fixture
def folder(request, tmp_path):
    return request.config.getoption("--pictures") or tmp_path


@pytest.mark.parametrize("scheme", ("light", "dark"))
def test_every_page_is_drawn_light_and_dark(browser, address, folder, request, scheme):
    kept = request.config.getoption("--pictures")
    with visitor(browser, scheme=scheme, size=SIZE) as page:
        page.goto(f"{address}/?replicates={10 if kept else 2}&start=2023-03-01&funding=0.5")
        expect(page.get_by_test_id("stMetricValue")).to_have_count(4)
        for name, title in PAGES.items():
            page.get_by_role("link", name=title, exact=True).click()
            expect(page).to_have_url(re.compile(rf"/{name}(\?|$)") if name != "explore" else re.compile("/"))
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            settle(page)
            assert page.get_by_test_id("stException").count() == 0
            assert page.get_by_test_id("stAlert").filter(has_text="cannot").count() == 0
            picture = take_picture(page)
            red, green, blue = picture.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
            assert (red + green + blue > 3 * 200) if scheme == "light" else (red + green + blue < 3 * 90)
            assert len(picture.getcolors(1 << 24)) > COLOURS, (
                "a page with letters and figures has many shades"
            )
            page.set_viewport_size(PHONE)
            page.wait_for_timeout(NEXT_FRAMES)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
            page.set_viewport_size(SIZE)
            keep_picture(picture, folder / f"{name}-{scheme}.png")
