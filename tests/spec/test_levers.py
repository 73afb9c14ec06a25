"""The registries of levers and shocks: complete, consistent, and usable by what reads them."""

import math
import pickle

import numpy as np
import pytest

from model.spec.geography import NATIONALITIES, PARTIES, load_geography
from model.spec.indicators import INDICATORS
from model.spec.levers import LEVERS, WHOLE
from model.spec.shocks import SHOCKS

ORIGINS = [
    "venezuela",
    "cuba",
    "nicaragua",
    "haiti",
    "colombia",
    "ecuador",
    "peru",
    "guatemala",
    "honduras",
    "el_salvador",
    "other",
]

# Lever, lowest, highest, unlimited, domain: the table of CONTRACTS section 2.
CONTRACT = [
    ("us.title_42", 0, 1, False, None),
    ("us.title_42_share", 0, 1, False, "nationality_party"),
    ("us.return_use_share", 0, 1, False, "nationality"),
    ("us.mpp_share", 0, 1, False, "nationality"),
    ("us.asylum_bar", 0, 1, False, None),
    ("us.parole_cap_total", 0, 1_000_000, True, "nationality"),
    ("us.parole_monthly_cap", 0, 1_000_000, True, "nationality"),
    ("us.cbp_one_daily", 0, 10_000, False, None),
    ("us.removal_flights_weekly", 0, 100, False, "destination"),
    ("us.custody_beds", 0, 50_000, False, "sector"),
    ("us.processing_daily", 0, 50_000, False, "sector"),
    ("us.lateral_flights_daily", 0, 50, False, "sector"),
    ("us.crossings_closed", 0, 1, False, "crossing"),
    ("us.release_tracking", 0, 1, False, None),
    ("us.buses_north_daily", 0, 5_000, False, "operator_us_city"),
    ("us.work_permit_days", 30, 720, False, None),
    ("us.worker_visas_monthly", 0, 100_000, False, "nationality"),
    ("us.aid_origin", 0, 5, False, "origin"),
    ("us.sanctions_relief", 0, 1, False, "sanctioned"),
    ("us.transfer_to_mexico", 0, 500_000_000, False, None),
    ("mexico.return_acceptance_monthly", 0, 1_000_000, True, "nationality"),
    ("mexico.enforcement_funding", 0, 2, False, None),
    ("mexico.guard_deployed", 0, 100_000, False, None),
    ("mexico.contention", 0, 1, False, "leg"),
    ("mexico.transfers_south_daily", 0, 5_000, False, "city"),
    ("mexico.deportation_flights_weekly", 0, 50, False, "destination"),
    ("mexico.visa_required", 0, 1, False, "nationality"),
    ("mexico.caravan_policy", 0, 1, False, None),
    ("mexico.shelter_places", 0, 100_000, False, "city"),
    ("panama.darien_gate", 0, 1, False, None),
    ("panama.deportee_acceptance_monthly", 0, 20_000, False, "nationality"),
    ("panama.deportation_flights_weekly", 0, 50, False, "destination"),
    ("panama.bus_corridor", 0, 7, False, None),
    ("dominican_republic.deportee_acceptance_monthly", 0, 5_000, False, "nationality"),
    ("guatemala.expulsions_share", 0, 1, False, "nationality"),
    ("guatemala.worker_programme", 0, 20_000, False, None),
    ("nicaragua.air_route", 0, 1, False, "nationality"),
    *[(f"{origin}.accepts_flights", 0, 1, False, "sender") for origin in ORIGINS],
]


def test_the_registry_holds_the_levers_of_the_contract_and_no_others():
    assert set(LEVERS) == {row[0] for row in CONTRACT}


@pytest.mark.parametrize(("name", "low", "high", "unlimited", "domain"), CONTRACT)
def test_a_lever_has_the_range_and_domain_of_the_contract(name, low, high, unlimited, domain):
    lever = LEVERS[name]

    assert (lever.low, lever.high, lever.unlimited, lever.domain) == (low, high, unlimited, domain)


@pytest.mark.parametrize("lever", LEVERS.values(), ids=lambda each: each.id)
def test_every_lever_says_what_it_is_and_where_that_comes_from(lever):
    assert lever.label and lever.controller and lever.unit and lever.source
    assert all(1 <= item <= 109 for item in lever.items)
    assert lever.items or "document item" not in lever.source
    assert "ORIGIN" not in lever.label + lever.controller


@pytest.mark.parametrize("lever", LEVERS.values(), ids=lambda each: each.id)
def test_every_member_of_a_lever_has_a_default_within_the_range(lever):
    defaults = lever.defaults()

    assert defaults.shape == (len(lever.members),)
    assert all(lever.accepts(value) for value in defaults)


@pytest.mark.parametrize("lever", LEVERS.values(), ids=lambda each: each.id)
def test_what_a_lever_is_said_to_move_exists_and_can_be_tried(lever):
    assert lever.moves
    for indicator, sign, where in lever.moves:
        assert indicator in INDICATORS
        assert sign in (1, -1)
        named = where if isinstance(where, tuple) else () if where is None else (where,)
        assert bool(named) == (lever.domain is not None)
        assert all(lever.members_named(word) for word in named)


def test_members_of_levers_are_the_places_and_people_of_the_model_in_the_same_order():
    geography = load_geography()

    def places(kind):
        return tuple(place.id for _, place in geography.of_kind(kind))

    assert LEVERS["us.mpp_share"].members == NATIONALITIES
    assert LEVERS["us.title_42_share"].members == tuple(f"{n}/{p}" for n in NATIONALITIES for p in PARTIES)
    assert LEVERS["us.custody_beds"].members == places("cross")
    assert LEVERS["mexico.shelter_places"].members == places("wait")
    assert set(LEVERS["us.crossings_closed"].members) == set(geography.crossings)
    assert set(LEVERS["mexico.contention"].members) <= set(places("leg"))
    assert {member.split("/")[1] for member in LEVERS["us.buses_north_daily"].members} <= set(places("end"))


def test_custody_places_and_processing_add_up_to_the_figures_they_are_shared_from():
    assert LEVERS["us.processing_daily"].defaults().sum() == 7_000
    assert LEVERS["us.custody_beds"].defaults().sum() == 20_000
    assert LEVERS["us.custody_beds"].default["el_paso_sector"] == 1_100
    assert LEVERS["us.custody_beds"].default["san_diego_sector"] == 750


def test_mexico_always_takes_back_mexicans_and_nobody_else_by_default():
    default = LEVERS["mexico.return_acceptance_monthly"].default

    assert math.isinf(default["Mexico"])
    assert {value for member, value in default.items() if member != "Mexico"} == {0}


def test_only_shared_caps_can_be_pooled():
    assert {lever.id for lever in LEVERS.values() if lever.pooled} == {
        "us.parole_cap_total",
        "us.parole_monthly_cap",
        "mexico.return_acceptance_monthly",
        "panama.deportee_acceptance_monthly",
        "dominican_republic.deportee_acceptance_monthly",
    }


def test_a_word_of_for_names_a_member_all_its_pairs_or_everyone():
    shares = LEVERS["us.title_42_share"]

    assert len(shares.members) == 36
    assert shares.members_named("Cuba/family_unit") == ("Cuba/family_unit",)
    assert shares.members_named("Cuba") == (
        "Cuba/single_adult",
        "Cuba/family_unit",
        "Cuba/unaccompanied_child",
    )
    assert shares.members_named("all") == shares.members
    assert shares.members_named("Cub") == ()


def test_a_lever_without_a_domain_has_one_member():
    assert LEVERS["us.title_42"].members == WHOLE == ("all",)


def test_infinity_is_accepted_only_where_unlimited_is_a_word():
    assert LEVERS["mexico.return_acceptance_monthly"].accepts(math.inf)
    assert not LEVERS["us.cbp_one_daily"].accepts(math.inf)
    assert not LEVERS["mexico.return_acceptance_monthly"].accepts(-math.inf)
    assert not LEVERS["mexico.return_acceptance_monthly"].accepts(math.nan)


def test_levers_travel_to_worker_processes():
    for lever in LEVERS.values():
        assert pickle.loads(pickle.dumps(lever)) == lever


def test_defaults_cannot_be_changed_through_the_array():
    LEVERS["us.custody_beds"].defaults()[0] = -1

    assert np.all(LEVERS["us.custody_beds"].defaults() > 0)


def test_the_shocks_are_those_of_the_contract():
    people = {"demand", "violence", "caravan", "group_arrival", "capacity_loss", "transport"}
    assert set(SHOCKS) == people | {"election", "opinion"}


@pytest.mark.parametrize("kind", SHOCKS.values(), ids=lambda each: each.kind)
def test_every_shock_says_what_its_size_measures_and_whom_it_reaches(kind):
    assert kind.label and kind.unit and kind.low < kind.high
    assert all(1 <= item <= 109 for item in kind.items)
    assert kind.source and (kind.items or kind.kind == "demand")
    assert bool(kind.members) == (kind.domain is not None)


def test_shocks_happen_at_places_of_the_model():
    places = {place.id for place in load_geography().places}

    assert set(SHOCKS["transport"].members) <= places
    assert set(SHOCKS["caravan"].places) <= places
    assert set(SHOCKS["group_arrival"].places) <= places
