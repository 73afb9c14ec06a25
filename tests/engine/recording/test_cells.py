"""Cells: the linear map from counts to indicators, its breakdowns, and what the drivers decide."""

import numpy as np
import pytest

from corridor.engine.plan import plan_of
from corridor.engine.recording.definitions import FIELDS, OFFSETS, PRICES, WIDTH, Definitions
from corridor.engine.records.codes import Custody, Wait
from corridor.engine.records.layout import TALLY
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.for_all import for_all
from tests.small_runs import drivers_of, simulation_of, value_of

FLOWS = [name for name, entry in INDICATORS.items() if entry.kind == "flow"]
YEARS = ("2021", "2022", "2023")


@pytest.fixture(scope="module")
def recording():
    return simulation_of("", 500).run()


@pytest.fixture(scope="module")
def cell_map():
    return plan_of(drivers_of("", 500)).reading.map


def test_every_indicator_of_the_registry_is_recorded(recording):
    assert set(recording.cells.indicator) == set(INDICATORS)


def test_every_indicator_that_says_so_has_a_total_and_no_other(recording):
    totals = {row[0] for row in recording.cells.rows() if row[1:] == ("all",) * 3}
    assert totals == {name for name, indicator in INDICATORS.items() if indicator.has_total}


def test_no_cell_occurs_twice(recording):
    rows = list(recording.cells.rows())
    assert len(set(rows)) == len(rows)


def test_every_cell_bears_the_unit_of_its_indicator(recording):
    for indicator, unit in zip(recording.cells.indicator, recording.cells.unit, strict=True):
        assert unit == INDICATORS[indicator].unit


@for_all("name", [name for name, indicator in INDICATORS.items() if indicator.kind in ("flow", "stock")])
def test_breakdowns_add_up_to_the_whole(recording, name):
    rows = np.array(list(recording.cells.rows()))
    own = rows[:, 0] == name
    whole = own & (rows[:, 1:] == "all").all(axis=1)
    if not whole.any():  # an index of each government has no sum
        return
    for column, breakdown in enumerate(("place", "nationality", "party"), start=1):
        parts = own & (rows[:, column] != "all") & ((rows[:, 1:] != "all").sum(axis=1) == 1)
        if parts.any():
            total = recording.values[:, parts].sum(axis=1)
            np.testing.assert_allclose(
                total, recording.values[:, whole][:, 0], rtol=1e-9, atol=1e-6, err_msg=breakdown
            )


@for_all("name", [name for name, indicator in INDICATORS.items() if indicator.crossings])
def test_crossed_cells_add_up_to_the_whole_and_to_each_margin(recording, name):
    rows = list(recording.cells.rows())
    at = {row: number for number, row in enumerate(rows)}
    for crossing in INDICATORS[name].crossings:
        columns = [("place", "nationality", "party").index(each) + 1 for each in crossing]
        crossed = [
            row
            for row in rows
            if row[0] == name and all((row[n] != "all") == (n in columns) for n in (1, 2, 3))
        ]
        for kept in ([], columns[:1], columns[1:]):
            margin = [
                row
                for row in rows
                if row[0] == name and all((row[n] != "all") == (n in kept) for n in (1, 2, 3))
            ]
            assert margin
            for whole in margin:
                parts = [at[row] for row in crossed if all(row[n] == whole[n] for n in kept)]
                total = recording.values[:, parts].sum(axis=1)
                np.testing.assert_array_equal(total, recording.values[:, at[whole]], err_msg=str(whole))
        assert len(crossed) == np.prod([len({row[n] for row in crossed}) for n in columns])


def test_each_outcome_of_custody_is_told_for_each_nationality(recording):
    # The ways out are apart: expulsions to Mexico are among the returns, and a crossing tells them from the others.
    for nation in NATIONALITIES:
        of = {"nationality": nation}
        apart = {
            "removals_by_flight": {},
            "third_country_returns": {},
            "returns_to_mexico": {},
            "expulsions_title_42": {"place": "origin"},
            "releases": {},
            "transfers_to_ice": {},
        }
        for year in YEARS:
            out = sum(value_of(recording, name, period=year, **of, **more) for name, more in apart.items())
            met = value_of(recording, "encounters_usbp", period=year, **of)
            assert abs(met - out) <= value_of(recording, "custody_end", period=year) + value_of(
                recording, "custody_end", period=f"{int(year) - 1}-12" if year != "2021" else "2021-01"
            ), (nation, year)
            expelled = value_of(recording, "expulsions_title_42", place="mexico", period=year, **of)
            assert 0 <= expelled <= value_of(recording, "returns_to_mexico", period=year, **of)


@for_all("name", FLOWS)
def test_months_of_a_flow_add_up_to_its_year(recording, name):
    for year in YEARS:
        months = [row for row, period in enumerate(recording.periods) if period.startswith(f"{year}-")]
        cells = [cell for cell, indicator in enumerate(recording.cells.indicator) if indicator == name]
        total = recording.values[months][:, cells].sum(axis=0)
        np.testing.assert_allclose(
            total, recording.values[recording.periods.index(year), cells], rtol=1e-9, atol=1e-6
        )


def test_a_stock_is_the_mean_of_its_days_and_ends_with_its_last(recording):
    months = np.array([value_of(recording, "custody", period=f"2023-{month:02}") for month in range(1, 13)])
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    assert months @ days / 365 == pytest.approx(value_of(recording, "custody"))
    assert value_of(recording, "custody_end") == value_of(recording, "custody_end", period="2023-12")


def test_stocks_at_the_end_are_the_people_who_are_there():
    simulation = simulation_of("", 500)
    ended = simulation.run()
    places, geography = simulation.world["places"], simulation.drivers.geography
    last = {"period": ended.periods[-1]}
    for indicator, kind in (("custody_end", "custody"), ("waiting_north_mexico_end", "wait")):
        codes = [code for code, _ in geography.of_kind(kind)]
        assert value_of(ended, indicator, **last) == places["present"][codes].sum() * 500 > 0
    tijuana = geography.codes["tijuana"]
    assert (
        value_of(ended, "waiting_north_mexico_end", place="tijuana", **last)
        == places["present"][tijuana] * 500
    )
    over = max(0.0, places["present"][tijuana] - places["shelter"][tijuana]) * 500
    assert value_of(ended, "shelter_overflow_end", place="tijuana", **last) == pytest.approx(over)


def test_the_peak_day_is_the_largest_and_no_smaller_than_the_mean(recording):
    months = [value_of(recording, "encounters_peak_day", period=f"2023-{month:02}") for month in range(1, 13)]
    assert value_of(recording, "encounters_peak_day") == max(months)
    assert max(months) >= value_of(recording, "encounters_usbp") / 365


def test_different_people_are_fewer_than_encounters_and_do_not_add_up(recording):
    unique = [value_of(recording, "unique_people", period=f"2023-{month:02}") for month in range(1, 13)]
    year = value_of(recording, "unique_people")
    assert max(unique) <= year <= sum(unique)
    assert year <= value_of(recording, "encounters_usbp")
    by_nation = sum(value_of(recording, "unique_people", nationality=name) for name in NATIONALITIES)
    assert by_nation == pytest.approx(year)


def test_nothing_that_counts_is_negative(recording):
    counted = [INDICATORS[name].unit != "index 0-1" for name in recording.cells.indicator]
    values = recording.values[:, counted]
    assert (values[~np.isnan(values)] >= 0).all()


def test_a_mean_over_nobody_is_undefined():
    quiet = simulation_of("shocks: [{id: none, kind: demand, start: 2020-07-01, size: 0}]", 2000).run()
    assert np.isnan(value_of(quiet, "days_en_route"))


def test_every_encounter_is_disposed_of_or_still_held(recording):
    # Exits of custody within the reported years equal encounters, but for who was held at either end.
    ends = {
        "releases": "all",
        "transfers_to_ice": "all",
        "removals_by_flight": "all",
        "third_country_returns": "all",
        "returns_to_mexico": "all",
        "expulsions_title_42": "origin",  # those to Mexico are among the returns
    }
    out = sum(
        value_of(recording, name, place=place, period=year) for year in YEARS for name, place in ends.items()
    )
    encountered = sum(value_of(recording, "encounters_usbp", period=year) for year in YEARS)
    held = value_of(recording, "custody_end")
    assert abs(encountered - out) <= held + value_of(recording, "custody", period="2021-01")


def test_every_release_reaches_a_city(recording):
    assert value_of(recording, "arrivals_us_city") == pytest.approx(value_of(recording, "releases"))


def test_every_count_of_a_definition_lies_inside_the_tally():
    drivers = drivers_of("", 500)
    for name, counts in Definitions(drivers.geography, dict.fromkeys(PRICES, 1.0)).all().items():
        for count in counts:
            assert all(0 <= at < size for at, size in zip(count.index, FIELDS[count.field], strict=True)), (
                name
            )


def test_fields_of_the_tally_lie_side_by_side_in_the_vector():
    sizes = {name: int(np.prod(shape)) for name, shape in FIELDS.items()}
    assert dict(zip(sizes, np.cumsum([0, *sizes.values()])[:-1].tolist(), strict=True)) == OFFSETS
    assert sum(sizes.values()) == WIDTH
    counted_elsewhere = {"present", "overflow"}
    for name in set(FIELDS) - counted_elsewhere:
        assert TALLY[name].shape == FIELDS[name], name


def test_one_exit_counted_is_one_person_in_its_indicators_and_no_other(cell_map):
    drivers = drivers_of("", 500)
    tally = np.zeros(1, dtype=TALLY)[0]
    group = NATIONALITIES.index("Cuba") * 3
    tally["left"][drivers.geography.codes["el_paso_custody"], group, Custody.STREET_RELEASE] = 1
    tally["left"][drivers.geography.codes["tijuana"], group, Wait.GAVE_UP] = 1
    vector = np.zeros(WIDTH)
    vector[OFFSETS["left"] : OFFSETS["left"] + tally["left"].size] = tally["left"].ravel()
    raised = {row[0] for cell, row in enumerate(cell_map.cells.rows()) if (cell_map.matrix @ vector)[cell]}
    assert raised == {"releases", "street_releases", "gave_up"}


def test_pledges_are_places_a_day_and_pools_are_counted_once():
    body = (
        "interventions: [{id: x, lever: mexico.return_acceptance_monthly, for: [Peru, Colombia], pooled: true, "
        "start: 2023-06-01, to: 6000}]"
    )
    pooled, usual = (simulation_of(text, 1000).run() for text in (body, ""))
    places = 6000 * 30 / (365.25 / 12)
    shown = [
        value_of(pooled, "returns_pledged", nationality=name, period="2023-06")
        for name in ("Peru", "Colombia")
    ]
    assert shown == pytest.approx([places / 2, places / 2])
    more = value_of(pooled, "returns_pledged", period="2023-06") - value_of(
        usual, "returns_pledged", period="2023-06"
    )
    assert more == pytest.approx(places)


def test_closed_crossings_lose_trade_by_the_day(recording):
    lost = value_of(recording, "trade_lost_usd", place="eagle_pass_rail", period="2023-12")
    assert lost == pytest.approx(5 * 100e6)  # 18 to 22 December
