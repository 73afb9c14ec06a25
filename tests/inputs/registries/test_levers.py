"""The registries of levers and shocks: complete, consistent, and usable by what reads them."""

import math
import pickle

import numpy as np

from corridor.inputs.registries.geography import PARTIES, load_geography
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.levers import LEVERS, WHOLE
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.registries.shocks import SHOCKS


def offenders(holds):
    """Ids of the levers for which something does not hold."""
    return [lever.id for lever in LEVERS.values() if not holds(lever)]


def test_every_lever_says_what_it_is_and_where_that_comes_from():
    assert not offenders(lambda lever: lever.label and lever.controller and lever.unit and lever.source)
    assert not offenders(lambda lever: all(1 <= item <= 109 for item in lever.items))
    assert not offenders(lambda lever: lever.items or "document item" not in lever.source)
    assert not offenders(lambda lever: "ORIGIN" not in lever.label + lever.controller)


def test_every_lever_has_a_range_and_a_default_within_it_for_every_member():
    assert not offenders(lambda lever: lever.low < lever.high)
    assert not offenders(lambda lever: lever.defaults().shape == (len(lever.members),))
    assert not offenders(lambda lever: all(lever.accepts(value) for value in lever.defaults()))


def test_what_a_lever_is_said_to_move_exists_and_can_be_tried():
    wrong = []
    for lever in LEVERS.values():
        for indicator, sign, where in lever.moves or [("nothing", 0, None)]:
            named = where if isinstance(where, tuple) else () if where is None else (where,)
            known = indicator in INDICATORS and sign in (1, -1)
            if not known or bool(named) != (lever.domain is not None):
                wrong.append((lever.id, indicator))
            wrong += [(lever.id, word) for word in named if not lever.members_named(word)]
    assert not wrong


def test_every_lever_sets_something():
    assert not offenders(lambda lever: lever.sets)
    assert not offenders(lambda lever: all(len(field.split(".")) == 2 for field in lever.sets))


def test_members_of_levers_are_the_places_and_people_of_the_model_in_the_same_order():
    geography = load_geography()

    def places(kind):
        return tuple(place.id for _, place in geography.of_kind(kind))

    assert LEVERS["us.mpp_share"].members == NATIONALITIES
    assert LEVERS["us.title_42_share"].members == tuple(f"{n}/{p}" for n in NATIONALITIES for p in PARTIES)
    assert LEVERS["us.custody_beds"].members == places("cross")
    assert LEVERS["mexico.shelter_places"].members == places("wait")
    assert set(LEVERS["us.crossings_closed"].members) == set(geography.crossings)
    for lever in ("mexico.stops", "mexico.slowdown"):
        assert LEVERS[lever].members == ("tapachula", "central_mexico")
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


def test_only_caps_that_count_people_or_places_can_be_pooled():
    assert not offenders(lambda lever: not lever.pooled or lever.unit.split()[0] in ("people", "places"))


def test_a_word_of_for_names_a_member_all_its_pairs_or_everyone():
    shares = LEVERS["us.title_42_share"]

    assert len(shares.members) == 51
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


NOT_IN_THE_DOCUMENTS = ("demand", "arrival")


def test_every_shock_says_what_its_size_measures_and_whom_it_reaches():
    wrong = [
        kind.kind
        for kind in SHOCKS.values()
        if not (kind.label and kind.unit and kind.low < kind.high)
        or not all(1 <= item <= 109 for item in kind.items)
        or not (kind.source and (kind.items or kind.kind in NOT_IN_THE_DOCUMENTS))
        or bool(kind.members) != (kind.domain is not None)
    ]
    assert not wrong


def test_shocks_happen_at_places_of_the_model():
    places = {place.id for place in load_geography().places}

    assert set(SHOCKS["transport"].members) <= places
    assert set(SHOCKS["caravan"].places) <= places
    assert set(SHOCKS["group_arrival"].places) <= places
    begins = {route.begins for route in load_geography().routes if route.parameter is None}
    assert set(SHOCKS["arrival"].places) == begins, "there is a way to begin wherever people may land"
