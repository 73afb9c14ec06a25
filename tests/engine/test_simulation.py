"""A replicate as a whole: caps hold, more capacity means shorter queues, nothing comes of nothing."""

import gc
import weakref
from itertools import pairwise

import numpy as np
import pytest

from corridor.engine.mechanisms.capacity import CARRIED_DAYS, LARGEST_PARTY
from corridor.engine.records.codes import NATIONS, POOLS, Pool
from corridor.engine.simulation import SCHEDULE
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import simulation_of, value_of

POOLED = ("Venezuela", "Cuba", "Haiti", "Nicaragua")
DAYS_PER_MONTH = 365.25 / 12
THIRD_COUNTRY = (
    "interventions: [{id: x, lever: panama.deportee_acceptance_monthly, for: [Venezuela, Colombia], pooled: true, "
    "start: 2023-05-12, to: 600}]"
)


@pytest.fixture(scope="module")
def accounts():
    """Places given and used day by day, [D, POOLS] each, in a run at a coarse scale, and its recording."""
    simulation = simulation_of(THIRD_COUNTRY, 200)
    given, used = [], []
    while simulation.running:
        simulation.step()
        allowances = simulation.world["allowances"]
        given.append(allowances["daily"].copy())
        used.append(allowances["used"].copy())
    return np.array(given), np.diff(np.array(used), axis=0, prepend=0.0), simulation


def test_no_allowance_is_exceeded_in_any_month_by_more_than_what_was_kept(accounts):
    given, used, simulation = accounts
    months = simulation.drivers.timeline.calendar_month
    starts = np.append(np.flatnonzero(np.diff(months, prepend=0)), len(months))
    for first, last in pairwise(starts.tolist()):
        kept = np.maximum(given[first:last].max(axis=0) * CARRIED_DAYS, LARGEST_PARTY)
        allowed = given[first:last].sum(axis=0) + kept + LARGEST_PARTY
        over = np.flatnonzero(used[first:last].sum(axis=0) > allowed + 1e-9)
        assert not len(over), f"pools {over} from {simulation.drivers.timeline.date_of(first)}"


def test_allowances_that_bind_are_used_whatever_the_scale(accounts):
    given, used, simulation = accounts
    # From 2023-05-13 to the end of that year; in 2024 fewer people come than there are places.
    year = slice(
        simulation.drivers.timeline.report_day + 730 + 132, simulation.drivers.timeline.report_day + 1095
    )
    pool = Pool.MEXICO + NATIONALITIES.index("Venezuela")  # the four nationalities
    assert used[year, pool].sum() == pytest.approx(given[year, pool].sum(), rel=0.1)


def test_returns_of_pooled_nationalities_stay_within_pledge_times_use(accounts):
    _, _, simulation = accounts
    recording, people = simulation.recording(), simulation.drivers.people_per_agent
    for month, use in {"2023-03": 0.30, "2023-07": 0.08, "2023-11": 0.08}.items():
        returned = sum(
            value_of(recording, "returns_to_mexico", nationality=name, period=month) for name in POOLED
        )
        daily = 30_000 * use / DAYS_PER_MONTH
        days = 30 if month == "2023-11" else 31
        kept = max(CARRIED_DAYS * daily, LARGEST_PARTY * people) + LARGEST_PARTY * people
        assert 0 < returned <= days * daily + kept


def test_third_countries_take_no_more_than_they_accept(accounts):
    _, _, simulation = accounts
    people = simulation.drivers.people_per_agent
    for month in range(6, 13):
        taken = value_of(simulation.recording(), "third_country_returns", period=f"2023-{month:02}")
        assert taken <= 600 * 31 / DAYS_PER_MONTH + 2 * LARGEST_PARTY * people
    assert value_of(simulation.recording(), "third_country_returns") > 0


def test_admissions_at_ports_stay_within_appointments_and_exceptions(accounts):
    _, _, simulation = accounts
    recording, drivers = simulation.recording(), simulation.drivers
    for number, month in enumerate(drivers.timeline.months()):
        days = drivers.timeline.month_of_day == number
        daily = drivers.levers["us.cbp_one_daily"].values[days, 0] + drivers.exceptions[days]
        party = len(drivers.geography.offices) * LARGEST_PARTY * drivers.people_per_agent
        admitted = value_of(recording, "encounters_ofo", period=month)
        assert admitted <= daily.sum() + CARRIED_DAYS * daily.max() + 2 * party, month


def test_the_places_that_ports_give_are_taken_by_office_where_enough_wait(accounts):
    given, used, simulation = accounts
    clock, geography = simulation.drivers.timeline.year_of_day, simulation.drivers.geography
    recording, people = simulation.recording(), simulation.drivers.people_per_agent
    assert len(geography.offices) == 4
    few = []  # offices in whose cities fewer people wait than they let in within two weeks
    for number, year in list(enumerate(simulation.drivers.timeline.years()))[-3:]:
        for office in geography.offices:
            pool, name = Pool.APPOINTMENTS + office, geography.places[office].id
            taken = used[clock == number, pool].sum() / given[clock == number, pool].sum()
            cities = [city.id for _, city in geography.of_kind("wait") if city.exits["admitted"] == name]
            waiting = sum(
                value_of(recording, "waiting_north_mexico", place=city, period=year) for city in cities
            )
            if waiting < 14 * given[clock == number, pool].mean() * people:
                few.append((name, year))
                assert 0.85 < taken <= 1.05, (name, year)
            else:
                assert taken == pytest.approx(1.0, abs=0.05), (name, year)
    assert few == []


def test_places_used_are_the_returns_that_are_reported(accounts):
    _, used, simulation = accounts
    clock = simulation.drivers.timeline.year_of_day
    recording, people = simulation.recording(), simulation.drivers.people_per_agent
    for number, year in enumerate(simulation.drivers.timeline.years()):
        to_mexico = sum(
            value_of(recording, "returns_to_mexico", nationality=name, period=year)
            for name in NATIONALITIES
            if name != "Mexico"
        )
        mexican = Pool.MEXICO + NATIONALITIES.index("Mexico")
        taken = (
            used[clock == number, Pool.MEXICO : Pool.MEXICO + NATIONS].sum()
            - used[clock == number, mexican].sum()
        )
        assert taken * people == pytest.approx(to_mexico)
        third = used[clock == number, Pool.PANAMA : Pool.INM_RETURNS].sum() * people
        assert third == pytest.approx(value_of(recording, "third_country_returns", period=year))


@pytest.mark.parametrize("replicate", [0, 1])
def test_more_processing_never_means_fuller_custody(replicate):
    held = []
    for capacity in (200, 350, 500, 5000):
        body = (
            "interventions: [{id: a, lever: us.processing_daily, for: [tucson_sector], start: 2022-01-01, "
            f"to: {capacity}}}, {{id: b, lever: us.custody_beds, for: [tucson_sector], start: 2022-01-01, to: 50000}}]"
        )
        recording = simulation_of(body, 400, replicate=replicate).run()
        held.append(value_of(recording, "custody", place="tucson_sector", period="2022"))
    assert held == sorted(held, reverse=True)
    assert held[0] > 2 * held[-1]


@pytest.mark.parametrize("replicate", [0, 1])
def test_a_replicate_has_the_levels_of_the_same_replicate_at_a_finer_scale(replicate):
    usual, fine = (simulation_of("", people, replicate=replicate).run() for people in (50, 5))
    for indicator in ("encounters_usbp", "returns_to_mexico", "waiting_north_mexico"):
        for year in ("2021", "2022", "2023"):
            expected = value_of(fine, indicator, period=year)
            assert value_of(usual, indicator, period=year) == pytest.approx(expected, rel=0.03), indicator


def test_where_nobody_wants_to_leave_nothing_happens():
    nobody = "shocks: [{id: none, kind: demand, start: 2020-07-01, size: 0}]"
    simulation = simulation_of(f"{nobody}\nremove: [ukrainians-2022-03, ukrainians-2022-04]", 1000)
    recording = simulation.run()
    clock = simulation.world["clock"]
    assert clock["departed"] == clock["born"] == clock["events"] == 0
    moved_without_people = {
        "returns_pledged", "trade_lost_usd", "parole_arrivals", "satisfaction", "satisfaction_end", "public_cost_usd",
    }  # fmt: skip
    values = np.nan_to_num(recording.values)
    assert {
        recording.cells.indicator[cell] for cell in np.flatnonzero(values.any(axis=0))
    } <= moved_without_people


def test_memory_grows_when_people_need_it_and_nothing_else_changes():
    large, small = simulation_of("", 400, keep_fates=True), simulation_of("", 400, keep_fates=True)
    small.chunks, small.fates = small.chunks[:700].copy(), small.fates[:120_000].copy()
    expected, recording = large.run(), small.run()
    assert recording.values.tobytes() == expected.values.tobytes()
    assert np.array_equal(recording.fates, expected.fates)


def test_the_schedule_is_a_list_that_a_person_can_read():
    assert [name for name, _ in SCHEDULE][-1] == "dusk"
    assert all(description for _, description in SCHEDULE)


def test_there_is_an_allowance_for_every_pool(accounts):
    assert accounts[0].shape[1] == POOLS


def test_a_coarser_sample_gives_nearly_the_same_totals():
    fine, coarse = simulation_of("", 50).run(), simulation_of("", 500).run()
    for indicator in ("departures", "encounters_usbp", "releases", "returns_to_mexico"):
        assert value_of(coarse, indicator) == pytest.approx(value_of(fine, indicator), rel=0.15), indicator


@pytest.mark.parametrize(
    "body", ["", "diplomacy: {mode: negotiated, from: 2022-12-01}"], ids=["fixed", "negotiated"]
)
def test_a_disbanded_replicate_leaves_memory_without_the_collector(body):
    simulation = simulation_of(body, 5000)
    simulation.run()
    left = weakref.ref(simulation)
    gc.collect()
    gc.disable()
    try:
        simulation.release_institutions()
        del simulation
        assert left() is None
    finally:
        gc.enable()
