"""The day's own parts: choices, lengths of stay, counting, and the custody queue.

The larger ones are run as plain Python: their compiled forms are one function (`advance`), and
tests/test_randomness.py lives whole weeks in both.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.kernel import day as schedule
from corridor.engine.kernel.day import (
    arrive,
    choose_branch,
    count_exit,
    note_encounter,
    record_harm,
    sample_stay,
)
from corridor.engine.records.codes import Custody, Harm, Kind, Leg, Station
from corridor.engine.records.layout import (
    CHUNK,
    EXITS,
    FATE,
    LONGEST_STAY,
    NATIONS,
    PERSON,
    PLACE,
    RING,
    STAY_KNOTS,
    TALLY,
    WORLD,
)
from tests.engine.bare_records import QUICK, UNIFORMS, agreed, record_of
from tests.plain_python import plain

follow, live = plain(schedule.move_party), plain(schedule.choose_exit)
put, serve = plain(schedule.schedule), plain(schedule.process_custody_queue)
HERE, THERE, END = 5, 6, 0
DAY = 40
EVEN = (0.5, 0.5, 0.5, 0.5)
READABLE_FATE = np.dtype((np.record, FATE))  # plain Python reads fields of records only


def small_world(kind=Kind.LEG, *, mean_days=3.0, **fields):
    world = record_of(WORLD, **{"clock__represents": 50, "clock__seed": 1, **fields})
    places = world["places"]
    places["exits"] = np.arange(len(places))[:, None]
    places["kind"][[HERE, THERE]] = kind
    places["rank"][[HERE, THERE]] = [10, 11]
    places["stream"] = np.arange(len(places))
    places["crowding"] = 1.0
    places["street_limit"] = np.inf
    world["terms"]["mean_days"][[HERE, THERE]] = mean_days
    world["stays"][0] = np.linspace(0.0, 2.0, STAY_KNOTS)
    world["calendar"]["buckets"]["head"] = world["calendar"]["buckets"]["tail"] = -1
    world["calendar"]["free"], world["calendar"]["used"] = -1, 1
    return world


def party_at(place=HERE, heads=3, **fields):
    return record_of(PERSON, **{"place": place, "nation": 2, "heads": heads, "key": 2 << 56, **fields})


def put_here(world, person):
    world["places"]["present"][person["place"]] += person["heads"]
    world["places"]["by_nation"][person["place"], person["nation"]] += person["heads"]
    world["clock"]["departed"] += person["heads"]


@QUICK
@given(UNIFORMS)
def test_a_fork_chooses_by_todays_shares_and_before_the_border_as_a_people_leans(u):
    world, person, shares = record_of(WORLD), record_of(PERSON, nation=2), [0.1, 0.1, 0.7]
    expected = 0 if u < 0.1 else 2 if u < 0.7 else 3
    place = record_of(PLACE, toward=shares + [1.0] * (EXITS - 3))
    assert agreed(choose_branch, world, person, place, False, u) == expected
    world["places"]["kind"][0] = Kind.WAIT
    assert agreed(choose_branch, world, person, place, False, u) == EXITS - 1
    world["leanings"]["cities"][2] = shares + [1.0] * (EXITS - 3)
    world["leanings"]["cities_hidden"][2] = [0.4] + [1.0] * (EXITS - 1)
    assert agreed(choose_branch, world, person, place, False, u) == expected
    assert agreed(choose_branch, world, person, place, True, u) == (0 if u < 0.4 else 1), "as guides lead"


@QUICK
@given(UNIFORMS, st.floats(0.0, 2000.0))
def test_every_stay_is_a_day_at_least_and_within_the_calendar(u, mean_days):
    world = small_world(mean_days=mean_days)
    days = agreed(sample_stay, world, party_at(), world["places"][HERE], u)
    assert 1 <= days <= LONGEST_STAY < RING
    assert days == min(max(1, int(2.0 * mean_days * u + 0.5)), LONGEST_STAY)


@pytest.mark.parametrize(
    ("start", "end", "setbacks", "tries"),
    [(HERE, THERE, 0, 0), (THERE, HERE, 1, 0), (HERE, HERE, 0, 3)],
    ids=["forward", "back", "staying"],
)
def test_an_arrival_is_numbered_so_that_no_draw_comes_twice(start, end, setbacks, tries):
    world, person = small_world(), party_at(start, tries=2)
    put_here(world, person)
    tally = record_of(TALLY)
    agreed(arrive, world, tally, person, end, DAY)
    assert (person["setbacks"], person["tries"], person["place"], person["since"]) == (
        setbacks,
        tries,
        end,
        DAY,
    )
    assert world["places"]["present"][end] == 3
    assert world["places"]["present"].sum() == 3
    assert tally["entered"].sum() == (0 if start == end else 3)


def test_a_place_calls_the_mechanism_of_its_kind():
    world = small_world(Kind.LEG)
    world["terms"]["detect"][HERE] = 1.0
    assert live(world, party_at(), world["places"][HERE], 1.0, (0.5, 0.5, 0.5, 0.5)) == Leg.DETECTED


def test_people_are_unique_once_a_period_and_once_a_year():
    world, tally, person = (
        small_world(clock__period_start=30, clock__year_start=10),
        record_of(TALLY),
        party_at(),
    )
    for day in (12, 35, 36):  # the year has begun, the period begins on day 30
        agreed(note_encounter, world, tally, person, day)
    assert person["attempts"] == 3
    assert tally["encounters_today"] == 9
    assert world["nations"]["unique_year"][2] == 3
    assert tally["unique"][2] == 6  # on day 12 (an earlier period) and on day 35


@pytest.mark.parametrize(("before", "after"), [(0, 1), (254, 255), (255, 255)])
def test_stops_and_attempts_are_counted_up_to_what_their_byte_holds(before, after):
    world, tally, person = small_world(Kind.LEG), record_of(TALLY), party_at(stops=before, attempts=before)
    agreed(note_encounter, world, tally, person, DAY)
    agreed(count_exit, world, tally, person, Leg.DETECTED, DAY)
    assert (person["stops"], person["attempts"]) == (after, after)


@pytest.mark.parametrize(("kind", "days"), [(Harm.ROBBERY, 0), (Harm.EXTORTION, 0), (Harm.KIDNAPPING, 20)])
def test_harm_is_counted_for_every_member_and_kidnapping_takes_days(kind, days):
    world = small_world(rules__kidnapping_days=20.0, rules__ransom=100.0, rules__extortion=10.0)
    tally, person = record_of(TALLY), party_at()
    put_here(world, person)
    assert record_harm(world, tally, person, world["places"][HERE], kind) == days
    assert tally["harm"][HERE, 2, kind] == 3
    assert tally["fees"][2] == {Harm.KIDNAPPING: 300.0, Harm.EXTORTION: 30.0}.get(kind, 0.0)
    assert person["marks"] == 1 << kind


def test_a_death_takes_one_member_and_the_last_one_ends_the_party():
    world, tally, person = small_world(), record_of(TALLY), party_at(heads=2)
    put_here(world, person)
    results = [record_harm(world, tally, person, world["places"][HERE], Harm.DEATH) for _ in range(2)]
    assert results[0] == 0
    assert results[1] < 0
    assert (person["heads"], person["lost"]) == (0, 2)
    assert world["clock"]["died"] == 2
    assert not world["places"]["present"].any()
    assert tally["harm"][HERE, 2, Harm.DEATH] == 2


def queue_of(world, sizes):
    """Parties in the custody queue of HERE, in order."""
    chunks = np.zeros(64, dtype=CHUNK)
    for number, heads in enumerate(sizes):
        person = party_at(heads=heads, key=(2 << 56) | number, since=DAY - 2)
        put_here(world, person)
        put(world, chunks, person, RING + HERE)
    return chunks


def custody(sizes, *, capacity=np.inf, beds=100.0, limit=np.inf, lateral=0.0, **fields):
    """Live one day of a custody; returns the counts by exit, and how many are still there."""
    world = small_world(Kind.CUSTODY, **fields)
    place = world["places"][HERE]
    place["exits"][:] = END
    place["exits"][Custody.LATERAL] = THERE
    for name, value in {
        "capacity": capacity,
        "beds": beds,
        "street_limit": limit,
        "lateral": lateral,
    }.items():
        place[name] = value
    chunks = queue_of(world, sizes)
    tally = record_of(TALLY)
    serve(world, tally, chunks, np.zeros(1, dtype=FATE), HERE, DAY)
    left = tally["left"][HERE].sum(axis=0)
    assert world["places"]["present"].sum() == sum(sizes)
    assert world["places"]["present"][HERE] == sum(sizes) - left.sum()
    return left, world


def test_a_custody_without_limits_processes_everyone():
    left, world = custody([1, 2, 3] * 50)
    assert left[Custody.RELEASED] == left.sum() == 300
    assert world["calendar"]["buckets"][RING + HERE]["head"] == -1


def test_a_custody_processes_its_capacity_first_come_first_served():
    left, world = custody([2] * 100, capacity=21.0)
    assert left.sum() == 22  # the last party is begun while there is credit, and paid for tomorrow
    assert world["places"]["credit"][HERE] == pytest.approx(-1.0)
    assert world["calendar"]["buckets"][RING + HERE]["first"] == 11


def test_what_is_not_processed_goes_to_the_street_above_the_limit():
    left, world = custody([1] * 100, capacity=10.0, limit=60.0)
    assert left[Custody.RELEASED] == 10
    assert left[Custody.STREET_RELEASE] == 30
    assert world["places"]["present"][HERE] == 60


def test_above_its_beds_a_sector_flies_out_as_many_as_seats_allow():
    left, world = custody([1] * 100, capacity=0.0, beds=50.0, lateral=20.0)
    assert left[Custody.LATERAL] == 20
    assert world["places"]["present"][THERE] == 20
    left, world = custody([1] * 100, capacity=0.0, beds=90.0, lateral=20.0)
    assert left[Custody.LATERAL] == 10


def test_expulsions_are_quick_so_more_people_pass():
    world_fields = {"rules__quick_processing": 0.25}
    world = small_world(Kind.CUSTODY, **world_fields)
    world["nations"]["expel"][2] = 1.0
    world["allowances"]["left"][:NATIONS] = np.inf
    world["nations"]["mexico_pool"][2] = 2
    place = world["places"][HERE]
    place["exits"][:] = END
    place["capacity"], place["beds"], place["street_limit"] = 10.0, 1000.0, np.inf
    chunks, tally = queue_of(world, [1] * 100), record_of(TALLY)
    serve(world, tally, chunks, np.zeros(1, dtype=FATE), HERE, DAY)
    assert tally["left"][HERE].sum(axis=0)[Custody.EXPELLED_TO_MEXICO] == 40


def test_more_capacity_never_leaves_a_longer_queue():
    left_over = [100 * 3 - custody([3] * 100, capacity=capacity)[0].sum() for capacity in range(0, 320, 7)]
    assert (np.diff(left_over) <= 0).all()


def test_a_party_that_dies_out_is_kept_as_a_fate_and_leaves_the_calendar():
    world = small_world(Kind.LEG, clock__keeps_fates=1)
    world["places"]["deadly"][HERE] = 1.0
    person, chunks, tally, fates = (
        party_at(heads=1),
        np.zeros(8, dtype=CHUNK),
        record_of(TALLY),
        np.zeros(4, READABLE_FATE),
    )
    put_here(world, person)
    follow(world, tally, chunks, fates, person, Leg.ONWARD, EVEN, EVEN, DAY)
    assert world["clock"]["ended"] == world["clock"]["fates"] == world["clock"]["died"] == 1
    assert (fates["exit"][0], fates["key"][0], fates["day"][0]) == (255, person["key"], DAY)
    assert (world["calendar"]["buckets"]["head"] == -1).all()
    assert fates["stops"][0] == 0


def left_by(person, kind, exit, **fields):
    """The world after a party has left a place of a kind by an exit."""
    world = small_world(kind, clock__keeps_fates=1, **fields)
    world["places"]["exits"][HERE] = END
    world["places"]["kind"][END] = Kind.SINK
    put_here(world, person)
    fates = np.zeros(4, READABLE_FATE)
    follow(world, record_of(TALLY), np.zeros(8, dtype=CHUNK), fates, person, exit, EVEN, EVEN, DAY)
    return world, fates


@pytest.mark.parametrize(
    ("exit", "before", "after"),
    [
        (Leg.DETECTED, 0, 1),
        (Leg.DETECTED, 3, 4),
        (Leg.DETECTED, 254, 255),
        (Leg.DETECTED, 255, 255),
        (Leg.ONWARD, 3, 3),
        (Leg.GAVE_UP, 3, 3),
    ],
)
def test_a_stop_is_counted_on_the_party_and_told_in_its_fate(exit, before, after):
    person = party_at(stops=before)
    world, fates = left_by(person, Kind.LEG, exit)
    assert person["stops"] == fates["stops"][0] == after
    assert not world["nations"]["way_failed"].any(), "a stop is heard when a station has decided"


@pytest.mark.parametrize(
    ("exit", "weight"),
    [(Station.RETURNED_HOME, 1.0), (Station.MOVED_SOUTH, 0.1), (Station.RELEASED, 0.0)],
)
def test_at_home_they_hear_whom_a_station_returned_or_sent_back(exit, weight):
    person = party_at(heads=3, stops=2)
    world, fates = left_by(person, Kind.STATION, exit, rules__heard_returned=1.0, rules__heard_sent_back=0.1)
    heard = world["nations"]["way_failed"]
    assert heard[2, person["route"]] == pytest.approx(weight * 3 * 50 / 7.0)
    assert heard.sum() == heard[2, person["route"]], "only compatriots hear, of the route taken"
    assert not world["nations"]["failures"].any()
    assert person["stops"] == fates["stops"][0] == 2
