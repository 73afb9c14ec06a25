"""What others hear of a journey: each event on it, with its weight, added to the memory of compatriots.

At the border: what Border Patrol did and in which sector, an appointment, waiting in vain. On the way, by route: who
reached the north, and against them who was returned, turned back or sent back by Mexico and others, gave up after a
stop, was kidnapped, or died. An event that weighs 1 counts as one person whose journey failed. Source: circles study,
sections 2 and 7 (hearing mends the signs of closed roads); containment study (returns by Mexico weigh 1, people sent
back .1).
"""

from __future__ import annotations

from corridor.engine.mechanisms.beliefs import (
    record_admission,
    record_outcome,
    record_passage,
    record_setback,
    record_wait_in_vain,
)
from corridor.engine.mechanisms.leanings import hear_of_sector
from corridor.engine.records.codes import Cross, Custody, Harm, Kind, Leg, Station, Wait
from corridor.foundations.compiled import mechanism


@mechanism
def hear_exit(world, person, place, outcome, arrival):
    """Let compatriots hear of an exit of a party from a place; `arrival` is the place that it leads to."""
    nation, rules, kind = world.nations[person.nation], world.rules, place.kind
    circle = world.circles[person.circle]
    people = person.heads * world.clock.represents
    if kind == Kind.LEG or kind == Kind.STATION:
        if world.places[arrival].kind == Kind.FORK:
            record_passage(nation, circle, person.route, people)
        else:
            record_setback(
                nation, circle, person.route, people * weight_of_setback(rules, person, kind, outcome)
            )
    elif kind == Kind.WAIT:
        if outcome == Wait.ADMITTED:
            record_admission(nation, circle, people)
        elif outcome == Wait.GAVE_UP or outcome == Wait.SETTLED:
            record_wait_in_vain(nation, circle, people * rules.heard_in_vain)
        elif outcome == Wait.MOVED_SOUTH:
            record_setback(nation, circle, person.route, people * rules.heard_sent_back)
    elif kind == Kind.CUSTODY and outcome != Custody.LATERAL:
        failed = outcome != Custody.RELEASED and outcome != Custody.STREET_RELEASE
        failed = failed and outcome != Custody.TO_ICE and outcome != Custody.TO_HHS
        record_outcome(nation, circle, people, failed)
        if not failed:
            hear_of_sector(
                world.leanings[person.nation], person.sector, person.heads * (1.0 - rules.failure_draws)
            )
    elif kind == Kind.CROSS:
        leaning = world.leanings[person.nation]
        leaning.crossed += person.heads
        draws = rules.failure_draws if outcome == Cross.APPREHENDED else 1.0
        hear_of_sector(leaning, place.number, person.heads * draws)


@mechanism
def weight_of_setback(rules, person, kind, outcome):
    """Weight of an exit from a leg or a station in what is heard of the way; 0 for one that goes on."""
    if kind == Kind.STATION:
        if outcome == Station.RETURNED_HOME:
            return rules.heard_returned
        return rules.heard_sent_back if outcome == Station.MOVED_SOUTH else 0.0
    if outcome == Leg.TURNED_BACK:
        return 1.0
    return rules.heard_in_vain if outcome == Leg.GAVE_UP and person.stops > 0 else 0.0


@mechanism
def hear_harm(world, person, kind, heads):
    """Let compatriots hear of a kidnapping or a death of `heads` people; the rest of harm is known to all."""
    nation, circle = world.nations[person.nation], world.circles[person.circle]
    people = heads * world.clock.represents
    if kind == Harm.DEATH:
        record_setback(nation, circle, person.route, people * world.rules.heard_death)
    elif kind == Harm.KIDNAPPING:
        record_setback(nation, circle, person.route, people * world.rules.heard_kidnapped)
