"""Long commands in rough hands: killed on the way, their folder deleted under them. The bytes stay the same."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corridor import load_scenario, run_ensembles, write_results
from corridor.experiments import batch as batches
from corridor.experiments.batch import run_batch
from corridor.experiments.stored_runs import STORE
from corridor.foundations.errors import RunError
from corridor.outputs import files as written
from corridor.outputs.files import write_files
from tests import bound
from tests.patience import PATIENCE

CORRIDOR = Path(sys.executable).with_name("corridor")
SWEPT = """\
name: swept
extends: short
interventions:
  - {id: half-turned-back, lever: panama.darien_gate, start: 2021-01-10, to: 0.5, source: a test}
sweep:
  method: sobol
  size: 8
  over:
    - {intervention: half-turned-back, range: [0, 1]}
    - {parameter: crossing_rate, range: [0.5, 1.2]}
demands:
  - {id: few, of: panama, indicator: darien_entries, at_most: 20000}
  - {id: alive, of: humanitarian, indicator: deaths, at_most: 100}
"""
WORDS = {
    "sensitivity": ("sensitivity", "swept.yaml", "--size", 16, "--of", "darien_entries", "--of", "deaths"),
    "discover": ("discover", "swept.yaml", "--generations", 3),
}
MORE = ("--people-per-agent", 400, "--workers", 1)


def files_below(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def swept_folder(scenario_folder, monkeypatch):
    """The current folder, with a scenario that has a sweep and demands."""
    (scenario_folder / "swept.yaml").write_text(SWEPT)
    monkeypatch.chdir(scenario_folder)
    return scenario_folder


def start(*words):
    return bound.start(
        [CORRIDOR, *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def wait_for(process, folder, pattern, count):
    """Wait until a process has made so many files."""
    until = time.monotonic() + PATIENCE
    while len(list(folder.glob(pattern))) < count:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.002)


@pytest.mark.parametrize("command", WORDS)
def test_an_analysis_that_was_killed_goes_on_and_writes_the_same_bytes(
    run_command, swept_folder, tmp_path, command
):
    out, store = tmp_path / "out", tmp_path / "out" / "swept" / STORE
    words = (*WORDS[command], *MORE)
    assert run_command(*words, "--out", tmp_path / "quiet")[0] == 0
    killed = start(*words, "--out", out)
    wait_for(killed, store, "*.run", 9)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    finished = len(list(store.glob("*.run")))
    assert finished >= 9
    code, _, notes = run_command(*words, "--out", out, "--resume")
    assert code == 0
    assert f"note: {finished} runs were finished before and not run again" in notes
    assert files_below(out) == files_below(tmp_path / "quiet"), "no store is left, every byte is equal"


def test_an_analysis_of_something_else_begins_anew_and_says_what_is_other(
    run_command, swept_folder, tmp_path
):
    out, words = tmp_path / "out", (*WORDS["sensitivity"], *MORE)
    code, _, notes = run_command(*words, "--out", out, "--resume")
    assert code == 0 and "note: nothing was kept" in notes
    killed = start(*words, "--out", out)
    wait_for(killed, out / "swept" / STORE, "*.run", 3)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    kept = out / "swept" / STORE
    copy = shutil.copytree(kept, tmp_path / "copy")
    for more, edit, what in (
        (("--seed", 9), SWEPT, "--seed"),
        (("--size", 8), SWEPT, "--size"),
        ((), SWEPT.replace("0.5, 1.2", "0.5, 1.3"), "scenario"),
    ):
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(copy, kept)
        (swept_folder / "swept.yaml").write_text(edit)
        code, _, notes = run_command(*words, *more, "--out", out, "--resume")
        assert code == 0
        assert f"note: other than before: {what}; the analysis begins anew" in notes
        assert "finished before" not in notes
    code, _, problems = run_command(*words, "--size", 5, "--out", out, "--resume")
    assert (code, problems) == (2, "--size: 5 is not a power of 2, such as 64\n")
    assert run_command("discover", "swept.yaml", "--deals", "--resume")[0] == 2


@pytest.mark.parametrize("command", [*WORDS, "batch", "run"])
def test_a_folder_that_is_deleted_while_a_command_runs_is_whole_at_its_end(
    run_command, swept_folder, tmp_path, command
):
    out = tmp_path / "out"
    words = (*WORDS[command], *MORE) if command in WORDS else (command, "gate.yaml", "--replicates", 40)
    words = words if command in WORDS else (*words, "--people-per-agent", 400, "--workers", 1)
    assert run_command(*words, "--out", tmp_path / "quiet")[0] == 0
    running = start(*words, "--out", out)
    if command == "run":
        wait_for(running, out, ".corridor-lock", 1)
    else:
        wait_for(running, out, f"**/{STORE}/*.run", 5)
    shutil.rmtree(out, ignore_errors=True)
    assert not out.exists() or command != "run"
    _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, said.decode()
    assert files_below(out) == files_below(tmp_path / "quiet")
    if command == "batch":
        assert b"was deleted meanwhile: what was finished is written again" in said


@pytest.fixture
def scenarios(scenario_folder):
    return [load_scenario(scenario_folder / f"{name}.yaml") for name in ("short", "gate")]


@pytest.mark.parametrize("most", (0, 1, 1000))
def test_runs_that_cannot_be_held_are_run_again(scenarios, tmp_path, monkeypatch, most):
    """Whether files are held or not, and even if the folder goes when all is run."""
    write_results(run_ensembles(scenarios, replicates=3, workers=1), tmp_path / "expected")
    out, whole = tmp_path / "out", batches._write_whole

    class Few(batches.HeldRuns):
        def __init__(self):
            super().__init__()
            self._most = most

    def delete_first(*words):
        shutil.rmtree(out)
        return whole(*words)

    monkeypatch.setattr(batches, "HeldRuns", Few)
    monkeypatch.setattr(batches, "_write_whole", delete_first)
    done = run_batch(scenarios, out, replicates=3, workers=1, csv=True)
    assert files_below(out) == files_below(tmp_path / "expected")
    assert any("was deleted meanwhile" in note for note in done.notes)


def test_a_folder_that_is_deleted_again_and_again_is_an_error_that_says_so(scenarios, tmp_path, monkeypatch):
    out, write = tmp_path / "out", batches._write

    def write_in_vain(*words):
        found = write(*words)
        shutil.rmtree(out)
        return found

    monkeypatch.setattr(batches, "_write", write_in_vain)
    with pytest.raises(
        RunError, match=r"is deleted again and again while it is written; nothing could be kept"
    ):
        run_batch(scenarios, out, replicates=2, workers=1)


def test_files_are_written_again_where_their_folder_goes_between_two_of_them(tmp_path, monkeypatch):
    gone, mkdir, folder = [], Path.mkdir, tmp_path / "out"

    def delete_once(path, *words, **more):
        if path == folder / "b" and not gone:
            gone.append(path)
            shutil.rmtree(folder)
        return mkdir(path, *words, **more)

    monkeypatch.setattr(written.Path, "mkdir", delete_once)
    write_files(folder, {"a/1": b"one", "b/2": b"two"})
    assert gone and files_below(folder) == {"a/1": b"one", "b/2": b"two"}
