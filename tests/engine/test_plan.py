"""The plan: on which days Python looks in."""

import numpy as np

from model.engine.plan import plan_of
from tests.small_runs import drivers_of


def test_python_looks_in_weekly_on_changes_at_ends_of_periods_and_at_the_end():
    drivers = drivers_of("", 1000)
    plan, days = plan_of(drivers), drivers.timeline.days
    assert set(range(0, days, 7)) | set(drivers.change_days.tolist()) | {days} <= set(plan.stops.tolist())
    assert drivers.timeline.report_day in plan.period_starts
    assert all(drivers.timeline.date_of(day).day == 1 for day in plan.period_starts)
    assert (np.diff(plan.stops) > 0).all()
    assert len(plan.stops) < days / 2


def test_with_daily_reporting_every_day_is_looked_at():
    drivers = drivers_of("", 1000, daily=True)
    np.testing.assert_array_equal(plan_of(drivers).stops, np.arange(drivers.timeline.days + 1))


def test_the_plan_of_the_same_drivers_is_made_once():
    drivers = drivers_of("", 1000)
    assert plan_of(drivers) is plan_of(drivers)


def test_a_day_outside_the_run_changes_nothing():
    plan = plan_of(drivers_of("", 1000))
    assert min(plan.changes) >= 0
    assert max(plan.changes) < 1279
