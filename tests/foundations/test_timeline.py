"""The days of a run."""

from datetime import date

import numpy as np
import pytest

from corridor.foundations.timeline import SPIN_UP, Timeline, ends_of, grain_of, span_name

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
    assert short.years() == ["2023-12-20 to 2023-12-31", "2024-01-01 to 2024-01-10"]


@pytest.mark.parametrize(
    ("last", "name"),
    [
        (date(2024, 12, 31), "2024"),
        (date(2024, 6, 30), "2024-01 to 2024-06"),
        (date(2024, 1, 31), "2024-01 to 2024-01"),
        (date(2024, 6, 15), "2024-01-01 to 2024-06-15"),
    ],
)
def test_a_year_has_its_name_only_where_it_is_whole(last, name):
    timeline = Timeline(date(2020, 7, 1), last, date(2021, 1, 1))

    assert timeline.years() == ["2021", "2022", "2023", name]
    assert ends_of(name) == (date(2024, 1, 1), last)
    assert grain_of(name) == "year"


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2021, 1, 1), date(2023, 12, 31), "2021 to 2023"),
        (date(2023, 1, 1), date(2023, 12, 31), "2023"),
        (date(2023, 2, 1), date(2023, 2, 28), "2023-02"),
        (date(2023, 12, 1), date(2024, 2, 29), "2023-12 to 2024-02"),
        (date(2024, 2, 1), date(2024, 2, 28), "2024-02-01 to 2024-02-28"),
        (date(2024, 2, 1), date(2024, 2, 1), "2024-02-01"),
    ],
)
def test_a_span_is_named_by_years_months_or_days_and_read_back(first, last, name):
    assert span_name(first, last) == name
    assert ends_of(name) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "2023-13", "23", "2023-1", "2023-W01-1", "2024-06 to 2024-01", "2023 to", "0000"]
)
def test_a_text_that_names_no_days_is_refused(text):
    with pytest.raises(ValueError):
        ends_of(text)


def test_two_runs_share_the_whole_months_that_both_report():
    def line(report_from, end):
        return Timeline(date(2020, 7, 1), end, report_from)

    whole, june = line(date(2021, 1, 1), date(2021, 12, 31)), line(date(2021, 1, 1), date(2021, 6, 15))
    late = line(date(2021, 3, 10), date(2021, 12, 31))

    assert june.shared_with(june) == line(date(2021, 1, 1), date(2021, 6, 15)).shared_with(june)
    assert june.shared_with(june).years() == june.years()
    assert whole.shared_with(june).years() == ["2021-01 to 2021-05"]
    assert whole.shared_with(late).years() == ["2021-04 to 2021-12"]
    assert late.shared_with(june).months() == ["2021-04", "2021-05"]
    assert whole.shared_with(line(date(2022, 1, 1), date(2022, 12, 31))) is None


@pytest.mark.parametrize("report_from", [date(2020, 6, 30), date(2024, 1, 1)])
def test_a_first_reported_day_outside_the_run_is_refused(report_from):
    with pytest.raises(ValueError, match="start <= report_from <= end"):
        Timeline(date(2020, 7, 1), date(2023, 12, 31), report_from)


def test_arrays_of_a_timeline_cannot_be_changed():
    for array in (HISTORY.month_of_day, HISTORY.year_of_day, HISTORY.calendar_month):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5
