"""From the geography and the drivers to the records of a replicate: the world on the morning of day 0."""

from __future__ import annotations

from dataclasses import fields
from zlib import crc32

import numpy as np
from scipy import special

from corridor.engine.records.budgets import fill_budgets
from corridor.engine.records.circles import fill_circles
from corridor.engine.records.codes import EXIT_NAMES, Kind
from corridor.engine.records.layout import (
    ANNOUNCERS,
    CHUNK,
    CITIES,
    EXITS,
    FAILURES,
    FATE,
    OUTLOOK,
    PLACES,
    REMEMBERED,
    SECTORS,
    SECTORS_PER_CITY,
    STAY_KNOTS,
    TALLY,
    WORLD,
)
from corridor.foundations.errors import RunError
from corridor.inputs.compiling.drivers import Drivers
from corridor.inputs.compiling.news import WHO_ANNOUNCES
from corridor.inputs.registries.geography import Geography, Place
from corridor.inputs.registries.nationalities import NATIONALITIES, codes_with

KINDS = {
    "end": Kind.SINK,
    "leg": Kind.LEG,
    "station": Kind.STATION,
    "fork": Kind.FORK,
    "wait": Kind.WAIT,
    "cross": Kind.CROSS,
    "custody": Kind.CUSTODY,
    "return": Kind.RETURN,
}

PASSED = ("fork", "cross")  # kinds of places where nobody stays


def stay_table(cv: float) -> np.ndarray:
    """Quantiles of a gamma distribution with mean 1 and the given coefficient of variation, float64[STAY_KNOTS].

    The last knot is set so that linear interpolation keeps the mean exactly 1.
    """
    shape = 1.0 / cv**2
    knots = special.gammaincinv(shape, np.linspace(0.0, 1.0, STAY_KNOTS)) / shape
    knots[-1] = 0.0
    inner = (knots[:-1].sum() - knots[0] / 2) / (STAY_KNOTS - 1)
    knots[-1] = max(knots[-2], 2 * (STAY_KNOTS - 1) * (1.0 - inner))
    return knots


def normal_table() -> np.ndarray:
    """Quantiles of the standard normal, float64[STAY_KNOTS], with the ends at 1 in 1,000."""
    grid = np.linspace(0.0, 1.0, STAY_KNOTS)
    grid[0], grid[-1] = 0.001, 0.999
    return special.ndtri(grid)


def _place_row(row: np.void, place: Place, code: int, geography: Geography, drivers: Drivers) -> None:
    codes, p = geography.codes, drivers.parameters
    row["kind"] = KINDS[place.kind]
    row["rank"] = place.rank
    row["stream"] = crc32(place.id.encode())
    row["exits"][:] = code
    row["crowding"] = 1.0
    row["street_limit"] = np.inf
    for name, target in place.exits.items():
        row["exits"][EXIT_NAMES[place.kind][name]] = REMEMBERED if target == "remembered" else codes[target]
    if place.feeds:
        if len(place.feeds) > (SECTORS_PER_CITY if place.kind == "wait" else EXITS):
            raise RunError(f"place {place.id!r} leads to {len(place.feeds)} places: too many")
        for exit, (target, share) in enumerate(place.feeds.items()):
            row["exits"][exit] = codes[target]
            row["feeds"][exit] = share
    row["counted"] = place.kind in ("wait", "custody", "leg", "station", "return")
    row["boats"] = 1 if place.traits.get("boats") else 0
    row["table"] = 1 if place.traits.get("title_42") else 0
    if place.harm == "mexico":
        row["robbery"] = p["robbery_mexico_daily"].scalar()
        row["extortion"] = p["extortion_mexico_daily"].scalar()
        if place.kind != "leg":  # on the way it is counted by transit
            row["kidnapping"] = p["kidnapping_mexico_daily"].scalar()
        row["sexual_violence"] = p["sexual_violence_mexico_daily"].scalar()
        crossed = place.kind == "leg" and place.traits.get("checkpoints")
        legs = sum(bool(leg.traits.get("checkpoints")) for _, leg in geography.of_kind("leg"))
        row["deadly"] = p["death_mexico_transit"].scalar() / legs if crossed else 0.0
        row["kidnapped"] = p["kidnapping_mexico_transit"].scalar() / legs if crossed else 0.0
    elif place.harm == "darien":
        # Surveys count harm a crossing; the mean of the dated durations turns it into a daily rate.
        days = np.mean([value for _, value in next(iter(p["darien_days"].plain().values()))])
        row["robbery"] = p["robbery_darien"].scalar() / days
        row["sexual_violence"] = p["sexual_violence_darien"].scalar() / days
        row["deadly"] = p["death_darien"].daily(drivers.timeline)[0]
    elif place.harm == "crossing":
        row["deadly"] = p["death_crossing"].scalar()
    row["deadly_hidden"] = p["death_hiding"].scalar() if place.harm == "crossing" else row["deadly"]
    row["daily_harm"] = row["robbery"] + row["extortion"] + row["kidnapping"] + row["sexual_violence"]


def _stay_days(place: Place, drivers: Drivers) -> np.ndarray:
    """Mean days at a place on day 0 by nationality, float64[N]."""
    if isinstance(place.days, str):
        parameter = drivers.parameters[place.days]
        if parameter.dated:
            return np.full(len(NATIONALITIES), parameter.daily(drivers.timeline)[0])
        return parameter.by_nationality()
    return np.full(len(NATIONALITIES), float(place.days))


def _fill_rules(world: np.void, drivers: Drivers) -> None:
    p, rules = drivers.parameters, world["rules"]
    one = {
        "noise_sd": "demand_noise_sd",
        "noise_persistence": "demand_noise_persistence",
        "origin_memory": "belief_origin_days",
        "border_memory": "belief_border_days",
        "indifference": "indifference_chance",
        "evader_response": "evader_response",
        "evasion_response": "evasion_response",
        "family_evasion": "family_evasion",
        "crossing_rate": "crossing_rate",
        "waiting_reference": "waiting_reference",
        "give_up_rate": "give_up_rate",
        "hopelessness": "hopelessness",
        "review_days": "review_days",
        "apprehension": "apprehension_probability",
        "apprehension_exponent": "apprehension_load_exponent",
        "apprehension_reference": "apprehension_load_reference",
        "retry_evader_42": "retry_evader_title_42",
        "retry_evader_8": "retry_evader_title_8",
        "retry_surrender": "retry_surrender",
        "heard_returned": "heard_returned_by_mexico",
        "heard_sent_back": "heard_sent_back",
        "parole_reference": "parole_reference",
        "heard_in_vain": "heard_in_vain",
        "heard_kidnapped": "heard_kidnapped",
        "heard_death": "heard_death",
        "trust_spent": "trust_spent_days",
        "trust_returns": "trust_return_days",
        "route_response": "route_response",
        "route_tries": "route_tries",
        "kidnapping_days": "kidnapping_days",
        "ransom": "ransom_usd",
        "extortion": "extortion_usd",
        "tie_weight": "circle_tie_weight",
        "leaning_days": "leaning_days",
        "leaning_follows": "leaning_follows",
        "failure_draws": "leaning_failure_weight",
        "quick_processing": "quick_processing_share",
        "caravan_joins": "caravan_join_share",
        "caravan_safety": "caravan_safety",
    }
    for field, name in one.items():
        rules[field] = p[name].scalar()
    rules["pool_departure"] = 1.0 / p["pool_departure_days"].scalar()
    rules["pool_lapse"] = 1.0 / p["pool_lapse_days"].scalar()
    rules["family_sizes"] = np.cumsum(p["family_size"].sequence())
    rules["walk_memory"] = drivers.demand_memory


def _fill_traits(world: np.void, drivers: Drivers) -> None:
    p, traits, count = drivers.parameters, world["traits"], len(NATIONALITIES)
    for field, name in {
        "evader": "evader_share",
        "departure_response": "departure_response",
        "crossing_response": "crossing_response",
        "waiting_value": "waiting_value",
        "parole_from_pool": "parole_from_pool",
        "fee": "smuggling_fee_usd",
    }.items():
        traits[field][:count] = p[name].by_nationality()
    codes = drivers.geography.codes
    traits["route_pull"][:count, : drivers.route_pull.shape[1]] = drivers.route_pull
    for index, route in enumerate(drivers.geography.routes):
        for nation, name in enumerate(NATIONALITIES):
            begins = route.differs.get(name, route.begins)
            if drivers.entries is not None and np.isfinite(drivers.entries[:, nation, index]).any():
                begins = route.observed_at or begins
            traits["entry"][nation, index] = codes[begins]


def _fill_tolls(world: np.void, drivers: Drivers) -> None:
    """What of its own history turns a party's choices: failures, grave harm, children, and what it owes."""
    p, rules, traits = drivers.parameters, world["rules"], world["traits"]
    harm = p["harm_weariness"].scalar() * np.array([0.0, 1.0, 0.0, p["children_weight"].scalar()])
    failures = p["weariness"].scalar() * np.arange(FAILURES)
    rules["toll"] = np.exp(failures[:, None] + harm)
    share = p["settles_in_the_north"].scalar()
    rules["settling"] = share / (1.0 - share)
    owed = np.array([0.0, 1.0]) - traits["usual_sponsor"][:, None]
    traits["resolve"] = np.exp(-p["debt_resolve"].scalar() * owed)


def _fill_nations(world: np.void, drivers: Drivers) -> None:
    """Beliefs on the first morning: what Title 42 does to the eligible."""
    p, nations, count = drivers.parameters, world["nations"], len(NATIONALITIES)
    share = (
        drivers.levers["us.title_42_share"].values[0].reshape(count, 3)[:, 0]
        * drivers.lever("us.title_42", 0)[0]
    )
    nations["at_home_in_mexico"][codes_with("at_home_in_mexico")] = 1
    belief = np.clip(np.maximum(share, p["title_8_removal_single"].by_nationality()), 0.0, 0.95)
    nations["belief_origin"][:count] = belief
    nations["belief_border"][:count] = belief
    nations["usual_border"][:count] = belief
    nations["trust"][:count] = 1.0


def _fill_leanings(world: np.void, drivers: Drivers) -> None:
    """Sectors and cities get their numbers and sectors their pull; every nationality leans as it is given."""
    for kind, most in (("cross", SECTORS), ("wait", CITIES)):
        found = drivers.geography.of_kind(kind)
        if len(found) > most:
            raise RunError(f"the map has {len(found)} places to {kind}; the engine holds {most}")
        for number, (code, _) in enumerate(found):
            world["places"]["number"][code] = number
            if kind == "cross":
                world["places"]["weight"][code] = drivers.pull[number]
    nations, sectors = drivers.leaning.shape
    world["leanings"]["share"][:nations, :sectors] = drivers.leaning


def _check_passages(geography: Geography) -> None:
    """A party passes through one fork or crossing a day: it holds one draw for that (`draws.PASSAGE`)."""
    passed = [place for place in geography.places if place.kind in PASSED]
    for place in passed:
        for target in [*place.exits.values(), *(place.feeds or ())]:
            if target in {each.id for each in passed} - {place.id}:
                raise RunError(f"{place.id!r} leads to {target!r}: nobody stays at either")


def build_world(drivers: Drivers) -> np.ndarray:
    """The record of any replicate on the morning of day 0, WORLD[1], but for its seed and number."""
    geography = drivers.geography
    if len(geography.places) > PLACES:
        raise RunError(f"the map has {len(geography.places)} places; the engine holds {PLACES}")
    streams = [crc32(place.id.encode()) for place in geography.places]
    if len(set(streams)) < len(streams):
        raise RunError("two places share a random stream: rename one of them")
    _check_passages(geography)
    worlds = np.zeros(1, dtype=WORLD)
    world = worlds[0]
    world["clock"]["represents"] = drivers.people_per_agent
    for code, place in enumerate(geography.places):
        _place_row(world["places"][code], place, code, geography, drivers)
        world["terms"]["mean_days"][code, : len(NATIONALITIES)] = _stay_days(place, drivers)
        if chance := place.traits.get("gives_up"):
            world["terms"]["quit"][code, : len(NATIONALITIES)] = drivers.parameters[chance].scalar()
    world["stays"][0] = stay_table(drivers.parameters["stay_cv"].scalar())
    _fill_rules(world, drivers)
    _fill_traits(world, drivers)
    _fill_nations(world, drivers)
    _fill_leanings(world, drivers)
    fill_budgets(world, drivers)
    _fill_tolls(world, drivers)
    fill_circles(world, drivers)
    world["calendar"]["buckets"]["head"] = -1
    world["calendar"]["buckets"]["tail"] = -1
    world["calendar"]["free"] = -1
    world["calendar"]["used"] = 1  # chunk 0 is the hand that holds a new party
    return worlds


def _compose_parties(outlook: np.ndarray, drivers: Drivers) -> None:
    """What parties set out: from shares of people to shares of parties, by day and nationality."""
    count = len(NATIONALITIES)
    size = np.asarray(drivers.parameters["family_size"].sequence()) @ np.array([2.0, 3.0, 4.0, 5.0])
    family, child = drivers.family, drivers.child
    parties = 1.0 - family + family / size  # parties a person
    outlook["people"] = 1.0
    outlook["people"][:, :count] = 1.0 / parties
    outlook["family"][:, :count] = family / size / parties
    outlook["child"][:, :count] = child / parties


def build_outlook(drivers: Drivers) -> np.ndarray:
    """The days ahead as the kernel reads them, OUTLOOK[D]; shared by all replicates."""
    count = len(NATIONALITIES)
    outlook = np.zeros(drivers.timeline.days, dtype=OUTLOOK)
    outlook["demand"][:, :count] = drivers.demand
    outlook["demand_steps"][:, :count] = drivers.demand_steps
    _compose_parties(outlook, drivers)
    outlook["ways"][:, :count, : drivers.ways.shape[2]] = drivers.ways
    outlook["ways_change"][1:, :count] = (drivers.ways[1:] != drivers.ways[:-1]).any(axis=2)
    outlook["way_round"][:, :count] = drivers.way_round
    outlook["entries"] = -1.0
    if drivers.entries is not None:
        outlook["entries"][:, :count, : drivers.entries.shape[2]] = np.nan_to_num(drivers.entries, nan=-1.0)
    if len(WHO_ANNOUNCES) > ANNOUNCERS:
        raise RunError(
            f"levers with news are those of {len(WHO_ANNOUNCES)} governments; the engine holds {ANNOUNCERS}"
        )
    for signal in fields(drivers.signals):
        outlook[signal.name][:, :count, : len(WHO_ANNOUNCES)] = getattr(drivers.signals, signal.name)
    outlook["parole"][:, :count] = drivers.parole
    outlook["exceptions"] = drivers.exceptions
    outlook["appointment_interest"][:, :count] = drivers.appointment_interest
    outlook["exception_interest"][:, :count] = drivers.exception_interest
    for index, code in enumerate(drivers.geography.offices):
        outlook["attraction"][:, code] = drivers.port_weight[:, index]
    starts = np.concatenate([[True], np.diff(drivers.timeline.calendar_month) != 0])
    outlook["new_month"][starts] = np.arange(1, starts.sum() + 1)
    return outlook


def build_chunks(drivers: Drivers) -> np.ndarray:
    """Memory for parties under way; untouched pages cost nothing, and the run doubles it when needed."""
    chunks = np.empty(4096 + 60_000 // drivers.people_per_agent, dtype=CHUNK)
    chunks[:1].view(np.uint8)[:] = 0  # the hand, from which every party is copied
    return chunks


def build_tally() -> np.ndarray:
    """The counts of one reporting period, all zero, TALLY[1]."""
    return np.zeros(1, dtype=TALLY)


def build_fates(kept: bool) -> np.ndarray:
    """Memory for the ends of journeys; one row where they are not kept."""
    return np.zeros(1_000_000 if kept else 1, dtype=FATE)
