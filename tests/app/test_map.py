"""The map: people in their places, the difference from the baseline, and the page that shows them."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app import map as corridor_map

APP = Path(__file__).resolve().parents[2] / "app"
SECONDS = 120


def summary(**means):
    """A summary of waiting people in two months."""
    return pd.DataFrame(
        {
            "period": ["2023-01", "2023-01", "2023-02", "2023", "2023-01"],
            "indicator": "waiting_north_mexico",
            "nationality": "all",
            "party": "all",
            "place": ["tijuana", "reynosa", "tijuana", "tijuana", "all"],
            "mean": [means["tijuana"], means["reynosa"], means["later"], 999.0, 999.0],
        }
    )


BEFORE = summary(tijuana=1000.0, reynosa=500.0, later=10.0)
AFTER = summary(tijuana=1300.0, reynosa=100.0, later=10.0)


def values(rows):
    return {(period, place): value for period, place, *_, value in rows.itertuples(index=False)}


def test_places_have_people_and_coordinates_and_totals_are_left_out():
    rows = corridor_map.place_rows(AFTER, None, "waiting_north_mexico", "scenario")
    assert values(rows) == {
        ("2023-01", "tijuana"): 1300.0,
        ("2023-01", "reynosa"): 100.0,
        ("2023-02", "tijuana"): 10.0,
    }
    assert set(rows["label"]) == {"Tijuana", "Reynosa"}
    assert rows["latitude"].between(25, 33).all()


def test_the_difference_is_scenario_less_baseline():
    rows = corridor_map.place_rows(AFTER, BEFORE, "waiting_north_mexico", "difference")
    assert values(rows)["2023-01", "reynosa"] == -400.0
    words = corridor_map.describe(rows, "2023-01", title="Waiting", view="difference")
    assert "Reynosa \u2212400; Tijuana +300" in words
    assert "nothing to show" in corridor_map.describe(rows, "2023-02", title="Waiting", view="difference")
    with pytest.raises(ValueError, match="no baseline"):
        corridor_map.place_rows(AFTER, None, "waiting_north_mexico", "difference")


def test_areas_are_to_one_scale_in_all_months():
    rows = corridor_map.place_rows(AFTER, None, "waiting_north_mexico", "scenario")
    domains = [
        corridor_map.draw(rows, month, title="", description="").to_dict()["layer"][1]["encoding"]["size"][
            "scale"
        ]["domain"]
        for month in ("2023-01", "2023-02")
    ]
    assert domains == [[0, 1300.0], [0, 1300.0]]


def open_page():
    return AppTest.from_string(f"import sys; sys.path.insert(0, {str(APP.parent)!r})\n"
                               "from app.views import map\nmap.show()", default_timeout=SECONDS)  # fmt: skip


def test_the_page_shows_history_and_the_difference_that_a_scenario_makes():
    page = open_page().run()
    assert not page.exception and not page.error
    assert page.selectbox(key="map-scenario").value == "history"
    assert page.selectbox(key="map-view").options == ["Scenario"]
    page.selectbox(key="map-scenario").set_value("funds-last-december").run()
    page.selectbox(key="map-view").set_value("difference").run()
    assert not page.exception and not page.error
    assert any("December 2023. Differences from the baseline" in each.value for each in page.markdown)


def test_every_indicator_of_the_list_can_be_shown():
    page = open_page().run()
    for indicator in corridor_map.SHOWN:
        page.selectbox(key="map-indicator").set_value(indicator).run()
        assert not page.exception and not page.error
        assert any("largest first" in each.value for each in page.markdown), indicator


def test_playing_ends_where_the_slider_stands(monkeypatch):
    monkeypatch.setattr("app.views.map.SECONDS_A_MONTH", 0.0)
    page = open_page().run()
    page.button(key="map-play").click().run()
    assert not page.exception and not page.error
    assert any("December 2023. The scenario" in each.value for each in page.markdown)
