"""Disposition: what is wanted depends on nationality and party, what happens on places left."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.disposition import choose_disposition, work_of
from corridor.engine.records.codes import POOLS, Custody, Party, Pool
from corridor.engine.records.layout import NATION, NATIONS, PERSON, WORLD
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.engine.bare_records import QUICK, SHARES, UNIFORMS, agreed, record_of

CUBA = NATIONALITIES.index("Cuba")
MEXICO = NATIONALITIES.index("Mexico")
PLACES_OF = {
    "mexico": Pool.MEXICO,
    "flights": Pool.FLIGHTS,
    "panama": Pool.PANAMA,
    "dominican": Pool.DOMINICAN_REPUBLIC,
}


def processed(
    luck=0.5,
    which=0.5,
    detail=0.5,
    *,
    nation=CUBA,
    party=Party.SINGLE,
    heads=1,
    pool=None,
    left=(),
    ice=50.0,
    taken=1.0,
    **wants,
):
    world = record_of(WORLD, rules__ice_taken=taken)
    world["allowances"]["left"][Pool.ICE] = ice
    for name in left:
        own = nation if name == "flights" or pool is None else pool
        world["allowances"]["left"][PLACES_OF[name] + own] = 100.0
    shared = nation if pool is None else pool
    record = record_of(
        NATION, mexico_pool=shared, panama_pool=shared, dominican_pool=shared, mpp=wants.pop("mpp", 0.0),
        at_home_in_mexico=nation == MEXICO,
    )  # fmt: skip
    for name, share in wants.items():
        record[name][:] = share
    person = record_of(PERSON, nation=nation, party=party, heads=heads)
    exit = agreed(choose_disposition, world, person, record, luck, which, detail)
    used = world["allowances"]["used"]
    return exit, {name: float(used[first : first + NATIONS].sum()) for name, first in PLACES_OF.items()}


def test_title_42_expels_to_mexico_while_there_are_places_then_by_flight_then_not():
    assert processed(0.0, expel=0.9, left=("mexico", "flights"))[0] == Custody.EXPELLED_TO_MEXICO
    assert processed(0.0, expel=0.9, left=("flights",))[0] == Custody.EXPELLED_BY_FLIGHT
    assert processed(0.0, expel=0.9)[0] == Custody.RELEASED
    assert processed(1.0, expel=0.9, left=("mexico", "flights"))[0] == Custody.RELEASED


@pytest.mark.parametrize(
    ("left", "exit"),
    [
        (("mexico", "flights", "panama", "dominican"), Custody.RETURNED_TO_MEXICO),
        (("flights", "panama", "dominican"), Custody.REMOVED_BY_FLIGHT),
        (("panama", "dominican"), Custody.THIRD_COUNTRY),
        (("dominican",), Custody.THIRD_COUNTRY),
        ((), Custody.RELEASED),
    ],
)
def test_a_removal_takes_the_first_country_that_has_a_place(left, exit):
    outcome, used = processed(which=0.0, remove=0.8, left=left, heads=3)
    assert outcome == exit
    assert sum(used.values()) == (3 if left else 0)
    if left:
        assert used[left[0]] == 3


def test_members_of_a_pool_use_the_same_places():
    assert processed(which=0.0, remove=0.8, left=("mexico",), pool=0)[0] == Custody.RETURNED_TO_MEXICO
    assert processed(0.0, expel=0.8, left=("mexico",), pool=0)[0] == Custody.EXPELLED_TO_MEXICO


def test_children_alone_go_to_health_and_human_services_unless_expelled():
    assert processed(0.9, party=Party.CHILD, expel=0.5, left=PLACES_OF)[0] == Custody.TO_HHS
    assert processed(0.1, party=Party.CHILD, expel=0.5, left=("mexico",))[0] == Custody.EXPELLED_TO_MEXICO


def test_mexican_children_are_sent_back_in_their_share():
    for luck, exit in ((0.2, Custody.RETURNED_TO_MEXICO), (0.8, Custody.TO_HHS)):
        assert processed(which=luck, nation=MEXICO, party=Party.CHILD, remove=0.5)[0] == exit


def test_mexicans_need_no_place_to_be_returned_and_do_not_wait_in_mexico():
    assert processed(which=0.0, nation=MEXICO, remove=0.5, mpp=1.0, left=("mexico",)) == (
        Custody.RETURNED_TO_MEXICO,
        dict.fromkeys(PLACES_OF, 0.0),
    )


def test_remain_in_mexico_needs_a_place():
    assert processed(detail=0.0, mpp=0.5, left=("mexico",))[0] == Custody.REMAIN_IN_MEXICO
    assert processed(detail=0.0, mpp=0.5)[0] == Custody.RELEASED
    assert processed(detail=1.0, mpp=0.5, left=("mexico",))[0] == Custody.RELEASED


def test_some_of_those_not_removed_go_to_ice_as_far_as_it_takes_people_in():
    assert processed(which=1.0, to_ice=0.2)[0] == Custody.TO_ICE
    assert processed(which=0.7, to_ice=0.2)[0] == Custody.RELEASED
    assert processed(which=0.85, to_ice=0.2, taken=0.5)[0] == Custody.RELEASED
    assert processed(which=1.0, to_ice=0.2, ice=0.0)[0] == Custody.RELEASED


def test_who_is_flown_home_passes_through_ice():
    assert processed(which=0.0, remove=0.8, left=("flights",), ice=0.0)[0] == Custody.RELEASED


def test_while_title_42_applies_mexico_takes_only_those_expelled():
    assert processed(0.9, which=0.0, expel=0.5, remove=0.8, left=("mexico",))[0] == Custody.RELEASED


@QUICK
@given(
    UNIFORMS, UNIFORMS, UNIFORMS, st.sampled_from([0, CUBA, MEXICO, 11]), st.sampled_from(tuple(Party)),
    st.integers(1, 5), st.sets(st.sampled_from(sorted(PLACES_OF))), SHARES, SHARES, SHARES, SHARES,
)  # fmt: skip
def test_compiled_and_plain_agree_and_places_are_used_by_those_sent(
    luck, which, detail, nation, party, heads, left, expel, remove, to_ice, mpp
):
    exit, used = processed(
        luck, which, detail, nation=nation, party=party, heads=heads, left=tuple(left),
        expel=expel, remove=remove, to_ice=to_ice, mpp=mpp,
    )  # fmt: skip
    sent = {
        Custody.EXPELLED_TO_MEXICO: {"mexico"},
        Custody.REMAIN_IN_MEXICO: {"mexico"},
        Custody.RETURNED_TO_MEXICO: {"mexico"},
        Custody.EXPELLED_BY_FLIGHT: {"flights"},
        Custody.REMOVED_BY_FLIGHT: {"flights"},
        Custody.THIRD_COUNTRY: {"panama", "dominican"},
    }.get(exit, set())
    assert {name for name, people in used.items() if people} <= sent
    if sent and nation != MEXICO:
        assert sum(used.values()) == heads


def test_an_expulsion_is_quick_work_and_everything_else_is_not():
    quick = [exit for exit in Custody if work_of(exit, 0.25) == 0.25]
    assert quick == [Custody.EXPELLED_TO_MEXICO, Custody.EXPELLED_BY_FLIGHT]
    assert {work_of(exit, 0.25) for exit in Custody} == {0.25, 1.0}


def test_families_of_allowances_do_not_overlap():
    firsts = [Pool.MEXICO, Pool.FLIGHTS, Pool.PANAMA, Pool.DOMINICAN_REPUBLIC, Pool.INM_RETURNS]
    assert np.diff(firsts).min() >= len(NATIONALITIES)
    assert max(Pool) < POOLS
