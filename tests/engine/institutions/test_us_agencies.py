"""Sectors, ports and flights: what levers and beds make of custody."""

import numpy as np
import pytest

from corridor.engine.records.codes import Custody, Pool
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import live_to, simulation_of

PEOPLE = 1000
START = 700  # 2022-06-01


def in_force(*movements, day=START):
    entries = ", ".join(
        f"{{id: m{number}, start: 2022-06-01, {movement}}}" for number, movement in enumerate(movements)
    )
    return live_to(simulation_of(f"interventions: [{entries}]", PEOPLE), day + 1)


def custody_of(simulation, sector="el_paso"):
    return simulation.world["places"][simulation.drivers.geography.codes[f"{sector}_custody"]]


def test_a_sector_has_its_beds_its_capacity_and_its_limit():
    place = custody_of(
        in_force(
            "lever: us.custody_beds, for: [el_paso_sector], to: 2000",
            "lever: us.processing_daily, for: [el_paso_sector], to: 500",
        )
    )
    assert place["beds"] == pytest.approx(2000 / PEOPLE)
    assert place["capacity"] == pytest.approx(500 / PEOPLE)
    assert place["street_limit"] > place["beds"]


def test_a_closed_crossing_frees_a_few_officers_of_its_own_sector():
    usual = custody_of(in_force("lever: us.custody_beds, for: [tucson_sector], to: 3000"), "tucson")
    closed = in_force("lever: us.crossings_closed, for: [lukeville], to: 1")
    assert 1.0 < custody_of(closed, "tucson")["capacity"] / usual["capacity"] < 1.02
    assert custody_of(closed, "yuma")["capacity"] == pytest.approx(980 / PEOPLE)


def test_lateral_flights_go_to_another_sector_with_the_seats_of_their_number():
    simulation = in_force("lever: us.lateral_flights_daily, for: [del_rio_sector], to: 3")
    place, codes = custody_of(simulation, "del_rio"), simulation.drivers.geography.codes
    seats = simulation.drivers.parameters["lateral_flight_seats"].scalar()
    assert place["lateral"] in (0.0, pytest.approx(3 * seats / PEOPLE))
    there = place["exits"][Custody.LATERAL]
    assert there in [code for code, _ in simulation.drivers.geography.of_kind("custody")]
    assert (place["lateral"] == 0.0) == (there == codes["del_rio_custody"])


def test_a_sector_without_flights_flies_nobody_out():
    assert (
        custody_of(in_force("lever: us.lateral_flights_daily, for: [yuma_sector], to: 0"), "yuma")["lateral"]
        == 0
    )


def test_ports_give_the_appointments_of_the_day():
    assert in_force("lever: us.cbp_one_daily, to: 1200").world["rules"]["appointments"] == pytest.approx(1.2)


@pytest.mark.parametrize(("accepted", "share"), [(1, 1.0), (0.5, 0.5), (0, 0.0)])
def test_removal_flights_have_the_seats_that_the_country_takes(accepted, share):
    simulation = in_force(
        "lever: us.removal_flights_weekly, for: [Cuba], to: 7",
        f"lever: cuba.accepts_flights, for: [us], to: {accepted}",
    )
    seats = simulation.drivers.parameters["flight_seats"].scalar()
    daily = simulation.world["allowances"]["daily"][Pool.FLIGHTS + NATIONALITIES.index("Cuba")]
    assert daily == pytest.approx(share * seats / PEOPLE)


def test_every_sector_of_the_map_has_an_institution():
    simulation = in_force("lever: us.cbp_one_daily, to: 0")
    capacity = simulation.world["places"]["capacity"]
    codes = [code for code, _ in simulation.drivers.geography.of_kind("custody")]
    assert (capacity[codes] > 0).all()
    assert not np.delete(capacity, codes).any()
