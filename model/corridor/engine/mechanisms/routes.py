"""Routes: by which way those who leave set out, chosen among the ways open to them by what their circle knows of each.

A circle leans to routes as its nationality leans to sectors (`leanings`): shares that begin as given and move, whenever
it listens, towards the routes by which its own people and those of its ties reached the north of Mexico. A route draws
by that leaning, by a constant pull (comfort and price, one a nationality and route), by how far it is open, and less
the likelier it seems to fail. A few would try any route that is open to them, so a new road is found and grows as those
who took it arrive. What is closed keeps its share: nothing is heard of it, and people want it back. Bounded random
utility: Klabunde and Willekens 2016; following those who went before: Massey and Aysa-Lastra 2011; the Darien and the
flights to Managua after Mexico's visas: project's ratios.

By hand: shares (.8, .1, .1), the first closed. In a week 30 came by the second and 10 by the third, and 10 count as the
shares say: of the .2 that is open they are told .2 x (35, 15) / 50 = (.14, .06). Memory 70 days: a tenth of the way
there, so the shares become (.8, .104, .096). With pulls (1, 2, 1) and nobody who tries: .8 of 1.104 are lost.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.mechanisms.choice import divide_sums
from corridor.engine.records.layout import ROUTES
from corridor.foundations.compiled import mechanism


@mechanism
def learn_routes(circle, arrived, ways, prior, step):
    """Move the leaning of a circle over the routes that are open towards those by which people `arrived`, ROUTES.

    `ways` says how far each is open, ROUTES; `prior` people are taken to arrive where the leaning says.
    """
    share = 0.0
    heard = 0.0
    for route in range(ROUTES):
        if ways[route] > 0.0:
            share += circle.leaning[route]
            heard += arrived[route]
    if share > 0.0:
        for route in range(ROUTES):
            if ways[route] > 0.0:
                now = circle.leaning[route]
                told = (arrived[route] * share + prior * now) / (heard + prior)
                circle.leaning[route] = now + step * (told - now)


@mechanism
def choose_routes(circle, trait, rules, ways):
    """Set the cumulative choice among routes and who finds none open; return the chance that the way fails.

    That chance is the one that those who leave expect. `ways` says how far each route is open, ROUTES. The wish for an
    open route falls with what is heard of it: fewer take a road on which many are stopped, and the others gain.
    """
    total = 0.0
    failing = 0.0
    opened = 0.0
    closed = 0.0
    for route in range(ROUTES):
        wish = (circle.leaning[route] + rules.route_tries) * trait.route_pull[route]
        if ways[route] > 0.0:
            wish *= ways[route]
            opened += wish
            wish *= np.exp(-rules.route_response * circle.belief_way[route])
            total += wish
            failing += wish * circle.belief_way[route]
        else:
            closed += wish
        circle.routes[route] = total
    circle.lost = closed / (closed + opened) if opened > 0.0 else 1.0
    divide_sums(circle.routes, total)
    return failing / total if total > 0.0 else 0.0
