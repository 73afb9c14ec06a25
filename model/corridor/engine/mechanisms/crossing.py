"""Crossing between ports: those who surrender are encountered; those who evade may not be.

Apprehension of evaders falls as custody fills and agents are drawn into processing (project's mechanisms study,
section 11; leaked counts of known evasions rose with volume). It grows with patrol effort, less than in proportion.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.records.codes import Cross
from corridor.foundations.compiled import mechanism


@mechanism
def chance_of_apprehension(patrol, custody, rules):
    """Chance that patrols find a party that hides, for a multiple of the usual patrol effort in its sector.

    With the usual effort it is `apprehension / (1 + load ** exponent)`, where load is the people in custody over
    `reference` times the beds. More beds never lower it: without any it is zero. With .72, a reference of 6, an
    exponent of 1, and 1,200 people on 200 beds, load is 1 and the chance .36.
    """
    load = np.inf  # what it tends to as beds become few: nobody is free to go after those who hide
    if custody.beds > 0.0:
        load = custody.present / (custody.beds * rules.apprehension_reference)
    if rules.apprehension_exponent != 1.0:  # a power is dear and seldom asked for
        load = load**rules.apprehension_exponent
    chance = rules.apprehension / (1.0 + load)
    if patrol != 1.0:
        chance = 1.0 - (1.0 - chance) ** (patrol**rules.patrol_exponent)
    return chance


@mechanism
def choose_crossing_exit(person, patrol, custody, rules, u):
    """Exit of a crossing attempt into the sector whose patrol effort and custody are given."""
    if person.evades == 0:
        return Cross.APPREHENDED
    return Cross.APPREHENDED if u < chance_of_apprehension(patrol, custody, rules) else Cross.EVADED
