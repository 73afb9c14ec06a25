"""A road that is closed is taken by fewer people, and by no more than one that is half closed."""

import pytest

from tests.net.paired import HISTORY, Policy, move, reading

ROADS = {"panama.darien_gate": "darien_entries", "guatemala.expulsions_share": "darien_entries"}
LATER = tuple(f"2022-{month:02}" for month in range(7, 12))  # the first month is one of learning


def entries(lever, share):
    policy = Policy((move(lever, share),)) if share else HISTORY
    return reading(policy, ROADS[lever], months=LATER).mean()


@pytest.mark.parametrize("lever", ROADS)
def test_closing_a_road_lowers_entries_to_it_by_a_fifth(lever):
    assert entries(lever, 1) <= 0.8 * entries(lever, 0)


@pytest.mark.parametrize("lever", ROADS)
def test_a_closed_road_is_not_entered_by_more_than_a_half_closed_one(lever):
    assert entries(lever, 1) <= entries(lever, 0.5)


@pytest.mark.parametrize(
    ("lever", "beyond"), [("panama.darien_gate", "Venezuela"), ("guatemala.expulsions_share", "Venezuela")]
)
def test_nobody_gets_through_a_closed_road_and_half_through_a_half_closed_one(lever, beyond):
    """Those who enter by other roads go on: Venezuelans came through the jungle."""
    came = [
        reading(Policy((move(lever, share),)), "mexico_entries", nationality=beyond, months=LATER).mean()
        for share in (0, 0.5, 1)
    ]
    assert came[2] < 0.1 * came[0] < came[1] < 0.9 * came[0]
