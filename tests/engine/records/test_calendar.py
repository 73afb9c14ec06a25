"""The calendar: chains of chunks that keep parties in the order in which they were put down."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.engine.records.calendar import NONE, clear_bucket, free_chunk, reserve_slot
from corridor.engine.records.layout import BUCKET, CALENDAR, CHUNK, CHUNK_PARTIES
from tests.engine.bare_records import agreed, record_of


def empty_calendar():
    calendar = record_of(CALENDAR, free=NONE, used=1)
    calendar["buckets"]["head"] = calendar["buckets"]["tail"] = NONE
    return calendar


def lying_in(calendar, chunks, which):
    """Keys of the parties of a bucket, in order."""
    bucket = calendar["buckets"][which]
    keys, index = [], bucket["head"]
    while index != NONE:
        last = index == bucket["tail"]
        keys += chunks[index]["parties"]["key"][: bucket["filled"] if last else CHUNK_PARTIES].tolist()
        index = NONE if last else chunks[index]["following"]
    return keys


def empty(calendar, chunks, which):
    """Take everyone out of a bucket, as the day does."""
    bucket = calendar["buckets"][which]
    index, tail = bucket["head"], bucket["tail"]
    while index != NONE:
        following = NONE if index == tail else chunks[index]["following"]
        free_chunk(calendar, chunks, index)
        index = following
    agreed(clear_bucket, bucket)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 150)), max_size=12), st.data())
def test_buckets_keep_everyone_in_order_and_chunks_are_used_again(batches, data):
    calendar, chunks = empty_calendar(), np.zeros(200, dtype=CHUNK)
    expected = {which: [] for which in range(4)}
    key = 0
    for which, count in batches:
        for _ in range(count):
            chunk, slot = reserve_slot(calendar, chunks, which)
            chunks[chunk]["parties"][slot]["key"] = key
            expected[which].append(key)
            key += 1
        if data.draw(st.booleans()):
            done = data.draw(st.integers(0, 3))
            empty(calendar, chunks, done)
            expected[done] = []
    assert {which: lying_in(calendar, chunks, which) for which in expected} == expected
    in_use = sum(-(-len(keys) // CHUNK_PARTIES) for keys in expected.values())
    free, index = 0, calendar["free"]
    while index != NONE:
        free, index = free + 1, chunks[index]["following"]
    assert in_use + free == calendar["used"] - 1


def test_a_full_chunk_is_followed_by_another():
    calendar, chunks = empty_calendar(), np.zeros(8, dtype=CHUNK)
    places = [reserve_slot(calendar, chunks, 7) for _ in range(CHUNK_PARTIES + 1)]
    assert places[:CHUNK_PARTIES] == [(1, slot) for slot in range(CHUNK_PARTIES)]
    assert places[-1] == (2, 0)
    assert chunks[1]["following"] == 2


def test_a_bucket_is_sixteen_bytes():
    assert BUCKET.itemsize == 16
