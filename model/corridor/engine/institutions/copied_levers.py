"""Levers that are settings as they are: their rows name the field (`copied_to`), and nobody decides anything."""

from __future__ import annotations

import numpy as np

from corridor.engine.institutions.context import Context
from corridor.engine.institutions.institution import Institution
from corridor.engine.records.layout import PEOPLE, WORLD, measures_of
from corridor.foundations.timeline import MONTHLY
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import NATIONALITIES


class CopiedLevers(Institution):
    """Writes the value of each copied lever into its field; people become simulated people."""

    cadence_days = MONTHLY
    heeds = tuple(lever.id for lever in LEVERS.values() if lever.copied_to)

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        self.targets = [self._target(name) for name in self.heeds]

    def _target(self, name: str) -> tuple[str, np.ndarray, np.ndarray | slice, float]:
        """The lever, its field, which rows of the field it sets, and how many people one number stands for."""
        record, _, field = str(LEVERS[name].copied_to).partition(".")
        scale = self.represents if measures_of(WORLD[record].base).get(field) == PEOPLE else 1.0
        members = self.members(name)
        rows: np.ndarray | slice = slice(None)
        if record == "nations":
            rows = np.array([NATIONALITIES.index(member) for member in members])
        elif record == "places":
            rows = np.array([self.codes[member] for member in members])
        return name, getattr(self, record)[field], rows, scale

    def put_in_force(self) -> None:
        for name, field, rows, scale in self.targets:
            field[rows] = self.lever(name) / scale
