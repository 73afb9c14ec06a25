"""The days of a run: dates outside, day numbers inside.

Day 0 is the first day of the spin-up (2020-07-01 for `history` and everything that extends it). Months and
years are reported from `report_from` on; the spin-up days before it belong to no month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

DAYS_PER_MONTH = 365.25 / 12
WEEKLY, MONTHLY = 7, 28
"""How often institutions act, in days. Four weeks, so that what is monthly falls on the first day of a week."""

SPIN_UP = -1
"""Month index of a day that is not reported."""


@dataclass(frozen=True)
class Timeline:
    """A run's days, first and last included.

    Parameters
    ----------
    start, end : date
        First and last day simulated.
    report_from : date
        First day reported; days before it are spin-up.

    Raises
    ------
    ValueError
        If the dates are not in the order start <= report_from <= end.
    """

    start: date
    end: date
    report_from: date

    def __post_init__(self) -> None:
        if not self.start <= self.report_from <= self.end:
            raise ValueError(
                f"a timeline needs start <= report_from <= end, not {self.start}, {self.report_from}, {self.end}"
            )

    @property
    def days(self) -> int:
        """Number of days simulated."""
        return (self.end - self.start).days + 1

    @property
    def report_day(self) -> int:
        """Day number of the first day reported."""
        return self.day_of(self.report_from)

    def day_of(self, day: date) -> int:
        """Day number of a date: negative before the start, `days` or more after the end."""
        return (day - self.start).days

    def date_of(self, day: int) -> date:
        """Date of a day number."""
        return self.start + timedelta(days=int(day))

    def months(self) -> list[str]:
        """The reported months in order, such as ``['2021-01', '2021-02']``; a month cut short is included."""
        first = self.report_from.year * 12 + self.report_from.month - 1
        last = self.end.year * 12 + self.end.month - 1
        return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(first, last + 1)]

    def years(self) -> list[str]:
        """The reported years in order."""
        return [str(year) for year in range(self.report_from.year, self.end.year + 1)]

    @cached_property
    def month_of_day(self) -> NDArray[np.int64]:
        """Index into `months()` of every day, shape (days,); `SPIN_UP` (-1) before `report_from`."""
        months = self._calendar_months - self._calendar_months[self.report_day]
        months[: self.report_day] = SPIN_UP
        months.setflags(write=False)
        return months

    @cached_property
    def year_of_day(self) -> NDArray[np.int64]:
        """Index into `years()` of every day, shape (days,); `SPIN_UP` (-1) before `report_from`."""
        years = self._calendar_months // 12
        years = years - years[self.report_day]
        years[: self.report_day] = SPIN_UP
        years.setflags(write=False)
        return years

    @cached_property
    def calendar_month(self) -> NDArray[np.int64]:
        """Month of the year of every day, 1 to 12, shape (days,), spin-up included."""
        months = self._calendar_months % 12 + 1
        months.setflags(write=False)
        return months

    @property
    def _calendar_months(self) -> NDArray[np.int64]:
        """Months since year 0 of every day, shape (days,)."""
        days = np.datetime64(self.start, "D") + np.arange(self.days)
        return days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
