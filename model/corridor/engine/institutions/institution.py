"""The institution: observe, decide, act."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import mesa
import numpy as np

from corridor.engine.institutions.briefing import Briefing
from corridor.engine.institutions.context import Context
from corridor.foundations.timeline import WEEKLY
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import NATIONALITIES, load_nationalities

#: Levers of all countries that take people back by air.
FLIGHTS_HOME = tuple(name for name in LEVERS if name.endswith(".accepts_flights"))


class _NumbersOfModel(WeakKeyDictionary):
    """Mesa 3.3 numbers agents from a table keyed by model, which keeps every model in memory for ever; ours do not."""

    def __getitem__(self, model: mesa.Model) -> Iterator[int]:
        return self.setdefault(model, count(1))


def sets(*levers: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Mark a method that puts levers in force: it is given today's values of each, an array with one a member.

    It declares the levers too: they are watched, so the method is called on every day on which one of them changes.
    The fields that it sets are named in the levers' rows.
    """

    def mark(method: Callable[..., None]) -> Callable[..., None]:
        method.levers = levers  # type: ignore[attr-defined]
        return method

    return mark


class Institution(mesa.Agent):
    """A decider: acts every `cadence_days`, and puts in force what it watches on the days on which that changes.

    It is an agent of a Mesa model, and knows nothing of that model but its context.

    Parameters
    ----------
    model : mesa.Model
        Whom Mesa adds it to.
    context : Context
        What it may see and set.
    memory : numpy.void
        Its own row of `world["offices"]`.

    Attributes
    ----------
    heeds : tuple of str
        What it must not miss a day of beside the levers that its setters declare: levers that it reads when it acts,
        daily series of the drivers (shocks) and dated parameters.
    watches : tuple of str
        The levers of its setters and what it heeds. It can read no other lever, so nothing else makes it act off its
        cadence.
    setters : tuple of (str, tuple of str)
        Its methods that are marked with `sets`, and their levers, in the order in which they stand.
    concerns : mapping of str to tuple of str
        Of something watched, the members that alone concern it; every member where nothing is said.
    places, terms, nations, allowances, rules : dict of str to numpy.ndarray
        The records of its context that it reads and sets.
    """

    _ids = _NumbersOfModel()
    cadence_days = WEEKLY
    government = ""
    heeds: tuple[str, ...] = ()
    watches: tuple[str, ...] = ()
    setters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    concerns: Mapping[str, tuple[str, ...]] = {}

    def __init_subclass__(cls, **given: Any):
        super().__init_subclass__(**given)
        found = {name: method.levers for name, method in vars(cls).items() if hasattr(method, "levers")}
        cls.setters = tuple({**dict(cls.setters), **found}.items())
        cls.watches = tuple(
            dict.fromkeys([*(lever for _, levers in cls.setters for lever in levers), *cls.heeds])
        )

    def __init__(self, model: mesa.Model, context: Context, memory: np.void):
        super().__init__(model)
        self.context, self.memory = context, memory
        self.parameters = context.parameters
        self.codes = context.geography.codes
        self.places, self.terms, self.nations = context.places, context.terms, context.nations
        self.allowances, self.rules = context.allowances, context.rules
        self.represents = context.represents
        self.find_paths()

    def find_paths(self) -> None:
        """Look up the paths of the levers that it watches: at its founding, and when a deal changes one."""
        levers = self.context.levers
        self._paths = {name: levers[name] for name in self.watches if name in levers}
        self._values = {name: path.values for name, path in self._paths.items()}

    def lever(self, name: str) -> np.ndarray:
        """Values of a lever today, one a member."""
        return self._values[name][self.context.today]

    def pool(self, name: str) -> np.ndarray:
        """Whose cap of a lever is shared today: for each member the first that shares it, or itself."""
        return self._paths[name].pool[self.context.today]

    def members(self, name: str) -> tuple[str, ...]:
        """Members of a lever, in the order of its values."""
        return self._paths[name].members

    def member(self, name: str, member: str) -> int:
        """Column of a member in the values of a lever."""
        return self._paths[name].members.index(member)

    def flights_accepted(self, sender: str) -> np.ndarray:
        """Share of deportation flights from `sender` (us, mexico or panama) that each country takes today, float64[N].

        Relief from sanctions opens a part of what a country refuses the United States (document items 17, 44).
        """
        accepted = np.ones(len(NATIONALITIES))
        for code, nation in enumerate(load_nationalities().values()):
            name = f"{nation.id}.accepts_flights"
            taken = nation.accepts_flights
            accepted[code] = (
                self.lever(name)[self.member(name, sender)] if taken.lever else getattr(taken, sender)
            )
        if sender == "us":
            opened = self.parameters["sanctions_relief_acceptance"].scalar()
            accepted += (1.0 - accepted) * opened * self.context.relief[self.context.today]
        return accepted

    def put_in_force(self) -> None:
        """Apply what is watched as it is today; called on the first day and on every day on which it changes."""
        for setter, levers in self.setters:
            getattr(self, setter)(*(self.lever(name) for name in levers))

    def act(self, briefing: Briefing) -> None:
        """Observe the briefing, decide, and write settings; called every `cadence_days`."""
