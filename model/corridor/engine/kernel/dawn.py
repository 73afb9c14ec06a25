"""What is settled before anyone moves: allowances, beliefs as today's hazards, where crossings are tempting.

Everything that decisions read is frozen here, so the order of people within a day matters only in queues and
allowances.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.mechanisms.beliefs import update_beliefs, update_hazards
from corridor.engine.mechanisms.capacity import renew_places
from corridor.engine.mechanisms.departures import update_demand_noise, update_intentions
from corridor.engine.records.codes import Kind, Pool, Wait
from corridor.engine.records.layout import EXITS, GOVERNMENTS, MILLION, NATIONS, PLACES
from corridor.foundations.compiled import mechanism

HIGHEST_ADMISSION_RATE = 0.5  # a day: nobody is admitted sooner than after about two days
RECENT_DAYS = 14.0


@mechanism
def ask_for_places(world, today):
    """Places a day at ports for which one waiting person of each nation asks, and how many people wait: both NATIONS.

    The day's places are divided among the nations of which anyone waits, in the proportion of those whom the ports took
    of each (`appointment_interest`, `exception_interest`), and within a nation among those who wait.
    """
    waiting = np.zeros(NATIONS)
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.WAIT:
            for code in range(NATIONS):
                waiting[code] += place.by_nation[code]
    interested = 0.0
    excepted = 0.0
    for code in range(NATIONS):
        if waiting[code] > 0.0:
            interested += today.appointment_interest[code]
            excepted += today.exception_interest[code]
    asked = np.zeros(NATIONS)
    for code in range(NATIONS):
        if waiting[code] > 0.0 and interested > 0.0:
            asked[code] += world.rules.appointments * today.appointment_interest[code] / interested
        if waiting[code] > 0.0 and excepted > 0.0:
            asked[code] += (
                today.exceptions / world.clock.represents * today.exception_interest[code] / excepted
            )
        asked[code] /= max(waiting[code], 1.0)
    return asked, waiting


@mechanism
def offer_places(world, today):
    """Hand out the places of every office: set the hazard of a lawful admission in its cities, and a nation's mean.

    Every morning an office offers what it has left. People look days apart and some cross first, so a part is not
    taken; it is offered again the next morning. What is taken is therefore what is given, wherever enough people wait.
    """
    asked, waiting = ask_for_places(world, today)
    given = world.rules.appointments + today.exceptions / world.clock.represents
    standing = 0.0
    for index in range(PLACES):
        if world.places[index].kind == Kind.SINK:
            standing += today.attraction[index]
    for code in range(NATIONS):
        world.nations[code].admit = 0.0
    for office in range(PLACES):
        if world.places[office].kind == Kind.SINK and today.attraction[office] > 0.0:
            allowance = world.allowances[Pool.APPOINTMENTS + office]
            allowance.daily = given * today.attraction[office] / standing
            renew_places(allowance)
            wanted = 0.0
            for index in range(PLACES):
                place = world.places[index]
                if place.kind == Kind.WAIT and place.exits[Wait.ADMITTED] == office:
                    for code in range(NATIONS):
                        wanted += place.by_nation[code] * asked[code]
            offered = max(allowance.left, 0.0) / wanted if wanted > 0.0 else 0.0
            for index in range(PLACES):
                place = world.places[index]
                if place.kind == Kind.WAIT and place.exits[Wait.ADMITTED] == office:
                    for code in range(NATIONS):
                        rate = min(asked[code] * offered, HIGHEST_ADMISSION_RATE)
                        world.terms[index, code].admit = rate
                        world.nations[code].admit += rate * place.by_nation[code] / max(waiting[code], 1.0)


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
def ration_ice(world):
    """Spread ICE's places over those whom it will be asked to take: today's places over those asked for lately."""
    rules, left = world.rules, world.allowances[Pool.ICE].left
    rules.ice_taken = min(1.0, max(left, 0.0) / rules.ice_asked) if rules.ice_asked > 0.0 else 1.0


@mechanism
def draw_to_ports(world):
    """Where people wait follows where they cross and where they are admitted: add places at ports to cities' weights.

    A city's weight becomes the people a day who lately crossed from it, as sectors attract them, and its part of the
    places of its office, divided among the office's cities as their crossings are.
    """
    lately = 0.0
    crossings = np.zeros(PLACES)  # of all cities of an office, as shares
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.CROSS:
            lately += place.recent
        elif place.kind == Kind.WAIT:
            crossings[place.exits[Wait.ADMITTED]] += place.weight
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.WAIT and place.weight > 0.0:
            office = place.exits[Wait.ADMITTED]
            places = world.allowances[Pool.APPOINTMENTS + office].daily
            place.weight *= max(lately, 1.0) + places / crossings[office]


@mechanism
def open_day(world, today, normal):
    """Dawn: see the module's description."""
    rules = world.rules
    if today.new_month:
        for code in range(NATIONS):
            update_demand_noise(world, code, normal, today.new_month, today.demand_steps[code])
    for index in range(Pool.APPOINTMENTS):  # those at ports depend on today's places
        renew_places(world.allowances[index])
    ration_ice(world)
    offer_places(world, today)
    for code in range(NATIONS):
        nation, trait = world.nations[code], world.traits[code]
        update_intentions(nation, trait, rules, today, code)
        update_hazards(nation, trait, rules, today, code)
    update_sector_attraction(world, today)
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.WAIT:
            place.weight = accumulate_weights(world, place)
    draw_to_ports(world)
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
        if place.kind == Kind.WAIT:  # without a shelter place, everybody who waits sleeps outside
            tally.overflow_days[index] += max(0.0, place.present - place.shelter)
        place.surge = 0.0
    world.rules.ice_asked += (world.rules.ice_today - world.rules.ice_asked) / RECENT_DAYS
    world.rules.ice_today = 0.0
    for office in range(GOVERNMENTS):
        tally.satisfaction[office] += np.floor(world.offices[office].satisfaction * MILLION + 0.5)
    tally.peak_day = max(tally.peak_day, tally.encounters_today)
    tally.encounters_today = 0.0
    tally.days += 1.0
    world.clock.day += 1
