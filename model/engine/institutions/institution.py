"""The institution: observe, decide, act."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import mesa
import numpy as np

if TYPE_CHECKING:
    from model.engine.institutions.briefing import Briefing
    from model.engine.simulation import Simulation

WEEKLY = 7
MONTHLY = 28


class _NumbersOfModel:
    """Mesa 3.3 numbers agents from a table keyed by model, which keeps every model in memory for ever; ours do not."""

    def __getitem__(self, model: Simulation) -> Iterator[int]:
        return model.office_numbers


class Institution(mesa.Agent):
    """A decider: acts every `cadence_days`, and puts levers in force on the days on which they change.

    Attributes
    ----------
    world : numpy.void
        The record of the replicate; views of what the institution sets are bound at construction, because walking
        the record at each step costs more than the step.
    places : dict of str to numpy.ndarray
        Such views of the fields of `world["places"]`, one row a place.
    memory : numpy.void
        The institution's row of `world["offices"]`.
    """

    model: Simulation
    _ids = _NumbersOfModel()
    cadence_days = WEEKLY
    government = ""

    def __init__(self, model: Simulation, office: int):
        super().__init__(model)
        self.world = model.world
        self.places = (
            model.views
        )  # plain views by field: a walk through the record costs 13 microseconds a step
        self.drivers = model.drivers
        self.parameters = model.drivers.parameters
        self.codes = model.drivers.geography.codes
        self.memory = model.offices[office]
        self.represents = float(model.drivers.people_per_agent)

    @cached_property
    def levers(self) -> dict[str, np.ndarray]:
        """Values of every lever by name, float64[D, M]."""
        return {name: path.values for name, path in self.drivers.levers.items()}

    def lever(self, name: str) -> np.ndarray:
        """Values of a lever today, one a member."""
        return self.levers[name][self.model.today]

    def member(self, name: str, member: str) -> int:
        """Column of a member in the values of a lever."""
        return self.drivers.levers[name].members.index(member)

    def put_in_force(self) -> None:
        """Apply the levers of today; called on the first day and on every day on which a lever changes."""

    def act(self, briefing: Briefing) -> None:
        """Observe the briefing, decide, and write settings; called every `cadence_days`."""
