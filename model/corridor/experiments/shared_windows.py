"""What two runs can be compared over: the periods and windows that both report wholly, and what is left out.

The same rule holds on every face. A window is chosen once for all pairs of a ranking; without a choice it runs from the
first difference to the last day that both report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from corridor.foundations.errors import quoted
from corridor.foundations.timeline import ONE_DAY, Timeline, ends_of, grain_of, span_name
from corridor.foundations.windows import Window, fiscal_years, recorded_as, reported
from corridor.outputs.files import refusal
from corridor.outputs.results import Results, period_order
from corridor.outputs.rows import Cell

Pair = tuple[Results, Results]
"""A baseline, and the scenario that stands beside it."""

WHOLE = "whole"
"""The name of the longest window that all pairs share."""

LOW, HIGH = 0.10, 0.90


@dataclass(frozen=True)
class LeftOut:
    """Days that one run reports and another does not cover.

    Attributes
    ----------
    span : str
        The days, such as `2024-07 to 2024-12`.
    scenario : str
        The run that does not cover them, since it ends or begins inside or before them.
    day : date
        Its last day, or its first one reported.
    ends : bool
        Whether it ends on that day, rather than begins.
    """

    span: str
    scenario: str
    day: date
    ends: bool


@dataclass(frozen=True)
class SharedPeriods:
    """What two runs can be compared over: the periods that both cover wholly.

    Attributes
    ----------
    parts : dict of str to tuple of str
        Each period by name (days, months, then years), and the recorded periods that it is the sum of in both: itself,
        or the months of a year that one of the two does not report whole.
    span : str
        All that is compared, such as `2021-01 to 2024-06`; empty where no month is.
    left_out : tuple of LeftOut
        What only one of the two reports.
    """

    parts: Mapping[str, tuple[str, ...]]
    span: str
    left_out: tuple[LeftOut, ...]

    @property
    def years(self) -> tuple[str, ...]:
        """Of the periods the years, and parts of years."""
        return tuple(period for period in self.parts if grain_of(period) == "year")

    def recorded(self, years: Sequence[str] | None = None) -> list[str]:
        """The recorded periods that some years (all, if none are named) are the sum of."""
        return [part for year in (self.years if years is None else years) for part in self.parts[year]]

    def words(self) -> str:
        """What is compared, and what is left out and why; nothing where all is compared."""
        if not self.left_out or not self.span:
            return ""
        why = [
            f"{each.span} is left out since {each.scenario} {'ends' if each.ends else 'begins'} on {each.day}"
            for each in self.left_out
        ]
        return f"compared over {self.span}, which both cover; {', and '.join(why)}"


def shared_periods(one: Results, other: Results) -> SharedPeriods:
    """The periods that two runs both cover wholly: all that a comparison of them may look at.

    A year that one of them leaves in June is no year of both: its months to June are, and are one period by their own
    name, `2024-01 to 2024-06`. The same rule holds wherever a scenario stands beside its baseline.
    """
    timeline = one.timeline.shared_with(other.timeline)
    return SharedPeriods(
        shared_parts(timeline, set(one.periods) & set(other.periods)),
        span_name(timeline.report_from, timeline.end) if timeline else "",
        tuple(_left_out(one, other, timeline)) if timeline else (),
    )


def shared_parts(timeline: Timeline | None, both: Set[str]) -> dict[str, tuple[str, ...]]:
    """As `SharedPeriods.parts`: of the days that two runs share, by the names of the periods that both record."""
    months = timeline.months() if timeline else []
    parts: dict[str, tuple[str, ...]] = {
        period: (period,) for period in both if grain_of(period) == "day" or period in months
    }
    for year in timeline.years() if timeline else ():
        if year in both:
            parts[year] = (year,)
        elif set(inside := months_of(year)) <= both:
            parts[year] = tuple(inside)
    return {period: parts[period] for period in sorted(parts, key=period_order)}


def months_of(year: str) -> list[str]:
    """The months of a year, or of part of one."""
    first, last = ends_of(year)
    return Timeline(first, last, first).months()


def _left_out(one: Results, other: Results, shared: Timeline) -> Iterator[LeftOut]:
    """The days at both ends of a comparison that only one of two runs reports."""
    by_start, by_end = (
        sorted((one, other), key=lambda each: getattr(each.timeline, name)) for name in ("report_from", "end")
    )
    begins, ends = by_start[0].timeline.report_from, by_end[1].timeline.end
    if begins < shared.report_from:
        later = by_start[1]
        span = span_name(begins, shared.report_from - ONE_DAY)
        yield LeftOut(span, later.scenario, later.timeline.report_from, ends=False)
    if ends > shared.end:
        earlier = by_end[0]
        yield LeftOut(
            span_name(shared.end + ONE_DAY, ends), earlier.scenario, earlier.timeline.end, ends=True
        )


class Change(NamedTuple):
    """One cell over one window: means over the replicates, and the paired difference with its 80% interval."""

    baseline: float
    scenario: float
    difference: float
    low: float
    high: float
    relative: float


def change_during(before: Results, after: Results, window: Window, cell: Cell) -> Change:
    """What a scenario changes in one cell during a window; NaN where it cannot be told."""
    return change_between(*(values[:, 0] for values in pair_during(before, after, window, [cell])))


def change_between(was: np.ndarray, now: np.ndarray) -> Change:
    """The change from one value of each run, float64[R], to another."""
    low, high = np.quantile(now - was, [LOW, HIGH])
    mean, base = float((now - was).mean()), float(was.mean())
    relative = mean / base if base else np.nan
    return Change(base, float(now.mean()), mean, float(low), float(high), relative)


def pair_during(
    before: Results, after: Results, window: Window, cells: Sequence[Cell]
) -> tuple[np.ndarray, np.ndarray]:
    """Cells of two runs during a window, float64[R, C] each; NaN in both where one of them cannot tell.

    Both are put together of the same recorded periods, so that two runs that do not differ give the same number.
    """
    both = set(before.periods) & set(after.periods)
    parts = [each.parts_of(window, both) for each in (before, after)]
    if not parts[0] or parts[0] != parts[1]:
        nothing = np.full((len(before.values), len(cells)), np.nan)
        return nothing, nothing
    was, now = (each.over(parts[0], cells) for each in (before, after))
    missing = np.isnan(was) | np.isnan(now)
    return np.where(missing, np.nan, was), np.where(missing, np.nan, now)


def shared_window(before: Results, after: Results) -> Window | None:
    """All that two runs both report, in whole months; None where there is none."""
    timeline = after.timeline.shared_with(before.timeline)
    return reported(timeline) if timeline else None


def first_difference(before: Results, after: Results) -> date | None:
    """The first day of the first period (month, or day where days are reported) in which two runs differ at all."""
    cells = [cell for cell in after.cells if cell in before.index]
    places = [[each.index[cell] for cell in cells] for each in (before, after)]
    shared = shared_parts(
        after.timeline.shared_with(before.timeline), set(before.periods) & set(after.periods)
    )
    for period in shared:  # days come first, then months
        if grain_of(period) == "year":
            break
        was, now = (
            each.values[:, each.periods.index(period)][:, columns]
            for each, columns in zip((before, after), places, strict=True)
        )
        if not np.array_equal(was, now, equal_nan=True):
            return recorded_as(period, after.timeline).first
    return None


def pair_window(before: Results, after: Results, first: date | None) -> Window | None:
    """From the first difference to the last day that both report; all that both report where they do not differ.

    Parameters
    ----------
    first
        As `first_difference` gives it.
    """
    shared = shared_window(before, after)
    return shared if shared is None or first is None else Window(first, shared.last)


def common_window(pairs: Sequence[Pair], begins: Iterable[date | None] | None = None) -> Window | None:
    """One window for all pairs: from the first difference of any of them to the last day that all report.

    Parameters
    ----------
    begins
        The first difference of each pair, where they are known already.
    """
    whole = whole_window(pairs)
    if whole is None:
        return None
    found = (first_difference(*pair) for pair in pairs) if begins is None else begins
    inside = [day for day in found if day is not None and day <= whole.last]
    return Window(max(whole.first, min(inside)), whole.last) if inside else whole


def whole_window(pairs: Sequence[Pair]) -> Window | None:
    """The longest window that all pairs report; None where there is none."""
    shared = [shared_window(*pair) for pair in pairs]
    known = [window for window in shared if window is not None]
    if not known or len(known) < len(shared):
        return None
    first, last = max(window.first for window in known), min(window.last for window in known)
    return Window(first, last) if first <= last else None


def choose_window(
    pairs: Sequence[Pair], text: str | None, begins: Iterable[date | None] | None = None
) -> Window | None:
    """The window that somebody names, for all pairs; without a name, from the first difference (`common_window`).

    Parameters
    ----------
    text
        As `Window.named` takes it, or `whole`.
    begins
        As for `common_window`.

    Raises
    ------
    InputError
        If it names no window, or one that a pair does not report, not wholly or not apart from other days.
    """
    if text is None:
        return common_window(pairs, begins)
    if text == WHOLE:
        return whole_window(pairs)
    window = _named(text)
    for before, after in pairs:
        shared = shared_window(before, after)
        names = f"{after.scenario} and {before.scenario}"
        if shared is None or not window.within(shared):
            both = shared.name if shared else "no whole month"
            raise refusal("window", f"{names} do not both report {window.name}, but {both}")
        both = set(before.periods) & set(after.periods)
        if not after.parts_of(window, both) or not before.parts_of(window, both):
            raise refusal(
                "window", f"{names} report months, and {window.name} is not made of whole ones (--daily)"
            )
    return window


def check_window(reports: Mapping[str, Timeline], text: str | None, *, daily: bool = False) -> None:
    """Refuse a window that scenarios will not report, before they run.

    Parameters
    ----------
    reports
        Name of each scenario -> its days.
    daily
        Whether days are reported besides months.

    Raises
    ------
    InputError
        If the text names no window, or one that a scenario does not report.
    """
    if text is None or text == WHOLE:
        return
    window = _named(text)
    for name, timeline in reports.items():
        if not window.within(reported(timeline)):
            raise refusal("window", f"{name} reports {reported(timeline).name}, not all of {window.name}")
    whole = window.first.day == (window.last + ONE_DAY).day == 1
    if not whole and not daily:
        raise refusal("window", f"months are reported, and {window.name} is not made of whole ones")


def _named(text: str) -> Window:
    try:
        return Window.named(text)
    except ValueError:
        examples = f"2023-12, 2023, FY2023, '2023-06 to 2024-03' or {WHOLE}"
        raise refusal("window", f"{quoted(text)} names no window; write {examples}") from None


def windows_of(before: Results, after: Results, first: date | None) -> list[Window]:
    """The windows that a headline is told for: from the first difference, all, calendar years, fiscal years; each once.

    A part of a year is among the years, where both report no more of it.
    """
    timeline = after.timeline.shared_with(before.timeline)
    if timeline is None:
        return []
    chosen = pair_window(before, after, first)
    windows = [chosen] if chosen else []
    windows.append(reported(timeline))
    windows += [Window.named(year) for year in timeline.years()]
    windows += fiscal_years(timeline)
    return list(dict.fromkeys(windows))
