"""Guides: who hides, and round which sectors they are led."""

import numpy as np
import pytest

from corridor.engine.mechanisms.guides import hides, lead_round_patrols, learn_sector
from corridor.engine.mechanisms.leanings import choose_cities, choose_sectors
from corridor.engine.records.codes import Party
from corridor.engine.records.layout import NATION, PERSON, PLACE, PLACES, RULES
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.engine.bare_records import agreed, record_of
from tests.small_runs import live_to, simulation_of

VENEZUELA = NATIONALITIES.index("Venezuela")
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


def choices(world, code=VENEZUELA):
    """Cumulative choices of those who hide, of a nation: among cities, and among the sectors of each city."""
    leaning = world["leanings"][code]
    return leaning["cities_hidden"].copy(), leaning["sectors_hidden"].copy()


def test_at_usual_patrols_those_who_hide_go_where_everyone_goes():
    world = live_to(simulation_of(""), 200).world
    assert (world["places"]["reputation"] == 1.0).all()
    for name in ("cities", "sectors"):
        np.testing.assert_array_equal(world["leanings"][f"{name}_hidden"], world["leanings"][name])


def led(simulation, **reputations):
    """Cumulative choices of those who hide when guides think so of some sectors, and their people have looked ahead."""
    world, codes = simulation.world, simulation.drivers.geography.codes
    for sector, reputation in reputations.items():
        world["places"]["reputation"][codes[sector]] = reputation
    world["rules"]["guides_days"] = 1e12  # they learn nothing today
    lead_round_patrols(world)
    drawn, leaning = np.zeros(PLACES), world["leanings"][VENEZUELA]
    choose_sectors(world, leaning, drawn, True)
    choose_cities(world, leaning, drawn, 10.0, True)
    return choices(world)


def test_a_sector_that_guides_avoid_loses_those_who_hide_to_its_neighbours_and_other_cities():
    simulation = live_to(simulation_of(""), 200)
    geography = simulation.drivers.geography
    before = led(simulation)
    everyone = simulation.world["leanings"]["sectors"].copy()
    after = led(simulation, tucson_sector=0.25)
    np.testing.assert_array_equal(simulation.world["leanings"]["sectors"], everyone)  # others do not care
    cities = [place for _, place in geography.of_kind("wait")]
    city = next(place for place in cities if {"tucson_sector", "el_paso_sector"} <= place.feeds.keys())
    number, exit = cities.index(city), list(city.feeds).index("tucson_sector")
    shares = [np.diff(sectors[number], prepend=0.0)[exit] for _, sectors in (before, after)]
    assert shares[1] < shares[0]
    nogales = next(i for i, place in enumerate(cities) if place.id == "nogales")
    draws = [np.diff(cities_hidden, prepend=0.0)[nogales] for cities_hidden, _ in (before, after)]
    assert draws[1] < draws[0]


def test_how_well_guides_think_of_all_sectors_alike_leads_nobody_elsewhere():
    simulation = live_to(simulation_of(""), 200)
    sectors = [place.id for _, place in simulation.drivers.geography.of_kind("cross")]
    before, after = led(simulation), led(simulation, **dict.fromkeys(sectors, 0.5))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)
