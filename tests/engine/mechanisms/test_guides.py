"""Guides: who hides, and round which sectors they are led."""

import numpy as np
import pytest

from corridor.engine.mechanisms.guides import hides, lead_round_patrols, learn_sector
from corridor.engine.records.codes import Party
from corridor.engine.records.layout import NATION, PERSON, PLACE, RULES
from tests.engine.bare_records import agreed, record_of
from tests.small_runs import live_to, simulation_of

HALF_FOUND = {
    "apprehension": 0.5,
    "apprehension_exponent": 1.0,
    "apprehension_reference": 6.0,
    "patrol_exponent": 0.5,
    "guides_days": 60.0,
}


def test_whoever_is_readier_to_hide_than_the_share_who_do_hides():
    nation = record_of(NATION, evasion=[0.5, 0.1, 0.0])
    ready, party = (0, 100, 200), (Party.SINGLE, Party.FAMILY, Party.CHILD)
    found = [
        [bool(agreed(hides, record_of(PERSON, inclination=at, party=of), nation)) for at in ready]
        for of in party
    ]
    assert found == [[True, True, False], [True, False, False], [False, False, False]]


def test_guides_learn_in_two_months_that_half_as_many_get_through():
    """Half are found; four times the patrols leave a quarter, half as many; after 60 days e^-1 of the way is left."""
    rules = record_of(RULES, **HALF_FOUND)
    place, custody = record_of(PLACE, patrol=4.0, reputation=1.0), record_of(PLACE, beds=100.0)
    for day in range(600):
        if day == 60:
            assert place["reputation"] == pytest.approx(0.5 + 0.5 * (1 - 1 / 60) ** 60)
        agreed(learn_sector, place, custody, rules) if day < 3 else learn_sector(place, custody, rules)
    assert place["reputation"] == pytest.approx(0.5, abs=1e-3)


def test_at_usual_patrols_those_who_hide_go_where_everyone_goes():
    simulation = live_to(simulation_of(""), 200)
    places = simulation.world["places"]
    assert (places["reputation"] == 1.0).all()
    np.testing.assert_array_equal(places["toward_hidden"], places["toward"])


def led(simulation, **reputations):
    """Cumulative choices when guides think so of some sectors."""
    world, codes = simulation.world, simulation.drivers.geography.codes
    for sector, reputation in reputations.items():
        world["places"]["reputation"][codes[sector]] = reputation
    world["rules"]["guides_days"] = 1e12  # they learn nothing today
    lead_round_patrols(world)
    return world["places"]["toward_hidden"].copy(), codes


def test_a_sector_that_guides_avoid_loses_those_who_hide_to_its_neighbours_and_other_cities():
    simulation = live_to(simulation_of(""), 200)
    geography = simulation.drivers.geography
    before = simulation.world["places"]["toward_hidden"].copy()
    everyone = simulation.world["places"]["toward"].copy()
    after, codes = led(simulation, tucson_sector=0.25)
    np.testing.assert_array_equal(simulation.world["places"]["toward"], everyone)  # others do not care
    city = next(place for _, place in geography.of_kind("wait") if place.feeds.get("tucson_sector", 0) > 0)
    fork = next(place for _, place in geography.of_kind("fork") if city.id in place.feeds)
    for place, target in ((city, "tucson_sector"), (fork, city.id)):
        exit = list(place.feeds).index(target)
        shares = [np.diff(table[codes[place.id]], prepend=0.0)[exit] for table in (before, after)]
        if len(place.feeds) > 1:
            assert shares[1] < shares[0]


def test_how_well_guides_think_of_all_sectors_alike_leads_nobody_elsewhere():
    simulation = live_to(simulation_of(""), 200)
    sectors = [place.id for _, place in simulation.drivers.geography.of_kind("cross")]
    before = simulation.world["places"]["toward_hidden"].copy()
    after, _ = led(simulation, **dict.fromkeys(sectors, 0.5))
    np.testing.assert_allclose(after, before, rtol=1e-12)
