"""The briefing: what institutions learn is people, whatever the scale."""

import numpy as np
import pytest

from corridor.engine.records.codes import Cross
from tests.small_runs import live_to, simulation_of


def test_a_briefing_is_last_weeks_mean_in_people():
    simulation = live_to(simulation_of("", 500), 7 * 90)
    week = simulation.world["week"].copy()
    crossings = [code for code, _ in simulation.drivers.geography.of_kind("cross")]
    simulation.step()  # the first day of a week: the briefing is read and the counts begin anew
    assert simulation.briefing.encounters == pytest.approx(week[crossings, Cross.APPREHENDED].sum() * 500 / 7)
    assert simulation.world["week"].sum() < week.sum()


def test_what_is_learned_hardly_depends_on_the_scale():
    fine, coarse = (live_to(simulation_of("", people), 7 * 120 + 1) for people in (50, 200))
    for name in ("encounters", "detections", "waiting", "releases"):
        values = [float(np.asarray(getattr(simulation.briefing, name))) for simulation in (fine, coarse)]
        assert values[1] == pytest.approx(values[0], rel=0.35), name


def test_before_the_first_day_a_briefing_tells_of_nobody():
    told = simulation_of("", 500).briefing
    assert told.encounters == told.detections == told.unsponsored == told.waiting == 0.0
    assert not told.held.any()
