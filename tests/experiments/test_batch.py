"""Batches: the bytes of a plain run, whatever is killed, damaged, full or failing on the way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from corridor import Results, load_scenario, run_ensembles, write_results
from corridor.experiments import stored_runs
from corridor.experiments.batch import FAILURES, run_batch
from corridor.experiments.stored_runs import STORE
from corridor.foundations.errors import RunError
from corridor.inputs.scenarios.scenario_files import parse_scenario
from tests import bound
from tests.patience import PATIENCE

CORRIDOR = Path(sys.executable).with_name("corridor")
SETTINGS = {"replicates": 2, "workers": 1}
CSV = {"csv": True}  # so that the files of a batch and of a run can be compared


def files_below(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def scenarios(scenario_folder):
    return [load_scenario(scenario_folder / f"{name}.yaml") for name in ("short", "gate")]


@pytest.fixture
def expected(scenarios, tmp_path):
    write_results(run_ensembles(scenarios, **SETTINGS), tmp_path / "expected")
    return files_below(tmp_path / "expected")


def test_a_batch_writes_the_bytes_of_a_run_and_leaves_no_store(scenarios, expected, tmp_path):
    done = run_batch(scenarios, tmp_path / "out", by="mexico_entries", **SETTINGS, **CSV)
    assert files_below(tmp_path / "out") == expected
    assert (done.written, done.failures, done.reused) == (("short", "gate"), (), 0)
    assert done.ranking["scenario"].tolist() == ["gate"] and done.ranking["relative"][0] < 0


def interrupt(scenarios, out, monkeypatch, after):
    """A batch that ends suddenly when some runs are finished."""
    keep_run, kept = stored_runs.keep_run, []

    def keep_some(file, recording):
        if len(kept) == after:
            raise KeyboardInterrupt
        keep_run(file, recording)
        kept.append(file)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(stored_runs, "keep_run", keep_some)
        run_batch(scenarios, out, **SETTINGS, **CSV)
    return kept


def test_a_resumed_batch_runs_only_what_is_missing(scenarios, expected, tmp_path, monkeypatch):
    interrupt(scenarios, tmp_path / "out", monkeypatch, after=3)
    done = run_batch(scenarios, tmp_path / "out", resume=True, **SETTINGS, **CSV)
    assert done.reused == 3
    assert files_below(tmp_path / "out") == expected


def test_the_deal_book_of_a_negotiated_scenario_is_kept_with_its_runs(tmp_path, monkeypatch):
    body = "name: talks\nextends: history\ndiplomacy: {mode: negotiated, from: 2022-09-01}\n"
    talks = [parse_scenario(body + "run: {people_per_agent: 1000}")]
    write_results(run_ensembles(talks, **SETTINGS), tmp_path / "expected")
    interrupt(talks, tmp_path / "out", monkeypatch, after=1)
    run_batch(talks, tmp_path / "out", resume=True, **SETTINGS, **CSV)
    assert files_below(tmp_path / "out") == files_below(tmp_path / "expected")
    assert (tmp_path / "out/talks/deals.csv").read_bytes().count(b"\n") > 5


def test_a_damaged_run_is_run_again(scenarios, expected, tmp_path, monkeypatch):
    first, *_ = interrupt(scenarios, tmp_path / "out", monkeypatch, after=3)
    first.write_bytes(first.read_bytes()[:-8])
    run_batch(scenarios, tmp_path / "out", resume=True, **SETTINGS, **CSV)
    assert files_below(tmp_path / "out") == expected


def test_what_other_settings_finished_is_not_taken(scenarios, tmp_path, monkeypatch):
    interrupt(scenarios, tmp_path / "out", monkeypatch, after=3)
    done = run_batch(scenarios, tmp_path / "out", resume=True, seed=99, **SETTINGS, **CSV)
    assert done.reused == 0


def test_without_resume_everything_is_run_again(scenarios, expected, tmp_path, monkeypatch):
    interrupt(scenarios, tmp_path / "out", monkeypatch, after=3)
    assert run_batch(scenarios, tmp_path / "out", **SETTINGS, **CSV).reused == 0
    assert files_below(tmp_path / "out") == expected


def test_a_batch_stops_when_differences_are_known_well_enough(scenarios, tmp_path):
    settings = {"workers": 1, "replicates": 40, "by": "gave_up"}
    rough = run_batch(scenarios, tmp_path / "rough", until=0.5, **settings)
    assert rough.written == ("short", "gate")
    counts = {}
    for name in ("rough", "whole"):
        if name == "whole":
            run_batch(scenarios, tmp_path / name, until=1e-6, **settings)
        results = Results.read(tmp_path / name / "gate")
        counts[name] = len(results.replicates)
    assert counts == {"rough": 10, "whole": 40}
    rough_values, whole_values = (
        Results.read(tmp_path / name / "gate").values for name in ("rough", "whole")
    )
    np.testing.assert_array_equal(rough_values, whole_values[:10])


def test_a_batch_looks_only_at_the_window_of_its_ranking(scenario_folder, tmp_path):
    """Nothing differs before the gate is shut in February, so in January no more need be known."""
    late = (scenario_folder / "gate.yaml").read_text().replace("2021-01-10", "2021-02-01")
    (scenario_folder / "gate.yaml").write_text(late)
    files = [scenario_folder / "short.yaml", scenario_folder / "gate.yaml"]
    runs = {}
    for window in ("2021-01", "2021-02"):
        out = tmp_path / window
        done = run_batch(files, out, window=window, until=1e-6, by="gave_up", replicates=20, workers=1)
        assert done.window == window
        runs[window] = len(Results.read(out / "gate").replicates)
        assert set(done.ranking["pairs"]) == {runs[window]}
    assert runs == {"2021-01": 10, "2021-02": 20}


def test_a_failed_run_is_recorded_and_does_not_stop_the_rest(scenarios, expected, tmp_path, monkeypatch):
    simulate, calls = stored_runs.simulate, []

    def fail_once(drivers, seed, replicate, *rest):
        calls.append(replicate)
        if len(calls) == 4:
            raise RunError("people were lost, it is said")
        return simulate(drivers, seed, replicate, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(stored_runs, "simulate", fail_once)
        done = run_batch(scenarios, tmp_path / "out", **SETTINGS, **CSV)
    (failure,) = done.failures
    assert (failure.scenario, failure.stage) == ("gate", "simulate")
    assert done.written == ("short",)
    rows = (tmp_path / "out" / FAILURES).read_text().splitlines()
    assert rows[0] == "scenario,replicate,stage,message"
    assert rows[1] == "gate,1,simulate,RunError: people were lost  it is said"
    assert run_batch(scenarios, tmp_path / "out", resume=True, **SETTINGS, **CSV).reused == 3
    assert files_below(tmp_path / "out") == expected, "the list of failures goes when nothing fails"


def test_a_full_disk_is_a_clear_error_and_nothing_finished_is_lost(scenario_folder, tmp_path):
    # A limit on the size of a file (in KB) stands for the disk: runs fit below it, the table of 90 replicates does not.
    out = tmp_path / "out"
    words = [
        CORRIDOR,
        "batch",
        scenario_folder,
        "--replicates",
        "90",
        "--workers",
        "1",
        "--csv",
        "--out",
        out,
    ]
    command = f"ulimit -f 6000; {' '.join(map(str, words))}"
    full = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert full.returncode == 1
    assert "no room left in" in full.stderr and "--resume" in full.stderr and "Traceback" not in full.stderr
    assert len(list((out / STORE).glob("*.run"))) == 180
    again = subprocess.run([*words, "--resume"], check=True, capture_output=True, text=True)
    assert "180 runs were finished before" in again.stderr
    assert {"short/replicates.csv", "gate/replicates.csv", "compare.csv"} < set(files_below(out))


def test_a_killed_batch_is_resumed_to_the_same_bytes(scenario_folder, tmp_path):
    words = [CORRIDOR, "batch", scenario_folder, "--replicates", "30", "--people-per-agent", "100", "--out"]
    killed = bound.start([*words, tmp_path / "out"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    store, patience = tmp_path / "out" / STORE, time.monotonic() + PATIENCE
    while not (store.is_dir() and len(list(store.glob("*.run"))) >= 3) and time.monotonic() < patience:
        time.sleep(0.01)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    time.sleep(1.0)  # workers end with their parent
    finished = len(list(store.glob("*.run")))
    assert 3 <= finished < 60
    subprocess.run([*words, tmp_path / "out", "--resume"], check=True, capture_output=True)
    subprocess.run([*words, tmp_path / "whole"], check=True, capture_output=True)
    assert files_below(tmp_path / "out") == files_below(tmp_path / "whole")
