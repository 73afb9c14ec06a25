"""Every lever sets the fields that its registry row declares, and no others.

A lever is moved on the morning of one day; the world is compared with history's when institutions have acted that
morning, and so are the days ahead. The row of the lever (`sets:`) must name each field in which they differ.
"""

from dataclasses import fields
from datetime import timedelta
from functools import cache

import numpy as np

from corridor.engine.records.layout import OUTLOOK, SHARE, WORLD, measures_of
from corridor.engine.simulation import RECORDS, Simulation, fields_of
from corridor.inputs.compiling.news import Signals
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import drivers_of, live_to
from tests.test_levers_move import CASES, PLENTY, YEAR_BEGINS, section, step

PEOPLE = 250
DAY = 28 * 35  # 2023-03-08: everybody acts that morning, Title 42 is in force, history moves no lever
NEWS = {f"outlook.{signal.name}" for signal in fields(Signals)}
FOLLOWS = {  # what an institution makes of a field on the same morning
    "nations.fee_level": {"rules.stop_chance"},
    "rules.hiding_premium": {"places.patrol", "places.beds"},
    "places.lateral": {
        "places.beds"
    },  # flights go from a sector that is fuller than its beds to the emptiest
    "places.exits": {"places.beds"},
}
FLIGHTS = (
    "us.removal_flights_weekly",
    "mexico.deportation_flights_weekly",
    "panama.deportation_flights_weekly",
)


def date_of_day():
    return drivers_of("", PEOPLE).timeline.date_of(DAY)


@cache
def morning(given):
    """History on the morning of the day, with what holds in both runs."""
    simulation = live_to(Simulation(drivers_of(given, PEOPLE)), DAY)
    state = simulation.state()
    simulation._open_morning()
    return state, simulation


def given_for(lever):
    """What holds in both runs, so that the lever has something to act on, and the members to move."""
    if lever.id.endswith(".accepts_flights"):
        (nation,) = (name for name in NATIONALITIES if lever.id.startswith(name.lower().replace(" ", "_")))
        return [step(name, 0.1, nation) for name in FLIGHTS], (), lever.members
    cases = [case for key, case in CASES.items() if lever.id in (key, key[0])]
    given = max((case.given for case in cases), key=len, default=())
    shocks = max((case.shocks for case in cases), key=len, default=())
    words = {
        word for _, _, named in lever.moves for word in ((named,) if isinstance(named, str) else named or ())
    }
    members = [member for word in sorted(words) for member in lever.members_named(word)] or list(
        lever.members
    )
    if lever.pooled:
        members = dict.fromkeys([*members, "Cuba"])
    return given, shocks, members


def fields_moved(lever):
    """The fields of the world and of the days ahead in which moving a lever makes a difference."""
    when = date_of_day()
    given, shocks, members = given_for(lever)
    held = [entry.replace(f"start: {YEAR_BEGINS}", f"start: {when - timedelta(1)}") for entry in given]
    body = section("interventions", held) + section("shocks", shocks)
    before = drivers_of(body, PEOPLE)
    values = [np.minimum(before.levers[lever.id].of(member)[DAY], PLENTY) for member in members]
    ends = sorted((lever.high, lever.low), key=lambda end: -abs(end - np.mean(values)))  # the furthest first
    moved = set()
    for to in [end for end in ends if end not in values] or [(lever.low + lever.high) / 2]:
        moved |= fields_at(lever, to, held, shocks, members, *morning(body))
        if moved >= set(lever.sets):
            break  # more money than is needed sets less than none does, so the other end may have to be seen too
    return (
        moved
        - {field for field, causes in FOLLOWS.items() if causes & moved}
        - (NEWS if lever.news else set())
    )


def fields_at(lever, to, held, shocks, members, state, usual_run):
    """The same for one value of the lever."""
    whom = f"for: [{', '.join(members)}], " if lever.domain else ""
    pooled = "pooled: true, " if lever.pooled else ""
    moved = f"{{id: moved, lever: {lever.id}, {whom}{pooled}start: {date_of_day()}, to: {to}}}"
    run = Simulation(drivers_of(section("interventions", [*held, moved]) + section("shocks", shocks), PEOPLE))
    run.resume(state)
    run._open_morning()
    found = {
        f"{record}.{field}"
        for record in RECORDS
        for field, view in fields_of(run.worlds[record]).items()
        if not np.array_equal(view, fields_of(usual_run.worlds[record])[field], equal_nan=True)
    }
    ours, theirs = run.plan.outlook, usual_run.plan.outlook
    return found | {
        f"outlook.{field}" for field in ours.dtype.names if not np.array_equal(ours[field], theirs[field])
    }


def test_every_lever_sets_what_its_row_declares_and_nothing_else():
    wrong = []
    for lever in LEVERS.values():
        moved = fields_moved(lever)
        wrong += [f"{lever.id} does not set {field}" for field in set(lever.sets) - moved]
        wrong += [
            f"{lever.id} sets {field}, which its row does not declare" for field in moved - set(lever.sets)
        ]
    assert not wrong, "\n".join(sorted(wrong))


def test_every_field_that_a_lever_sets_exists_and_says_what_it_measures():
    wrong = []
    for field in sorted({field for lever in LEVERS.values() for field in lever.sets}):
        record, _, name = field.partition(".")
        layout = OUTLOOK if record == "outlook" else WORLD[record].base
        if name not in (layout.names or ()):
            wrong.append(f"there is no {field}")
        elif record != "outlook" and layout[name].base.kind == "f" and name not in measures_of(layout):
            wrong.append(f"{field} does not say in layout.py what it measures (SHARE, PEOPLE or AMOUNT)")
    assert not wrong, "\n".join(wrong)


def test_a_share_that_is_copied_is_a_share_to_the_guards():
    copied = {lever: lever.copied_to.split(".") for lever in LEVERS.values() if lever.copied_to}
    assert copied
    unlike = [
        lever.id
        for lever, (record, name) in copied.items()
        if lever.unit.startswith("share") != (measures_of(WORLD[record].base)[name] == SHARE)
    ]
    assert not unlike
