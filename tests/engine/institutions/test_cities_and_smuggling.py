"""Shelters, buses, and the price of the journey."""

import numpy as np
import pytest

from corridor.engine.institutions import SmugglingMarket
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import live_to, simulation_of

PEOPLE = 500
COUNT = len(NATIONALITIES)
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


def market_after(*movements, leaving=4000.0, usual=4000.0):
    """A simulation whose market has acted when so many leave and guides are used to so many."""
    simulation = in_force(*movements)
    (market,) = simulation.agents.select(lambda agent: isinstance(agent, SmugglingMarket))
    market.memory["level"] = usual
    market.nations["leaving"][:] = leaving / COUNT
    market.act(simulation.briefing)
    return simulation, market


def fee_level(*movements, nation="Venezuela", **given):
    """Level of fees of a nationality when so many leave and guides are used to so many."""
    simulation, _ = market_after(*movements, **given)
    return float(simulation.world["nations"]["fee_level"][NATIONALITIES.index(nation)])


def hiding_premium(*movements):
    """What those who hide pay for patrols, as a multiple of the usual."""
    return float(market_after(*movements)[0].world["rules"]["hiding_premium"])


def test_enforcement_raises_the_price_less_than_in_proportion():
    usual, strict = (fee_level(f"lever: mexico.stops, to: {times}") for times in (1, 2))
    assert usual < strict < 2 * usual


def test_fees_fall_no_further_where_hardly_anyone_is_stopped():
    none, few, usual = (fee_level(f"lever: mexico.stops, to: {times}") for times in (0, 0.01, 1))
    assert 0.0 < none == few < usual


def test_scarce_guides_raise_the_price():
    assert fee_level(leaving=2000.0) < fee_level() < fee_level(leaving=8000.0)


@pytest.mark.parametrize(("times", "least", "most"), [(2, 1.10, 1.18), (3, 1.17, 1.30)])
def test_what_mexico_stops_raises_prices_by_an_elasticity_of_14_to_24_per_cent(times, least, most):
    """The chance of a stop is that of `times` the hazard, so the price rises by times ** .2."""
    ratio = fee_level(f"lever: mexico.stops, to: {times}") / fee_level("lever: mexico.stops, to: 1")
    assert least <= ratio <= most


def test_mexicans_do_not_pay_for_stops_of_others():
    usual, strict = (fee_level(f"lever: mexico.stops, to: {times}", nation="Mexico") for times in (1, 3))
    assert usual == strict


def test_tripled_patrols_raise_what_those_who_hide_pay_by_17_to_30_per_cent():
    """3 ** .2 = 1.246 (Gathmann 2008: +17 to +30 per cent)."""
    ratio = hiding_premium("lever: us.patrols, to: 3") / hiding_premium()
    assert ratio == pytest.approx(3**0.2, rel=0.01)
    assert 1.17 <= ratio <= 1.30
    assert fee_level("lever: us.patrols, to: 3") == pytest.approx(fee_level(), rel=0.02)


def test_patrols_of_one_sector_raise_the_price_by_its_part_of_those_who_hide():
    simulation, market = market_after("lever: us.patrols, for: [tucson_sector], to: 3")
    weight = market.places["weight_hidden"][market.crossings]
    tucson = weight[
        [place.id for _, place in simulation.drivers.geography.of_kind("cross")].index("tucson_sector")
    ]
    part = tucson / weight.sum()
    assert 0.0 < part < 1.0
    on_the_line = market.patrolled()
    market.places["patrol"][market.crossings] = 1.0
    assert on_the_line / market.patrolled() == pytest.approx(1 + 2 * part, rel=0.05)


def test_full_custody_draws_agents_from_patrols_and_hiding_becomes_cheaper():
    _, market = market_after()
    usual = market.patrolled()
    market.places["present"][market.custodies] = 20 * market.places["beds"][market.custodies] + 1
    assert market.patrolled() < 0.5 * usual


def test_the_first_who_set_out_find_guides_who_are_ready_for_them():
    _, market = market_after(leaving=0.0, usual=0.0)
    assert market.scarce(500.0) == 1.0
    assert market.memory["level"] == 500.0
    assert np.isclose(market.scarce(500.0), 1.0)
