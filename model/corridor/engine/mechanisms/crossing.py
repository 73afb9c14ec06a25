"""Crossing between ports: those who surrender are encountered; those who evade may not be.

Apprehension of evaders falls as custody fills and agents are drawn into processing (project's mechanisms study,
section 11; leaked counts of known evasions rose with volume).
"""

from __future__ import annotations

import numpy as np

from corridor.engine.records.codes import Cross
from corridor.foundations.compiled import mechanism


@mechanism
def choose_crossing_exit(person, custody, rules, u):
    """Exit of a crossing attempt into the sector whose custody is given.

    An evader is apprehended with the chance `apprehension / (1 + load ** exponent)`, where load is the people in
    custody over `reference` times the beds. More beds never lower it: without any it is zero. With .72, a reference of
    6, an exponent of 1, and 1,200 people on 200 beds, load is 1 and the chance .36.
    """
    if person.evades == 0:
        return Cross.APPREHENDED
    load = np.inf  # what it tends to as beds become few: nobody is free to go after those who hide
    if custody.beds > 0.0:
        load = custody.present / (custody.beds * rules.apprehension_reference)
    if rules.apprehension_exponent != 1.0:  # a power is dear and seldom asked for
        load = load**rules.apprehension_exponent
    chance = rules.apprehension / (1.0 + load)
    return Cross.APPREHENDED if u < chance else Cross.EVADED
