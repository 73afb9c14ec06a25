"""What a simulation reports to Mesa's data collector, day by day: stocks now, flows of the last week, counts so far.

They are for looking on while a model is stepped; results come from the recorder, which reads every event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Reporter = Callable[[Any], Any]  # of a Simulation


def _date(simulation: Any) -> str:
    """The day that was lived last."""
    return simulation.drivers.timeline.date_of(simulation.today - 1).isoformat()


def _briefed(name: str) -> Reporter:
    """People a day over the last week, as institutions are told it on the first day of each."""
    return lambda simulation: float(getattr(simulation.briefing, name))


def _people_at(kind: str) -> Reporter:
    """People who are at places of a kind now."""

    def report(simulation: Any) -> float:
        at = [code for code, _ in simulation.drivers.geography.of_kind(kind)]
        return float(simulation.world["places"]["present"][at].sum()) * simulation.drivers.people_per_agent

    return report


def _counted(name: str) -> Reporter:
    """People counted since the first day."""
    return lambda simulation: float(simulation.world["clock"][name]) * simulation.drivers.people_per_agent


#: Column of `datacollector.get_model_vars_dataframe()` -> what it holds, in people.
REPORTERS: dict[str, Reporter] = {
    "date": _date,
    "departed": _counted("departed"),
    "under_way": _people_at("leg"),
    "waiting_in_cities": _people_at("wait"),
    "in_custody": _people_at("custody"),
    "died": _counted("died"),
    "encounters_daily": _briefed("encounters"),
    "detections_daily": _briefed("detections"),
}
