"""A leg of the way: go on, give up, be turned back, be detected, or join a caravan.

Competing risks at the end of a leg. A stop in Mexico hands a party to its migration institute; Panama and Guatemala
turn some back; a slowdown makes the leg longer (`stays`). Source: mechanisms study sections 5-7; containment study.
"""

from __future__ import annotations

from corridor.engine.records.codes import Leg
from corridor.foundations.compiled import mechanism


@mechanism
def choose_leg_exit(term, rules, joins_here, heads, u, u_detail):
    """Exit of a leg for two uniforms: `u` decides whether something stops the party, `u_detail` the caravan."""
    edge = term.turn_back
    if u < edge:
        return Leg.TURNED_BACK
    edge += term.quit
    if u < edge:
        return Leg.GAVE_UP
    edge += term.detect
    if u < edge:
        return Leg.DETECTED
    if joins_here and rules.caravan_room >= heads and u_detail < rules.caravan_joins:
        return Leg.JOINED_CARAVAN
    return Leg.ONWARD
