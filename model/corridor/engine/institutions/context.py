"""What institutions may see and set: all that they know of a replicate. None of them holds the simulation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from corridor.engine.institutions.briefing import Briefing
from corridor.foundations.timeline import Timeline
from corridor.inputs.compiling.drivers import Drivers
from corridor.inputs.parameters.parameter_set import ParameterSet
from corridor.inputs.registries.geography import Geography
from corridor.inputs.scenarios.lever_path import LeverPath

Fields = dict[str, np.ndarray]


@dataclass(slots=True)
class Context:
    """One for all institutions of a replicate. An institution's own memory is not in it: each is given its row.

    Attributes
    ----------
    today : int
        The day; the simulation moves it on.
    levers : mapping of str to LeverPath
        In force in this replicate; deals change them ahead.
    parameters, geography, timeline
        As they were compiled.
    represents : float
        People for whom one simulated person stands.
    briefing : Briefing
        Last week's flows and today's stocks, as people.
    pressure, relief, pace, inm_service, inm_stops : numpy.ndarray
        Daily series of the drivers (see `Drivers` for their axes).
    places, terms, nations, allowances, rules : dict of str to numpy.ndarray
        The records that institutions set, field by field: plain views, because walking through the record of the
        replicate at each step costs more than the step.
    """

    today: int
    levers: Mapping[str, LeverPath]
    parameters: ParameterSet
    geography: Geography
    timeline: Timeline
    represents: float
    briefing: Briefing
    pressure: np.ndarray
    relief: np.ndarray
    pace: np.ndarray
    inm_service: np.ndarray
    inm_stops: np.ndarray
    places: Fields
    terms: Fields
    nations: Fields
    allowances: Fields
    rules: Fields


def context_of(drivers: Drivers, briefing: Briefing, fields: Mapping[str, Fields]) -> Context:
    """The context of a replicate on day 0: what its drivers say, and the records that its kernel reads."""
    return Context(
        today=0,
        levers=drivers.levers,
        parameters=drivers.parameters,
        geography=drivers.geography,
        timeline=drivers.timeline,
        represents=float(drivers.people_per_agent),
        briefing=briefing,
        pressure=drivers.pressure,
        relief=drivers.relief,
        pace=drivers.pace,
        inm_service=drivers.inm_service,
        inm_stops=drivers.inm_stops,
        places=fields["places"],
        terms=fields["terms"],
        nations=fields["nations"],
        allowances=fields["allowances"],
        rules=fields["rules"],
    )
