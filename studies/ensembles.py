"""What studies share: ensembles by name, run once; cells of them replicate by replicate; observed figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model import Results, run_ensembles
from model.outputs.observations import observed_values
from model.outputs.results import ALL, Cell
from model.spec.scenario import Scenario, parse_scenario

HISTORY = "history"


def variant(name: str, body: str) -> Scenario:
    """A scenario that extends history; `body` is the rest of its file."""
    return parse_scenario(f"name: {name}\nextends: {HISTORY}\n{body}")


class Ensembles:
    """Results by the name of their scenario.

    Parameters
    ----------
    scenarios
        Names of shipped scenarios, or scenarios.
    replicates, people_per_agent
        As for `model.run_ensembles`.
    """

    def __init__(self, scenarios: Sequence[Scenario | str], *, replicates: int, people_per_agent: int):
        results = run_ensembles(scenarios, replicates=replicates, people_per_agent=people_per_agent)
        self.by_name: dict[str, Results] = {each.scenario: each for each in results}

    def values(
        self,
        indicator: str,
        period: str,
        *,
        scenario: str = HISTORY,
        place: str = ALL,
        nationality: str | Sequence[str] = ALL,
    ) -> np.ndarray:
        """One number a replicate, float64[R]; several nationalities are added up."""
        results = self.by_name[scenario]
        nations = (nationality,) if isinstance(nationality, str) else nationality
        columns = [results.index[Cell(indicator, place, nation)] for nation in nations]
        return results.values[:, results.periods.index(period), columns].sum(axis=1)


def observed(
    indicator: str, period: str, *, place: str = ALL, nationality: str | Sequence[str] = ALL
) -> float:
    """The figure of public statistics, NaN where there is none."""
    nations = (nationality,) if isinstance(nationality, str) else nationality
    cells = [Cell(indicator, place, nation) for nation in nations]
    return float(np.asarray(observed_values(cells, [period]))[0].sum())
