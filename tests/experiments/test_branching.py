"""The store of states: a run that starts from one gives the same bytes, and an unsound one is never used."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from corridor import run_ensembles
from corridor.engine.state import from_bytes, to_bytes
from corridor.experiments import branching, ensemble
from corridor.experiments.branching import branch_of, keep, prune, resume
from corridor.inputs.scenarios.scenario_files import parse_scenario
from tests.small_runs import drivers_of, simulation_of

BODY = "interventions: [{id: gate, lever: panama.darien_gate, start: 2023-06-14, to: 0.5}]"
SETTINGS = {"replicates": 2, "people_per_agent": 1000, "workers": 1}


@pytest.fixture(autouse=True)
def states(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "states"
    monkeypatch.setattr(branching, "states_folder", lambda: folder)
    return folder


def scenarios():
    return ["history", parse_scenario(f"name: gated\nextends: history\n{BODY}")]


def files_of(results):
    return [each.files() for each in results]


@pytest.fixture(scope="module")
def expected():
    return files_of(run_ensembles(scenarios(), branching=False, **SETTINGS))


def lived_days(monkeypatch) -> list[int]:
    """The first day of every run from now on."""
    began = []
    simulate = ensemble.resume

    def watched(simulation, *arguments):
        found = simulate(simulation, *arguments)
        began.append(simulation.today)
        return found

    monkeypatch.setattr(ensemble, "resume", watched)
    return began


def test_branching_or_not_the_bytes_are_the_same(states, expected, monkeypatch):
    began = lived_days(monkeypatch)
    day = branch_of(drivers_of(BODY, 1000)).day
    assert files_of(run_ensembles(scenarios(), **SETTINGS)) == expected
    assert began == [day, day], "the second scenario starts where the first left its states"
    assert len(list(states.iterdir())) == 2
    assert files_of(run_ensembles(scenarios()[1:], **SETTINGS)) == expected[1:]
    assert began == [day] * 4


@pytest.mark.parametrize("damage", ["cut", "garbled", "empty", "foreign day", "foreign replicate"])
def test_an_unsound_state_is_recomputed_and_never_used(states, expected, monkeypatch, damage):
    run_ensembles(scenarios(), **SETTINGS)
    first, second = sorted(states.iterdir(), key=lambda path: path.stem[-1])
    content = first.read_bytes()
    if damage == "foreign replicate":
        first.write_bytes(second.read_bytes())
    elif damage == "foreign day":
        other = simulation_of("", 1000)
        other.run_until(700)
        first.write_bytes(to_bytes(other.state()))
    else:
        broken = {"cut": content[:-9], "garbled": content[:500] + b"\0" * 64 + content[564:], "empty": b""}
        first.write_bytes(broken[damage])
    began = lived_days(monkeypatch)
    assert files_of(run_ensembles(scenarios()[1:], **SETTINGS)) == expected[1:]
    assert began[0] == 0 and began[1] > 0
    assert from_bytes(first.read_bytes()).day == began[1], "the sound state has taken its place"


def test_a_state_of_other_code_another_seed_or_another_past_is_not_found(states, monkeypatch):
    gated = drivers_of(BODY, 1000)
    branch = branch_of(gated)
    simulation = simulation_of(BODY, 1000)
    simulation.run_until(branch.day)
    keep(simulation, branch, 1, 0, "job")
    assert resume(simulation_of(BODY, 1000), branch, 1, 0)
    assert not resume(simulation_of(BODY, 1000, seed=2), branch, 2, 0)
    other = drivers_of(BODY + "\nshocks: [{id: x, kind: demand, start: 2021-02-01, size: 1.01}]", 1000)
    assert branching.prefix_hash(other, branch.day) != branch.prefix
    monkeypatch.setattr(branching, "code_hash", lambda: "other code")
    assert branch_of(gated).prefix != branch.prefix


def test_the_folder_is_bounded_and_what_was_used_longest_ago_goes(states):
    states.mkdir()
    for number in range(5):
        (states / f"{number}.state").write_bytes(bytes(1000))
        os.utime(states / f"{number}.state", (number, number))
    prune(limit_bytes=2500)
    assert {path.name for path in states.iterdir()} == {"3.state", "4.state"}


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(states, expected):
    states.write_text("a file where the folder should be")
    assert files_of(run_ensembles(scenarios(), **SETTINGS)) == expected


def test_two_writers_of_one_state_leave_one_whole_state(states):
    branch = branch_of(drivers_of(BODY, 1000))
    runs = [simulation_of(BODY, 1000) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda simulation: simulation.run_until(branch.day), runs))
        list(pool.map(lambda simulation: keep(simulation, branch, 1, 0, "job"), runs * 4))
    assert [path.suffix for path in states.iterdir()] == [".state"]
    assert resume(simulation_of(BODY, 1000), branch, 1, 0)


@pytest.mark.parametrize("workers", [2, 3])
def test_processes_and_branching_together_give_the_same_bytes(expected, workers):
    settings = {**SETTINGS, "workers": workers}
    assert files_of(run_ensembles(scenarios(), **settings)) == expected


def test_what_a_job_left_half_written_goes_and_what_others_write_stays(states):
    states.mkdir()
    for name in ("a-1-0.mine.7-1.part", "a-1-0.other.8-1.part", "a-1-0.state"):
        (states / name).write_bytes(b"half")
    branching.clear_unfinished("mine")
    assert {path.name for path in states.iterdir()} == {"a-1-0.other.8-1.part", "a-1-0.state"}


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError])
def test_a_job_that_is_stopped_while_it_writes_leaves_nothing_half_written(states, monkeypatch, stop):
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(stop))
    with pytest.raises(stop):
        run_ensembles(scenarios(), **SETTINGS)
    assert list(states.iterdir()) == []


def test_the_task_of_a_worker_gives_the_same_bytes_in_threads(states, tmp_path):
    (tmp_path / "job").mkdir()
    job = ensemble.prepare(scenarios()[1:], **SETTINGS)
    file, drivers = tmp_path / "job" / "0", job.compile(0)
    ensemble.pack(file, drivers)
    branch = branch_of(drivers)
    alone = [ensemble.simulate(file, 1, number).values.tobytes() for number in range(4)]
    tasks = [(file, 1, number, branch, (branch,)) for number in (0, 1, 2, 3, 3, 2, 1, 0)]
    for _ in range(2):  # first from the beginning, two writers for each state; then from the states
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda task: ensemble.simulate(*task).values.tobytes(), tasks))
        assert together == alone + alone[::-1]
        assert [path.suffix for path in states.iterdir()] == [".state"] * 4


def test_threads_give_the_same_numbers_as_one_after_the_other():
    alone = [simulation_of(BODY, 1000, replicate=number).run().values for number in range(4)]
    simulations = [simulation_of(BODY, 1000, replicate=number) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = [recording.values for recording in pool.map(lambda each: each.run(), simulations)]
    for mine, theirs in zip(together, alone, strict=True):
        assert np.array_equal(mine, theirs, equal_nan=True)


def test_a_run_leaves_states_on_a_day_that_is_asked_for_and_later_jobs_start_there(expected, monkeypatch):
    began = lived_days(monkeypatch)
    day = branch_of(drivers_of(BODY, 1000)).day
    (history,) = run_ensembles(scenarios()[:1], branch_on=date(2023, 6, 14), **SETTINGS)
    assert history.files() == expected[0] and began == []
    assert files_of(run_ensembles(scenarios()[1:], **SETTINGS)) == expected[1:]
    assert began == [day, day]


def test_a_run_cut_short_reports_what_the_whole_run_does():
    """Its last days know of a group held since 29 November 2022; a year later one knows of Mexico's election."""
    ends = ("2022-11-30", "2023-12-31")
    cut = [
        parse_scenario(f"name: to-{end}\nextends: history\nperiod: {{end: {end}}}\n", file=f"to-{end}.yaml")
        for end in ends
    ]
    whole, *shorter = run_ensembles(["history", *cut], branching=False, **SETTINGS)
    for results in shorter:
        months, values = results.series("encounters_usbp")
        assert np.array_equal(values, whole.series("encounters_usbp")[1][:, : len(months)])
        months, values = results.series("waiting_north_mexico")
        assert np.array_equal(values, whole.series("waiting_north_mexico")[1][:, : len(months)])
