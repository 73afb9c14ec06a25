"""Two commands at once never mix their results in one folder: the second is refused before it works."""

import json
import signal
import subprocess
import sys
import time

import pytest

from corridor.outputs.locks import LOCK, locked
from tests import bound
from tests.conftest import ROOT_SCENARIO
from tests.patience import PATIENCE

SWEEP = "sweep: {method: sobol, size: 2, over: [{parameter: crossing_rate, range: [0.5, 1.0]}]}\n"


@pytest.mark.parametrize("command", ["run", "batch", "sensitivity", "discover", "estimate", "hindcast"])
def test_a_command_that_writes_is_refused_while_another_holds_its_folder(
    run_command, command, scenario_folder, tmp_path
):
    out, scenario = tmp_path / "out", scenario_folder / "short.yaml"
    if command == "sensitivity":
        scenario.write_text(ROOT_SCENARIO + SWEEP)
    named = [] if command in ("estimate", "hindcast") else [scenario]
    held = out / "short" if command in ("sensitivity", "discover") else out
    words = [command, *named, "--out", out]
    code = []
    with locked(held):
        (held / LOCK).write_text(
            json.dumps({"process": "4711", "host": "elsewhere", "since": "2023-12-18 09:00:00+00:00"})
        )
        other = subprocess.run(
            [sys.executable, "-m", "corridor", *map(str, words)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        code.append(other.returncode)
        assert [file.name for file in held.iterdir()] == [LOCK]
    assert code == [2], other.stderr
    assert "is being written by process 4711 on elsewhere, since 2023-12-18 09:00:00+00:00" in other.stderr
    assert "Traceback" not in other.stderr


def test_a_run_that_was_killed_leaves_a_folder_that_the_next_one_takes(
    run_command, scenario_folder, tmp_path
):
    slow = scenario_folder / "slow.yaml"
    slow.write_text(ROOT_SCENARIO.replace("short", "slow").replace("replicates: 3", "replicates: 5000"))
    out = tmp_path / "out"
    process = bound.start(
        [sys.executable, "-m", "corridor", "run", str(slow), "--out", str(out), "--workers", "1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(600):
        if (out / LOCK).exists() and (out / LOCK).stat().st_size:
            break
        time.sleep(0.05)
    assert json.loads((out / LOCK).read_text())["process"] == str(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (out / LOCK).exists()
    code, said, _ = run_command("run", scenario_folder / "short.yaml", "--replicates", "1", "--out", out)
    assert (code, [path.name for path in out.iterdir()]) == (0, ["short"]), said
