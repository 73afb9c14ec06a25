"""Counts, months and fiscal years as tables of publishers and spreadsheets write them, in English and Spanish.

A count is read in one way only: `1.234` is one thousand two hundred and thirty-four where points mark thousands, and no
whole number where they mark decimals. Which of the two holds is told by whoever brings the file, never guessed.
"""

from __future__ import annotations

import re
from datetime import date

from corridor.foundations.errors import quoted
from corridor.foundations.locales import LOCALES, MARKS
from corridor.inputs.evidence.separated_text import folded

MOST_PEOPLE = 1_000_000_000
"""No count of people in a month is larger."""

FIRST_YEAR, LAST_YEAR = 1990, 2099
FISCAL_YEAR_BEGINS = 10
"""The month, October, in which a fiscal year of the US begins: in the calendar year before."""

_NAMES = (
    ("jan", "january", "ene", "enero"),
    ("feb", "february", "febrero"),
    ("mar", "march", "marzo"),
    ("apr", "april", "abr", "abril"),
    ("may", "mayo"),
    ("jun", "june", "junio"),
    ("jul", "july", "julio"),
    ("aug", "august", "ago", "agosto"),
    ("sep", "sept", "september", "set", "septiembre", "setiembre"),
    ("oct", "october", "octubre"),
    ("nov", "november", "noviembre"),
    ("dec", "december", "dic", "diciembre"),
)
MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names}
"""Number of a month by its name or abbreviation, in English and Spanish."""

_SPACES = "\u0020\u00a0\u202f\u2009"  # which mark thousands too
_MINUS = "-\u2212\u2013"
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})(-01)?(?:[ T]00:00(?::00)?)?")
_NUMBERED = re.compile(r"([0-9]{1,2})/([0-9]{4})")
_NAMED = re.compile(r"([a-z]{3,12})\.?[ \-/.]*(?:de )?([0-9]{4}|[0-9]{2})")
_FISCAL = re.compile(r"(?:fy ?)?([0-9]{4})(?: ?\(fytd\))?")
_CENTURY = 2000
WHOLE = "expected a whole number of people, 0 or more"
A_MONTH = "expected a month such as 2023-12, Dec-23 or dic-23"


def read_count(text: str, locale: str) -> int:
    """A whole number of people.

    Parameters
    ----------
    text
        Such as ``12345``, ``12,345`` (en), ``12.345`` (es), ``12 345``.
    locale
        One of `corridor.foundations.locales.LOCALES`.

    Raises
    ------
    ValueError
        With what is wrong with it and what was expected.
    """
    if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PEOPLE)):
        return _within(int(text), text)
    if not text:
        raise ValueError(f"is empty; {WHOLE}: leave out the row where nothing was published")
    found = _number(text, locale)
    if found is None:
        other = next(each for each in LOCALES if each != locale)
        raise ValueError(f"{quoted(text)} is no number; {WHOLE}{_hint(text, other)}")
    negative, whole, decimals = found
    if negative and (whole or decimals.strip("0")):
        raise ValueError(f"{quoted(text)} is negative; {WHOLE}")
    if decimals.strip("0"):
        other = next(each for each in LOCALES if each != locale)
        raise ValueError(f"{quoted(text)} is not whole; {WHOLE}{_hint(text, other)}")
    return _within(whole, text)


def read_month(text: str) -> str:
    """A month as ``2023-12``.

    Parameters
    ----------
    text
        Such as ``2023-12``, ``2023-12-01``, ``12/2023``, ``Dec-23``, ``dic-23``, ``diciembre de 2023``.

    Raises
    ------
    ValueError
        With what was expected.
    """
    plain = folded(text)
    if found := _ISO.fullmatch(plain):
        year, month = int(found[1]), int(found[2])
    elif found := _NUMBERED.fullmatch(plain):
        year, month = int(found[2]), int(found[1])
    elif (found := _NAMED.fullmatch(plain)) and found[1] in MONTHS:
        year, month = int(found[2]), MONTHS[found[1]]
        year += _CENTURY if len(found[2]) == len("23") else 0
    else:
        raise ValueError(f"{quoted(text)} is no month; {A_MONTH}")
    if month not in range(1, 13) or year not in range(FIRST_YEAR, LAST_YEAR + 1):
        raise ValueError(f"{quoted(text)} is no month of {FIRST_YEAR} to {LAST_YEAR}; {A_MONTH}")
    return f"{year}-{month:02}"


def read_fiscal_month(fiscal_year: str, month: str) -> str:
    """The calendar month of a month of a fiscal year: ``OCT`` of 2024 is ``2023-10``.

    Parameters
    ----------
    fiscal_year
        Such as ``2024`` or ``2024 (FYTD)``, of October to September.
    month
        Its name in English or Spanish; with a year (``oct-23``) the two must agree.

    Raises
    ------
    ValueError
        With what is wrong and what was expected.
    """
    found = _FISCAL.fullmatch(folded(fiscal_year))
    if not found or int(found[1]) not in range(FIRST_YEAR, LAST_YEAR + 1):
        raise ValueError(f"{quoted(fiscal_year)} is no fiscal year; expected one such as 2024 or 2024 (FYTD)")
    name = folded(month).rstrip(".")
    if name in MONTHS:
        number = MONTHS[name]
        return f"{int(found[1]) - (number >= FISCAL_YEAR_BEGINS)}-{number:02}"
    try:
        given = read_month(month)
    except ValueError:
        raise ValueError(f"{quoted(month)} is no month; expected one such as OCT, Oct or oct-23") from None
    number = int(given[5:])
    expected = f"{int(found[1]) - (number >= FISCAL_YEAR_BEGINS)}-{number:02}"
    if given != expected:
        raise ValueError(
            f"{quoted(month)} is not in fiscal year {found[1]}, which runs from October {int(found[1]) - 1} "
            f"to September {found[1]}"
        )
    return given


def read_day(text: str) -> date:
    """A day as ``2024-03-15``.

    Raises
    ------
    ValueError
        With what was expected.
    """
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{quoted(text)} is no day; expected one such as 2024-03-15") from None


def _number(text: str, locale: str) -> tuple[bool, int, str] | None:
    """Whether a text has a minus, its whole part and its decimals; None where it is no number of the locale."""
    thousands, decimal = MARKS[locale]
    brackets = text.startswith("(") and text.endswith(")")
    plain = text[1:-1] if brackets else text
    negative = brackets or plain.startswith(tuple(_MINUS))
    plain = plain.lstrip(_MINUS + "+") if not brackets else plain
    mark = rf"[{re.escape(thousands)}{_SPACES}'’]"
    found = re.fullmatch(
        rf"([0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|[0-9]{{1,15}})(?:{re.escape(decimal)}([0-9]{{1,15}}))?", plain
    )
    if not found or len(text) > len("(-999,999,999,999,999.999999999999999)"):
        return None
    return negative, int(re.sub(r"[^0-9]", "", found[1])), found[2] or ""


def _hint(text: str, other: str) -> str:
    found = _number(text, other)
    if found and not found[0] and not found[2].strip("0"):
        return f"; with --locale {other} it is {found[1]:,}"
    return ""


def _within(value: int, text: str) -> int:
    if value > MOST_PEOPLE:
        raise ValueError(f"{quoted(text)} is more than {MOST_PEOPLE:,} people")
    return value
