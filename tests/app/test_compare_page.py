from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import model
from app.changes import PEOPLE_PER_AGENT
from app.headlines import measure
from app.runs import bench
from app.views import compare
from app.wording import change

SECONDS = 300
NAMES = ["darien-gate", "no-visa-wall"]


def render():
    from app.views import compare

    compare.show()


def open_page(names):
    page = AppTest.from_function(render, default_timeout=SECONDS)
    page.query_params[compare.ADDRESS] = ",".join(names)
    return page.run()


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(compare, "REPLICATES", 2)


def test_scenarios_of_the_address_are_ranked_by_difference(few):
    page = open_page(NAMES)
    assert not page.exception
    assert not page.error
    assert page.multiselect(key=compare.CHOSEN).value == NAMES
    results = bench().ensembles(
        [model.load_scenario(name) for name in ("history", *NAMES)], replicates=2, seed=1, progress=print
    )
    indicator = page.selectbox(key="compare-indicator").value
    assert isinstance(indicator, str)
    assert indicator == compare.FLOW
    measured = [measure(each, results[0], "2023", indicator) for each in results[1:]]
    found = [each for each in measured if each is not None]
    table = page.table[0].value
    expected = [change(each.difference) for each in sorted(found, key=lambda each: each.difference)]
    assert list(table["difference"]) == expected
    assert "Flow and harm" in [each.value for each in page.subheader]
    fresh = model.run_ensembles(["history", *NAMES], replicates=2, seed=1, people_per_agent=PEOPLE_PER_AGENT)
    assert model.compare(results).csv() == model.compare(fresh).csv()
    titles = dict.fromkeys(("history", *NAMES), "a title")
    rows = compare.points(results, titles, "kidnappings", "2022")
    assert len(rows) == 3
    drawn = compare.draw(rows, "kidnappings", compare.describe(rows, "kidnappings", "2022")).to_dict()
    assert drawn["layer"][0]["encoding"]["size"]["field"] == "billions"
    assert "a title: " in drawn["description"]


def test_one_scenario_is_not_compared():
    page = open_page(NAMES[:1])
    assert not page.exception
    assert page.info
    assert not page.table


def test_what_the_address_asks_and_cannot_have_is_left_out():
    page = open_page(["../../etc/passwd", "history", NAMES[0]])
    assert not page.exception
    assert page.warning
    assert page.multiselect(key=compare.CHOSEN).value == NAMES[:1]
    assert page.query_params[compare.ADDRESS] in (NAMES[0], [NAMES[0]])


def test_the_pages_are_in_the_navigation():
    main = Path(compare.__file__).parents[1] / "main.py"
    text = main.read_text(encoding="utf-8")
    assert "compare.show" in text
    assert "batch.show" in text
