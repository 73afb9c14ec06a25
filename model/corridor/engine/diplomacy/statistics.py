"""What governments know when they bargain: monthly statistics that are out, and what is in force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor.engine.recording.recorder import Recorder
from corridor.foundations.timeline import Timeline
from corridor.inputs.registries.nationalities import NATIONALITIES

MONTH = len("2023-12")


@dataclass(frozen=True)
class Statistics:
    """One month as it was published: people a day between ports by nationality, people waiting in the north."""

    month: str
    encounters: np.ndarray
    waiting: float


class Bulletin:
    """Reads the months that the recorder has closed, once they are public."""

    def __init__(self, recorder: Recorder, timeline: Timeline, delay: float):
        self._recorder, self._timeline, self._delay = recorder, timeline, delay
        at = recorder.map.at
        self._encounters = np.array([at["encounters_usbp", "all", nation] for nation in NATIONALITIES])
        self._waiting = at["waiting_north_mexico", "all", "all"]
        months = timeline.month_of_day
        self._lengths = np.bincount(months[months >= 0])
        self._ends = np.cumsum(self._lengths) + timeline.report_day
        self._number = {month: number for number, month in enumerate(timeline.months())}

    def latest(self, day: int) -> Statistics:
        """The last month that is public on a day."""
        periods = self._recorder.periods
        for place in range(len(periods) - 1, -1, -1):
            month = periods[place]
            if len(month) != MONTH:
                continue
            number = self._number[month]
            if self._ends[number] + self._delay <= day:
                values = self._recorder.values[place]
                people = values[self._encounters] / self._lengths[number]
                return Statistics(month, people, float(values[self._waiting]))
        raise LookupError("no month is public yet")


@dataclass(frozen=True)
class Situation:
    """What the two sides see on the day on which they meet.

    Attributes
    ----------
    encounters : float64[N]
        People a day between ports, of the last month that is public.
    crowding : float
        People waiting in the north over places in shelters.
    pressure : float
        How much heavier people at the border weigh for the US: an election, opinion.
    lost, loses : float
        Trade that closed crossings cost today, and that closing all would cost; 100 million USD a day.
    paid : float
        Share of the institute's need that the treasury pays.
    need : float
        What the institute needs a month, USD.
    stops : float
        How often Mexico stops people, as a multiple of the record, mean of the legs.
    thaw : float
        Relief from sanctions in force for Venezuela.
    coerced : bool
        Whether crossings are closed.
    steps : dict of str to int
        Step of each issue that is promised and not yet ended.
    """

    encounters: np.ndarray
    crowding: float
    pressure: float
    lost: float
    loses: float
    paid: float
    need: float
    stops: float
    thaw: float
    coerced: bool
    steps: dict[str, int]
