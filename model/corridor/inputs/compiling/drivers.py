"""Drivers: a resolved policy and a set of parameters as daily arrays. Below this line there are no dates or names.

`compile_drivers` is the only way from a scenario to the engine. Axes: D days, N nationalities (registry order),
R routes, S sectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corridor.foundations.errors import InputError, Problem
from corridor.foundations.timeline import DAYS_PER_MONTH, Timeline
from corridor.inputs.compiling.arrivals import PlacesAtPorts, land
from corridor.inputs.compiling.entries import counted_entries
from corridor.inputs.compiling.news import Signals, compile_signals
from corridor.inputs.compiling.origins import felt_relief, scale_demand
from corridor.inputs.compiling.policy import AHEAD, Policy, resolve
from corridor.inputs.compiling.projection import Projection, project_demand
from corridor.inputs.compiling.sponsors import most_sponsored, sponsored_interest
from corridor.inputs.parameters.parameter_set import ParameterSet, load_parameters
from corridor.inputs.registries.geography import Geography, load_geography
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.diplomacy import Bargaining
from corridor.inputs.scenarios.lever_path import LeverPath
from corridor.inputs.scenarios.request import check_request
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import load_scenario

GOVERNMENTS = ("us", "mexico")  # whose satisfaction is reported


@dataclass(frozen=True, eq=False)
class Drivers:
    """Everything a replicate is driven by; arrays are read only. Compared by identity, so that it can key a cache."""

    scenario: str
    timeline: Timeline
    geography: Geography
    parameters: ParameterSet
    levers: dict[str, LeverPath]
    signals: Signals
    demand: np.ndarray  # [D, N] people a day before noise
    entries: (
        np.ndarray | None
    )  # [D, N, R] people a day as counted or dated, NaN where modelled; None: all modelled
    demand_steps: np.ndarray  # [D, N] spread that a month adds to the log of demand; 0 while it is known
    demand_memory: float  # share of what months added that is left after one more
    family: np.ndarray  # [D, N] share of those who set out as families
    child: np.ndarray  # [D, N] the same as unaccompanied children
    routes: np.ndarray  # [N, R] leaning towards routes on the first day: shares
    route_pull: np.ndarray  # [N, R] how much more of those who lean to a route take it
    ways: np.ndarray  # [D, N, R] how far a route is open: 0 closed, 1 as usual, more with more seats
    way_round: np.ndarray  # [D, N] share of those whose route is closed who know another
    parole: np.ndarray  # [D, N] people a day
    exceptions: np.ndarray  # [D] people a day admitted at ports without CBP One
    appointment_interest: np.ndarray  # [D, N] people a day of each nationality among appointments
    exception_interest: np.ndarray  # [D, N] the same among exceptions
    port_weight: np.ndarray  # [D, O] of offices, in geography order
    leaning: np.ndarray  # [N, S] towards sectors, in geography order, on the first day: shares
    pull: np.ndarray  # [S] of sectors: how much more of those who lean to one go there
    inm_service: np.ndarray  # [D] share of what INM does that shocks leave: returns, people sent south
    inm_stops: np.ndarray  # [D] the same for its stops
    pace: np.ndarray  # [D, P] factor on days spent at a place (transport shocks)
    relief: np.ndarray  # [D, N] relief from sanctions as it is felt
    pressure: np.ndarray  # [D, G] weight of people at the border for each of `GOVERNMENTS`, 1 as usual
    caravans: tuple[tuple[int, float], ...]  # day, people
    group_arrivals: tuple[tuple[int, int, str, float], ...]  # held from, free on, city, people
    people_per_agent: int
    daily: bool
    diverges_on: int
    announcements_heard: bool = True
    mean_field: bool = False
    bargaining: Bargaining | None = None

    def __deepcopy__(self, memo: dict) -> Drivers:
        """Itself: nothing of it changes, and what is known of it is kept by its identity."""
        return self

    def lever(self, name: str, day: int) -> np.ndarray:
        """Values of a lever on a day, one a member."""
        return self.levers[name].values[day]


def _learned(blocked: np.ndarray, start: float, time: float) -> np.ndarray:
    """Logistic learning since a state began, 1 where it holds from the first day; float64[D].

    `start` is the share that knows at once, `time` the days in which the odds grow e-fold (macro study).
    """
    days = len(blocked)
    known = np.ones(days)
    since = -1
    for day in range(1, days):
        if blocked[day] and not blocked[day - 1]:
            since = day
        elif not blocked[day]:
            since = -1
        if since >= 0:
            known[day] = 1.0 / (1.0 + (1.0 / start - 1.0) * np.exp(-(day - since) / time))
    return known


def first_routes(parameters: ParameterSet, geography: Geography) -> tuple[np.ndarray, np.ndarray]:
    """Leanings of each nationality towards routes on the first day (shares) and pulls of routes, float64[N, R] both.

    A route without a parameter is taken by dated arrivals alone: nobody leans to it and it pulls nobody.
    """
    first, pull = np.zeros((2, len(NATIONALITIES), len(geography.routes)))
    for index, route in enumerate(geography.routes):
        if route.parameter and route.pull:
            first[:, index] = parameters[route.parameter].by_nationality()
            pull[:, index] = parameters[route.pull].by_nationality()
    return first / np.maximum(first.sum(axis=1, keepdims=True), 1e-12), pull


def open_routes(
    policy: Policy, parameters: ParameterSet, geography: Geography, first: np.ndarray, pull: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How far each route is open, [D, N, R], and who of those whose route is closed know another, [D, N].

    A wall stops those who would fly at first; as the way round becomes known they take the open routes (Venezuela 2022:
    -87% in a month, recovered through the Darién in seven). Where none of the routes that anybody wishes is open there
    is no way round.
    """
    days = policy.timeline.days
    ways = np.ones((days, len(NATIONALITIES), len(geography.routes)))
    for index, route in enumerate(geography.routes):
        if route.opened_by:
            ways[:, :, index] = policy.levers[route.opened_by].values
        if route.closed_by and route.closed_by in policy.levers:
            ways[policy.levers[route.closed_by].values == 1.0, index] = 0.0
    time = parameters["learning_days"].scalar()
    at_once = parameters["wall_access"].by_nationality()
    way_round = np.ones(ways.shape[:2])
    for nation, index in zip(*np.nonzero((pull > 0.0) & (ways == 0.0).any(axis=0)), strict=True):
        learned = _learned(ways[:, nation, index] == 0.0, float(at_once[nation]), time)
        way_round[:, nation] = np.minimum(way_round[:, nation], learned)
    wish = (first + parameters["route_tries"].scalar()) * pull
    way_round[(wish * ways).sum(axis=2) <= 0.0] = 0.0
    return ways, way_round


def first_leanings(parameters: ParameterSet, sectors: Sequence[str]) -> np.ndarray:
    """Leanings of each nationality towards sectors on the first day: shares, float64[N, S].

    Raises
    ------
    InputError
        If a sector has no parameter `leaning_ID`, or a nationality leans nowhere.
    """
    given = np.stack([parameters[f"leaning_{sector}"].by_nationality() for sector in sectors], axis=1)
    whole = given.sum(axis=1)
    for nation in np.flatnonzero(whole <= 0.0):
        why = f"{NATIONALITIES[nation]} leans towards no sector: give one of leaning_{', leaning_'.join(sectors)}"
        raise InputError([Problem("parameters", 0, 0, "", why)])
    return np.asarray(given / whole[:, None])


def spread_parole(policy: Policy, parameters: ParameterSet) -> np.ndarray:
    """People a day admitted by parole, [D, N]: the monthly cap (pools shared by interest) until the total is used.

    Nobody is paroled without a sponsor (`sponsors`).
    """
    monthly, total = policy.levers["us.parole_monthly_cap"], policy.levers["us.parole_cap_total"]
    interest, sponsored = sponsored_interest(parameters), most_sponsored(parameters)
    days = policy.timeline.days
    daily = np.zeros((days, len(NATIONALITIES)))
    used = np.zeros(len(NATIONALITIES))
    ramp = np.zeros(len(NATIONALITIES))
    build_up = parameters["parole_build_up_days"].scalar()
    for day in range(days):
        if day:
            used[total.values[day] != total.values[day - 1]] = 0.0  # a total counts from the day it is set
        pool, cap = monthly.pool[day], monthly.values[day]
        for nation in np.flatnonzero(cap > 0):
            sharing = np.flatnonzero(pool == pool[nation])
            share = interest[nation] / max(interest[sharing].sum(), 1e-12) if len(sharing) > 1 else 1.0
            ramp[nation] = min(1.0, ramp[nation] + 1.0 / build_up)
            places = share * min(cap[nation], 1e6) / DAYS_PER_MONTH
            people = ramp[nation] * min(places, sponsored[nation])
            together = used[total.pool[day] == total.pool[day, nation]].sum()
            people = min(people, max(0.0, total.values[day, nation] - together))
            daily[day, nation] = people
            used[nation] += people
    return daily


def opinion_pressure(policy: Policy, parameters: ParameterSet) -> np.ndarray:
    """How much heavier people at the border weigh for each government, [D, G]: elections ahead and public opinion.

    Both work on governments alone; people on the way hear of what governments then announce (document items 69-71).
    """
    clock = np.arange(policy.timeline.days)
    pressure = np.ones((len(clock), len(GOVERNMENTS)))
    gain, memory = parameters["election_gain"].scalar(), parameters["election_days"].scalar()
    for shock in policy.shocks:
        if shock.kind == "election":
            ahead = shock.start_day - clock
            near = (ahead >= 0) & (ahead < AHEAD["election"])
            more = np.where(near, gain * shock.size * np.exp(-ahead / memory), 0.0)
        elif shock.kind == "opinion":
            lasts = clock <= (shock.end_day if shock.end_day is not None else clock[-1])
            more = np.where((clock >= shock.start_day) & lasts, shock.size, 0.0)
        else:
            continue
        for member in shock.members or GOVERNMENTS:
            pressure[:, GOVERNMENTS.index(member)] += more
    return pressure


def compile_drivers(
    policy: Policy,
    parameters: ParameterSet,
    *,
    people_per_agent: int = 50,
    daily: bool = False,
    geography: Geography | None = None,
) -> Drivers:
    """Compile a policy into what the engine reads.

    Parameters
    ----------
    policy : Policy
        From `inputs.compiling.policy.resolve`.
    parameters : ParameterSet
        From `inputs.parameters.parameter_set.load_parameters` (with the scenario's overrides).
    people_per_agent : int
        1: every travelling party is simulated; n: each simulated party stands for n like it.
    daily : bool
        Report days besides months and years.
    """
    geography = geography or load_geography()
    timeline = policy.timeline
    days = timeline.days
    codes = geography.codes
    season = np.asarray(parameters["season_index"].by(range(1, 13)), dtype=float)
    exponent = parameters["season_exponent"].by_nationality()
    seasonal = season[timeline.calendar_month - 1][:, None] ** exponent
    inm_service, inm_stops = np.ones(days), np.ones(days)
    latent, demand_steps = project_demand(parameters, timeline)
    demand = scale_demand(latent * seasonal, policy, parameters)
    pace = np.ones((days, len(geography.places)))
    caravans: list[tuple[int, float]] = []
    groups: list[tuple[int, int, str, float]] = []
    for shock in policy.shocks:
        span = slice(max(0, shock.start_day), days if shock.end_day is None else max(0, shock.end_day + 1))
        if shock.kind in ("demand", "violence"):
            members = [i for i, n in enumerate(NATIONALITIES) if not shock.members or n in shock.members]
            demand[span, members] *= shock.size
        elif shock.kind == "capacity_loss":
            share = 1.0
            if not shock.members or "inm" in shock.members:  # all of it; `inm_stops` loses patrols alone
                inm_service[span] *= 1.0 - shock.size
                share = parameters["detection_loss_share"].scalar()
            inm_stops[span] *= 1.0 - share * shock.size
        elif shock.kind == "transport":
            for member in shock.members:
                pace[span, codes[member]] *= shock.size
        elif shock.kind == "caravan":
            caravans.append((shock.start_day, shock.size))
        elif shock.kind == "group_arrival":
            held_from = max(0, shock.start_day - AHEAD["group_arrival"])
            groups.append((held_from, shock.start_day, str(shock.place), shock.size))
    routes, pull = first_routes(parameters, geography)
    ways, way_round = open_routes(policy, parameters, geography, routes, pull)
    ports = PlacesAtPorts.of(parameters, geography, timeline)
    entries = counted_entries(timeline, geography) if policy.observed_entries else None
    entries, ports = land(policy, geography, entries, ports)
    sectors = [place.id for _, place in geography.of_kind("cross")]
    return Drivers(
        scenario=policy.scenario.name,
        timeline=timeline,
        geography=geography,
        parameters=parameters,
        levers=dict(policy.levers),
        signals=compile_signals(policy, parameters),
        demand=demand,
        entries=entries,
        demand_steps=demand_steps,
        demand_memory=Projection.of(parameters).memory,
        family=parameters["family_share"].daily_by_nationality(timeline),
        child=parameters["child_share"].daily_by_nationality(timeline),
        routes=routes,
        route_pull=pull,
        ways=ways,
        way_round=way_round,
        parole=spread_parole(policy, parameters),
        exceptions=ports.exceptions,
        appointment_interest=parameters["appointment_interest"].daily_by_nationality(timeline),
        exception_interest=ports.interest,
        port_weight=ports.weight,
        leaning=first_leanings(parameters, sectors),
        pull=parameters["sector_pull"].by(sectors),
        inm_service=inm_service,
        inm_stops=inm_stops,
        pace=pace,
        relief=felt_relief(policy.levers["us.sanctions_relief"], parameters),
        pressure=opinion_pressure(policy, parameters),
        caravans=tuple(caravans),
        group_arrivals=tuple(groups),
        people_per_agent=people_per_agent,
        daily=daily,
        diverges_on=policy.diverges_on,
        announcements_heard=policy.announcements_heard,
        mean_field=policy.mean_field,
        bargaining=policy.bargaining,
    )


def compile_scenario(scenario: Scenario | str | Path, people_per_agent: int | None = None) -> Drivers:
    """Compile a scenario, its name or its file, with its own parameters and, unless another is given, its own scale.

    Raises
    ------
    InputError
        If it cannot be loaded, or is wrong.
    """
    read = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    scale = check_request(people_per_agent=people_per_agent)["people_per_agent"]
    scale = read.run_settings.people_per_agent if scale is None else scale
    policy = resolve(read)
    return compile_drivers(policy, load_parameters(policy.overrides), people_per_agent=scale)
