"""YAML text to plain data, with the line and column of everything in it.

YAML 1.2 (``no`` is text, ``010`` is ten). What a scenario or registry file never needs, and what hides errors
or hangs a program, is refused with its place: duplicate keys, aliases of lists and mappings, tags, not-a-number
and infinity, control characters, nesting deeper than `MAX_DEPTH`, more than one document. Bounded are the size of a
file, the number of its values, the length of one, and of all together with every alias written out: whatever is read
at all is read in about a second. Whatever the parser fails on is a problem with its line. Dates stay text, so that a
wrong date can be reported with its place by whoever expects one.

What a long text says is kept between processes (`corridor.inputs.reading.parsed_texts`); places are looked up in the
text when a problem needs one.
"""

from __future__ import annotations

import errno
import math
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.events import AliasEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import Scanner, ScannerError

from corridor.foundations.errors import InputError, Problem, quoted
from corridor.foundations.regular_files import read_regular
from corridor.inputs.reading.parsed_texts import recall, remember

MAX_BYTES = 256 * 1024
"""Of a text, and of all its values with every alias written out."""

MAX_VALUES = 12_000
"""Values and keys of a text, every alias counted."""

MAX_LENGTH = 20_000
"""Characters of one value."""

MAX_KEY_LENGTH = 200
MAX_DEPTH = 20

TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
_TOO_MANY = f"more than {MAX_VALUES:,} values and keys; no more are read"
_TOO_LONG = f"more than {MAX_BYTES:,} characters with every alias (*name) written out; no more are read"
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but tab and line feed, and halves of characters: YAML writes them as escapes."""

_TAG_PREFIX = "tag:yaml.org,2002:"
LONGEST_WORDS = 160
_NOTHING = {"", "~", "null"}
_TEXT_TAGS = {"str", "timestamp"}
_SCALAR_TAGS = {"int", "float", "bool", "null"}
_COLLECTION_TAGS = {"map", "seq"}

DataPath = tuple[str | int, ...]
"""Where a value is in the data, such as ``('interventions', 2, 'to')``."""


@dataclass(frozen=True)
class YamlSource:
    """Plain data read from a text, and the place of each part of it.

    Attributes
    ----------
    file : str
        The name that problems carry.
    text : str
        What was read.
    data : Any
        Mappings, lists, text, numbers, booleans and None; dates are text.
    refused : tuple of Problem
        What was refused in reading, where the caller asked to keep it and to go on (`None` stands in its place).
    """

    file: str
    text: str = field(repr=False)
    data: Any
    refused: tuple[Problem, ...] = ()

    @property
    def marks(self) -> dict[DataPath, tuple[int, int]]:
        """Line and column, from 1, of every value."""
        return self._read.marks

    @property
    def key_marks(self) -> dict[DataPath, tuple[int, int]]:
        """Line and column of the key of every mapping entry."""
        return self._read.key_marks

    @cached_property
    def _read(self) -> _NodeReader:
        return _read_nodes(self.text, self.file)

    def problem(self, path: DataPath, message: str, *, at_key: bool = False) -> Problem:
        """A problem at a path: at its key if asked, else at its value, or at the nearest part that exists.

        Parameters
        ----------
        path : DataPath
            Where the problem is; it may name something that is missing from the data.
        message : str
            What is wrong and what was expected.
        at_key : bool
            Point at the key, for unknown or misplaced fields.
        """
        place = self.key_marks.get(path) if at_key else None
        for length in range(len(path), -1, -1):
            place = place or self.marks.get(path[:length])
        line, column = place or (1, 1)
        return Problem(self.file, line, column, ".".join(map(str, path)), message)

    def place(self, path: DataPath) -> str:
        """Where something is, in words: its line."""
        return f"line {self.marks[path][0]}"


def read_yaml_file(path: Path, *, label: str | None = None, keep_refused: bool = False) -> YamlSource:
    """Read a UTF-8 YAML file; `label` is the name that problems carry (the path unless given).

    Raises
    ------
    InputError
        If the file cannot be read, is too large, is not UTF-8, or its text is refused by `read_yaml_text`.
    """
    label = label or str(path)
    try:
        raw = read_regular(path, MAX_BYTES)
    except OSError as error:
        too_large = error.errno == errno.EFBIG
        why = _too_large(path.stat().st_size) if too_large else f"cannot be read: {error.strerror}"
        raise InputError([Problem(label, 0, 0, "", why)]) from error
    return read_yaml_text(raw, file=label, keep_refused=keep_refused)


def read_yaml_text(text: str | bytes, *, file: str = "<text>", keep_refused: bool = False) -> YamlSource:
    """Read YAML text, or the bytes of a UTF-8 file that holds it.

    With `keep_refused`, single values that are refused are kept in `YamlSource.refused` instead of raised, so that
    the caller can name them together with what else it finds.

    Raises
    ------
    InputError
        With every refused construct and its place. A syntax error ends the reading, so it comes alone.
    """
    if len(text) > MAX_BYTES:
        raise InputError([Problem(file, 0, 0, "", _too_large(len(text)))])
    if isinstance(text, bytes):
        text = _decode(text, file)
    known = recall(text)
    if known is not None:
        return YamlSource(file, text, known)
    read = _read_nodes(text, file)
    if read.problems and (read.repeats or not keep_refused):
        raise InputError(read.problems)
    if not read.problems:
        remember(text, read.data)
    return YamlSource(file, text, read.data, tuple(read.problems))


def _decode(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise InputError([Problem(file, line, column, "", "is not UTF-8 text")]) from error


def _read_nodes(text: str, file: str) -> _NodeReader:
    """Parse a text and walk its nodes; a syntax error is raised as `InputError`."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer, yaml.Scanner = _WatchfulComposer, _CarefulScanner
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = " ".join(str(part) for part in (error.context, error.problem) if part)
        message = message if isinstance(error, _TooMuch) else f"is not YAML: {_cut(message)}"
        raise InputError([Problem(file, line, column, "", message)]) from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        message = f"is not YAML: the character #x{error.character:04x} is not allowed"
        raise InputError([Problem(file, line, column, "", message)]) from error
    except MemoryError:
        raise
    except Exception as error:  # the parser's own faults are problems of the text that it fails on
        place = yaml.composer.reached
        line, column = (place.line + 1, place.column + 1) if place else (1, 1)
        raise InputError([Problem(file, line, column, "", f"is not YAML: {_cut(error)}")]) from error
    reader = _NodeReader(file, yaml)
    for mark in yaml.composer.repeated:
        message = "an alias (*name) of a list or mapping is not allowed; write it out"
        reader.problems.append(Problem(file, mark.line + 1, mark.column + 1, "", message))
        reader.repeats = True
    if root is not None:
        reader.data = reader.read(root, ())
    return reader


class _CarefulScanner(Scanner):
    """Scans tokens; what it fails on without a place, such as an escape of no character, gets one."""

    def fetch_more_tokens(self) -> Any:
        try:
            return super().fetch_more_tokens()
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, MarkedYAMLError | ReaderError):
                raise
            raise ScannerError(None, None, _cut(error), self.reader.get_mark()) from error


class _TooMuch(ComposerError):
    """More than is read: too deep, too many values, too long."""


class _WatchfulComposer(Composer):
    """Composes nodes within bounds, and notes where a list or mapping is repeated by an alias."""

    def __init__(self, loader: Any = None):
        super().__init__(loader=loader)
        self.levels_open = 0
        self.values = 0
        self.characters = 0
        self.reached: StreamMark | None = None
        self.warn_double_anchors = False  # an anchor may be used again; only aliases of collections matter
        self.repeated: list[StreamMark] = []

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        self.reached = event.start_mark
        if self.levels_open >= MAX_DEPTH and isinstance(event, CollectionStartEvent):
            raise _TooMuch(None, None, TOO_DEEP, event.start_mark)
        self.levels_open += 1
        node = super().compose_node(parent, index)
        self.levels_open -= 1
        self.values += 1
        if isinstance(node, ScalarNode):
            self.characters += len(node.value)
            if len(node.value) > MAX_LENGTH:
                too_long = f"a value of {len(node.value):,} characters; at most {MAX_LENGTH:,} are read"
                raise _TooMuch(None, None, too_long, event.start_mark)
        if self.values > MAX_VALUES:
            raise _TooMuch(None, None, _TOO_MANY, event.start_mark)
        if self.characters > MAX_BYTES:
            raise _TooMuch(None, None, _TOO_LONG, event.start_mark)
        if isinstance(event, AliasEvent) and not isinstance(node, ScalarNode):
            self.repeated.append(event.start_mark)
        return node


class _NodeReader:
    """Walks composed nodes into plain data, noting places and collecting what is refused."""

    def __init__(self, file: str, yaml: YAML):
        self.file = file
        self.construct_scalar = yaml.constructor.construct_object
        self.problems: list[Problem] = []
        self.repeats = False
        self.data: Any = None
        self.marks: dict[DataPath, tuple[int, int]] = {}
        self.key_marks: dict[DataPath, tuple[int, int]] = {}
        self.seen: set[int] = set()

    def refuse(self, node: Node, path: DataPath, message: str) -> None:
        line, column = _place(node)
        self.problems.append(Problem(self.file, line, column, ".".join(map(str, path)), message))

    def read(self, node: Node, path: DataPath) -> Any:
        self.marks[path] = _place(node)
        if isinstance(node, ScalarNode):
            return self.read_scalar(node, path)
        if id(node) in self.seen:
            return None  # an alias, noted by the composer
        self.seen.add(id(node))
        if str(node.tag).removeprefix(_TAG_PREFIX) not in _COLLECTION_TAGS:
            self.refuse(node, path, f"the tag {_cut(node.tag)} is not allowed")
            return None
        if isinstance(node, MappingNode):
            return self.read_mapping(node, path)
        return [self.read(child, (*path, number)) for number, child in enumerate(node.value)]

    def read_scalar(self, node: ScalarNode, path: DataPath) -> Any:
        kind = str(node.tag).removeprefix(_TAG_PREFIX)
        if kind in _TEXT_TAGS:
            self.refuse_characters(node, path)
            return str(node.value)
        if kind not in _SCALAR_TAGS:
            self.refuse(node, path, f"the tag {_cut(node.tag)} is not allowed")
            return None
        if kind == "null" and str(node.value).lower() not in _NOTHING:
            self.refuse(node, path, f"{quoted(node.value)} is not nothing; leave out the tag !!null")
            return None
        try:
            value = self.construct_scalar(node)
            float(value or 0)
        except OverflowError:
            self.refuse(node, path, "the number is too large")
            return math.inf  # there, though refused
        except Exception:  # whatever the library's reading of numbers and switches fails on
            expected = "true or false" if kind == "bool" else "a number"
            self.refuse(node, path, f"cannot be read as {expected}: {quoted(node.value)}")
            return None if kind == "bool" else math.inf
        if isinstance(value, float) and not math.isfinite(value):
            self.refuse(
                node, path, f"{_cut(node.value)} is not a finite number"
            )  # kept: it is there, though refused
        return value

    def refuse_characters(self, node: ScalarNode, path: DataPath) -> bool:
        """Refuse a text that holds characters that are not text; whether it does."""
        found = _UNWANTED.search(node.value)
        if found:
            self.refuse(node, path, f"the character #x{ord(found[0]):04x} is not allowed")
        return found is not None

    def read_mapping(self, node: MappingNode, path: DataPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.refuse(key_node, path, "a key must be plain text")
                continue
            key = str(key_node.value)
            if len(key) > MAX_KEY_LENGTH:
                self.refuse(
                    key_node, path, f"a key of {len(key):,} characters; at most {MAX_KEY_LENGTH} are read"
                )
                continue
            if self.refuse_characters(key_node, path):
                continue
            if str(key_node.tag).removeprefix(_TAG_PREFIX) not in {*_TEXT_TAGS, *_SCALAR_TAGS, "merge"}:
                self.refuse(key_node, (*path, key), f"the tag {_cut(key_node.tag)} is not allowed")
                continue
            if key_node.tag == f"{_TAG_PREFIX}merge":
                self.refuse(key_node, (*path, key), "the merge key << is not allowed; write the fields out")
                continue
            if key in data:
                first = self.key_marks[*path, key][0]
                self.refuse(key_node, (*path, key), f"duplicate key {quoted(key)} (first at line {first})")
                continue
            self.key_marks[*path, key] = _place(key_node)
            data[key] = self.read(value_node, (*path, key))
        return data


def _cut(words: object) -> str:
    """The parser's own words, or what it met, no longer than a quotation."""
    text = " ".join(str(words).split())
    return text if len(text) <= LONGEST_WORDS else f"{text[:LONGEST_WORDS]}..."


def _place(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _too_large(size: int) -> str:
    return f"is too large: {size:,} bytes; at most {MAX_BYTES:,} are read"
