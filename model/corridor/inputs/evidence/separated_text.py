"""Text in columns as others save it: bytes become rows of fields that know their line and column, within bounds.

Commas, semicolons or tabs; with or without a byte order mark; any line end. What cannot be such a text is refused with
its place: another encoding, too many lines, a quote that is never closed, a row with too few fields.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corridor.foundations.errors import InputError, Problem, quoted

MOST_BYTES = 50_000_000
"""Of a file: CBP's table of four fiscal years has a fifth of that."""

MOST_LINES = 500_000
LONGEST_LINE = 4_000
MOST_PROBLEMS = 1_000
"""Problems after which reading ends: the rest of such a file says the same."""

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_NEW_LINE = re.compile(r"\r\n|\r|\n")
_TOLD_BY_ITSELF = re.compile(r'"?sep=(.)"?[,;\t]*', re.IGNORECASE)


class Problems:
    """What is wrong with a file so far.

    Attributes
    ----------
    file : str
        The file as the user named it.
    found : list of Problem
    """

    def __init__(self, file: str):
        self.file = file
        self.found: list[Problem] = []

    def add(self, line: int, column: int, path: str, message: str) -> None:
        """Note a problem at its place.

        Raises
        ------
        InputError
            With all that was found, when there are too many.
        """
        self.found.append(Problem(self.file, line, column, path, message))
        if len(self.found) >= MOST_PROBLEMS:
            raise InputError(
                [
                    *self.found,
                    Problem(self.file, line + 1, 1, "", "not read from here on: there are too many problems"),
                ]
            )

    def end(self) -> None:
        """Raise what was found, if anything.

        Raises
        ------
        InputError
        """
        if self.found:
            raise InputError(self.found)


@dataclass(frozen=True)
class Row:
    """One line: its number from 1, its text, and its fields without the blanks around them."""

    line: int
    text: str
    separator: str
    fields: tuple[str, ...]

    def column_of(self, position: int) -> int:
        """Column in the text, from 1, where a field begins."""
        within, passed = False, 0
        for column, letter in enumerate(self.text, 1):
            if passed == position:
                return column
            if letter == '"':
                within = not within
            passed += letter == self.separator and not within
        return len(self.text) + 1


@dataclass(frozen=True)
class SeparatedText:
    """A text in columns: its header, and the rows below it, read one by one.

    Attributes
    ----------
    header : Row
    problems : Problems
        Where rows that cannot be read are noted while they are read.
    """

    header: Row
    problems: Problems
    _lines: Sequence[str] = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """Every row that has a field for every column; blank lines are passed over."""
        expected = len(self.header.fields)
        for number in range(self.header.line, len(self._lines)):
            row = _row(number + 1, self._lines[number], self.header.separator, self.problems)
            if row is None or not any(row.fields):
                continue
            if len(row.fields) < expected or any(row.fields[expected:]):
                what = f"expected {expected} fields, as in the header, not {len(row.fields)}"
                self.problems.add(
                    row.line,
                    1,
                    "",
                    f"{what}; a field that holds a {SEPARATORS[row.separator][:-1]} stands in quotes",
                )
                continue
            yield row


def read_separated(content: bytes, file: str) -> SeparatedText:
    """Read the header of a text in columns, and make its rows ready.

    Parameters
    ----------
    content
        Of a file; UTF-8, with or without a byte order mark.
    file
        What problems call it.

    Raises
    ------
    InputError
        If it is no such text.
    """
    problems = Problems(file)
    lines = _NEW_LINE.split(_decoded(content, problems))
    if len(lines) > MOST_LINES:
        problems.add(MOST_LINES + 1, 1, "", f"has more than {MOST_LINES:,} lines")
        problems.end()
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    separator = None
    if first is not None and (told := _TOLD_BY_ITSELF.fullmatch(lines[first].strip())):
        separator = told[1] if told[1] in SEPARATORS else None
        first = next((number for number in range(first + 1, len(lines)) if lines[number].strip()), None)
    if first is None:
        problems.add(0, 0, "", "is empty; expected a line of column names and rows below it")
        problems.end()
    assert first is not None
    separator = separator or max(SEPARATORS, key=lambda each: _fields_at(lines[first], each))
    header = _row(first + 1, lines[first], separator, problems)
    problems.end()
    assert header is not None
    kept = len(header.fields)
    while kept and not header.fields[kept - 1]:
        kept -= 1
    return SeparatedText(Row(header.line, header.text, separator, header.fields[:kept]), problems, lines)


def folded(text: str) -> str:
    """A name without case and accents, one blank between words: `Land_Border  Región` is `land border region`."""
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(letters.replace("_", " ").casefold().split())


def _decoded(content: bytes, problems: Problems) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        problems.add(
            line, column, "", "is not UTF-8 text; in a spreadsheet choose `CSV UTF-8` when you save it"
        )
        raise InputError(problems.found) from None
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        problems.add(line, at - text.rfind("\n", 0, at), "", "holds a zero byte; expected text")
        problems.end()
    return text


def _fields_at(line: str, separator: str) -> int:
    if len(line) > LONGEST_LINE:
        return 0
    try:
        return len(next(csv.reader([line], delimiter=separator)))
    except (csv.Error, StopIteration):
        return 0


def _row(line: int, text: str, separator: str, problems: Problems) -> Row | None:
    if len(text) > LONGEST_LINE:
        problems.add(line, LONGEST_LINE + 1, "", f"the line has more than {LONGEST_LINE:,} characters")
        return None
    if '"' not in text:
        return Row(line, text, separator, tuple(part.strip() for part in text.split(separator)))
    try:
        fields = next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error:
        problems.add(line, text.index('"') + 1, "", f"a quote is not closed on its line: {quoted(text)}")
        return None
    return Row(line, text, separator, tuple(part.strip() for part in fields))
