"""Guides and patrols: who hides, how often patrols find them, and round which sectors guides lead them.

Patrol effort is a multiple of the usual, by sector. More of it finds more of those who hide, less than in proportion.
Guides know a sector by how often people get through there; they learn a change in about two months and lead those who
hide elsewhere. Whoever surrenders does not care. Sources: Gathmann 2008 (people moved to crossings patrolled less, at
two to three times the cost that prices added); Feigenberg 2020 (a fence lowers migration from where it stands by
29 per cent).

Example: half of those who hide are found. Effort of 4 and an exponent of .5 leave .5 ** 2 = .25 who get through, half
as many as usual. With a response of 1 the sector attracts half as many of them, once guides have learned it.
"""

from __future__ import annotations

from corridor.engine.mechanisms.crossing import chance_of_apprehension
from corridor.engine.records.codes import Cross, Kind
from corridor.engine.records.layout import PLACES
from corridor.foundations.compiled import mechanism


@mechanism
def hides(person, nation):
    """Whether a party means to hide, as its nation stands today."""
    return (person.inclination + 0.5) / 256.0 < nation.evasion[person.party]


@mechanism
def learn_sector(place, custody, rules):
    """Move what guides think of a sector towards the chance of getting through there, relative to usual patrols."""
    usual = 1.0 - chance_of_apprehension(1.0, custody, rules)
    through = 1.0 - chance_of_apprehension(place.patrol, custody, rules)
    if usual > 0.0:
        place.reputation += (through / usual - place.reputation) / rules.guides_days


@mechanism
def lead_round_patrols(world):
    """Set what sectors attract of those who hide: their pull on all, as far as guides think that people get through."""
    for index in range(PLACES):
        place = world.places[index]
        if place.kind == Kind.CROSS:
            learn_sector(place, world.places[place.exits[Cross.APPREHENDED]], world.rules)
            place.weight_hidden = place.weight * place.reputation**world.rules.detours
