"""Where the time of a run goes: phases of a day, mechanisms, institutions, and what a job does around its runs.

Method. Sampling does not see into compiled code, so: (1) the phases of a day are compiled apart and timed day by day in
a whole run; (2) each mechanism is called in a compiled loop on the parties of an ordinary day, and its time a call is
weighed with the number of its events in the run; calls in a loop overlap in the processor, so their sum is less than
the time of an event in the run; (3) institutions are timed by wrapping their methods.
"""

from __future__ import annotations

import pickle
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import contextmanager

import numpy as np
from numba import njit

import corridor.engine.simulation as engine
from corridor.engine.kernel.dawn import close_day, open_day
from corridor.engine.kernel.day import (
    LOW_WORD,
    arrive,
    choose_branch,
    choose_exit,
    count_exit,
    move_due_parties,
    needs_memory,
    process_custody_queue,
    sample_stay,
    schedule,
    start_departures,
)
from corridor.engine.mechanisms.disposition import choose_disposition
from corridor.engine.mechanisms.guides import hides
from corridor.engine.mechanisms.harm import sample_harm
from corridor.engine.recording.fates import parties_under_way
from corridor.engine.records.codes import Kind
from corridor.engine.records.layout import CHUNK_PARTIES, PERSON, PLACES, RING
from corridor.engine.simulation import Simulation
from corridor.experiments.ensemble import run_ensemble
from corridor.foundations.draws import draw_for_many, visit_of
from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.scenarios.scenario_files import load_scenario
from studies.benchmarks.measuring import Section, drivers_of, load_compiled_code

PHASES = ("dawn", "departures", "journeys", "custody", "dusk")
KINDS = {
    Kind.LEG: "leg (transit)",
    Kind.STATION: "INM station (detention)",
    Kind.FORK: "fork (choose_branch)",
    Kind.WAIT: "northern city (waiting)",
    Kind.CROSS: "crossing",
    Kind.CUSTODY: "custody (disposition)",
    Kind.RETURN: "after a return",
}
ORDINARY_DAY = 900  # of history: December 2022
compiled = njit(error_model="numpy")


# --- phases -------------------------------------------------------------------------------------------------------


@compiled
def one_phase(phase, day, worlds, chunks, outlook, tallies, fates, normal):
    world, tally = worlds[0], tallies[0]
    if phase == 0:
        open_day(world, outlook[day], normal)
    elif phase == 1:
        start_departures(world, tally, chunks, outlook[day], day, normal)
    elif phase == 2:
        move_due_parties(world, tally, chunks, fates, day)
    elif phase == 3:
        for index in range(PLACES):
            if world.places[index].kind == Kind.CUSTODY:
                process_custody_queue(world, tally, chunks, fates, index, day)
    elif phase == 4:
        close_day(world, tally)
    else:
        return needs_memory(world, chunks, fates)
    return False


class Phases:
    """Stands in for `advance`: the same phases, timed apart; counts exits by kind of place."""

    def __init__(self):
        self.seconds = [0.0] * len(PHASES)
        self.people: Counter[int] = Counter()

    def __call__(self, first, last, worlds, *rest):
        chunks, outlook, tallies, fates, normal = rest
        before = worlds["week"][0].sum(axis=1)
        for day in range(first, last):
            if one_phase(len(PHASES), day, worlds, chunks, outlook, tallies, fates, normal):
                return day
            for phase in range(len(PHASES)):
                begun = time.thread_time()
                one_phase(phase, day, worlds, chunks, outlook, tallies, fates, normal)
                self.seconds[phase] += time.thread_time() - begun
        moved = worlds["week"][0].sum(axis=1) - before
        for kind, people in zip(worlds["places"]["kind"][0].tolist(), moved.tolist(), strict=True):
            self.people[kind] += people
        return last


@contextmanager
def standing_in(stand_in: Callable):
    """Let a simulation call something else instead of `advance`."""
    advance, engine.advance = engine.advance, stand_in
    try:
        yield advance
    finally:
        engine.advance = advance


# --- mechanisms ---------------------------------------------------------------------------------------------------


@compiled
def loop_draws(worlds, people, counters, luck):
    world = worlds[0]
    for first in range(0, len(people) - CHUNK_PARTIES, CHUNK_PARTIES):
        for i in range(CHUNK_PARTIES):
            person = people[first + i]
            counters[0, i] = person.key & LOW_WORD
            counters[1, i] = person.key >> np.uint64(32)
            counters[2, i] = world.places[person.place].stream
            counters[3, i] = visit_of(person)
        draw_for_many(world.clock, counters, CHUNK_PARTIES, luck)


@compiled
def loop_live(worlds, people):
    world, total = worlds[0], 0
    for i in range(len(people)):
        person = people[i]
        place = world.places[person.place]
        u = (i + 0.5) / len(people)
        if place.kind == Kind.FORK:
            total += choose_branch(world, person, place, hides(person, world.nations[person.nation]), u)
        else:
            total += choose_exit(world, person, place, 4.0, (u, u, 1.0 - u, u))
    return total


@compiled
def loop_dispose(worlds, people):
    world, total = worlds[0], 0
    for i in range(len(people)):
        person = people[i]
        u = (i + 0.5) / len(people)
        total += choose_disposition(world, person, world.nations[person.nation], u, 1.0 - u, 0.5)
    return total


@compiled
def loop_suffer(worlds, people):
    world, total = worlds[0], 0
    for i in range(len(people)):
        total += sample_harm(
            world.places[people[i].place],
            people[i].evades,
            4.0,
            1,
            ((i * 7919) % len(people) + 0.5) / len(people),
        )
    return total


@compiled
def loop_stay(worlds, people):
    world, total = worlds[0], 0
    for i in range(len(people)):
        person = people[i]
        u = ((i * 7919) % len(people) + 0.5) / len(people)
        total += sample_stay(world, person, world.places[person.place], u)
    return total


@compiled
def loop_count(worlds, people, tallies, hands):
    world, tally, hand = worlds[0], tallies[0], hands[0]
    for i in range(len(people)):
        hands[0] = people[i]
        arrive(world, tally, hand, count_exit(world, tally, hand, 0, 900), 900)


@compiled
def loop_put(worlds, people, chunks):
    world = worlds[0]
    calendar = world.calendar
    for bucket in range(RING):
        calendar.buckets[bucket].head = -1
        calendar.buckets[bucket].tail = -1
    calendar.free = -1
    calendar.used = 1
    for i in range(len(people)):
        schedule(world, chunks, people[i], (i * 7919) % 40)


def each_call(function, *arguments, parties: int) -> float:
    """Nanoseconds a call, the least of ten loops."""
    function(*arguments)
    times = []
    for _ in range(10):
        begun = time.thread_time()
        function(*arguments)
        times.append(time.thread_time() - begun)
    return min(times) / parties * 1e9


def mechanisms(scale: int) -> tuple[dict[str, float], dict[int, float]]:
    """Nanoseconds a call: of what every event needs, and of each kind of place."""
    simulation = Simulation(drivers_of("", scale))
    simulation.run_until(ORDINARY_DAY)
    everyone = parties_under_way(simulation.world, simulation.chunks)
    worlds, kinds = simulation.worlds, simulation.world["places"]["kind"]
    count, hand = len(everyone), np.zeros(1, dtype=PERSON)
    counters, luck = np.empty((4, CHUNK_PARTIES), np.uint64), np.empty((8, CHUNK_PARTIES))
    needed = {
        "eight uniforms (Philox)": each_call(loop_draws, worlds, everyone, counters, luck, parties=count),
        "harm": each_call(loop_suffer, worlds.copy(), everyone, parties=count),
        "length of stay": each_call(loop_stay, worlds, everyone, parties=count),
        "counting and moving": each_call(
            loop_count, worlds.copy(), everyone, simulation.tallies.copy(), hand, parties=count
        ),
        "calendar (copy of 32 bytes)": each_call(
            loop_put, worlds.copy(), everyone, simulation.chunks.copy(), parties=count
        ),
    }
    by_kind = {}
    for kind in KINDS:
        some = everyone[kinds[everyone["place"]] == kind]
        if len(some) == 0:  # nobody stays at a fork or a crossing: put everyone there
            some = everyone.copy()
            some["place"] = np.flatnonzero(kinds == kind)[0]
        loop = loop_dispose if kind == Kind.CUSTODY else loop_live
        by_kind[kind] = each_call(loop, worlds.copy(), some, parties=len(some))
    return needed, by_kind


# --- institutions, and what surrounds a run -----------------------------------------------------------------------


def institutions(scale: int) -> tuple[dict[str, float], float]:
    """Seconds by class of institution and for the recorder in one run, and those of the whole run."""
    seconds: defaultdict[str, float] = defaultdict(float)
    simulation = Simulation(drivers_of("", scale))

    def timed(owner, name: str, label: str) -> None:
        method = getattr(owner, name)

        def call(*arguments):
            begun = time.thread_time()
            result = method(*arguments)
            seconds[label] += time.thread_time() - begun
            return result

        setattr(owner, name, call)

    for agent in simulation.agents:
        for method in ("act", "put_in_force"):
            timed(agent, method, type(agent).__name__)
    timed(simulation.briefing, "refresh", "briefing")
    timed(simulation, "_close_periods", "recorder")
    begun = time.thread_time()
    simulation.run()
    return seconds, time.thread_time() - begun


def around(scale: int) -> dict[str, float]:
    """Seconds of each step from the name of a scenario to results, in one process, when all is warm."""
    run_ensemble("history", replicates=1, people_per_agent=scale, workers=1)
    marks, begun = {}, time.thread_time()

    def mark(label: str) -> None:
        nonlocal begun
        marks[label] = time.thread_time() - begun
        begun = time.thread_time()

    scenario = load_scenario("history")
    mark("load the scenario")
    policy = resolve(scenario)
    mark("resolve it into a policy")
    parameters = load_parameters(policy.overrides)
    mark("load parameters")
    drivers = compile_drivers(policy, parameters, people_per_agent=scale)
    mark("compile drivers")
    pickle.loads(pickle.dumps(drivers, protocol=pickle.HIGHEST_PROTOCOL))
    mark("send drivers to a worker")
    simulation = Simulation(drivers)
    mark("first replicate: plan and world")
    simulation = Simulation(drivers, replicate=1)
    mark("next replicate: world")
    simulation.run()
    mark("run a replicate")
    return marks


def measure(quick: bool) -> Section:
    section = Section("Where the time goes", ["part", "of", "time", "share"])
    load_compiled_code()
    scale = 500 if quick else 10
    phases = Phases()
    with standing_in(phases) as advance:
        phases(0, 0, *arguments_of(Simulation(drivers_of("", 1000))))
        simulation = Simulation(drivers_of("", scale))
        simulation.run()
    assert advance is engine.advance
    events, whole = int(simulation.world["clock"]["events"]), sum(phases.seconds)
    for label, seconds in zip(PHASES, phases.seconds, strict=True):
        each = f"{seconds / events * 1e9:.1f} ns an event"
        section.add(label, f"compiled day, 1:{scale}", each, f"{seconds / whole:.0%}")
    needed, by_kind = mechanisms(scale)
    people = sum(phases.people.values())
    shares = {kind: phases.people[kind] / people for kind in KINDS}
    event = sum(needed.values()) + sum(by_kind[kind] * shares[kind] for kind in KINDS)
    for label, each in needed.items():
        section.add(label, "every event", f"{each:.1f} ns a call", f"{each / event:.0%}")
    for kind, label in KINDS.items():
        share = f"{by_kind[kind] * shares[kind] / event:.0%}"
        section.add(label, f"{shares[kind]:.0%} of events", f"{by_kind[kind]:.1f} ns a call", share)
    section.notes.append(
        f"Mechanisms in a loop add up to {event:.0f} ns an event; the compiled day takes "
        f"{whole / events * 1e9:.0f} ns. The rest is waiting for memory, and branches that a loop over one mechanism "
        f"predicts well."
    )
    institution_rows(section, 1000 if quick else 50)
    marks = around(1000 if quick else 50)
    for label, seconds in marks.items():
        section.add(label, "a job, one process", f"{seconds * 1e3:.1f} ms", "")
    section.notes.append(" ".join((__doc__ or "").split("\n\n", 1)[1].split()))
    return section


def institution_rows(section: Section, scale: int) -> None:
    seconds, run = min((institutions(scale) for _ in range(5)), key=lambda pair: pair[1])
    rest = run - sum(seconds.values())
    most = sorted(seconds.items(), key=lambda pair: -pair[1])
    for label, spent in [*most, ("compiled people and the rest", rest)]:
        section.add(label, f"a run at 1:{scale}", f"{spent * 1e3:.1f} ms", f"{spent / run:.0%}")


def arguments_of(simulation: Simulation) -> tuple:
    """What `advance` is given after the days."""
    plan = simulation.plan
    return (
        simulation.worlds,
        simulation.chunks,
        plan.outlook,
        simulation.tallies,
        simulation.fates,
        plan.normal,
    )
