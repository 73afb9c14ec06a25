"""INM's money, what it buys and what it does not; stops, the share sent back, the slowdown, and the National Guard."""

import numpy as np
import pytest

from corridor.engine.institutions import MigrationInstitute
from corridor.engine.records.codes import Pool
from corridor.foundations.timeline import DAYS_PER_MONTH, WEEKLY
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import live_to, simulation_of, value_of

PEOPLE = 200
START = 700  # 2022-06-01
COUNT = len(NATIONALITIES)


def in_force(*movements, day=START, more=""):
    entries = ", ".join(
        f"{{id: m{number}, start: 2022-06-01, {movement}}}" for number, movement in enumerate(movements)
    )
    body = f"interventions: [{entries}]\n" if entries else ""
    return live_to(simulation_of(body + more, PEOPLE), day + 1)


def setting(simulation, leg="tapachula"):
    """What the institute sets today: returns a day by nationality, the share sent back, and the terms of a leg."""
    world, code = simulation.world, simulation.drivers.geography.codes[leg]
    terms = world["terms"][code]
    return {
        "returns": world["allowances"]["daily"][Pool.INM_RETURNS :][:COUNT].copy(),
        "sent_back": float(world["rules"]["sent_back"]),
        "stop_chance": float(world["rules"]["stop_chance"]),
        "days": terms["mean_days"][:COUNT].copy(),
        "detect": terms["detect"][:COUNT].copy(),
        "south": world["places"]["south"].copy(),
    }


SLOW = "lever: mexico.slowdown, for: [tapachula], to: 3"


def test_without_money_nobody_is_returned_or_sent_back_and_stops_go_on():
    usual, slow = setting(in_force()), setting(in_force(SLOW))
    broke = setting(in_force("lever: mexico.enforcement_funding, to: 0", SLOW))
    assert usual["returns"].sum() > 0 and usual["sent_back"] > 0 and usual["south"].any()
    assert not broke["returns"].any()
    assert broke["sent_back"] == 0.0
    assert not broke["south"].any()
    np.testing.assert_array_equal(broke["days"], usual["days"])
    assert (broke["days"] < slow["days"]).any()
    np.testing.assert_array_equal(broke["detect"], slow["detect"])
    assert broke["stop_chance"] == slow["stop_chance"] > 0.0


def test_each_nationality_has_its_own_places_to_be_returned_home():
    simulation = in_force()
    drivers, found = simulation.drivers, setting(simulation)
    monthly = drivers.parameters["inm_returns_monthly"].daily_by_nationality(drivers.timeline)[START]
    np.testing.assert_allclose(found["returns"], monthly / DAYS_PER_MONTH / PEOPLE)
    assert len({round(each, 6) for each in found["returns"].tolist()}) > COUNT / 2
    assert found["returns"][NATIONALITIES.index("Mexico")] == 0.0


def test_places_for_returns_follow_their_months_on_record():
    simulation = in_force(day=START - 1)
    drivers = simulation.drivers
    monthly = drivers.parameters["inm_returns_monthly"].daily_by_nationality(drivers.timeline)
    seen = []
    while simulation.today < START + 63:
        simulation.step()
        today = simulation.today - 1
        np.testing.assert_allclose(setting(simulation)["returns"], monthly[today] / DAYS_PER_MONTH / PEOPLE)
        seen.append(monthly[today].sum())
    assert len(set(seen)) > 2


def test_mexicos_own_flights_add_their_seats_to_the_places_of_one_nationality():
    nation = NATIONALITIES.index("Honduras")
    usual = setting(in_force())["returns"]
    simulation = in_force("lever: mexico.deportation_flights_weekly, for: [Honduras], to: 7")
    seats = simulation.drivers.parameters["flight_seats"].scalar()
    expected = usual.copy()
    expected[nation] += 7 * seats / WEEKLY / PEOPLE
    np.testing.assert_allclose(setting(simulation)["returns"], expected)


@pytest.mark.parametrize("accepted", [0, 0.5])
def test_flights_that_a_country_refuses_make_no_place_for_anyone(accepted):
    nation = NATIONALITIES.index("Venezuela")
    usual = setting(in_force())["returns"]
    simulation = in_force(
        "lever: mexico.deportation_flights_weekly, for: [Venezuela], to: 50",
        f"lever: venezuela.accepts_flights, for: [mexico], to: {accepted}",
    )
    expected = usual.copy()
    expected[nation] += (
        50 * accepted * simulation.drivers.parameters["flight_seats"].scalar() / WEEKLY / PEOPLE
    )
    np.testing.assert_allclose(setting(simulation)["returns"], expected)


def test_half_the_money_lasts_for_about_half_the_month():
    simulation = in_force("lever: mexico.enforcement_funding, to: 0.5", day=START - 1)
    funded = []
    while len(funded) < 30:
        simulation.step()
        funded.append(setting(simulation)["returns"].sum() > 0)
    assert funded[0] and not funded[-1]
    assert 10 <= sum(funded) <= 21
    assert funded == sorted(funded, reverse=True), (
        "money that is spent does not come back before the month ends"
    )


def test_money_comes_back_with_the_month():
    simulation = in_force("lever: mexico.enforcement_funding, to: 0.5", day=START + 29)
    assert not setting(simulation)["returns"].any()
    live_to(simulation, START + 38)  # July has begun, and with it a week
    assert setting(simulation)["returns"].any()


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
            bought[-1] += setting(simulation)["returns"].sum()
    assert bought[1] == pytest.approx(bought[0], rel=0.15)


def test_more_than_its_need_buys_more_returns():
    usual, rich = setting(in_force()), setting(in_force("lever: mexico.enforcement_funding, to: 2"))
    np.testing.assert_allclose(rich["returns"], 2 * usual["returns"])
    assert rich["sent_back"] == usual["sent_back"], "nearly everyone else is sent back already"


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_share_sent_back_is_the_lever_as_far_as_money_goes(share):
    lever = f"lever: mexico.sent_back_share, to: {share}"
    assert setting(in_force(lever))["sent_back"] == share
    assert setting(in_force())["sent_back"] == 0.9
    assert setting(in_force(lever, "lever: mexico.enforcement_funding, to: 0"))["sent_back"] == 0.0


def test_more_stops_on_a_leg_stop_more_people_there():
    usual, elsewhere = setting(in_force()), setting(in_force(), "central_mexico")
    hazards = -np.log1p(-usual["detect"])
    for times in (0, 0.5, 2):
        simulation = in_force(f"lever: mexico.stops, for: [tapachula], to: {times}")
        found = setting(simulation)
        np.testing.assert_allclose(-np.log1p(-found["detect"]), times * hazards, atol=1e-12)
        assert np.sign(found["stop_chance"] - usual["stop_chance"]) == np.sign(times - 1)
        np.testing.assert_array_equal(setting(simulation, "central_mexico")["detect"], elsewhere["detect"])
        np.testing.assert_array_equal(found["days"], usual["days"])


def test_a_slowdown_lengthens_its_leg_for_all_but_mexicans():
    usual, slow = setting(in_force()), setting(in_force(SLOW))
    times = np.where(np.arange(COUNT) == NATIONALITIES.index("Mexico"), 1.0, 3.0)
    np.testing.assert_allclose(slow["days"], times * usual["days"])
    np.testing.assert_array_equal(slow["detect"], usual["detect"])
    other, same = (setting(in_force(*each), "central_mexico")["days"] for each in ((SLOW,), ()))
    np.testing.assert_array_equal(other, same)


def test_half_the_money_makes_half_the_slowdown():
    usual = setting(in_force())["days"]
    simulation = in_force(SLOW)
    (institute,) = simulation.agents.select(lambda agent: isinstance(agent, MigrationInstitute))
    institute.patrol(0.5)
    foreign = np.arange(COUNT) != NATIONALITIES.index("Mexico")
    np.testing.assert_allclose(setting(simulation)["days"][foreign], 2.0 * usual[foreign])


def test_troops_stop_more_but_less_than_in_proportion():
    found = [
        setting(in_force(f"lever: mexico.guard_deployed, to: {troops}"))
        for troops in (0, 16_000, 32_000, 64_000)
    ]
    hazards = [-np.log1p(-each["detect"]).sum() for each in found]
    assert hazards == sorted(set(hazards)) and hazards[0] > 0.0
    assert hazards[3] - hazards[2] < hazards[2] - hazards[0]
    assert hazards[2] - hazards[0] == pytest.approx(0.2 * hazards[2]), "guard_share"
    chances = [each["stop_chance"] for each in found]
    assert chances == sorted(set(chances))


def test_mexicans_are_not_stopped_on_their_own_roads():
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


def test_mexico_enforces_again_in_january_2024_without_any_deal():
    """Document item 70: no agreement was signed then, and history has none. Without the entry nothing comes back."""
    paid, unpaid = (
        simulation_of(body, PEOPLE)
        for body in (
            "",
            "interventions: [{id: still-out, lever: mexico.enforcement_funding, start: 2024-01-01, to: 0}]",
        )
    )
    returned = [
        {month: value_of(recording, "mexico_returns", period=month) for month in ("2023-12", "2024-01")}
        for recording in (paid.run(), unpaid.run())
    ]
    assert paid.talks is None
    assert returned[0]["2024-01"] > 3 * returned[0]["2023-12"]
    assert returned[1]["2024-01"] <= returned[1]["2023-12"]


def test_a_fire_leaves_less_to_return_with():
    shock = "shocks: [{id: fire, kind: capacity_loss, start: 2022-06-01, size: 0.75, for: [inm]}]"
    usual, burnt = setting(in_force(day=START + 7)), setting(in_force(day=START + 7, more=shock))
    np.testing.assert_allclose(burnt["returns"], 0.25 * usual["returns"])
    lost = 0.75 * in_force().drivers.parameters["detection_loss_share"].scalar()
    np.testing.assert_allclose(burnt["detect"], (1.0 - lost) * usual["detect"])


def test_patrols_alone_can_be_lost_and_returns_go_on():
    shock = "shocks: [{id: fire, kind: capacity_loss, start: 2022-06-01, size: 0.75, for: [inm_stops]}]"
    usual, burnt = setting(in_force(day=START + 7)), setting(in_force(day=START + 7, more=shock))
    np.testing.assert_array_equal(burnt["returns"], usual["returns"])
    assert burnt["sent_back"] == usual["sent_back"]
    np.testing.assert_allclose(burnt["detect"], 0.25 * usual["detect"])


def test_there_is_one_institute():
    simulation = in_force()
    assert len(simulation.agents.select(lambda agent: isinstance(agent, MigrationInstitute))) == 1
