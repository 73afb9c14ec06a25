"""Registries: named, ordered entries read once from a YAML file of `model/corridor/data`, on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from corridor.inputs.reading.data_files import data_label, read_data_text
from corridor.inputs.reading.yaml_source import YamlSource, read_yaml_text

Entry = TypeVar("Entry")


class Registry(Mapping[str, Entry], Generic[Entry]):
    """A read-only mapping from id to entry, in the order of its file.

    Parameters
    ----------
    what : str
        What one entry is called in a message, such as ``lever``.
    read : callable
        Makes the entries. Called on first use, so that importing a registry costs nothing.
    """

    def __init__(self, what: str, read: Callable[[], dict[str, Entry]]):
        self.what = what
        self._read = read

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        return self._read()

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<{len(self)} entries of the {self.what} registry>"


@cache
def read_data_source(name: str) -> YamlSource:
    """``model/corridor/data/NAME`` with the places of what it says, read once a process: nobody may change its data.

    Raises
    ------
    InputError
        If the file is missing, or not YAML of the kind that Corridor allows.
    """
    return read_yaml_text(read_data_text(name), file=data_label(name))


def read_data_file(name: str) -> Any:
    """The plain data of ``model/corridor/data/NAME``, as `read_data_source` reads it."""
    return read_data_source(name).data
