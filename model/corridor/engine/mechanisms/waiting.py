"""Waiting in a northern Mexican city: a lawful appointment, wait, cross, be moved south, go home, or settle.

Competing hazards over the days since the party last decided: those of its nation, frozen at dawn, as its own history
turns them (`deciding`). A waiting stock with a policy-dependent crossing hazard is what lets December 2023 and the
months around it be had together (macro study, section 3).
"""

from __future__ import annotations

import numpy as np

from corridor.engine.mechanisms.capacity import take_places
from corridor.engine.mechanisms.deciding import settles_here, toll_of
from corridor.engine.mechanisms.guides import hides
from corridor.engine.records.codes import Pool, Wait
from corridor.engine.records.layout import SECTORS_PER_CITY
from corridor.foundations.compiled import mechanism

LONGEST_REVIEW = 7.0  # days between decisions, on average


@mechanism
def choose_waiting_exit(world, person, place, nation, days, u, u_detail):
    """Exit of a waiting place; `u` decides whether anything happens, `u_detail` what."""
    person.evades = 1 if hides(person, nation) else 0
    if place.surge >= person.heads:
        place.surge -= person.heads
        return toward_sector(world.leanings[person.nation], place, person.evades, u_detail)
    toll = toll_of(person, world.traits[person.nation], world.rules, person.attempts)
    cross = nation.ready[person.evades] / (1.0 + nation.against[person.evades] * toll)
    quit_rate = nation.homeward[person.evades] * toll
    admit = world.terms[person.place, person.nation].admit
    total = cross + admit + quit_rate + place.south
    nothing = np.exp(-total * days)
    if u < nothing:
        return Wait.STAYED
    if total <= 0.0:
        return Wait.STAYED
    at = u_detail * total
    if at < cross:
        return toward_sector(world.leanings[person.nation], place, person.evades, at / cross)
    at -= cross
    if at < admit:
        places = world.allowances[Pool.APPOINTMENTS + place.exits[Wait.ADMITTED]]
        return Wait.ADMITTED if take_places(places, person.heads) else Wait.STAYED
    at -= admit
    if at < place.south:
        return Wait.MOVED_SOUTH
    rest = (at - place.south) / quit_rate
    return Wait.SETTLED if settles_here(person, nation, world.rules, rest) else Wait.GAVE_UP


@mechanism
def toward_sector(leaning, place, evades, u):
    """Neighbouring sector, chosen as the party's people lean, and those who hide as guides lead them."""
    ahead = leaning.sectors_hidden if evades else leaning.sectors
    for sector in range(SECTORS_PER_CITY - 1):
        if u < ahead[place.number, sector]:
            return Wait.CROSS_FIRST + sector
    return Wait.CROSS_FIRST + SECTORS_PER_CITY - 1


@mechanism
def days_to_review(rules, tries, u):
    """Days until the party decides again: soon at first, every week or so after weeks of waiting."""
    mean = min(LONGEST_REVIEW, rules.review_days + tries)
    return 1.0 + u * 2.0 * (mean - 1.0)
