"""Those under way when a run ends: each party that lies anywhere in the calendar, once."""

import numpy as np

from corridor.engine.recording.fates import all_fates, parties_under_way
from corridor.engine.records.layout import CHUNK_PARTIES, UNDER_WAY
from tests.small_runs import live_to, parties_in, simulation_of


def test_everyone_under_way_is_found_once_be_a_bucket_of_one_chunk_or_of_many():
    simulation = live_to(simulation_of("", 50, keep_fates=True), 200)
    lying, buckets = parties_in(simulation)
    assert np.unique(buckets, return_counts=True)[1].max() > 2 * CHUNK_PARTIES
    found = parties_under_way(simulation.world, simulation.chunks)
    assert sorted(found["key"].tolist()) == sorted(lying["key"].tolist())
    clock = simulation.world["clock"]
    fates = all_fates(simulation.world, simulation.chunks, simulation.fates, simulation.today)
    assert len(fates) == clock["ended"] + len(lying)
    assert (fates["exit"] == UNDER_WAY).sum() == len(lying)
    assert fates["heads"].sum() + clock["died"] == clock["departed"]
    assert sorted(fates["stops"][fates["exit"] == UNDER_WAY].tolist()) == sorted(lying["stops"].tolist())
    assert lying["stops"].max() > 0
