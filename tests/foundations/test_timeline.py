"""The days of a run."""

from datetime import date

import numpy as np
import pytest

from corridor.foundations.timeline import SPIN_UP, Timeline

HISTORY = Timeline(start=date(2020, 7, 1), end=date(2023, 12, 31), report_from=date(2021, 1, 1))


def test_both_ends_of_a_run_are_simulated():
    assert HISTORY.days == 1279
    assert HISTORY.day_of(date(2020, 7, 1)) == 0
    assert HISTORY.day_of(date(2023, 12, 31)) == HISTORY.days - 1


def test_day_numbers_and_dates_are_inverse_on_every_day_through_a_leap_year():
    longer = Timeline(date(2020, 7, 1), date(2025, 12, 31), date(2021, 1, 1))

    assert [longer.day_of(longer.date_of(day)) for day in range(longer.days)] == list(range(longer.days))
    assert longer.date_of(longer.day_of(date(2024, 2, 29))) == date(2024, 2, 29)


def test_days_outside_the_run_have_numbers_outside_it():
    assert HISTORY.day_of(date(2020, 6, 30)) == -1
    assert HISTORY.day_of(date(2024, 1, 1)) == HISTORY.days


def test_months_and_years_are_reported_and_the_spin_up_is_not():
    assert HISTORY.months()[0] == "2021-01"
    assert HISTORY.months()[-1] == "2023-12"
    assert len(HISTORY.months()) == 36
    assert HISTORY.years() == ["2021", "2022", "2023"]
    assert set(HISTORY.month_of_day[: HISTORY.report_day]) == {SPIN_UP}
    assert set(HISTORY.year_of_day[: HISTORY.report_day]) == {SPIN_UP}


def test_every_reported_day_belongs_to_the_month_and_year_of_its_date():
    months, years = HISTORY.months(), HISTORY.years()

    for day in range(HISTORY.report_day, HISTORY.days):
        name = HISTORY.date_of(day).isoformat()
        assert months[HISTORY.month_of_day[day]] == name[:7]
        assert years[HISTORY.year_of_day[day]] == name[:4]


def test_the_month_of_the_year_is_known_in_the_spin_up_too():
    assert HISTORY.calendar_month[0] == 7
    assert HISTORY.calendar_month[-1] == 12
    assert np.array_equal(np.unique(HISTORY.calendar_month), np.arange(1, 13))


def test_a_run_that_ends_within_a_month_reports_that_month():
    short = Timeline(date(2023, 11, 15), date(2024, 1, 10), date(2023, 12, 20))

    assert short.months() == ["2023-12", "2024-01"]
    assert short.years() == ["2023", "2024"]


@pytest.mark.parametrize("report_from", [date(2020, 6, 30), date(2024, 1, 1)])
def test_a_first_reported_day_outside_the_run_is_refused(report_from):
    with pytest.raises(ValueError, match="start <= report_from <= end"):
        Timeline(date(2020, 7, 1), date(2023, 12, 31), report_from)


def test_arrays_of_a_timeline_cannot_be_changed():
    for array in (HISTORY.month_of_day, HISTORY.year_of_day, HISTORY.calendar_month):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5
