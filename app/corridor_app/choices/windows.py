"""The days that a page shows: which may be chosen, and how a link names them.

Windows are those of the command line (`corridor.experiments.shared_windows`), and a link names them as `--window`
does. Nothing named is the usual choice: of a comparison from the first difference to the end that all have. No
Streamlit here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import corridor
from corridor.experiments.shared_windows import (
    WHOLE,
    Pair,
    choose_window,
    common_window,
    first_difference,
    shared_window,
    whole_window,
)
from corridor_app.words.foreign import Unreadable
from corridor_app.words.language import N_, _
from corridor_app.words.wording import days_words, window_words

USUAL = ""
ALL = "all"
"""What links of earlier releases call the whole run."""

OCTOBER = 10
"""The first month of a fiscal year of the US, which bears the number of the year that it ends in."""

Kind = Literal[
    "difference", "same", "last", "whole", "shared", "year", "fiscal_year", "month", "alone", "own"
]

WORDS: Mapping[Kind, str] = {
    "difference": N_("From the first difference: {days}"),
    "same": N_("No difference, all days: {days}"),
    "last": N_("Last year reported: {days}"),
    "whole": N_("Whole run: {days}"),
    "shared": N_("All that is shared: {days}"),
    "alone": N_("The scenario alone: {days}"),
}
PARTS: Mapping[Kind, str] = {
    "year": N_("Part of {year}: {days}"),
    "fiscal_year": N_("Part of US fiscal year {year}: {days}"),
    "month": N_("Part of a month: {days}"),
}


class Option(NamedTuple):
    """Days that may be chosen, and what they are called."""

    window: corridor.Window
    kind: Kind

    def words(self) -> str:
        """It in a list to choose from; a part of a year says that it is one."""
        days = days_words(self.window)
        if self.kind in WORDS:
            return _(WORDS[self.kind]).format(days=days)
        if self.kind in PARTS and self.window.kind != self.kind:
            last = self.window.last
            later = self.kind == "fiscal_year" and last.month >= OCTOBER
            return _(PARTS[self.kind]).format(year=last.year + later, days=days)
        name = window_words(self.window)
        return f"{name}: {days}" if self.kind == "fiscal_year" else name


def read_window(text: str) -> str:
    """Days as a link names them, under their shortest name.

    Raises
    ------
    Unreadable
        If the text names none.
    """
    if text in (WHOLE, ALL):
        return WHOLE
    try:
        return corridor.Window.named(text).name
    except ValueError:
        words = N_("days are named as 2023-12, 2023, FY2023, 2023-06 to 2024-03 or {whole}")
        raise Unreadable(words, whole=WHOLE) from None


def pairs_of(baseline: corridor.Results | None, scenarios: Sequence[corridor.Results]) -> list[Pair]:
    """Each scenario beside its baseline; beside itself where there is none, or none that shares a month with it."""
    return [
        (each if baseline is None or shared_window(baseline, each) is None else baseline, each)
        for each in scenarios
    ]


def offered(pairs: Sequence[Pair], *, by_year: bool = False) -> dict[str, Option]:
    """What may be chosen, by the name that a link gives it, the usual choice first; nothing where no month is shared.

    All that is offered is reported by all pairs, but for years that a scenario reports beyond its one baseline.

    Parameters
    ----------
    by_year
        The usual choice is the last year, rather than from the first difference.
    """
    whole = whole_window(pairs)
    if whole is None:
        return {}
    alone = all(before is after for before, after in pairs)
    found = {
        USUAL: Option(whole.cut("year")[-1], "last")
        if alone or by_year
        else _from_the_first_difference(pairs),
        WHOLE: Option(whole, "whole" if alone else "shared"),
    }
    kinds: tuple[Literal["year", "fiscal_year", "month"], ...] = ("year", "fiscal_year", "month")
    for kind in kinds:
        for window in whole.cut(kind):
            found.setdefault(window.name, Option(window, kind))
    reports = shared_window(pairs[0][1], pairs[0][1])
    if len(pairs) == 1 and reports is not None:
        for window in reports.cut("year"):
            if not window.within(whole):
                found.setdefault(window.name, Option(window, "alone"))
    return found


def _from_the_first_difference(pairs: Sequence[Pair]) -> Option:
    begins = [first_difference(*pair) for pair in pairs]
    window = common_window(pairs, begins)
    assert window is not None  # they share one
    return Option(window, "difference" if any(day and day <= window.last for day in begins) else "same")


def find_option(options: Mapping[str, Option], pairs: Sequence[Pair], text: str) -> Option | None:
    """What a text names: one of the options, or days of somebody's own that all pairs report; None otherwise."""
    if text in options:
        return options[text]
    try:
        window = choose_window(pairs, text)
    except corridor.InputError:
        return None
    return None if window is None else Option(window, "own")


def asked_of(option: Option) -> str | None:
    """What `--window` is given for the same days; None where it is given nothing."""
    if option.kind in ("difference", "same", "alone"):
        return None
    return WHOLE if option.kind in ("whole", "shared") else option.window.name
