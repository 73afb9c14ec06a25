"""Sources, and citations in a form that is checked: an invented source is refused, and an item about something else.

The head of model/corridor/data/sources.yaml describes a citation. Registries refuse a wrong one when they are loaded;
free words, such as the `source:` of a user's own scenario, must only name items that exist (`unknown_items`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from corridor.foundations.errors import InputError, Problem, nearest_name, quoted
from corridor.inputs.reading.registry import Registry, read_data_source
from corridor.inputs.reading.yaml_source import DataPath, YamlSource
from corridor.inputs.registries.coverage import ITEMS, load_coverage

SOURCES_FILE = "sources.yaml"
DOCUMENT, OWN_STUDY, JUDGEMENT, NOT_READ = "document", "own study", "judgement", "not read"
KINDS = (
    *(DOCUMENT, "statistics", "survey", "study", "report", "statement", "law", "press", "map"),
    *(OWN_STUDY, JUDGEMENT, NOT_READ),
)
ASSUMED = "assumed"

_FIELDS = ("id", "publisher", "title", "date", "kind", "says")
_OPTIONAL = ("read", "remark", "vintage")
_NUMBERS = r"[0-9]+(?:(?:, | and | to )[0-9]+)*"
_DIGITS = 6  # a longer number is no item either, and takes long to read
_ITEMS = re.compile(rf"document items? ({_NUMBERS})")
_ITEMS_IN_WORDS = re.compile(rf"\b[Ii]tems? ({_NUMBERS})")
_REFERENCE = re.compile(r"(?P<name>[^:(]+?)(?: \((?P<aside>[^()]*)\))?(?:: (?P<words>.+))?")
_RANGE = re.compile(r"(-?\d[\d,.]*) to (-?\d[\d,.]*)(?: .*)?")
_DATES = re.compile(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)")


CitingEntry = tuple[DataPath, Mapping[str, Any], Collection[str]]
"""Where an entry of a registry is, what it says, and what it may cite items for."""


@dataclass(frozen=True)
class Source:
    """One source.

    Attributes
    ----------
    id : str
        What citations call it.
    publisher, title, date : str
        As they could be read; ``unknown`` where they could not.
    kind : str
        One of `KINDS`.
    says : str
        What it says.
    read : str
        Where it was read, if second hand.
    remark : str
        What a reader of its figures should know.
    vintage : str
        Of a publisher of observed figures: the day on which those in the package were read, since they are revised;
        ``unknown`` where nobody wrote it down.
    """

    id: str
    publisher: str
    title: str
    date: str
    kind: str
    says: str
    read: str = ""
    remark: str = ""
    vintage: str = ""

    @property
    def own(self) -> bool:
        """Whether it is the project's own work, or a judgement."""
        return self.kind in (OWN_STUDY, JUDGEMENT)

    @property
    def published(self) -> bool:
        """Whether somebody else published it and it was read."""
        return not self.own and self.kind != NOT_READ

    @property
    def items(self) -> tuple[int, ...]:
        """Items of a founding document; empty for any other source."""
        return tuple(item.number for item in load_coverage() if self.id in item.documents)


@dataclass(frozen=True)
class Reference:
    """One part of a citation: a source, or items of the founding documents, and the words beside it."""

    source: Source | None
    items: tuple[int, ...] = ()
    aside: str = ""
    words: str = ""

    @property
    def range(self) -> tuple[float, float] | None:
        """The range of numbers that a judgement gives in parentheses."""
        found = _RANGE.fullmatch(self.aside)
        if not found:
            return None
        low, high = (float(number.replace(",", "")) for number in found.groups())
        return (low, high) if low < high else None

    @property
    def has_range(self) -> bool:
        """Whether it gives a range, of numbers or of dates."""
        dates = _DATES.fullmatch(self.aside)
        return dates[1] < dates[2] if dates else self.range is not None


@lru_cache(maxsize=2_000)
def read_citation(text: str) -> tuple[tuple[Reference, ...], tuple[str, ...]]:
    """References of a citation, and what is wrong with it: unknown sources, and items that do not exist."""
    references, problems = [], []
    for part in text.split(";"):
        found = _REFERENCE.fullmatch(part.strip())
        if not found:
            problems.append(
                f"expected a source, not {quoted(part.strip())}: NAME, NAME (aside) or NAME: words"
            )
            continue
        name, aside, words = found["name"], found["aside"] or "", found["words"] or ""
        items = _ITEMS.fullmatch(name)
        if items:
            numbers = tuple(_numbers(items[1]))
            problems.extend(map(_no_item, _beyond(numbers)))
            references.append(Reference(None, numbers, aside, words))
        elif name in SOURCES:
            references.append(Reference(SOURCES[name], (), aside, words))
            if SOURCES[name].kind == DOCUMENT:
                problems.append(f"{name} is a founding document: cite its items, as `document item 31`")
        else:
            hint = nearest_name(name, SOURCES) or f"; {SOURCES_FILE} lists them"
            problems.append(f"unknown source {quoted(name)}{hint}")
    return tuple(references), tuple(problems)


def citation_problems(text: Any, about: Collection[str], *, ranged: bool = False) -> list[str]:
    """What is wrong with a citation.

    Parameters
    ----------
    text : Any
        The citation as a file has it.
    about : collection of str
        What it is cited for, such as ``lever:us.title_42``: a document item must be about one of these.
    ranged : bool
        Whether what is assumed must give its range here, because nothing else in the file does.
    """
    if not isinstance(text, str) or not text.strip():
        return ["the source is missing"]
    references, problems = read_citation(text)
    cited = [number for reference in references for number in reference.items]
    words = [part for each in references for part in (each.aside, each.words)]
    found = [*problems, *item_problems(cited, about), *map(_no_item, unknown_items(" ".join(words)))]
    if ranged and any(
        each.source and each.source.id == ASSUMED and not each.has_range for each in references
    ):
        found.append("what is assumed gives its range: assumed (LOW to HIGH)")
    return found


def item_problems(numbers: Iterable[int], about: Collection[str]) -> list[str]:
    """Messages on document items that are about something else."""
    problems = []
    for number in dict.fromkeys(numbers):
        item = _items_by_number().get(number)
        if item is None:
            continue
        if not item.subjects & set(about):
            what = " or ".join(sorted(name.replace(":", " ", 1) for name in about))
            known = ", ".join(sorted(name.replace(":", " ", 1) for name in item.subjects))
            problems.append(f"document item {number} ({item.text}) is not about {what}, but about {known}")
    return problems


def items_about(numbers: Iterable[int], about: Collection[str]) -> list[int]:
    """Those of some document items that are about something."""
    return [number for number in numbers if not item_problems([number], about)]


def unknown_items(text: str) -> list[int]:
    """Items that free words name and that do not exist."""
    if "tem" not in text:  # most free words name none, and this is asked of each
        return []
    named = (number for found in _ITEMS_IN_WORDS.finditer(text) for number in _numbers(found[1]))
    return _beyond(named)


def unknown_item_problems(text: str) -> list[str]:
    """Messages on items that free words name and that do not exist."""
    return [_no_item(number) for number in unknown_items(text)]


def check_entries(source: YamlSource, entries: Iterable[CitingEntry], *, ranged: bool = False) -> None:
    """Refuse a registry in which a `source` or an `items` of an entry is wrong.

    Parameters
    ----------
    source : YamlSource
        The file.
    entries : iterable of CitingEntry
        `source` may be a mapping by member, and then what is assumed gives its range.
    ranged : bool
        Whether what is assumed gives its range in any case.

    Raises
    ------
    InputError
        With every wrong citation of the file and its place.
    """
    entries = list(entries)
    _refuse(source, [*_wrong_items(entries), *_wrong_sources(entries, ranged)])


def check_items(source: YamlSource, entries: Iterable[CitingEntry]) -> None:
    """Refuse a registry in which an `items` of an entry is wrong; for entries that hold no number.

    Raises
    ------
    InputError
        With every wrong item of the file and its place.
    """
    _refuse(source, list(_wrong_items(entries)))


def _refuse(source: YamlSource, found: list[tuple[DataPath, str]]) -> None:
    if found:
        raise InputError(source.problem(path, message) for path, message in found)


def _wrong_items(entries: Iterable[CitingEntry]) -> Iterator[tuple[DataPath, str]]:
    for path, entry, about in entries:
        items = entry.get("items", [])
        for message in [*map(_no_item, _beyond(items)), *item_problems(items, about)]:
            yield (*path, "items"), f"{_name(path, entry)}: {message}"


def _wrong_sources(entries: Iterable[CitingEntry], ranged: bool) -> Iterator[tuple[DataPath, str]]:
    for path, entry, about in entries:
        yield from _wrong_source(path, entry, about, ranged)


def _name(path: DataPath, entry: Mapping[str, Any]) -> Any:
    return entry.get("id") or entry.get("kind") or path[-1]


def _wrong_source(
    path: DataPath, entry: Mapping[str, Any], about: Collection[str], ranged: bool
) -> Iterator[tuple[DataPath, str]]:
    name = _name(path, entry)
    if "source" not in entry:
        yield path, f"{name}: the source is missing"
        return
    given = entry["source"]
    parts = {(*path, "source", key): text for key, text in given.items()} if isinstance(given, dict) else {}
    for at, text in (parts or {(*path, "source"): given}).items():
        for message in citation_problems(text, about, ranged=ranged or bool(parts)):
            yield at, f"{name}: {message}"


def _numbers(text: str) -> Iterator[int]:
    """Numbers of a list such as ``1 to 3, 5 and 9``; of a range past the last item, its end stands for the rest."""
    for part in re.split(", | and ", text):
        ends = [int(end[:_DIGITS]) for end in part.split(" to ")]
        first, last = ends[0], ends[-1]
        yield from range(first, min(last, ITEMS) + 1)
        if last > ITEMS:
            yield last


def _beyond(numbers: Iterable[int]) -> list[int]:
    return [number for number in numbers if not (isinstance(number, int) and 1 <= number <= ITEMS)]


def _no_item(number: int) -> str:
    return f"there is no document item {number}: they go from 1 to {ITEMS}"


@cache
def _items_by_number() -> dict[int, Any]:
    return {item.number: item for item in load_coverage()}


def _read_sources() -> dict[str, Source]:
    source = read_data_source(SOURCES_FILE)
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for number, entry in enumerate(source.data):
        missing = [field for field in _FIELDS if not entry.get(field)]
        unknown = [field for field in entry if field not in (*_FIELDS, *_OPTIONAL)]
        messages = [f"{field} is missing" for field in missing] + [
            f"unknown field {quoted(field)}{nearest_name(field, (*_FIELDS, *_OPTIONAL))}" for field in unknown
        ]
        if entry.get("kind") and entry["kind"] not in KINDS:
            messages.append(f"kind is one of {', '.join(KINDS)}")
        if entry.get("id") in sources:
            messages.append("is there twice")
        if messages:
            problems += [source.problem((number,), f"{entry.get('id', 'a source')}: {m}") for m in messages]
            continue
        sources[entry["id"]] = Source(**{name: str(value) for name, value in entry.items()})
    if problems:
        raise InputError(problems)
    return sources


SOURCES: Registry[Source] = Registry("source", _read_sources)
"""Every source by id, in the order of the file."""
