"""Pairs of levers: what the registry says of one holds at both ends of the other, and places for returns bind.

Runs and chance are those of the sweep (`test_sweep.check_direction`). Where one end of a lever closes the way by which
the other acts, nothing is left to move: `CLOSED` says where, and there it must do less than half of what it does at the
open end, and nothing the wrong way.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from corridor.engine.mechanisms.capacity import LARGEST_PARTY
from corridor.inputs.registries.levers import LEVERS
from tests.net.paired import BEGINS, MONTHS, PEOPLE_PER_AGENT, REPLICATES, Policy, move, reading
from tests.net.test_sweep import cell_of, check_direction, members_of, response, values_of


@dataclass(frozen=True)
class Pair:
    """Two levers that act on the same people, and what they need in order to act."""

    one: str
    other: str
    given: tuple[str, ...] = ()
    why: str = ""


LIFTED = move("us.title_42", 0, id="lifted")
PAIRS = (
    Pair("mexico.return_acceptance_monthly", "us.asylum_bar", (LIFTED,), "the bar follows Title 42"),
    Pair("mexico.return_acceptance_monthly", "us.title_42"),
    Pair("mexico.enforcement_funding", "mexico.stops"),
    Pair("us.patrols", "us.title_42"),
    Pair("us.parole_monthly_cap", "mexico.return_acceptance_monthly"),
    Pair("us.cbp_one_daily", "us.asylum_bar", (LIFTED,), "the bar follows Title 42"),
    Pair("mexico.shelter_places", "mexico.return_acceptance_monthly"),
)


def members_for(lever: str) -> tuple[str, ...]:
    """The members for which a lever of a pair is moved: those of the first that it moves."""
    return members_of(LEVERS[lever].moves[0])


def corner(pair: Pair, lever: str, value: float, held: str, end: float) -> Policy:
    moved = {lever: value, held: end}
    return Policy(
        (
            *pair.given,
            *(
                move(name, moved[name], members_for(name), id=name.replace(".", "-").replace("_", "-"))
                for name in (pair.one, pair.other)
            ),
        )
    )


CLOSED = {
    ("mexico.enforcement_funding", "encounters_usbp", "mexico.stops", 0): "who is not stopped is not returned"
}
CASES = [
    (pair, lever, held, end, movement)
    for pair in PAIRS
    for lever, held in ((pair.one, pair.other), (pair.other, pair.one))
    for end in (0, -1)
    for movement in LEVERS[lever].moves
]


def test_what_is_said_to_be_closed_is_a_case():
    cases = {(lever, movement[0], held, end) for _, lever, held, end, movement in CASES}
    assert set(CLOSED) <= cases


@pytest.mark.parametrize(
    ("pair", "lever", "held", "end", "movement"),
    CASES,
    ids=[
        f"{lever}-{movement[0]}-{held}-{'high' if end else 'low'}" for _, lever, held, end, movement in CASES
    ],
)
def test_what_a_lever_moves_it_moves_at_both_ends_of_the_other(pair, lever, held, end, movement):
    indicator, sign, _ = movement
    values, along = ends_of(pair, lever, held, end, indicator)
    if (lever, indicator, held, end) in CLOSED:
        least, most = (
            np.diff(each, axis=0)[0] * sign for each in (along, ends_of(pair, lever, held, -1, indicator)[1])
        )
        assert least.mean() >= -3.0 * least.std(ddof=1) / REPLICATES**0.5
        assert least.mean() < 0.5 * most.mean()
    else:
        check_direction(values, along, sign)


def ends_of(pair: Pair, lever: str, held: str, end: int, indicator: str) -> tuple[list[float], np.ndarray]:
    """The lowest and the highest value of a lever, and what an indicator is there, float64[2, replicates]."""
    values = [values_of(LEVERS[lever])[number] for number in (0, -1)]
    policies = [corner(pair, lever, value, held, values_of(LEVERS[held])[end]) for value in values]
    return values, response(policies, indicator, **cell_of(LEVERS[lever], indicator, members_for(lever)))


PARTY = LARGEST_PARTY * PEOPLE_PER_AGENT  # people who take the last place together; later ones pay it back
PLACES = 3000  # a month, for Venezuelans: far fewer than come
WITH_PLACES = [
    (pair.other if pair.one == "mexico.return_acceptance_monthly" else pair.one, pair.given)
    for pair in PAIRS
    if "mexico.return_acceptance_monthly" in (pair.one, pair.other)
]
APPLIED = tuple(
    move("us.title_42_share", 1, (member,), id=f"applied-{number}")
    for number, member in enumerate(
        m for m in LEVERS["us.title_42_share"].members if m.startswith("Venezuela")
    )
)
"""Title 42 applied to every Venezuelan: until October 2022 it was to hardly any, for want of places."""


@pytest.mark.parametrize("end", [0, -1])
@pytest.mark.parametrize(("held", "given"), WITH_PLACES, ids=[held for held, _ in WITH_PLACES])
def test_places_for_returns_bind_at_both_ends_of_another_lever(held, given, end):
    """No more are used than there are, in any month; and nearly all, where three times as many people come."""
    for times in (1, 3):
        more = (f"{{id: more, kind: demand, start: {BEGINS}, size: {times}, for: [Venezuela]}}",)
        policy = Policy(
            (
                *given,
                *APPLIED,
                move("mexico.return_acceptance_monthly", PLACES, ("Venezuela",), id="places"),
                move(held, values_of(LEVERS[held])[end], members_for(held), id="held"),
            ),
            more if times > 1 else (),
        )
        used, pledged = (
            np.cumsum(
                [
                    reading(policy, name, nationality="Venezuela", months=(month,), replicates=2)
                    for month in MONTHS
                ],
                axis=0,
            )
            for name in ("returns_to_mexico", "returns_pledged")
        )
        assert (used <= pledged + PARTY).all(), f"{times} times as many: {used[-1]} of {pledged[-1]}"
        assert times == 1 or (used[-1] >= 0.9 * pledged[-1]).all(), f"{used[-1]} of {pledged[-1]}"
