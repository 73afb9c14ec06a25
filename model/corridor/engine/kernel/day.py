"""The day of a replicate, compiled: dawn, departures, journeys, custody queues, dusk.

`advance` reads as ODD's process overview. Which mechanism a place calls is its kind (`choose_exit`); where an exit
leads is data; what is counted is one line (`count_exit`).
"""

from __future__ import annotations

import numpy as np

from corridor.engine.kernel.dawn import close_day, open_day
from corridor.engine.mechanisms.capacity import take_places
from corridor.engine.mechanisms.crossing import choose_crossing_exit
from corridor.engine.mechanisms.departures import count_departures, create_party
from corridor.engine.mechanisms.detention import choose_station_exit
from corridor.engine.mechanisms.disposition import choose_disposition, work_of
from corridor.engine.mechanisms.guides import hides
from corridor.engine.mechanisms.harm import sample_harm
from corridor.engine.mechanisms.hearing import hear_exit, hear_harm
from corridor.engine.mechanisms.returning import choose_return_exit
from corridor.engine.mechanisms.transit import choose_leg_exit, joins_caravan
from corridor.engine.mechanisms.waiting import choose_waiting_exit, days_to_review
from corridor.engine.records.calendar import NONE, clear_bucket, free_chunk, reserve_slot
from corridor.engine.records.codes import Cross, Custody, Harm, Kind, Leg, Pool, Wait
from corridor.engine.records.layout import (
    CHUNK_PARTIES,
    DIED,
    EXITS,
    LONGEST_STAY,
    NATIONS,
    PARTIES,
    PLACES,
    REMEMBERED,
    RING,
)
from corridor.foundations.compiled import kernel, mechanism
from corridor.foundations.draws import (
    HARMED,
    HOW_LONG,
    PASSAGE,
    WHETHER,
    WHICH,
    draw_for_many,
    four_uniforms,
    quantile,
    visit_of,
)

PARTY_DIED = -2  # instead of a delay: the last member of a party has died
UNDECIDED = -1
LOW_WORD = np.uint64(0xFFFFFFFF)


@mechanism
def choose_exit(world, person, place, days, draw):
    """Exit that a party takes from the place where it is due."""
    kind = place.kind
    nation = world.nations[person.nation]
    if kind == Kind.LEG:
        term = world.terms[person.place, person.nation]
        trait = world.traits[person.nation]
        exit = choose_leg_exit(person, term, trait, world.rules, draw[WHETHER])
        joins_here = place.exits[Leg.JOINED_CARAVAN] != person.place
        if joins_here and exit == Leg.ONWARD and world.rules.caravan_room >= person.heads:
            ahead = world.terms[place.exits[Leg.ONWARD], person.nation]
            if joins_caravan(ahead.detect, world.rules, draw[WHICH]):
                return Leg.JOINED_CARAVAN
        waits = place.boats and exit == Leg.ONWARD
        return Leg.WAITED if waits and not take_places(world.allowances[Pool.BOATS], person.heads) else exit
    if kind == Kind.WAIT:
        return choose_waiting_exit(world, person, place, nation, days, draw[WHETHER], draw[WHICH])
    if kind == Kind.FORK:
        return choose_branch(world, person, place, hides(person, nation), draw[WHICH])
    if kind == Kind.CROSS:
        custody = world.places[place.exits[Cross.APPREHENDED]]
        return choose_crossing_exit(person, place.patrol, custody, world.rules, draw[WHETHER])
    if kind == Kind.STATION:
        return choose_station_exit(world, person, draw[WHETHER], draw[WHICH])
    trait = world.traits[person.nation]
    under_title_42 = place.table == 1
    return choose_return_exit(person, nation, trait, world.rules, under_title_42, draw[WHETHER], draw[WHICH])


@mechanism
def choose_branch(world, person, place, hidden, u):
    """Exit of a fork: before the border as the party's people lean, elsewhere by today's weights of all."""
    if world.places[place.exits[0]].kind == Kind.WAIT:
        leaning = world.leanings[person.nation]
        return first_above(leaning.cities_hidden if hidden else leaning.cities, u)
    return first_above(place.toward, u)


@mechanism
def first_above(cumulative, u):
    """The first of EXITS cumulative shares above a uniform."""
    for exit in range(EXITS - 1):
        if u < cumulative[exit]:
            return exit
    return EXITS - 1


@mechanism
def sample_stay(world, person, place, u):
    """Whole days until the party is next due at the place where it arrives."""
    if place.kind == Kind.WAIT:
        if place.held >= person.heads and place.until > world.clock.day:
            place.held -= person.heads
            return place.until - world.clock.day
        days = days_to_review(world.rules, person.tries, u)
    elif place.boats and person.tries > 0:
        days = 1.0  # in the queue for a boat
    else:
        mean = world.terms[person.place, person.nation].mean_days
        days = mean * quantile(world.stays[0], u)
    return min(max(1, np.int64(days + 0.5)), LONGEST_STAY)


@mechanism
def arrive(world, tally, person, arrival, day):
    """Move the counts of a party to its next place and number the visit so that no draw is ever used twice."""
    group = person.nation * PARTIES + person.party
    heads = person.heads
    if arrival == person.place:
        person.tries += np.uint16(1)
    else:
        here, there = world.places[person.place], world.places[arrival]
        person.tries = 0
        if there.rank <= here.rank:
            person.setbacks += np.uint16(1)
        here.present -= heads
        here.by_nation[person.nation] -= heads
        there.present += heads
        there.by_nation[person.nation] += heads
        tally.entered[arrival, group] += heads
        person.place = arrival
    person.since = day


@mechanism
def count_exit(world, tally, person, outcome, day):
    """Count an exit and return the place that it leads to; note encounters, admissions and what others will hear."""
    index, code, heads = person.place, person.nation, person.heads
    place = world.places[index]
    tally.left[index, code * PARTIES + person.party, outcome] += heads
    world.week[index, outcome] += heads
    arrival = place.exits[outcome]
    if place.kind == Kind.WAIT:
        person.city = index
        if outcome == Wait.ADMITTED:
            record_arrival(world, tally, person, day)
    elif place.kind == Kind.CROSS:
        place.today += heads
        person.sector = place.number
        if outcome == Cross.APPREHENDED:
            note_encounter(world, tally, person, day)
        else:
            record_arrival(world, tally, person, day)
    elif place.kind == Kind.CUSTODY:
        if outcome == Custody.RELEASED or outcome == Custody.STREET_RELEASE:
            world.clock.unsponsored += (1 - person.sponsor) * heads
            record_arrival(world, tally, person, day)
    elif place.kind == Kind.LEG:
        if outcome == Leg.DETECTED:
            person.stops += person.stops < 255
        elif outcome == Leg.JOINED_CARAVAN:
            world.rules.caravan_room -= heads
    if arrival == REMEMBERED:
        arrival = person.city
    hear_exit(world, person, place, outcome, arrival)
    return arrival


@mechanism
def note_encounter(world, tally, person, day):
    """Count an encounter (an event) and, once a period and a year, the people in it."""
    heads = person.heads
    tally.encounters_today += heads
    last = np.int64(person.encountered) - 1
    if last < world.clock.period_start:
        tally.unique[person.nation] += heads
    if last < world.clock.year_start:
        world.nations[person.nation].unique_year += heads
    person.encountered = day + 1
    person.attempts += person.attempts < 255


@mechanism
def record_arrival(world, tally, person, day):
    """Add up the days on the way of those who reach the United States."""
    departed = np.int64((person.key >> np.uint64(32)) & np.uint64(0xFFFFFF))
    tally.travel_days[person.nation] += (day - departed) * person.heads
    tally.arrived[person.nation] += person.heads


@mechanism
def record_harm(world, tally, person, place, kind):
    """Count harm; return the days lost to it, or `PARTY_DIED` where the party is no more."""
    code = person.nation
    person.marks |= np.uint8(1 << kind)
    if kind == Harm.DEATH:
        tally.harm[person.place, code, kind] += 1
        world.clock.died += 1
        hear_harm(world, person, kind, 1)
        place.present -= 1
        place.by_nation[code] -= 1
        person.heads -= np.uint8(1)
        person.lost += np.uint8(1)
        return PARTY_DIED if person.heads == 0 else 0
    tally.harm[person.place, code, kind] += person.heads
    hear_harm(world, person, kind, person.heads)
    if kind == Harm.KIDNAPPING:
        tally.fees[code] += world.rules.ransom * person.heads
        return np.int64(world.rules.kidnapping_days)
    if kind == Harm.EXTORTION:
        tally.fees[code] += world.rules.extortion * person.heads
    return 0


@mechanism
def keep_fate(world, fates, person, outcome, day):
    """Keep the end of a journey, if asked to."""
    world.clock.ended += 1
    if world.clock.keeps_fates:
        fate = fates[world.clock.fates]
        fate.key = person.key
        fate.place = person.place
        fate.exit = outcome
        fate.city = person.city
        fate.route = person.route
        fate.party = person.party
        fate.heads = person.heads
        fate.lost = person.lost
        fate.marks = person.marks
        fate.stops = person.stops
        fate.day = day
        world.clock.fates += 1


@mechanism
def schedule(world, chunks, person, bucket):
    """Copy a party into a bucket."""
    chunk, slot = reserve_slot(world.calendar, chunks, bucket)
    chunks[chunk].parties[slot] = person


@mechanism
def move_party(world, tally, chunks, fates, person, outcome, draw, passing, day):
    """Take a party from where it is due, through a fork or a crossing, to the place where it next stays.

    `outcome` is that of a custody queue that has decided already, or `UNDECIDED`; `draw` is the luck of this visit,
    `passing` that of what is passed after it. Nothing that is passed leads to another such place (`network`).
    """
    delay = 0
    while True:
        place = world.places[person.place]
        world.clock.events += 1
        days = np.float64(day - person.since)
        if outcome == UNDECIDED:
            outcome = choose_exit(world, person, place, days, draw)
        if delay == 0:
            kind = sample_harm(place, person.evades, days, person.heads, draw[HARMED])
            if kind != Harm.NONE:
                delay = record_harm(world, tally, person, place, kind)
                if delay == PARTY_DIED:
                    keep_fate(world, fates, person, DIED, day)
                    return
                if delay > 0 and place.kind == Kind.WAIT and outcome < Wait.ADMITTED:
                    outcome = Wait.STAYED  # who is held captive does not cross today
        arrival = count_exit(world, tally, person, outcome, day)
        arrive(world, tally, person, arrival, day)
        there = world.places[arrival]
        if there.kind == Kind.SINK:
            keep_fate(world, fates, person, outcome, day)
            return
        if there.kind != Kind.FORK and there.kind != Kind.CROSS:
            due = day + min(sample_stay(world, person, there, draw[HOW_LONG]) + delay, LONGEST_STAY)
            schedule(world, chunks, person, due % RING)
            return
        outcome, draw = UNDECIDED, passing


@mechanism
def start_departures(world, tally, chunks, today, day, normal):
    """Departures of the day, nation by nation; a new party goes straight to the first leg of its route."""
    fresh = chunks[
        0
    ].parties  # chunk 0 is never in a bucket: its first slot holds a new party until it is scheduled
    for code in range(NATIONS):
        trait = world.traits[code]
        for ordinal in range(count_departures(world, code, day, normal, today.people[code])):
            person = fresh[0]
            how = create_party(world, today, person, code, day, ordinal)
            entry = trait.entry[person.route]
            person.place = entry
            place = world.places[entry]
            group = code * PARTIES + person.party
            place.present += person.heads
            place.by_nation[code] += person.heads
            tally.departed[group] += person.heads
            tally.entered[entry, group] += person.heads
            nation = world.nations[code]
            level = nation.fee_level * (world.rules.hiding_premium if hides(person, nation) else 1.0)
            tally.fees[code] += trait.fee * level * person.heads
            world.clock.born += 1
            world.clock.departed += person.heads
            schedule(world, chunks, person, (day + sample_stay(world, person, place, how[HOW_LONG])) % RING)


@mechanism
def move_due_parties(world, tally, chunks, fates, day):
    """Everyone due today, in the order in which they were put down; custody sends them to its queue."""
    bucket = world.calendar.buckets[day % RING]
    slots = np.empty(CHUNK_PARTIES, np.int64)
    counters = np.empty((4, CHUNK_PARTIES), np.uint64)
    uniforms = np.empty((8, CHUNK_PARTIES), np.float64)
    index = bucket.head
    while index != NONE:
        last = index == bucket.tail
        following = chunks[index].following
        going = 0
        for slot in range(bucket.filled if last else CHUNK_PARTIES):
            person = chunks[index].parties[slot]
            place = world.places[person.place]
            if place.kind == Kind.CUSTODY:
                schedule(world, chunks, person, RING + np.int64(person.place))
            else:
                slots[going] = slot
                counters[0, going] = person.key & LOW_WORD
                counters[1, going] = person.key >> np.uint64(32)
                counters[2, going] = place.stream
                counters[3, going] = visit_of(person)
                going += 1
        draw_for_many(world.clock, counters, going, uniforms)
        for i in range(going):
            person = chunks[index].parties[slots[i]]
            draw = uniforms[0, i], uniforms[1, i], uniforms[2, i], uniforms[3, i]
            passing = uniforms[4, i], uniforms[5, i], uniforms[6, i], uniforms[7, i]
            move_party(world, tally, chunks, fates, person, UNDECIDED, draw, passing, day)
        free_chunk(world.calendar, chunks, index)
        index = following if not last else NONE
    clear_bucket(bucket)


@mechanism
def process_custody_queue(world, tally, chunks, fates, index, day):
    """One custody queue: process within the day's capacity, fly some out, and release what overflows."""
    place = world.places[index]
    bucket = world.calendar.buckets[RING + index]
    place.credit = min(place.credit, 0.0) + place.capacity
    lateral = place.lateral
    while bucket.head != NONE:
        over_beds = place.present > place.beds
        over_limit = place.present > place.street_limit
        if place.credit <= 0.0 and not over_limit and not (over_beds and lateral > 0.0):
            break
        person = chunks[bucket.head].parties[bucket.first]
        visit = visit_of(person)
        draw = four_uniforms(world.clock, person.key, place.stream, visit)
        passing = four_uniforms(world.clock, person.key, place.stream, visit | PASSAGE)
        if place.credit > 0.0:
            outcome = choose_disposition(
                world, person, world.nations[person.nation], draw[WHETHER], draw[WHICH], draw[HARMED]
            )
            place.credit -= person.heads * work_of(outcome, world.rules.quick_processing)
        elif over_beds and lateral > 0.0:
            outcome = Custody.LATERAL
            lateral -= person.heads
        else:
            outcome = choose_disposition(
                world, person, world.nations[person.nation], draw[WHETHER], draw[WHICH], draw[HARMED]
            )
            if outcome == Custody.RELEASED or outcome == Custody.TO_ICE:
                outcome = Custody.STREET_RELEASE
        move_party(world, tally, chunks, fates, person, outcome, draw, passing, day)
        bucket.first += 1
        pop_if_empty(world.calendar, chunks, bucket)


@mechanism
def pop_if_empty(calendar, chunks, bucket):
    """Give back the head chunk of a queue when its last party has been served."""
    last = bucket.head == bucket.tail
    if bucket.first == (bucket.filled if last else CHUNK_PARTIES):
        head = bucket.head
        following = chunks[head].following
        free_chunk(calendar, chunks, head)
        if last:
            clear_bucket(bucket)
        else:
            bucket.head = following
            bucket.first = 0


@mechanism
def needs_memory(world, chunks, fates):
    """Tell whether another day might not fit into the memory given (the caller then doubles it)."""
    expected = 0.0
    for code in range(NATIONS):
        expected += world.nations[code].leaving
    chunks_needed = RING + PLACES + np.int64(2.0 * expected / world.clock.represents / CHUNK_PARTIES) + 64
    if world.calendar.used + chunks_needed > len(chunks):
        return True
    active = world.clock.born - world.clock.ended
    return world.clock.keeps_fates and world.clock.fates + active + 100_000 > len(fates)


@kernel
def advance(first, last, worlds, chunks, outlook, tallies, fates, normal):
    """Live the days `first` to `last - 1`; return the day reached (earlier only if memory must grow)."""
    world, tally = worlds[0], tallies[0]
    for day in range(first, last):
        if needs_memory(world, chunks, fates):
            return day
        open_day(world, outlook[day], normal)
        start_departures(world, tally, chunks, outlook[day], day, normal)
        move_due_parties(world, tally, chunks, fates, day)
        for index in range(PLACES):
            if world.places[index].kind == Kind.CUSTODY:
                process_custody_queue(world, tally, chunks, fates, index, day)
        close_day(world, tally, outlook[day])
    return last
