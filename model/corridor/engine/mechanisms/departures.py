"""Who leaves, and as what: latent demand, the stock of people who intend to leave, and the party that sets out.

Rests on: latent demand and season (project's macro study, sections 1-2), a pool that defers or lapses when leaving is
deterred, random utility in the perceived chance of being sent back (Klabunde and Willekens 2016). Lawful parole takes
people out of the pool before they set out. Who sets out can pay for the way (`means`).
"""

from __future__ import annotations

import numpy as np

from corridor.engine.mechanisms.beliefs import expect
from corridor.engine.mechanisms.choice import divide_sums, share_going
from corridor.engine.mechanisms.circles import choose_circle, hear_of_all, hear_of_own, listens
from corridor.engine.mechanisms.guides import hides
from corridor.engine.mechanisms.means import update_means
from corridor.engine.mechanisms.routes import choose_routes
from corridor.engine.records.codes import Party
from corridor.engine.records.layout import ROUTES
from corridor.foundations.compiled import mechanism
from corridor.foundations.draws import ATTRIBUTES, DEPARTURES, NOISE, four_uniforms, poisson, quantile


@mechanism
def update_demand_noise(world, code, normal, month, step):
    """Move the monthly demand noise of one nation: a keyed AR(1) on the log scale with a stationary start.

    Past the data a walk comes on top: each month adds a draw of spread `step`, and what was added fades slowly.
    """
    rules = world.rules
    nation = world.nations[code]
    draw = four_uniforms(world.clock, np.uint64(code), NOISE, month)
    persistence = rules.noise_persistence if month > 1 else 0.0
    fresh = quantile(normal, draw[0]) * rules.noise_sd * np.sqrt(1.0 - persistence * persistence)
    nation.noise = persistence * nation.noise + fresh
    nation.walk = rules.walk_memory * nation.walk + quantile(normal, draw[1]) * step


@mechanism
def update_intentions(world, today, code):
    """Set how many people of a nation are expected to leave today, circle by circle.

    Circles listen on their day, and decide then; when a route opens or closes all decide at once. Of those whose route
    is closed they go who know a way round (`way_round`).
    """
    nation, trait, rules = world.nations[code], world.traits[code], world.rules
    to_pool = (rules.pool_departure + rules.pool_lapse) / rules.pool_departure
    inflow = today.demand[code] * np.exp(nation.noise + nation.walk) * to_pool
    nation.parole_today = today.parole[code]
    leaving = 0.0
    for number in range(nation.first_circle, nation.first_circle + nation.circles):
        circle = world.circles[number]
        due = listens(number, nation.circles, world.clock.day)
        if nation.circles == 1:
            hear_of_all(circle, nation, rules, today.ways[code])
        elif due:
            hear_of_own(world, circle, nation, today.ways[code])
        if due or world.clock.day == 0 or today.ways_change[code]:
            update_means(circle, nation, trait, rules)
            decide_to_go(circle, nation, trait, rules, today, code)
        access = 1.0 - circle.lost * (1.0 - today.way_round[code])
        circle.leaving = leave_pool(
            circle, rules, inflow, access, today.parole[code] * trait.parole_from_pool
        )
        leaving += circle.leaving
        circle.until = leaving
    nation.leaving = leaving
    begin_as_counted(world, nation, today, code)


@mechanism
def decide_to_go(circle, nation, trait, rules, today, code):
    """Set which share of the pool of a circle would go now, how many of them hide, and by which route they go.

    Fewer go the more likely it seems that the journey fails, on the way or at the border (`choice`); evaders hardly
    respond to the border. Who goes must be able to pay (`means`). With nothing to deter, at the usual price, all would.
    """
    belief = expect(circle.belief_origin, nation.tighter_origin, nation.looser_origin)
    belief *= 1.0 - nation.attracted
    way = choose_routes(circle, trait, rules, today.ways[code])
    circle.perceived_origin = 1.0 - (1.0 - belief) * (1.0 - way)
    hidden = 1.0 - (1.0 - rules.evader_response * belief) * (1.0 - way)
    response, indifference = trait.departure_response * circle.response, rules.indifference
    surrender = (1.0 - trait.evader) * share_going(circle.perceived_origin, response, indifference)
    evade = trait.evader * share_going(hidden, response, indifference)
    surrender, evade = surrender * circle.able, evade * circle.able_hidden
    waiting = share_waiting_for_parole(today.parole[code] * circle.share, circle.pool, circle.sponsor, rules)
    circle.willing = (surrender + evade) * (1.0 - waiting)
    circle.evaders_leaving = evade / max(1e-12, surrender + evade)


@mechanism
def leave_pool(circle, rules, inflow, access, paroled):
    """Update the pool of a circle and return how many people are expected to leave today.

    What does not leave stays in the pool and lapses slowly. `inflow` and `paroled` are people a day of the nation: a
    parolee who would have gone by land leaves the pool; most would not have gone.
    """
    leaving = circle.pool * rules.pool_departure * circle.willing * access
    circle.pool += inflow * circle.share - leaving - circle.pool * rules.pool_lapse - paroled * circle.share
    circle.pool = max(0.0, circle.pool)
    return leaving


@mechanism
def share_waiting_for_parole(daily, pool, sponsor, rules):
    """Share of a pool who stay for parole: those with a sponsor, the more the likelier it is within a month.

    Whoever crosses between ports is barred from parole (document item 56: who has a sponsor takes the lawful way).
    Example: 100 people a day, 60,000 who intend to leave, half with a sponsor: a tenth of these in a month. With a
    reference of .05 two thirds of them wait, a third of all.
    """
    if daily <= 0.0 or sponsor <= 0.0:
        return 0.0
    month = 30.0 * daily / max(pool * sponsor, 1.0)
    return sponsor * month / (month + rules.parole_reference)


@mechanism
def begin_as_counted(world, nation, today, code):
    """Where people were counted on a route, as many begin there; on the others those who leave by them."""
    nation.counted = 0
    for route in range(ROUTES):
        if today.entries[code, route] >= 0.0:
            nation.counted = 1
    if nation.counted:
        by_route = np.zeros(ROUTES)
        for number in range(nation.first_circle, nation.first_circle + nation.circles):
            circle = world.circles[number]
            before = 0.0
            for route in range(ROUTES):
                by_route[route] += circle.leaving * (circle.routes[route] - before)
                before = circle.routes[route]
        people = 0.0
        for route in range(ROUTES):
            counted = today.entries[code, route]
            people += by_route[route] if counted < 0.0 else counted
            nation.routes[route] = people
        nation.leaving = people
        divide_sums(nation.routes, people)


@mechanism
def count_departures(world, code, day, normal, people):
    """Number of parties of one nation that set out today (keyed Poisson), where one has `people` on average."""
    draw = four_uniforms(world.clock, np.uint64(code), DEPARTURES, np.uint64(day))
    mean = world.nations[code].leaving / (people * world.clock.represents)
    return poisson(mean, draw[0], normal)


@mechanism
def incline(u, leaving, usual):
    """Rank from 0 to 1 of a new party by how ready it is to hide: below `usual` it belongs to those who do by nature.

    When return is likely mostly those who hide set out: they are the share `leaving` of today's leavers, and `usual` of
    those who would leave if nothing could fail. Who set out before is none the readier to hide.
    """
    if u < leaving:
        return u * usual / leaving
    return usual + (u - leaving) * (1.0 - usual) / max(1.0 - leaving, 1e-12)


@mechanism
def create_party(world, today, person, code, day, ordinal):
    """Fill the record of a new party; its key never depends on how many others leave. Returns its luck for the road."""
    rules = world.rules
    key = (np.uint64(code) << np.uint64(56)) | (np.uint64(day) << np.uint64(32)) | np.uint64(ordinal)
    who = four_uniforms(world.clock, key, ATTRIBUTES, np.uint64(0))
    how = four_uniforms(world.clock, key, ATTRIBUTES, np.uint64(1))
    person.key = key
    person.since = day
    person.encountered = 0
    person.tries = 0
    person.setbacks = 0
    person.nation = code
    person.attempts = 0
    person.evades = 0
    person.city = 0
    person.sector = 0
    person.lost = 0
    person.marks = 0
    person.stops = 0
    person.heads = 1
    child, family = today.child[code], today.family[code]
    if who[0] < child:
        person.party = Party.CHILD
    elif who[0] < child + family:
        person.party = Party.FAMILY
        person.heads = 2
        for more in range(3):
            if who[1] >= rules.family_sizes[more]:
                person.heads = 3 + more
    else:
        person.party = Party.SINGLE
    nation = world.nations[code]
    person.circle = choose_circle(world, nation, how[1])
    circle = world.circles[person.circle]
    readiness = incline(who[3], circle.evaders_leaving, world.traits[code].evader)
    person.inclination = min(255, int(256.0 * readiness))
    sponsored = circle.sponsored_hidden if hides(person, nation) else circle.sponsored
    person.sponsor = 1 if who[2] < sponsored else 0
    person.route = ROUTES - 1
    routes = nation.routes if nation.counted else circle.routes
    for route in range(ROUTES):
        if how[0] < routes[route]:
            person.route = route
            break
    return how
