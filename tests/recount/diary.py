"""A diary of a run: everything that befalls a party, written down as it happens, by the oracle that lives beside it.

The oracle's parties take the same path as the engine's (`tests/oracle`), so what they write is what the engine's
recording has to be made of. The diary knows nothing of how the engine counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import corridor.engine.simulation as engine
from corridor.engine.simulation import Simulation
from corridor.inputs.registries.geography import PARTIES
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.oracle.corridor import Corridor
from tests.oracle.party import Party

HARM_OF_MARK = {1: "robberies", 2: "extortions", 3: "kidnappings", 4: "sexual_violence", 5: "deaths"}


class Departed(NamedTuple):
    """A party sets out."""

    day: int
    key: int
    nation: str
    party: str
    heads: int
    place: str  # where its way begins
    fee: float  # USD, for all members


class Moved(NamedTuple):
    """A party takes an exit, be it back to where it is."""

    day: int
    key: int
    nation: str
    party: str
    heads: int
    kind: str  # of the place that it leaves
    left: str
    exit: str
    entered: str
    sponsored: bool


class Harmed(NamedTuple):
    """A party comes to harm; of a death, one member does."""

    day: int
    key: int
    nation: str
    place: str
    harm: str
    heads: int
    paid: float  # USD, for all members


@dataclass
class Diary:
    """What happened, in order, and what was so on each day; numbers of people are those simulated."""

    events: list = field(default_factory=list)
    paroled: dict[int, dict[str, float]] = field(default_factory=dict)  # people, by day and nationality
    satisfied: dict[int, tuple[float, float]] = field(default_factory=dict)  # of the US and of Mexico, by day
    briefed: dict[int, dict] = field(default_factory=dict)  # what institutions were told, by day


class WritingParty(Party):
    """A party of the oracle that writes down what befalls it."""

    model: WritingCorridor

    def __init__(self, model: WritingCorridor, nation: int, day: int, ordinal: int):
        super().__init__(model, nation, day, ordinal)
        fee = model.nations[nation].fee * model.nations[nation].fee_level * self.heads
        fee *= model.rules.hiding_premium if self.hides() else 1.0
        who = self.key, NATIONALITIES[nation], PARTIES[self.party], self.heads
        model.diary.events.append(Departed(day, *who, self.place.name, fee))

    def suffer(self, days: int, u: float) -> int:
        heads, before, place = self.heads, self.marks, self.place.name
        self.marks = 0
        lost = super().suffer(days, u)
        for mark, harm in HARM_OF_MARK.items():
            if self.marks >> mark & 1:
                rules = self.model.rules
                price = {"kidnappings": rules.ransom, "extortions": rules.extortion}.get(harm, 0.0)
                harmed = 1 if harm == "deaths" else heads
                who = self.since + days, self.key, NATIONALITIES[self.nation], place
                self.model.diary.events.append(Harmed(*who, harm, harmed, price * harmed))
        self.marks |= before
        return lost

    def tell(self, exit: str, there, day: int) -> None:
        super().tell(exit, there, day)
        self.taken = exit

    def arrive(self, there, day: int) -> None:
        who = day, self.key, NATIONALITIES[self.nation], PARTIES[self.party], self.heads
        way = self.place.kind, self.place.name, self.taken, there.name
        self.model.diary.events.append(Moved(*who, *way, bool(self.sponsor)))
        super().arrive(there, day)


class WritingCorridor(Corridor):
    """The oracle with a diary."""

    Party = WritingParty

    def __init__(self, simulation: Simulation):
        super().__init__(simulation)
        self.diary = Diary()
        self.simulation = simulation
        self.outlook = simulation.outlook  # a copy of the replicate's own where governments bargain

    def watch(self, world) -> None:
        super().watch(world)
        self.satisfied = tuple(float(value) for value in world["offices"]["satisfaction"][:2])
        today, told = self.simulation.today, self.simulation.briefing
        if today % 7 == 0:
            names = (
                *("encounters", "evasions", "sent_to_mexico", "releases", "released_to_street", "detections"),
                *("unsponsored", "waiting", "without_shelter", "overcrowding", "died"),
            )
            self.diary.briefed[today] = {name: getattr(told, name) for name in names}
            self.diary.briefed[today] |= {
                "held": told.held.tolist(),
                "in_stations": told.in_stations.tolist()[: len(NATIONALITIES)],
            }

    def live(self, first: int, last: int) -> None:
        for day in range(first, last):
            super().live(day, day + 1)
            self.diary.paroled[day] = dict(zip(NATIONALITIES, self.today.parole, strict=False))
            self.diary.satisfied[day] = self.satisfied


def keep_diary(drivers, monkeypatch, seed: int = 1):
    """Run to the end with the oracle beside: the recording, the diary, and the simulation as it ended."""
    simulation = Simulation(drivers, seed)
    oracle = WritingCorridor(simulation)
    advance = engine.advance

    def advance_both(first, last, worlds, *rest):
        oracle.watch(worlds[0])
        reached = advance(first, last, worlds, *rest)
        oracle.live(first, int(reached))
        return reached

    with monkeypatch.context() as patched:
        patched.setattr(engine, "advance", advance_both)
        recording = simulation.run()
    return recording, oracle.diary, simulation
