"""What a party brings to a choice of its own: failures so far, harm, children, debt; and where it ends if it gives up.

A party chooses anew each time it looks at its case in the north, after each return, and on the way once it was stopped:
cross, wait, try again, go home, or settle in Mexico. The choice is a logit (`choice`) on what its people believe, and
its own history shifts the log odds: each failure and grave harm towards home, with children more; a debt towards
going on, since only work in the United States pays it. Who sees neither a way across nor an appointment ahead leaves
the border sooner. Random utility with the own past as a state: Klabunde and Willekens 2016; fewer of those sent
back try again: Bazzi et al. 2021; borders as places of waiting and of ending: project's mechanisms study. The sizes
are assumed.

By hand: with a weariness of .25 and .7 for grave harm, twice with children, a family that failed twice and was
kidnapped has odds of giving up exp(.5 + 1.4) = 6.7 times the usual. Of those with a chance of .6 to try again it tries
with .6 / (.6 + .4 x 6.7) = .18. Of four who give up in the north and are not Mexican one settles (odds 1/3); of those
who were harmed there, odds 1/3 x exp(-.7) = .166, a share of .14.
"""

from __future__ import annotations

from corridor.engine.records.codes import Harm, Party
from corridor.engine.records.layout import FAILURES
from corridor.foundations.compiled import mechanism

GRAVE = (1 << Harm.KIDNAPPING) | (1 << Harm.SEXUAL_VIOLENCE)  # of a party's marks


@mechanism
def is_harmed(person):
    """1 if someone of the party was kidnapped or raped, 0 otherwise."""
    return 1 if person.marks & GRAVE else 0


@mechanism
def toll_of(person, trait, rules, failures):
    """Factor on a party's odds of giving up: 1 for a single adult of the usual debt, unharmed, who never failed."""
    children = 0 if person.party == Party.SINGLE else 1
    row = min(max(failures, 0), FAILURES - 1)
    return rules.toll[row, 2 * children + is_harmed(person)] * trait.resolve[person.sponsor]


@mechanism
def chance_after(chance, factor):
    """A chance whose odds are multiplied by a factor. Example: .5 and 3 give .75."""
    return chance * factor / (1.0 - chance + chance * factor)


@mechanism
def settles_here(person, nation, rules, u):
    """Whether a party that gives up in northern Mexico stays there; Mexicans are at home."""
    if nation.at_home_in_mexico:
        return False
    odds = rules.settling
    if is_harmed(person):
        odds /= rules.toll[0, 1]
    return u < odds / (1.0 + odds)


@mechanism
def haste_home(prospect, rules):
    """Hazard a day of giving up the wait: the usual where every way is open, more the fewer there are."""
    return rules.give_up_rate * (1.0 + rules.hopelessness * (1.0 - prospect))
