"""The days of a run: dates outside, day numbers inside.

Day 0 is the first day of the spin-up (2020-07-01 for `history` and everything that extends it). Months and
years are reported from `report_from` on; the spin-up days before it belong to no month.

A period is named by the days that it holds: `2023` is a whole year and nothing else; the part of a year that a run
reports is named by its ends (`2024-01 to 2024-06`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

DAYS_PER_MONTH = 365.25 / 12
WEEKLY, MONTHLY = 7, 28
"""How often institutions act, in days. Four weeks, so that what is monthly falls on the first day of a week."""

SPIN_UP = -1
"""Month index of a day that is not reported."""

ONE_DAY = timedelta(days=1)
TO = " to "
"""Between the ends in the name of a span; the app translates what it shows."""

Grain = Literal["day", "month", "year"]
GRAINS: dict[int, Grain] = {len("2023-12-31"): "day", len("2023-12"): "month", len("2023"): "year"}


def grain_of(period: str) -> Grain:
    """Whether a period is a day, a month or a year; a part of a year counts as a year."""
    return "year" if TO in period else GRAINS[len(period)]


def ends_of(period: str) -> tuple[date, date]:
    """First and last day of a period or span, by its name.

    Raises
    ------
    ValueError
        If the text names no period.
    """
    first, separator, last = period.partition(TO)
    first, last = (first, last) if separator else (period, period)
    opened, closed = _first_day(first), _first_day(last)
    if len(last) == len("2023"):
        closed = closed.replace(year=closed.year + 1) - ONE_DAY
    elif len(last) == len("2023-12"):
        closed = _next_month(closed) - ONE_DAY
    if opened > closed:
        raise ValueError(f"{period!r} ends before it begins")
    return opened, closed


def span_name(first: date, last: date) -> str:
    """Days by name, as short as it can be said: `2023`, `2021 to 2023`, `2024-06`, `2024-01 to 2024-06`; else days."""
    after = last + ONE_DAY
    form = "%Y-%m-%d"
    if first.day == after.day == 1:
        form = "%Y" if first.month == after.month == 1 else "%Y-%m"
    names = [f"{day:{form}}" for day in (first, last)]
    return names[0] if names[0] == names[1] else TO.join(names)


def _first_day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        raise ValueError(f"{text!r} is not a day, month or year")
    return date.fromisoformat(text + "-01-01"[len(text) - len("2023") :])


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


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
        """The reported years in order; one that is not reported whole by its ends, such as ``2024-01 to 2024-06``."""
        return [self.year_name(year) for year in range(self.report_from.year, self.end.year + 1)]

    def year_name(self, year: int) -> str:
        """The name of what is reported of a year."""
        name = span_name(max(self.report_from, date(year, 1, 1)), min(self.end, date(year, 12, 31)))
        # One month or day alone: its own row has the plain name.
        return name if TO in name or name == str(year) else f"{name}{TO}{name}"

    def covers(self, period: str) -> bool:
        """Whether every day of a period is reported."""
        first, last = ends_of(period)
        return self.report_from <= first and last <= self.end

    def shared_with(self, other: Timeline) -> Timeline | None:
        """What two runs can be compared over: the whole months that both report; None where there are none.

        A month that both cut short on the same day is the same days in both, and stays.
        """
        first, last = max(self.report_from, other.report_from), min(self.end, other.end)
        if self.report_from != other.report_from and first.day != 1:
            first = _next_month(first)
        if self.end != other.end and (last + ONE_DAY).day != 1:
            last = last.replace(day=1) - ONE_DAY
        return Timeline(first, last, first) if first <= last else None

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
