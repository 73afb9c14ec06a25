"""June 2019 as a scenario of its own: its numbers are those of the counts, and its sign is that of what happened."""

from datetime import date

import numpy as np
import pytest

from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.scenario_files import load_scenario
from studies.ensembles import Ensembles, observed, variant
from studies.history import JUNE_2019, MEXICANS, STILL, STILL_2019, fall_of_2019
from studies.june_2019 import AFTER, LEAST, SCALED_TO, chance, chance_of, met, named


@pytest.fixture(scope="module")
def policy():
    return resolve(load_scenario(JUNE_2019))


@pytest.fixture(scope="module")
def parameters(policy):
    return load_parameters(policy.overrides)


def test_a_chance_of_a_stop_is_worked_out_from_counts():
    """100 stopped and returned, 300 at the border: of 400. Half returned: nine in ten of the others are sent back."""
    assert chance(100.0, 300.0, 100.0) == pytest.approx(0.25)
    assert chance(100.0, 300.0, 50.0) == pytest.approx((100 / 300) / (1 + 0.95 * 100 / 300))
    assert chance(0.0, 300.0, 0.0) == 0.0


def test_stops_and_returns_of_the_scenario_are_those_counted(policy, parameters):
    base = chance_of(SCALED_TO)
    stops = policy.levers["mexico.stops"]
    for month in AFTER:
        day = policy.timeline.day_of(date(2019, int(month[-2:]), 15))
        expected = np.log1p(-chance_of([month])) / np.log1p(-base)
        assert stops.values[day] == pytest.approx(expected, abs=0.006)
    may = policy.timeline.day_of(date(2019, 5, 15))
    assert (stops.values[may] == 1.0).all()
    returns = parameters["inm_returns_monthly"].daily_by_nationality(policy.timeline)
    for nation in ("Guatemala", "Honduras", "Cuba"):
        for month in (*SCALED_TO, *AFTER):
            day = policy.timeline.day_of(date(2019, int(month[-2:]), 1))
            assert returns[day, NATIONALITIES.index(nation)] == observed(
                "mexico_returns", month, nationality=nation
            )
    chances = parameters["stop_chance"]
    assert chances.knots_of("Honduras")[0][1] == pytest.approx(chance_of(SCALED_TO, "Honduras"), rel=0.005)


def test_nothing_but_stops_returns_and_remain_in_mexico_moves_after_may(policy, parameters):
    june = policy.timeline.day_of(date(2019, 6, 1))
    moved = {
        name
        for name, path in policy.levers.items()
        if (path.values[june - 1 :] != path.values[june - 1]).any()
    }
    assert moved == {"mexico.stops", "us.mpp_share", "mexico.return_acceptance_monthly"}
    assert not policy.levers["us.title_42"].values.any()
    assert not policy.levers["us.cbp_one_daily"].values.any()
    assert not policy.shocks
    demand = parameters["latent_demand"].daily_by_nationality(policy.timeline)
    assert (demand == demand[0]).all(), "one number each, held"
    assert not parameters["season_exponent"].by_nationality().any()
    unnamed = [NATIONALITIES.index(name) for name in NATIONALITIES if name not in ("Mexico", *named())]
    assert (demand[0, unnamed] == LEAST).all()


def test_others_than_mexicans_fall_by_what_governments_did_and_mexicans_do_not():
    runs = Ensembles(
        [JUNE_2019, variant(STILL_2019, STILL, extends=JUNE_2019)], replicates=4, people_per_agent=200
    )
    others, mexicans = (fall_of_2019(runs, who, JUNE_2019) for who in (named(), MEXICANS))
    still = fall_of_2019(runs, named(), STILL_2019)
    assert others < -0.2 < still, "the fall is of what moved"
    assert -0.25 < mexicans < 0.15
    made = sum(runs.values("encounters_usbp", month, scenario=JUNE_2019).mean() for month in SCALED_TO)
    assert made == pytest.approx(met(("Mexico", *named()), SCALED_TO), rel=0.1)
