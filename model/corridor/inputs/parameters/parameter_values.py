"""One parameter: its value in any shape (one number, by key, dated, both), its provenance, its arrays.

Every shape is stored the same way, as knots by key: a number is one knot of the key `ALL`, a list has the
keys ``1``, ``2``, ..., a mapping its own keys with `DEFAULT` for the rest; an undated value has one knot that
holds for every day. Read by model/corridor/inputs/parameters/parameter_file.py; the arrays go into the drivers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridor.foundations.errors import InputError, Problem, nearest_name, quoted
from corridor.foundations.timeline import Timeline
from corridor.inputs.registries.nationalities import NATIONALITIES

ALL = "all"
DEFAULT = "default"
UNDATED = 0
"""Day ordinal of a knot that holds for every day."""

Knots = tuple[tuple[int, float], ...]
"""Values and the proleptic day ordinals from which they hold (`date.toordinal`), in order of time."""


@dataclass(frozen=True)
class Alternative:
    """A value that contradicts the one used; kept so that a reader sees both."""

    value: Any
    unit: str
    source: str
    note: str = ""


@dataclass(frozen=True)
class Provenance:
    """Where the value of one key comes from, if that key says so itself."""

    status: str
    source: str
    note: str = ""


@dataclass(frozen=True)
class Parameter:
    """One number of the model with its provenance.

    Attributes
    ----------
    id, label, group, unit : str
        Name, words for people, theme, unit of every value.
    over : str
        What the keys are (nationality, sector, us_city, crossing, month, members); empty for one number.
    interpolate : str
        How a dated value goes from one knot to the next: ``step``, ``linear`` or ``log-linear``.
    knots : mapping of str to Knots
        The values by key.
    bounds : mapping of str to (float, float)
        Lowest and highest defensible value by key, with `DEFAULT`.
    status : str
        documented, published, fitted or assumed.
    source, note : str
        A citation (model/corridor/data/sources.yaml), and what a reader should know.
    alternatives : tuple of Alternative
        Contradicting values.
    distribution : mapping or None
        A `scipy.stats` name with its arguments, where uniform over the range would mislead.
    provenance : mapping of str to Provenance
        Of keys that have their own: every nationality whose file gives a value.
    """

    id: str
    label: str
    group: str
    unit: str
    over: str
    interpolate: str
    knots: Mapping[str, Knots]
    bounds: Mapping[str, tuple[float, float]]
    status: str
    source: str
    note: str = ""
    alternatives: tuple[Alternative, ...] = ()
    distribution: Mapping[str, Any] | None = None
    provenance: Mapping[str, Provenance] = field(default_factory=dict)

    @property
    def dated(self) -> bool:
        """Whether the value changes with time."""
        return any(knots[0][0] != UNDATED for knots in self.knots.values())

    @property
    def shape(self) -> str:
        """What to call for the value: ``scalar``, ``keyed``, ``dated`` or ``dated keyed``."""
        words = [word for word, holds in (("dated", self.dated), ("keyed", self.over)) if holds]
        return " ".join(words) or "scalar"

    def knots_of(self, key: str) -> Knots:
        """Knots of one key: its own, else the default's, else those that hold for all.

        Raises
        ------
        InputError
            If the parameter names keys, but neither this one nor a default.
        """
        for name in (key, DEFAULT, ALL):
            if name in self.knots:
                return self.knots[name]
        raise self._refusal(f"has no value for {quoted(key)} and no default{nearest_name(key, self.knots)}")

    def bounds_of(self, key: str) -> tuple[float, float]:
        """Lowest and highest value allowed for one key."""
        return self.bounds[key if key in self.bounds else DEFAULT]

    def scalar(self) -> float:
        """Return the value of a parameter that is one number."""
        self._must_be(("scalar",), "scalar()")
        return self.knots[ALL][0][1]

    def sequence(self) -> NDArray[np.float64]:
        """Return undated values in the order of their keys, shape (keys,): months, party sizes."""
        self._must_be(("keyed",), "sequence()")
        return self.by(self.knots)

    def by(self, keys: Iterable[str | int]) -> NDArray[np.float64]:
        """Return undated values, shape (keys,); one number counts for every key."""
        self._must_be(("scalar", "keyed"), "by()")
        return np.array([self.knots_of(key)[0][1] for key in map(str, keys)], dtype=np.float64)

    def by_nationality(self) -> NDArray[np.float64]:
        """Return undated values, shape (N,), in registry order."""
        return self.by(NATIONALITIES)

    def daily(self, timeline: Timeline) -> NDArray[np.float64]:
        """Return the value on every day, shape (days,); an undated number is repeated."""
        self._must_be(("scalar", "dated"), "daily()")
        return self._on_days(ALL, _ordinals(timeline))

    def daily_by(self, keys: Sequence[str | int], timeline: Timeline) -> NDArray[np.float64]:
        """Return the values on every day, shape (days, keys); what is undated or not keyed is repeated."""
        days = _ordinals(timeline)
        values = np.empty((len(days), len(keys)), dtype=np.float64)
        for column, key in enumerate(map(str, keys)):
            values[:, column] = self._on_days(key, days)
        return values

    def daily_by_nationality(self, timeline: Timeline) -> NDArray[np.float64]:
        """Return the values on every day, shape (days, N), in registry order."""
        return self.daily_by(NATIONALITIES, timeline)

    def prior(self, key: str = ALL) -> Any:
        """Frozen `scipy.stats` distribution of one value: as declared, else uniform over its range."""
        from scipy import stats

        if self.distribution:
            arguments = {name: value for name, value in self.distribution.items() if name != "name"}
            return getattr(stats, self.distribution["name"])(**arguments)
        low, high = self.bounds_of(key)
        return stats.uniform(loc=low, scale=high - low)

    def value_text(self) -> str:
        """Put the value in words: ``Cuba 5.1; default 3.5`` or ``8 from 2020-07-01, 4 from 2023-01-01``."""
        parts = []
        for key, knots in self.plain().items():
            times = ", ".join(f"{value:g} from {day}" if day else f"{value:g}" for day, value in knots)
            parts.append(times if key == ALL else f"{key} {times}")
        return "; ".join(parts)

    def plain(self) -> dict[str, list[tuple[str, float]]]:
        """Return the values as plain data, (date, value) by key; the date is empty when undated."""
        return {
            key: [("" if day == UNDATED else date.fromordinal(day).isoformat(), value) for day, value in at]
            for key, at in self.knots.items()
        }

    def outside_range(self) -> Iterator[tuple[str, float, float, float]]:
        """Key, low, value and high of every value outside its range."""
        for key, knots in self.knots.items():
            low, high = self.bounds_of(key)
            yield from ((key, low, value, high) for _, value in knots if not low <= value <= high)

    def _on_days(self, key: str, days: NDArray[np.int64]) -> NDArray[np.float64]:
        knots = self.knots_of(key)
        values = np.array([value for _, value in knots], dtype=np.float64)
        if len(knots) == 1:
            return np.full(len(days), values[0])
        at = np.array([day for day, _ in knots], dtype=np.int64)
        if self.interpolate == "step":
            return values[np.clip(np.searchsorted(at, days, side="right") - 1, 0, None)]
        if self.interpolate == "log-linear":
            return np.exp(np.interp(days, at, np.log(values)))
        return np.interp(days, at, values)

    def _must_be(self, shapes: tuple[str, ...], called: str) -> None:
        if self.shape not in shapes:
            raise self._refusal(f"is {self.shape}, so {called} does not apply")

    def _refusal(self, message: str) -> InputError:
        return InputError([Problem("parameters", 0, 0, self.id, f"parameter {quoted(self.id)} {message}")])


def _ordinals(timeline: Timeline) -> NDArray[np.int64]:
    """Day ordinal of every day of a run, shape (days,)."""
    return timeline.start.toordinal() + np.arange(timeline.days, dtype=np.int64)
