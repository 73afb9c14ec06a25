"""A stop in Mexico costs the way made: everyone stopped goes somewhere; stops and money move the flow at the border."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import corridor.engine.simulation as engine
from corridor.engine.records.codes import Kind, Leg, Pool, Station, Wait
from corridor.engine.records.layout import PARTIES
from corridor.engine.simulation import Simulation
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import check_people, drivers_of, live_to, parties_in, simulation_of

COUNT = len(NATIONALITIES)
FOREIGN = np.arange(COUNT) != NATIONALITIES.index("Mexico")
SPRING, MONTH = 243, 1065  # 2021-03-01, 2023-06-01
CROSSED_ENCOUNTERED = 0  # exit of a crossing
STATIONS = ("inm_south", "inm_central")


class Count:
    """People by place, nationality and exit, and by place entered, on all days that a simulation lives in a block."""

    def __init__(self, simulation, monkeypatch):
        self.simulation, advance = simulation, engine.advance
        self.codes = simulation.drivers.geography.codes
        self.left, self.entered, self.places = 0, 0, np.zeros(COUNT)

        def counted(first, last, worlds, *rest):
            tally = simulation.tallies[0]
            before = tally["left"].copy(), tally["entered"].copy()
            daily = worlds[0]["allowances"]["daily"][Pool.INM_RETURNS :][:COUNT].copy()
            reached = advance(first, last, worlds, *rest)
            self.left = self.left + (tally["left"] - before[0])
            self.entered = self.entered + (tally["entered"] - before[1])
            self.places += daily * (reached - first)
            return reached

        monkeypatch.setattr(engine, "advance", counted)

    def out(self, place, exit=None):
        """People by nationality who left a place, by one exit or by any."""
        left = self.left[self.codes[place]].reshape(-1, PARTIES, self.left.shape[-1])[:COUNT].sum(axis=1)
        return left.sum(axis=1) if exit is None else left[:, exit]

    def into(self, place):
        return self.entered[self.codes[place]].reshape(-1, PARTIES)[:COUNT].sum(axis=1)

    def present(self, place):
        return self.simulation.world["places"]["by_nation"][self.codes[place]][:COUNT]


@pytest.fixture(scope="module")
def year():
    """A run to July 2021 from its first day, with what everybody did."""
    with pytest.MonkeyPatch.context() as patch:
        simulation = simulation_of("", 200, keep_fates=True)
        count = Count(simulation, patch)
        live_to(simulation, 380)
    return simulation, count


def test_everyone_stopped_is_held_and_then_returned_sent_back_or_released(year):
    _, count = year
    for station, legs in zip(STATIONS, (("tapachula", "caravan"), ("central_mexico",)), strict=True):
        stopped = sum(count.out(leg, Leg.DETECTED) for leg in legs)
        assert stopped.sum() > 200
        assert not stopped[~FOREIGN].any()
        np.testing.assert_array_equal(count.into(station), stopped)
        exits = [
            count.out(station, exit)
            for exit in (Station.RETURNED_HOME, Station.MOVED_SOUTH, Station.RELEASED)
        ]
        np.testing.assert_array_equal(sum(exits) + count.present(station), stopped)
        assert all(each.sum() > 0 for each in exits)
        kept = exits[1].sum() / (exits[1] + exits[2]).sum()
        assert kept == pytest.approx(0.9, abs=0.04), "sent back, of those not returned home"


def test_those_sent_back_begin_again_or_give_up_as_often_as_the_parameter_says(year):
    simulation, count = year
    cities = [place.id for _, place in simulation.drivers.geography.of_kind("wait")]
    moved = sum(count.out(station, Station.MOVED_SOUTH) for station in STATIONS)
    arrived = count.into("sent_back")
    from_cities = sum(count.out(city, Wait.MOVED_SOUTH) for city in cities)
    np.testing.assert_array_equal(arrived, moved + from_cities)
    gave_up, again = count.out("sent_back", Leg.GAVE_UP), count.out("sent_back", Leg.ONWARD)
    assert (gave_up + again).sum() > 300
    assert gave_up.sum() / (gave_up + again).sum() == pytest.approx(0.21, abs=0.05)
    # Some die there; the others are still there.
    assert 0 <= (arrived - gave_up - again - count.present("sent_back")).sum() <= 0.01 * arrived.sum()


def test_nobody_is_returned_beyond_the_places_of_their_nationality(year):
    _, count = year
    returned = sum(count.out(station, Station.RETURNED_HOME) for station in STATIONS)
    assert returned.sum() > 50
    largest_family = 5
    assert (returned <= count.places + largest_family).all()
    assert (returned[count.places == 0] == 0).all()
    assert returned.sum() <= count.places.sum()


def test_stops_are_events_of_the_same_people_and_each_party_counts_its_own(year):
    simulation, count = year
    stopped = sum(count.out(leg, Leg.DETECTED).sum() for leg in ("tapachula", "caravan", "central_mexico"))
    ended = simulation.fates[: simulation.world["clock"]["fates"]]
    lying, _ = parties_in(simulation)
    heads = np.concatenate([each["heads"].astype(int) for each in (ended, lying)])
    lost = np.concatenate([each["lost"].astype(int) for each in (ended, lying)])
    stops = np.concatenate([each["stops"].astype(int) for each in (ended, lying)])
    assert (stops * heads).sum() <= stopped <= (stops * (heads + lost)).sum()
    assert stops.max() >= 3, "the same party is stopped again and again"
    mexicans = (np.concatenate([ended["key"], lying["key"]]) >> np.uint64(56)) == np.flatnonzero(~FOREIGN)[0]
    assert mexicans.any() and not stops[mexicans].any()


@pytest.fixture(scope="module")
def march():
    """The state of a small run on 1 March 2021."""
    return live_to(simulation_of("", 500), SPRING).state()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    stops=st.floats(0.0, 5.0),
    share=st.sampled_from([0.0, 1.0]) | st.floats(0.0, 1.0),
    slowdown=st.floats(1.0, 5.0),
    money=st.sampled_from([0.0, 1.0]) | st.floats(0.0, 2.0),
)
def test_people_are_neither_lost_nor_made_whatever_mexico_does(march, stops, share, slowdown, money):
    moves = {
        "mexico.stops": stops,
        "mexico.sent_back_share": share,
        "mexico.slowdown": slowdown,
        "mexico.enforcement_funding": money,
    }
    entries = ", ".join(
        f"{{id: m{number}, lever: {lever}, start: 2021-03-01, to: {to:.4f}}}"
        for number, (lever, to) in enumerate(moves.items())
    )
    simulation = simulation_of(f"interventions: [{entries}]\n", 500)
    with pytest.MonkeyPatch.context() as patch:
        simulation.resume(march)
        held = {
            station: int(simulation.world["places"]["present"][simulation.drivers.geography.codes[station]])
            for station in STATIONS
        }
        count = Count(simulation, patch)
        for day in range(SPRING, SPRING + 40):
            live_to(simulation, day + 1)
            check_people(simulation)
    for station in STATIONS:
        out = count.out(station).sum()
        assert out + count.present(station).sum() == held[station] + count.into(station).sum()
        if money == 0.0:
            assert out == count.out(station, Station.RELEASED).sum()
    if stops == 0.0:
        assert not count.into("inm_central").any()


LEVERS = {
    "as on record": "",
    "no money": "lever: mexico.enforcement_funding, to: 0",
    "stops twice as often": "lever: mexico.stops, to: 2",
    "three in ten sent back": "lever: mexico.sent_back_share, to: 0.3",
}


@pytest.fixture(scope="module")
def june():
    """Encounters between ports in June 2023 by nationality, from one state on its first morning."""
    people = 100
    state = live_to(Simulation(drivers_of("", people)), MONTH).state()
    found = {}
    for name, lever in LEVERS.items():
        body = f"interventions: [{{id: moved, start: 2023-06-01, {lever}}}]\n" if lever else ""
        simulation = Simulation(drivers_of(body, people))
        with pytest.MonkeyPatch.context() as patch:
            simulation.resume(state)
            count = Count(simulation, patch)
            live_to(simulation, MONTH + 30)
        crossings = [place.id for _, place in simulation.drivers.geography.of_kind("cross")]
        found[name] = sum(count.out(place, CROSSED_ENCOUNTERED) for place in crossings)
        assert simulation.world["places"]["kind"][count.codes[crossings[0]]] == Kind.CROSS
    return found


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("no money", 1.15, 2.0),
        ("stops twice as often", 0.5, 0.92),
        ("three in ten sent back", 1.08, 1.8),
    ],
)
def test_within_a_month_others_than_mexicans_come_in_other_numbers_and_mexicans_do_not(
    june, name, least, most
):
    usual, moved = june["as on record"], june[name]
    assert usual[~FOREIGN].sum() > 200 and usual[FOREIGN].sum() > 200
    assert least < moved[FOREIGN].sum() / usual[FOREIGN].sum() < most
    assert moved[~FOREIGN].sum() / usual[~FOREIGN].sum() == pytest.approx(1.0, abs=0.05)


def test_money_does_more_than_the_share_sent_back_alone(june):
    """It buys returns, transport from the cities and the slowdown beside it."""
    assert june["no money"][FOREIGN].sum() > june["three in ten sent back"][FOREIGN].sum()
