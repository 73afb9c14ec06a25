"""Demands: what somebody wants of a scenario, as bounds on indicators, for `corridor discover`.

    demands:
      - {id: fewer-encounters, of: us, indicator: encounters_usbp, year: 2023, at_most: 1500000, source: ...}

A demand without a year is about the years reported: their sum for a flow, their mean for anything else.
"""

from __future__ import annotations

from pydantic import Field

from corridor.foundations.errors import Problem, nearest_name, quoted
from corridor.inputs.reading.yaml_source import DataPath
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.registries.retired import name_hint
from corridor.inputs.scenarios.entries import SOURCE, Name, Number, Part
from corridor.inputs.scenarios.entry_checks import EntryReader

BLOCK = "demands"
ALL = "all"


class Demand(Part):
    """One bound on one indicator."""

    id: Name = Field(description="Its name in this file: lower-case letters, digits, - and _.")
    of: str = Field(description="Whose demand it is: us, mexico, humanitarian, or any other word.")
    indicator: str = Field(description="What is bounded: `corridor indicators` lists all.")
    place: str = Field(default=ALL, description="Of one place, for indicators that are reported by place.")
    nationality: str = Field(default=ALL, description="Of one nationality, for indicators reported by it.")
    year: int | None = Field(default=None, description="Left out: all years reported.")
    at_most: Number | None = Field(default=None, description="The highest figure that meets it.")
    at_least: Number | None = Field(default=None, description="The lowest figure that meets it.")
    source: str = Field(default="", description=SOURCE)

    @property
    def bound(self) -> float:
        """The figure that must not be passed."""
        bound = self.at_most if self.at_most is not None else self.at_least
        assert bound is not None, "checked when the scenario is loaded"
        return float(bound)

    @property
    def sign(self) -> int:
        """1 where less is better, -1 where more is."""
        return 1 if self.at_most is not None else -1


def check_demands(reader: EntryReader) -> list[Problem]:
    """Every problem of meaning in the block."""
    problems: list[Problem] = []
    seen: set[str] = set()
    for number in reader.numbers(BLOCK):
        at: DataPath = (BLOCK, number)
        given = reader.raw(at)
        if not isinstance(given, dict):
            continue
        id, indicator = reader.get((*at, "id")), reader.get((*at, "indicator"))
        if id in seen:
            problems.append(reader.problem((*at, "id"), f"two demands have the id {quoted(id)}"))
        seen.add(id)
        if indicator is not None and indicator not in INDICATORS:
            message = (
                f"unknown indicator {quoted(indicator)}{name_hint('indicator', str(indicator), INDICATORS)}"
            )
            problems.append(reader.problem((*at, "indicator"), message))
        elif indicator is not None:
            known = INDICATORS[indicator].margins
            for name in ("nationality", "place"):
                if reader.get((*at, name)) not in (None, ALL) and name not in known:
                    message = f"{indicator} is not reported by {name}"
                    problems.append(reader.problem((*at, name), message))
        nation = reader.get((*at, "nationality"))
        if nation not in (None, ALL, *NATIONALITIES):
            message = f"unknown nationality {quoted(nation)}{nearest_name(str(nation), NATIONALITIES)}"
            problems.append(reader.problem((*at, "nationality"), message))
        if (given.get("at_most") is None) == (given.get("at_least") is None):
            problems.append(reader.problem(at, "a demand has one bound: `at_most:` or `at_least:`"))
        if all(reader.get((*at, name)) not in (None, ALL) for name in ("nationality", "place")):
            problems.append(reader.problem(at, "a demand is about a nationality or a place, not both"))
    return problems
