"""Sector shares by nationality: their distance, and that people of a nationality cross where its own did."""

import numpy as np
import pytest

from corridor import run_ensemble
from studies.sector_shares import (
    THE_REST,
    counts_by_sector,
    mean_distance,
    named_by_sector,
    sectors,
    total_variation,
)

MONTHS = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]


def test_the_distance_of_two_sets_of_shares_is_half_the_sum_of_their_differences():
    made, seen = (
        np.array([[30.0, 10.0], [0.0, 0.0], [1.0, 1.0]]),
        np.array([[1.0, 1.0], [5.0, 5.0], [0.0, 0.0]]),
    )
    np.testing.assert_allclose(total_variation(made, seen), [0.25, 1.0, np.nan])
    assert mean_distance(made, seen) == pytest.approx(((2 * 0.25 + 10 * 1.0) / 12, 0.625))


def test_eleven_nationalities_are_told_by_sector_to_the_end_of_2023():
    assert len(named_by_sector(MONTHS)) == 11
    assert named_by_sector(["2024-01"]) == []


@pytest.fixture(scope="module")
def counts():
    return counts_by_sector(run_ensemble("history", replicates=2, people_per_agent=200, workers=1), MONTHS)


def test_nationalities_cross_where_their_own_did_and_not_where_all_do(counts):
    """A bound above the figure at finer scale (docs/history.md), below that of whoever knows the total alone."""
    _, made, seen = counts
    everybody = np.broadcast_to(seen.sum(axis=0), seen.shape)
    assert mean_distance(made, seen)[0] < 0.31 < mean_distance(everybody, seen)[0]
    assert mean_distance(np.broadcast_to(made.sum(axis=0), seen.shape), seen)[0] > 0.33


def test_venezuelans_and_mexicans_cross_in_different_sectors(counts):
    groups, made, _ = counts
    shares = made.sum(axis=1) / made.sum(axis=(1, 2))[:, None]
    of = dict(zip(groups, shares, strict=True))
    at = dict(zip(sectors(), range(len(sectors())), strict=True))
    assert of["Venezuela"][at["del_rio_sector"]] > 3 * of["Mexico"][at["del_rio_sector"]]
    assert of["Mexico"][at["tucson_sector"]] > 3 * of["Venezuela"][at["tucson_sector"]]
    assert THE_REST in of
