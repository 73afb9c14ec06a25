"""Links and files of a visitor who means harm: what the page's elements hold, and whom a browser asks."""

import re

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from corridor_app.choices import state
from corridor_app.choices.controls import CONTROLS
from corridor_app.words.foreign import JOINER
from tests.app.test_explore import ENTRY
from tests.browsing import settle
from tests.patience import PATIENCE

IMAGE = "![x](http://evil.example/a.png)"
LOGIN = "[Log_in](http://evil.example)"
KEYS = (
    state.SCENARIO,
    state.START,
    state.WINDOW,
    state.PERIOD,
    state.INDICATOR,
    state.BREAKDOWN,
    state.FORM,
    state.RELEASE,
)
LISTS = (state.LEVERS, state.ENTRIES, state.HOLD)
FILES = {
    f"{IMAGE}.yaml": b"name: [",
    "title.yaml": f"name: good\ntitle: '{IMAGE}'\nquestion: '{LOGIN}'\nextends: history\n".encode(),
    "name.yaml": f"name: '{IMAGE}'\nextends: history\n".encode(),
    "key.yaml": f"name: other\nextends: history\n'{IMAGE}': 1\n".encode(),
    "id.yaml": f"name: third\nextends: history\ninterventions: [{{id: '{IMAGE}', lever: '{LOGIN}'}}]\n".encode(),
    "parent.yaml": f"name: fourth\nextends: '{LOGIN}'\n".encode(),
}


def markup(page):
    """Texts of elements that Streamlit takes for Markdown or HTML."""
    for kind in (
        "markdown",
        "warning",
        "error",
        "info",
        "success",
        "caption",
        "title",
        "header",
        "subheader",
    ):
        yield from (each.value for each in getattr(page, kind))
    for kind in ("button", "slider", "selectbox", "toggle", "checkbox", "multiselect", "metric", "expander"):
        for each in getattr(page, kind):
            yield from (each.label, getattr(each, "help", None) or "")
    yield from (each.value.to_csv() for each in page.table)


def assert_harmless(page):
    assert not page.exception
    shown = list(markup(page))
    assert shown
    for text in shown:
        assert "evil.example" not in text  # `plain` puts a joiner and a backslash before each mark
        assert not re.search(r"(?<!\\)\]\(http", text)


def test_a_hostile_value_of_every_key_of_a_link_is_told_as_plain_text():
    page = AppTest.from_file(str(ENTRY / "main.py"), default_timeout=PATIENCE)
    for key in (*KEYS, *CONTROLS, state.REPLICATES):
        page.query_params[key] = IMAGE
    for key in LISTS:
        page.query_params[key] = f"{LOGIN};{IMAGE}:step:{IMAGE}::{LOGIN}"
    page.query_params["lang"] = IMAGE
    page.run()
    assert_harmless(page)
    notes = [each.value for each in page.warning]
    for key in (*KEYS, *CONTROLS, *LISTS):
        assert (
            any(f"`{key}`" in note for note in notes if key != state.BREAKDOWN) or key == state.BREAKDOWN
        ), key
    assert any(f"evil{JOINER}\\.example" in note for note in notes)  # told, and harmless
    assert max(map(len, notes)) < 2_000


def render():
    from corridor_app.pages import batch

    batch.show()


def test_hostile_files_are_shown_as_plain_text(monkeypatch):
    monkeypatch.setattr("corridor_app.pages.batch.REPLICATES", 2)
    page = AppTest.from_function(render, default_timeout=PATIENCE).run()
    page.file_uploader[0].set_value([(name, text, "application/yaml") for name, text in FILES.items()]).run()
    assert len(page.code) == len(FILES) - 1
    assert_harmless(page)
    page.button(key="batch-run").click().run()
    assert_harmless(page)
    assert len(page.table) == 1


@pytest.mark.browser
def test_a_browser_asks_no_other_host_and_draws_no_link_of_a_hostile_address(page, address):
    page.goto(f"{address}/?start={IMAGE}&scenario={LOGIN}&l={IMAGE}:1;{LOGIN}:1&replicates=2&year={IMAGE}")
    expect(page.get_by_text("evil").first).to_be_visible()
    settle(page)
    assert page.locator("[href*=evil], [src*=evil]").count() == 0
    page.goto(f"{address}/batch")
    chooser = page.locator("input[type=file]")
    chooser.set_input_files(
        [
            {"name": name.replace("/", "_"), "mimeType": "text/yaml", "buffer": text}
            for name, text in FILES.items()
        ]
    )
    expect(page.get_by_text("This file cannot be run.")).to_have_count(len(FILES) - 1)
    settle(page)
    assert page.locator("[href*=evil], [src*=evil]").count() == 0
    # the fixture's visitor fails if any request went to another host
