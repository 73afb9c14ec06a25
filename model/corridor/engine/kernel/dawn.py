"""What is settled before anyone moves: allowances, beliefs as today's hazards, where crossings are tempting.

Everything that decisions read is frozen here, so the order of people within a day matters only in queues and
allowances.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.mechanisms.beliefs import update_beliefs, update_hazards
from corridor.engine.mechanisms.capacity import renew_places
from corridor.engine.mechanisms.departures import update_demand_noise, update_intentions
from corridor.engine.records.codes import Kind, Pool
from corridor.engine.records.layout import EXITS, GOVERNMENTS, MILLION, NATIONS, PLACES
from corridor.foundations.compiled import mechanism

INVITED = 1.3  # people look days apart, and some cross first: so many are asked a place; the allowance holds the cap
HIGHEST_ADMISSION_RATE = 0.5  # a day: nobody is admitted sooner than after about two days
RECENT_DAYS = 14.0


@mechanism
def share_appointments(world, today):
    """Set each nation's hazard of a lawful admission: places at ports are shared among those who wait by interest."""
    rules = world.rules
    interested = 0.0
    excepted = 0.0
    for code in range(NATIONS):
        world.nations[code].admit = 0.0
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.WAIT:
            for code in range(NATIONS):
                interested += place.by_nation[code] * world.traits[code].interest
                excepted += place.by_nation[code] * today.exception_interest[code]
    exceptions = today.exceptions / world.clock.represents
    allowance = world.allowances[Pool.APPOINTMENTS]
    allowance.daily = rules.appointments + exceptions
    for code in range(NATIONS):
        rate = 0.0
        if interested > 0.0:
            rate += rules.appointments * world.traits[code].interest / interested
        if excepted > 0.0:
            rate += exceptions * today.exception_interest[code] / excepted
        world.nations[code].admit = min(INVITED * rate, HIGHEST_ADMISSION_RATE)


@mechanism
def update_sector_attraction(world, today):
    """Set today's attraction of each sector: its standing attraction, moved by where people lately went."""
    standing = 0.0
    lately = 0.0
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.CROSS:
            standing += today.attraction[index]
            lately += place.recent
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.CROSS:
            usual = today.attraction[index] / max(standing, 1e-12)
            drift = 1.0
            if lately > 0.0 and usual > 0.0:
                drift = ((place.recent / lately + 0.01) / (usual + 0.01)) ** world.rules.word_of_mouth
            place.weight = usual * drift


@mechanism
def accumulate_weights(world, place):
    """Turn the weights behind a place's exits into cumulative shares; return their sum."""
    total = 0.0
    for exit in range(EXITS):
        if place.feeds[exit] > 0.0:
            total += place.feeds[exit] * world.places[place.exits[exit]].weight
        place.toward[exit] = total
    for exit in range(EXITS):
        place.toward[exit] = place.toward[exit] / total if total > 0.0 else 1.0
    return total


@mechanism
def open_day(world, today, normal):
    """Dawn: see the module's description."""
    rules = world.rules
    if today.new_month:
        for code in range(NATIONS):
            update_demand_noise(world, code, normal, today.new_month, today.demand_steps[code])
    for index in range(Pool.APPOINTMENTS):  # the last allowance depends on today's places at ports
        renew_places(world.allowances[index])
    share_appointments(world, today)
    renew_places(world.allowances[Pool.APPOINTMENTS])
    for code in range(NATIONS):
        nation, trait = world.nations[code], world.traits[code]
        update_intentions(nation, trait, rules, today, code)
        update_hazards(nation, trait, rules, today, code)
    update_sector_attraction(world, today)
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.WAIT:
            place.weight = accumulate_weights(world, place)
    for index in range(PLACES):
        if world.places[index].kind == Kind.FORK:
            accumulate_weights(world, world.places[index])


@mechanism
def close_day(world, tally):
    """Dusk: beliefs learn, stocks are added up, one-night events end."""
    for code in range(NATIONS):
        update_beliefs(world.nations[code], world.rules)
        tally.paroled[code] += world.nations[code].parole_today
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.CROSS:
            place.recent += (place.today - place.recent) / RECENT_DAYS
            place.today = 0.0
        if place.counted:
            for code in range(NATIONS):
                tally.people_days[index, code] += place.by_nation[code]
        if place.shelter > 0.0:
            tally.overflow_days[index] += max(0.0, place.present - place.shelter)
        place.surge = 0.0
    for office in range(GOVERNMENTS):
        tally.satisfaction[office] += np.floor(world.offices[office].satisfaction * MILLION + 0.5)
    tally.peak_day = max(tally.peak_day, tally.encounters_today)
    tally.encounters_today = 0.0
    tally.days += 1.0
    world.clock.day += 1
