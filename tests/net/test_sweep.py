"""Every lever from low to high: what the registry says it moves is moved that way, and more of it moves it no less.

Runs are paired: the same luck, from the same morning of June 2022, in every value. What luck leaves in the difference
of two runs is taken from the replicates: its standard error, pooled over the steps of a lever. A step goes the wrong
way where it does so by more than three of them; from end to end every replicate must move the right way, and their
mean by more than two. How many of those who come are returned, removed or released is read as a share of them, since a
lever that does so changes who comes.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from corridor.engine.records.codes import Pool
from corridor.engine.simulation import Simulation
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.levers import LEVERS, Lever
from corridor.inputs.registries.nationalities import NATIONALITIES, load_nationalities
from tests.net.paired import (
    BEGINS,
    ENDS,
    HISTORY,
    REPLICATES,
    SEED,
    Policy,
    drivers_of,
    morning,
    move,
    reading,
    runs_of,
)

MANY = 1000.0  # a range as wide as this is walked by powers of ten
SWITCHES = ("on/off", "open/closed")
OF_THOSE_WHO_COME = {
    *("expulsions_title_42", "returns_to_mexico", "removals_by_flight", "third_country_returns", "releases"),
    "street_releases",
}
ACCEPTS = "accepts_flights"


@dataclass(frozen=True)
class Setting:
    """What a lever needs in order to act at all; it holds in every run of the lever."""

    why: str
    given: tuple[str, ...] = ()
    shocks: tuple[str, ...] = ()


SETTINGS = {
    "us.asylum_bar": Setting(
        "it is a rule for those who are processed under Title 8",
        (move("us.title_42", 0, id="over"),),
    ),
    "us.mpp_share": Setting(
        "who is returned to wait needs a place that Mexico gives",
        (move("mexico.return_acceptance_monthly", 20000, ("Ecuador",), id="places"),),
    ),
    "us.custody_beds": Setting(
        "a sector releases to the street only when it cannot keep up",
        (move("us.processing_daily", 250, ("el_paso_sector",), id="slow"),),
    ),
    "us.sanctions_relief": Setting(
        "relief opens a country to flights that are offered",
        (move("us.removal_flights_weekly", 20, ("Venezuela",), id="flights"),),
    ),
    **{
        f"{sender}.deportation_flights_weekly": Setting(
            "flights need a country that takes them",
            (move("venezuela.accepts_flights", 1, (sender,), id="accepted"),),
        )
        for sender in ("mexico", "panama")
    },
    "el_salvador.visa_required": Setting(
        "hardly any who fly there come in these months",
        shocks=(f"{{id: many, kind: demand, for: [India], start: {BEGINS}, size: 10}}",),
    ),
    "panama.bus_corridor": Setting(
        "it saves days to those who pass Panama alone, and they are few of all whose days are counted",
        shocks=(
            f"{{id: many, kind: demand, for: [Venezuela, Ecuador, Colombia, Haiti], start: {BEGINS}, size: 4}}",
        ),
    ),
    "mexico.caravan_policy": Setting(
        "it acts on caravans, and history has none in these months",
        shocks=(f"{{id: formed, kind: caravan, start: {BEGINS}, size: 20000, place: tapachula}}",),
    ),
}
#: Levers for which the rule does not hold, with the reason. At most five, and none of those that the model is about.
EXCEPTIONS: dict[str, str] = {}
NEVER_EXCEPTED = (
    *("mexico.return_acceptance_monthly", "us.return_use_share", "mexico.enforcement_funding"),
    *("us.transfer_to_mexico", "mexico.stops", "mexico.sent_back_share", "panama.darien_gate"),
    *("guatemala.expulsions_share", "us.asylum_bar"),
)


def members_of(movement: tuple) -> tuple[str, ...]:
    """The members for which a row of the registry moves a lever; none if it has one value."""
    named = movement[2]
    return (named,) if isinstance(named, str) else named or ()


def values_of(lever: Lever) -> list[float]:
    """Values from low to high at which a lever is tried."""
    span = lever.high - lever.low
    parts = (0.0, 0.01, 0.1, 1.0) if span >= MANY else (0.0, 0.25, 0.5, 1.0)
    return [lever.low + part * span for part in ((0.0, 1.0) if lever.unit in SWITCHES else parts)]


def policy_of(lever: Lever, value: float, members: tuple[str, ...]) -> Policy:
    setting = SETTINGS.get(lever.id, Setting("as it is"))
    return Policy((*setting.given, move(lever.id, value, members)), setting.shocks)


def cell_of(lever: Lever, indicator: str, members: tuple[str, ...]) -> dict[str, str]:
    """Where to look: at the member's own place or nationality where the indicator has it, else at everyone."""
    if indicator == "satisfaction":
        return {"place": lever.id.split(".")[0]}
    parts = [part for member in members for part in member.split("/")]
    nations = [part for part in parts if part in NATIONALITIES]
    if nations and "nationality" in INDICATORS[indicator].breakdowns:
        return {"nationality": nations[0]}
    known = {row[1] for row in runs_of(HISTORY)[0].cells.rows() if row[0] == indicator}
    places = [part for part in parts if part in known]
    return {"place": places[0]} if len(places) == 1 else {}


def response(
    policies: list[Policy], indicator: str, *, place: str = "all", nationality: str = "all"
) -> np.ndarray:
    """What an indicator is along the values, float64[values, replicates]."""
    found = []
    for policy in policies:
        value = reading(policy, indicator, place=place, nationality=nationality)
        if indicator in OF_THOSE_WHO_COME:
            come = reading(policy, "encounters_usbp", place=place, nationality=nationality)
            value = value / np.maximum(come, 1.0)
        found.append(value)
    return np.array(found)


def check_direction(values: list[float], along: np.ndarray, sign: int) -> None:
    steps = np.diff(along, axis=0) * sign
    chance = float(np.sqrt(steps.var(axis=1, ddof=1).mean() / REPLICATES))
    moved = (along[-1] - along[0]) * sign
    shown = ", ".join(
        f"{value:g}: {each:.6g}" for value, each in zip(values, along.mean(axis=1), strict=True)
    )
    assert (moved > 0).all() and moved.mean() > 2.0 * chance, f"not moved: {shown}; chance {chance:.3g}"
    assert (steps.mean(axis=1) >= -3.0 * chance).all(), f"not monotone: {shown}; chance {chance:.3g}"


MOVEMENTS = [
    pytest.param(lever, movement, id=f"{lever.id}-{movement[0]}")
    for lever in LEVERS.values()
    if not lever.id.endswith(ACCEPTS) and lever.id not in EXCEPTIONS
    for movement in lever.moves
]


@pytest.mark.parametrize(("lever", "movement"), MOVEMENTS)
def test_more_of_a_lever_moves_what_the_registry_says_and_no_less_than_less_of_it(lever, movement):
    (indicator, sign, _), members = movement, members_of(movement)
    values = values_of(lever)
    policies = [policy_of(lever, value, members) for value in values]
    along = response(policies, indicator, **cell_of(lever, indicator, members))
    check_direction(values, along, sign)


TAKEN = (0.0, 0.5, 1.0)


def flights_taken(share):
    """Ten flights a week to every country, of which each takes a share."""
    taken = (
        move(lever, share, ("us",), id=f"taken-{number}")
        for number, lever in enumerate(LEVERS)
        if lever.endswith(ACCEPTS)
    )
    return Policy((move("us.removal_flights_weekly", 10, id="flights"), *taken))


def test_the_more_flights_countries_take_the_more_of_their_people_are_flown_home():
    """All move in the same runs, and all are read together: of most so few come that chance decides."""
    policies = [flights_taken(share) for share in TAKEN]
    check_direction(list(TAKEN), response(policies, "removals_by_flight"), 1)


def test_the_more_flights_a_country_takes_the_more_of_its_people_can_be_flown_home():
    places = []
    for share in TAKEN:
        simulation = Simulation(drivers_of(flights_taken(share)), SEED, 0)
        simulation.resume(morning(Policy(ends=ENDS), 0))
        simulation.step()
        places.append(simulation.world["allowances"]["daily"][Pool.FLIGHTS :][: len(NATIONALITIES)].copy())
    movable = [nation.accepts_flights.lever for nation in load_nationalities().values()]
    assert not places[0][movable].any()
    assert (places[1][movable] > 0).all()
    np.testing.assert_allclose(places[2][movable], 2 * places[1][movable])


def test_exceptions_are_few_and_none_is_about_what_the_model_is_for():
    assert set(EXCEPTIONS) <= set(LEVERS) and set(SETTINGS) <= set(LEVERS)
    assert len(EXCEPTIONS) <= 5
    assert not set(EXCEPTIONS) & set(NEVER_EXCEPTED)
    assert all(LEVERS[name].moves for name in NEVER_EXCEPTED)


def test_every_lever_is_said_to_move_something():
    assert all(lever.moves for lever in LEVERS.values())
