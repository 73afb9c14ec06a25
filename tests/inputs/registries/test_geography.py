"""The map: places with codes, exits that lead somewhere, and what a new place or leg needs."""

import copy
from importlib import resources

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from corridor.engine.simulation import Simulation
from corridor.foundations.errors import InputError
from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.geography import (
    BORDER,
    DEAD,
    RANKS,
    RELEASE,
    REMEMBERED,
    build_geography,
    load_geography,
)
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.scenario_files import load_scenario
from tests.small_runs import check_people, value_of


@pytest.fixture(scope="module")
def shipped():
    """The content of the shipped file."""
    text = resources.files("corridor").joinpath("data/places.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe").load(text)


@pytest.fixture
def data(shipped):
    return copy.deepcopy(shipped)


def test_every_place_has_a_code_and_a_name_of_its_own():
    geography = load_geography()
    assert sorted(geography.codes.values()) == list(range(len(geography.places)))
    assert geography.places[geography.codes["darien"]].id == "darien"


def test_the_first_place_is_the_end_of_the_dead():
    assert load_geography().codes[DEAD] == 0


def test_levers_name_places_of_the_map():
    geography = load_geography()
    codes = geography.codes
    for lever in ("us.custody_beds", "us.processing_daily", "us.lateral_flights_daily", "mexico.shelter_places",
                  "mexico.transfers_south_daily", "mexico.stops", "mexico.slowdown"):  # fmt: skip
        assert set(LEVERS[lever].members) <= set(codes), lever
    assert set(LEVERS["us.crossings_closed"].members) == set(geography.crossings)
    bus_ends = {member.split("/")[1] for member in LEVERS["us.buses_north_daily"].members}
    assert bus_ends == {place.id for place in geography.places if place.fate == "released"}


def test_a_sector_is_a_place_to_cross_and_a_custody_reported_under_one_name():
    geography = load_geography()
    for _, place in geography.of_kind("cross"):
        custody = geography.places[geography.codes[place.exits["apprehended"]]]
        assert (custody.kind, custody.reported_as) == ("custody", place.id)
        assert place.rank < custody.rank


def test_everyone_who_gets_on_comes_to_a_later_place_and_every_journey_can_end():
    geography = load_geography()
    codes, ends = geography.codes, {place.id for place in geography.places if place.kind == "end"}
    for place in geography.places:
        for name, target in place.exits.items():
            if name in ("onward", "apprehended", "admitted"):
                assert geography.places[codes[target]].rank > place.rank, (place.id, name)
    reaches = set(ends)
    while True:
        more = {
            place.id
            for place in geography.places
            if place.id not in reaches and reaches & {*place.exits.values(), *place.feeds}
        }
        if not more:
            break
        reaches |= more
    assert reaches == set(codes)


def test_every_city_feeds_a_sector_and_every_sector_is_fed():
    geography = load_geography()
    fed = set()
    for _, city in geography.of_kind("wait"):
        assert 1 <= len(city.feeds) <= 4
        fed |= set(city.feeds)
    assert fed == {place.id for _, place in geography.of_kind("cross")}


def test_every_route_begins_at_a_leg_for_every_nationality_and_one_of_dated_arrivals_in_a_city():
    geography = load_geography()
    for route in geography.routes:
        kind = "leg" if route.parameter else "wait"
        places = {place.id for _, place in geography.of_kind(kind)}
        assert {route.differs.get(nation, route.begins) for nation in NATIONALITIES} <= places


def test_places_on_the_ground_have_coordinates_of_the_region():
    for place in load_geography().places:
        if place.latitude is not None:
            assert 5 < place.latitude < 50
            assert -125 < place.longitude < -70


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda data: data["legs"][1]["exits"].update(onward="costa_rica"),
            "'darien' leads to unknown place 'costa_rica'",
        ),
        (lambda data: data["cities"].append(dict(data["cities"][0])), "'tijuana' occurs twice"),
        (
            lambda data: data["routes"][0].update(begins="aproach"),
            "begins at unknown place 'aproach'.*approach",
        ),
        (lambda data: data["cities"][0].update(office="san_diego"), "leads to unknown place 'san_diego'"),
    ],
    ids=["unknown exit", "twice", "unknown beginning", "unknown office"],
)
def test_a_map_that_leads_nowhere_is_refused(data, change, message):
    change(data)
    with pytest.raises(InputError, match=message):
        build_geography(data)


def test_all_problems_of_a_map_are_told_at_once(data):
    data["legs"][0]["exits"]["onward"] = "nowhere"
    data["routes"][1]["begins"] = "elsewhere"
    with pytest.raises(InputError) as refused:
        build_geography(data)
    assert len(refused.value.problems) == 2


def insert_leg(data, before="darien", **fields):
    """A new leg on the way to another, as a user would add it."""
    leg = {
        "id": "ferry", "label": "By boat across the gulf", "country": "Colombia", "latitude": 8.5, "longitude": -77.0,
        "rank": 10, "days": 2, "exits": {"onward": before, "gave_up": "gave_up"}, **fields,
    }  # fmt: skip
    data["legs"].append(leg)
    return leg


def run_on(data, people_per_agent=1000):
    policy = resolve(load_scenario("history"))
    geography = build_geography(data)
    return Simulation(
        compile_drivers(policy, load_parameters(), people_per_agent=people_per_agent, geography=geography)
    )


def test_a_leg_added_as_data_is_walked_without_a_change_of_code(data):
    insert_leg(data)
    data["legs"][0]["exits"]["onward"] = "ferry"
    simulation = run_on(data)
    ferry = simulation.drivers.geography.codes["ferry"]
    present = 0
    while simulation.today < 500:
        simulation.step()
        present = max(present, int(simulation.world["places"]["present"][ferry]))
    check_people(simulation)
    assert present > 0


def test_a_place_that_nobody_visits_changes_nobodys_journey(data):
    insert_leg(data)
    added, usual = run_on(data).run(), run_on(copy.deepcopy(dict(data, legs=data["legs"][:-1]))).run()
    for indicator in (
        "departures",
        "darien_entries",
        "encounters_usbp",
        "deaths",
        "releases",
        "fees_paid_usd",
    ):
        for year in ("2021", "2022", "2023"):
            assert value_of(added, indicator, period=year) == value_of(usual, indicator, period=year), (
                indicator
            )


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_random_maps_conserve_people_and_come_to_an_end(data, drawn):
    data = copy.deepcopy(data)
    legs = {leg["id"]: leg for leg in data["legs"]}
    for name, leg in legs.items():
        if name == "caravan":
            continue
        later = [
            other["id"] for other in data["legs"] if other["rank"] > leg["rank"] and other["id"] != "caravan"
        ]
        if "onward" in leg["exits"]:
            leg["exits"]["onward"] = drawn.draw(st.sampled_from([*later, BORDER]))
        leg["exits"]["gave_up"] = drawn.draw(st.sampled_from(["gave_up", "settled"]))
    for station in data["stations"]:
        station["exits"]["moved_south"] = drawn.draw(st.sampled_from(sorted(legs)))
    for city in data["cities"]:
        city["office"] = drawn.draw(st.sampled_from([office["id"] for office in data["offices"]]))
    simulation = run_on(data, 3000)
    while simulation.today < 600:
        simulation.step()
        check_people(simulation)
    assert simulation.world["clock"]["ended"] > 0


def test_names_that_the_map_uses_for_itself_are_ranked_as_the_schedule_needs():
    geography = load_geography()
    place = {
        name: geography.places[geography.codes[name]] for name in (BORDER, RELEASE, "tijuana", "yuma_custody")
    }
    assert (
        place[BORDER].rank
        < RANKS["city"]
        < RANKS["crossing"]
        < RANKS["custody"]
        < RANKS["return"]
        < RANKS["end"]
    )
    assert place["tijuana"].rank == RANKS["city"]
    assert place["yuma_custody"].rank < place[RELEASE].rank
    assert all(place.exits["tries_again"] == REMEMBERED for _, place in geography.of_kind("return"))
