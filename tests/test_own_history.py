"""What a party lived through moves its choices, through the front door: each number of it, the way its label says.

Two kinds of levers act through it as well: consequences that are certain send people home from the border, and more
stops make more of them join a caravan.
"""

from datetime import date
from functools import cache

import pytest

from corridor.engine.records.codes import Leg
from corridor.engine.simulation import Simulation
from tests.small_runs import drivers_of, live_to, simulation_of, value_of

PEOPLE = 200


def with_values(**values):
    return "".join(f"overrides: {{{', '.join(f'{name}: {value}' for name, value in values.items())}}}\n")


@cache
def recording_of(body):
    return Simulation(drivers_of(body, PEOPLE), seed=1).run()


def total(body, *indicators, **where):
    return sum(value_of(recording_of(body), indicator, **where) for indicator in indicators)


def change(indicators, low, high, **where):
    """What the second body makes of the first, less one."""
    return total(high, *indicators, **where) / total(low, *indicators, **where) - 1.0


ENDED = ("gave_up", "settled_en_route")


@pytest.mark.parametrize(
    ("name", "low", "high", "least"),
    [("weariness", 0, 0.7, 0.02), ("harm_weariness", 0, 1.5, 0.02), ("hopelessness", 0, 6, 0.02)],
)
def test_what_wears_people_down_makes_more_of_them_give_up(name, low, high, least):
    few, many = with_values(**{name: low}), with_values(**{name: high})
    assert change(ENDED, few, many, period="2022") > least


def test_the_fewer_see_a_way_the_fewer_wait():
    few, many = with_values(hopelessness=0), with_values(hopelessness=6)
    assert change(["waiting_north_mexico"], few, many, period="2023") < -0.05


def test_who_is_weary_is_encountered_less_often():
    often, seldom = with_values(weariness=0), with_values(weariness=0.7)
    repeats = [
        total(body, "encounters_usbp", period="2022") / total(body, "unique_people", period="2022")
        for body in (often, seldom)
    ]
    assert repeats[1] < repeats[0] - 0.01


def test_harm_weighs_more_with_children_where_it_weighs():
    little, much = (with_values(harm_weariness=1.5, children_weight=weight) for weight in (1, 4))
    assert change(ENDED, little, much, period="2023") > 0.005


def test_where_nearly_all_owe_a_sponsor_fewer_give_up_the_more_a_debt_counts():
    light, heavy = (with_values(sponsor_share=0.9, debt_resolve=size) for size in (0, 1.2))
    assert change(ENDED, light, heavy, period="2022") < -0.02


def test_some_of_those_who_give_up_in_the_north_stay_and_no_mexican_does():
    none, many = with_values(settles_in_the_north=0), with_values(settles_in_the_north=0.5)
    assert total(none, "settled_en_route", place="tijuana", period="2022") == 0.0
    assert total(many, "settled_en_route", place="tijuana", period="2022") > 0.0
    mexicans = [total(body, "settled_en_route", nationality="Mexico", period="2022") for body in (none, many)]
    assert mexicans[0] == mexicans[1], "who gave up on the way to the north"
    assert abs(change(ENDED, none, many, period="2022")) < 0.03


def test_who_is_surely_sent_back_leaves_the_border_more_often():
    """Places for all of everyone, and all of them returned: of those who reach the north a larger part gives up."""
    nationality = "Colombia"
    step = "  - {{id: {}, lever: {}, for: [Colombia], start: 2022-06-01, to: {}}}\n"
    certain = "interventions:\n" + "".join(
        step.format(*row)
        for row in (
            ("places", "mexico.return_acceptance_monthly", 1_000_000),
            ("expelled", "us.title_42_share", 1),
        )
    )
    ended = [total(body, *ENDED, nationality=nationality, period="2022") for body in ("", certain)]
    left = [total(body, "departures", nationality=nationality, period="2022") for body in ("", certain)]
    assert ended[1] / left[1] > 1.5 * ended[0] / left[0]


def test_more_stops_make_more_people_join_a_caravan():
    shock = "shocks: [{id: walk, kind: caravan, place: tapachula, start: 2022-06-06, size: 50000}]\n"
    stops = "interventions: [{{id: stops, lever: mexico.stops, start: 2022-01-03, to: {}}}]\n"
    joined = []
    for times in (0, 3):
        simulation = simulation_of(shock + stops.format(times), PEOPLE)
        code = simulation.drivers.geography.codes["honduras_guatemala"]
        morning = simulation.drivers.timeline.day_of(date(2022, 6, 6))
        live_to(simulation, morning + 4)
        exits = simulation.world["week"][code]
        joined.append(exits[Leg.JOINED_CARAVAN] / (exits[Leg.JOINED_CARAVAN] + exits[Leg.ONWARD]))
    assert joined[1] > joined[0] > 0.4
