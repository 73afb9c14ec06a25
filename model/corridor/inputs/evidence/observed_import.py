"""Importing observed figures: one file in the layout of CBP or in a tidy one becomes an `ObservedSeries`.

Which layout a file has is told by its header. Everything that is wrong is told at once, each with its line and column;
a file with anything wrong gives no figure at all.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

from corridor.foundations.errors import InputError, Problem, nearest_name, quoted
from corridor.foundations.locales import LOCALES
from corridor.foundations.regular_files import read_regular
from corridor.inputs.evidence import cbp_layout, tidy_layout
from corridor.inputs.evidence.observed_series import UNKNOWN, Figure, ObservedSeries, in_order
from corridor.inputs.evidence.separated_text import MOST_BYTES, Row, SeparatedText, folded, read_separated
from corridor.inputs.evidence.written_figures import read_day

CBP, TIDY = "cbp", "tidy"
PACKAGED = "packaged"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
WHAT_A_NAME_IS = "expected at most 64 lower-case letters, digits, - and _, beginning with a letter or digit"
_LISTED = 10


def import_observed(
    file: Path | str,
    *,
    vintage: str | date | None = None,
    publisher: str | None = None,
    locale: str = "en",
    name: str | None = None,
) -> ObservedSeries:
    """Read a file of observed figures, in CBP's layout or tidy.

    Parameters
    ----------
    file
        CSV in UTF-8, of at most 50 MB and 500,000 lines.
    vintage
        The day on which the figures were read or published (``2024-01-26``). A month that had not ended by then is
        left out, with a note.
    publisher
        Who published them, where rows do not say it; an id of sources.yaml where it is one of those.
    locale
        ``en`` (12,345) or ``es`` (12.345).
    name
        What they are called. [default: the name of the file]

    Returns
    -------
    ObservedSeries
        People (or events) by month and cell; what was not told is ``unknown``.

    Raises
    ------
    InputError
        With everything that is wrong with the file, by line and column, or with an argument.
    """
    try:
        content = read_regular(file, MOST_BYTES)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError([Problem(str(file), 0, 0, "", f"cannot be read: {why}")]) from error
    return parse_observed(
        content, file=str(file), vintage=vintage, publisher=publisher, locale=locale, name=name
    )


def parse_observed(
    content: bytes,
    *,
    file: str = "<text>",
    vintage: str | date | None = None,
    publisher: str | None = None,
    locale: str = "en",
    name: str | None = None,
) -> ObservedSeries:
    """Read the content of a file of observed figures; the rest is as in `import_observed`.

    Parameters
    ----------
    content
        The bytes of the file.
    file
        What problems call it.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    day, named = _arguments(file, vintage, publisher, locale, name)
    text = read_separated(content, file)
    layout, columns = _layout(text)
    if layout == CBP:
        figures, notes, begins = cbp_layout.read_cbp(text, columns, locale)
    else:
        figures, notes, begins = tidy_layout.read_tidy(text, columns, locale, publisher or "")
    if not figures and not text.problems.found:
        text.problems.add(0, 0, "", f"holds no figure that can be used{_because(notes)}")
    text.problems.end()
    ignored = [
        title
        for position, title in enumerate(text.header.fields)
        if position not in columns.values() and folded(title) not in cbp_layout.NOT_NEEDED
    ]
    if ignored:
        notes.append(f"columns that were not read: {', '.join(title[:40] for title in ignored[:_LISTED])}")
    figures, late = _without_partial_months(figures, day, file, begins)
    notes += late
    rows = in_order(
        row._replace(publisher=row.publisher or publisher or UNKNOWN, vintage=row.vintage or _said(day))
        for row in figures
    )
    if any(row.publisher == UNKNOWN for row in rows):
        notes.append("no publisher was told: it is `unknown`")
    if any(row.vintage == UNKNOWN for row in rows):
        notes.append(
            "no vintage was told: it is `unknown`, and whether the last month had ended is not checked"
        )
    return ObservedSeries(
        name=named,
        rows=rows,
        layout=layout,
        source=_file_name(file),
        sha256=sha256(content).hexdigest(),
        locale=locale,
        vintage=_one_of(row.vintage for row in rows),
        publisher=_one_of(row.publisher for row in rows),
        notes=tuple(notes),
    )


def name_of(file: str) -> str:
    """The name that figures get from their file."""
    stem = folded(Path(_file_name(file)).stem)
    return re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:64] or "observed"


def check_name(name: str) -> str:
    """A name that figures can have.

    Raises
    ------
    InputError
        If it is none, or the name of the packaged figures.
    """
    if not NAME.fullmatch(name):
        raise InputError([Problem("--name", 0, 0, "", f"{quoted(name)} is no name: {WHAT_A_NAME_IS}")])
    if name == PACKAGED:
        why = f"{PACKAGED} is the name of the figures that Corridor comes with; choose another"
        raise InputError([Problem("--name", 0, 0, "", why)])
    return name


def _arguments(
    file: str, vintage: str | date | None, publisher: str | None, locale: str, name: str | None
) -> tuple[date | None, str]:
    problems = []
    day = vintage if isinstance(vintage, date) else None
    if isinstance(vintage, str):
        try:
            day = read_day(vintage)
        except ValueError as error:
            problems.append(Problem("--vintage", 0, 0, "", str(error)))
    if publisher is not None:
        try:
            tidy_layout.read_publisher(publisher)
        except ValueError as error:
            problems.append(Problem("--publisher", 0, 0, "", str(error)))
    if locale not in LOCALES:
        near = nearest_name(str(locale), LOCALES)
        why = f"{quoted(locale)} is no locale; expected {' or '.join(LOCALES)}{near}"
        problems.append(Problem("--locale", 0, 0, "", why))
    named = name_of(file)
    try:
        named = check_name(named if name is None else name)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return day, named


def _layout(text: SeparatedText) -> tuple[str, Mapping[str, int]]:
    """Which layout a header has, and where its columns are."""
    cbp, tidy = cbp_layout.find_columns(text.header), tidy_layout.find_columns(text.header)
    of_cbp = [what for what in cbp_layout.REQUIRED if what in cbp]
    of_tidy = [what for what in tidy_layout.REQUIRED if what in tidy]
    if not of_cbp and not of_tidy:
        _refuse_header(text)
    layout = CBP if len(of_cbp) > len(of_tidy) else TIDY
    columns = cbp if layout == CBP else tidy
    titles: Mapping[str, str] = (
        cbp_layout.COLUMNS if layout == CBP else {name: name for name in tidy_layout.COLUMNS}
    )
    required = cbp_layout.REQUIRED if layout == CBP else tidy_layout.REQUIRED
    header = text.header
    for what in required:
        if what not in columns:
            near = nearest_name(titles[what], header.fields)
            why = f"the column {titles[what]} is missing, which {_of(layout)} has{near}"
            text.problems.add(header.line, 1, titles[what], why)
    for name, count in Counter(map(folded, header.fields)).items():
        if count > 1:
            position = [folded(each) for each in header.fields].index(name)
            why = f"{count} columns are called {quoted(header.fields[position])}; expected one"
            text.problems.add(header.line, header.column_of(position), "", why)
    if layout == TIDY:
        for position, name in enumerate(header.fields):
            if position not in columns.values() and folded(name) not in map(folded, columns):
                near = nearest_name(folded(name), tidy_layout.COLUMNS)
                why = f"unknown column {quoted(name)}; expected {', '.join(tidy_layout.COLUMNS)}{near}"
                text.problems.add(header.line, header.column_of(position), "", why)
    text.problems.end()
    return layout, columns


def _refuse_header(text: SeparatedText) -> NoReturn:
    header: Row = text.header
    known = (*cbp_layout.COLUMNS.values(), *tidy_layout.COLUMNS)
    near = next((hint for name in header.fields if (hint := nearest_name(name, known))), "")
    why = (
        f"the first line is no header that is known: {quoted(header.text)}; expected CBP's columns "
        f"({', '.join(cbp_layout.COLUMNS[each] for each in cbp_layout.REQUIRED)}) or tidy ones "
        f"({', '.join(tidy_layout.COLUMNS)}){near}"
    )
    text.problems.add(header.line, 1, "", why)
    raise InputError(text.problems.found)


def _of(layout: str) -> str:
    return "CBP's layout" if layout == CBP else "a tidy file"


def _without_partial_months(
    figures: list[Figure], day: date | None, file: str, begins: Mapping[str, tuple[int, int]]
) -> tuple[list[Figure], list[str]]:
    """Leave out months that had not ended when they were read; months that had not begun are refused."""
    kept: list[Figure] = []
    partial: Counter[str] = Counter()
    unborn: set[tuple[str, str]] = set()
    for figure in figures:
        read = date.fromisoformat(figure.vintage) if figure.vintage else day
        year, month = int(figure.period[:4]), int(figure.period[5:])
        if read is None or read > date(year, month, monthrange(year, month)[1]):
            kept.append(figure)
        elif read >= date(year, month, 1):
            partial[figure.period] += 1
        else:
            unborn.add((figure.period, f"{read}"))
    if unborn:
        raise InputError(
            Problem(
                file,
                *begins[period],
                "period",
                f"{period} lies after the vintage, {read}: nothing of it was known then",
            )
            for period, read in unborn
        )
    notes = [
        f"{period} had not ended by the vintage: {count:,} figures of a part of it are left out"
        for period, count in sorted(partial.items())
    ]
    if partial and not kept:
        raise InputError([Problem(file, 0, 0, "", f"holds no month that had ended: {'; '.join(notes)}")])
    return kept, notes


def _because(notes: list[str]) -> str:
    return f" ({'; '.join(notes)})" if notes else ""


def _said(day: date | None) -> str:
    return UNKNOWN if day is None else f"{day}"


def _one_of(values) -> str:
    """The one value of all rows; several are told in the rows alone."""
    found = set(values)
    return found.pop() if len(found) == 1 else "several"


def _file_name(file: str) -> str:
    """The last part of a path, as text that a file can hold."""
    last = re.split(r"[/\\]", file)[-1]
    return "".join(each if each.isprintable() else "?" for each in last)[:200] or "text"
