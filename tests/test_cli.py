import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import numba
import pytest

from corridor import load_scenario, run_ensembles, write_results
from corridor.engine.state import from_bytes
from corridor.experiments.workers import stop_workers
from tests import bound
from tests.patience import PATIENCE

CORRIDOR = Path(sys.executable).with_name("corridor")


@pytest.fixture(scope="module", autouse=True)
def _no_workers_stay():
    yield
    stop_workers()


BY = ("", "_by_place", "_by_nationality", "_by_party")


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_run_writes_the_scenario_its_baseline_and_their_comparison(run_command, scenario_folder, tmp_path):
    out = tmp_path / "out"
    code, shown, problems = run_command("run", scenario_folder / "gate.yaml", "--out", out, "--replicates", 2)
    assert (code, problems) == (0, "")
    assert set(files_below(out)) == {
        "datapackage.json",
        *(f"{stem}{level}.csv" for stem in ("compare", "headline") for level in BY),
        *(
            f"{name}/{file}"
            for name in ("short", "gate")
            for file in ("manifest.json", "datapackage.json", "crossed.parquet")
        ),
        *(
            f"{name}/{stem}{level}.csv"
            for name in ("short", "gate")
            for stem in ("summary", "replicates", "replicates_years")
            for level in BY
        ),
    }
    assert "gate against short" in shown
    assert "darien_entries" in shown
    assert "gate/, short/, compare.csv" in shown


def test_the_command_line_writes_the_bytes_that_the_library_writes(run_command, scenario_folder, tmp_path):
    run_command(
        "run", scenario_folder / "gate.yaml", "--out", tmp_path / "cli", "--replicates", 2, "--seed", 9
    )
    scenarios = [load_scenario(scenario_folder / f"{name}.yaml") for name in ("short", "gate")]
    results = run_ensembles(scenarios, replicates=2, seed=9, workers=1)
    write_results(results, tmp_path / "library")
    assert files_below(tmp_path / "cli") == files_below(tmp_path / "library")


def test_a_baseline_runs_only_if_it_is_wanted(run_command, scenario_folder, tmp_path):
    code, shown, _ = run_command(
        "run", scenario_folder / "gate.yaml", "--no-baseline", "--out", tmp_path / "out", "--replicates", 1
    )
    assert code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"gate"}
    assert "gate: one replicate at 1:400" in shown


def test_a_scenario_that_runs_on_after_its_baseline_shows_its_own_years(
    run_command, scenario_folder, tmp_path
):
    (scenario_folder / "longer.yaml").write_text("name: longer\nextends: short\nperiod: {end: 2022-01-31}\n")
    _, shown, _ = run_command(
        "run", scenario_folder / "longer.yaml", "--out", tmp_path / "out", "--replicates", 1
    )
    assert "longer: one replicate" in shown
    rows = (tmp_path / "out" / "compare.csv").read_text().splitlines()[1:]
    assert {tuple(row.split(",")[2:5]) for row in rows} == {
        ("month", "2021-01-01", "2021-01-31"),
        ("month", "2021-02-01", "2021-02-28"),
    }


def test_all_can_be_compared_with_a_named_baseline(run_command, scenario_folder, tmp_path):
    gate, short = scenario_folder / "gate.yaml", scenario_folder / "short.yaml"
    code, shown, _ = run_command(
        "run", short, "--baseline", gate, "--out", tmp_path / "out", "--replicates", 1
    )
    assert code == 0
    assert "short against gate" in shown


def test_scenarios_and_their_baseline_run_once(run_command, scenario_folder, tmp_path):
    gate, short = scenario_folder / "gate.yaml", scenario_folder / "short.yaml"
    run_command("run", gate, short, gate, "--out", tmp_path / "out", "--replicates", 1)
    rows = (tmp_path / "out" / "compare.csv").read_text().splitlines()
    assert {tuple(row.split(",")[:2]) for row in rows[1:]} == {("gate", "short")}


def test_compare_reads_what_run_wrote(run_command, scenario_folder, tmp_path):
    out = tmp_path / "out"
    run_command("run", scenario_folder / "gate.yaml", "--out", out, "--replicates", 2)
    for baseline in (["--baseline", out / "short"], ["--baseline", "short"], []):
        code, shown, _ = run_command(
            "compare", out / "short", out / "gate", *baseline, "--out", tmp_path / "again.csv"
        )
        assert code == 0
        assert "gate against short" in shown
        assert (tmp_path / "again.csv").read_bytes() == (out / "compare.csv").read_bytes()


def test_reproduce_says_whether_every_byte_is_equal(run_command, scenario_folder, tmp_path):
    run_command("run", scenario_folder / "short.yaml", "--out", tmp_path, "--replicates", 1)
    assert run_command("reproduce", tmp_path / "short" / "manifest.json") == (
        0,
        "short: equal, every byte of its 14 files and every field of the manifest "
        "(this finds errors, not forgers)\n",
        "",
    )
    with (tmp_path / "short" / "summary.csv").open("a") as file:
        file.write("\n")
    code, shown, problems = run_command("reproduce", tmp_path / "short" / "manifest.json")
    assert (code, shown) == (1, "")
    assert problems.startswith("summary.csv: differs from line")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["run", "histroy"], "histroy: no scenario of this name; did you mean 'history'?"),
        (["validate", "missing.yaml"], "missing.yaml: cannot be read: No such file"),
        (["compare", "nowhere"], "nowhere: no results here: manifest.json is neither in it"),
        (["reproduce", "nowhere"], "nowhere/manifest.json: cannot be read: No such file"),
        (["run", "history", "--baseline", "nothing-like-it"], "nothing-like-it: no scenario of this name"),
        (["run", "history", "--replicates", "0"], "'--replicates'"),
        (["run", "history", "--people-per-agent", "none"], "'--people-per-agent'"),
        (["run"], "Missing argument"),
        (["rum"], "No such command 'rum'"),
    ],
)
def test_bad_input_ends_with_two_and_writes_nothing(run_command, tmp_path, monkeypatch, words, problem):
    monkeypatch.chdir(tmp_path)
    code, shown, problems = run_command(*words)
    assert (code, shown) == (2, "")
    assert problem in problems
    assert list(tmp_path.iterdir()) == []


def test_the_problems_of_all_files_come_at_once_with_their_places(run_command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(
        "name: a\nextends: history\ninterventions:\n"
        "  - {id: x, lever: mexico.enforcement_fundng, start: 2023-12-01, to: 1}\n"
        "  - {id: y, lever: mexico.enforcement_funding, start: 2023-12-01, to: 3}\n"
    )
    Path("b.yaml").write_text("name: b\nextends: histroy\n")
    code, shown, problems = run_command("run", "a.yaml", "b.yaml", "--out", "out")
    assert (code, shown) == (2, "")
    lines = problems.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("a.yaml:4:20: ")
    assert "did you mean 'mexico.enforcement_funding'" in lines[0]
    assert lines[1].startswith("a.yaml:5:")
    assert lines[2].startswith("b.yaml:2:")
    assert not Path("out").exists()


def test_two_scenarios_of_one_name_are_refused(run_command, scenario_folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "short.yaml").write_text((scenario_folder / "short.yaml").read_text().replace("02-28", "03-31"))
    code, _, problems = run_command(
        "run", scenario_folder / "short.yaml", other / "short.yaml", "--out", tmp_path / "o"
    )
    assert code == 2
    assert "two different scenarios have the name 'short'" in problems


def test_a_file_in_the_place_of_the_folder_is_refused(run_command, scenario_folder, tmp_path):
    (tmp_path / "out").write_text("mine")
    code, _, problems = run_command("run", scenario_folder / "short.yaml", "--out", tmp_path / "out")
    assert code == 2
    assert "is a file; results need a folder" in problems
    assert (tmp_path / "out").read_text() == "mine"


def test_validate_accepts_every_shipped_scenario(run_command):
    from corridor import scenario_names

    code, shown, _ = run_command("validate", *scenario_names())
    assert code == 0
    assert shown.count("is valid") == len(scenario_names())


@pytest.mark.parametrize("command", ["levers", "indicators", "evidence"])
def test_lists_come_as_text_and_as_csv(run_command, command):
    code, shown, _ = run_command(command)
    assert code == 0
    code, csv, _ = run_command(command, "--csv")
    assert code == 0
    header, first, *_ = csv.splitlines()
    assert header.startswith("id,")
    assert first.split(",")[0] in shown


def test_evidence_is_searched(run_command):
    _, shown, _ = run_command("evidence", "--search", "caravan 10,000")
    assert "caravan" in shown
    assert run_command("evidence", "--search", "xylophone")[1] == "0 records\n"


def test_help_and_version(run_command):
    assert run_command("--version")[1].startswith("corridor ")
    shown = run_command("--help")[1]
    for command in ("run", "validate", "compare", "levers", "indicators", "evidence", "reproduce", "app"):
        assert command in shown


def test_the_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "corridor", "--version"], capture_output=True, text=True, check=True
    )
    assert (
        done.stdout
        == subprocess.run([CORRIDOR, "--version"], capture_output=True, text=True, check=True).stdout
    )


def test_progress_shows_on_a_terminal_and_nowhere_else(scenario_folder, tmp_path):
    command = [CORRIDOR, "run", scenario_folder / "short.yaml", "--replicates", "2", "--workers", "1"]
    piped = subprocess.run([*command, "--out", tmp_path / "a"], capture_output=True, text=True, check=True)
    assert all(line.startswith("short: ") for line in piped.stderr.splitlines()), "none within ten seconds"
    assert "\x1b" not in piped.stderr
    ours, theirs = pty.openpty()
    with bound.start(
        [*command, "--out", tmp_path / "b"], stdout=subprocess.DEVNULL, stderr=theirs
    ) as drawing:
        os.close(theirs)
        drawn = b""
        try:
            while chunk := os.read(ours, 65536):
                drawn += chunk
        except OSError:  # how Linux says that the other end is closed
            pass
    os.close(ours)
    assert drawing.returncode == 0
    assert b"2/2" in drawn
    assert files_below(tmp_path / "a") == files_below(tmp_path / "b")


def test_an_interrupted_run_leaves_no_results_no_process_and_nothing_half_written(
    scenario_folder, tmp_path, processes_of
):
    out, states = tmp_path / "out", tmp_path / "cache" / "corridor" / "states"
    compiled = str(numba.config.CACHE_DIR)  # type: ignore[attr-defined]
    process = bound.start(
        [
            CORRIDOR,
            "run",
            scenario_folder / "gate.yaml",
            "--replicates",
            "5000",
            "--workers",
            "2",
            "--out",
            out,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "NUMBA_CACHE_DIR": compiled},
    )
    try:
        while len(list(states.glob("*.state"))) < 9:  # both workers are at work
            assert process.poll() is None
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        _, problems = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in problems
    assert not out.exists()
    for _ in range(100):
        if processes_of(process.pid) == 0:
            break
        time.sleep(0.1)
    assert processes_of(process.pid) == 0, "a process of its session is still there"
    assert {path.suffix for path in states.iterdir()} == {".state"}
    for path in states.iterdir():
        from_bytes(path.read_bytes())  # raises where it is not whole


def test_a_batch_runs_the_scenarios_of_a_folder_and_ranks_them(run_command, scenario_folder, tmp_path):
    harder = (
        (scenario_folder / "gate.yaml")
        .read_text()
        .replace("to: 0.5", "to: 0.9")
        .replace("name: gate", "name: shut")
    )
    (scenario_folder / "shut.yaml").write_text(harder.replace("name: gate", "name: shut"))
    words = ("--replicates", 2, "--by", "mexico_entries", "--workers", 1)
    code, shown, problems = run_command("batch", scenario_folder, "--out", tmp_path / "out", *words)
    assert (code, problems) == (0, "")
    rows = [line.split()[0] for line in shown.splitlines() if line.startswith(("gate ", "shut "))]
    assert rows == ["shut", "gate"], "the larger fall comes first"
    run_command("run", scenario_folder, "--out", tmp_path / "run", "--replicates", 2, "--workers", 1)
    run_command("batch", scenario_folder, "--out", tmp_path / "csv", "--csv", *words)
    assert files_below(tmp_path / "csv") == files_below(tmp_path / "run")
    shared = [
        name for name in files_below(tmp_path / "out") if "manifest" not in name and name.endswith(".csv")
    ]
    assert len(shared) > 8
    assert all(
        (tmp_path / "out" / each).read_bytes() == (tmp_path / "run" / each).read_bytes() for each in shared
    )


def test_a_folder_without_scenarios_and_an_unknown_indicator_are_refused(
    run_command, tmp_path, scenario_folder
):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run_command("batch", empty)[0] == 2
    code, _, problems = run_command("batch", scenario_folder, "--by", "mexico_entrys")
    assert (code, problems) == (
        2,
        "--by: unknown indicator 'mexico_entrys'; did you mean 'mexico_entries'?\n",
    )


def test_fates_are_kept_and_split_on_request(run_command, scenario_folder, tmp_path):
    out = tmp_path / "out"
    code, shown, _ = run_command(
        "run", scenario_folder / "gate.yaml", "--fates", "--replicates", 1, "--out", out
    )
    assert code == 0
    assert {"fates.csv", "gate/fates.parquet", "short/fates.parquet"} < set(files_below(out))
    assert "fates, in people" in shown and "deterred" in shown
    split = tmp_path / "split.csv"
    code, _, _ = run_command("compare", out / "short", out / "gate", "--fates", "--out", split)
    assert code == 0 and split.read_bytes() == (out / "fates.csv").read_bytes()
    code, shown, _ = run_command("compare", out, "--out", tmp_path / "mine.csv")
    assert code == 0 and "gate against short, 1 pair" in shown and "fates, in people, 1 pair" in shown
    assert (tmp_path / "mine_fates.csv").read_bytes() == split.read_bytes()
    assert '"mine_fates.csv"' in (tmp_path / "mine_datapackage.json").read_text()
    run_command("run", scenario_folder / "gate.yaml", "--replicates", 1, "--out", tmp_path / "plain")
    code, _, problems = run_command("compare", tmp_path / "plain/short", tmp_path / "plain/gate", "--fates")
    assert code == 2 and "run again with --fates" in problems


def test_a_batch_runs_every_point_of_a_sweep_and_writes_the_points(run_command, scenario_folder, tmp_path):
    text = (scenario_folder / "gate.yaml").read_text().replace("name: gate", "name: gates")
    over = "sweep: {over: [{intervention: half-turned-back, values: [0.2, 0.9]}]}"
    (scenario_folder / "gates.yaml").write_text(f"{text}{over}\n")
    out = tmp_path / "out"
    words = ("--replicates", 1, "--by", "mexico_entries", "--out", out)
    code, shown, _ = run_command("batch", scenario_folder / "gates.yaml", *words)
    assert code == 0
    assert (out / "gates-points.csv").read_text() == "scenario,half-turned-back\ngates-1,0.2\ngates-2,0.9\n"
    rows = [line.split()[0] for line in shown.splitlines() if line.startswith("gates-")]
    assert rows == ["gates-2", "gates-1"]
    assert {"gates-1", "gates-2", "short"} <= {path.name for path in out.iterdir()}
    assert run_command("reproduce", out / "gates-2" / "manifest.json")[0] == 0


def test_deals_says_what_opens_agreement_and_writes_it(run_command, tmp_path):
    words = ("discover", "--deals", "negotiated-2023", "--draws", 3, "--replicates", 1, "--out", tmp_path)
    code, shown, problems = run_command(*words)
    assert (code, problems) == (0, "")
    assert "opens agreement" in shown
    assert set(files_below(tmp_path / "negotiated-2023")) == {"concessions.csv", "demands.csv"}


def test_what_a_sweep_varies_is_weighed_and_searched_and_written(run_command, tmp_path):
    toy = ("demands-together", "--people-per-agent", 5000, "--out", tmp_path)
    code, shown, problems = run_command("sensitivity", *toy, "--size", 2, "--of", "darien_entries")
    assert (code, problems) == (0, "")
    assert "belief_origin_days" in shown
    assert set(files_below(tmp_path / "demands-together")) == {"sensitivity.csv", "sensitivity.svg"}
    assert run_command("sensitivity", *toy, "--of", "darien_entry")[0] == 2
    assert run_command("discover", "history")[0] == 2


def test_deals_of_a_scenario_without_talks_are_refused(run_command):
    code, _, problems = run_command("discover", "--deals", "history")
    assert code == 2
    assert "its governments do not bargain" in problems


def test_doctor_shows_what_is_installed_where_the_caches_are_and_how_fast_a_replicate_is(run_command):
    code, shown, _ = run_command("doctor")
    assert code == 0
    assert numba.__version__ in shown
    for what in (
        "compiled code",
        "stored states",
        "parsed registries",
        "cores",
        "memory",
        "streamlit (extra app)",
    ):
        assert what in shown
    line = next(line for line in shown.splitlines() if "history at 1:50" in line)
    assert 0 < float(line.split()[-2]) < 600


def test_doctor_says_which_cache_cannot_be_written(run_command, monkeypatch, tmp_path):
    (tmp_path / "corridor").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    code, shown, notes = run_command("doctor", "--no-timing")
    assert code == 0
    assert f"note: {tmp_path / 'corridor' / 'states'} cannot be written" in notes
    assert "history at" not in shown
