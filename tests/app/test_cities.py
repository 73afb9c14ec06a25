import io

import numpy as np
import pandas as pd
import pytest

import corridor
from corridor_app.charts import chart
from corridor_app.choices.changes import PEOPLE_PER_AGENT
from corridor_app.pages import cities
from tests.viewing import open_view


def test_places_are_those_of_the_scenario():
    scenario = corridor.parse_scenario(
        "name: more-beds\nextends: history\ninterventions:\n"
        "  - {id: beds, lever: us.custody_beds, for: [el_paso_sector], profile: step, start: 2023-06-16, to: 2000}\n",
        file="more-beds.yaml",
    )
    months = ["2023-05", "2023-06", "2023-07"]
    found = cities.monthly_places(scenario, "us.custody_beds", "el_paso_sector", months)
    assert found == pytest.approx([1100, 1550, 2000])
    everywhere = cities.monthly_places(scenario, "us.custody_beds", "all", months)
    assert everywhere == pytest.approx([20_000, 20_450, 20_900])


def test_the_data_of_a_figure_holds_both_runs_and_the_places():
    before, after = corridor.run_ensembles(
        ["history", "funds-last-december"], replicates=2, seed=1, people_per_agent=PEOPLE_PER_AGENT
    )
    rows, base = (
        chart.month_rows(each.summary(), "custody", ("el_paso_sector", "all", "all"))
        for each in (after, before)
    )
    data = pd.read_csv(io.BytesIO(corridor.csv_bytes(cities._data(rows, base, [1100.0] * len(rows)))))
    assert list(data["run"].unique()) == ["scenario", "baseline"]
    mine = data[data["run"] == "scenario"]
    assert (mine["places"] == 1100).all()
    months, values = after.series("custody", place="el_paso_sector")
    assert list(mine["period"]) == list(months)
    assert np.allclose(mine["mean"], values.mean(axis=0))


def test_the_page_shows_every_figure_and_a_place_can_be_chosen():
    page = open_view("cities", scenario="funds-last-december")
    assert not page.exception
    assert not page.error
    tables = [each.value for each in page.table]
    assert len(tables) == 5
    assert [("places" in table.columns) for table in tables] == [True, False, True, False, False]
    assert all("baseline" in table.columns for table in tables)
    page.selectbox(key="sector").set_value("el_paso_sector").run()
    assert not page.exception
    assert set(page.table[2].value["places"]) == {"1,100"}
    assert not page.table[3].value.equals(tables[3])
    assert page.table[0].value.equals(tables[0])
