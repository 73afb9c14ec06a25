"""A station of Mexico's migration institute: return home, move south, or release.

Returns and transfers are flows with a capacity that money buys (`institutions.mexican_agencies`); what exceeds it is
released to go on. Source: document items 11, 35-37; AP 2023-12-04 (assisted returns and transport halted).
"""

from __future__ import annotations

from corridor.engine.mechanisms.capacity import take
from corridor.engine.records.codes import Pool, Station
from corridor.foundations.compiled import mechanism


@mechanism
def process(world, person, nation, luck, detail):
    """Exit of a station. The same luck always wants the same thing; capacity decides whether it happens."""
    if luck < nation.inm_return:
        if take(world.allowances[Pool.INM_RETURNS], person.heads):
            return Station.RETURNED_HOME
    elif detail < world.rules.transfer_share and take(world.allowances[Pool.INM_TRANSFERS], person.heads):
        return Station.MOVED_SOUTH
    if detail > 1.0 - world.rules.setback_give_up:
        return Station.GAVE_UP
    return Station.RELEASED
