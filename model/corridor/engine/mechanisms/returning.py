"""After a return to northern Mexico: try again, go home, or settle there.

Under Title 42 a return had no other consequence and many tried again (26% of encounters in June 2022 were repeats);
under Title 8 fewer do (Bazzi et al. 2021). Those who surrender go back to waiting, where beliefs decide. Further
failures, harm, children and debt count as they do in every choice of a party (`deciding`).
"""

from __future__ import annotations

from corridor.engine.mechanisms.deciding import chance_after, settles_here, toll_of
from corridor.engine.records.codes import Return
from corridor.foundations.compiled import mechanism


@mechanism
def choose_return_exit(person, nation, trait, rules, under_title_42, u, u_settles):
    """Exit after a return; the chance that is given is that after a first one."""
    if person.evades:
        chance = rules.retry_evader_42 if under_title_42 else rules.retry_evader_8
    else:
        chance = rules.retry_surrender
    if u < chance_after(chance, 1.0 / toll_of(person, trait, rules, person.attempts - 1)):
        return Return.TRIES_AGAIN
    return Return.SETTLED if settles_here(person, nation, rules, u_settles) else Return.GAVE_UP
