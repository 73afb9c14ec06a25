"""Harm on the way: robbery, extortion, kidnapping, sexual violence, death.

Daily rates by place times days of exposure, raised where shelters are full; deaths by visit. Sources: UNHCR 2023
survey and PMC6703673 for Mexico, IOM Missing Migrants and MSF for the Darién (parameters.yaml, group harm). At most
one kind is drawn a visit: harm is a count of parties harmed, times their members; a death takes one member.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.records.codes import Harm
from corridor.foundations.compiled import mechanism


@mechanism
def sample_harm(place, days, heads, u):
    """Kind of harm that a party of `heads` people meets in `days` at a place, for a uniform `u` (0: none)."""
    exposure = days * place.crowding
    edge = place.deadly * heads  # a rate per person; the death takes one member
    if u >= edge + place.daily_harm * exposure:
        return Harm.NONE  # most visits: the sum of rates bounds the chance, so no exponential is needed
    if u < edge:
        return Harm.DEATH
    edge += 1.0 - np.exp(-place.kidnapping * exposure)
    if u < edge:
        return Harm.KIDNAPPING
    edge += 1.0 - np.exp(-place.sexual_violence * exposure)
    if u < edge:
        return Harm.SEXUAL_VIOLENCE
    edge += 1.0 - np.exp(-place.extortion * exposure)
    if u < edge:
        return Harm.EXTORTION
    edge += 1.0 - np.exp(-place.robbery * exposure)
    if u < edge:
        return Harm.ROBBERY
    return Harm.NONE
