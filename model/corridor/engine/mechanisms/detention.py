"""A station of Mexico's migration institute: return home, move south, or release.

Returns and transfers are flows with a capacity that money buys (`institutions.mexican_agencies`); what exceeds it is
released to go on. Source: document items 11, 35-37; AP 2023-12-04 (assisted returns and transport halted).
"""

from __future__ import annotations

from corridor.engine.mechanisms.capacity import take_places
from corridor.engine.records.codes import Pool, Station
from corridor.foundations.compiled import mechanism


@mechanism
def choose_station_exit(world, person, nation, u, u_detail):
    """Exit of a station. The same luck always wants the same thing; capacity decides whether it happens."""
    if u < nation.inm_return:
        if take_places(world.allowances[Pool.INM_RETURNS], person.heads):
            return Station.RETURNED_HOME
    elif u_detail < world.rules.transfer_share and take_places(
        world.allowances[Pool.INM_TRANSFERS], person.heads
    ):
        return Station.MOVED_SOUTH
    if u_detail > 1.0 - world.rules.setback_give_up:
        return Station.GAVE_UP
    return Station.RELEASED
