"""Harm on the way: robbery, extortion, kidnapping, sexual violence, death.

Daily rates by place times days of exposure, raised where shelters are full; kidnapping on the way and deaths by visit,
as surveys and counts tell them a transit or a crossing, however long it takes. Whoever hides crosses where more people
die. Sources: UNHCR 2023 survey and PMC6703673 for Mexico, IOM Missing Migrants and MSF for the Darién
(parameters.yaml, group harm). At most one kind is drawn a visit: harm is a count of parties harmed, times their
members; a death takes one member.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.records.codes import Harm
from corridor.foundations.compiled import mechanism


@mechanism
def sample_harm(place, evades, days, heads, u):
    """Kind of harm that a party of `heads` people meets in `days` at a place, for a uniform `u` (0: none)."""
    exposure = days * place.crowding
    deadly = place.deadly_hidden if evades else place.deadly
    edge = deadly * heads  # a rate per person; the death takes one member
    if u >= edge + place.kidnapped + place.daily_harm * exposure:
        return Harm.NONE  # most visits: the sum of rates bounds the chance, so no exponential is needed
    if u < edge:
        return Harm.DEATH
    edge += place.kidnapped + 1.0 - np.exp(-place.kidnapping * exposure)
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
