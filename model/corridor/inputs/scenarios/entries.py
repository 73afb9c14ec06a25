"""The parts of a scenario file: interventions, shocks, the period, run settings and parameter overrides.

Pydantic models that know shapes and types and nothing else; `corridor.inputs.scenarios.checks` knows what the
registries allow, and `corridor.inputs.scenarios.scenario` puts the parts together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from corridor.foundations.errors import quoted
from corridor.inputs.registries.levers import LEVERS, UNLIMITED
from corridor.inputs.registries.shocks import SHOCKS

NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,79}$"
"""Names of scenarios and ids of entries: lower case, digits, dashes; never a path."""

DEFAULT_REPLICATES = 20
DEFAULT_SEED = 1
DEFAULT_PEOPLE_PER_AGENT = 50
MOST_REPLICATES, MOST_SEED, MOST_PEOPLE_PER_AGENT = 100_000, 2**32 - 1, 10_000

_DAY_PATTERN = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def is_name(text: str) -> bool:
    """Whether a text can name a scenario or an entry."""
    return re.fullmatch(NAME_PATTERN, text) is not None


def parse_day(value: object) -> date:
    """A date written YYYY-MM-DD.

    Raises
    ------
    ValueError
        If it is something else, or no such day exists.
    """
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY_PATTERN.fullmatch(value):
        raise ValueError(f"expected a date written YYYY-MM-DD, not {quoted(value)}")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value} is not a date: {error}") from None


def parse_level(value: object) -> float | Literal["unlimited"]:
    """A lever's value: a number, or the word ``unlimited``.

    Raises
    ------
    ValueError
        If it is something else. True and false are not numbers here.
    """
    if value == UNLIMITED:
        return UNLIMITED
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"expected a number or the word {UNLIMITED}, not {quoted(value)}")
    try:
        return float(value)
    except OverflowError:
        raise ValueError("the number is too large") from None


def _parse_names(value: object) -> object:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Day = Annotated[date, BeforeValidator(parse_day, json_schema_input_type=date)]
Level = Annotated[
    float | Literal["unlimited"],
    PlainValidator(parse_level, json_schema_input_type=float | Literal["unlimited"]),
]
Names = Annotated[tuple[str, ...], BeforeValidator(_parse_names, json_schema_input_type=str | list[str])]
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Number = Annotated[float, Field(strict=True)]


class Part(BaseModel):
    """A part of a scenario file: nothing unknown, nothing converted, nothing changed afterwards."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, populate_by_name=True
    )


ID = "Its name in this scenario and those that extend it: lower-case letters, digits, - and _."
SOURCE = "Where it comes from: a publication, an item of the documents, or the word assumed."
NOTE = "What a reader should know."


class Intervention(Part):
    """A dated movement of a lever."""

    id: Name = Field(description=ID)
    lever: str = Field(description="What is moved: `corridor levers` lists all, with ranges and members.")
    for_: Names = Field(
        default=(), alias="for", description="Members of the lever's domain; left out: all of them."
    )
    pooled: bool = Field(default=False, description="The members share one cap.")
    profile: Literal["step", "ramp", "pulse", "series"] = Field(
        default="step",
        description="How the value moves: to another one and stays (step), for a time (pulse), day by day until it "
        "arrives (ramp), or by dated values (series).",
    )
    start: Day | None = Field(
        default=None, description="First day (of a series: its first date unless given)."
    )
    end: Day | None = Field(default=None, description="Last day; left out: to the end of the run.")
    announced: Day | None = Field(default=None, description="Day on which people learn of it.")
    cancelled: Day | None = Field(
        default=None, description="Day on which it is called off: it never takes effect."
    )
    to: Level | None = Field(default=None, description="The value of a step or pulse; where a ramp arrives.")
    values: dict[Day, Level] | None = Field(default=None, description="A series: each held until the next.")
    source: str = Field(default="", description=SOURCE)
    note: str = Field(default="", description=NOTE)

    @property
    def first_day(self) -> date:
        """The day on which it takes hold of its lever."""
        first = self.start or min(self.values or ())
        return first

    @property
    def earliest_day(self) -> date:
        """The first day on which it can matter: announced, or started."""
        return min(self.announced or self.first_day, self.first_day)

    @property
    def members(self) -> tuple[str, ...]:
        """The members of its lever that it moves."""
        lever = LEVERS[self.lever]
        if not self.for_:
            return lever.members
        return tuple(member for word in self.for_ for member in lever.members_named(word))


class Shock(Part):
    """A dated movement of something that nobody controls."""

    id: Name = Field(description=ID)
    kind: str = Field(description="What happens.")
    start: Day = Field(description="First day, or the night on which it happens.")
    end: Day | None = Field(default=None, description="Last day; left out: to the end of the run.")
    size: Number = Field(description="How large it is, in the unit of its kind.")
    for_: Names = Field(
        default=(), alias="for", description="Members of the kind's domain; left out: all of them."
    )
    place: str | None = Field(default=None, description="Where it happens, for kinds that have a place.")
    source: str = Field(default="", description=SOURCE)
    note: str = Field(default="", description=NOTE)

    @property
    def members(self) -> tuple[str, ...]:
        """The members of its kind's domain that it reaches."""
        domain = SHOCKS[self.kind].members
        return domain if not self.for_ or "all" in self.for_ else self.for_


class Period(Part):
    """The days of a run. Only `end` may be set by a scenario that extends another."""

    start: Day | None = Field(default=None, description="First day; only of a scenario that extends none.")
    report_from: Day | None = Field(
        default=None,
        description="First day of what is reported; only of a scenario that extends none. Left out: the start.",
    )
    end: Day | None = Field(default=None, description="Last day; left out: that of the scenario it extends.")


class Run(Part):
    """How a scenario is run unless the caller says otherwise."""

    replicates: int = Field(
        default=DEFAULT_REPLICATES, ge=1, le=MOST_REPLICATES, description="Random realisations."
    )
    seed: int = Field(default=DEFAULT_SEED, ge=0, le=MOST_SEED, description="Seed of every draw.")
    people_per_agent: int = Field(
        default=DEFAULT_PEOPLE_PER_AGENT,
        ge=1,
        le=MOST_PEOPLE_PER_AGENT,
        description="1 simulates every travelling party, n one in n.",
    )


class Override(Part):
    """Another value of a parameter, for this scenario."""

    value: Any = Field(description="A number, or values by key or by date.")
    note: str = Field(default="", description=NOTE)


def parse_override(value: object) -> object:
    """An override written as ``{value: ..., note: ...}``, or as the bare value."""
    return value if isinstance(value, Mapping | Override) else {"value": value}


Overrides = dict[
    str, Annotated[Override, BeforeValidator(parse_override, json_schema_input_type=Override | float)]
]
