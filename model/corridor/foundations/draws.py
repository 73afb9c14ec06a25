"""Keyed randomness: every draw is a pure function of seed, replicate, agent, stream and visit.

Philox4x32-10 (Salmon et al. 2011, Random123). Key words: seed and replicate. Counter words: the agent's key (two
words), the stream (a place, or a purpose below) and the visit. Nothing is drawn in sequence, so neither order, threads
nor one more traveller can change anyone else's luck.
"""

from __future__ import annotations

import numpy as np

from corridor.foundations.compiled import mechanism

# Words of one call have fixed roles, so that a mechanism that needs one more number disturbs no other.
WHETHER, HARMED, WHICH, HOW_LONG = 0, 1, 2, 3

# Purposes that are not places. Codes are never reused.
ATTRIBUTES = 0xFFFFFFFF
DEPARTURES = 0xFFFFFFFE
NOISE = 0xFFFFFFFD
DIPLOMACY = 0xFFFFFFFC

# A fork or a crossing is passed on the day of the visit before it: its draw is that visit's, with this bit.
PASSAGE = np.uint64(1 << 31)

_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_ROUNDS = 10
_UNIT = 2.0**-32
_HALF = 2.0**-33


@mechanism
def philox(k0, k1, c0, c1, c2, c3):
    """Philox4x32-10: four 32-bit words (held in uint64) from a key of two and a counter of four words."""
    for _ in range(_ROUNDS):
        high0, low0 = (_M0 * c0) >> _SHIFT, (_M0 * c0) & _MASK
        high1, low1 = (_M1 * c2) >> _SHIFT, (_M1 * c2) & _MASK
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    return c0, c1, c2, c3


@mechanism
def four_uniforms(clock, key, stream, visit):
    """Four uniforms in the open interval (0, 1) for one visit of one agent."""
    agent = np.uint64(key)
    a, b, c, d = philox(
        np.uint64(clock.seed) & _MASK,
        np.uint64(clock.replicate) & _MASK,
        agent & _MASK,
        agent >> _SHIFT,
        np.uint64(stream),
        np.uint64(visit),
    )
    return (
        np.float64(a) * _UNIT + _HALF,
        np.float64(b) * _UNIT + _HALF,
        np.float64(c) * _UNIT + _HALF,
        np.float64(d) * _UNIT + _HALF,
    )


@mechanism
def draw_for_many(clock, counters, count, uniforms):
    """Draw for `count` agents at once what `four_uniforms` gives each for its visit and for a passage after it.

    Vector instructions do several agents in the time of one, so this loop has no branch.

    Parameters
    ----------
    counters : uint64[4, n]
        Two words of the key, stream and visit of each agent.
    luck : float64[8, n]
        Filled up to `count`: four uniforms for the visit, four for the passage.
    """
    k0, k1 = np.uint64(clock.seed) & _MASK, np.uint64(clock.replicate) & _MASK
    for i in range(count):
        c0, c1, c2, c3 = counters[0, i], counters[1, i], counters[2, i], counters[3, i]
        a, b, c, d = philox(k0, k1, c0, c1, c2, c3)
        uniforms[0, i] = np.float64(a) * _UNIT + _HALF
        uniforms[1, i] = np.float64(b) * _UNIT + _HALF
        uniforms[2, i] = np.float64(c) * _UNIT + _HALF
        uniforms[3, i] = np.float64(d) * _UNIT + _HALF
        a, b, c, d = philox(k0, k1, c0, c1, c2, c3 | PASSAGE)
        uniforms[4, i] = np.float64(a) * _UNIT + _HALF
        uniforms[5, i] = np.float64(b) * _UNIT + _HALF
        uniforms[6, i] = np.float64(c) * _UNIT + _HALF
        uniforms[7, i] = np.float64(d) * _UNIT + _HALF


@mechanism
def visit_of(person):
    """Number of this visit in the agent's life: no two visits of one place share it (see `day.arrive`)."""
    return (np.uint64(person.setbacks) << np.uint64(16)) | np.uint64(person.tries)


@mechanism
def quantile(table, u):
    """Value of a tabulated distribution at probability `u` (linear between knots)."""
    position = u * (len(table) - 1)
    cell = np.int64(position)
    share = position - cell
    return table[cell] * (1.0 - share) + table[cell + 1] * share


@mechanism
def poisson(mean, u, normal):
    """Smallest count whose Poisson probability reaches `u`: grows with `mean` for the same luck.

    Above a mean of 60 the Cornish-Fisher expansion is used; its error is below one count in a thousand draws.
    """
    if mean <= 0.0:
        return 0
    if mean > 60.0:
        z = quantile(normal, u)
        return max(0, np.int64(np.floor(mean + np.sqrt(mean) * z + (z * z - 1.0) / 6.0 + 0.5)))
    chance = np.exp(-mean)
    total = chance
    count = 0
    while total < u and count < 200:
        count += 1
        chance *= mean / count
        total += chance
    return count
