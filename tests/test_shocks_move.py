"""Every kind of shock, set in YAML, moves what it is about, with the same luck in both runs."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from corridor.engine.records.codes import Pool
from corridor.engine.simulation import Simulation
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.registries.shocks import SHOCKS
from tests.small_runs import drivers_of, live_to, simulation_of, value_of

PEOPLE_PER_AGENT, REPLICATES = 200, 2


@dataclass(frozen=True)
class Case:
    """A shock, and the cells that it must move: indicator, sign, where, when."""

    shock: str
    moves: tuple[tuple[str, int, dict[str, str]], ...]


CASES = {
    "demand": Case(
        "start: 2023-02-01, end: 2023-06-30, size: 3, for: [Ecuador]",
        (
            ("departures", +1, {"nationality": "Ecuador"}),
            ("encounters_usbp", +1, {"nationality": "Ecuador"}),
        ),
    ),
    "violence": Case(
        "start: 2023-02-01, end: 2023-06-30, size: 0.2, for: [Honduras]",
        (("departures", -1, {"nationality": "Honduras"}),),
    ),
    "caravan": Case(
        "start: 2023-03-05, size: 6000, place: tapachula",
        (("waiting_south_mexico", +1, {"period": "2023-03"}),),
    ),
    "group_arrival": Case(
        "start: 2023-03-05, size: 1500, place: ciudad_juarez",
        (("encounters_usbp", +1, {"place": "el_paso_sector", "period": "2023-03-05"}),),
    ),
    "arrival": Case(
        "start: 2023-03-01, end: 2023-03-31, size: 300, for: [Peru], place: tijuana",
        (
            ("encounters_ofo", +1, {"nationality": "Peru", "place": "san_diego_office", "period": "2023-03"}),
            ("departures", +1, {"nationality": "Peru", "period": "2023-03"}),
        ),
    ),
    "capacity_loss": Case(
        "start: 2023-01-01, size: 1, for: [inm]", (("mexico_returns", -1, {}), ("mexico_detections", -1, {}))
    ),
    "election": Case(
        "start: 2023-11-07, size: 1, for: [us]", (("satisfaction", -1, {"place": "us"}), ("deaths", 0, {}))
    ),
    "opinion": Case(
        "start: 2023-03-01, end: 2023-09-30, size: 1, for: [mexico]",
        (("satisfaction", -1, {"place": "mexico"}), ("satisfaction", 0, {"place": "us"})),
    ),
    "transport": Case(
        "start: 2023-01-01, size: 3, for: [central_mexico]",
        (("days_en_route", +1, {}), ("waiting_north_mexico", -1, {"period": "2023-02"})),
    ),
}


@cache
def runs_of(body, daily=False):
    drivers = drivers_of(body, PEOPLE_PER_AGENT, daily=daily)
    return [Simulation(drivers, seed=1, replicate=number).run() for number in range(REPLICATES)]


def totals(body, indicator, where):
    daily = len(where.get("period", "")) == len("2023-03-05")
    return sum(value_of(recording, indicator, **where) for recording in runs_of(body, daily))


def body_of(kind, shock):
    return f"shocks: [{{id: struck, kind: {kind}, {shock}}}]"


def test_every_kind_of_shock_has_a_case():
    assert set(CASES) == set(SHOCKS)


@pytest.mark.parametrize("kind", CASES)
def test_a_shock_moves_what_it_is_about(kind):
    case = CASES[kind]
    for indicator, sign, where in case.moves:
        before, after = (totals(body, indicator, where) for body in ("", body_of(kind, case.shock)))
        assert np.sign(after - before) == sign, (
            f"{kind} took {indicator} {where} from {before:g} to {after:g}"
        )


def test_demand_of_one_nationality_moves_no_departures_of_another_at_once():
    body = body_of("demand", "start: 2023-02-01, end: 2023-02-28, size: 3, for: [Ecuador]")
    for nation in ("Mexico", "Venezuela", "Honduras"):
        where = {"nationality": nation, "period": "2023-02"}
        before, after = totals("", "departures", where), totals(body, "departures", where)
        assert after == pytest.approx(before, rel=0.03)


def test_a_caravan_takes_up_no_more_people_than_its_size():
    simulation = simulation_of(body_of("caravan", CASES["caravan"].shock), PEOPLE_PER_AGENT)
    first = simulation.drivers.caravans[0][0]
    live_to(simulation, first)
    caravan = simulation.drivers.geography.codes["caravan"]
    most = 0
    for day in range(first + 1, first + 60):
        live_to(simulation, day)
        most = max(most, int(simulation.world["places"]["present"][caravan]))
    assert 0 < most * PEOPLE_PER_AGENT <= 6000
    assert simulation.world["rules"]["caravan_room"] >= 0


def test_a_group_crosses_in_its_night_and_no_larger_than_its_size():
    with_group, without = (
        simulation_of(body_of("group_arrival", CASES["group_arrival"].shock), 50),
        simulation_of("", 50),
    )
    day = with_group.drivers.group_arrivals[-1][1]
    crossed = []
    for simulation in (with_group, without):
        live_to(simulation, day)
        before = simulation.world["places"]["today"].copy()
        assert not before.any()
        tally = simulation.tallies[0]["left"].copy()
        simulation.step()
        sector = simulation.drivers.geography.codes["el_paso_sector"]
        crossed.append(int((simulation.tallies[0]["left"] - tally)[sector].sum()))
        assert not simulation.world["places"]["surge"].any(), "a surge lasts one night"
    more = (crossed[0] - crossed[1]) * 50
    assert 750 <= more <= 1500


@pytest.mark.parametrize("leg", ["costa_rica_nicaragua", "darien", "tapachula"])
def test_a_transport_shock_slows_its_leg_while_it_lasts_and_not_after(leg):
    # Between 2023-01-13 and 2023-04-23 history moves no lever, so nothing else makes institutions look in.
    body = body_of("transport", f"start: 2023-02-08, end: 2023-02-20, size: 3, for: [{leg}]")
    struck, usual = simulation_of(body, 2000), simulation_of("", 2000)
    code, begins = usual.drivers.geography.codes[leg], usual.drivers.timeline.report_day + 730 + 38
    ratios = {}
    for day in (begins - 1, begins, begins + 12, begins + 13):
        live_to(struck, day + 1)
        live_to(usual, day + 1)
        ratios[day - begins] = float(
            struck.world["terms"]["mean_days"][code, 0] / usual.world["terms"]["mean_days"][code, 0]
        )
    assert ratios == {-1: 1.0, 0: pytest.approx(3.0), 12: pytest.approx(3.0), 13: pytest.approx(1.0)}


def test_a_capacity_loss_stops_returns_on_its_first_day_and_ends_with_its_last():
    body = body_of("capacity_loss", "start: 2023-02-08, end: 2023-02-20, size: 1, for: [inm]")
    struck, usual = simulation_of(body, 2000), simulation_of("", 2000)
    begins = usual.drivers.timeline.report_day + 730 + 38
    pool = Pool.INM_RETURNS + NATIONALITIES.index("Honduras")
    shares = {}
    for day in (begins - 1, begins, begins + 12, begins + 13):
        live_to(struck, day + 1)
        live_to(usual, day + 1)
        daily = [simulation.world["allowances"]["daily"][pool] for simulation in (struck, usual)]
        assert daily[1] > 0
        shares[day - begins] = float(daily[0] / daily[1])
    assert shares == {-1: 1.0, 0: 0.0, 12: 0.0, 13: 1.0}
