"""Drivers: what a policy and parameters become, day by day."""

from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings

from corridor.foundations.errors import InputError
from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.compiling.projection import Projection, demand_known_to
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.scenario_files import parse_scenario
from tests.random_scenarios import scenario_bodies
from tests.small_runs import drivers_of

CODE = {name: code for code, name in enumerate(NATIONALITIES)}
ROUTES = (
    "darien",
    "nicaragua_air",
    "land",
    "mexico_air",
    "el_salvador_air",
    "ecuador_air",
    "tijuana_air",  # of dated arrivals alone: nobody wishes it
    "brazil_air",
)


def movement(text):
    return f"interventions: [{{id: x, {text}}}]"


def day_of(year, month, day):
    return drivers_of().timeline.day_of(date(year, month, day))


# --- demand and shocks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["demand", "violence"])
def test_a_shock_multiplies_demand_of_its_nationalities_from_its_start_to_its_end(kind):
    body = f"shocks: [{{id: x, kind: {kind}, start: 2022-03-01, end: 2022-03-31, size: 2.5, for: [Cuba]}}]"
    ratio = drivers_of(body).demand / drivers_of().demand
    inside = np.zeros(len(ratio), dtype=bool)
    inside[day_of(2022, 3, 1) : day_of(2022, 3, 31) + 1] = True
    np.testing.assert_allclose(ratio[inside, CODE["Cuba"]], 2.5)
    np.testing.assert_allclose(ratio[~inside], 1.0)
    np.testing.assert_allclose(np.delete(ratio, CODE["Cuba"], axis=1), 1.0)


def test_shocks_of_the_same_days_multiply():
    shock = "{{id: {}, kind: demand, start: 2022-03-01, size: 2, for: [Cuba]}}"
    both = drivers_of(f"shocks: [{shock.format('a')}, {shock.format('b')}]")
    assert both.demand[-1, CODE["Cuba"]] == pytest.approx(4 * drivers_of().demand[-1, CODE["Cuba"]])


def test_a_loss_of_capacity_hits_returns_more_than_stops():
    drivers = drivers_of(
        "shocks: [{id: x, kind: capacity_loss, start: 2021-05-01, end: 2021-05-31, size: 0.6, for: inm}]"
    )
    first, last = day_of(2021, 5, 1), day_of(2021, 5, 31)
    assert drivers.inm_service[first] == drivers.inm_service[last] == pytest.approx(0.4)
    assert drivers.inm_service[first - 1] == drivers.inm_service[last + 1] == 1.0
    assert drivers.inm_stops[first] == pytest.approx(
        1.0 - 0.6 * drivers.parameters["detection_loss_share"].scalar()
    )
    assert 0.4 < drivers.inm_stops[first] < 1.0


def test_a_loss_of_patrols_alone_leaves_returns_and_one_of_both_is_counted_once():
    loss = "{{id: x, kind: capacity_loss, start: 2021-05-01, size: 0.6{}}}"
    day = day_of(2021, 5, 1)
    patrols = drivers_of(f"shocks: [{loss.format(', for: inm_stops')}]")
    assert patrols.inm_stops[day] == pytest.approx(0.4) and patrols.inm_service[day] == 1.0
    assert patrols.inm_stops[day - 1] == 1.0
    whole, unnamed = (drivers_of(f"shocks: [{loss.format(words)}]") for words in (", for: inm", ""))
    assert whole.inm_stops[day] == unnamed.inm_stops[day] > patrols.inm_stops[day]
    assert whole.inm_service[day] == unnamed.inm_service[day] == pytest.approx(0.4)


def test_a_transport_shock_slows_its_legs_only():
    drivers = drivers_of(
        "shocks: [{id: x, kind: transport, start: 2021-05-01, size: 2, for: [darien, tapachula]}]"
    )
    codes = drivers.geography.codes
    slowed = drivers.pace[day_of(2021, 5, 1)]
    assert [slowed[codes[name]] for name in ("darien", "tapachula")] == [2.0, 2.0]
    assert slowed.sum() == len(slowed) + 2
    assert (drivers.pace[day_of(2021, 4, 30)] == 1.0).all()


def test_one_night_events_keep_their_day():
    drivers = drivers_of("shocks: [{id: x, kind: caravan, start: 2021-05-05, size: 3000, place: tapachula}]")
    day = day_of(2021, 5, 5)
    assert (day, 3000.0) in [entry[:2] for entry in drivers.caravans]


# --- routes -------------------------------------------------------------------------------------------------------


def test_a_nationality_leans_by_shares_and_leans_to_nothing_that_pulls_nobody():
    drivers = drivers_of()
    assert drivers.routes.shape == drivers.route_pull.shape == (len(NATIONALITIES), len(ROUTES))
    np.testing.assert_allclose(drivers.routes.sum(axis=1), 1.0)
    assert drivers.routes.min() >= 0.0
    assert ((drivers.way_round >= 0) & (drivers.way_round <= 1)).all()
    assert (drivers.route_pull[drivers.routes > 0] > 0).all()
    by_arrival = ROUTES.index("tijuana_air")
    assert not drivers.routes[:, by_arrival].any() and not drivers.route_pull[:, by_arrival].any()


def test_a_visa_closes_the_flight_at_once_and_the_way_round_becomes_known():
    drivers = drivers_of(movement("lever: mexico.visa_required, for: [Colombia], start: 2022-05-01, to: 1"))
    usual, code, day = drivers_of(), CODE["Colombia"], day_of(2022, 5, 1)
    air = ROUTES.index("mexico_air")
    assert drivers.ways[day - 1, code, air] == 1.0 and not drivers.ways[day:, code, air].any()
    np.testing.assert_array_equal(drivers.way_round[:day], usual.way_round[:day])
    assert drivers.way_round[day, code] == pytest.approx(0.05)
    learned = drivers.way_round[day : day + 400, code]
    assert (np.diff(learned) >= -1e-12).all()
    assert learned[-1] > 0.8


@pytest.mark.parametrize(
    ("country", "route", "nation"),
    [
        ("nicaragua", "nicaragua_air", "West Africa"),
        ("el_salvador", "el_salvador_air", "India"),
        ("ecuador", "ecuador_air", "China"),
        ("brazil", "brazil_air", "Other"),
    ],
)
def test_a_visa_closes_the_route_that_lands_in_its_country_and_no_other(country, route, nation):
    closed = f"lever: {country}.visa_required, for: [{nation}], start: 2023-05-01, to: 1"
    drivers, usual, day = drivers_of(movement(closed)), drivers_of(), day_of(2023, 5, 1)
    code, index = CODE[nation], ROUTES.index(route)
    assert (usual.ways[day:, code, index] == 1.0).all()
    assert not drivers.ways[day:, code, index].any()
    drivers.ways[day:, code, index] = 1.0
    np.testing.assert_array_equal(drivers.ways, usual.ways)
    assert drivers.way_round[day, code] < drivers.way_round[day + 200, code] < usual.way_round[day, code]


def test_a_visa_of_a_country_to_which_nobody_would_fly_costs_no_way_round():
    closed = "lever: ecuador.visa_required, for: [Venezuela], start: 2022-09-01, to: 1"
    drivers, usual = drivers_of(movement(closed)), drivers_of()
    assert not drivers.ways[-1, CODE["Venezuela"], ROUTES.index("ecuador_air")]
    np.testing.assert_array_equal(drivers.way_round, usual.way_round)


def test_a_visa_of_a_country_where_nobody_lands_is_refused_with_the_countries_that_have_one():
    with pytest.raises(InputError) as refused:
        drivers_of(movement("lever: panama.visa_required, for: [China], start: 2023-05-01, to: 1"))
    assert "unknown lever 'panama.visa_required'" in str(refused.value)
    assert (
        "a visa closes a route where people land by air, so these can be written: nicaragua.visa_required, "
        "mexico.visa_required, el_salvador.visa_required, ecuador.visa_required, brazil.visa_required"
    ) in str(refused.value)


def test_a_visa_lifted_opens_the_way_again():
    drivers = drivers_of(
        movement("lever: mexico.visa_required, for: [Colombia], start: 2022-05-01, end: 2022-07-31, to: 1")
    )
    usual, day = drivers_of(), day_of(2022, 8, 1)
    np.testing.assert_array_equal(drivers.ways[day:], usual.ways[day:])
    np.testing.assert_array_equal(drivers.way_round[day:], usual.way_round[day:])


def test_more_seats_than_usual_are_so_much_more_open():
    managua = drivers_of().ways[:, CODE["Haiti"], ROUTES.index("nicaragua_air")]
    days = [day_of(2023, month, 15) for month in (7, 8, 9, 10, 11)]  # charter flights in autumn, then none
    assert managua[days].tolist() == [1.0, 10.0, 50.0, 130.0, 0.0]


def test_a_nationality_without_an_open_route_does_not_leave():
    alone = {
        f"{name}_{route}": int(route == "mexico_air")
        for route in ROUTES
        if route != "tijuana_air"
        for name in ("route", "route_pull")
    }
    overrides = ", ".join(f"{name}: {{value: {{Peru: {share}}}}}" for name, share in alone.items())
    visa = "lever: mexico.visa_required, for: [Peru], start: 2022-05-01, to: 1"
    drivers = drivers_of(f"{movement(visa)}\noverrides: {{{overrides}}}")
    day = day_of(2022, 5, 1)
    assert drivers.way_round[day - 1, CODE["Peru"]] == 1.0
    assert not drivers.way_round[day:, CODE["Peru"]].any()


# --- parole -------------------------------------------------------------------------------------------------------


def paroled(body, name=None):
    parole = drivers_of(body).parole
    return parole if name is None else parole[:, CODE[name]]


def test_parole_stays_within_its_monthly_cap():
    cap = paroled(movement("lever: us.parole_monthly_cap, for: [Peru], start: 2022-03-01, to: 3000"), "Peru")
    assert not cap[: day_of(2022, 3, 1)].any()
    assert cap.max() == pytest.approx(3000 / DAYS_PER_MONTH)


def test_members_of_a_pool_share_one_monthly_cap():
    body = movement(
        "lever: us.parole_monthly_cap, for: [Peru, Colombia], pooled: true, start: 2022-03-01, to: 3000"
    )
    shared = paroled(body, "Peru") + paroled(body, "Colombia")
    assert shared.max() <= 3000 / DAYS_PER_MONTH + 1e-9
    assert shared[-1] == pytest.approx(3000 / DAYS_PER_MONTH)


def test_parole_ends_when_the_total_is_used():
    body = (
        "interventions: [{id: a, lever: us.parole_monthly_cap, for: [Peru], start: 2022-03-01, to: 3000}, "
        "{id: b, lever: us.parole_cap_total, for: [Peru], start: 2022-03-01, to: 7000}]"
    )
    people = paroled(body, "Peru")
    assert people.sum() == pytest.approx(7000)
    assert people[-1] == 0.0


def test_members_of_a_pool_share_one_total():
    body = (
        "interventions: [{id: a, lever: us.parole_monthly_cap, for: [Peru, Colombia], start: 2022-03-01, to: 3000}, "
        "{id: b, lever: us.parole_cap_total, for: [Peru, Colombia], pooled: true, start: 2022-03-01, to: 7000}]"
    )
    assert paroled(body, "Peru").sum() + paroled(body, "Colombia").sum() == pytest.approx(7000)


def test_history_paroles_no_more_than_it_allowed():
    people = paroled("")
    before = people[: day_of(2023, 1, 6)]
    assert before.sum() <= 24_000 + 1e-6
    assert (before[:, np.arange(len(NATIONALITIES)) != CODE["Venezuela"]] == 0).all()
    after = people[day_of(2023, 1, 6) :]
    assert after.sum(axis=1).max() <= 30_000 / DAYS_PER_MONTH + 1e-6


# --- the whole ----------------------------------------------------------------------------------------------------


def test_overrides_of_parameters_reach_the_drivers():
    policy = resolve(parse_scenario("name: x\nextends: history\noverrides: {darien_days: 6}"))
    drivers = compile_drivers(policy, load_parameters(policy.overrides))
    assert drivers.parameters["darien_days"].value_text() == "6"
    assert drivers.diverges_on == 0


def test_a_longer_run_has_the_same_days_as_the_shorter_as_far_as_that_goes():
    longer, shorter = drivers_of("period: {end: 2025-06-30}"), drivers_of()
    days = shorter.timeline.days
    assert longer.timeline.days == days + 365
    for name in (
        "demand",
        "ways",
        "way_round",
        "parole",
        "exceptions",
        "exception_interest",
        "pace",
    ):
        np.testing.assert_array_equal(getattr(longer, name)[:days], getattr(shorter, name), err_msg=name)
    for name in (signal.name for signal in fields(longer.signals)):
        mine, theirs = getattr(longer.signals, name)[:days], getattr(shorter.signals, name)
        np.testing.assert_array_equal(mine, theirs, err_msg=name)


PAST = "period: {end: 2025-12-31}"
CUBA = "{Cuba: {2020-07-01: 80, 2024-05-01: 80, 2024-05-02: 140, 2024-08-01: 140}}"
FLAT = f"overrides: {{latent_demand: {{value: {CUBA}}}"


def demand_without_season(drivers):
    season = np.asarray(drivers.parameters["season_index"].by(range(1, 13)))
    exponent = drivers.parameters["season_exponent"].by_nationality()
    return drivers.demand / season[drivers.timeline.calendar_month - 1][:, None] ** exponent


def test_demand_past_the_data_is_held_at_the_mean_of_its_last_three_months():
    drivers = drivers_of(f"{PAST}\n{FLAT}, demand_return_days: 3650, demand_walk_sd: 0.1}}")
    cuba = demand_without_season(drivers)[:, CODE["Cuba"]]
    assert demand_known_to(drivers.parameters) == date(2024, 7, 31)
    first = drivers.timeline.day_of(date(2024, 8, 1))
    assert cuba[first - 1] == pytest.approx(140)
    assert cuba[first : first + 31] == pytest.approx(np.exp(-(0.1**2) / 2) * 140, rel=0.02)
    returning = drivers_of(f"{PAST}\n{FLAT}, demand_return_days: 180, demand_walk_sd: 0.1}}")
    mean = 80 + 60 * 91 / 365
    past = np.exp(-(len(cuba) - first) / 180)
    expected = (mean + (140 - mean) * past) * np.exp(
        -Projection.of(returning.parameters).variance(17)[-1] / 2
    )
    assert demand_without_season(returning)[-1, CODE["Cuba"]] == pytest.approx(expected, rel=0.01)


def test_the_spread_of_demand_grows_only_past_the_data_of_its_nationality():
    drivers = drivers_of(f"{PAST}\n{FLAT}}}")
    day = drivers.timeline.day_of
    cuba, peru = drivers.demand_steps[:, CODE["Cuba"]], drivers.demand_steps[:, CODE["Peru"]]
    known = day(demand_known_to(load_parameters()))
    assert not peru[: known + 1].any() and (peru[known + 1 :] == 0.3).all()
    assert not cuba[: day(date(2024, 8, 1))].any() and (cuba[day(date(2024, 8, 1)) :] == 0.3).all()
    always = drivers_of(f"{PAST}\noverrides: {{latent_demand: 50}}")
    assert not always.demand_steps.any()
    assert demand_known_to(always.parameters) is None


def test_the_mean_of_what_comes_is_what_is_held():
    projection = Projection(return_days=730, step=0.3)
    rng = np.random.default_rng(3)
    walk, people = np.zeros(200_000), []
    for month in range(1, 13):
        walk = projection.memory * walk + projection.step * rng.standard_normal(len(walk))
        people.append(np.exp(walk - projection.variance(12)[month] / 2).mean())
    assert people == pytest.approx(np.ones(12), rel=0.01)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scenario_bodies())
def test_drivers_of_any_scenario_are_finite_and_within_bounds(body):
    note(body)
    drivers = drivers_of(body)
    assert ((drivers.way_round >= 0) & (drivers.way_round <= 1)).all()
    for name in (
        "demand",
        "parole",
        "exceptions",
        "inm_service",
        "inm_stops",
        "pace",
        "ways",
    ):
        values = getattr(drivers, name)
        assert np.isfinite(values).all(), name
        assert (values >= 0).all(), name
    total, monthly = drivers.levers["us.parole_cap_total"], drivers.levers["us.parole_monthly_cap"]
    alone = monthly.pool == np.arange(len(NATIONALITIES))
    over = drivers.parole > monthly.values / DAYS_PER_MONTH + 1e-9
    assert not (over & alone).any()
    assert (drivers.parole[total.values == 0] == 0).all()


def test_a_scenario_has_the_drivers_of_its_parent_before_it_diverges():
    drivers, history = (
        drivers_of(movement("lever: mexico.visa_required, start: 2022-05-01, to: 1")),
        drivers_of(),
    )
    day = drivers.diverges_on
    assert day == day_of(2022, 5, 1)
    for name in ("demand", "ways", "way_round", "parole"):
        np.testing.assert_array_equal(getattr(drivers, name)[:day], getattr(history, name)[:day])
