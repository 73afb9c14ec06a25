"""Leanings: towards which sector people set out to cross, learned from what their own people met there.

A leaning is a set of shares over sectors that a group of people keeps: a nationality, until smaller groups do.
It begins as given and moves once a week towards the sectors where its people were lately encountered or got through,
with a memory of about a year. Who got through draws more than who was sent back; a small part follows everybody.
Nationalities whose people go elsewhere keep going elsewhere: their sector shares lie .36 from the total's (total
variation, CBP monthly tables 2022-23), and a leaning of the last twelve months comes nearer than the month's total.
Following those who went before: Massey and Aysa-Lastra 2011. Source of the form: project's study of circles.

By hand: of 40 people of whom news came in a week, all from one sector, with a prior of 10 at shares (.5, .5): seen
(.9, .1). Everybody (.2, .8), a tenth of it: target (.83, .17). Memory 70 days: the shares become (.533, .467).
"""

from __future__ import annotations

import numpy as np

from corridor.engine.mechanisms.choice import divide_sums
from corridor.engine.records.codes import Kind, Pool, Wait
from corridor.engine.records.layout import EXITS, PLACES, SECTORS, SECTORS_PER_CITY
from corridor.foundations.compiled import mechanism

WEEK = 7  # days between moves of a leaning
PRIOR_PEOPLE = 5.0  # people a day who are taken to go where the leaning says: a few people do not turn it


@mechanism
def hear_of_sector(leaning, sector, people):
    """Add people of whom news comes from a sector, weighted by how much it draws."""
    leaning.heard[sector] += people


@mechanism
def move_leaning(leaning, everybody, rules, prior):
    """Move a leaning towards what was heard in a week; `everybody` are shares of all people over sectors, SECTORS.

    `prior` is the number of simulated people a week who are taken to go where the leaning says.
    """
    heard = 0.0
    followed = 0.0
    for sector in range(SECTORS):
        heard += leaning.heard[sector]
        followed += everybody[sector]
    follows = rules.leaning_follows if followed > 0.0 else 0.0
    step = min(1.0, WEEK / rules.leaning_days)
    for sector in range(SECTORS):
        share = leaning.share[sector]
        seen = (leaning.heard[sector] + prior * share) / (heard + prior)
        target = (1.0 - follows) * seen + follows * everybody[sector]
        leaning.share[sector] = share + step * (target - share)
        leaning.heard[sector] = 0.0
    leaning.recent += (leaning.crossed / WEEK - leaning.recent) * 0.5  # two-week memory
    leaning.crossed = 0.0


@mechanism
def choose_sectors(world, leaning, drawn, hidden):
    """Set a city's cumulative choice among its sectors for every city; `drawn`, PLACES, becomes what each city draws.

    A sector draws by the leaning, by its pull (for those who hide also by what guides think of it), and by the city's
    part of those who set out to cross there.
    """
    total = 0.0
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.CROSS:
            total += leaning.share[place.number] * (place.weight_hidden if hidden else place.weight)
    for index in range(PLACES):
        city = world.places[index]
        if city.kind == Kind.WAIT:
            ahead = (leaning.sectors_hidden if hidden else leaning.sectors)[city.number]
            sum_so_far = 0.0
            for exit in range(SECTORS_PER_CITY):
                if city.feeds[exit] > 0.0:
                    sector = world.places[city.exits[exit]]
                    weight = sector.weight_hidden if hidden else sector.weight
                    draw = leaning.share[sector.number] * weight / max(total, 1e-12)
                    sum_so_far += city.feeds[exit] * draw
                ahead[exit] = sum_so_far
            divide_sums(ahead, sum_so_far)
            drawn[index] = sum_so_far


@mechanism
def choose_cities(world, leaning, drawn, crossing, hidden):
    """Set the cumulative choice among northern cities: where people cross from, and where they are admitted.

    A city draws the people a day who cross from there (`crossing` in all, `drawn` as shares), and its part of the
    places of its office that go to this people, divided among the office's cities as their crossings are.
    """
    ahead = leaning.cities_hidden if hidden else leaning.cities
    beside = np.zeros(PLACES)  # crossings from all cities of an office, as shares
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.WAIT:
            beside[place.exits[Wait.ADMITTED]] += drawn[index]
    for index in range(PLACES):
        fork = world.places[index]
        if fork.kind == Kind.FORK and world.places[fork.exits[0]].kind == Kind.WAIT:
            sum_so_far = 0.0
            for exit in range(EXITS):
                if fork.feeds[exit] > 0.0:
                    at = fork.exits[exit]
                    office = world.places[at].exits[Wait.ADMITTED]
                    if drawn[at] > 0.0:
                        places = leaning.ports * world.allowances[Pool.APPOINTMENTS + office].daily
                        sum_so_far += drawn[at] * (crossing + places / beside[office])
                ahead[exit] = sum_so_far
            divide_sums(ahead, sum_so_far)
