"""A leg of the way: go on, give up, be turned back, be detected; and who joins a caravan.

Competing risks at the end of a leg. A stop in Mexico hands a party to its migration institute; Panama and Guatemala
turn some back; a slowdown makes the leg longer (`stays`). Who was stopped before gives up as `deciding` says. People
join a caravan for safety in numbers: the more, the more often those who walk alone are stopped. Source: mechanisms
study sections 5-7; containment study.

By hand: half would join if nobody were stopped; with a safety of 2 and a chance of a stop of .5 the odds are
exp(1) = 2.7 times as large, and .73 join.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.mechanisms.deciding import chance_after, toll_of
from corridor.engine.records.codes import Leg
from corridor.foundations.compiled import mechanism


@mechanism
def choose_leg_exit(person, term, trait, rules, u):
    """Exit of a leg for a uniform that decides whether something stops the party."""
    edge = term.turn_back
    if u < edge:
        return Leg.TURNED_BACK
    quits = term.quit
    if person.stops > 0:
        quits = chance_after(quits, toll_of(person, trait, rules, person.stops - 1))
    edge += quits
    if u < edge:
        return Leg.GAVE_UP
    edge += term.detect
    if u < edge:
        return Leg.DETECTED
    return Leg.ONWARD


@mechanism
def joins_caravan(stopped, rules, u):
    """Whether a party joins a caravan that has room, by the chance of a stop on the next leg on its own."""
    return u < chance_after(rules.caravan_joins, np.exp(rules.caravan_safety * stopped))
