"""What every package is worth to the US and to Mexico, as they believe (mechanisms study, section 16).

Packages are all combinations of a step of each issue. Worths of issues that touch the same people do not add up
(returns and parole; contention and the money for it), so these are worked out together; the others are added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.engine.diplomacy.statistics import Situation
from model.foundations.timeline import DAYS_PER_MONTH
from model.spec.bargain_items import INTERESTS, ISSUES
from model.spec.diplomacy import Bargaining
from model.spec.drivers import Drivers
from model.spec.geography import NATIONALITIES

TOUCHING = ("returns", "parole", "contention", "funding", "mexico_flights")
ADDED = ("transfers_south", "crossings", "sanctions", "money", "visas", "aid")
AXES = (*TOUCHING, *ADDED)
SIZES = tuple(len(ISSUES[name].steps) for name in TOUCHING)
THOUSAND = 1000.0
MONTHLY_FUNDS = 50e6  # USD a month: the unit in which Mexico weighs what it pays its institute
MOST_CURBED = 0.95
COUNT = len(NATIONALITIES)
VENEZUELA = NATIONALITIES.index("Venezuela")
FOREIGN = np.array([nation != "Mexico" for nation in NATIONALITIES], dtype=float)

Worth = dict[str, float]


@dataclass(frozen=True)
class Offers:
    """All packages within red lines: what each side gains over no agreement (flat), and the steps of each axis."""

    us: np.ndarray
    mexico: np.ndarray
    axes: tuple[list[int], ...]

    def steps(self, package: int) -> dict[str, int]:
        """Step of each issue of a package."""
        numbers = np.unravel_index(package, [len(axis) for axis in self.axes])
        return {name: axis[number] for name, axis, number in zip(AXES, self.axes, numbers, strict=True)}


class Table:
    """The packages of one replicate, and what both sides believe of them."""

    def __init__(self, drivers: Drivers, bargaining: Bargaining):
        p = drivers.parameters
        self.bargaining = bargaining
        self.places, self.covered = self._coverage("returns", "mexico.return_acceptance_monthly")
        _, self.paroled = self._coverage("parole", "us.parole_monthly_cap")
        self.parole_size = self.paroled.sum(axis=1) / max(self.paroled[-1].sum(), 1.0)
        self.curbs = tuple(
            p[f"curb_by_{name}"].scalar() for name in ("returns", "parole", "contention", "flights")
        )
        self.onward = p["onward_by_flights"].scalar()
        self.eases = p["parole_eases_returns"].scalar()
        self.guard = p["guard_share"].scalar()
        self.signing = p["cost_of_signing"].scalar()
        self.chance = {
            "executive": 1.0,
            "congress": p["congress_acts"].scalar(),
            "senators": 1.0 - p["senators_veto"].scalar(),
        }
        self.moved_south = float(drivers.lever("mexico.transfers_south_daily", bargaining.start).sum())
        self.levels = np.array(
            [np.nan, *(step.moves[0].to for step in ISSUES["contention"].steps[1:])]
        )  # the first is whatever is in force

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
        r, q, c, f, m = (now.steps[name] if name in self.bargaining.issues else 0 for name in TOUCHING)
        used = self._used(now.encounters)
        left_by_treaty = self._left_by_treaty(now.encounters, used)
        level = np.where(np.isnan(self.levels), now.contention, np.maximum(self.levels, now.contention))
        left_by_force = self._left_by_force(level, now.paid)
        remaining = np.tensordot(left_by_treaty * now.encounters, left_by_force, axes=([2], [3]))
        # Without an agreement contention stays at what is left of it; with one, a promise in force is renewed.
        idle = (
            left_by_treaty[r, q]
            * now.encounters
            @ self._left_by_force(np.array([now.contention]), now.paid)[0, f, m]
        )
        fewer = (idle - remaining) / THOUSAND
        parole = (self.parole_size - self.parole_size[q])[None, :, None, None, None]
        sent = ((used.sum(axis=1) - used[r].sum()) / THOUSAND)[:, None, None, None, None]
        ours = now.pressure * us["encounters"] * fewer - us["rights"] * sent - us["parole"] * parole
        burden = self._burden(used, now)
        effort = (level - now.contention) / max(1.0 - min(now.contention, 0.99), 0.01)
        funds = np.array([0.0, 1.0]) - f
        funds = funds * max(0.0, 1.0 - now.paid) * now.need / MONTHLY_FUNDS
        flights = np.array([0.0, 1.0]) - m
        theirs = (
            mexico["transit"] * fewer
            - mexico["returns"] * (burden - burden[r, q, m])[:, :, None, None, :]
            - mexico["enforcement"] * effort[None, None, :, None, None]
            - mexico["funds"] * funds[None, None, None, :, None]
            - mexico["flights"] * flights
            + mexico["parole"] * parole
        )
        if now.coerced:
            for axis, done in ((0, r), (2, c), (3, f), (4, m)):  # what Mexico gives
                shape = np.ones(5, dtype=int)
                shape[axis] = -1
                conceded = np.arange(SIZES[axis]) > done
                theirs = theirs - mexico["sovereignty"] * conceded.reshape(shape)
        open_steps = np.ix_(*axes[: len(TOUCHING)])
        added_us, added_mexico = self._added(now, us, mexico, axes[len(TOUCHING) :])
        return Offers(
            np.add.outer(ours[open_steps].reshape(-1) - self.signing, added_us).reshape(-1),
            np.add.outer(theirs[open_steps].reshape(-1) - self.signing, added_mexico).reshape(-1),
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
        kept = np.minimum(MOST_CURBED, used * (1.0 + self.curbs[0]) / np.maximum(encounters, 1e-9))
        return (1.0 - kept)[:, None, :] * (1.0 - self.curbs[1] * self.paroled)[None, :, :]

    def _left_by_force(self, level: np.ndarray, paid: float) -> np.ndarray:
        """The same under contention, its money and Mexico's flights, float64[levels, funding, flights, N]."""
        money = self.guard + (1.0 - self.guard) * np.array([min(1.0, paid), 1.0])
        held = self.curbs[2] * level[:, None] * money[None, :]
        flown = np.zeros((2, COUNT))
        flown[1, VENEZUELA] = self.curbs[3]
        return (1.0 - held[:, :, None, None] * FOREIGN) * (1.0 - flown)[None, None]

    def _burden(self, used: np.ndarray, now: Situation) -> np.ndarray:
        """People a day, in thousands, whom Mexico is stuck with; float64[returns, parole, flights].

        Heavier where shelters are full, lighter where the same people have a lawful way or can be flown on.
        """
        onward = np.zeros((2, COUNT))
        onward[1, VENEZUELA] = self.onward
        stuck = np.einsum("rn,pn,mn->rpm", used, 1.0 - self.eases * self.paroled, 1.0 - onward)
        return stuck / THOUSAND * 2.0 * now.crowding / (1.0 + now.crowding)

    def _added(
        self, now: Situation, us: Worth, mexico: Worth, axes: tuple[list[int], ...]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Worths of the issues that add up, flat over their open steps."""
        moved = now.pressure * us["encounters"] * self.moved_south * min(1.0, now.paid) / THOUSAND
        ours, theirs = [0.0], [0.0]
        for name, axis in zip(ADDED, axes, strict=True):
            if name == "transfers_south":
                gain_us, gain_mexico = moved, -mexico["transfers"]
            elif name == "crossings":
                gain_us = us["trade"] * now.lost - us["crossings"]
                gain_mexico = mexico["trade"] * now.lost
            else:
                chance = self.chance[ISSUES[name].by]
                gain_us, gain_mexico = -us[name] * chance, mexico[name] * chance
            new = [step - now.steps[name] if len(axis) > 1 else 0 for step in axis]
            ours = [sum_so_far + gain_us * step for sum_so_far in ours for step in new]
            theirs = [sum_so_far + gain_mexico * step for sum_so_far in theirs for step in new]
        return np.array(ours), np.array(theirs)

    def _can_move(self, name: str, now: Situation, consent: bool) -> bool:
        """Whether there is anything to give: crossings that are closed, money that is missing, a third party's yes."""
        if name == "crossings":
            return now.lost > 0.0
        if name == "funding":
            return now.paid < 1.0
        return name != "mexico_flights" or consent


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
