"""The circles of a run on its first morning: how many, how they differ, whom they know, who intends to leave.

No data say how the people of a nationality divide, so circles are of equal size and stand for draws: their responses
are the quantiles of a lognormal distribution about their nation's, the log odds of having a sponsor those of a normal
one, in an order in which the two are unrelated. Whom a circle knows: its six neighbours on a ring of its nation, who
have about as many sponsors as it, and two far away (a small world). Where behaviour is mean-field, every nation is one
circle.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from corridor.engine.records.layout import CIRCLES
from corridor.foundations.errors import RunError
from corridor.inputs.compiling.drivers import Drivers
from corridor.inputs.registries.nationalities import NATIONALITIES, load_nationalities

GOLDEN = (5.0**0.5 - 1.0) / 2.0  # steps of it round a circle keep apart: an order without a pattern
NEAR = (-3, -2, -1, 1, 2, 3)
FAR = (1.0 / 3.0, 1.0 / 2.0)  # of the way round the ring


def count_circles(drivers: Drivers) -> np.ndarray:
    """Circles of each nationality, int64[N]; one each where behaviour is mean-field."""
    count = len(NATIONALITIES)
    if drivers.mean_field:
        return np.ones(count, dtype=np.int64)
    return np.array([nationality.circles for nationality in load_nationalities().values()])


def unlike(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Two standard normal deviates for each of `number` circles, evenly spread and unrelated, float64[number] each.

    The first have no pattern round the ring; the second rise along it: neighbours are alike.
    """
    rising = special.ndtri((np.arange(number) + 0.5) / number)
    order = np.argsort(((np.arange(number) + 0.5) * GOLDEN) % 1.0, kind="stable")
    return rising[order], rising


def ring_of(first: int, number: int) -> np.ndarray:
    """Ties of the circles `first` to `first + number - 1` on a ring, int64[number, TIES]."""
    steps = [*NEAR, *(int(part * number) for part in FAR)]
    return first + (np.arange(number)[:, None] + np.array(steps)) % number


def sponsors_of(share: float, deviates: np.ndarray, spread: float) -> np.ndarray:
    """Share with a sponsor in each circle, about the share of the nation: a spread of its log odds, float64[number]."""
    if not 0.0 < share < 1.0 or len(deviates) == 1:
        return np.full(len(deviates), share)
    apart = special.expit(special.logit(share) + spread * deviates)
    return np.clip(apart * share / apart.mean(), 0.0, 1.0)


def fill_circles(world: np.void, drivers: Drivers) -> None:
    """Set the circles of every nation; the pools are in balance with beliefs and demand of the first day.

    Raises
    ------
    RunError
        If nationalities name more circles than the engine holds.
    """
    p, nations, circles = drivers.parameters, world["nations"], world["circles"]
    numbers = count_circles(drivers)
    if numbers.sum() > CIRCLES:
        raise RunError(f"nationalities name {numbers.sum()} circles; the engine holds {CIRCLES}")
    firsts = np.concatenate([[0], np.cumsum(numbers)[:-1]])
    nations["first_circle"][: len(numbers)] = firsts
    nations["circles"][: len(numbers)] = numbers
    departure, lapse = 1.0 / p["pool_departure_days"].scalar(), 1.0 / p["pool_lapse_days"].scalar()
    responses, indifference = p["departure_response"].by_nationality(), p["indifference_chance"].scalar()
    spread, sponsor_spread = p["circle_response_spread"].scalar(), p["circle_sponsor_spread"].scalar()
    inflow = drivers.demand[0] * (departure + lapse) / departure
    for code, (first, number) in enumerate(zip(firsts.tolist(), numbers.tolist(), strict=True)):
        rows = circles[first : first + number]
        answer, helped = unlike(number)
        factor = np.exp(spread * answer)
        rows["share"] = 1.0 / number
        rows["response"] = factor / factor.mean()
        rows["sponsor"] = sponsors_of(float(world["traits"]["sponsor"][code]), helped, sponsor_spread)
        rows["ties"] = ring_of(first, number)
        belief = nations["belief_origin"][code]
        rows["belief_origin"] = belief
        rows["leaning"][:, : drivers.routes.shape[1]] = drivers.routes[code]
        response = responses[code] * rows["response"]
        willing = (1.0 + np.exp(-response * indifference)) / (
            1.0 + np.exp(response * (belief - indifference))
        )
        access = drivers.way_round[0, code]  # of what has always been closed the way round is known
        rows["pool"] = inflow[code] * rows["share"] / (departure * willing * access + lapse)
