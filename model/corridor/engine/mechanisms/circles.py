"""Circles: people at home who hear of the same journeys and decide together whether to go.

A circle hears of its own people, of those of the circles that it has ties with (at a lower weight), and a little of all
of its nation. It listens once a week, and until then goes by what it heard. So the same consequence reaches those whose
friends met it first, and people who answer strongly stay while others go. Alone in its nation (`behaviour:
mean-field`), a circle hears of all compatriots every day: the null. Social capital of origin communities: Massey and
Aysa-Lastra 2011; hearsay between migrants: Hinsch and Bijak 2023. Source of the form: project's study of circles.

By hand: in a week 30 of a circle's people failed and 20 passed; its ties tell of 60 and 40 and count a quarter; its
nation believes .5, which counts as 35 people. It is told (30 + 15 + 17.5) / (50 + 25 + 35) = .568; with a memory of 30
days and a belief of .4 it now believes .4 + .168 x 7/30 = .439.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.mechanisms.beliefs import PRIOR_PEOPLE, share_failed
from corridor.engine.mechanisms.leanings import WEEK
from corridor.engine.mechanisms.routes import learn_routes
from corridor.engine.records.layout import ROUTES
from corridor.foundations.compiled import mechanism

PRIOR = WEEK * PRIOR_PEOPLE  # people a week whose fate is taken to be what the nation believes


@mechanism
def listens(number, circles, day):
    """Whether a circle listens today: one of `circles` in its nation, each on its day of the week; alone, daily."""
    return circles == 1 or (day + number) % WEEK == 0


@mechanism
def hear_of_all(circle, nation, rules, ways):
    """A circle that is alone in its nation believes what all of the nation are told, and leans as they came."""
    circle.belief_origin = nation.belief_origin
    for route in range(ROUTES):
        circle.belief_way[route] = nation.belief_way[route]
    learn_routes(circle, nation.way_passed, ways, PRIOR_PEOPLE, min(1.0, 1.0 / rules.leaning_days))


@mechanism
def hear_of_own(world, circle, nation, ways):
    """Move the beliefs of a circle, and its leaning, towards what its people and those of its ties met in a week."""
    arrived = np.zeros(ROUTES)
    weight, step = world.rules.tie_weight, min(1.0, WEEK / world.rules.origin_memory)
    failed, passed = circle.failed, circle.passed
    for tie in circle.ties:
        failed += weight * world.circles[tie].told_failed
        passed += weight * world.circles[tie].told_passed
    told = share_failed(failed, passed, nation.belief_origin, PRIOR)
    circle.belief_origin += step * (told - circle.belief_origin)
    for route in range(ROUTES):
        failed, passed = circle.way_failed[route], circle.way_passed[route]
        for tie in circle.ties:
            failed += weight * world.circles[tie].told_way_failed[route]
            passed += weight * world.circles[tie].told_way_passed[route]
        arrived[route] = passed
        told = share_failed(failed, passed, nation.belief_way[route], PRIOR)
        circle.belief_way[route] += step * (told - circle.belief_way[route])
    learn_routes(circle, arrived, ways, PRIOR, min(1.0, WEEK / world.rules.leaning_days))
    tell(circle)


@mechanism
def tell(circle):
    """What was met in the week is what is told until the circle listens again; what is met counts anew."""
    circle.told_failed, circle.told_passed = circle.failed, circle.passed
    circle.failed = circle.passed = 0.0
    for route in range(ROUTES):
        circle.told_way_failed[route], circle.told_way_passed[route] = (
            circle.way_failed[route],
            circle.way_passed[route],
        )
        circle.way_failed[route] = circle.way_passed[route] = 0.0


@mechanism
def choose_circle(world, nation, u):
    """Number of the circle that a new party comes from: as many of each as leave today."""
    first = nation.first_circle
    last = first + nation.circles - 1
    at = u * world.circles[last].until
    while first < last:
        middle = (first + last) // 2
        if at < world.circles[middle].until:
            last = middle
        else:
            first = middle + 1
    return first
