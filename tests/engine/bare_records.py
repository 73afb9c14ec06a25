"""One-row records for tests of mechanisms, and the agreement of compiled and plain code on them."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from tests.plain_python import plain

QUICK = settings(deadline=None, max_examples=60)
UNIFORMS = st.integers(0, 2**32 - 1).map(lambda word: (word + 0.5) / 2**32)
SHARES = st.floats(0.0, 1.0)


def record_of(layout, **fields) -> np.record:
    """A record of zeros with some fields set; a name with two underscores reaches into a part (`rules__noise_sd`)."""
    record = np.zeros(1, dtype=layout)[0]
    for name, value in fields.items():
        *path, last = name.split("__")
        part = record
        for step in path:
            part = part[step]
        part[last] = value
    return record


def copy_of(value):
    """An independent copy of a record; anything else as it is."""
    if not isinstance(value, np.void):
        return value
    copied = np.zeros(1, dtype=value.dtype)
    copied.view(np.uint8)[:] = np.frombuffer(value.tobytes(), dtype=np.uint8)
    return copied[0]


def check_same_fields(one, other):
    """Two records hold the same integers, and floats that differ as single precision may (the outlook has it)."""
    if one.dtype.names:
        for name in one.dtype.names:
            check_same_fields(np.asarray(one[name]), np.asarray(other[name]))
    elif one.dtype.kind == "f":
        np.testing.assert_allclose(other, one, rtol=1e-6, atol=1e-12)
    else:
        np.testing.assert_array_equal(other, one)


def agreed(mechanism, *arguments):
    """What a mechanism returns, after checking that plain Python returns and changes the same."""
    mine = [copy_of(argument) for argument in arguments]
    result, interpreted = mechanism(*arguments), plain(mechanism)(*mine)
    if result is not None:
        np.testing.assert_allclose(interpreted, result, rtol=1e-6, atol=1e-12)
    for given, changed in zip(arguments, mine, strict=True):
        if isinstance(given, np.void):
            check_same_fields(given, changed)
    return result
