"""A station of INM: what is wanted is luck, whether it happens is capacity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.detention import choose_station_exit
from corridor.engine.records.codes import Pool, Station
from corridor.engine.records.layout import NATION, PERSON, WORLD
from tests.engine.bare_records import QUICK, UNIFORMS, agreed, record_of


def held(luck, detail, *, returns=10.0, transfers=10.0, wanted=0.4, heads=1):
    world = record_of(WORLD, rules__transfer_share=0.5, rules__setback_give_up=0.1)
    world["allowances"]["left"][Pool.INM_RETURNS] = returns
    world["allowances"]["left"][Pool.INM_TRANSFERS] = transfers
    exit = agreed(
        choose_station_exit,
        world,
        record_of(PERSON, heads=heads),
        record_of(NATION, inm_return=wanted),
        luck,
        detail,
    )
    return exit, world["allowances"]["used"][[Pool.INM_RETURNS, Pool.INM_TRANSFERS]].tolist()


@pytest.mark.parametrize(
    ("luck", "detail", "exit"),
    [
        (0.0, 0.5, Station.RETURNED_HOME),
        (1.0, 0.0, Station.MOVED_SOUTH),
        (1.0, 0.6, Station.RELEASED),
        (1.0, 1.0, Station.GAVE_UP),
    ],
)
def test_luck_decides_what_is_wanted(luck, detail, exit):
    assert held(luck, detail)[0] == exit


def test_places_are_used_for_every_member():
    assert held(0.0, 0.5, heads=4) == (Station.RETURNED_HOME, [4.0, 0.0])
    assert held(1.0, 0.0, heads=3) == (Station.MOVED_SOUTH, [0.0, 3.0])


def test_without_money_those_to_be_returned_or_moved_go_free():
    assert held(0.0, 0.5, returns=0.0) == (Station.RELEASED, [0.0, 0.0])
    assert held(1.0, 0.0, transfers=0.0) == (Station.RELEASED, [0.0, 0.0])


def test_a_nation_that_nobody_takes_back_is_not_returned():
    assert held(0.0, 0.6, wanted=0.0)[0] == Station.RELEASED


@QUICK
@given(UNIFORMS, UNIFORMS, st.sampled_from([0.0, 1.0, 3.0]), st.integers(1, 5))
def test_compiled_and_plain_agree(luck, detail, left, heads):
    exit, used = held(luck, detail, returns=left, transfers=left, heads=heads)
    assert exit in Station
    assert sum(used) == (heads if exit in (Station.RETURNED_HOME, Station.MOVED_SOUTH) else 0)
