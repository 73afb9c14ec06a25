"""The institution: observe, decide, act."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import NATIONALITIES, load_nationalities

if TYPE_CHECKING:
    from corridor.engine.institutions.briefing import Briefing
    from corridor.engine.simulation import Simulation

WEEKLY = 7
MONTHLY = 28
#: Levers of all countries that take people back by air.
FLIGHTS_HOME = tuple(name for name in LEVERS if name.endswith(".accepts_flights"))


class _NumbersOfModel:
    """Mesa 3.3 numbers agents from a table keyed by model, which keeps every model in memory for ever; ours do not."""

    def __getitem__(self, model: Simulation) -> Iterator[int]:
        return model.office_numbers


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
        The records that it reads and sets, field by field: plain views, because walking through the record of the
        replicate at each step costs more than the step.
    memory : numpy.void
        The institution's row of `world["offices"]`.
    """

    model: Simulation
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

    def __init__(self, model: Simulation, office: int):
        super().__init__(model)
        self.drivers = model.drivers
        self.parameters = model.drivers.parameters
        self.codes = model.drivers.geography.codes
        self.places, self.terms, self.nations, self.allowances, self.rules = (
            model.fields[name] for name in ("places", "terms", "nations", "allowances", "rules")
        )
        self.memory = model.offices[office]
        self.represents = float(model.drivers.people_per_agent)
        self.find_paths()

    def find_paths(self) -> None:
        """Look up the paths of the levers that it watches: at its founding, and when a deal changes one."""
        levers = self.drivers.levers
        self._paths = {name: levers[name] for name in self.watches if name in levers}
        self._values = {name: path.values for name, path in self._paths.items()}

    def lever(self, name: str) -> np.ndarray:
        """Values of a lever today, one a member."""
        return self._values[name][self.model.today]

    def pool(self, name: str) -> np.ndarray:
        """Whose cap of a lever is shared today: for each member the first that shares it, or itself."""
        return self._paths[name].pool[self.model.today]

    def member(self, name: str, member: str) -> int:
        """Column of a member in the values of a lever."""
        return self._paths[name].members.index(member)

    def flights_accepted(self, sender: str) -> np.ndarray:
        """Share of deportation flights from `sender` (us or mexico) that each country takes today, float64[N].

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
            accepted += (1.0 - accepted) * opened * self.drivers.relief[self.model.today]
        return accepted

    def put_in_force(self) -> None:
        """Apply what is watched as it is today; called on the first day and on every day on which it changes."""
        for setter, levers in self.setters:
            getattr(self, setter)(*(self.lever(name) for name in levers))

    def act(self, briefing: Briefing) -> None:
        """Observe the briefing, decide, and write settings; called every `cadence_days`."""
