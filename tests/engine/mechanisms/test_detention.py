"""A station of INM: luck says whom it wants to return, places whether it can; the others are sent back or go on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.detention import MOST_RETURNED, choose_station_exit
from corridor.engine.records.codes import Pool, Station
from corridor.engine.records.layout import NATIONS, PERSON, WORLD
from tests.engine.bare_records import QUICK, SHARES, UNIFORMS, agreed, record_of

NATION_CODE = 3
OURS = Pool.INM_RETURNS + NATION_CODE


def held(luck, detail, *, places=10.0, sent_back=0.5, heads=1, elsewhere=0.0):
    """Exit, and the places used of the party's own nationality; those of all others must stay as they are."""
    world = record_of(WORLD, rules__sent_back=sent_back)
    world["allowances"]["left"][Pool.INM_RETURNS : Pool.INM_RETURNS + NATIONS] = elsewhere
    world["allowances"]["left"][OURS] = places
    exit = agreed(
        choose_station_exit,
        world,
        record_of(PERSON, heads=heads, nation=NATION_CODE),
        luck,
        detail,
    )
    used = world["allowances"]["used"]
    assert used.sum() == used[OURS], "places of others are theirs"
    return exit, float(used[OURS])


@pytest.mark.parametrize(
    ("luck", "detail", "exit"),
    [
        (0.0, 0.9, Station.RETURNED_HOME),
        (0.949, 0.1, Station.RETURNED_HOME),
        (0.951, 0.49, Station.MOVED_SOUTH),
        (1.0, 0.0, Station.MOVED_SOUTH),
        (1.0, 0.51, Station.RELEASED),
        (1.0, 1.0, Station.RELEASED),
    ],
)
def test_luck_decides_what_is_wanted(luck, detail, exit):
    assert held(luck, detail)[0] == exit


def test_a_place_is_used_for_every_member_and_none_to_be_sent_back():
    assert held(0.0, 0.5, heads=4) == (Station.RETURNED_HOME, 4.0)
    assert held(1.0, 0.0, heads=3) == (Station.MOVED_SOUTH, 0.0)


def test_whom_there_is_no_place_for_is_sent_back_like_others_and_not_let_go():
    assert held(0.0, 0.4, places=0.0) == (Station.MOVED_SOUTH, 0.0)
    assert held(0.0, 0.6, places=0.0) == (Station.RELEASED, 0.0)


def test_places_of_another_nationality_return_nobody():
    assert held(0.0, 0.6, places=0.0, elsewhere=100.0) == (Station.RELEASED, 0.0)


def test_without_money_everyone_stopped_goes_on():
    for luck, detail in ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)):
        assert held(luck, detail, places=0.0, sent_back=0.0)[0] == Station.RELEASED


@QUICK
@given(UNIFORMS, UNIFORMS, st.sampled_from([0.0, 1.0, 3.0]), st.integers(1, 5), SHARES)
def test_everyone_stopped_is_returned_sent_back_or_released(luck, detail, left, heads, sent_back):
    exit, used = held(luck, detail, places=left, heads=heads, sent_back=sent_back)
    if luck < MOST_RETURNED and left > 0:
        assert (exit, used) == (Station.RETURNED_HOME, heads)
    else:
        assert (exit, used) == (Station.MOVED_SOUTH if detail < sent_back else Station.RELEASED, 0.0)
