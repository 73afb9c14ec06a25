"""Sponsors in the United States, without whom nobody is paroled: how many people a day they ask for.

Example: sponsors ask for 8,000 people a day of the nationalities offered parole, a quarter of them Haitian. Where half
as many Haitians have a sponsor as usual, they ask for 1,000 Haitians, who have half their weight in a pool of places.
"""

from __future__ import annotations

import numpy as np

from corridor.inputs.parameters.parameter_set import ParameterSet, load_parameters


def sponsors_over_usual(parameters: ParameterSet) -> np.ndarray:
    """People with a sponsor, as a multiple of those whom the registry gives, float64[N]."""
    return parameters["sponsor_share"].by_nationality() / load_parameters()["sponsor_share"].by_nationality()


def sponsored_interest(parameters: ParameterSet) -> np.ndarray:
    """Weight of each nationality in a pool of parole places: its interest, as far as it has sponsors, float64[N]."""
    return parameters["parole_interest"].by_nationality() * sponsors_over_usual(parameters)


def most_sponsored(parameters: ParameterSet) -> np.ndarray:
    """People a day for whom a sponsor asks, float64[N]: no more can be paroled."""
    return parameters["parole_sponsorships_daily"].scalar() * sponsored_interest(parameters)
