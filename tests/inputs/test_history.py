"""The shipped history: what was in force when, as its sources say."""

import math
from datetime import date

import numpy as np
import pytest

from corridor.inputs.compiling.policy import resolve
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.scenarios.scenario_files import load_scenario, scenario_names
from tests.for_all import for_all

NORTH_TRIANGLE = ("Guatemala", "Honduras", "El Salvador")
FOUR = ("Venezuela", "Cuba", "Haiti", "Nicaragua")


@pytest.fixture(scope="module")
def history():
    return resolve(load_scenario("history"))


@pytest.fixture(scope="module")
def in_force(history):
    """Value of a lever on a date: `in_force("us.title_42", "2023-05-11")`."""

    def look_up(lever, day, member="all"):
        return history.levers[lever].of(member)[history.timeline.day_of(date.fromisoformat(day))]

    return look_up


def test_history_runs_from_july_2020_and_is_reported_from_2021_to_june_2024(history):
    timeline = history.timeline

    assert (timeline.start, timeline.report_from, timeline.end) == (
        date(2020, 7, 1),
        date(2021, 1, 1),
        date(2024, 6, 30),
    )
    assert history.scenario.parent is None


def test_every_value_of_history_is_in_its_levers_range_and_nothing_is_missing(history):
    for name, path in history.levers.items():
        values = path.values
        assert not np.isnan(values).any()
        assert all(LEVERS[name].accepts(value) for value in np.unique(values))


@for_all(
    ("lever", "member", "last_day_before", "before", "after"),
    [
        ("us.title_42", "all", "2023-05-11", 1, 0),
        ("us.asylum_bar", "all", "2023-05-11", 0, 0.5),
        ("us.cbp_one_daily", "all", "2023-01-11", 0, 520),
        ("us.cbp_one_daily", "all", "2023-01-31", 520, 775),
        ("us.cbp_one_daily", "all", "2023-05-11", 775, 940),
        ("us.cbp_one_daily", "all", "2023-05-31", 940, 1240),
        ("us.cbp_one_daily", "all", "2023-06-29", 1240, 1450),
        ("mexico.return_acceptance_monthly", "Venezuela", "2022-10-11", 0, 12600),
        ("mexico.return_acceptance_monthly", "Venezuela", "2023-01-04", 12600, 30000),
        ("mexico.return_acceptance_monthly", "Cuba", "2023-01-04", 0, 30000),
        ("mexico.return_acceptance_monthly", "Honduras", "2023-05-11", math.inf, 0),
        ("us.parole_monthly_cap", "Venezuela", "2022-10-17", 0, math.inf),
        ("us.parole_cap_total", "Venezuela", "2022-10-17", math.inf, 24000),
        ("us.parole_monthly_cap", "Nicaragua", "2023-01-05", 0, 30000),
        ("us.mpp_share", "Cuba", "2021-01-20", 0.22, 0),
        ("us.title_42_share", "Venezuela/single_adult", "2022-10-11", 0.005, 0.90),
        ("us.title_42_share", "Guatemala/unaccompanied_child", "2020-11-18", 0.90, 0),
        ("us.lateral_flights_daily", "el_paso_sector", "2022-09-14", 0, 4),
        ("us.buses_north_daily", "el_paso/new_york", "2022-10-20", 182, 0),
        ("us.removal_flights_weekly", "Venezuela", "2023-10-17", 0, 1),
        ("venezuela.accepts_flights", "us", "2023-10-17", 0, 1),
        ("venezuela.accepts_flights", "mexico", "2023-12-29", 0, 1),
        ("mexico.deportation_flights_weekly", "Venezuela", "2023-12-29", 0, 0.4),
        ("mexico.visa_required", "Ecuador", "2021-09-03", 0, 1),
        ("mexico.visa_required", "Venezuela", "2022-01-20", 0, 1),
        ("nicaragua.air_route", "Cuba", "2021-11-21", 0, 1),
        ("nicaragua.air_route", "Haiti", "2023-07-31", 1, 10),
        ("nicaragua.air_route", "Haiti", "2023-10-29", 130, 0),
        ("mexico.enforcement_funding", "all", "2023-11-30", 1, 0),
        ("panama.bus_corridor", "all", "2023-09-30", 0, 2),
        ("us.crossings_closed", "eagle_pass_bridge_1", "2023-11-26", 0, 1),
        ("us.crossings_closed", "lukeville", "2023-12-03", 0.5, 1),
        ("us.crossings_closed", "el_paso_rail", "2023-12-17", 0, 1),
        ("us.crossings_closed", "eagle_pass_rail", "2023-12-22", 1, 0),
        ("dominican_republic.deportee_acceptance_monthly", "Venezuela", "2022-02-15", 10, 0),
        ("mexico.enforcement_funding", "all", "2023-12-31", 0, 1),
        ("us.crossings_closed", "eagle_pass_bridge_1", "2024-01-03", 1, 0),
        ("us.crossings_closed", "lukeville", "2024-01-03", 1, 0),
        ("us.crossings_closed", "pedwest", "2024-01-03", 1, 0),
        ("us.crossings_closed", "nogales_morley_gate", "2024-01-03", 1, 0),
        ("venezuela.accepts_flights", "us", "2024-01-28", 1, 0),
        ("venezuela.accepts_flights", "mexico", "2024-01-28", 1, 0),
        ("mexico.visa_required", "Peru", "2024-05-05", 0, 1),
        ("us.asylum_bar", "all", "2024-06-04", 0.5, 1.0),
    ],
)
def test_a_policy_changed_between_one_day_and_the_next(
    in_force, lever, member, last_day_before, before, after
):
    following = date.fromordinal(date.fromisoformat(last_day_before).toordinal() + 1).isoformat()

    assert in_force(lever, last_day_before, member) == before
    assert in_force(lever, following, member) == after


@pytest.mark.parametrize("nationality", NORTH_TRIANGLE)
def test_mexico_took_back_the_north_triangle_without_limit_under_title_42(in_force, nationality):
    for day in ("2020-07-01", "2022-01-01", "2023-05-11"):
        assert math.isinf(in_force("mexico.return_acceptance_monthly", day, nationality))


def test_the_30000_places_are_one_pool_of_four_nationalities_from_january_2023(history):
    path = history.levers["mexico.return_acceptance_monthly"]
    day = history.timeline.day_of(date(2023, 6, 1))
    pools = {path.pool[day, path.members.index(nationality)] for nationality in FOUR}

    assert pools == {path.members.index("Venezuela")}
    assert path.pool[day - 365, path.members.index("Cuba")] == path.members.index("Cuba")


def test_far_fewer_places_were_used_than_pledged_and_fewer_still_after_title_42(in_force):
    for nationality in FOUR:
        used = [
            in_force("mexico.return_acceptance_monthly", day, nationality)
            * in_force("us.return_use_share", day, nationality)
            for day in ("2023-04-15", "2023-06-15")
        ]
        assert 8_000 <= used[0] <= 10_000, "the largest month observed was 9,666"
        assert 1_100 <= used[1] <= 8_200, "37 to 273 a day"


def test_the_way_takes_longer_while_the_freight_trains_stand(in_force):
    """1.6 legs more, give or take 0.8, from 19 September to the end of November 2023."""
    for leg in ("tapachula", "central_mexico"):
        assert in_force("mexico.slowdown", "2023-09-18", leg) == 1
        for day in ("2023-09-19", "2023-11-30"):
            assert 1.8 <= in_force("mexico.slowdown", day, leg) <= 3.4
        assert in_force("mexico.slowdown", "2023-12-01", leg) == 1


def test_stops_in_mexico_are_as_on_record_and_nine_of_ten_are_sent_back(in_force):
    """How often people are stopped is a parameter by nationality, not an entry of history."""
    for day in ("2020-07-01", "2022-06-01", "2023-12-31"):
        assert in_force("mexico.sent_back_share", day, "all") == 0.9
        for leg in ("tapachula", "central_mexico"):
            assert in_force("mexico.stops", day, leg) == 1


def test_mexicos_institute_has_no_money_in_december_2023(in_force):
    assert in_force("mexico.enforcement_funding", "2023-11-30", "all") == 1
    assert in_force("mexico.enforcement_funding", "2023-12-15", "all") == 0


def test_no_child_who_travels_alone_is_expelled_after_november_2020(history):
    path = history.levers["us.title_42_share"]
    first = history.timeline.day_of(date(2020, 11, 19))

    for member in path.members:
        if member.endswith("unaccompanied_child"):
            assert not path.of(member)[first:].any()


def test_removal_flights_are_those_on_record_and_come_near_thirty_a_week_at_the_end_of_2023(history):
    flights = history.levers["us.removal_flights_weekly"].values.sum(axis=1)
    weekly = {year: flights[history.timeline.day_of(date(year, 12, 1))] for year in (2021, 2022, 2023)}

    assert 28 < weekly[2023] < 33  # "more than 30 repatriation flights a week" (DHS 2023-12)
    assert weekly[2021] < weekly[2022] < weekly[2023]


def test_the_end_of_title_42_was_announced_three_times_and_came_once(history):
    ends = [
        (
            history.timeline.date_of(news.announced_day).isoformat(),
            history.timeline.date_of(news.start_day).isoformat(),
            news.cancelled_day and history.timeline.date_of(news.cancelled_day).isoformat(),
        )
        for news in history.news
        if news.lever == "us.title_42"
    ]

    assert ends == [
        ("2022-04-01", "2022-05-23", "2022-05-20"),
        ("2022-11-15", "2022-12-21", "2022-12-19"),
        ("2023-01-30", "2023-05-12", None),
    ]
    path = history.levers["us.title_42"].of("all")
    assert path[: history.timeline.day_of(date(2023, 5, 12))].all()


def test_the_shocks_of_history_are_placed(history):
    shocks = {shock.id: shock for shock in history.shocks}
    caravan, group = shocks["caravan-2023-12"], shocks["el-paso-group-2022-12"]

    assert (caravan.size, caravan.place) == (6000, "tapachula")
    assert "10,000" in caravan.note
    assert (group.size, group.place) == (1500, "ciudad_juarez")
    assert shocks["venezuela-demand-2023-04"].members == ("Venezuela",)
    (loss,) = (shock for shock in history.shocks if shock.kind == "capacity_loss")
    assert (loss.members, loss.start_day) == (("inm_stops",), history.timeline.day_of(date(2023, 3, 27)))
    assert loss.end_day == history.timeline.day_of(date(2023, 5, 10)), "on which the centres were closed"


def test_what_went_on_into_2024_did(in_force):
    assert in_force("us.cbp_one_daily", "2024-06-30") == 1450
    assert in_force("us.parole_monthly_cap", "2024-06-30", "Haiti") == 30000
    assert in_force("panama.bus_corridor", "2024-06-30") == 2


@for_all("name", [name for name in scenario_names() if load_scenario(name).parent])
def test_a_what_if_equals_its_parent_until_it_diverges(name):
    policy = resolve(load_scenario(name))
    parent = resolve(load_scenario(name).parent)
    shared = min(policy.diverges_on, parent.timeline.days)

    for lever, path in parent.levers.items():
        assert np.array_equal(policy.levers[lever].values[:shared], path.values[:shared])
        assert np.array_equal(policy.levers[lever].pool[:shared], path.pool[:shared])
    assert [n for n in policy.news if n.announced_day < shared] == [
        n for n in parent.news if n.announced_day < shared
    ]


def test_the_funds_that_last_are_the_only_difference_of_december(history):
    policy = resolve(load_scenario("funds-last-december"))
    days = policy.timeline.days
    moved = [
        name for name in LEVERS if (policy.levers[name].values != history.levers[name].values[:days]).any()
    ]

    assert moved == ["mexico.enforcement_funding"]
    assert policy.timeline.date_of(policy.diverges_on) == date(2023, 12, 1)


def test_returns_60000_makes_room_for_30000_returns_a_month_from_the_end_of_title_42():
    policy = resolve(load_scenario("returns-60000"))
    day = policy.timeline.day_of(date(2023, 5, 12))

    for nationality in FOUR:
        pledged = policy.levers["mexico.return_acceptance_monthly"].of(nationality)
        used = policy.levers["us.return_use_share"].of(nationality)
        assert pledged[day] * used[day] == 30_000
        assert pledged[day - 1] * used[day - 1] == 9_000


def test_panama_takes_4000_venezuelans_a_month_and_nobody_else():
    policy = resolve(load_scenario("panama-takes-back-venezuelans"))
    path = policy.levers["panama.deportee_acceptance_monthly"]

    assert path.of("Venezuela")[-1] == 4_000
    assert path.values[-1].sum() == 4_000
    assert policy.timeline.date_of(policy.diverges_on) == date(2023, 6, 1)
