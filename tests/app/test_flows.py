"""What is drawn is what results hold: sums of lines against indicators, balances against the engine's counts."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

import corridor
from corridor.engine.recording.recorder import Recorder
from corridor.engine.simulation import Simulation
from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor_app.map import flows

PEOPLE_PER_AGENT = 200


@pytest.fixture(scope="module")
def lived():
    """One replicate of history: its results, and people that the engine saw enter by month and line."""
    policy = corridor.resolve(corridor.load_scenario("history"))
    drivers = compile_drivers(policy, load_parameters(policy.overrides), people_per_agent=PEOPLE_PER_AGENT)
    codes = drivers.geography.codes
    seen = defaultdict(float)
    read = Recorder.read

    def read_and_keep(self, first, last):
        month = f"{drivers.timeline.date_of(last - 1):%Y-%m}"
        entered = self._tally["entered"].reshape(-1, *self._tally["entered"].shape[-2:])[0].sum(axis=-1)
        left = self._tally["left"].reshape(-1, *self._tally["left"].shape[-3:])[0].sum(axis=1)
        people = {"reach_central_mexico": entered[codes["central_mexico"]]}
        for number, border in enumerate(flows.borders()):
            cities, sectors = (
                [codes[place.id] for place in each] for each in (border.cities, border.sectors)
            )
            # Who crosses from a city enters a sector; who crosses again after a return enters it from elsewhere.
            crossing = sum(
                left[city, : len(place.feeds)].sum()
                for city, place in zip(cities, border.cities, strict=True)
            )
            people[f"reach_border_{number + 1}"] = entered[cities].sum() + entered[sectors].sum() - crossing
        for line, count in people.items():
            seen[line, month] += float(count) * PEOPLE_PER_AGENT
        return read(self, first, last)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorder, "read", read_and_keep)
        recording = Simulation(drivers, 1, 0).run()
    results = corridor.Results.from_recordings("history", [recording], draws=[0], replicates=[0], manifest={})
    return results, dict(seen)


@pytest.fixture(scope="module")
def rows(lived):
    return flows.flow_rows(lived[0].summary())


def by_month(rows, start):
    """People by month on all lines whose name starts so."""
    return rows.loc[rows["line"].str.startswith(start)].groupby("period")["value"].sum()


@pytest.mark.parametrize(
    ("start", "indicator", "nationality"),
    [
        ("darien_entries", "darien_entries", "all"),
        ("mexico_entries", "mexico_entries", "all"),
        ("encounters_", "encounters_usbp", "all"),
        ("admissions_", "encounters_ofo", "all"),
        ("arrivals_", "arrivals_us_city", "all"),
        ("parole_", "parole_arrivals", "all"),
        ("parole_Haiti", "parole_arrivals", "Haiti"),
        ("returns_to_mexico", "returns_to_mexico", "all"),
        ("flights_", "removals_by_flight", "all"),
        ("third_country", "third_country_returns", "all"),
        ("mexico_returns_", "mexico_returns", "all"),
    ],
)
def test_the_lines_of_an_indicator_add_up_to_it_in_every_month(lived, rows, start, indicator, nationality):
    months, values = lived[0].series(indicator, nationality=nationality)
    drawn = by_month(rows, start)
    assert list(drawn.index) == list(months)
    assert drawn.to_numpy() == pytest.approx(
        values[0], abs=1e-4
    )  # results are rounded to six decimals, cell by cell


def test_transfers_south_add_up_with_those_within_the_south_which_are_not_drawn(lived, rows):
    results, _seen = lived
    drawn = by_month(rows, "transfers_").to_numpy()
    whole = results.series("mexico_transfers_south")[1][0]
    within = results.series("mexico_transfers_south", place="inm_south")[1][0]
    assert within.sum() > 0
    assert drawn == pytest.approx(whole - within)


def test_people_who_reach_central_mexico_and_the_border_are_those_whom_the_engine_saw_enter(lived, rows):
    results, seen = lived
    months = results.series("deaths")[0]
    for line in (line for line in flows.lines() if line.balance):
        worked_out = rows.loc[rows["line"] == line.id].set_index("period")["value"]
        assert list(worked_out.index) == list(months[1:]), "the first month has no change of a stock"
        entered = np.array([seen[line.id, month] for month in months[1:]])
        assert entered.sum() > 0
        assert worked_out.to_numpy() == pytest.approx(entered, abs=1e-6)


def test_parts_of_the_border_share_no_crossing_and_leave_out_no_place():
    places = corridor.load_geography().places
    for kind, name in (("wait", "cities"), ("cross", "sectors")):
        found = [place.id for border in flows.borders() for place in getattr(border, name)]
        assert sorted(found) == sorted(place.id for place in places if place.kind == kind)
    for border in flows.borders():
        sectors = {place.id for place in border.sectors}
        assert all(set(city.feeds) <= sectors for city in border.cities)


def test_every_line_is_made_of_indicators_and_places_that_results_have(lived):
    known = {(cell.indicator, cell.place, cell.nationality) for cell in lived[0].cells}
    for line in flows.lines():
        missing = {(term.indicator, term.place, term.nationality) for term in line.terms} - known
        assert not missing, line.id
    assert len({line.id for line in flows.lines()}) == len(flows.lines())


def test_a_result_without_people_draws_no_one():
    summary = pd.DataFrame(
        {
            "period": ["2023-01"],
            "indicator": "deaths",
            "place": "all",
            "nationality": "all",
            "party": "all",
            "mean": 0.0,
        }
    )
    assert set(flows.flow_rows(summary)["value"]) == {0.0}
