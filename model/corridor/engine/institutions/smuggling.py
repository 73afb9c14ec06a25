"""The smuggling market: what guides charge rises with enforcement and with demand beyond what they can carry.

People whom Mexico stops pay for its stops; those who hide pay for the patrols that they have to get past, in the
sectors where guides lead them (`engine.mechanisms.guides`). Guides get used to more or fewer people in about two
months. Elasticity of 0.14 to 0.24: Gathmann 2008 (tripled enforcement, fees up 17 to 30 per cent); mechanisms study,
section 10.
"""

from __future__ import annotations

import numpy as np

from corridor.engine.institutions.briefing import Briefing
from corridor.engine.institutions.context import Context
from corridor.engine.institutions.institution import Institution
from corridor.engine.records.codes import Cross
from corridor.inputs.registries.nationalities import NATIONALITIES, codes_with

COUNT = len(NATIONALITIES)
LEAST_SCARCITY = 0.2  # demand over capacity below which fees fall no further
LEAST_ENFORCEMENT = 0.25  # relative to the usual: fees fall no further
USUAL_LOAD = 0.3  # of custody, which draws agents from patrols (note of apprehension_probability: .72 becomes .5 to .6)


class SmugglingMarket(Institution):
    """Sets what guides charge, relative to the usual: of each nation, and of those who hide.

    Its memory's `level` is the people a day whom guides can take: those who lately set out.
    """

    def __init__(self, model, context: Context, memory):
        super().__init__(model, context, memory)
        self.time = self.parameters["smuggler_adjustment_days"].scalar()
        self.usual_stops = np.log1p(-self.parameters["usual_stop_chance"].scalar())
        self.elasticity = self.parameters["fee_elasticity"].scalar()
        self.scarcity = self.parameters["fee_scarcity"].scalar()
        self.stopped = ~np.isin(np.arange(COUNT), codes_with("at_home_in_mexico"))
        self.crossings = np.array([code for code, _ in context.geography.of_kind("cross")])
        self.custodies = self.places["exits"][self.crossings, Cross.APPREHENDED]
        self.full = self.parameters["apprehension_load_reference"].scalar()

    def act(self, briefing: Briefing) -> None:
        scarce = self.scarce(float(self.nations["leaving"][:COUNT].sum()))
        stops = np.log1p(-float(self.rules["stop_chance"][0])) / self.usual_stops
        self.nations["fee_level"][:COUNT] = scarce * np.where(self.stopped, self.dearer(stops), 1.0)
        self.rules["hiding_premium"][0] = self.dearer(self.patrolled())

    def dearer(self, enforcement: float) -> float:
        """What enforcement, as a multiple of the usual, makes of a price."""
        return float(max(LEAST_ENFORCEMENT, enforcement) ** self.elasticity)

    def scarce(self, demand: float) -> float:
        """What `demand` people a day make of the price; guides then get used to a part of them."""
        capacity = float(self.memory["level"])
        if capacity <= 0.0:  # nobody has set out yet: guides are ready for the first
            self.memory["level"] = demand
            return 1.0
        capacity += (demand - capacity) * min(1.0, self.cadence_days / self.time)
        self.memory["level"] = capacity
        return float(max(LEAST_SCARCITY, demand / capacity) ** self.scarcity)

    def patrolled(self) -> float:
        """Patrols on the line, as a multiple of the usual, where those who hide go.

        Full custody draws agents from them.
        """
        beds, held = self.places["beds"][self.custodies], self.places["present"][self.custodies]
        load = np.divide(held, beds * self.full, out=np.full(len(beds), np.inf), where=beds > 0.0)
        on_the_line = self.places["patrol"][self.crossings] * (1.0 + USUAL_LOAD) / (1.0 + load)
        weight = self.places["weight_hidden"][self.crossings]
        return float((on_the_line * weight).sum() / weight.sum()) if weight.sum() > 0.0 else 1.0
