"""Windows: the days that a number is about, by their first and last one.

A month, a calendar year, a fiscal year of the US government (October to September, `FY2023`) and a day have names of
their own; any other days are a span, named by its ends. A year is a window of twelve months and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from corridor.foundations.timeline import ONE_DAY, Timeline, ends_of, span_name

Kind = Literal["day", "month", "year", "fiscal_year", "span"]
FISCAL = re.compile(r"FY([0-9]{4})")
FISCAL_MONTH = 10
"""October: the first month of a fiscal year, which bears the number of the year that it ends in."""


@dataclass(frozen=True, order=True)
class Window:
    """First and last day, both included.

    Raises
    ------
    ValueError
        If it ends before it begins.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"a window that ends on {self.last} cannot begin on {self.first}")

    @classmethod
    def named(cls, text: str) -> Window:
        """The window of a name: `2023-12`, `2023`, `FY2023`, `2023-12-31`, `2023-06 to 2024-03`.

        Raises
        ------
        ValueError
            If the text names no window.
        """
        if found := FISCAL.fullmatch(text):
            year = int(found[1])
            if year < 2:
                raise ValueError(f"{text!r} is not a fiscal year")
            return cls(date(year - 1, FISCAL_MONTH, 1), date(year, FISCAL_MONTH, 1) - ONE_DAY)
        return cls(*ends_of(text))

    @property
    def kind(self) -> Kind:
        """What it is called by those who publish figures."""
        if self.first == self.last:
            return "day"
        after = self.last + ONE_DAY
        months = (after.year - self.first.year) * 12 + after.month - self.first.month
        if (self.first.day, after.day) == (1, 1):
            if months == 1:
                return "month"
            if months == 12 and self.first.month in (1, FISCAL_MONTH):
                return "year" if self.first.month == 1 else "fiscal_year"
        return "span"

    @property
    def name(self) -> str:
        """As short as it can be said."""
        return f"FY{self.last.year}" if self.kind == "fiscal_year" else span_name(self.first, self.last)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def within(self, other: Window) -> bool:
        """Whether all its days are days of another."""
        return other.first <= self.first and self.last <= other.last

    def cut(self, kind: Literal["month", "year", "fiscal_year"]) -> list[Window]:
        """It by months, calendar years or fiscal years, in order; of the first and the last perhaps a part."""
        pieces, day = [], self.first
        while day <= self.last:
            year, month = day.year, {"month": day.month, "year": 12, "fiscal_year": FISCAL_MONTH - 1}[kind]
            last = min(self.last, ends_of(f"{year + (month < day.month):04d}-{month:02d}")[1])
            pieces.append(Window(day, last))
            day = last + ONE_DAY
        return pieces


def fiscal_years(timeline: Timeline) -> list[Window]:
    """The fiscal years that a run reports whole."""
    return [each for each in reported(timeline).cut("fiscal_year") if each.kind == "fiscal_year"]


def reported(timeline: Timeline) -> Window:
    """All that a run reports."""
    return Window(timeline.report_from, timeline.end)


def recorded_as(period: str, timeline: Timeline) -> Window:
    """The days of a recorded period that a run reports: of a month that it cuts short, those that are left."""
    first, last = ends_of(period)
    return Window(max(first, timeline.report_from), min(last, timeline.end))
