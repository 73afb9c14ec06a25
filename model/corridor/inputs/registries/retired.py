"""Names of earlier releases that are no more, and what to write now; data in `model/corridor/data/retired.yaml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.inputs.reading.data_files import data_label
from corridor.inputs.reading.registry import Registry, read_data_file

RETIRED_FILE = "retired.yaml"

Kind = Literal["lever", "shock", "parameter", "indicator", "scenario", "place", "field"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True)
class RetiredName:
    """A name that an earlier release knew.

    Attributes
    ----------
    kind, name : str
        What it named (one of `KINDS`), and the name.
    since : str
        The release that no longer knows it.
    write : str or None
        The name that has its meaning now; None where no one name has it.
    say : str
        What to do then, in words.
    """

    kind: str
    name: str
    since: str
    write: str | None = None
    say: str = ""

    @property
    def advice(self) -> str:
        """What to write now, as the end of a sentence."""
        now = f"write {self.write!r}" if self.write is not None else self.say
        return f"retired in {self.since}: {now}"


def read_retired(rows: Iterable[dict[str, Any]]) -> dict[str, RetiredName]:
    """Retired names by kind and name (`lever us.old_name`).

    Raises
    ------
    InputError
        If a row is of no kind of `KINDS`, or says neither or both of `write` and `say`.
    """
    found: dict[str, RetiredName] = {}
    problems = []
    for row in rows:
        entry = RetiredName(**row)
        if entry.kind not in KINDS:
            problems.append(f"{entry.name}: unknown kind {entry.kind!r}; expected one of {', '.join(KINDS)}")
        if (entry.write is None) == (not entry.say):
            problems.append(f"{entry.name}: one of `write` and `say` is needed")
        found[f"{entry.kind} {entry.name}"] = entry
    if problems:
        raise InputError([Problem(data_label(RETIRED_FILE), 0, 0, "retired", each) for each in problems])
    return found


RETIRED: Registry[RetiredName] = Registry(
    "retired name", lambda: read_retired(read_data_file(RETIRED_FILE)["retired"])
)
"""Every retired name, by kind and name."""


def find_retired(kind: Kind, name: str) -> RetiredName | None:
    """What a name of an earlier release was; None for one that no release knew, or that this one knows."""
    return RETIRED.get(f"{kind} {name}")


def name_hint(kind: Kind, name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: what to write since it was retired, else the nearest name."""
    old = find_retired(kind, name)
    return (
        f", {old.advice}"
        if old
        else nearest_name(name.rpartition(".")[2] if kind == "field" else name, known)
    )
