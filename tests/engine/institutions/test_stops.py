"""How often people are stopped on a leg: the chance on record of a whole transit, shared out along the way."""

import numpy as np
import pytest

from corridor.engine.institutions.mexican_agencies import MOST_STOPPED
from corridor.foundations.timeline import WEEKLY
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import live_to, simulation_of

START = 700  # 2022-06-01
COUNT = len(NATIONALITIES)
MEXICO = NATIONALITIES.index("Mexico")
LEGS = {"tapachula": 0.7, "central_mexico": 0.3}  # stop_south_share, and the rest of the way


def stopped(times=1.0, troops_times=1.0, day=START + 28):
    """Chance of a stop on each leg by nationality, on a day on which the institute acts, and what lived it."""
    assert day % WEEKLY == 0
    usual = simulation_of("", 2000).drivers.parameters["guard_reference"].scalar()
    entries = (
        f"{{id: a, lever: mexico.stops, start: 2022-06-01, to: {times}}}, "
        f"{{id: b, lever: mexico.guard_deployed, start: 2022-06-01, to: {usual * troops_times}}}"
    )
    simulation = live_to(simulation_of(f"interventions: [{entries}]", 2000), day + 1)
    codes, terms = simulation.drivers.geography.codes, simulation.world["terms"]
    return {leg: terms["detect"][codes[leg]][:COUNT].copy() for leg in LEGS}, simulation


def on_record(drivers, day):
    """The published chance of a stop in one transit on a day, by nationality; nobody stops Mexicans."""
    chance = drivers.parameters["stop_chance"].daily_by_nationality(drivers.timeline)[day]
    assert chance[MEXICO] == 0.0
    return chance


@pytest.mark.parametrize(("times", "troops"), [(1.0, 1.0), (0.0, 1.0), (2.5, 1.0), (1.0, 3.0), (0.5, 0.0)])
def test_each_leg_has_its_share_of_the_hazard_of_the_whole_way(times, troops):
    found, simulation = stopped(times, troops)
    p = simulation.drivers.parameters
    guard = 1 - p["guard_share"].scalar() * (1 - troops ** p["guard_exponent"].scalar())
    hazard = -np.log(1 - on_record(simulation.drivers, START + 28)) * times * guard
    for leg, share in LEGS.items():
        expected = np.minimum(MOST_STOPPED, 1 - np.exp(-hazard * share))
        np.testing.assert_allclose(found[leg], expected, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("day", [203, START + 28, 1148])
def test_with_usual_effort_the_legs_together_stop_as_many_as_are_on_record(day):
    found, simulation = stopped(day=day)
    through = 1 - np.prod([1 - chance for chance in found.values()], axis=0)
    chance = on_record(simulation.drivers, day)
    np.testing.assert_allclose(through, chance, rtol=1e-9)
    foreign = np.arange(COUNT) != MEXICO
    assert simulation.world["rules"]["stop_chance"] == pytest.approx(chance[foreign].mean())


def test_the_chance_on_record_is_of_its_nationality_and_day():
    _, simulation = stopped()
    chance = simulation.drivers.parameters["stop_chance"].daily_by_nationality(simulation.drivers.timeline)
    foreign = [n for n in range(COUNT) if n != MEXICO]
    assert len({chance[:, n].tobytes() for n in foreign}) == len(foreign)
    assert (chance[:, foreign].std(axis=0) > 0).all()


@pytest.mark.parametrize(("less", "more"), [((0.2, 1.0), (0.8, 1.0)), ((1.0, 0.5), (1.0, 2.0))])
def test_more_effort_or_troops_stop_more(less, more):
    few, many = (stopped(*each)[0]["tapachula"] for each in (less, more))
    assert (np.delete(few, MEXICO) < np.delete(many, MEXICO)).all()
    assert few[MEXICO] == many[MEXICO] == 0.0
