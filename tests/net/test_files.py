"""Which policy is in force, and what is heard of it, does not depend on which file announced it."""

from dataclasses import fields

import numpy as np
import pytest

from corridor.engine.simulation import Simulation
from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.compiling.news import compile_signals
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.scenarios.scenario_files import load_scenario, parse_scenario
from tests.net.paired import ENDS, PEOPLE_PER_AGENT, SEED, Policy, drivers_of, move, runs_of

FIRST, SECOND = "start: 2022-07-04", "announced: 2022-09-20, start: 2022-10-03"
TOLD = [lever for lever in LEVERS.values() if lever.news]


def entries(lever):
    """Two movements of a lever, the second announced ahead: up to half of its range, then back to a quarter."""
    span = lever.high - lever.low
    for id, when, part in (("one", FIRST, 0.5), ("two", SECOND, 0.25)):
        yield f"  - {{id: {id}, lever: {lever.id}, {when}, to: {lever.low + part * span}}}\n"


def policy_of_files(folder, *files):
    """The policy of the last of some files, each of which extends the one before and holds some of the entries."""
    parent = "history"
    for number, held in enumerate(files):
        name = f"file-{number}"
        body = f"name: {name}\nextends: {parent}\nperiod: {{end: {ENDS}}}\ninterventions:\n{''.join(held)}"
        (folder / f"{name}.yaml").write_text(body, encoding="utf-8")
        parent = name
    return resolve(load_scenario(folder / f"{parent}.yaml"))


def history():
    return resolve(parse_scenario(Policy().text()))


def differing(one, other):
    """In what two policies differ: paths of levers, and signals of the news."""
    found = [
        name
        for name, path in one.levers.items()
        if not np.array_equal(path.values, other.levers[name].values)
        or not np.array_equal(path.pool, other.levers[name].pool)
    ]
    ours, theirs = (compile_signals(policy, load_parameters()) for policy in (one, other))
    return found + [
        field.name
        for field in fields(ours)
        if not np.array_equal(getattr(ours, field.name), getattr(theirs, field.name))
    ]


@pytest.mark.parametrize("lever", TOLD, ids=lambda lever: lever.id)
def test_movements_in_one_file_or_in_two_are_the_same_policy_and_the_same_news(lever, tmp_path):
    first, second = entries(lever)
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    together = policy_of_files(tmp_path / "one", [first, second])
    apart = policy_of_files(tmp_path / "two", [first], [second])
    assert differing(together, apart) == []
    assert differing(together, history()), "the movements do something"


def test_a_file_that_says_again_what_its_parent_says_changes_nothing(tmp_path):
    """Mexico's pledge of October 2022, with its own announcement, in another file."""
    entry = next(
        entry
        for entry in load_scenario("history").interventions
        if entry.lever == "mexico.return_acceptance_monthly" and str(entry.start) == "2022-10-12"
    )
    announced = f"announced: {entry.announced}, " if entry.announced else ""
    again = f"  - {{id: again, lever: {entry.lever}, for: [Venezuela], {announced}start: 2022-10-12, to: {entry.to}}}\n"
    assert differing(policy_of_files(tmp_path, [again]), history()) == []


def test_a_run_from_the_shared_morning_is_the_run_from_the_first_day():
    """What every test of this folder rests on."""
    policy = Policy((move("panama.darien_gate", 0.5),))
    whole = Simulation(drivers_of(policy), SEED, 1).run()
    np.testing.assert_array_equal(whole.values, runs_of(policy)[1].values)


@pytest.mark.parametrize(
    ("lever", "to"),
    [("us.custody_beds", 500), ("us.asylum_bar", 1), ("mexico.return_acceptance_monthly", 9000)],
)
def test_a_lever_that_is_moved_without_compiling_again_gives_the_drivers_of_its_file(lever, to, tmp_path):
    policy = Policy((move(lever, to),))
    entry = f"  - {{id: moved, lever: {lever}, start: 2022-06-01, to: {to}}}\n"
    compiled = compile_drivers(
        policy_of_files(tmp_path, [entry]), load_parameters(), people_per_agent=PEOPLE_PER_AGENT
    )
    mine = drivers_of(policy)
    for ours, theirs in ((mine, compiled), (mine.signals, compiled.signals)):
        for field in fields(theirs):
            value = getattr(theirs, field.name)
            if isinstance(value, np.ndarray):
                np.testing.assert_array_equal(getattr(ours, field.name), value, err_msg=field.name)
    for name, path in compiled.levers.items():
        assert np.array_equal(path.values, mine.levers[name].values), name
        assert np.array_equal(path.pool, mine.levers[name].pool), name
