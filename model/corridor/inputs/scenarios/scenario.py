"""What a scenario is: its differences from the scenario that it extends.

`corridor.inputs.scenarios.scenario_files` reads scenarios and checks them; `corridor.inputs.compiling.policy` resolves
one into daily lever paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal

from pydantic import Field, PrivateAttr
from ruamel.yaml import YAML

from corridor.foundations.timeline import Timeline
from corridor.inputs.scenarios.demands import Demand
from corridor.inputs.scenarios.diplomacy import Diplomacy
from corridor.inputs.scenarios.entries import (
    Intervention,
    Name,
    Names,
    Overrides,
    Part,
    Period,
    Run,
    Shock,
)
from corridor.inputs.scenarios.sweep import Sweep


@dataclass(frozen=True)
class Layer:
    """What one scenario of a chain adds, without the entries that its descendants remove."""

    scenario: Scenario
    interventions: tuple[Intervention, ...]
    shocks: tuple[Shock, ...]


class Scenario(Part):
    """A scenario, with the scenario that it extends."""

    name: Name = Field(description="Its name, which is that of its file too.")
    title: str = Field(default="", description="A few words for a list, a page or a figure.")
    question: str = Field(default="", description="What it is to answer.")
    extends: Name | None = Field(
        default=None, description="The scenario that it differs from; most extend history."
    )
    baseline: Name | None = Field(
        default=None, description="What it is compared with; left out: the scenario that it extends."
    )
    narrative: str = Field(default="", description="What happens in it, in words.")
    period: Period = Field(default=Period(), description="The days of its run.")
    remove: Names = Field(default=(), description="Ids of inherited interventions and shocks that it undoes.")
    interventions: tuple[Intervention, ...] = Field(
        default=(), strict=False, description="Dated movements of levers."
    )
    shocks: tuple[Shock, ...] = Field(
        default=(), strict=False, description="What happens on a date and is nobody's lever."
    )
    entries_: Literal["modelled", "observed"] | None = Field(
        default=None,
        alias="entries",
        description="Who begins the journey: whom the model lets leave, or, where people were counted on their way "
        "(the Darién), as many as were counted: what happens from there on is then judged alone.",
    )
    announcements: Literal["heard", "none"] | None = Field(
        default=None,
        description="Whether people believe what governments announce, as far as they trust it, or only what happens: "
        "the second shows what an announcement alone does.",
    )
    behaviour: Literal["circles", "mean-field"] | None = Field(
        default=None,
        description="Whom people at home hear from: their own circle and those whom it knows, or, all alike, everybody "
        "of their nationality: the second shows what circles do.",
    )
    diplomacy: Diplomacy | None = Field(
        default=None,
        description="How governments make policy: by the timeline, or by bargaining over some of it.",
    )
    sweep: Sweep | None = Field(
        default=None, description="What is varied: the file then stands for a scenario at each point."
    )
    demands: tuple[Demand, ...] = Field(
        default=(),
        strict=False,
        description="Bounds on indicators that somebody wants, for `corridor discover`.",
    )
    parameters: Name | None = Field(
        default=None,
        description="A record of parameters that it takes in place of the packaged values; no later fit moves it.",
    )
    overrides: Overrides = Field(
        default_factory=dict, description="Other values of parameters, by parameter."
    )
    run: Run = Field(default=Run(), description="How it is run unless the caller says otherwise.")

    _notes: tuple[str, ...] = PrivateAttr(default=())
    _parent: Scenario | None = PrivateAttr(default=None)  # set once, by `scenario_files`; copies keep it

    @property
    def parent(self) -> Scenario | None:
        """The scenario that it extends; None for one that stands alone."""
        return self._parent

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever runs it should know of how names were understood, in it and in what it extends."""
        return tuple(dict.fromkeys(note for each in self.chain for note in each._notes))

    @property
    def baseline_name(self) -> str | None:
        """The scenario that it is compared with: the one that it extends, unless named.

        One that takes a record of parameters differs in more than policy from what it extends: it is compared with
        nothing unless that is named.
        """
        return self.baseline or (None if self.parameters else self.extends)

    @property
    def observed_entries(self) -> bool:
        """Whether people begin where and as they were counted: as it says, or the nearest that it extends."""
        return self._said("entries_") == "observed"

    @property
    def announcements_heard(self) -> bool:
        """Whether anyone believes announcements: as it says, or the nearest that it extends."""
        return self._said("announcements") != "none"

    @property
    def mean_field(self) -> bool:
        """Whether everybody of a nationality hears the same: as it says, or the nearest that it extends."""
        return self._said("behaviour") == "mean-field"

    @property
    def bargaining(self) -> Diplomacy | None:
        """How governments bargain: its own block, or that of the nearest scenario that it extends; None if fixed."""
        block = self._said("diplomacy")
        return block if block is not None and block.bargains else None

    def _said(self, field: str) -> Any:
        """What the nearest of the chain that says anything of a field says; None if none does."""
        said = (getattr(each, field) for each in reversed(self.chain))
        return next((value for value in said if value is not None), None)

    @property
    def chain(self) -> tuple[Scenario, ...]:
        """The scenario and everything that it extends, root first."""
        return (*(self._parent.chain if self._parent else ()), self)

    @property
    def record(self) -> str | None:
        """The record of parameters that it takes: its own, or that of the nearest scenario that it extends."""
        said = (each.parameters for each in reversed(self.chain) if each.parameters is not None)
        return next(said, None)

    @property
    def run_settings(self) -> Run:
        """How it is run unless the caller says otherwise: its own `run:`, or that of the nearest that it extends."""
        said = (each.run for each in reversed(self.chain) if "run" in each.model_fields_set)
        return next(said, self.run)

    @property
    def timeline(self) -> Timeline:
        """The days of its run: start and first reported day of the root, its own end or its parent's."""
        if self._parent is None:
            start, end = self.period.start, self.period.end
            assert start is not None and end is not None, "checked when the scenario is loaded"
            return Timeline(start, end, self.period.report_from or start)
        inherited = self._parent.timeline
        return Timeline(inherited.start, self.period.end or inherited.end, inherited.report_from)

    def layers(self) -> tuple[Layer, ...]:
        """What each scenario of the chain adds, root first, without what later ones remove."""
        layers: list[Layer] = []
        removed: set[str] = set()
        for scenario in reversed(self.chain):
            layers.append(
                Layer(
                    scenario,
                    tuple(entry for entry in scenario.interventions if entry.id not in removed),
                    tuple(entry for entry in scenario.shocks if entry.id not in removed),
                )
            )
            removed |= set(scenario.remove)
        return tuple(reversed(layers))

    def entries(self) -> dict[str, Intervention | Shock]:
        """Every intervention and shock in force in the chain, by id."""
        return {entry.id: entry for layer in self.layers() for entry in (*layer.interventions, *layer.shocks)}

    def to_yaml(self) -> str:
        """The scenario as a file: its differences only, in the order of the fields."""
        data = self.model_dump(by_alias=True, exclude_defaults=True)
        writer = YAML()
        writer.default_flow_style = False
        writer.width = 110
        writer.indent(mapping=2, sequence=4, offset=2)
        text = StringIO()
        writer.dump(_plain(data), text)
        return text.getvalue()


def _plain(value: Any) -> Any:
    """Data that YAML writes as a person would: lists, whole numbers without a point."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
