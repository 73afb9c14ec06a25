"""The plan: on which days Python looks in."""

from datetime import date

import pytest

from corridor.engine.plan import plan_of
from tests.small_runs import drivers_of


def test_python_looks_in_weekly_at_ends_of_periods_on_nights_of_events_and_at_the_end():
    drivers = drivers_of(
        "shocks: [{id: x, kind: caravan, start: 2021-05-05, size: 3000, place: tapachula}]", 1000
    )
    plan, days = plan_of(drivers), drivers.timeline.days
    nights = {day for day, _ in drivers.caravans} | {
        day for group in drivers.group_arrivals for day in group[:2]
    }
    assert drivers.timeline.day_of(date(2021, 5, 5)) in nights
    assert set(range(0, days, 7)) | plan.period_starts | nights | {days} == set(plan.stops)
    assert drivers.timeline.report_day in plan.period_starts
    assert all(drivers.timeline.date_of(day).day == 1 for day in plan.period_starts)
    assert list(plan.stops) == sorted(set(plan.stops))


def test_with_daily_reporting_every_day_is_looked_at():
    drivers = drivers_of("", 1000, daily=True)
    assert plan_of(drivers).stops == tuple(range(drivers.timeline.days + 1))


def test_the_plan_of_the_same_drivers_is_made_once():
    drivers = drivers_of("", 1000)
    assert plan_of(drivers) is plan_of(drivers)


@pytest.mark.parametrize(
    ("watched", "members", "expected"),
    [
        ("mexico.shelter_places", ("tijuana",), [date(2022, 6, 3)]),
        ("mexico.shelter_places", ("nogales",), []),
        ("mexico.shelter_places", (), []),
        ("pace", ("darien",), [date(2021, 5, 1), date(2021, 5, 10)]),
        ("pace", ("tapachula",), []),
        ("darien_days", None, [date(2023, 1, 1)]),
    ],
)
def test_a_lever_a_series_and_a_dated_parameter_have_days_of_change(watched, members, expected):
    drivers = drivers_of(
        "interventions: [{id: a, lever: mexico.shelter_places, for: [tijuana], start: 2022-06-03, to: 5}]\n"
        "shocks: [{id: b, kind: transport, start: 2021-05-01, end: 2021-05-09, size: 2, for: [darien]}]",
        1000,
    )
    days = plan_of(drivers).change_days(watched, members)
    assert [drivers.timeline.date_of(day) for day in days] == expected
