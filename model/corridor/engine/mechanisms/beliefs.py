"""What people hear of others' journeys, how far they trust what governments announce, and what they then expect.

Everything that happens to a person is heard by compatriots: what Border Patrol did with them, an appointment, a return
or a transfer by Mexico, waiting in vain, a kidnapping, a death. Three beliefs follow it slowly: the chance of being
sent back as those at the border see it, the same as it is told at home, and the chance that the way fails, by route.
Announcements come on top, in both directions, as far as the government that makes them is trusted; trust in it is
spent where those whom they name see less happen than was announced, and comes back in about a year. Sources: project's
macro study, sections 1 and 3; containment study (June 2019); circles study; word of mouth: Hinsch and Bijak 2023.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.mechanisms.choice import most_going, odds_against
from corridor.engine.mechanisms.deciding import haste_home
from corridor.engine.records.codes import Party
from corridor.engine.records.layout import ANNOUNCERS, ROUTES
from corridor.foundations.compiled import mechanism

MEMORY_DAYS = 7.0  # over which compatriots' fates are pooled
PRIOR_PEOPLE = (
    5.0  # people a day whose fate is taken to be what is believed already: with little news, beliefs keep
)
LITTLE_NEWS = 0.05  # of an announcement that is in the air: what is seen now is what is usual
ENOUGH_SEEN = 0.5  # people a day at the border: with fewer, nobody can tell whether a promise is kept


@mechanism
def share_failed(failed, passed, believed, prior):
    """Share of journeys that failed; what is believed counts as the fate of `prior` people, counted as the others."""
    return (failed + prior * believed) / (failed + passed + prior)


@mechanism
def mix_newcomers(nation, waiting):
    """Let those who reached the north today bring what is told at home to the `waiting` people there.

    Whoever set out did so on what was told at home, and has not yet seen the border: the more of those who wait have
    just come, the more they expect what people at home expect (Venezuelans, April 2023).
    """
    share = nation.newcomers / max(waiting, nation.newcomers) if nation.newcomers > 0.0 else 0.0
    nation.belief_border += share * (nation.belief_origin - nation.belief_border)
    nation.newcomers = 0.0


@mechanism
def update_beliefs(nation, rules):
    """Move the beliefs of a nation towards what was heard, and forget a day's part of it; called at dusk."""
    failures, successes = nation.failures, nation.successes
    at_border = share_failed(failures, successes, nation.belief_border, PRIOR_PEOPLE)
    failed_home, passed_home = failures + nation.in_vain, successes + nation.admissions
    told_home = share_failed(failed_home, passed_home, nation.belief_origin, PRIOR_PEOPLE)
    nation.belief_border += (at_border - nation.belief_border) / rules.border_memory
    nation.belief_origin += (told_home - nation.belief_origin) / rules.origin_memory
    keep = np.exp(-1.0 / MEMORY_DAYS)
    for route in range(ROUTES):
        believed = nation.belief_way[route]
        told = share_failed(nation.way_failed[route], nation.way_passed[route], believed, PRIOR_PEOPLE)
        nation.belief_way[route] += (told - believed) / rules.origin_memory
        nation.way_failed[route] *= keep
        nation.way_passed[route] *= keep
    nation.failures *= keep
    nation.successes *= keep
    nation.admissions *= keep
    nation.in_vain *= keep


@mechanism
def update_trust(nation, rules, today, code):
    """Move a nation's trust in each government that announces; `today.judged` is what should be seen by now.

    While nothing is announced, what happens is what is usual, and trust comes back. While a government's announcement
    is in the air, trust in it falls to the part of the announced change that is seen, the quicker the more it said.
    Who brought a change about is not seen: a promise of one government passes as kept where another keeps its own.
    """
    seen = nation.failures + nation.successes
    heard = False
    for who in range(ANNOUNCERS):
        heard = heard or today.judged[code, who] >= LITTLE_NEWS
    if not heard:
        nation.usual_border += (nation.belief_border - nation.usual_border) / rules.border_memory
    for who in range(ANNOUNCERS):
        judged = today.judged[code, who]
        if judged < LITTLE_NEWS:
            nation.trust[who] += (1.0 - nation.trust[who]) / rules.trust_returns
        elif seen > ENOUGH_SEEN:
            announced = max((1.0 - nation.usual_border) * judged, 1e-6)
            kept = (nation.failures / seen - nation.usual_border) / announced
            kept = min(1.0, max(0.0, kept))
            if kept < nation.trust[who]:
                nation.trust[who] += (kept - nation.trust[who]) * min(1.0, judged / rules.trust_spent)


@mechanism
def weigh_news(nation, today, code):
    """Set what is in the air for a nation today, as far as those who announced it are trusted."""
    tighter_origin = tighter_border = looser_origin = looser_border = repelled = 1.0
    nation.haste = 0.0
    for who in range(ANNOUNCERS):
        trust = nation.trust[who]
        tighter_origin *= 1.0 - trust * today.deter_origin[code, who]
        tighter_border *= 1.0 - trust * today.deter_border[code, who]
        looser_origin *= 1.0 - trust * today.ease_origin[code, who]
        looser_border *= 1.0 - trust * today.ease_border[code, who]
        repelled *= 1.0 - trust * today.attract[code, who]
        nation.haste += trust * today.rush[code, who]
    nation.tighter_origin, nation.tighter_border = 1.0 - tighter_origin, 1.0 - tighter_border
    nation.looser_origin, nation.looser_border = 1.0 - looser_origin, 1.0 - looser_border
    nation.attracted = 1.0 - repelled


@mechanism
def expect(belief, tightening, loosening):
    """A belief with what is in the air: tightening raises it, loosening lowers it."""
    expected = belief + (1.0 - belief) * tightening - belief * loosening
    return min(1.0, max(0.0, expected))


@mechanism
def record_outcome(nation, circle, people, failed):
    """Add the fate of people at the border to the memory of a week (people a day)."""
    if failed:
        nation.failures += people / MEMORY_DAYS
        circle.failed += people
    else:
        nation.successes += people / MEMORY_DAYS
        circle.passed += people


@mechanism
def record_admission(nation, circle, people):
    """Add a lawful admission to the memory of a week."""
    nation.admissions += people / MEMORY_DAYS
    circle.passed += people


@mechanism
def record_wait_in_vain(nation, circle, people):
    """Add people who waited in the north and gave up to what is heard at home."""
    nation.in_vain += people / MEMORY_DAYS
    circle.failed += people


@mechanism
def record_setback(nation, circle, route, people):
    """Add people whose way failed, as far as that weighs, to what is heard of their route."""
    nation.way_failed[route] += people / MEMORY_DAYS
    circle.way_failed[route] += people


@mechanism
def record_passage(nation, circle, route, people):
    """Add people who reached the north of Mexico to what is heard of their route, and to those who are new there."""
    nation.newcomers += people
    nation.way_passed[route] += people / MEMORY_DAYS
    circle.way_passed[route] += people


@mechanism
def update_hazards(nation, trait, rules):
    """Set today's hazards of those who wait and shares of evaders of one nation from its beliefs.

    Crossing responds to the perceived consequence, to the value of waiting for an appointment (Haiti and Cuba's return
    through the ports in 2023) and to a deadline ahead. The value of waiting follows the
    chance of being admitted within a month, which differs by nationality.
    """
    month = 30.0 * nation.admit
    lawful_value = month / (month + rules.waiting_reference)
    belief = expect(nation.belief_border, nation.tighter_border, nation.looser_border)
    nation.perceived_border = belief
    rate = rules.crossing_rate * np.exp(nation.haste)
    response, indifference = trait.crossing_response, rules.indifference
    most = most_going(response, indifference)
    for hidden in range(2):
        chance = rules.evader_response * belief if hidden else belief
        nation.against[hidden] = odds_against(chance, response, indifference)
        waits = 1.0 if hidden else np.exp(-trait.waiting_value * lawful_value)
        nation.ready[hidden] = rate * most * waits
        going = most / (1.0 + nation.against[hidden])
        nation.homeward[hidden] = haste_home(1.0 - (1.0 - going) * (1.0 - lawful_value), rules)
    base = min(max(trait.evader, 1e-6), 1.0 - 1e-6)
    odds = base / (1.0 - base) * np.exp(rules.evasion_response * belief)
    nation.evasion[Party.SINGLE] = odds / (1.0 + odds)
    nation.evasion[Party.FAMILY] = rules.family_evasion * odds / (1.0 + odds)
    nation.evasion[Party.CHILD] = 0.0
