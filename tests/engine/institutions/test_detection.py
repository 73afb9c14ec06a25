"""What patrols find on a leg: the dated chance at usual contention and troops, more where either is more."""

import numpy as np
import pytest

from corridor.engine.institutions.mexican_agencies import USUAL_CONTENTION
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import live_to, simulation_of

START = 700  # 2022-06-01
COUNT = len(NATIONALITIES)


def found_in_tapachula(contention, troops_times=1.0):
    """Chance of being detected on the leg, by nationality, with the parameters that it is made of."""
    usual = simulation_of("", 2000).drivers.parameters["guard_reference"].scalar()
    entries = (
        f"{{id: a, lever: mexico.contention, start: 2022-06-01, to: {contention}}}, "
        f"{{id: b, lever: mexico.guard_deployed, start: 2022-06-01, to: {usual * troops_times}}}"
    )
    simulation = live_to(simulation_of(f"interventions: [{entries}]", 2000), START + 29)
    terms = simulation.world["terms"][simulation.drivers.geography.codes["tapachula"]]
    return terms["detect"][:COUNT].copy(), simulation.drivers.parameters


def test_at_usual_contention_and_troops_the_chance_is_the_dated_one():
    found, p = found_in_tapachula(USUAL_CONTENTION)
    drivers = simulation_of("", 2000).drivers
    dated = p["detection_probability"].daily(drivers.timeline)[START + 28]
    expected = dated * p["detection_south_share"].scalar() * p["detection_nationality"].by_nationality()
    expected[NATIONALITIES.index("Mexico")] = 0.0
    np.testing.assert_allclose(found, np.minimum(0.9, expected), rtol=1e-9)


@pytest.mark.parametrize(("less", "more"), [((0.2, 1.0), (0.8, 1.0)), ((0.46, 0.5), (0.46, 2.0))])
def test_more_contention_or_troops_find_more(less, more):
    few, many = (found_in_tapachula(*each)[0] for each in (less, more))
    assert few.sum() < many.sum()
