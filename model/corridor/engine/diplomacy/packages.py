"""What every package is worth to the US and to Mexico, as they believe (mechanisms study, section 16).

Packages are all combinations of a step of each issue. Worths of issues that touch the same people do not add up
(returns and parole; stops and the money for them), so these are worked out together; the others are added.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from corridor.engine.diplomacy.statistics import Situation
from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.compiling.drivers import Drivers
from corridor.inputs.registries.bargain_items import INTERESTS, ISSUES
from corridor.inputs.registries.nationalities import NATIONALITIES, codes_with
from corridor.inputs.scenarios.diplomacy import Bargaining

TOUCHING = ("returns", "parole", "stops", "funding", "mexico_flights")
ADDED = ("transfers_south", "crossings", "sanctions", "money", "visas", "aid")
AXES = (*TOUCHING, *ADDED)
STEPS = {name: len(ISSUES[name].steps) for name in TOUCHING}
THOUSAND = 1000.0
MONTHLY_FUNDS = 50e6  # USD a month: the unit in which Mexico weighs what it pays its institute
MOST_CURBED = 0.95
COUNT = len(NATIONALITIES)
FOREIGN = np.ones(COUNT)  # whom Mexico can hold back
FOREIGN[codes_with("at_home_in_mexico")] = 0.0

Worth = dict[str, float]


@dataclass(frozen=True)
class Offers:
    """All packages within red lines: what each side gains over no agreement (flat), and the steps of each axis."""

    us: np.ndarray
    mexico: np.ndarray
    axes: tuple[list[int], ...]

    def steps(self, package: int) -> dict[str, int]:
        """Step of each issue of a package."""
        steps: dict[str, int] = {}
        for name, axis in zip(reversed(AXES), reversed(self.axes), strict=True):
            package, place = divmod(package, len(axis))
            steps[name] = axis[place]
        return {name: steps[name] for name in AXES}


class PackageWorths:
    """The packages, and what both sides believe of them."""

    def __init__(self, drivers: Drivers, bargaining: Bargaining):
        p = drivers.parameters
        self.bargaining = bargaining
        self.places, self.covered = self._coverage("returns", "mexico.return_acceptance_monthly")
        _, paroled = self._coverage("parole", "us.parole_monthly_cap")
        self.parole_size = (paroled.sum(axis=1) / max(paroled[-1].sum(), 1.0)).tolist()
        curbs = {name: p[f"curb_by_{name}"].scalar() for name in ("returns", "parole", "stops", "flights")}
        self.kept_by_place, self.held_by_stop = 1.0 + curbs["returns"], curbs["stops"]
        self.left_by_parole = 1.0 - curbs["parole"] * paroled  # [P, N]
        _, sent = self._coverage("mexico_flights", "mexico.deportation_flights_weekly")
        onward, flown = p["onward_by_flights"].scalar() * sent, curbs["flights"] * sent
        self.left_by_flights = 1.0 - flown  # [M, N]
        # Of those returned, whom Mexico is stuck with: fewer where they have a lawful way or are flown on.
        lawful = 1.0 - p["parole_eases_returns"].scalar() * paroled
        self.stuck = (lawful[:, None] * (1.0 - onward)).reshape(-1, COUNT)  # [P x M, N]
        self._forces: dict[tuple[float, ...], np.ndarray] = {}  # the last one: it seldom changes
        self.passes = 1.0 - p["usual_stop_chance"].scalar()  # share not stopped in one transit, as on record
        self.signing = p["cost_of_signing"].scalar()
        self.chance = {
            "executive": 1.0,
            "congress": p["congress_acts"].scalar(),
            "senators": 1.0 - p["senators_veto"].scalar(),
        }
        self.moved_south = float(drivers.lever("mexico.transfers_south_daily", bargaining.start).sum())
        # Multiples of the stops on record; the first is whatever is in force.
        self.levels = [0.0, *(step.moves[0].times for step in ISSUES["stops"].steps[1:])]

    def _coverage(self, issue: str, lever: str) -> tuple[np.ndarray, np.ndarray]:
        """People a day and nationalities of each step, float64[steps] and float64[steps, N]."""
        steps = ISSUES[issue].steps
        places, covered = np.zeros(len(steps)), np.zeros((len(steps), COUNT))
        for number, step in enumerate(steps):
            for move in step.moves:
                if move.lever == lever:
                    covered[number, list(move.columns)] = 1.0
                    places[number] = move.to / DAYS_PER_MONTH
        return places, covered

    def offers(self, now: Situation, us: Worth, mexico: Worth, *, consent: bool) -> Offers:
        """Work out all packages.

        Parameters
        ----------
        us, mexico : dict of str to float
            What each interest weighs for each side, as it judges today.
        consent : bool
            Whether Venezuela takes flights from Mexico.
        """
        axes = tuple(self._open(name, now, consent) for name in AXES)
        r, q, _, f, m = (now.steps[name] if name in self.bargaining.issues else 0 for name in TOUCHING)
        used = self._used(now.encounters)
        chances = [self._chance(max(level, now.stops)) for level in self.levels]
        come = (self._left_by_treaty(now.encounters, used) * now.encounters).reshape(-1, COUNT)
        left = self._left_by_stops(chances, now.paid)
        remaining = (come @ left.reshape(-1, COUNT).T).reshape(-1, STEPS["stops"] * STEPS["funding"], 2)
        # Without an agreement stops stay at what is left of them; with one, a promise in force is renewed.
        held = self.held_by_stop * self._chance(now.stops) * (1.0 if f else min(1.0, now.paid))
        idle = float(come[r * STEPS["parole"] + q] @ ((1.0 - held * FOREIGN) * self.left_by_flights[m]))
        fewer = (idle - remaining) / THOUSAND  # [returns x parole, stops x funding, flights]
        treaty_us, treaty_mexico = self._price_of_treaties(used, now, us, mexico)
        ours = now.pressure * us["encounters"] * fewer + treaty_us
        theirs = mexico["transit"] * fewer + treaty_mexico + self._price_of_stops(chances, now, mexico)
        gives = mexico["flights"] + (mexico["sovereignty"] if now.coerced else 0.0)
        theirs[:, :, 1] -= gives * (1 - m)
        chosen = [
            [first * STEPS["parole"] + second for first in axes[0] for second in axes[1]],
            [first * STEPS["funding"] + second for first in axes[2] for second in axes[3]],
            axes[4],
        ]
        for axis, numbers in enumerate(chosen):
            ours, theirs = ours.take(numbers, axis), theirs.take(numbers, axis)
        added_us, added_mexico = self._added(now, us, mexico, axes[len(TOUCHING) :])
        return Offers(
            np.add.outer(ours.reshape(-1) - self.signing, added_us).reshape(-1),
            np.add.outer(theirs.reshape(-1) - self.signing, added_mexico).reshape(-1),
            axes,
        )

    # --- parts ------------------------------------------------------------------------------------------------

    def _open(self, name: str, now: Situation, consent: bool) -> list[int]:
        """Steps of an issue that can be agreed: what is promised is not taken back, nothing empty is traded."""
        if name not in self.bargaining.issues:
            return [0]
        done = now.steps[name]
        if not self._can_move(name, now, consent):
            return [done]
        least, most = self.bargaining.least[name], self.bargaining.most[name]
        steps = range(max(done, least), max(done, most) + 1)
        return list(steps)

    def _used(self, encounters: np.ndarray) -> np.ndarray:
        """People of each nationality whom each step of returns would send back a day, float64[steps, N]."""
        flow = self.covered * encounters
        share = np.minimum(1.0, self.places / np.maximum(flow.sum(axis=1), 1.0))
        return flow * share[:, None]

    def _left_by_treaty(self, encounters: np.ndarray, used: np.ndarray) -> np.ndarray:
        """Share of each nationality that still comes under returns and parole, float64[returns, parole, N]."""
        kept = np.minimum(MOST_CURBED, used * self.kept_by_place / np.maximum(encounters, 1e-9))
        return (1.0 - kept)[:, None, :] * self.left_by_parole

    def _chance(self, times: float) -> float:
        """Chance of a stop in one transit, at a multiple of the stops on record."""
        return 1.0 - self.passes**times

    def _left_by_stops(self, chances: list[float], paid: float) -> np.ndarray:
        """The same under stops, their money and Mexico's flights, float64[stops, funding, flights, N].

        Without money nobody who is stopped is sent back.
        """
        key = (*chances, min(1.0, paid))
        if key in self._forces:
            return self._forces[key]
        held = self.held_by_stop * np.multiply.outer(chances, [min(1.0, paid), 1.0])
        left = (1.0 - np.multiply.outer(held, FOREIGN))[:, :, None] * self.left_by_flights
        self._forces = {key: left}
        return left

    def _price_of_treaties(
        self, used: np.ndarray, now: Situation, us: Worth, mexico: Worth
    ) -> tuple[np.ndarray, np.ndarray]:
        """What returns and parole cost the US, and give or cost Mexico; [returns x parole, 1, 1 or flights].

        A burden to Mexico are those whom it is stuck with, heavier where shelters are full.
        """
        r, q, m = (now.steps[name] for name in ("returns", "parole", "mexico_flights"))
        sent = used.sum(axis=1) / THOUSAND
        parole = np.array(self.parole_size) - self.parole_size[q]
        cost = us["rights"] * (sent - sent[r])[:, None] + us["parole"] * parole
        heavy = mexico["returns"] * 2.0 * now.crowding / (1.0 + now.crowding) / THOUSAND
        burden = heavy * (used @ self.stuck.T).reshape(*cost.shape, 2)
        if now.coerced:
            burden[r + 1 :] += mexico["sovereignty"]
        gain = (mexico["parole"] * parole)[:, None] - burden + burden[r, q, m]
        return -cost.reshape(-1, 1, 1), gain.reshape(-1, 1, 2)

    def _price_of_stops(self, chances: list[float], now: Situation, mexico: Worth) -> np.ndarray:
        """What stops and paying for them cost Mexico, [1, stops x funding, 1]."""
        least = self._chance(now.stops)
        most = max(chances[-1] - least, 1e-9)
        unpaid = max(0.0, 1.0 - now.paid) * now.need / MONTHLY_FUNDS
        coerced = mexico["sovereignty"] if now.coerced else 0.0
        cost = [
            mexico["enforcement"] * (chance - least) / most
            + mexico["funds"] * unpaid * (funding - now.steps["funding"])
            + coerced * ((number > now.steps["stops"]) + (funding > now.steps["funding"]))
            for number, chance in enumerate(chances)
            for funding in range(STEPS["funding"])
        ]
        return -np.array(cost).reshape(1, -1, 1)

    def _added(
        self, now: Situation, us: Worth, mexico: Worth, axes: tuple[list[int], ...]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Worths of the issues that add up, flat over their open steps."""
        moved = now.pressure * us["encounters"] * self.moved_south * min(1.0, now.paid) / THOUSAND
        ours, theirs = np.zeros(1), np.zeros(1)
        for name, axis in zip(ADDED, axes, strict=True):
            if name == "transfers_south":
                gain_us, gain_mexico = moved, -mexico["transfers"]
            elif name == "crossings":
                gain_us = us["trade"] * now.lost - us["crossings"]
                gain_mexico = mexico["trade"] * now.lost
            else:
                chance = self.chance[ISSUES[name].by]
                gain_us, gain_mexico = -us[name] * chance, mexico[name] * chance
            if len(axis) > 1:  # else nothing of it is open, and nothing is added
                new = np.array(axis, dtype=np.float64) - now.steps[name]
                ours = np.add.outer(ours, gain_us * new).reshape(-1)
                theirs = np.add.outer(theirs, gain_mexico * new).reshape(-1)
        return ours, theirs

    def _can_move(self, name: str, now: Situation, consent: bool) -> bool:
        """Whether there is anything to give: crossings that are closed, money that is missing, a third party's yes."""
        if name == "crossings":
            return now.lost > 0.0
        if name == "funding":
            return now.paid < 1.0
        return name != "mexico_flights" or consent


@lru_cache(maxsize=8)
def package_worths_of(drivers: Drivers) -> PackageWorths:
    """The table of these drivers, set once for all replicates."""
    assert drivers.bargaining is not None
    return PackageWorths(drivers, drivers.bargaining)


def worths(parameters, bargaining: Bargaining) -> dict[str, Worth]:
    """What each interest of each party weighs: the parameter times the scenario's multiple."""
    found: dict[str, Worth] = {}
    for party, interests in INTERESTS.items():
        if party in ("us", "mexico"):
            values = parameters[f"worth_{party}"].by(interests)
        else:
            values = parameters["worth_third"].by(f"{party}_{interest}" for interest in interests)
        weighed = values * bargaining.weights[party]
        found[party] = dict(zip(interests, weighed.tolist(), strict=True))
    return found
