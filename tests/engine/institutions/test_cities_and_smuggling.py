"""Shelters, buses, and the price of the journey."""

import pytest

from corridor.engine.institutions import SmugglingMarket
from tests.small_runs import live_to, simulation_of

PEOPLE = 500
START = 700  # 2022-06-01


def in_force(*movements, day=START + 30):
    entries = ", ".join(
        f"{{id: m{number}, start: 2022-06-01, {movement}}}" for number, movement in enumerate(movements)
    )
    return live_to(simulation_of(f"interventions: [{entries}]" if entries else "", PEOPLE), day)


def city(simulation, name="tijuana"):
    return simulation.world["places"][simulation.drivers.geography.codes[name]]


def test_people_without_a_shelter_come_to_more_harm_up_to_a_limit():
    roomy = city(in_force("lever: mexico.shelter_places, for: [tijuana], to: 100000"))
    none = city(in_force("lever: mexico.shelter_places, for: [tijuana], to: 0"))
    assert roomy["crowding"] == 1.0
    assert 1.0 < none["crowding"] <= 4.0
    assert roomy["shelter"] == pytest.approx(100_000 / PEOPLE)


def weights_of(simulation):
    """Share of the released who go to each city."""
    ends = [place.id for _, place in simulation.drivers.geography.of_kind("end") if place.fate == "released"]
    return {name: float(city(simulation, name)["weight"]) for name in ends}


def test_the_released_go_where_buses_take_them_and_otherwise_their_own_way():
    bused, usual = (
        weights_of(in_force(*movements))
        for movements in (("lever: us.buses_north_daily, for: [texas/denver], to: 2000",), ())
    )
    assert sum(bused.values()) == pytest.approx(1.0)
    assert bused["denver"] > 3 * usual["denver"]
    assert bused["other_us_city"] < usual["other_us_city"]


def test_no_bus_takes_more_people_than_are_released():
    weights = weights_of(in_force("lever: us.buses_north_daily, for: [texas], to: 5000"))
    assert min(weights.values()) >= 0.0
    assert sum(weights.values()) == pytest.approx(1.0)


def fee_level(*movements, encounters=4000.0, usual=4000.0):
    """Level of fees when so many come and guides are used to so many."""
    simulation = in_force(*movements)
    (market,) = simulation.agents.select(lambda agent: isinstance(agent, SmugglingMarket))
    market.memory["level"] = usual
    simulation.briefing.encounters = encounters
    market.act(simulation.briefing)
    return float(simulation.world["rules"]["fee_level"])


def test_enforcement_raises_the_price_less_than_in_proportion():
    usual, strict = (fee_level(f"lever: mexico.stops, to: {times}") for times in (1, 2))
    assert usual < strict < 2 * usual


def test_fees_fall_no_further_where_hardly_anyone_is_stopped():
    none, few, usual = (fee_level(f"lever: mexico.stops, to: {times}") for times in (0, 0.01, 1))
    assert 0.0 < none == few < usual


def test_scarce_guides_raise_the_price():
    assert fee_level(encounters=2000.0) < fee_level() < fee_level(encounters=8000.0)
