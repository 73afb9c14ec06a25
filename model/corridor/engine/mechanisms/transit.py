"""A leg of the way: go on, give up, be turned back, be detected, or join a caravan.

Competing risks at the end of a leg. Contention in Mexico lengthens the leg (`stays`) and turns some back; detection
hands a party to Mexico's migration institute. Source: mechanisms study sections 5-7; macro study (contention delays).
"""

from __future__ import annotations

from corridor.engine.records.codes import Leg
from corridor.foundations.compiled import mechanism


@mechanism
def travel(term, rules, joins_here, heads, luck, detail):
    """Exit of a leg for two uniforms: `luck` decides whether something stops the party, `detail` the caravan."""
    edge = term.turn_back
    if luck < edge:
        return Leg.TURNED_BACK
    edge += term.quit
    if luck < edge:
        return Leg.GAVE_UP
    edge += term.detect
    if luck < edge:
        return Leg.DETECTED
    if joins_here and rules.caravan_room >= heads and detail < rules.caravan_joins:
        return Leg.JOINED_CARAVAN
    return Leg.ONWARD
