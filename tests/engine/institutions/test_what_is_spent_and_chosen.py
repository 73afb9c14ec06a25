"""To the dollar and to the seat: what institutions spend, where they fly, what weighs on them."""

import numpy as np
import pytest

from corridor.engine.institutions import (
    BorderPatrolSector,
    BusLines,
    Mexico,
    MigrationInstitute,
    Panama,
    ShelterNetwork,
    SmugglingMarket,
    UnitedStates,
)
from corridor.engine.institutions.governments import USUAL_US, contentment
from corridor.engine.records.codes import Custody, Pool
from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.compiling.drivers import GOVERNMENTS
from corridor.inputs.compiling.origins import USUAL_PERMIT_DAYS
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import live_to, simulation_of

PEOPLE = 200
START = 700  # 2022-06-01
COUNT = len(NATIONALITIES)


def in_force(*movements, day=START):
    """The world on the evening of a day on which levers move."""
    entries = ", ".join(
        f"{{id: m{number}, start: 2022-06-01, {movement}}}" for number, movement in enumerate(movements)
    )
    return live_to(simulation_of(f"interventions: [{entries}]" if entries else "", PEOPLE), day + 1)


def one(simulation, kind):
    return next(agent for agent in simulation.agents if isinstance(agent, kind))


def spent_in_june(*movements) -> tuple[float, float]:
    """USD that the institute spends from 1 to 30 June, day by day, and what the month at full service needs."""
    simulation = in_force(*movements, day=START - 1)
    memory, spent = one(simulation, MigrationInstitute).memory, 0.0
    for _ in range(30):
        simulation.step()
        spent += float(memory["level"] * memory["cost"])
    return spent, float(memory["need"])


@pytest.mark.parametrize("share", [0.2, 0.5, 0.7])
def test_the_institute_spends_exactly_the_money_of_its_month(share):
    spent, need = spent_in_june(f"lever: mexico.enforcement_funding, to: {share}")
    assert spent == pytest.approx(share * need, rel=1e-9)


@pytest.mark.parametrize("gift", [1e6, 4e6])
def test_money_from_the_united_states_is_spent_once_a_month(gift):
    spent, need = spent_in_june(
        "lever: mexico.enforcement_funding, to: 0", f"lever: us.transfer_to_mexico, to: {gift}"
    )
    assert gift < need
    assert spent == pytest.approx(gift, rel=1e-9)


def test_a_gift_adds_to_what_mexico_pays():
    spent, need = spent_in_june(
        "lever: mexico.enforcement_funding, to: 0.3", "lever: us.transfer_to_mexico, to: 1000000"
    )
    assert spent == pytest.approx(0.3 * need + 1e6, rel=1e-9)


def test_a_month_at_full_service_is_stops_transport_south_and_all_returns_on_record():
    simulation = in_force("lever: mexico.enforcement_funding, to: 0.5")
    institute, p = one(simulation, MigrationInstitute), simulation.drivers.parameters
    found = simulation.briefing.detections
    monthly = p["inm_returns_monthly"].daily_by_nationality(simulation.drivers.timeline)
    returned = monthly[simulation.today - 1].sum()
    assert found > 0 and returned > 0
    daily = (
        found * p["inm_cost_detection_usd"].scalar()
        + returned / DAYS_PER_MONTH * p["inm_cost_return_usd"].scalar()
        + found * 0.9 * p["inm_cost_transfer_usd"].scalar()
    )
    assert institute.memory["need"] == pytest.approx(daily * DAYS_PER_MONTH)


@pytest.mark.parametrize("emptiest", [0, 3, 8])
def test_lateral_flights_go_to_the_sector_that_is_emptiest_for_its_beds(emptiest):
    simulation = in_force("lever: us.lateral_flights_daily, for: [del_rio_sector], to: 3")
    codes = [code for code, _ in simulation.drivers.geography.of_kind("custody")]
    del_rio = simulation.drivers.geography.codes["del_rio_custody"]
    sector = next(
        agent
        for agent in simulation.agents
        if isinstance(agent, BorderPatrolSector) and agent.custody == del_rio
    )
    beds = simulation.world["places"]["beds"][codes] * PEOPLE
    held = beds * np.linspace(0.5, 0.9, len(codes))
    held[emptiest] = 0.3 * beds[emptiest]
    simulation.briefing.held = held
    sector.act(simulation.briefing)
    place = simulation.world["places"][del_rio]
    assert place["exits"][Custody.LATERAL] == codes[emptiest]
    seats = simulation.drivers.parameters["lateral_flight_seats"].scalar()
    assert place["lateral"] == pytest.approx(3 * seats / PEOPLE)


def test_a_sector_without_beds_counts_as_one_with_a_bed():
    simulation = in_force("lever: us.lateral_flights_daily, for: [del_rio_sector], to: 3")
    codes = [code for code, _ in simulation.drivers.geography.of_kind("custody")]
    del_rio = simulation.drivers.geography.codes["del_rio_custody"]
    sector = next(
        agent
        for agent in simulation.agents
        if isinstance(agent, BorderPatrolSector) and agent.custody == del_rio
    )
    places = simulation.world["places"]
    places["beds"][codes[0]] = 0.0
    held = places["beds"][codes] * PEOPLE * 0.75
    held[0] = 1.0  # full
    simulation.briefing.held = held
    sector.act(simulation.briefing)
    assert places[del_rio]["exits"][Custody.LATERAL] != codes[0]


def test_a_sector_that_is_itself_the_emptiest_flies_nobody_out():
    simulation = in_force("lever: us.lateral_flights_daily, for: [del_rio_sector], to: 3")
    codes = [code for code, _ in simulation.drivers.geography.of_kind("custody")]
    del_rio = simulation.drivers.geography.codes["del_rio_custody"]
    sector = next(
        agent
        for agent in simulation.agents
        if isinstance(agent, BorderPatrolSector) and agent.custody == del_rio
    )
    held = np.full(len(codes), 1e6)
    held[codes.index(del_rio)] = 0.0
    simulation.briefing.held = held
    sector.act(simulation.briefing)
    assert simulation.world["places"][del_rio]["lateral"] == 0.0


def test_tracking_after_release_relieves_the_united_states_by_its_stated_part():
    felt = {}
    for tracked in (0, 0.5, 1):
        simulation = in_force(f"lever: us.release_tracking, to: {tracked}")
        told, government = simulation.briefing, one(simulation, UnitedStates)
        told.unsponsored, told.encounters, told.sent_to_mexico = 1000.0, 0.0, 0.0
        told.evasions = told.released_to_street = told.overcrowding = told.died = 0.0
        government.memory["died"] = government.memory["deaths"] = 0.0
        government.act(told)
        felt[tracked] = float(government.memory["satisfaction"])
    assert felt[0] < felt[0.5] < felt[1]
    p = simulation.drivers.parameters
    permit_days = simulation.drivers.lever("us.work_permit_days", START)[0]
    housed = (
        1000.0
        * p["city_stay_days"].scalar()
        / USUAL_PERMIT_DAYS
        * permit_days
        * (1.0 - p["tracking_relief"].scalar())
    )
    weights = {name: p[f"satisfaction_us_{name}"].scalar() for name in USUAL_US}
    pressure = simulation.drivers.pressure[simulation.today, GOVERNMENTS.index("us")]
    burden = housed * pressure / 60_000.0
    hurt = weights["cities"] * burden / (1.0 + burden) + weights["fentanyl"] / 2.0
    assert felt[1] == pytest.approx(1.0 - hurt / sum(weights.values()))


BURDENS = {
    "street": ("released_to_street", 500.0),
    "crowding": ("overcrowding", 0.25),
}


@pytest.mark.parametrize("burden", [*BURDENS, "deaths"])
def test_disorder_weighs_on_the_united_states(burden):
    simulation = in_force()
    government, told = one(simulation, UnitedStates), simulation.briefing
    told.evasions = told.released_to_street = told.overcrowding = told.died = 0.0
    government.memory["died"] = government.memory["deaths"] = 0.0
    government.act(told)
    before = float(government.memory["satisfaction"])
    if burden == "deaths":
        told.died = 5.0 * 28 * 365 / 28  # five a day, as one act of 28 days in a year of them tells it
    else:
        field, usual = BURDENS[burden]
        pressed = simulation.drivers.pressure[simulation.today, GOVERNMENTS.index("us")]
        setattr(told, field, usual if burden == "crowding" else usual / pressed)
    government.act(told)
    part = simulation.drivers.parameters[f"satisfaction_us_{burden}"].scalar() / government.weights.sum()
    assert before - float(government.memory["satisfaction"]) == pytest.approx(part / 2.0)


def test_a_person_who_is_not_caught_weighs_more_than_one_who_is_encountered():
    simulation = in_force()
    government, told = one(simulation, UnitedStates), simulation.briefing
    satisfied = []
    told.died = government.memory["died"] = government.memory["deaths"] = 0.0
    for caught in (9000.0, 7000.0, 6900.0, 4000.0, 0.0):
        told.encounters, told.evasions = caught, 9000.0 - caught
        government.act(told)
        satisfied.append(float(government.memory["satisfaction"]))
    assert satisfied == sorted(satisfied, reverse=True) and len(set(satisfied)) == len(satisfied)


def test_a_burden_as_large_as_is_usual_for_it_takes_half_of_its_part():
    weights = np.array([1.0, 3.0])
    assert contentment(np.zeros(2), weights) == 1.0
    assert contentment(np.array([1.0, 0.0]), weights) == pytest.approx(1.0 - 0.5 / 4.0)
    assert contentment(np.array([0.0, 1.0]), weights) == pytest.approx(1.0 - 1.5 / 4.0)
    assert contentment(np.array([1e12, 1e12]), weights) == pytest.approx(0.0)


def test_people_without_shelter_returns_and_closed_crossings_each_weigh_on_mexico():
    simulation = in_force()
    government, told = one(simulation, Mexico), simulation.briefing
    satisfied = []
    for outside, returned in ((0.0, 0.0), (40_000.0, 0.0), (0.0, 3000.0)):
        told.without_shelter, told.sent_to_mexico = outside, returned
        government.act(told)
        satisfied.append(float(government.memory["satisfaction"]))
    whole = government.weights / government.weights.sum()
    assert satisfied == pytest.approx([1.0, 1.0 - whole[0] / 2.0, 1.0 - whole[1] / 2.0])
    shut = in_force("lever: us.crossings_closed, for: [lukeville, el_paso_rail], to: 1")
    government, told = one(shut, Mexico), shut.briefing
    told.without_shelter = told.sent_to_mexico = 0.0
    government.act(told)
    assert float(government.memory["satisfaction"]) == pytest.approx(1.0 - whole[2] / 2.0)


def crowding(places, waiting):
    """How much more harm comes to people in Tijuana when so many wait and there are so many places."""
    simulation = in_force(f"lever: mexico.shelter_places, for: [tijuana], to: {places}")
    tijuana = simulation.drivers.geography.codes["tijuana"]
    shelters = next(
        agent for agent in simulation.agents if isinstance(agent, ShelterNetwork) and agent.code == tijuana
    )
    shelters.places["present"][tijuana] = waiting / PEOPLE
    shelters.act(simulation.briefing)
    return float(simulation.world["places"]["crowding"][tijuana])


def test_harm_grows_with_people_beyond_shelters_to_four_times_and_no_further():
    gain = simulation_of("", PEOPLE).drivers.parameters["harm_overflow_gain"].scalar()
    assert crowding(10_000, 5_000) == crowding(10_000, 10_000) == 1.0
    assert crowding(10_000, 20_000) == pytest.approx(1.0 + gain)
    assert crowding(10_000, 50_000) == pytest.approx(1.0 + 4.0 * gain)
    assert crowding(10_000, 10_000_000) == 4.0


@pytest.mark.parametrize("relief", [0.0, 0.4])
def test_relief_from_sanctions_opens_seats_home_as_it_is_felt(relief):
    simulation = in_force(
        "lever: us.removal_flights_weekly, for: [Venezuela], to: 7",
        "lever: venezuela.accepts_flights, for: [us], to: 0",
        f"lever: us.sanctions_relief, for: [Venezuela], to: {relief}",
        day=START + 200,
    )
    drivers, venezuela = simulation.drivers, NATIONALITIES.index("Venezuela")
    acted = simulation.today - 1 - (simulation.today - 1) % 28  # the flights are planned every four weeks
    opened = drivers.parameters["sanctions_relief_acceptance"].scalar() * drivers.relief[acted, venezuela]
    seats = drivers.parameters["flight_seats"].scalar() * opened / PEOPLE
    assert (seats > 0) == (relief > 0)
    daily = simulation.world["allowances"]["daily"][Pool.FLIGHTS + venezuela]
    assert daily == pytest.approx(seats, rel=1e-9)


def test_people_who_are_not_bused_go_their_own_way():
    simulation = in_force("lever: us.buses_north_daily, for: [texas/denver], to: 300")
    lines, told = one(simulation, BusLines), simulation.briefing
    told.releases = 1000.0
    lines.act(told)
    weights = dict(zip(lines.names, simulation.world["places"]["weight"][lines.at].tolist(), strict=True))
    seats = simulation.drivers.lever("us.buses_north_daily", START)
    bused = dict.fromkeys(lines.names, 0.0)
    for member, number in zip(
        simulation.drivers.levers["us.buses_north_daily"].members, seats.tolist(), strict=True
    ):
        bused[member.split("/")[1]] += number
    own = dict(zip(lines.names, lines.own_way.tolist(), strict=True))
    alone = 1000.0 - sum(bused.values())
    assert alone > 0
    for name in lines.names:
        assert weights[name] == pytest.approx((bused[name] + own[name] * alone) / 1000.0)


def test_guides_get_used_to_more_people_in_the_time_that_they_need():
    simulation = in_force()
    market, told = one(simulation, SmugglingMarket), simulation.briefing
    market.memory["level"] = 1000.0
    market.nations["leaving"][:] = 3000.0 / COUNT
    market.act(told)
    days = simulation.drivers.parameters["smuggler_adjustment_days"].scalar()
    assert market.memory["level"] == pytest.approx(1000.0 + 2000.0 * 7.0 / days)


def in_the_jungle(simulation, nation, parties=40):
    """The terms of the Darién once Panama has acted with people of a nation there; seats a day of a flight a week."""
    government, code = one(simulation, Panama), NATIONALITIES.index(nation)
    darien = simulation.drivers.geography.codes["darien"]
    government.places["by_nation"][darien, code] = parties
    government.act(simulation.briefing)
    return simulation.world["terms"][darien], simulation.drivers.parameters["flight_seats"].scalar() / 7


def test_who_passes_panamas_gate_may_still_be_flown_home():
    simulation = in_force(
        "lever: panama.darien_gate, to: 0.4",
        "lever: panama.deportation_flights_weekly, for: [Ecuador], to: 3",
    )
    terms, seats = in_the_jungle(simulation, "Ecuador")
    ecuador = NATIONALITIES.index("Ecuador")
    entering = 40 * PEOPLE / terms["mean_days"][ecuador]
    assert entering > 3 * seats + 1.0
    assert terms["turn_back"][ecuador] == pytest.approx(0.4 + 0.6 * 3 * seats / entering)
    assert terms["turn_back"][NATIONALITIES.index("Cuba")] == pytest.approx(0.4)


@pytest.mark.parametrize("accepted", [0.0, 0.5])
def test_panama_flies_home_only_those_whom_their_country_takes(accepted):
    simulation = in_force(
        "lever: panama.deportation_flights_weekly, for: [Venezuela], to: 3",
        f"lever: venezuela.accepts_flights, for: [panama], to: {accepted}",
        "lever: venezuela.accepts_flights, for: [us, mexico], to: 1",
    )
    terms, seats = in_the_jungle(simulation, "Venezuela")
    venezuela, flown = NATIONALITIES.index("Venezuela"), 3 * accepted * seats
    assert terms["turn_back"][venezuela] == pytest.approx(flown * terms["mean_days"][venezuela] / 40 / PEOPLE)


@pytest.mark.parametrize(("funding", "paid"), [(0.5, 1.0), (0.0, 0.0)])
def test_an_institute_whose_work_costs_nothing_does_it_if_it_is_paid_at_all(funding, paid):
    simulation = in_force(f"lever: mexico.enforcement_funding, to: {funding}")
    institute = one(simulation, MigrationInstitute)
    institute.cost = (0.0, 0.0, 0.0)
    institute.memory["month"] = 0  # another month begins
    assert institute.pay(simulation.briefing) == paid


def test_a_blocked_caravan_is_found_as_often_as_its_parameter_says_and_one_let_pass_as_on_any_leg():
    found = {}
    for policy in (0, 1):
        simulation = in_force(f"lever: mexico.caravan_policy, to: {policy}")
        terms = simulation.world["terms"][simulation.drivers.geography.codes["caravan"]]
        found[policy] = terms["detect"][:COUNT]
    cuba = NATIONALITIES.index("Cuba")
    assert found[1][cuba] == pytest.approx(simulation.drivers.parameters["caravan_block_detection"].scalar())
    assert 0.0 < found[0][cuba] < found[1][cuba]
