"""The corridor as a modeller would otherwise write it: every party a Mesa agent that steps every day.

The rules are those of the oracle in tests/oracle; only what makes it slow to write and exact is left out. Luck comes
from the model's generator, not from keys. Where parties stay for a while they leave with a hazard a day; where they
wait they weigh their choices every day. Institutions' settings are those of a simulation beside it, as in the oracle.
"""

from __future__ import annotations

import time
from collections import Counter

from corridor.engine.simulation import Simulation
from tests.oracle.corridor import NOISE, Corridor
from tests.oracle.party import Party


class DailyParty(Party):
    """A party that steps every day."""

    held_until = 0
    in_queue = False
    model: DailyCorridor

    def luck(self) -> list[float]:
        random = self.model.random.random
        return [random(), random(), random(), random()]

    def rest(self, day: int, luck: list[float], days_lost: int) -> None:
        self.held_until = day + days_lost
        self.in_queue = False

    def tell(self, exit: str, day: int) -> None:
        super().tell(exit, day)
        if exit == "apprehended":
            self.model.encounters[day] += self.heads

    def step(self) -> None:
        day, place = self.model.day, self.place
        if self.in_queue or day <= self.held_until:
            return
        if place.kind == "wait":
            self.follow(day)
        elif self.model.random.random() < 1.0 / place.mean_days[self.nation]:
            if place.kind == "custody":
                place.queue.append(self)
                self.in_queue = True
            else:
                self.follow(day)


class DailyCorridor(Corridor):
    """The corridor stepped day by day."""

    Party = DailyParty

    def __init__(self, simulation: Simulation):
        super().__init__(simulation)
        self.day = 0
        self.seconds = 0.0
        self.agent_days = 0
        self.departed = 0
        self.encounters: Counter[int] = Counter()  # people by day

    def live(self, first: int, last: int) -> None:
        begun = time.thread_time()
        super().live(first, last)
        self.seconds += time.thread_time() - begun

    def depart(self, day: int) -> None:
        self.day = day
        for n, nation in enumerate(self.nations):
            count = int(self.rng.poisson(nation.leaving / (self.today.people[n] * self.represents)))
            self.departed += count
            for ordinal in range(count):
                self.Party(self, n, day, ordinal)

    def uniforms(self, key: int, stream: int, visit: int) -> list[float]:
        """Keyed luck for the month's demand noise only, which both models share."""
        if stream == NOISE:
            return super().uniforms(key, stream, visit)
        random = self.random.random
        return [random(), random(), random(), random()]

    def travel_on(self, day: int) -> None:
        self.agent_days += len(self.agents)
        self.agents.shuffle_do("step")
