"""What is announced and never happens: it fades, it is believed less the next time, and it beats nothing that is done.

An offer is never used, or refused by whom it needs. From month six on it must do what it does where nobody believes
any announcement: less than five points beside it. Each effect is that on the encounters of those whom it names, over
the same base with the same luck.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pytest

from corridor.inputs.registries.levers import LEVERS
from tests.net.paired import BEGINS, Policy, move, reading

ENDS = date(2023, 2, 28)
EARLY = ("2022-07", "2022-08")
LATE = ("2022-11", "2022-12", "2023-01", "2023-02")  # months six to nine
NAMED = ("Colombia", "Ecuador", "Peru")
POINTS = 0.05
TWO = 2  # replicates: what is looked for is far beyond chance
EIGHT = 8  # where the few of some nationalities in two months are looked at


@dataclass(frozen=True)
class Offer:
    """A movement that comes to nothing, and what makes it so, which holds in its base too."""

    made: tuple[str, ...]
    refused_by: tuple[str, ...] = ()
    overrides: str = ""
    base: tuple[str, ...] = ()
    who: tuple[str, ...] = NAMED


def steps(lever, levels, members=(), id="moved"):
    """A series of levels by date."""
    series = ", ".join(f"{day}: {level}" for day, level in levels)
    return move(lever, None, members, id=id, more=f"profile: series, values: {{{series}}}")


def accepted(sender):
    return tuple(
        move(f"{nation.lower()}.accepts_flights", 0, (sender,), id=f"refuses-{number}")
        for number, nation in enumerate(NAMED)
    )


NO_REMOVALS = "title_8_removal_single: 0, title_8_removal_family: 0"
NO_TITLE_42 = ((BEGINS, 0), (date(2022, 7, 1), 1))
OFFERS = {
    "us.title_42": Offer(
        (steps("us.title_42", NO_TITLE_42),),
        (move("us.title_42_share", 0, id="to-nobody"),),
        base=(move("us.title_42", 0, id="over"),),
    ),
    "us.mpp_share": Offer((move("us.mpp_share", 1, NAMED),)),  # none of them has a place in Mexico
    "us.asylum_bar": Offer((move("us.asylum_bar", 1),), overrides="asylum_bar_removal_gain: 0"),
    "us.parole_monthly_cap": Offer(
        (move("us.parole_monthly_cap", 30000, NAMED),), (move("us.parole_cap_total", 0, NAMED, id="none"),)
    ),
    "us.removal_flights_weekly": Offer((move("us.removal_flights_weekly", 20, NAMED),), accepted("us")),
    "mexico.return_acceptance_monthly": Offer(
        (move("mexico.return_acceptance_monthly", 5000, NAMED),),
        (move("us.return_use_share", 0, NAMED, id="unused"),),
    ),
    "mexico.deportation_flights_weekly": Offer(
        (move("mexico.deportation_flights_weekly", 20, NAMED),), accepted("mexico")
    ),
    "panama.deportee_acceptance_monthly": Offer(
        (move("panama.deportee_acceptance_monthly", 5000, NAMED),), overrides=NO_REMOVALS
    ),
    "dominican_republic.deportee_acceptance_monthly": Offer(
        (move("dominican_republic.deportee_acceptance_monthly", 5000, NAMED),), overrides=NO_REMOVALS
    ),
}
ALWAYS_USED = {"us.cbp_one_daily": "whoever waits takes a place at a port"}


def encounters(policy, months, who, replicates=TWO):
    """People of these nationalities encountered in some months, one number a replicate."""
    return sum(
        (
            reading(policy, "encounters_usbp", nationality=nation, months=months, replicates=replicates)
            for nation in who
        ),
        start=np.zeros(replicates),
    )


def policies_of(offer, *, deaf=False):
    """The base and the offer."""
    base = Policy(
        (*offer.refused_by, *offer.base),
        overrides=offer.overrides,
        ends=ENDS,
        announcements="none" if deaf else "heard",
    )
    return base, replace(base, interventions=(*offer.refused_by, *offer.made))


def effect(before, after, months, who, replicates=TWO):
    """Change of the sums over the replicates, as a share."""
    people = (encounters(policy, months, who, replicates).sum() for policy in (after, before))
    return float(next(people) / next(people)) - 1.0


def test_every_lever_that_carries_news_has_an_offer_that_comes_to_nothing():
    assert {*OFFERS, *ALWAYS_USED} == {lever.id for lever in LEVERS.values() if lever.news}


@pytest.mark.parametrize("lever", OFFERS)
def test_an_offer_that_comes_to_nothing_deters_nobody_from_month_six_on(lever):
    offer = OFFERS[lever]
    heard, unheard = (effect(*policies_of(offer, deaf=deaf), LATE, offer.who) for deaf in (False, True))
    assert abs(heard - unheard) <= POINTS, f"{heard:+.3f} with news, {unheard:+.3f} without"


def test_a_promise_that_is_not_kept_fades():
    offer = OFFERS["mexico.return_acceptance_monthly"]
    early, late = (effect(*policies_of(offer), months, NAMED, EIGHT) for months in (EARLY, LATE))
    assert early < -0.03
    assert late > 0.5 * early


def test_the_next_promise_to_people_who_saw_the_first_one_broken_weighs_less():
    """Mexico offers places for Colombians that the US never uses, takes the offer back, and makes it again."""
    unused = move("us.return_use_share", 0, NAMED, id="unused")
    months, who = ("2023-01", "2023-02"), ("Colombia",)
    taken_back, again = (BEGINS, 5000), (date(2022, 11, 1), 0)

    def offers(*levels):
        return Policy((unused, steps("mexico.return_acceptance_monthly", levels, who)), ends=ENDS)

    second = (date(2022, 12, 1), 5000)
    fresh = effect(Policy((unused,), ends=ENDS), offers(second), months, who, EIGHT)
    repeated = effect(offers(taken_back, again), offers(taken_back, again, second), months, who, EIGHT)
    assert fresh < -0.03
    assert abs(repeated) < 0.8 * abs(fresh), f"{fresh:+.3f} at first, {repeated:+.3f} after a broken promise"


TOGGLED = {  # between which levels, and for whom
    "us.asylum_bar": (0.5, 1.0, ()),
    "us.mpp_share": (0.5, 1.0, ("Colombia", "Ecuador", "Peru")),
    "us.title_42": (0.0, 1.0, ()),
    "us.removal_flights_weekly": (0.0, 5.0, NAMED),
    "mexico.return_acceptance_monthly": (0.0, 5000.0, NAMED),
}


@pytest.mark.parametrize("days", [15, 25])  # before a step is judged (judged_after_days), and after
@pytest.mark.parametrize("lever", TOGGLED)
def test_a_change_that_is_toggled_never_beats_one_that_is_kept(lever, days):
    low, high, members = TOGGLED[lever]
    begins = [BEGINS + timedelta(number) for number in range(0, (ENDS - BEGINS).days + 1, days)]
    levels = [(day, high if number % 2 == 0 else low) for number, day in enumerate(begins)]
    toggled = Policy((steps(lever, levels, members),), ends=ENDS)
    kept = Policy((steps(lever, [(BEGINS, high)], members),), ends=ENDS)
    who = members or ("all",)
    months = (*EARLY, "2022-09", "2022-10", *LATE)
    gained = encounters(toggled, months, who) / encounters(kept, months, who) - 1.0
    assert gained.mean() >= -0.02, f"toggled {gained.mean():+.3f} beside kept"
