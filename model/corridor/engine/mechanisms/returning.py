"""After a return to northern Mexico: try again, or give up.

Under Title 42 a return had no other consequence and many tried again (26% of encounters in June 2022 were repeats);
under Title 8 fewer do (Bazzi et al. 2021). Those who surrender go back to waiting, where beliefs decide. Whoever
owes the price of the way to a sponsor gives up less.
"""

from __future__ import annotations

from corridor.engine.mechanisms.means import chance_of_retrying
from corridor.engine.records.codes import Return
from corridor.foundations.compiled import mechanism


@mechanism
def choose_return_exit(person, trait, rules, under_title_42, u):
    """Exit after a return."""
    if person.evades:
        chance = rules.retry_evader_42 if under_title_42 else rules.retry_evader_8
    else:
        chance = rules.retry_surrender
    return Return.TRIES_AGAIN if u < chance_of_retrying(chance, person, trait, rules) else Return.GAVE_UP
