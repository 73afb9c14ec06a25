"""Figures one a row: indicator, month, and the cell that the number is about; the layout of the packaged figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from corridor.foundations.errors import nearest_name, quoted
from corridor.inputs.evidence.nationality_names import LEFT, Others, names_of_nationalities
from corridor.inputs.evidence.observed_series import ALL, UNKNOWN, Figure, known_indicators, known_places
from corridor.inputs.evidence.separated_text import Row, SeparatedText, folded
from corridor.inputs.evidence.written_figures import read_count, read_day, read_month
from corridor.inputs.registries.geography import PARTIES
from corridor.inputs.registries.indicators import INDICATORS

Places = Mapping[str, tuple[int, int]]
"""Line and column of the first row of each month."""

COLUMNS = ("indicator", "period", "place", "nationality", "party", "value", "publisher", "vintage")
REQUIRED = ("indicator", "period", "value")
IN_SPANISH = {
    "indicador": "indicator",
    "periodo": "period",
    "mes": "period",
    "lugar": "place",
    "nacionalidad": "nationality",
    "grupo": "party",
    "valor": "value",
    "fuente": "publisher",
}
"""Columns may bear these names too."""

MONTH = "month"  # as is usual for a period
WHOLE = {"", "all", "total", "todos", "todas", "todo"}
LONGEST_PUBLISHER = 80
_BREAKS = set(",;\"'\t")
_FORMULA = ("=", "+", "-", "@")


def find_columns(header: Row) -> dict[str, int]:
    """Position of every column of this layout that a header has."""
    found: dict[str, int] = {}
    for position, name in enumerate(header.fields):
        plain = folded(name)
        what = "period" if plain == MONTH else IN_SPANISH.get(plain, plain)
        if what in COLUMNS:
            found.setdefault(what, position)
    return found


def read_tidy(
    text: SeparatedText, columns: Mapping[str, int], locale: str, publisher: str = ""
) -> tuple[list[Figure], list[str], Places]:
    """Figures of a tidy file, publisher and vintage empty where their column is; notes; where each month begins.

    Parameters
    ----------
    columns
        As `find_columns` gives them; all of `REQUIRED` are there.
    locale
        How its values are written, one of `corridor.foundations.locales.LOCALES`.
    publisher
        Of rows that name none; which nationality a name means can depend on it.

    What is wrong in its rows is added to the problems of the text; the figures are then incomplete.
    """
    reader = _Reader(text, columns, locale, publisher)
    for row in text.rows():
        reader.read(row)
    together: dict[Figure, int] = defaultdict(int)
    for figure in reader.figures:
        together[figure._replace(value=0)] += figure.value
    figures = [figure._replace(value=value) for figure, value in together.items()]
    notes = [reader.others.note()]
    if reader.others.people and reader.called[LEFT]:
        notes.append(f"{LEFT} has rows of its own too; the others were added to it")
    elif reader.others.people:
        notes.append(f"{LEFT} has no row of its own: whether these names are all of it is not known")
    notes += [
        f"counted together as {nation}: {', '.join(sorted(names.values()))}"
        for nation, names in reader.called.items()
        if len(names) > 1
    ]
    return figures, [note for note in notes if note], reader.begins


class _Reader:
    """Reads rows one by one, and remembers which cells there were."""

    def __init__(self, text: SeparatedText, columns: Mapping[str, int], locale: str, publisher: str):
        self.problems, self.columns, self.locale = text.problems, columns, locale
        self.publisher = publisher
        self.called: dict[str, dict[str, str]] = defaultdict(dict)
        self.figures: list[Figure] = []
        self.others = Others()
        self._indicators = {folded(each): each for each in known_indicators()}
        self._places = {folded(each): each for each in known_places()}
        self._parties = {folded(each): each for each in PARTIES}
        self.begins: dict[str, tuple[int, int]] = {}
        self._lines: dict[tuple[str, ...], int] = {}

    def read(self, row: Row) -> None:
        before = len(self.problems.found)
        indicator = self._named(row, "indicator", self._indicators, "no indicator")
        period = self._read(row, "period", read_month)
        value = self._read(row, "value", lambda text: read_count(text, self.locale))
        place = self._named(row, "place", self._places, "no place of the model", ALL)
        party = self._named(row, "party", self._parties, "no kind of party", ALL)
        publisher = self._read(row, "publisher", read_publisher) or ""
        vintage = self._read(row, "vintage", _vintage) or ""
        nation, name = self._nation(row, publisher or self.publisher)
        if len(self.problems.found) > before:
            return
        assert indicator and period and place and party and isinstance(value, int)
        ways = {"place": place, "nationality": nation, "party": party}
        by = [way for way, member in ways.items() if member != ALL]
        if len(by) > 1:
            what = " and ".join(f"{way} {quoted(ways[way])}" for way in by)
            self._wrong(
                row, by[1], f"figures are by place, nationality or party, never by two of them: not {what}"
            )
            return
        known = INDICATORS.get(indicator)
        if by and known is not None and by[0] not in known.breakdowns:
            ways_known = " and ".join(known.breakdowns) or "nothing"
            self._wrong(row, by[0], f"{indicator} is reported by {ways_known}; expected `all` here")
            return
        key = (indicator, period, place, nation, party, name)
        if (line := self._lines.setdefault(key, row.line)) != row.line:
            self._wrong(row, "value", f"line {line} has a figure of this cell already; expected one a month")
            return
        if name and nation == LEFT and name not in self.called[LEFT]:
            self.others.people[row.fields[self.columns["nationality"]]] += value
        self.begins.setdefault(period, (row.line, row.column_of(self.columns["period"])))
        self.figures.append(Figure(indicator, period, place, nation, party, value, publisher, vintage))

    def _nation(self, row: Row, publisher: str) -> tuple[str, str]:
        """The nationality, and the folded name that it was given."""
        text = row.fields[self.columns["nationality"]] if "nationality" in self.columns else ""
        name = folded(text)
        if name in WHOLE:
            return ALL, ""
        found = names_of_nationalities(publisher).get(name)
        if found is not None:
            self.called[found][name] = text
        return found or LEFT, name

    def _named(
        self, row: Row, what: str, known: Mapping[str, str], wrong: str, otherwise: str = ""
    ) -> str | None:
        text = row.fields[self.columns[what]] if what in self.columns else ""
        if otherwise and folded(text) in WHOLE:
            return otherwise
        found = known.get(folded(text))
        if found is None:
            near = (
                nearest_name(text, known.values()) or f"; expected one such as {next(iter(known.values()))!r}"
            )
            self._wrong(row, what, f"{quoted(text)} is {wrong}{near}")
        return found

    def _read(self, row: Row, what: str, read: Callable[[str], Any]) -> Any:
        if what not in self.columns:
            return None
        try:
            return read(row.fields[self.columns[what]])
        except ValueError as error:
            self._wrong(row, what, str(error))
            return None

    def _wrong(self, row: Row, what: str, why: str) -> None:
        position = self.columns[what]
        self.problems.add(row.line, row.column_of(position), what, f"{what}: {why}")


def read_publisher(text: str) -> str:
    """Who published a figure, as files can hold it.

    Raises
    ------
    ValueError
        If it is long, or holds what a table of text could not.
    """
    if len(text) > LONGEST_PUBLISHER:
        raise ValueError(
            f"{quoted(text)} is too long; expected at most {LONGEST_PUBLISHER} characters of a publisher"
        )
    if not text.isprintable() or set(text) & _BREAKS or text.startswith(_FORMULA):
        raise ValueError(f"{quoted(text)}: expected a publisher without commas, quotes and marks of formulas")
    return text


def _vintage(text: str) -> str:
    return "" if text in ("", UNKNOWN) else f"{read_day(text)}"
