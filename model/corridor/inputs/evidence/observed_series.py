"""Observed figures that somebody brought, as they are kept: rows like those of the package, and where they come from.

The packaged figures are model/corridor/data/observed.csv; nothing here changes them. A row holds what a row there
holds, and the vintage: the day on which the figures were read, since publishers revise them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from corridor.inputs.evidence.search import OBSERVED_ONLY
from corridor.inputs.registries.geography import PARTIES, load_geography
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.nationalities import NATIONALITIES

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"
UNKNOWN = "unknown"
"""A vintage or a publisher that nobody told; never guessed."""


class Figure(NamedTuple):
    """One published number: people (or events) of a cell in a month.

    Attributes
    ----------
    indicator, place, nationality, party : str
        The cell; ``all`` where it is not broken down, and by one of the three at most.
    period : str
        A month, ``2023-12``.
    value : int
        0 or more.
    publisher : str
    vintage : str
        A day, ``2024-01-26``, or ``unknown``.
    """

    indicator: str
    period: str
    place: str
    nationality: str
    party: str
    value: int
    publisher: str
    vintage: str


@dataclass(frozen=True)
class ObservedSeries:
    """Observed figures of one file.

    Attributes
    ----------
    name : str
        What they are called; ``packaged`` are those of the package.
    rows : tuple of Figure
        By indicator, month and cell.
    layout : str
        ``cbp`` or ``tidy``.
    source, sha256 : str
        The name of the file that was read, without its folder, and the hash of its bytes.
    locale : str
        How its numbers were read.
    vintage, publisher : str
        As told; ``unknown`` where not.
    notes : tuple of str
        What a reader of the figures should know: what was summed, put together, left out.
    """

    name: str
    rows: tuple[Figure, ...]
    layout: str
    source: str
    sha256: str
    locale: str
    vintage: str = UNKNOWN
    publisher: str = UNKNOWN
    notes: tuple[str, ...] = ()

    @property
    def periods(self) -> tuple[str, ...]:
        """Its months in order."""
        return tuple(sorted({row.period for row in self.rows}))

    @property
    def indicators(self) -> tuple[str, ...]:
        """Its indicators, in the order of the rows."""
        return tuple(dict.fromkeys(row.indicator for row in self.rows))

    def table(self) -> pd.DataFrame:
        """The rows as a frame, in the columns of `Figure`."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=list(Figure._fields))

    def provenance(self) -> dict[str, Any]:
        """Where the figures come from, as it is written beside them."""
        return {
            "name": self.name,
            "source": self.source,
            "sha256": self.sha256,
            "layout": self.layout,
            "locale": self.locale,
            "vintage": self.vintage,
            "publisher": self.publisher,
            "rows": len(self.rows),
            "months": [self.periods[0], self.periods[-1]] if self.rows else [],
            "indicators": list(self.indicators),
            "notes": list(self.notes),
        }


def known_indicators() -> tuple[str, ...]:
    """What a figure can be of: the model's indicators, and series that are observed only."""
    return (*INDICATORS, *OBSERVED_ONLY)


def known_places() -> tuple[str, ...]:
    """Names of places as results have them."""
    return tuple(dict.fromkeys(place.reported_as for place in load_geography().places))


def in_order(rows: Iterable[Figure]) -> tuple[Figure, ...]:
    """Rows by indicator, month and cell: the whole first, then nationalities, parties and places."""
    orders = [
        {name: position for position, name in enumerate(names)}
        for names in (known_indicators(), (ALL, *NATIONALITIES), (ALL, *PARTIES), (ALL, *known_places()))
    ]
    indicators, nationalities, parties, places = orders

    def key(row: Figure) -> tuple[int, str, int, int, int]:
        cell = places[row.place], parties[row.party], nationalities[row.nationality]
        return indicators[row.indicator], row.period, *cell

    return tuple(sorted(rows, key=key))
