"""Figures in the layout of CBP's nationwide encounters: many rows, by what they differ in, make one cell.

Read are encounters between ports (Border Patrol) and at ports (Office of Field Operations), and Title 42 expulsions,
all of the southwest border. As in the packaged figures, minors who travel with an adult count with families, and a
nationality, sector or kind of party without a row in a month that was published counts zero there.

A file can be a part of CBP's table: of some nationalities, say. A sum over something that is there in part would be
taken for the whole, so it is left out, and a note says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from corridor.foundations.errors import nearest_name, quoted
from corridor.inputs.evidence.nationality_names import (
    LEFT,
    Others,
    named_by,
    names_of_nationalities,
    unlike_the_whole,
)
from corridor.inputs.evidence.observed_series import ALL, Figure
from corridor.inputs.evidence.separated_text import Row, SeparatedText, folded
from corridor.inputs.evidence.written_figures import read_count, read_fiscal_month
from corridor.inputs.registries.geography import PARTIES, load_geography

Places = Mapping[str, tuple[int, int]]
"""Line and column of the first row of each month."""

COLUMNS = {
    "fiscal year": "Fiscal Year",
    "month": "Month (abbv)",
    "component": "Component",
    "region": "Land Border Region",
    "area": "Area of Responsibility",
    "demographic": "Demographic",
    "citizenship": "Citizenship",
    "authority": "Title of Authority",
    "count": "Encounter Count",
}
"""What is read, and the column that holds it in CBP's file."""
CBP = "CBP monthly tables"

REQUIRED = ("fiscal year", "month", "component", "region", "count")
ALSO_CALLED = {"month (abbreviation)": "month", "month abbv": "month", "month": "month", "aor (abbv)": "area"}

USBP, OFO, TITLE_42 = "encounters_usbp", "encounters_ofo", "expulsions_title_42"
COMPONENTS = {
    "u.s. border patrol": USBP,
    "us border patrol": USBP,
    "border patrol": USBP,
    "usbp": USBP,
    "office of field operations": OFO,
    "field operations": OFO,
    "ofo": OFO,
}
NOT_NEEDED = ("month grouping", "encounter type", "aor (abbv)")
"""Columns of CBP's file that say nothing more about a cell."""

REGIONS = {
    "southwest land border": True,
    "southwest border": True,
    "southwest": True,
    "northern land border": False,
    "northern border": False,
    "northern": False,
    "coastal border": False,
    "other": False,
}
"""Whether a land border region is the southwest border."""

SINGLE, FAMILY, CHILD = PARTIES
DEMOGRAPHICS = {
    "single adults": SINGLE,
    "single adult": SINGLE,
    "fmua": FAMILY,
    "family unit individuals": FAMILY,
    "individuals in a family unit": FAMILY,
    "family unit aliens": FAMILY,
    "family units": FAMILY,
    "accompanied minors": FAMILY,
    "uc / single minors": CHILD,
    "uc/single minors": CHILD,
    "uc": CHILD,
    "uac": CHILD,
    "unaccompanied children": CHILD,
    "unaccompanied alien children": CHILD,
    "unaccompanied children / single minors": CHILD,
}
AUTHORITIES = {"title 8": False, "title 42": True}
_ENDS = {USBP: "sector", OFO: "office"}


@dataclass
class _Counted:
    """Sums of one component, and what was seen of each way to break it down."""

    whole: Counter[str] = field(default_factory=Counter)
    by: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


class _Reader:
    """Reads rows one by one; a text that came before is not read again."""

    def __init__(self, text: SeparatedText, columns: Mapping[str, int], locale: str):
        self.problems, self.columns, self.locale = text.problems, columns, locale
        self.others = Others()
        self.counted = {USBP: _Counted(), OFO: _Counted()}
        self.expelled = _Counted()
        self.elsewhere = self.southwest = self.again = 0
        self.begins: dict[str, tuple[int, int]] = {}
        self._read: dict[tuple[str, ...], Any] = {}
        self._lines: dict[tuple[str, ...], tuple[int, int]] = {}
        self._nations = names_of_nationalities(CBP)
        places = {place.reported_as for place in load_geography().places}
        self.areas = {
            indicator: {name for name in places if name.endswith(f"_{end}")}
            for indicator, end in _ENDS.items()
        }

    def read(self, row: Row) -> None:
        region = self._text(row, "region", lambda text: _one_of(text, REGIONS, "a land border region"))
        if region is None:
            return
        if not region:
            self.elsewhere += 1
            return
        component = self._text(row, "component", lambda text: _one_of(text, COMPONENTS, "a component"))
        month = self._month(row)
        value = self._text(row, "count", lambda text: read_count(text, self.locale))
        party = self._text(row, "demographic", lambda text: _one_of(text, DEMOGRAPHICS, "a demographic"))
        expelled = self._text(row, "authority", lambda text: _one_of(text, AUTHORITIES, "an authority"))
        area = None
        if component is not None:
            area = self._text(row, "area", lambda text: self._area(component, text), component)
        nation = self._nation(row)
        if component is None or month is None or value is None or not self._is_new(row, value):
            return
        if nation is None or ("area" in self.columns and area is None):
            return
        self.southwest += 1
        name = row.fields[self.columns["citizenship"]] if "citizenship" in self.columns else ""
        if name and nation == LEFT and folded(name) not in self._nations:
            self.others.people[name] += value
        counted = self.counted[component]
        for each in (counted, self.expelled) if expelled else (counted,):
            each.whole[month] += value
            for way, member in (("nationality", nation), ("party", party), ("place", area)):
                if member:
                    each.by[way][month, member] += value
        for way, member in (("nationality", nation), ("party", party), ("place", area)):
            if member:
                counted.seen[way].add(member)

    def _text(self, row: Row, what: str, read: Callable[[str], Any], *more: str) -> Any:
        """What a field says, in a cache; None where there is no such column, or it is wrong and was noted."""
        if what not in self.columns:
            return None
        text = row.fields[self.columns[what]]
        key = (what, text, *more)
        if key in self._read:
            return self._read[key]
        try:
            found = read(text)
        except ValueError as error:  # not kept: it is told at every place
            self._wrong(row, what, str(error))
            return None
        self._read[key] = found
        return found

    def _month(self, row: Row) -> str | None:
        year, month = (row.fields[self.columns[what]] for what in ("fiscal year", "month"))
        key = ("fiscal month", year, month)
        if key not in self._read:
            try:
                self._read[key] = read_fiscal_month(year, month)
            except ValueError as error:
                what = "fiscal year" if "no fiscal year" in str(error) else "month"
                self._wrong(row, what, str(error))
                return None
        found: str = self._read[key]
        if found not in self.begins:
            self.begins[found] = row.line, row.column_of(self.columns["month"])
        return found

    def _nation(self, row: Row) -> str | None:
        if "citizenship" not in self.columns:
            return ""
        name = row.fields[self.columns["citizenship"]]
        if not name:
            self._wrong(row, "citizenship", "is empty; expected a nationality")
            return None
        return self._nations.get(folded(name), LEFT)

    def _area(self, component: str, text: str) -> str:
        known, end = self.areas[component], _ENDS[component]
        name = folded(text).replace("field office", "office")
        name = name if name.endswith(end) else f"{name} {end}"
        found = name.replace(" ", "_")
        if found in known:
            return found
        words = {each.replace("_", " ").replace("office", "field office").title() for each in known}
        why = f"{quoted(text)} is no {_ENDS_IN_WORDS[component]} of the southwest border"
        raise ValueError(f"{why}{_or_known(text, words)}")

    def _is_new(self, row: Row, value: int) -> bool:
        """Whether a row was not there before; one that differs in the count alone is added, and counted."""
        at = self.columns["count"]
        key = row.fields[:at] + row.fields[at + 1 :]
        before = self._lines.get(key)
        if before is None:
            self._lines[key] = row.line, value
            return True
        if before[1] == value:
            self.problems.add(
                row.line, 1, "", f"repeats line {before[0]} in every column; expected each row once"
            )
            return False
        self.again += 1
        return True

    def _wrong(self, row: Row, what: str, why: str) -> None:
        position = self.columns[what]
        self.problems.add(row.line, row.column_of(position), COLUMNS[what], f"{COLUMNS[what]}: {why}")


_ENDS_IN_WORDS = {USBP: "sector", OFO: "field office"}


def find_columns(header: Row) -> dict[str, int]:
    """Position of every column of CBP's layout that a header has."""
    by_name = {folded(title): what for what, title in COLUMNS.items()}
    found: dict[str, int] = {}
    for names in (by_name, ALSO_CALLED):  # the full name goes before another one
        for position, name in enumerate(header.fields):
            what = names.get(folded(name))
            if what is not None and what not in found:
                found[what] = position
    return found


def read_cbp(
    text: SeparatedText, columns: Mapping[str, int], locale: str
) -> tuple[list[Figure], list[str], Places]:
    """Figures of a file in CBP's layout, without publisher and vintage; notes; where each month is first named.

    Parameters
    ----------
    columns
        As `find_columns` gives them; all of `REQUIRED` are there.
    locale
        How its counts are written, one of `corridor.foundations.locales.LOCALES`.

    What is wrong in its rows is added to the problems of the text; the figures are then incomplete.
    """
    reader = _Reader(text, columns, locale)
    for row in text.rows():
        reader.read(row)
    notes = [f"of the southwest border: {_rows(reader.southwest)}, summed"]
    if reader.elsewhere:
        notes.append(f"of other borders: {_rows(reader.elsewhere)}, passed over")
    if reader.again:
        notes.append(f"unlike an earlier one in the count alone: {_rows(reader.again)}, added to it")
    notes += [reader.others.note(), *unlike_the_whole(CBP)]
    figures: list[Figure] = []
    is_whole = {}
    for indicator, counted in reader.counted.items():
        if not counted.whole:
            notes.append(f"no rows of {indicator} on the southwest border")
            continue
        figures += _figures(
            indicator, counted, counted.seen, reader.areas[indicator], notes, sorted(counted.whole)
        )
        is_whole[indicator] = counted.seen
    if reader.expelled.whole:
        if len(is_whole) == len(reader.counted):
            seen = {way: is_whole[USBP].get(way, set()) | is_whole[OFO].get(way, set()) for way in _WAYS}
            areas = reader.areas[USBP] | reader.areas[OFO]
            figures += _figures(
                TITLE_42, reader.expelled, seen, areas, notes, sorted(reader.expelled.whole), ("nationality",)
            )
        else:
            notes.append(f"{TITLE_42} is left out: the file holds one of two components")
    elif "authority" not in columns:
        notes.append(f"no column {COLUMNS['authority']}: {TITLE_42} cannot be told apart")
    return figures, [note for note in notes if note], reader.begins


_WAYS = ("nationality", "party", "place")


def _figures(
    indicator: str,
    counted: _Counted,
    seen: Mapping[str, set[str]],
    areas: Iterable[str],
    notes: list[str],
    months: list[str],
    ways: tuple[str, ...] = _WAYS,
) -> list[Figure]:
    """The whole and each breakdown by month, but for sums over something that is there only in part."""
    members = {"nationality": named_by(CBP), "party": PARTIES, "place": tuple(sorted(areas))}
    partial = {
        way: [name for name in members[way] if name not in seen[way]]
        for way in _WAYS
        if seen.get(way) and not seen[way] >= set(members[way])
    }
    for way, missing in partial.items():
        notes.append(
            f"{indicator}: no rows of {way} {', '.join(missing)}; what sums over {way} is left out, since the file "
            "may be a part of a table"
        )
    gaps = [month for month in _between(months) if month not in months]
    if gaps:
        notes.append(f"{indicator}: no rows in {', '.join(gaps)}; these months are unknown, not zero")
    found = []
    if not partial:
        found += [Figure(indicator, month, ALL, ALL, ALL, counted.whole[month], "", "") for month in months]
    for way in ways:
        if not seen.get(way) or set(partial) - {way}:
            continue
        for month in months:
            for member in members[way]:
                if member in seen[way]:
                    cell = {"place": ALL, "nationality": ALL, "party": ALL} | {way: member}
                    value = counted.by[way][month, member]
                    found.append(Figure(indicator, month, **cell, value=value, publisher="", vintage=""))
    return found


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _between(months: list[str]) -> list[str]:
    first, last = (12 * int(month[:4]) + int(month[5:]) - 1 for month in (months[0], months[-1]))
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(first, last + 1)]


def _one_of(text: str, known: Mapping[str, Any], what: str) -> Any:
    found = known.get(folded(text))
    if found is None:
        raise ValueError(f"{quoted(text)} is not {what} that CBP uses{_or_known(folded(text), known)}")
    return found


def _or_known(text: str, known: Iterable[str]) -> str:
    return nearest_name(text, known) or f"; expected one of {', '.join(sorted(known)[:8])}"
