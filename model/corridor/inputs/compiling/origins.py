"""What slow policies do to the number of people who intend to leave: aid, sanctions, lawful work, news of life there.

Each is a factor on latent demand, or a number of people taken from it, by day and nationality. All are small beside
other causes, and the sources disagree: for relief from sanctions even on the sign (project's mechanisms study,
sections 1 and 17; document items 42, 43, 45, 46, 57).
"""

from __future__ import annotations

import numpy as np

from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.compiling.policy import Policy
from corridor.inputs.parameters.parameter_set import ParameterSet
from corridor.inputs.registries.nationalities import (
    NATIONALITIES,
    codes_of_programme,
    codes_with,
    worker_programmes,
)
from corridor.inputs.scenarios.lever_path import LeverPath

LEAST_AID = 0.25  # deeper cuts count as this: nothing is known about them
USUAL_PERMIT_DAYS = 180.0
MOST_TAKEN = 0.9  # of latent demand that lawful work can take


def scale_demand(demand: np.ndarray, policy: Policy, parameters: ParameterSet) -> np.ndarray:
    """Latent demand under the slow levers of a policy, float64[D, N] people a day."""
    levers = policy.levers
    aid = np.log(np.maximum(_by_nationality(levers["us.aid_origin"]), LEAST_AID))
    response = -parameters["aid_departures"].scalar() * _felt(aid, parameters["aid_lag_days"].scalar())
    relief = felt_relief(levers["us.sanctions_relief"], parameters)
    response += parameters["sanctions_relief_departures"].scalar() * relief
    permit = np.log(USUAL_PERMIT_DAYS / levers["us.work_permit_days"].values)
    tracked = levers["us.release_tracking"].values
    foreign = np.ones(len(NATIONALITIES))
    foreign[codes_with("at_home_in_mexico")] = 0.0
    response += foreign * _felt(
        parameters["work_permit_departures"].scalar() * permit
        - parameters["tracking_departures"].scalar() * tracked,
        parameters["word_from_us_days"].scalar(),
    )
    return demand * np.exp(response) - np.minimum(work_instead(policy, parameters), MOST_TAKEN * demand)


def work_instead(policy: Policy, parameters: ParameterSet) -> np.ndarray:
    """People a day who take a temporary worker's visa instead of leaving without one, float64[D, N]."""
    visas = _by_nationality(policy.levers["us.worker_visas_monthly"])
    for lever in worker_programmes():
        visas[:, codes_of_programme(lever)] += policy.levers[lever].values
    issued = _felt(visas, parameters["worker_visa_build_up_days"].scalar())
    return parameters["worker_visa_from_pool"].scalar() * issued / DAYS_PER_MONTH


def felt_relief(path: LeverPath, parameters: ParameterSet) -> np.ndarray:
    """Relief from sanctions as economies feel it, in [0, 1], float64[D, N]; 0 for those not under sanctions."""
    return _felt(_by_nationality(path), parameters["sanctions_lag_days"].scalar())


def _by_nationality(path: LeverPath) -> np.ndarray:
    """Values of a lever for every nationality, 0 for those not in its domain, float64[D, N]."""
    values = np.zeros((len(path.values), len(NATIONALITIES)))
    values[:, [NATIONALITIES.index(member) for member in path.members]] = path.values
    return values


def _felt(values: np.ndarray, days: float) -> np.ndarray:
    """An exponential memory of a daily series that begins in balance, float64[D, ...]."""
    felt = values.astype(np.float64).copy()
    for day in range(1, len(felt)):
        felt[day] = felt[day - 1] + (values[day] - felt[day - 1]) / days
    return felt
