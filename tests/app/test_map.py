"""The map: its two layers, the difference from the baseline, its words, and the page that shows it."""

import pandas as pd
import pytest

from corridor_app.map import corridor_map, flows
from corridor_app.map import month as months
from corridor_app.map.month import CIRCLES, Month
from corridor_app.pages import map as page_of_the_map
from tests.viewing import open_view


def summary(**means):
    """A summary of waiting people and of encounters in two months."""
    places = ["tijuana", "reynosa", "tijuana", "tijuana", "all"]
    waiting = pd.DataFrame(
        {
            "period": ["2023-01", "2023-01", "2023-02", "2023", "2023-01"],
            "indicator": "waiting_north_mexico",
            "place": places,
            "mean": [means["tijuana"], means["reynosa"], means["later"], 999.0, 999.0],
        }
    )
    met = pd.DataFrame(
        {
            "period": ["2023-01", "2023-02"],
            "indicator": "encounters_usbp",
            "place": "tucson_sector",
            "mean": [means["met"], 0.0],
        }
    )
    return pd.concat([waiting, met]).assign(nationality="all", party="all")


BEFORE = summary(tijuana=1000.0, reynosa=500.0, later=10.0, met=900.0)
AFTER = summary(tijuana=1300.0, reynosa=100.0, later=10.0, met=700.0)


def month_of(table, before=None, *, period="2023-01"):
    lines, places = flows.flow_rows(table), months.place_rows(table, "waiting")
    view = "scenario"
    if before is not None:
        lines = months.subtract(lines, flows.flow_rows(before))
        places = months.subtract(places, months.place_rows(before, "waiting"))
        view = "difference"
    return Month(lines, places, period, "waiting", view, months.most(lines), months.most(places))


def shapes(month):
    """Features of the ribbons and of the circles, as drawn."""
    drawn = corridor_map.map_spec(month, title="", description="")["datasets"]
    return drawn["lines"], drawn["circles"]


def test_circles_are_places_with_their_people_and_totals_are_left_out():
    rows = months.place_rows(AFTER, "waiting")
    assert dict(zip(zip(rows["period"], rows["place"], strict=True), rows["value"], strict=True)) == {
        ("2023-01", "tijuana"): 1300.0,
        ("2023-01", "reynosa"): 100.0,
        ("2023-02", "tijuana"): 10.0,
    }


def test_the_difference_is_scenario_less_baseline_for_lines_and_for_circles():
    month = month_of(AFTER, BEFORE)
    assert (
        dict(zip(month.lines["line"], month.lines["value"], strict=True))["encounters_tucson_sector"]
        == -200.0
    )
    assert list(month.circled["value"]) == [-400.0, 300.0]
    lines, circles = shapes(month)
    tucson = next(each["properties"] for each in lines if "Tucson" in each["properties"]["name"])
    assert (tucson["people"], tucson["kind"]) == ("\u2212200", "fewer")
    assert [each["properties"]["people"] for each in circles] == ["\u2212400", "+300"]
    assert len({each["properties"]["fill"] for each in circles}) == 2
    assert "Reynosa \u2212400; Tijuana +300" in months.describe(month)


def test_a_month_without_people_has_no_line_and_says_so():
    month = month_of(AFTER, BEFORE, period="2023-02")
    assert shapes(month)[1] == []
    empty = month_of(BEFORE, BEFORE)
    assert shapes(empty) == ([], [])
    assert "no line has anyone" in months.describe(empty)
    assert months.month_table(empty).empty


def test_widths_and_areas_are_to_one_scale_in_all_months():
    first, second = (month_of(AFTER, period=period) for period in ("2023-01", "2023-02"))
    assert corridor_map.key_of(first) == corridor_map.key_of(second)
    assert (first.most_moving, first.most_waiting) == (second.most_moving, second.most_waiting)
    assert corridor_map.radius(second, 10.0) == pytest.approx(corridor_map.LARGEST * (10 / 1300) ** 0.5)


def test_what_goes_back_is_broken_and_has_another_colour():
    for palette in (corridor_map.LIGHT, corridor_map.DARK):
        assert len({palette.onward, palette.lawful, palette.back, palette.uncounted}) == 4
    assert {line.id for line in flows.lines() if line.way == "back"} >= {
        "returns_to_mexico",
        "mexico_returns_inm_south",
        "transfers_border_1",
    }
    table = AFTER.assign(indicator=AFTER["indicator"].replace("encounters_usbp", "returns_to_mexico"))
    table.loc[table["indicator"] == "returns_to_mexico", "place"] = "all"
    back = next(each for each in shapes(month_of(table))[0] if "Returns" in each["properties"]["name"])
    assert back["properties"]["kind"] == "back (broken line)"
    assert len(back["geometry"]["coordinates"]) > 2


def test_every_layer_has_its_data_and_the_map_has_words_for_who_does_not_see_it():
    drawn = corridor_map.map_spec(month_of(AFTER), title="January", description="What it shows.")
    assert {layer["data"]["name"] for layer in drawn["layer"]} == set(drawn["datasets"])
    assert all(drawn["datasets"].values())
    assert drawn["description"] == "What it shows."


def words(page):
    return " ".join(each.value for each in page.markdown)


def test_the_page_shows_history_with_harm_beside_flow():
    page = open_view("map")
    assert not page.exception and not page.error
    assert page.selectbox(key="scenario").value == "history"
    assert page.selectbox(key="view").options == ["Scenario"]
    assert "June 2024. In the scenario, the widest lines" in words(page)
    assert "Harm in June 2024: Deaths" in words(page)
    assert "Kidnappings" in words(page)


def test_the_address_chooses_scenario_month_view_and_circles():
    page = open_view(
        "map", scenario="funds-last-december", month="2023-12", view="difference", circles="custody"
    )
    assert not page.exception and not page.error
    assert "December 2023. Scenario less baseline, the widest lines" in words(page)
    assert "in the baseline" in words(page)
    assert page.selectbox(key="circles").value == "custody"
    page.selectbox(key="view").set_value("beside").run()
    assert not page.exception and not page.error
    assert "In the scenario, the widest lines" in words(page)
    assert "In the baseline, the widest lines" in words(page)
    assert page.query_params["view"] == "beside"


def test_an_address_that_means_nothing_is_read_as_if_it_were_not_there():
    page = open_view("map", month="1999-13", view="<b>", circles="../..")
    assert not page.exception and not page.error
    assert page.selectbox(key="circles").value == "waiting"
    assert "June 2024. In the scenario" in words(page)
    assert not {"month", "view", "circles"} & set(page.query_params)


@pytest.mark.parametrize("circles", CIRCLES)
def test_every_kind_of_circle_can_be_shown(circles):
    page = open_view("map", circles=circles, month="2023-12")
    assert not page.exception and not page.error
    assert "the widest lines" in words(page)
    assert ("the largest circles" in words(page)) == (circles != "none")


def test_playing_goes_month_by_month_stops_at_the_last_and_can_be_stopped():
    page = open_view("map", month="2024-04")
    page.button(key="map-play").click().run()
    assert "May 2024. In the scenario" in words(page)
    for _again in range(2):
        page.button(key="map-stop").click().run()
        assert "May 2024. In the scenario" in words(page)
    page.button(key="map-play").click().run()
    assert "June 2024. In the scenario" in words(page)
    page.run()
    assert "June 2024. In the scenario" in words(page)
    page.button(key="map-play").click().run()
    assert "February 2021. In the scenario" in words(page)
    page.run()
    assert "March 2021. In the scenario" in words(page)
    page.select_slider(key="month").set_value("2022-05").run()
    page.run()
    assert "May 2022. In the scenario" in words(page)


def test_views_of_the_page_are_those_that_the_map_draws():
    assert list(page_of_the_map.DRAWN) == list(page_of_the_map.VIEWS)


@pytest.mark.parametrize(
    ("ends", "said"),
    [((1.0, 5.0), "(80% of replicates: 1 to 5)"), ((float("nan"),) * 2, "(nothing claimed so far ahead)")],
)
def test_harm_of_a_month_so_far_ahead_that_nothing_is_claimed_has_no_band(ends, said):
    rows = [("2025-07", name, "all", "all", "all", 3.0, *ends) for name in ("deaths", "kidnappings")]
    columns = ["period", "indicator", "place", "nationality", "party", "mean", "p10", "p90"]
    words = months.harm_words(pd.DataFrame(rows, columns=columns), None, "2025-07")
    assert words.count(said) == len(rows)
