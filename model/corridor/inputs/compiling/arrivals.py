"""Dated arrivals: people who land in a northern city and are let in at its port, whatever others are waiting for.

The shock `arrival` says how many a day, of whom, and where. They begin in the city, beside whoever the model lets
leave, and the port of the city has as many more places a day, for them. In March and April 2022 some 22,000 Ukrainians
flew to Tijuana and were let in at San Diego's ports (CBP monthly tables); no policy of the corridor made them come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor.foundations.timeline import Timeline
from corridor.inputs.compiling.policy import Policy, ResolvedShock
from corridor.inputs.parameters.parameter_set import ParameterSet
from corridor.inputs.registries.geography import Geography
from corridor.inputs.registries.nationalities import NATIONALITIES

ARRIVAL = "arrival"


@dataclass(frozen=True, eq=False)
class PlacesAtPorts:
    """Who is let in at ports without an appointment: float64[D], [D, N] and [D, O].

    Attributes
    ----------
    exceptions : people a day
    interest : of each nationality among them; only ratios count
    weight : of each office in all places at ports, in geography order; only ratios count
    """

    exceptions: np.ndarray
    interest: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, parameters: ParameterSet, geography: Geography, timeline: Timeline) -> PlacesAtPorts:
        """As the parameters say."""
        offices = [geography.places[code].id for code in geography.offices]
        return cls(
            parameters["port_exceptions_daily"].daily(timeline),
            parameters["port_exceptions_interest"].daily_by_nationality(timeline),
            parameters["port_weight"].daily_by(offices, timeline),
        )

    def with_more(
        self, days: slice, people: float, nation: int, office: int, appointments: np.ndarray
    ) -> PlacesAtPorts:
        """The same with so many more places a day at an office, for a nationality.

        `appointments` are those of the same days: an office's weight is its part of all places.
        """
        exceptions, interest, weight = self.exceptions.copy(), self.interest.copy(), self.weight.copy()
        given = exceptions[days, None]
        interest[days] *= given / np.maximum(interest[days].sum(axis=1, keepdims=True), 1e-12)
        interest[days, nation] += people
        weight[days] *= (given + appointments) / np.maximum(weight[days].sum(axis=1, keepdims=True), 1e-12)
        weight[days, office] += people
        exceptions[days] += people
        return PlacesAtPorts(exceptions, interest, weight)


def land(
    policy: Policy, geography: Geography, entries: np.ndarray | None, ports: PlacesAtPorts
) -> tuple[np.ndarray | None, PlacesAtPorts]:
    """Add the dated arrivals of a policy to who begins where, [D, N, R], and to places at ports.

    A shock of several nationalities lets as many of each land.
    """
    days = policy.timeline.days
    for shock in policy.shocks:
        span = span_of(shock, days)
        if shock.kind != ARRIVAL or shock.size == 0.0 or span.start >= span.stop:
            continue
        if entries is None:
            entries = np.full((days, len(NATIONALITIES), len(geography.routes)), np.nan)
        route = next(
            number
            for number, each in enumerate(geography.routes)
            if each.parameter is None and each.begins == shock.place
        )
        city = geography.places[geography.codes[str(shock.place)]]
        office = geography.offices.index(geography.codes[city.exits["admitted"]])
        appointments = policy.levers["us.cbp_one_daily"].values[span, :1]
        for nation in (NATIONALITIES.index(member) for member in shock.members):
            entries[span, nation, route] = np.nan_to_num(entries[span, nation, route]) + shock.size
            ports = ports.with_more(span, shock.size, nation, office, appointments)
    return entries, ports


def span_of(shock: ResolvedShock, days: int) -> slice:
    """The days of a run on which a shock lasts."""
    last = days - 1 if shock.end_day is None else shock.end_day
    return slice(max(0, shock.start_day), min(days, last + 1))
