"""The institution: observe, decide, act."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

if TYPE_CHECKING:
    from model.engine.institutions.briefing import Briefing
    from model.engine.simulation import Simulation

WEEKLY = 7
DAYS_PER_MONTH = 365.25 / 12


class Institution(mesa.Agent):
    """A decider: acts every `cadence_days`, and on any day on which a lever changes.

    Attributes
    ----------
    world : numpy.void
        The record of the replicate; views of what the institution sets are bound at construction, because walking
        the record at each step costs more than the step.
    memory : numpy.void
        The institution's row of `world["offices"]`.
    """

    model: Simulation
    cadence_days = WEEKLY
    government = ""

    def __init__(self, model: Simulation, office: int):
        super().__init__(model)
        self.world = model.world
        self.drivers = model.drivers
        self.parameters = model.drivers.parameters
        self.codes = model.drivers.geography.codes
        self.memory = self.world["offices"][office]
        self.represents = float(model.drivers.people_per_agent)

    def lever(self, name: str) -> np.ndarray:
        """Values of a lever today, one a member."""
        return self.drivers.levers[name].values[self.model.today]

    def lever_of(self, name: str, member: str) -> float:
        """Value of a lever today for one member."""
        path = self.drivers.levers[name]
        return float(path.values[self.model.today, path.members.index(member)])

    def act(self, briefing: Briefing) -> None:
        """Observe the briefing, decide, and write settings. Each kind of institution has its own."""
        raise NotImplementedError
