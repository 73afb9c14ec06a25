import os
import resource
import subprocess
import sys

import pytest

from corridor import InputError, load_scenario, run_ensemble
from corridor.engine.plan import plan_of
from corridor.experiments import memory
from corridor.experiments.memory import CELLS, CROSSED, allowed_bytes, refuse_too_large, size_of
from corridor.outputs.rows import Cell, is_crossed
from tests.patience import PATIENCE
from tests.small_runs import drivers_of

SETTINGS = {
    "replicates": 20, "workers": 2, "people_per_agent": 50, "daily": False, "fates": False, "draws": 0,
}  # fmt: skip


def size(*scenarios, **changed):
    return size_of([load_scenario(name) for name in scenarios or ["history"]], **{**SETTINGS, **changed})


def test_the_estimate_counts_the_cells_and_periods_that_a_run_has():
    crossed = [is_crossed(Cell(*row)) for row in plan_of(drivers_of()).reading.map.cells.rows()]
    assert len(crossed) - sum(crossed) == pytest.approx(CELLS, rel=0.1)
    assert sum(crossed) == pytest.approx(CROSSED, rel=0.1)
    assert size().periods == 42 + 4
    assert size(daily=True).periods == 42 + 4 + 1277


def test_each_thing_that_takes_memory_makes_the_estimate_larger():
    plain = size().bytes
    larger = [{"daily": True}, {"fates": True}, {"draws": 5}, {"replicates": 40}, {"workers": 4}]
    assert all(size(**each).bytes > plain for each in larger)
    assert size(fates=True, people_per_agent=1).bytes > 10 * size(fates=True, people_per_agent=50).bytes
    assert size("history", "outlook-2024").bytes > plain
    assert size("history", "outlook-2024", kept=1).bytes < size("history", "outlook-2024").bytes


@pytest.mark.parametrize(
    ("changed", "free_mb", "offered"),
    [
        ({"fates": True, "people_per_agent": 1}, 12_000, "--people-per-agent 10"),
        ({"daily": True}, 2_000, "leaving out --daily"),
        ({"replicates": 4000}, 4_700, "--replicates 250"),
        ({"workers": 8}, 700, "--workers 1"),
    ],
)
def test_the_refusal_says_what_is_needed_what_is_free_and_what_would_fit(
    changed, free_mb, offered, monkeypatch
):
    monkeypatch.setenv(memory.VARIABLE, str(free_mb))
    with pytest.raises(InputError) as refused:
        refuse_too_large([load_scenario("history")], **SETTINGS | changed)
    said = str(refused.value)
    assert "this needs about" in said
    assert "are free" in said
    assert offered in said, said
    assert memory.VARIABLE in said


def test_a_run_that_does_not_fit_is_refused_with_two_and_writes_nothing(run_command, tmp_path, monkeypatch):
    monkeypatch.setenv(memory.VARIABLE, "900")
    out = tmp_path / "out"
    for command in ("run", "batch"):
        code, _, said = run_command(command, "history", "--replicates", 2000, "--out", out)
        assert code == 2, said
        assert "this needs about" in said
        assert not out.exists()
    monkeypatch.setenv(memory.VARIABLE, "lots")
    with pytest.raises(InputError, match="expected megabytes, 0 or more, not 'lots'"):
        run_ensemble("history", replicates=1, people_per_agent=1000)


def test_the_limit_of_the_process_is_respected_before_anything_runs(tmp_path):
    limit = 3_500_000_000

    def bound():
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    words = ["run", "history", "--replicates", "3000", "--workers", "1", "--out", str(tmp_path / "out")]
    without = {name: value for name, value in os.environ.items() if name != memory.VARIABLE}
    done = subprocess.run(
        [sys.executable, "-m", "corridor", *words],
        capture_output=True, text=True, timeout=PATIENCE, preexec_fn=bound, env=without, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "this needs about" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("version", [1, 2])
def test_the_limit_of_a_control_group_or_one_above_it_is_respected(version, tmp_path):
    top = tmp_path / "memory" if version == 1 else tmp_path
    inner = top / "outer" / "inner"
    inner.mkdir(parents=True)
    names = (
        ("memory.limit_in_bytes", "memory.usage_in_bytes")
        if version == 1
        else ("memory.max", "memory.current")
    )
    cache = "total_inactive_file" if version == 1 else "inactive_file"
    for folder, limit in ((inner, str(2**63 - 4096) if version == 1 else "max"), (inner.parent, "1000")):
        (folder / names[0]).write_text(limit + "\n")
        (folder / names[1]).write_text("400\n")
        (folder / "memory.stat").write_text(f"anon 1\n{cache} 100\n")
    groups = tmp_path / "groups"
    groups.write_text("4:memory:/outer/inner\n1:name=systemd:/\n" if version == 1 else "0::/outer/inner\n")
    assert min(memory._of_groups(tmp_path, groups)) == 1000 - 400 + 100


def test_what_is_free_is_known_here(monkeypatch):
    monkeypatch.delenv(memory.VARIABLE, raising=False)
    assert 50e6 < allowed_bytes() < 1e14
    assert 10e6 < memory.resident_bytes() < 1e11
