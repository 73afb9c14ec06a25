"""The smuggling market: fees rise with enforcement and with demand beyond what guides can carry.

Elasticity of 0.14 to 0.24: Gathmann 2008 (tripled enforcement, fees up 17 to 30 per cent); guides adapt in about two
months (mechanisms study, section 10).
"""

from __future__ import annotations

import numpy as np

from corridor.engine.institutions.briefing import Briefing
from corridor.engine.institutions.context import Context
from corridor.engine.institutions.institution import Institution

SCARCITY = 0.3  # exponent of demand over capacity
LEAST_SCARCITY = 0.2  # demand over capacity below which fees fall no further
LEAST_ENFORCEMENT = 0.25  # relative to the usual: fees fall no further


class SmugglingMarket(Institution):
    """Sets the level of fees relative to the parameter."""

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        self.time = self.parameters["smuggler_adjustment_days"].scalar()
        self.usual_stops = np.log1p(-self.parameters["usual_stop_chance"].scalar())
        self.elasticity = self.parameters["fee_elasticity"].scalar()

    def act(self, briefing: Briefing) -> None:
        usual = float(self.memory["level"])
        if usual <= 0.0:
            usual = max(1.0, briefing.encounters)
        usual += (briefing.encounters - usual) * min(1.0, self.cadence_days / self.time)
        self.memory["level"] = usual
        stops = np.log1p(-float(self.rules["stop_chance"][0])) / self.usual_stops
        enforcement = max(LEAST_ENFORCEMENT, stops)
        scarcity = max(LEAST_SCARCITY, briefing.encounters / max(1.0, usual))
        self.rules["fee_level"][0] = enforcement**self.elasticity * scarcity**SCARCITY
