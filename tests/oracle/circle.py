"""A circle of people at home, as a plain object: what its people met this week, what it told, what it believes.

Part of the oracle (see `corridor`); written from docs/odd.md.
"""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

PRIOR = 35.0  # people a week whose fate is what the nation believes


class Circle(SimpleNamespace):
    """Fields of the engine's record; `met` and `told` count people by where (None: the border) and by outcome."""

    def __init__(self, **fields):
        super().__init__(**fields)
        self.met: Counter = Counter()
        self.told: Counter = Counter()

    def hear_of_all(self, nation: SimpleNamespace) -> None:
        """Alone in its nation: what all are told."""
        self.belief_origin, self.belief_way = nation.belief_origin, list(nation.belief_way)

    def hear_of_own(self, nation: SimpleNamespace, friends: list[Circle], weight: float, days: float) -> None:
        """Once a week: towards what its own people met, and those of its friends in the week that they last told."""
        step = min(1.0, 7 / days)

        def learned(where: int | None, believed: float, belief: float) -> float:
            failed, passed = (
                self.met[where, outcome] + weight * sum(friend.told[where, outcome] for friend in friends)
                for outcome in ("failed", "passed")
            )
            told = (failed + PRIOR * believed) / (failed + passed + PRIOR)
            return belief + step * (told - belief)

        self.belief_origin = learned(None, nation.belief_origin, self.belief_origin)
        self.belief_way = [
            learned(route, believed, belief)
            for route, (believed, belief) in enumerate(zip(nation.belief_way, self.belief_way, strict=True))
        ]
        self.met, self.told = Counter(), self.met

    def arrived(self, friends: list[Circle], weight: float) -> list[float]:
        """Who reached the north this week, by route: its own, and its friends' of the week that they last told."""
        return [
            self.met[route, "passed"] + weight * sum(friend.told[route, "passed"] for friend in friends)
            for route in range(len(self.leaning))
        ]

    def lean(self, arrived: list[float], ways: list[float], prior: float, step: float) -> None:
        """Towards the routes by which people arrived, among those that are open; a closed one keeps its share."""
        usable = [route for route, way in enumerate(ways) if way > 0]
        whole, heard = (sum(shares[route] for route in usable) for shares in (self.leaning, arrived))
        self.leaning = list(self.leaning)
        for route in usable if whole > 0 else ():
            told = whole * (arrived[route] + prior * self.leaning[route] / whole) / (heard + prior)
            self.leaning[route] += min(1.0, step) * (told - self.leaning[route])
