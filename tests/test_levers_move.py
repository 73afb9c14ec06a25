"""Every lever, set in YAML, moves what its registry entry says it moves, the right way.

A lever is moved as far from history as its range allows from the first day of 2023, with the same luck in both runs;
what is compared is the year's total over the replicates. `CASES` holds what differs for a lever, with the reason.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pytest

from corridor.engine.simulation import Simulation
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import drivers_of, value_of

PEOPLE_PER_AGENT, REPLICATES = 100, 1
PLENTY = 1e6  # what "unlimited" counts as when the value furthest from history is sought
YEAR_BEGINS = date(2023, 1, 1)


@dataclass(frozen=True)
class Case:
    """What differs from the rule for one lever: value, first day, scale, and what else holds in both runs."""

    reason: str
    to: float | None = None
    start: date = YEAR_BEGINS
    period: str = "2023"
    given: tuple[str, ...] = ()
    shocks: tuple[str, ...] = ()
    people_per_agent: int = PEOPLE_PER_AGENT


def step(lever, to, members=""):
    """A companion intervention that holds in both runs."""
    named = f"for: [{members}], " if members else ""
    id = re.sub(r"[._]", "-", f"given-{lever}")
    return f"{{id: {id}, lever: {lever}, {named}start: {YEAR_BEGINS}, to: {to}}}"


SLOW_EL_PASO = (step("us.processing_daily", 250, "el_paso_sector"),)
ECUADOR_ACCEPTED = (step("mexico.return_acceptance_monthly", 20000, "Ecuador"),)
CASES = {
    "nicaragua.air_route": Case("nearly all Cubans fly already: more seats move nobody", to=0.0),
    "us.asylum_bar": Case(
        "history's rule starts then; earlier, its news would move too", start=date(2023, 5, 12)
    ),
    ("us.mpp_share", "returns_to_mexico"): Case(
        "returns need places that Mexico gives; later in the year fewer come, because they are returned",
        period="2023-01",
        given=ECUADOR_ACCEPTED,
    ),
    ("us.mpp_share", "waiting_north_mexico"): Case(
        "a small share returns people; a large one keeps them from coming. The stock grows by 5%, "
        "which is two parties at the usual scale",
        to=0.3,
        given=ECUADOR_ACCEPTED,
        people_per_agent=10,
    ),
    "us.processing_daily": Case(
        "where beds are few, people who cannot be processed are released to the street",
        given=(step("us.custody_beds", 50000, "el_paso_sector"),),
    ),
    "us.custody_beds": Case(
        "a sector releases to the street only when it cannot keep up", given=SLOW_EL_PASO
    ),
    "us.lateral_flights_daily": Case("a sector flies people out only when it is full", given=SLOW_EL_PASO),
    **{
        f"{sender}.deportation_flights_weekly": Case(
            "flights need a country that takes them", given=(step("venezuela.accepts_flights", 1, sender),)
        )
        for sender in ("mexico", "panama")
    },
    "mexico.enforcement_funding": Case("it slows down what it can pay", given=(step("mexico.slowdown", 2),)),
    "us.transfer_to_mexico": Case(
        "it buys what Mexico does not pay for itself",
        given=(step("mexico.enforcement_funding", 0.3), step("mexico.slowdown", 2)),
    ),
    "mexico.caravan_policy": Case(
        "it acts on caravans, and history's comes in the last week of the year",
        shocks=("{id: given-caravan, kind: caravan, start: 2023-03-01, size: 20000, place: tapachula}",),
    ),
    ("us.sanctions_relief", "removals_by_flight"): Case(
        "relief opens a country to flights that are offered; later in the year fewer come, because they are flown home",
        period="2023-06",
        given=(step("us.removal_flights_weekly", 20, "Venezuela"),),
    ),
    **{
        name: Case(
            "acceptance needs flights that are offered",
            given=(step("us.removal_flights_weekly", 20, NATIONALITIES[number]),),
        )
        for number, nation in enumerate(NATIONALITIES)
        if (name := f"{nation.lower().replace(' ', '_')}.accepts_flights") in LEVERS
    },
}


def movements():
    """Every lever, indicator, sign and member that the registry names."""
    return [
        pytest.param(lever, *movement, id=f"{lever.id}-{movement[0]}")
        for lever in LEVERS.values()
        for movement in lever.moves
    ]


def section(name, entries):
    return f"{name}: [{', '.join(entries)}]\n" if entries else ""


@cache
def total_of(body, indicator, place, nationality, period, people_per_agent):
    cell = {"place": place, "nationality": nationality, "period": period}
    return sum(value_of(recording, indicator, **cell) for recording in runs_of(body, people_per_agent))


@cache
def runs_of(body, people_per_agent=PEOPLE_PER_AGENT):
    drivers = drivers_of(body, people_per_agent)
    return [Simulation(drivers, seed=1, replicate=number).run() for number in range(REPLICATES)]


def where_to_look(lever, indicator, words):
    """Place and nationality of the cell: the member's own where the indicator has it, else everyone's."""
    parts = {part for word in words for part in word.split("/")}
    if lever.id.endswith(".accepts_flights"):
        parts |= {nation for nation in NATIONALITIES if lever.id.startswith(nation.lower().replace(" ", "_"))}
    if indicator == "satisfaction":
        return lever.id.split(".")[0], "all"
    breakdowns = INDICATORS[indicator].breakdowns
    nations = [name for name in parts if name in NATIONALITIES and "nationality" in breakdowns]
    if nations:
        return "all", nations[0]
    cells = runs_of("")[0].cells
    known = {row[1] for row in cells.rows() if row[0] == indicator}
    places = [name for name in parts if name in known]
    return (places[0], "all") if len(places) == 1 else ("all", "all")


@pytest.mark.parametrize(("lever", "indicator", "sign", "named"), movements())
def test_a_lever_moves_what_the_registry_says(lever, indicator, sign, named):
    case = CASES.get((lever.id, indicator)) or CASES.get(lever.id) or Case("as the rule")
    words = (named,) if isinstance(named, str) else named or ()
    members = [member for word in words for member in lever.members_named(word)] or list(lever.members)
    history = drivers_of("", PEOPLE_PER_AGENT)
    first = history.timeline.day_of(case.start)
    usual = np.nanmean(
        [np.minimum(history.levers[lever.id].of(member)[first:], PLENTY) for member in members]
    )
    furthest = lever.high if lever.high - usual >= usual - lever.low else lever.low
    to = furthest if case.to is None else case.to
    named_text = f"for: [{', '.join(words)}], " if words else ""
    moved = f"{{id: moved, lever: {lever.id}, {named_text}start: {case.start}, to: {to}}}"
    shocks = section("shocks", case.shocks)
    place, nationality = where_to_look(lever, indicator, words)
    before, after = (
        total_of(
            section("interventions", entries) + shocks,
            indicator,
            place,
            nationality,
            case.period,
            case.people_per_agent,
        )
        for entries in (case.given, (*case.given, moved))
    )
    expected = sign * np.sign(to - usual)
    assert np.sign(after - before) == expected, (
        f"{lever.id} from {usual:g} to {to:g} took {indicator} ({place}, {nationality}) from {before:g} to {after:g}"
    )


def test_every_exception_names_a_lever():
    named = {name if isinstance(name, str) else name[0] for name in CASES}
    assert named <= set(LEVERS)


def test_a_lever_set_to_what_history_has_changes_nothing():
    body = section("interventions", ["{id: same, lever: us.cbp_one_daily, start: 2023-08-01, to: 1450}"])
    for mine, theirs in zip(runs_of(body), runs_of(""), strict=True):
        assert np.array_equal(mine.values, theirs.values, equal_nan=True)
