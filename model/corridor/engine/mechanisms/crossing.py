"""Crossing between ports: those who surrender are encountered; those who evade may not be.

Apprehension of evaders falls as custody fills and agents are drawn into processing (project's mechanisms study,
section 11; leaked counts of known evasions rose with volume).
"""

from __future__ import annotations

from corridor.engine.records.codes import Cross
from corridor.foundations.compiled import mechanism


@mechanism
def choose_crossing_exit(person, custody, rules, u):
    """Exit of a crossing attempt into the sector whose custody is given."""
    if person.evades == 0:
        return Cross.APPREHENDED
    load = 0.0
    if custody.beds > 0.0:
        load = custody.present / (custody.beds * rules.apprehension_reference)
    if rules.apprehension_exponent != 1.0:  # a power is dear and seldom asked for
        load = load**rules.apprehension_exponent
    chance = rules.apprehension / (1.0 + load)
    return Cross.APPREHENDED if u < chance else Cross.EVADED
