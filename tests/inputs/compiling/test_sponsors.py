"""Nobody is paroled without a sponsor."""

import numpy as np
import pytest

from corridor.inputs.compiling.drivers import spread_parole
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.compiling.sponsors import most_sponsored
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.scenario_files import load_scenario, parse_scenario

HAITI, CUBA = NATIONALITIES.index("Haiti"), NATIONALITIES.index("Cuba")
OPEN = (
    "interventions: [{id: open, lever: us.parole_monthly_cap, for: [Haiti], start: 2023-07-01, to: 300000}]\n"
)


def paroled(name_or_body, **overrides):
    """People a day on the last day of history, by nationality."""
    scenario = (
        parse_scenario(f"name: tested\nextends: history\n{name_or_body}")
        if name_or_body
        else load_scenario("history")
    )
    parameters = load_parameters(overrides)
    return spread_parole(resolve(scenario), parameters)[-1], parameters


def test_no_more_are_paroled_than_sponsors_ask_for():
    """8,000 a day times the weight of Haitians; half as many where half as many have a sponsor."""
    people, parameters = paroled(OPEN)
    asked = 8000 * parameters["parole_interest"].by_nationality()[HAITI]
    assert people[HAITI] == pytest.approx(asked)
    assert most_sponsored(parameters)[HAITI] == pytest.approx(asked)
    fewer, _ = paroled(OPEN, sponsor_share={"Haiti": 0.325})
    assert fewer[HAITI] == pytest.approx(asked / 2)


def test_in_a_pool_of_places_those_with_fewer_sponsors_get_fewer():
    usual, _ = paroled("")
    fewer, _ = paroled("", sponsor_share={"Haiti": 0.325})
    assert fewer[HAITI] < 0.7 * usual[HAITI]
    assert fewer[CUBA] > usual[CUBA]
    assert fewer.sum() == pytest.approx(usual.sum())


def test_the_places_of_history_are_fewer_than_sponsors_ask_for():
    people, parameters = paroled("")
    assert np.all(people <= most_sponsored(parameters))
