"""Scenario files of earlier releases rewritten with the names of this one; comments and order stay.

Only the retired names are replaced, each in its place in the text (`corridor.inputs.registries.retired`): nothing else
of the file changes by a character.
"""

from __future__ import annotations

import codecs
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corridor.foundations.errors import InputError
from corridor.inputs.reading.yaml_source import DataPath, YamlSource, read_yaml_file, read_yaml_text
from corridor.inputs.registries.retired import Kind, RetiredName, find_retired

_VALUES: tuple[tuple[tuple[str, ...], Kind], ...] = (
    (("extends",), "scenario"),
    (("baseline",), "scenario"),
    (("interventions", "*", "lever"), "lever"),
    (("interventions", "*", "for"), "place"),
    (("interventions", "*", "for", "*"), "place"),
    (("shocks", "*", "kind"), "shock"),
    (("shocks", "*", "place"), "place"),
    (("shocks", "*", "for"), "place"),
    (("shocks", "*", "for", "*"), "place"),
    (("sweep", "over", "*", "parameter"), "parameter"),
    (("demands", "*", "indicator"), "indicator"),
    (("demands", "*", "place"), "place"),
)
"""Where the values of a scenario file are names, `*` standing for any entry of a list, and of which kind."""

_KEYS: tuple[tuple[tuple[str, ...], Kind], ...] = ((("overrides", "*"), "parameter"),)
"""Where its keys are names; every other key is a field."""


@dataclass(frozen=True)
class Change:
    """One name that was replaced: its line, what stood there, and what stands there now."""

    line: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.before} -> {self.after}"


def upgrade_text(text: str, file: str = "<text>") -> tuple[str, tuple[Change, ...]]:
    """The text with every retired name replaced, and what was replaced; the text itself where nothing is retired.

    Raises
    ------
    InputError
        If the text cannot be read, or holds names that no one name replaces: all of them, each with what to do.
    """
    source = read_yaml_text(text, file=file)
    lines = text.splitlines(keepends=True)
    changes, problems = [], []
    for path, at_key, old in _find(source):
        where = source.problem(path, f"the {old.kind} {old.name!r} was {old.advice}", at_key=at_key)
        if old.write is None:
            problems.append(where)
            continue
        before, after = (
            each.rpartition(".")[2] if old.kind == "field" else each for each in (old.name, old.write)
        )
        changed = _replace(lines[where.line - 1], where.column - 1, before, after)
        if changed is None:  # an alias, or a text written over several lines
            problems.append(where)
            continue
        changes.append((where, before, after))
    if problems:
        raise InputError(problems)
    for where, before, after in sorted(
        changes, key=lambda change: change[0], reverse=True
    ):  # places before stay
        lines[where.line - 1] = _replace(lines[where.line - 1], where.column - 1, before, after) or ""
    said = tuple(Change(where.line, before, after) for where, before, after in sorted(changes))
    return "".join(lines), said


def _find(source: YamlSource) -> Iterator[tuple[DataPath, bool, RetiredName]]:
    """Every retired name of a file: its path, whether it is a key, and what it was."""
    for path, at_key, name in _walk(source.data, ()):
        kind: Kind | None = "field" if at_key else None
        for pattern, named in _KEYS if at_key else _VALUES:
            if _fits(path, pattern):
                kind = named
        if kind == "field":
            name = ".".join(str(step) for step in path if not isinstance(step, int))
        old = find_retired(kind, name) if kind is not None else None
        if old is not None:
            yield path, at_key, old


def _walk(value: Any, path: DataPath) -> Iterator[tuple[DataPath, bool, str]]:
    """Every key and every text of plain data, with its path and whether it is a key."""
    if isinstance(value, dict):
        for key, part in value.items():
            if isinstance(key, str):
                yield (*path, key), True, key
            yield from _walk(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _walk(part, (*path, number))
    elif isinstance(value, str):
        yield path, False, value


def _fits(path: DataPath, pattern: tuple[str, ...]) -> bool:
    return len(path) == len(pattern) and all(
        want in ("*", step) for step, want in zip(path, pattern, strict=True)
    )


def _replace(line: str, column: int, before: str, after: str) -> str | None:
    """A line with the name at a column replaced, inside its quotes if it has any; None if it is not there."""
    column += line[column : column + 1] in ("'", '"')
    if not line.startswith(before, column):
        return None
    return line[:column] + after + line[column + len(before) :]


def upgrade_files(files: Sequence[Path]) -> dict[Path, tuple[Change, ...]]:
    """Rewrite scenario files in place, each at once and only where a name is retired; what was replaced in each.

    Raises
    ------
    InputError
        With every problem of all files; no file is changed then.
    """
    texts, found, problems = {}, {}, []
    for file in files:
        try:
            source = read_yaml_file(file)
            texts[file], found[file] = upgrade_text(source.text, str(file))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    for file, changes in found.items():
        if changes:
            _write(file.resolve(), texts[file])  # a link to a file stays a link
    return found


def _write(file: Path, text: str) -> None:
    """Write a file whole or not at all; its permissions stay, and the mark that some editors put first."""
    mark = codecs.BOM_UTF8 if file.read_bytes().startswith(codecs.BOM_UTF8) else b""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as draft:
        try:
            draft.write(mark + text.encode())
            draft.close()
            shutil.copymode(file, draft.name)
            Path(draft.name).replace(file)
        finally:
            Path(draft.name).unlink(missing_ok=True)
