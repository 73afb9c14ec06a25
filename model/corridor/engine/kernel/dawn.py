"""What is settled before anyone moves: allowances, beliefs as today's hazards, where people lean to cross.

Everything that decisions read is frozen here, so the order of people within a day matters only in queues and
allowances.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.mechanisms.beliefs import (
    mix_newcomers,
    update_beliefs,
    update_hazards,
    update_trust,
    weigh_news,
)
from corridor.engine.mechanisms.capacity import renew_places
from corridor.engine.mechanisms.choice import divide_sums
from corridor.engine.mechanisms.departures import update_demand_noise, update_intentions
from corridor.engine.mechanisms.guides import lead_round_patrols
from corridor.engine.mechanisms.leanings import (
    PRIOR_PEOPLE,
    WEEK,
    choose_cities,
    choose_sectors,
    move_leaning,
)
from corridor.engine.records.codes import Kind, Pool, Wait
from corridor.engine.records.layout import EXITS, GOVERNMENTS, MILLION, NATIONS, PLACES, SECTORS
from corridor.foundations.compiled import mechanism

HIGHEST_ADMISSION_RATE = 0.5  # a day: nobody is admitted sooner than after about two days
RECENT_DAYS = 14.0


@mechanism
def count_waiting(world):
    """Simulated people who wait in northern cities, by nation: NATIONS."""
    waiting = np.zeros(NATIONS)
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.WAIT:
            for code in range(NATIONS):
                waiting[code] += place.by_nation[code]
    return waiting


@mechanism
def ask_for_places(world, today):
    """Places a day at ports for which one waiting person of each nation asks, and how many people wait: both NATIONS.

    The day's places are divided among the nations of which anyone waits, in the proportion of those whom the ports took
    of each (`appointment_interest`, `exception_interest`), and within a nation among those who wait.
    """
    waiting = count_waiting(world)
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
    given = asked.sum()
    for code in range(NATIONS):
        world.leanings[code].ports = asked[code] / given if given > 0.0 else 0.0
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
def update_leanings(world):
    """Move the leanings whose day of the week it is, a seventh of them a day, and set the choices made with them.

    On the first day choices are set for all, from the leanings that are given.
    """
    everybody = np.zeros(SECTORS)
    lately = 0.0
    for index in range(PLACES):
        if world.places[index].kind == Kind.CROSS:
            lately += world.places[index].recent
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.CROSS and lately > 0.0:
            everybody[place.number] = place.recent / lately
    prior = PRIOR_PEOPLE / world.clock.represents
    drawn = np.zeros(PLACES)
    for code in range(NATIONS):
        leaning = world.leanings[code]
        moves = (world.clock.day + code) % WEEK == 0
        if moves:
            move_leaning(leaning, everybody, world.rules, prior * WEEK)
        if moves or world.clock.day == 0:
            for hidden in range(2):
                choose_sectors(world, leaning, drawn, hidden == 1)
                choose_cities(world, leaning, drawn, leaning.recent + prior, hidden == 1)


@mechanism
def accumulate_weights(world, place):
    """Turn the weights behind a fork's exits into cumulative shares."""
    total = 0.0
    for exit in range(EXITS):
        if place.feeds[exit] > 0.0:
            total += place.feeds[exit] * world.places[place.exits[exit]].weight
        place.toward[exit] = total
    divide_sums(place.toward, total)


@mechanism
def ration_ice(world):
    """Spread ICE's places over those whom it will be asked to take: today's places over those asked for lately."""
    rules, left = world.rules, world.allowances[Pool.ICE].left
    rules.ice_taken = min(1.0, max(left, 0.0) / rules.ice_asked) if rules.ice_asked > 0.0 else 1.0


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
        weigh_news(world.nations[code], today, code)
        update_intentions(world, today, code)
        update_hazards(world.nations[code], world.traits[code], rules)
    lead_round_patrols(world)
    update_leanings(world)
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.FORK and world.places[place.exits[0]].kind != Kind.WAIT:
            accumulate_weights(world, place)


@mechanism
def close_day(world, tally, today):
    """Dusk: beliefs learn, stocks are added up, one-night events end."""
    waiting = count_waiting(world)
    for code in range(NATIONS):
        update_trust(world.nations[code], world.rules, today, code)
        mix_newcomers(world.nations[code], waiting[code] * world.clock.represents)
        update_beliefs(world.nations[code], world.rules)
        tally.paroled[code] += world.nations[code].parole_today
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.CROSS:
            place.recent += (place.today - place.recent) / RECENT_DAYS
            place.today = 0.0
            tally.patrol_days[index] += place.patrol
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
