"""Which nationality of the model a publisher's name for one means; what has no file of its own is in `Other`."""

from __future__ import annotations

from collections import Counter
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from corridor.foundations.errors import nearest_name
from corridor.inputs.evidence.separated_text import folded
from corridor.inputs.registries.nationalities import load_nationalities

if TYPE_CHECKING:
    from collections.abc import Mapping

LEFT = next(name for name, nation in load_nationalities().items() if nation.traits.remainder)
"""The group of everybody who has no file of their own."""

MOST_NAMED = 12
"""Names of others that a note lists."""

_LONGEST = 60
MOST_OF_ONE = 5
"""A publisher's names for one country are at most so many: what has more names is a group of citizenships."""


@cache
def names_of_nationalities(publisher: str = "") -> Mapping[str, str]:
    """Nationality by folded name: its own, its Spanish one, and what its publishers call it.

    Parameters
    ----------
    publisher
        An id of sources.yaml: its names go before those of others, and only it puts several countries together (births
        in Brazil and Chile are Haitian families in Panama's table, and nowhere else).
    """
    names: dict[str, str] = {}
    for name, nation in load_nationalities().items():
        for each in (name, nation.label, nation.names("es").name, nation.names("es").label):
            names.setdefault(folded(each), name)
        for other, called in nation.published_as.items():
            if other == publisher or len(called) == 1:
                for each in called if not nation.traits.remainder else ():
                    names.setdefault(folded(each), name)
    names.setdefault("other", LEFT)
    return MappingProxyType(names)


def named_by(publisher: str) -> tuple[str, ...]:
    """Nationalities that a publisher can name, in code order; those whom it cannot are in its `Other`."""
    return tuple(name for name, nation in load_nationalities().items() if nation.published_as.get(publisher))


def unlike_the_whole(publisher: str) -> list[str]:
    """Notes on groups of several citizenships of which a publisher names a part, or none."""
    return [
        f"of {name} this publisher names {', '.join(called)}; the rest of the group is in {LEFT}"
        if called
        else f"this publisher does not name {name}: it is in {LEFT}"
        for name, nation in load_nationalities().items()
        for called in (nation.published_as[publisher],)
        if max(map(len, nation.published_as.values())) > MOST_OF_ONE > len(called)
    ]


class Others:
    """Names without a file of their own, and how many people were counted under each."""

    def __init__(self) -> None:
        self.people: Counter[str] = Counter()

    def note(self) -> str:
        """What was put into the remainder: how many people, of which names; empty if nothing."""
        if not self.people:
            return ""
        listed = [
            f"{name[:_LONGEST]} {count:,}{_near(name)}" for name, count in self.people.most_common(MOST_NAMED)
        ]
        more = len(self.people) - len(listed)
        rest = [f"and {more:,} more names"] if more else []
        total = sum(self.people.values())
        return f"counted in {LEFT}: {total:,} people of {'; '.join([*listed, *rest])}"


def _near(name: str) -> str:
    hint = nearest_name(name, [each for each in load_nationalities() if each != LEFT]).lstrip("; ")
    return f" ({hint})" if hint else ""
