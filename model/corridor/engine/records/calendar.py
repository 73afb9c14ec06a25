"""Where parties lie until they are due: one bucket a day, one first-come-first-served bucket a custody queue.

A bucket is a chain of chunks of 63 parties. Parties are copied (32 bytes) to the tail of the bucket of their next
event; those who wait are never touched. Measured: linked lists cost three times more at full scale.
"""

from __future__ import annotations

from corridor.engine.records.layout import CHUNK_PARTIES
from corridor.foundations.compiled import mechanism

NONE = -1


@mechanism
def reserve_slot(calendar, chunks, which):
    """Make sure that the tail chunk of bucket `which` has a free slot; return the chunk and the slot."""
    bucket = calendar.buckets[which]
    if bucket.tail == NONE or bucket.filled == CHUNK_PARTIES:
        fresh = calendar.free
        if fresh == NONE:
            fresh = calendar.used
            calendar.used += 1
        else:
            calendar.free = chunks[fresh].following
        chunks[fresh].following = NONE
        if bucket.tail == NONE:
            bucket.head = fresh
            bucket.first = 0
        else:
            chunks[bucket.tail].following = fresh
        bucket.tail = fresh
        bucket.filled = 0
    slot = bucket.filled
    bucket.filled += 1
    return bucket.tail, slot


@mechanism
def free_chunk(calendar, chunks, index):
    """Return an emptied chunk to the free list."""
    chunks[index].following = calendar.free
    calendar.free = index


@mechanism
def clear_bucket(bucket):
    """Empty a bucket whose chunks were given back."""
    bucket.head = NONE
    bucket.tail = NONE
    bucket.filled = 0
    bucket.first = 0
