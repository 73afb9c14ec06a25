"""Keyed randomness: every draw belongs to one visit of one agent, so nothing else can change it."""

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from corridor.engine.kernel.day import advance
from corridor.engine.records.calendar import NONE
from corridor.engine.records.codes import POOLS, Kind
from corridor.engine.records.layout import CHUNK_PARTIES, CLOCK, NATIONS, RING
from corridor.engine.simulation import Simulation
from corridor.foundations.draws import (
    ATTRIBUTES,
    DEPARTURES,
    NOISE,
    PASSAGE,
    draw_for_many,
    four_uniforms,
    philox,
)
from corridor.foundations.errors import InputError
from corridor.inputs.scenarios.scenario_files import parse_scenario
from tests.plain_python import plain
from tests.random_scenarios import scenario_bodies
from tests.small_runs import UNUSED, differing_fields, drivers_of, live_to, parties_in, simulation_of, unlike

# Random123's known-answer vectors: counter, key, result.
KNOWN_ANSWERS = {
    "zero": (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    "ones": (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    "pi": ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
}
DAY_OF_2022 = 549  # 2022-01-01


def words(text):
    return [np.uint64(int(word, 16)) for word in text.split()]


def clock_of(seed=1, replicate=0):
    clock = np.zeros(1, dtype=CLOCK)[0]
    clock["seed"], clock["replicate"] = seed, replicate
    return clock


# --- the generator ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["compiled", "plain"])
@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(name, how):
    counter, key, answer = map(words, KNOWN_ANSWERS[name])
    function = philox if how == "compiled" else philox.py_func
    assert [int(word) for word in function(*key, *counter)] == [int(word) for word in answer]


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**32 - 1), min_size=6, max_size=6))
def test_compiled_and_plain_philox_agree(numbers):
    arguments = [np.uint64(number) for number in numbers]
    assert philox(*arguments) == tuple(map(int, philox.py_func(*arguments)))


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_uniforms_lie_inside_the_unit_interval_and_are_the_same_in_plain_python(key, stream, visit):
    arguments = clock_of(), np.uint64(key), np.uint64(stream), np.uint64(visit)
    draw = four_uniforms(*arguments)
    assert all(0.0 < u < 1.0 for u in draw)
    assert draw == plain(four_uniforms)(*arguments)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(*[st.integers(0, 2**32 - 1)] * 3, st.integers(0, 2**31 - 1)), max_size=63))
def test_draws_for_many_are_those_of_each(names):
    counters = np.zeros((4, 63), dtype=np.uint64)
    counters[:, : len(names)] = np.array(names, dtype=np.uint64).reshape(-1, 4).T
    luck = np.full((8, 63), -1.0)
    clock = clock_of(seed=2**32 - 1, replicate=7)
    draw_for_many(clock, counters, len(names), luck)
    for i, (low, high, stream, visit) in enumerate(names):
        key = np.uint64(high << 32 | low)
        assert tuple(luck[:4, i]) == four_uniforms(clock, key, stream, visit)
        assert tuple(luck[4:, i]) == four_uniforms(clock, key, stream, visit | int(PASSAGE))
    assert (luck[:, len(names) :] == -1.0).all()


def test_uniforms_are_uniform_and_their_words_unrelated():
    draws = np.array([four_uniforms(clock_of(), np.uint64(key), 7, 0) for key in range(20_000)])
    np.testing.assert_allclose(draws.mean(axis=0), 0.5, atol=0.01)
    np.testing.assert_allclose(draws.var(axis=0), 1 / 12, atol=0.003)
    assert np.abs(np.corrcoef(draws.T) - np.eye(4)).max() < 0.03


@pytest.mark.parametrize("changed", ["seed", "replicate", "key", "high word of key", "stream", "visit"])
def test_every_part_of_the_name_of_a_draw_changes_it(changed):
    name = {"seed": 1, "replicate": 0, "key": 5, "stream": 9, "visit": 3}

    def draw(name):
        clock = clock_of(name["seed"], name["replicate"])
        return four_uniforms(clock, np.uint64(name["key"]), name["stream"], name["visit"])

    part, step = ("key", 1 << 32) if changed == "high word of key" else (changed, 1)
    other = draw({**name, part: name[part] + step})
    assert not set(other) & set(draw(name))


def test_a_seed_is_one_word_of_the_key_and_a_longer_one_is_refused():
    key = np.uint64(5)
    assert four_uniforms(clock_of(seed=1), key, 9, 3) == four_uniforms(clock_of(seed=1 + 2**32), key, 9, 3)
    parse_scenario(f"name: x\nextends: history\nrun: {{seed: {2**32 - 1}}}")
    with pytest.raises(InputError, match="from 0 to 4,294,967,295"):
        parse_scenario(f"name: x\nextends: history\nrun: {{seed: {2**32}}}")


# --- no draw is used twice ----------------------------------------------------------------------------------------


def test_no_draw_is_used_twice_and_plain_python_lives_the_same_days(monkeypatch):
    until = DAY_OF_2022 + 30
    compiled = live_to(simulation_of("", 4000), until)
    asked = []

    def remember(clock, key, stream, visit):
        asked.append((int(key), int(stream), int(visit)))
        return four_uniforms(clock, key, stream, visit)

    def remember_many(clock, counters, count, luck):
        for low, high, stream, visit in counters[:, :count].T.tolist():
            asked.append((high << 32 | low, stream, visit))
            asked.append((high << 32 | low, stream, visit | int(PASSAGE)))
        draw_for_many(clock, counters, count, luck)

    interpreted = live_to(simulation_of("", 4000), DAY_OF_2022)
    monkeypatch.setattr(
        "corridor.engine.simulation.advance",
        plain(advance, four_uniforms=remember, draw_for_many=remember_many),
    )
    live_to(interpreted, until)
    assert len(asked) > 900
    assert len(set(asked)) == len(asked)
    assert {ATTRIBUTES, DEPARTURES, NOISE} < {stream for _, stream, _ in asked}
    # Sums of floats may differ in the last bit.
    rounded = {"nations", "places", "offices", "rules", "week", "terms", "allowances", "leanings", "circles"}
    assert {field.split(".")[0] for field in unlike(interpreted, compiled)} <= rounded
    for record, fields in {
        "nations": ("belief_origin", "belief_border", "ready"),
        "circles": ("belief_origin", "pool", "leaving"),
    }.items():
        for field in fields:
            np.testing.assert_allclose(
                interpreted.world[record][field], compiled.world[record][field], rtol=1e-6
            )


def test_every_step_of_every_journey_has_a_visit_number_of_its_own():
    # A draw is named by (agent, place, visit), visit by (setbacks, tries). Each step must go forward along the ranks,
    # add a setback, or add a try at the same place: then no name comes again.
    simulation = simulation_of("", 500)
    places = simulation.world["places"]
    before = {}
    steps = 0
    while simulation.running:
        simulation.step()
        parties, _ = parties_in(simulation)
        order = zip(
            parties["setbacks"].tolist(),
            places["rank"][parties["place"]].tolist(),
            parties["tries"].tolist(),
            parties["place"].tolist(),
            strict=True,
        )
        now = dict(zip(parties["key"].tolist(), order, strict=True))
        for key, (*step, place) in now.items():
            if key in before:
                *last, last_place = before[key]
                if (step, place) != (last, last_place):
                    assert step > last, f"party {key} went from {last_place} {last} to {place} {step}"
                    assert step[2] == 0 or place == last_place, "tries carried to another place"
                    steps += 1
        before = now
    assert steps > 20_000


def test_streams_of_places_are_different_and_none_is_a_reserved_purpose():
    world = simulation_of("", 2000).world
    count = len(drivers_of("", 2000).geography.places)
    streams = world["places"]["stream"][:count].tolist()
    assert len(set(streams)) == count
    assert not set(streams) & {ATTRIBUTES, DEPARTURES, NOISE}


# --- same seed, same run ------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    first, again = (simulation_of("", 1000, keep_fates=True).run() for _ in range(2))
    assert first.values.tobytes() == again.values.tobytes()
    assert first.fates is not None and again.fates is not None
    assert first.fates.tobytes() == again.fates.tobytes()
    assert first.periods == again.periods
    for other in ({"seed": 2}, {"replicate": 1}):
        assert simulation_of("", 1000, **other).run().values.tobytes() != first.values.tobytes()


def test_neither_other_replicates_nor_numpys_own_generator_change_a_replicate():
    alone = simulation_of("", 2000, replicate=3).run().values.tobytes()
    together = [simulation_of("", 2000, replicate=number) for number in range(4)]
    for day in (100, 500):
        for simulation in reversed(together):
            live_to(simulation, day)
    np.random.default_rng().random(10)
    while together[3].running:
        together[3].step()
    assert together[3].recording().values.tobytes() == alone


@pytest.mark.parametrize("daily", [False, True])
def test_run_gives_what_stepping_day_by_day_gives(daily):
    drivers = drivers_of("", 1000, daily=daily)
    stepped = Simulation(drivers)
    while stepped.running:
        stepped.step()
    assert Simulation(drivers).run().values.tobytes() == stepped.recording().values.tobytes()


@pytest.mark.parametrize("steps", [14, 703], ids=["to a day on which Python looks in", "to any other day"])
def test_run_goes_on_from_where_steps_have_come(steps):
    alone = simulation_of("", 1000).run().values.tobytes()
    assert live_to(simulation_of("", 1000), steps).run().values.tobytes() == alone


def test_daily_reporting_changes_no_month():
    monthly, daily = simulation_of("", 1000).run(), Simulation(drivers_of("", 1000, daily=True)).run()
    rows = [daily.periods.index(period) for period in monthly.periods]
    np.testing.assert_allclose(daily.values[rows], monthly.values, rtol=1e-9)


# --- scenarios are equal until they diverge -----------------------------------------------------------------------

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def check_equal_before_divergence(body, people_per_agent=2000):
    """Equal in every cell of every period before, and person by person on the morning of, the divergence."""
    scenario, history = drivers_of(body, people_per_agent), drivers_of("", people_per_agent)
    diverges, timeline = scenario.diverges_on, history.timeline
    mine, theirs = Simulation(scenario), Simulation(history)
    if diverges > 0:  # on the first morning beliefs already are what the policies of that day make them
        assert unlike(live_to(mine, diverges), live_to(theirs, diverges)) == []
    recording, baseline = Simulation(scenario).run(), Simulation(history).run()
    months = timeline.month_of_day
    before = sum(diverges > np.flatnonzero(months == month).max() for month in range(months.max() + 1))
    years = timeline.year_of_day
    closed = recording.periods[:before] + tuple(
        year
        for number, year in enumerate(timeline.years())
        if diverges > np.flatnonzero(years == number).max()
    )
    for period in closed:
        one = recording.values[recording.periods.index(period)]
        other = baseline.values[baseline.periods.index(period)]
        assert np.array_equal(one, other, equal_nan=True), period


@settings(max_examples=8, deadline=None, suppress_health_check=SLOW)
@given(body=scenario_bodies(first=date(2021, 6, 1), most=2))
def test_a_random_scenario_equals_history_until_it_diverges(body):
    note(body)
    check_equal_before_divergence(body)


def test_a_cancelled_announcement_matters_from_its_announcement_only():
    check_equal_before_divergence(
        "interventions: [{id: x, lever: us.title_42, announced: 2022-08-01, start: 2022-10-01, "
        "cancelled: 2022-09-15, to: 0}]"
    )


def test_levers_that_make_a_later_announced_movement_pointless_do_not_reach_back_to_its_announcement():
    # History announces the end of Title 42 on 2023-01-30 for 2023-05-12. A scenario that ends it on 2023-03-01
    # makes that movement no movement; nobody can know so in February.
    check_equal_before_divergence(
        "interventions: [{id: x, lever: us.title_42, start: 2023-03-01, end: 2023-05-11, to: 0}]"
    )


def test_a_longer_run_equals_the_shorter_one_as_far_as_that_goes():
    longer, shorter = simulation_of("period: {end: 2024-06-30}", 1000).run(), simulation_of("", 1000).run()
    rows = [longer.periods.index(period) for period in shorter.periods]
    different = {
        shorter.cells.indicator[cell]
        for row, mine in zip(rows, shorter.values, strict=True)
        for cell in np.flatnonzero(
            ~((longer.values[row] == mine) | (np.isnan(mine) & np.isnan(longer.values[row])))
        )
    }
    assert different == set()


# --- one more person ----------------------------------------------------------------------------------------------


def frozen(day=DAY_OF_2022, people_per_agent=500):
    """A replicate in which nothing that one person does reaches another: no caps, no crowds, no learning."""
    simulation = live_to(simulation_of("", people_per_agent), day)
    world, outlook = simulation.world, simulation.plan.outlook.copy()
    rules, places = world["rules"], world["places"]
    rules["origin_memory"] = rules["border_memory"] = np.inf
    rules["leaning_days"] = np.inf
    rules["appointments"] = rules["caravan_room"] = 0.0
    outlook["exceptions"] = 0.0
    world["allowances"]["daily"][:POOLS] = np.inf
    custody = places["kind"] == Kind.CUSTODY
    places["capacity"][custody] = places["street_limit"][custody] = np.inf
    places["beds"][custody] = places["lateral"][custody] = 0.0
    return simulation, outlook


def live(simulation, outlook, days):
    """Let the kernel alone live some days."""
    first = simulation.today
    reached = advance(
        first,
        first + days,
        simulation.worlds,
        simulation.chunks,
        outlook,
        simulation.tallies,
        simulation.fates,
        simulation.plan.normal,
    )
    assert reached == first + days
    parties, _ = parties_in(simulation)
    return {int(party["key"]): party for party in parties}


def same_party(one, other):
    return not set(differing_fields(one, other, "party")) - set(UNUSED)


def add_one(simulation, like):
    """Put one more party into the calendar: the twin of another under a new key."""
    parties, buckets = parties_in(simulation)
    candidates = np.flatnonzero((parties["key"] == like) & (buckets < RING))
    assert len(candidates) == 1
    party, which = parties[candidates[0]].copy(), buckets[candidates[0]]
    party["key"] = int(party["key"]) + 2**31
    bucket = simulation.world["calendar"]["buckets"][which]
    assert bucket["tail"] != NONE and bucket["filled"] < CHUNK_PARTIES
    simulation.chunks[bucket["tail"]]["parties"][bucket["filled"]] = party
    bucket["filled"] += 1
    place = simulation.world["places"][party["place"]]
    place["present"] += party["heads"]
    place["by_nation"][party["nation"]] += party["heads"]
    simulation.world["clock"]["departed"] += party["heads"]
    simulation.world["clock"]["born"] += 1
    return int(party["key"])


def test_one_more_person_changes_nobody_elses_path():
    (alone, outlook), (joined, _) = frozen(people_per_agent=300), frozen(people_per_agent=300)
    parties, buckets = parties_in(joined)
    waiting = joined.world["places"]["kind"][parties["place"]] == Kind.WAIT
    room = joined.world["calendar"]["buckets"]["filled"][buckets] < CHUNK_PARTIES
    newcomer = add_one(joined, int(parties["key"][waiting & (buckets < RING) & room][0]))
    others, everyone = live(alone, outlook, 120), live(joined, outlook, 120)
    joined.check_conservation()
    assert len(others) > 300
    assert set(everyone) - {newcomer} == set(others)
    assert all(same_party(everyone[key], party) for key, party in others.items())


def test_more_departures_rename_nobody_and_change_nobodys_path():
    (few, outlook), (many, _) = frozen(), frozen()
    doubled = outlook.copy()
    doubled["demand"][few.today :, 0] *= 4.0
    people, crowd = live(few, outlook, 120), live(many, doubled, 120)
    assert len(crowd) > len(people) + 20
    assert set(people) <= set(crowd)
    assert all(same_party(crowd[key], party) for key, party in people.items())


def test_the_key_of_a_party_holds_its_nation_day_and_ordinal():
    simulation = live_to(simulation_of("", 500), DAY_OF_2022)
    parties, _ = parties_in(simulation)
    key = parties["key"].astype(np.uint64)
    np.testing.assert_array_equal(key >> np.uint64(56), parties["nation"])
    day = (key >> np.uint64(32)) & np.uint64(0xFFFFFF)
    assert day.max() < DAY_OF_2022
    assert (parties["nation"] < NATIONS).all()
