"""Every kind of shock from none to its largest, and from short to long: it moves what it is said to, and more no less.

The registry of shocks says how large one may be, not what it moves; `SAID` does, with the source. The rule is that of
the levers (`test_sweep.check_direction`): paired runs, the same luck. A shock of no size is no shock, and none is felt
before it begins, but those that the registry of policies says are felt ahead.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest

from corridor.engine.simulation import Simulation
from corridor.inputs.compiling.policy import AHEAD
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.shocks import SHOCKS
from tests.net.paired import (
    BEGINS,
    HISTORY,
    MONTHS,
    PEOPLE_PER_AGENT,
    REPLICATES,
    SEED,
    Policy,
    drivers_of,
    morning,
    reading,
    runs_of,
)
from tests.net.test_sweep import check_direction

ENDINGS = (date(2022, 6, 30), date(2022, 8, 31), date(2022, 11, 30))
LATER = date(2022, 9, 1)


@dataclass(frozen=True)
class Movement:
    """What more of a shock moves: an indicator, which way, where, and in which months; or, that night, who crosses."""

    indicator: str
    sign: int
    where: tuple[tuple[str, str], ...] = ()
    months: tuple[str, ...] = MONTHS
    night: bool = False


@dataclass(frozen=True)
class Said:
    """What a kind of shock is said to do.

    Attributes
    ----------
    source : str
        Who says so: an item of the founding documents, a table, or the registry's own words.
    none : float
        The size that is no shock.
    sizes : tuple of float
        Sizes from low to high at which it is tried.
    fields : str
        What else its entry holds.
    moves : tuple of Movement
    starts : date
        First day.
    """

    source: str
    none: float
    sizes: tuple[float, ...]
    fields: str
    moves: tuple[Movement, ...]
    starts: date = BEGINS


def of(nation):
    return (("nationality", nation),)


def at(place):
    return (("place", place),)


SAID = {
    "demand": Said(
        "its size is a multiple of departures",
        1.0,
        (0.0, 1.0, 3.0, 10.0),
        "for: [Ecuador]",
        (
            Movement("departures", +1, of("Ecuador")),
            Movement("mexico_entries", +1, of("Ecuador")),
            Movement("encounters_usbp", +1, of("Ecuador")),
        ),
    ),
    "violence": Said(
        "document item 93; its size is a multiple of departures",
        1.0,
        (0.0, 1.0, 3.0, 10.0),
        "for: [Honduras]",
        (Movement("departures", +1, of("Honduras")), Movement("encounters_usbp", +1, of("Honduras"))),
    ),
    "caravan": Said(
        "document items 62 and 96: people gather in the south and walk together",
        0.0,
        (0.0, 2000.0, 10000.0, 50000.0),
        "place: tapachula",
        (Movement("waiting_south_mexico", +1),),
    ),
    "group_arrival": Said(
        "document items 66 and 99: those who would cross in the weeks after cross in one night",
        0.0,
        (0.0, 500.0, 1500.0, 5000.0),
        "place: ciudad_juarez",
        (Movement("encounters_usbp", +1, at("el_paso_sector"), night=True),),
        starts=date(2022, 6, 29),
    ),
    "arrival": Said(
        "CBP monthly tables: Ukrainians at San Diego's ports in April 2022",
        0.0,
        (0.0, 100.0, 500.0, 2000.0),
        "for: [Peru], place: tijuana",
        (
            Movement("departures", +1, of("Peru")),
            Movement("encounters_ofo", +1, of("Peru")),
            Movement("lawful_admissions", +1, of("Peru")),
            Movement("encounters_ofo", +1, at("san_diego_office")),
        ),
    ),
    "capacity_loss": Said(
        "document item 11: an institute that loses its capacity stops and returns fewer",
        0.0,
        (0.0, 0.25, 0.5, 1.0),
        "for: [inm]",
        (
            Movement("mexico_returns", -1),
            Movement("mexico_detections", -1),
            Movement("encounters_usbp", +1),
        ),
    ),
    "transport": Said(
        "document item 36; its size is a multiple of the days that the leg takes",
        1.0,
        (0.1, 1.0, 3.0, 10.0),
        "for: [central_mexico]",
        (Movement("days_en_route", +1), Movement("encounters_usbp", -1)),
    ),
    "election": Said(
        "document items 69, 80 and 109: people at the border weigh more before it",
        0.0,
        (0.0, 0.25, 0.5, 1.0),
        "for: [us]",
        (Movement("satisfaction", -1, at("us")),),
        starts=date(2022, 11, 30),
    ),
    "opinion": Said(
        "document item 71: people at the border weigh more under it",
        0.0,
        (0.0, 0.25, 0.5, 1.0),
        "for: [mexico]",
        (Movement("satisfaction", -1, at("mexico")),),
    ),
}
KINDS = tuple(SAID)
LASTING = tuple(kind for kind in SAID if not SHOCKS[kind].lasts_one_night)


def movements_of(kinds: tuple[str, ...]) -> list:
    """The movements of some kinds, as parameters of a test."""
    return [
        pytest.param(kind, movement, id="-".join([kind, movement.indicator, *dict(movement.where).values()]))
        for kind in kinds
        for movement in SAID[kind].moves
    ]


def policy_of(kind: str, size: float, *, starts: date | None = None, ends: date | None = None) -> Policy:
    said = SAID[kind]
    if size == said.none:
        return HISTORY
    last = f"end: {ends}, " if ends else ""
    return Policy(shocks=(entry(kind, size, starts or said.starts, last),))


def entry(kind: str, size: float, starts: date, last: str = "") -> str:
    return f"{{id: struck, kind: {kind}, start: {starts}, {last}size: {size:g}, {SAID[kind].fields}}}"


def along(policies: list[Policy], movement: Movement) -> np.ndarray:
    """What an indicator is along some policies, float64[policies, replicates]."""
    where = dict(movement.where)
    if movement.night:
        starts = SAID["group_arrival"].starts
        return np.array([crossed(policy, where["place"], starts) for policy in policies])
    return np.array(
        [
            reading(
                policy,
                movement.indicator,
                place=where.get("place", "all"),
                nationality=where.get("nationality", "all"),
                months=movement.months,
            )
            for policy in policies
        ]
    )


def crossed(policy: Policy, sector: str, night: date) -> list[float]:
    """People who cross into a sector in one night, caught or not, one number a replicate."""
    drivers, found = drivers_of(policy), []
    day, code = drivers.timeline.day_of(night), drivers.geography.codes[sector]
    for replicate in range(REPLICATES):
        simulation = Simulation(drivers, SEED, replicate)
        simulation.resume(morning(HISTORY, replicate))
        simulation.run_until(day)
        before = int(simulation.tallies[0]["left"][code].sum())
        simulation.step()
        found.append((int(simulation.tallies[0]["left"][code].sum()) - before) * float(PEOPLE_PER_AGENT))
    return found


def test_every_kind_of_shock_is_said_to_move_something():
    assert set(SAID) == set(SHOCKS)
    for kind, said in SAID.items():
        assert said.moves and said.source, kind
        assert {movement.indicator for movement in said.moves} <= set(INDICATORS), kind
        assert said.none in said.sizes and list(said.sizes) == sorted(said.sizes), kind
        assert SHOCKS[kind].low <= said.sizes[0] and said.sizes[-1] <= SHOCKS[kind].high, kind


@pytest.mark.parametrize(("kind", "movement"), movements_of(KINDS))
def test_a_larger_shock_moves_what_it_is_said_to_and_no_less_than_a_smaller_one(kind, movement):
    sizes = SAID[kind].sizes
    check_direction(list(sizes), along([policy_of(kind, size) for size in sizes], movement), movement.sign)


@pytest.mark.parametrize(("kind", "movement"), movements_of(LASTING))
def test_a_longer_shock_moves_what_it_is_said_to_and_no_less_than_a_shorter_one(kind, movement):
    size = SAID[kind].sizes[-1]
    policies = [HISTORY, *(policy_of(kind, size, ends=ends) for ends in ENDINGS[:-1]), policy_of(kind, size)]
    days = [0.0, *(float((ends - BEGINS).days + 1) for ends in ENDINGS)]
    check_direction(days, along(policies, movement), movement.sign)


def test_an_institute_that_is_lost_sends_nobody_south():
    """The registry: `inm` is all that the institute does."""
    lost = reading(policy_of("capacity_loss", 1.0), "mexico_transfers_south")
    assert lost.mean() <= 0.1 * reading(HISTORY, "mexico_transfers_south").mean()


@pytest.mark.parametrize("kind", KINDS)
def test_a_shock_of_no_size_is_no_shock(kind):
    said = SAID[kind]
    none = Policy(shocks=(entry(kind, said.none, said.starts),))
    for struck, usual in zip(runs_of(none, 1), runs_of(HISTORY), strict=False):
        np.testing.assert_array_equal(struck.values, usual.values)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in AHEAD])
def test_nothing_is_felt_before_a_shock_begins(kind):
    later = policy_of(kind, SAID[kind].sizes[-1], starts=LATER)
    struck, usual = runs_of(later, 1)[0], runs_of(HISTORY)[0]
    before, after = (
        [usual.periods.index(month) for month in MONTHS if (month < f"{LATER:%Y-%m}") == early]
        for early in (True, False)
    )
    np.testing.assert_array_equal(struck.values[before], usual.values[before])
    assert (struck.values[after] != usual.values[after]).any(), "and then it is"
