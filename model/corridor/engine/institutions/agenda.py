"""The agenda: on which day who puts what in force. Whatever nobody watches wakes nobody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from corridor.engine.institutions.institution import Institution


class Agenda:
    """Days on which something changes that institutions watch, and which of them, in the order of founding.

    Parameters
    ----------
    change_days : callable
        Days on which something watched (its name) differs from the day before, for some members or (None) for all.
    """

    def __init__(self, change_days: Callable[[str, tuple[str, ...] | None], Iterable[int]]):
        self._change_days = change_days
        self._members: list[Institution] = []
        self._due: dict[int, list[Institution]] = {}

    def enter(self, institution: Institution) -> None:
        """Write down an institution on the first day, and on every day on which what it watches changes."""
        self._members.append(institution)
        changes = (
            self._change_days(watched, institution.concerns.get(watched)) for watched in institution.watches
        )
        for day in {0}.union(*changes):
            self._due.setdefault(day, []).append(institution)

    def notice(self, levers: Iterable[str], day: int) -> None:
        """Let institutions put in force what a deal changes from a day on; it is the first day of a week."""
        changed = {*levers}
        woken = [each for each in self._members if not changed.isdisjoint(each.watches)]
        for institution in woken:
            institution.find_paths()
        due = {*self._due.get(day, ()), *woken}
        if due:
            self._due[day] = [each for each in self._members if each in due]

    def due(self, day: int) -> Sequence[Institution]:
        """Who puts something in force on a day."""
        return self._due.get(day, ())

    @property
    def days(self) -> Collection[int]:
        """Days on which somebody does."""
        return self._due.keys()

    def clear(self) -> None:
        """Forget everyone."""
        self._members.clear()
        self._due.clear()
