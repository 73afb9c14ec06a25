"""Responses: what a few indicators come to at many points of a sweep.

Each point is run with the same seed and replicates, so that points differ by their values and not by luck. A run is
reduced to its few numbers where it was made, so memory does not grow with their size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from corridor.engine.plan import plan_of
from corridor.engine.recording.recorder import Recording
from corridor.engine.simulation import Simulation
from corridor.experiments.ensemble import load_kernel
from corridor.experiments.stored_points import PointStore
from corridor.experiments.workers import count_workers, run_tasks
from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.foundations.timeline import grain_of
from corridor.inputs.compiling.drivers import Drivers, compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.retired import name_hint
from corridor.inputs.scenarios.demands import Demand
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.variants import variant_at
from corridor.outputs.rows import ALL, Cell

POINTS_A_TASK = 4
Point = tuple[float, ...]


class Response(NamedTuple):
    """An indicator over a year, or over all years reported: their sum for a flow, else their mean."""

    cell: Cell
    year: int | None = None

    @property
    def name(self) -> str:
        """The indicator, with what it is broken down by and its year where they are said."""
        parts = (self.cell.indicator, self.cell.place, self.cell.nationality, str(self.year or ALL))
        return " ".join(part for part in parts if part != ALL)


def response_of(demand: Demand) -> Response:
    """What a demand is about."""
    return Response(Cell(demand.indicator, demand.place, demand.nationality, ALL), demand.year)


def indicator_response(name: str) -> Response:
    """An indicator in all, over all years.

    Raises
    ------
    InputError
        If there is no such indicator.
    """
    if name not in INDICATORS:
        raise InputError(
            [
                Problem(
                    "--of", 0, 0, "", f"unknown indicator {name!r}{name_hint('indicator', name, INDICATORS)}"
                )
            ]
        )
    return Response(Cell(name, ALL, ALL, ALL))


def swept(scenario: Scenario, wanted: str) -> None:
    """Refuse a scenario without a sweep; `wanted` says what for."""
    if scenario.sweep is None:
        why = f"{scenario.name} has no `sweep:` block, which says what {wanted} varies and in which range"
        raise InputError([Problem(scenario.name, 0, 0, "sweep", why)])


def check_reported(scenario: Scenario, responses: Sequence[Response], where: str) -> None:
    """Refuse what runs of the scenario do not report; `where` names who asked. Nothing has run then.

    Raises
    ------
    InputError
        With every cell and year that is not reported.
    """
    assert scenario.sweep is not None
    known = set(plan_of(_compiled(scenario, scenario.sweep.points()[0], 1)).reading.map.cells.rows())
    years = scenario.timeline.years()
    problems = []
    for each in responses:
        if each.cell not in known:
            places = sorted({row[1] for row in known if row[0] == each.cell.indicator} - {ALL})
            why = f"{each.name} is not reported{nearest_name(each.cell.place, places)}"
            if not INDICATORS[each.cell.indicator].has_total:
                why = (
                    f"{each.cell.indicator} has no total: it is reported for {', '.join(places)} on their own"
                )
        elif each.year is not None and str(each.year) not in years:
            why = f"{each.name} is not reported: the years that a run of {scenario.name} reports are {', '.join(years)}"
        else:
            continue
        problems.append(Problem(scenario.name, 0, 0, where, why))
    if problems:
        raise InputError(problems)


def respond(
    scenario: Scenario,
    points: Sequence[Point],
    responses: Sequence[Response],
    *,
    replicates: Sequence[int],
    seed: int,
    people_per_agent: int,
    workers: int | None = None,
    store: PointStore | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """Run a scenario at points of what its sweep varies.

    Parameters
    ----------
    replicates
        Numbers of the replicates of each point.
    store
        Where runs are kept as they finish, and taken from if they are there.

    Returns
    -------
    float64[points, replicates, responses]

    Raises
    ------
    InputError
        If a response is not reported (`check_reported` says so before any run).
    """
    blocks = [points[first : first + POINTS_A_TASK] for first in range(0, len(points), POINTS_A_TASK)]
    tasks = [
        (scenario, tuple(block), tuple(responses), tuple(replicates), seed, people_per_agent, store)
        for block in blocks
    ]
    show = progress or (lambda done, total: None)

    def done(number: int) -> None:
        show(min(number * POINTS_A_TASK, len(points)), len(points))

    processes = count_workers(len(tasks), workers)
    if processes > 1:
        load_kernel(_compiled(scenario, points[0], people_per_agent))
    found = run_tasks(_respond, tasks, workers=processes, done=done)
    return np.concatenate(found)


def _respond(
    scenario: Scenario,
    points: Sequence[Point],
    responses: Sequence[Response],
    replicates: Sequence[int],
    seed: int,
    people_per_agent: int,
    store: PointStore | None = None,
) -> np.ndarray:
    """The task of a worker: some points."""
    found = np.empty((len(points), len(replicates), len(responses)))
    for place, point in enumerate(points):
        drivers: list[Drivers] = []  # compiled for the first run that is not in the store
        for row, replicate in enumerate(replicates):

            def work_out(point=point, replicate=replicate, drivers=drivers) -> np.ndarray:
                if not drivers:
                    drivers.append(_compiled(scenario, point, people_per_agent))
                return _run(drivers[0], responses, seed, replicate)

            found[place, row] = store.value_of(point, replicate, work_out) if store else work_out()
    return found


def _compiled(scenario: Scenario, point: Point, people_per_agent: int) -> Drivers:
    policy = resolve(variant_at(scenario, point, scenario.name))
    return compile_drivers(policy, load_parameters(policy.overrides), people_per_agent=people_per_agent)


def _run(drivers: Drivers, responses: Sequence[Response], seed: int, replicate: int) -> np.ndarray:
    """What one run comes to, float64[responses]."""
    simulation = Simulation(drivers, seed=seed, replicate=replicate)
    recording = simulation.run()
    simulation.release_institutions()
    rows: dict[tuple, int] = {cell: number for number, cell in enumerate(recording.cells.rows())}
    return np.array([_value(recording, rows, response) for response in responses])


def _value(recording: Recording, rows: Mapping[tuple, int], response: Response) -> float:
    years = [place for place, period in enumerate(recording.periods) if grain_of(period) == "year"]
    if response.year is not None:
        years = [place for place in years if recording.periods[place] == str(response.year)]
    if response.cell not in rows or not years:
        names = sorted({cell[1] for cell in rows if cell[0] == response.cell.indicator})
        why = f"{response.name} is not reported{nearest_name(response.cell.place, names)}"
        raise InputError([Problem("corridor", 0, 0, "", why)])
    values = recording.values[years, rows[response.cell]]
    flow = INDICATORS[response.cell.indicator].sums_over_periods
    return float(values.sum() if flow else values.mean())
