"""What Border Patrol does with a party: expel, return, remove, third country, hand over, or release.

What is wanted depends on nationality and party; what happens depends on places left today (`capacity`). ICE takes in
so many people a day, whoever comes (25,000 to 30,000 a month from 2021 to 2024, while 42,000 to 237,000 were not
expelled); whoever is flown home under ordinary law passes through it. Whom it cannot take is released, so releases
follow volume. Children who travel alone go to Health and Human Services. Source: document items 23-34, 51; CBP and
OHSS tables by outcome; Wein, Liu and Motskin 2009 on detention beds.
"""

from __future__ import annotations

from corridor.engine.mechanisms.capacity import take_places
from corridor.engine.records.codes import Custody, Party, Pool
from corridor.foundations.compiled import mechanism


@mechanism
def choose_disposition(world, person, nation, u, u_which, u_detail):
    """Exit of custody for three uniforms; the same luck wants the same outcome in every scenario."""
    allowances, code, party, heads = world.allowances, person.nation, person.party, person.heads
    if u < nation.expel[party]:
        if take_places(allowances[Pool.MEXICO + nation.mexico_pool], heads):
            return Custody.EXPELLED_TO_MEXICO
        if take_places(allowances[Pool.FLIGHTS + code], heads):
            return Custody.EXPELLED_BY_FLIGHT
    if party == Party.CHILD:
        returned = nation.at_home_in_mexico and u_which < nation.remove[party]
        return Custody.RETURNED_TO_MEXICO if returned else Custody.TO_HHS
    waits = u_detail < nation.mpp and not nation.at_home_in_mexico
    if waits and take_places(allowances[Pool.MEXICO + nation.mexico_pool], heads):
        return Custody.REMAIN_IN_MEXICO
    if u_which < nation.remove[party]:
        if nation.at_home_in_mexico:  # over the land border, without a place of anyone
            return Custody.RETURNED_TO_MEXICO
        # While Title 42 applies to a nationality, Mexico's places are for expulsions.
        if nation.expel[party] <= 0.0 and take_places(allowances[Pool.MEXICO + nation.mexico_pool], heads):
            return Custody.RETURNED_TO_MEXICO
        if allowances[Pool.ICE].left > 0.0 and take_places(allowances[Pool.FLIGHTS + code], heads):
            take_places(allowances[Pool.ICE], heads)
            return Custody.REMOVED_BY_FLIGHT
        if take_places(allowances[Pool.PANAMA + nation.panama_pool], heads):
            return Custody.THIRD_COUNTRY
        if take_places(allowances[Pool.DOMINICAN_REPUBLIC + nation.dominican_pool], heads):
            return Custody.THIRD_COUNTRY
    wanted = nation.to_ice[party]
    if u_which > 1.0 - wanted:
        world.rules.ice_today += heads
        taken = u_which > 1.0 - wanted * world.rules.ice_taken
        if taken and take_places(allowances[Pool.ICE], heads):
            return Custody.TO_ICE
    return Custody.RELEASED


@mechanism
def work_of(outcome, quick):
    """Share of a full processing that an outcome takes: expulsions are quick, street releases take none."""
    if outcome == Custody.EXPELLED_TO_MEXICO or outcome == Custody.EXPELLED_BY_FLIGHT:
        return quick
    return 1.0
