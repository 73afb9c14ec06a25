import subprocess
import sys
from concurrent.futures import Future
from datetime import date
from threading import Event
from types import SimpleNamespace

import pytest

import corridor
from corridor_app.choices.changes import PEOPLE_PER_AGENT, command, derive, read_levers, write_yaml
from corridor_app.jobs import runs
from tests.patience import PATIENCE

START = date(2023, 11, 15)


def silent(done, total):
    pass


@pytest.fixture
def history():
    return corridor.load_scenario("history")


@pytest.fixture
def changed(history):
    return write_yaml(history, START, {"funding": 0.5}, read_levers(history, START), 2)


def test_files_equal_those_of_the_command_line_byte_for_byte(history, changed, tmp_path):
    scenario = derive(changed)
    (tmp_path / f"{scenario.name}.yaml").write_text(changed, encoding="utf-8")
    outcome = runs.run(scenario, history, replicates=2, seed=1, progress=silent)
    words = command(scenario.name, 2, 1).split()
    assert words[0] == "corridor"
    subprocess.run(
        [sys.executable, "-m", "corridor", *words[1:]], cwd=tmp_path, check=True, capture_output=True
    )
    files = outcome.files()
    assert {
        "compare.csv",
        "headline.csv",
        "summary.csv",
        "replicates.csv",
        "crossed.parquet",
        "manifest.json",
    } < set(files)
    for name, content in files.items():
        folder = tmp_path / "results"
        beside = name.startswith(("compare", "headline"))
        written = folder / name if beside else folder / scenario.name / name
        assert content == written.read_bytes(), name


class Counted:
    """Stands for `run_ensembles`: counts the scenarios that it is asked for."""

    def __init__(self):
        self.asked = []
        self.gate = Event()
        self.gate.set()
        self.begun = Event()

    def __call__(self, scenarios, *, replicates, seed, people_per_agent, progress):
        assert people_per_agent == PEOPLE_PER_AGENT
        self.begun.set()
        assert self.gate.wait(PATIENCE)
        self.asked += [each.name for each in scenarios]
        progress(1, 2)
        return [f"{each.name} {replicates} {seed}" for each in scenarios]


@pytest.fixture
def counted(monkeypatch):
    made = Counted()
    monkeypatch.setattr(corridor, "run_ensembles", made)
    return made


def ask(runner, *scenarios, replicates=2, progress=silent):
    return runner.ensembles(scenarios, replicates=replicates, seed=1, progress=progress)


def test_a_baseline_runs_once(history, changed, counted):
    runner = runs.EnsembleRunner()
    scenario = derive(changed)
    assert ask(runner, history) == ["history 2 1"]
    assert ask(runner, history, scenario) == ["history 2 1", f"{scenario.name} 2 1"]
    assert ask(runner, scenario) == [f"{scenario.name} 2 1"]
    assert counted.asked == ["history", scenario.name]


def test_other_replicates_are_another_run(history, counted):
    runner = runs.EnsembleRunner()
    ask(runner, history)
    ask(runner, history, replicates=5)
    assert counted.asked == ["history", "history"]


def test_only_so_many_are_kept_and_the_one_used_last_stays(history, counted, monkeypatch):
    monkeypatch.setattr(runs, "KEPT", 2)
    runner = runs.EnsembleRunner()
    for replicates in (1, 2, 1, 3, 1):
        ask(runner, history, replicates=replicates)
    assert len(counted.asked) == 3


def test_what_goes_wrong_in_a_run_reaches_the_page(history, monkeypatch):
    def fail(*_, **__):
        raise corridor.CorridorError("a worker died")

    monkeypatch.setattr(corridor, "run_ensembles", fail)
    with pytest.raises(corridor.CorridorError, match="a worker died"):
        ask(runs.EnsembleRunner(), history)


def test_a_page_that_looks_away_leaves_the_run_to_finish_and_be_kept(history, counted):
    class LookedAwayError(Exception):
        pass

    def look_away(done, total):
        raise LookedAwayError

    runner = runs.EnsembleRunner()
    counted.gate.clear()
    with pytest.raises(LookedAwayError):
        ask(runner, history, progress=look_away)
    assert counted.begun.wait(PATIENCE)
    counted.gate.set()
    assert ask(runner, history) == ["history 2 1"]
    assert counted.asked == ["history"]


def test_one_address_and_all_together_have_so_many_runs_open(history, counted, monkeypatch):
    class LookedAwayError(Exception):
        pass

    def look_away(done, total):
        raise LookedAwayError

    runner = runs.EnsembleRunner()
    address = ["10.0.0.1"]
    monkeypatch.setattr(runs.st, "context", SimpleNamespace(ip_address=None))
    counted.gate.clear()
    with pytest.raises(LookedAwayError):  # begun, and nobody looks on: it stays open until it is finished
        monkeypatch.setattr(runs.st.context, "ip_address", address[0])
        ask(runner, history, progress=look_away)
    assert counted.begun.wait(PATIENCE)
    for _ in range(2 * runs.MOST_OF_ONE):  # those that wait and are left alone make room at once
        with pytest.raises(LookedAwayError):
            ask(runner, history, replicates=3, progress=look_away)
    for _ in range(runs.MOST_OF_ONE - 1):
        runner._enter(address[0])
    with pytest.raises(corridor.CorridorError, match="3 runs from this address are not finished"):
        ask(runner, history, replicates=4)
    monkeypatch.setattr(runs.st.context, "ip_address", "10.0.0.2")
    for number in range(runs.MOST_WAITING - runs.MOST_OF_ONE):
        runner._enter(f"10.0.1.{number}")
    with pytest.raises(corridor.CorridorError, match="the server is busy"):
        ask(runner, history, replicates=4)
    counted.gate.set()
    runner._thread.shutdown()
    assert runner._open[address[0]] == runs.MOST_OF_ONE - 1


def test_progress_is_told_in_order_and_only_when_it_moves():
    told = []
    job: Future = Future()

    def progress(done, total):
        told.append((done, total))
        job.set_result(None)

    runs.EnsembleRunner._wait_for(job, [(1, 4), (2, 4)], progress)
    assert told == [(2, 4)]


def test_a_key_depends_on_the_whole_chain_and_on_how_it_is_run(history, changed):
    keys = {
        runs.run_key(derive(changed), 2, 1),
        runs.run_key(history, 2, 1),
        runs.run_key(history, 3, 1),
        runs.run_key(history, 2, 2),
    }
    assert len(keys) == 4
    assert runs.run_key(corridor.load_scenario("history"), 2, 1) in keys


def test_states_of_a_day_are_stored_once_and_only_while_nobody_waits(history, monkeypatch):
    stored = []
    monkeypatch.setattr(corridor, "run_ensembles", lambda scenarios, **how: stored.append(how["branch_on"]))
    runner = runs.EnsembleRunner()
    runner._enter("other")
    runner.prepare(history, replicates=2, seed=1, start=START)
    runner._leave("other")
    for day in (START, START, date(2023, 6, 1)):
        runner.prepare(history, replicates=2, seed=1, start=day)
    runner._thread.shutdown()
    assert stored == [START, date(2023, 6, 1)]
