"""What a simulation reports to Mesa's data collector, day by day: stocks now, flows of the last week, counts so far.

They are for looking on while a model is stepped; results come from the recorder, which reads every event.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

Reporter = Callable[[Any], Any]  # of a Simulation; with a name, so that a model can be pickled


def _date(simulation: Any) -> str:
    """The day that was lived last."""
    return simulation.drivers.timeline.date_of(simulation.today - 1).isoformat()


def _briefed(name: str, simulation: Any) -> float:
    """People a day over the last week, as institutions are told it on the first day of each."""
    return float(getattr(simulation.briefing, name))


def _people_at(kind: str, simulation: Any) -> float:
    """People who are at places of a kind now."""
    at = [code for code, _ in simulation.drivers.geography.of_kind(kind)]
    return float(simulation.world["places"]["present"][at].sum()) * simulation.drivers.people_per_agent


def _counted(name: str, simulation: Any) -> float:
    """People counted since the first day."""
    return float(simulation.world["clock"][name]) * simulation.drivers.people_per_agent


#: Column of `datacollector.get_model_vars_dataframe()` -> what it holds, in people.
REPORTERS: dict[str, Reporter] = {
    "date": _date,
    "departed": partial(_counted, "departed"),
    "under_way": partial(_people_at, "leg"),
    "waiting_in_cities": partial(_people_at, "wait"),
    "in_custody": partial(_people_at, "custody"),
    "died": partial(_counted, "died"),
    "encounters_daily": partial(_briefed, "encounters"),
    "detections_daily": partial(_briefed, "detections"),
}
