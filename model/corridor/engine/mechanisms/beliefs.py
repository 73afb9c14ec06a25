"""What people think will happen to them: two clocks, and consequences that travel by word of mouth.

The slow clock follows what happened to compatriots at the border (a month or so); for those who have not left, lawful
admissions count as success, and Mexico's returns as failure (June 2019: containment study). The fast clock is news:
announcements that fade (see `inputs.compiling.news`). Source: project's macro study, sections 1 and 3; word of mouth:
Hinsch and Bijak 2023.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.records.codes import Party
from corridor.foundations.compiled import mechanism

MEMORY_DAYS = 14.0  # over which compatriots' fates are pooled
PRIOR_PEOPLE = (
    5.0  # people a day whose fate is taken to be what is believed already: with little news, beliefs keep
)


@mechanism
def update_beliefs(nation, rules):
    """Move both beliefs of a nation towards what was seen; called at dusk."""
    seen = nation.failures + nation.successes
    at_border = (nation.failures + PRIOR_PEOPLE * nation.belief_border) / (seen + PRIOR_PEOPLE)
    failed = nation.failures + nation.stopped
    told_home = (failed + PRIOR_PEOPLE * nation.belief_origin) / (
        failed + nation.successes + nation.admissions + PRIOR_PEOPLE
    )
    nation.belief_border += (at_border - nation.belief_border) / rules.border_memory
    nation.belief_origin += (told_home - nation.belief_origin) / rules.origin_memory
    keep = np.exp(-1.0 / MEMORY_DAYS)
    nation.failures *= keep
    nation.successes *= keep
    nation.admissions *= keep
    nation.stopped *= keep


@mechanism
def record_outcome(nation, people, failed):
    """Add the fate of people at the border to the two-week memory (people a day)."""
    if failed:
        nation.failures += people / MEMORY_DAYS
    else:
        nation.successes += people / MEMORY_DAYS


@mechanism
def record_stop(nation, people):
    """Add people whom Mexico sent home, or back to its south, to what is heard at home (the two-week memory)."""
    nation.stopped += people / MEMORY_DAYS


@mechanism
def record_admission(nation, people):
    """Add a lawful admission to the two-week memory."""
    nation.admissions += people / MEMORY_DAYS


@mechanism
def update_hazards(nation, trait, rules, today, code):
    """Set today's crossing hazards and shares of evaders of one nation from its beliefs.

    Crossing responds to the perceived consequence, to the value of waiting for an appointment (Haiti and Cuba's return
    through the ports in 2023) and to a deadline ahead. The value of waiting follows the
    chance of being admitted within a month, which differs by nationality.
    """
    month = 30.0 * nation.admit
    lawful_value = month / (month + rules.waiting_reference)
    belief = nation.belief_border + (1.0 - nation.belief_border) * today.deter_border[code]
    nation.perceived_border = belief
    rate = rules.crossing_rate * today.rush[code]
    nation.crossing = rate * np.exp(-trait.crossing_response * belief - trait.waiting_value * lawful_value)
    nation.crossing_evader = rate * np.exp(-trait.crossing_response * rules.evader_response * belief)
    base = min(max(nation.evasion[0], 1e-6), 1.0 - 1e-6)
    odds = base / (1.0 - base) * np.exp(rules.evasion_response * belief)
    nation.evasion[Party.SINGLE] = odds / (1.0 + odds)
    nation.evasion[Party.FAMILY] = rules.family_evasion * odds / (1.0 + odds)
    nation.evasion[Party.CHILD] = 0.0
