"""The scenarios that a file with a sweep stands for: one at each point, with other values of what is varied."""

from __future__ import annotations

from corridor.inputs.scenarios.entries import Override
from corridor.inputs.scenarios.scenario import Scenario


def variants(scenario: Scenario) -> list[tuple[Scenario, tuple[float, ...]]]:
    """The scenarios that a file stands for, with the point of each; the scenario itself where it has no sweep.

    A variant is compared with what its file is compared with, and bears its name and a number.
    """
    sweep = scenario.sweep
    if sweep is None:
        return [(scenario, ())]
    points = sweep.points()
    width = len(str(len(points)))
    return [
        (variant_at(scenario, point, f"{scenario.name}-{number:0{width}d}"), point)
        for number, point in enumerate(points, 1)
    ]


def variant_at(scenario: Scenario, point: tuple[float, ...], name: str) -> Scenario:
    """The scenario at one point of what its sweep varies."""
    sweep = scenario.sweep
    assert sweep is not None
    to = {
        each.intervention: value for each, value in zip(sweep.over, point, strict=True) if each.intervention
    }
    given = {each.parameter: value for each, value in zip(sweep.over, point, strict=True) if each.parameter}
    note = f"a point of the sweep of {scenario.name}"
    return scenario.model_copy(
        update={
            "name": name,
            "sweep": None,
            "baseline": scenario.baseline_name,
            "interventions": tuple(
                entry.model_copy(update={"to": to[entry.id]}) if entry.id in to else entry
                for entry in scenario.interventions
            ),
            "overrides": scenario.overrides
            | {key: Override(value=value, note=note) for key, value in given.items()},
        }
    )
