"""INM's money and the National Guard: what funding buys, and what it does not."""

import numpy as np
import pytest

from corridor.engine.institutions import MigrationInstitute
from corridor.engine.records.codes import Pool
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import live_to, simulation_of

PEOPLE = 1000
START = 700  # 2022-06-01
COUNT = len(NATIONALITIES)


def in_force(*movements, day=START, more=""):
    entries = ", ".join(
        f"{{id: m{number}, start: 2022-06-01, {movement}}}" for number, movement in enumerate(movements)
    )
    body = f"interventions: [{entries}]\n" if entries else ""
    return live_to(simulation_of(body + more, PEOPLE), day + 1)


def setting(simulation, leg="tapachula"):
    """What the institute sets today: returns and transfers a day, and the terms of a leg."""
    world, code = simulation.world, simulation.drivers.geography.codes[leg]
    terms = world["terms"][code]
    return {
        "returns": float(world["allowances"]["daily"][Pool.INM_RETURNS]),
        "transfers": float(world["rules"]["transfer_share"]),
        "contention": float(world["rules"]["contention"]),
        "days": terms["mean_days"][:COUNT].copy(),
        "turn_back": terms["turn_back"][:COUNT].copy(),
        "detect": terms["detect"][:COUNT].copy(),
        "south": world["places"]["south"].copy(),
    }


def test_without_money_returns_and_transfers_stop_and_contention_weakens_but_detection_holds():
    usual, broke = setting(in_force()), setting(in_force("lever: mexico.enforcement_funding, to: 0"))
    assert usual["returns"] > 0
    assert broke["returns"] == broke["transfers"] == 0.0
    assert not broke["south"].any()
    assert broke["contention"] < usual["contention"]
    assert (broke["days"] <= usual["days"]).all() and (broke["turn_back"] <= usual["turn_back"]).all()
    np.testing.assert_allclose(broke["detect"], usual["detect"], rtol=0.2)


def test_half_the_money_lasts_for_about_half_the_month():
    simulation = in_force("lever: mexico.enforcement_funding, to: 0.5", day=START - 1)
    funded = []
    while len(funded) < 30:
        simulation.step()
        funded.append(setting(simulation)["returns"] > 0)
    assert funded[0] and not funded[-1]
    assert 10 <= sum(funded) <= 21
    assert funded == sorted(funded, reverse=True), (
        "money that is spent does not come back before the month ends"
    )


def test_money_comes_back_with_the_month():
    simulation = in_force("lever: mexico.enforcement_funding, to: 0.5", day=START + 29)
    assert setting(simulation)["returns"] == 0.0
    live_to(simulation, START + 38)  # July has begun, and with it a week
    assert setting(simulation)["returns"] > 0.0


def test_levers_of_others_that_move_every_day_do_not_spend_the_institutes_money():
    half = "{id: half, lever: mexico.enforcement_funding, start: 2022-06-01, to: 0.5}"
    ramp = (
        "{id: ramp, lever: us.lateral_flights_daily, for: [yuma_sector], profile: ramp, start: 2022-06-01, "
        "end: 2022-08-30, to: 0.5}"
    )
    bought = []
    for entries in (half, f"{half}, {ramp}"):
        simulation = live_to(simulation_of(f"interventions: [{entries}]", PEOPLE), START)
        bought.append(0.0)
        for _ in range(30):
            simulation.step()
            bought[-1] += setting(simulation)["returns"]
    assert bought[1] == pytest.approx(bought[0], rel=0.15)


def test_more_than_its_need_buys_more_returns():
    usual, rich = setting(in_force()), setting(in_force("lever: mexico.enforcement_funding, to: 2"))
    assert rich["returns"] == pytest.approx(2 * usual["returns"])
    assert rich["transfers"] > usual["transfers"]


def test_contention_delays_and_turns_back_on_its_leg():
    none, full = (
        setting(in_force(f"lever: mexico.contention, for: [tapachula], to: {level}")) for level in (0, 1)
    )
    assert (full["days"] >= none["days"]).all() and (full["days"] > none["days"]).any()
    assert not none["turn_back"].any() and full["turn_back"].any()


def test_troops_strengthen_contention_less_than_in_proportion():
    levels = [
        setting(in_force(f"lever: mexico.guard_deployed, to: {troops}"))["contention"]
        for troops in (0, 16_000, 32_000, 64_000)
    ]
    assert levels == sorted(levels)
    assert levels[3] - levels[2] < levels[2] - levels[1] + levels[1] - levels[0]


def test_mexicans_are_not_detected_on_their_own_roads():
    detect = setting(in_force())["detect"]
    assert detect[NATIONALITIES.index("Mexico")] == 0.0
    assert (np.delete(detect, NATIONALITIES.index("Mexico")) > 0).all()


def test_a_blocked_caravan_is_detected():
    let_pass = setting(in_force(), "caravan")["detect"]
    blocked = setting(in_force("lever: mexico.caravan_policy, to: 1"), "caravan")["detect"]
    assert (blocked >= let_pass).all()
    assert blocked.max() > 3 * let_pass.max()


def test_more_seats_south_empty_a_city_faster_but_never_at_once():
    hazards = []
    for seats in (0, 100, 400, 5000):
        simulation = in_force(f"lever: mexico.transfers_south_daily, for: [ciudad_juarez], to: {seats}")
        hazards.append(
            float(setting(simulation)["south"][simulation.drivers.geography.codes["ciudad_juarez"]])
        )
    assert hazards[0] == 0.0
    assert hazards == sorted(hazards)
    assert hazards[1] < hazards[2] <= hazards[3] <= 0.5


def test_a_fire_leaves_less_to_return_with():
    shock = "shocks: [{id: fire, kind: capacity_loss, start: 2022-06-01, size: 0.75, for: [inm]}]"
    usual, burnt = setting(in_force(day=START + 7)), setting(in_force(day=START + 7, more=shock))
    assert burnt["returns"] == pytest.approx(0.25 * usual["returns"])


def test_there_is_one_institute():
    simulation = in_force()
    assert len(simulation.agents.select(lambda agent: isinstance(agent, MigrationInstitute))) == 1
