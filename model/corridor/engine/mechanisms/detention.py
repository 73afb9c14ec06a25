"""A station of Mexico's migration institute: return home, send back to the south, or release.

Returns are a flow with places by nationality. Nearly everyone else is sent back to the south, where the way through
Mexico begins again: that, not delay, is what holds people (containment study, sections 1 and 2). Money buys both
(`institutions.mexican_agencies`); without it people are released to go on. Source: document items 11, 35-37; AP
2023-12-04 (assisted returns and transport halted).
"""

from __future__ import annotations

from corridor.engine.mechanisms.capacity import take_places
from corridor.engine.records.codes import Pool, Station
from corridor.foundations.compiled import mechanism

MOST_RETURNED = 0.95  # of those stopped: children alone and people who ask for asylum are not


@mechanism
def choose_station_exit(world, person, u, u_detail):
    """Exit of a station. The same luck always wants the same thing; capacity decides whether it happens."""
    if u < MOST_RETURNED and take_places(world.allowances[Pool.INM_RETURNS + person.nation], person.heads):
        return Station.RETURNED_HOME
    if u_detail < world.rules.sent_back:
        return Station.MOVED_SOUTH
    return Station.RELEASED
