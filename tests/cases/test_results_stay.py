"""Results that are there when others are written: added to, kept, or put aside and told of; never lost unseen."""

import numpy as np
import pytest

from corridor import Results, compare, load_scenario, write_results
from corridor.experiments.batch import run_batch
from corridor.outputs.stored_results import ASIDE, identity_of
from tests.test_cli import files_below

QUICK = ("--replicates", 2, "--workers", 1)


def test_fewer_replicates_of_the_same_leave_what_is_there(run_command, scenario_folder, tmp_path):
    out = tmp_path / "r"
    run_command("run", scenario_folder / "gate.yaml", "--replicates", 3, "--workers", 1, "--out", out)
    before = files_below(out / "short")
    code, _, said = run_command("run", scenario_folder / "short.yaml", *QUICK, "--out", out)
    assert code == 0 and "holds 3 runs of the same result and is kept; 2 were asked for" in said
    assert files_below(out / "short") == before
    assert len(compare([Results.read(out / name) for name in ("short", "gate")]).table())


@pytest.mark.parametrize("command", ["run", "batch"])
def test_a_comparison_that_is_replaced_is_told_of(run_command, scenario_folder, tmp_path, command):
    out, file = tmp_path / "r", scenario_folder / "gate.yaml"
    (scenario_folder / "shut.yaml").write_text(file.read_text().replace("name: gate", "name: shut"))
    code, _, said = run_command(command, file, *QUICK, "--out", out)
    assert (code, said) == (0, "")
    code, _, said = run_command(command, scenario_folder / "shut.yaml", *QUICK, "--out", out)
    assert code == 0 and "compared 'gate' too, and is now of shut alone" in said
    assert run_command(command, scenario_folder / "shut.yaml", *QUICK, "--out", out)[2] == ""


def test_more_replicates_of_the_same_take_their_place(run_command, scenario_folder, tmp_path):
    out = tmp_path / "r"
    for replicates in (2, 3):
        words = ("--replicates", replicates, "--workers", 1, "--out", out)
        assert run_command("run", scenario_folder / "short.yaml", *words)[0] == 0
    assert len(Results.read(out / "short").values) == 3
    assert [path.name for path in out.iterdir() if path.is_dir()] == ["short"]


def test_another_version_is_put_aside_and_compared_by_its_folder(run_command, scenario_folder, tmp_path):
    out, file = tmp_path / "r", scenario_folder / "gate.yaml"
    run_command("run", file, *QUICK, "--out", out)
    first = Results.read(out / "gate")
    file.write_text(file.read_text().replace("to: 0.5", "to: 0.9"))
    code, _, said = run_command("run", file, *QUICK, "--out", out)
    name = f"gate{ASIDE}{identity_of(first.manifest)[:8]}"
    assert code == 0 and f"held another version of this scenario's results: it is kept as {name}" in said
    np.testing.assert_array_equal(Results.read(out / name).values, first.values)

    code, shown, said = run_command("compare", out / name, out / "gate")
    assert code == 0, said
    assert f"gate against {name}" in shown and "darien_entries" in shown
    code, shown, _ = run_command("compare", out)
    assert code == 0 and ASIDE not in shown, "what was put aside is not among the results of the folder"


def test_versions_in_folders_of_one_name_are_told_apart_by_their_paths(
    run_command, scenario_folder, tmp_path
):
    file = scenario_folder / "gate.yaml"
    for share in ("0.5", "0.9"):
        file.write_text(file.read_text().replace("to: 0.5", f"to: {share}"))
        assert run_command("run", file, *QUICK, "--no-baseline", "--out", tmp_path / share)[0] == 0
    code, shown, said = run_command("compare", tmp_path / "0.5" / "gate", tmp_path / "0.9" / "gate")
    assert code == 0, said
    assert "0.9/gate against" in shown and "darien_entries" in shown


def test_runs_that_only_one_has_are_left_out_and_told_of(make_results):
    more, fewer = make_results(replicates=5), make_results("funds", shift=2, replicates=3)
    found = compare([more, fewer])
    assert any("of the 5 runs of history, the 3 that both have are compared" in note for note in found.notes)
    assert set(found.table()["pairs"]) == {3} and (found.table()["difference_mean"] == 2).all()


@pytest.mark.parametrize("csv", [False, True])
def test_a_finished_batch_is_extended(scenario_folder, tmp_path, csv):
    scenarios = [load_scenario(scenario_folder / name) for name in ("short.yaml", "gate.yaml")]
    settings = {"workers": 1, "csv": csv}
    run_batch(scenarios, tmp_path / "o", replicates=2, **settings)
    done = run_batch(scenarios, tmp_path / "o", replicates=3, resume=True, **settings)
    assert done.reused == 4
    run_batch(scenarios, tmp_path / "once", replicates=3, **settings)
    assert files_below(tmp_path / "o") == files_below(tmp_path / "once")


def test_results_of_other_code_are_not_extended(scenario_folder, tmp_path, monkeypatch):
    scenarios = [load_scenario(scenario_folder / "short.yaml")]
    with monkeypatch.context() as patch:
        patch.setattr("corridor.outputs.manifest.code_hash", lambda: "0" * 64)
        run_batch(scenarios, tmp_path / "o", replicates=2, workers=1)
    done = run_batch(scenarios, tmp_path / "o", replicates=3, resume=True, workers=1)
    assert done.reused == 0 and any("held another version" in note for note in done.notes)


def test_a_folder_whose_manifest_cannot_be_read_is_put_aside(make_results, tmp_path):
    write_results([make_results()], tmp_path)
    (tmp_path / "history" / "manifest.json").write_text("{}")
    with pytest.warns(UserWarning, match="kept as history@unreadable"):
        write_results([make_results()], tmp_path)
    assert (tmp_path / "history@unreadable" / "summary.csv").is_file()
    assert len(Results.read(tmp_path / "history").values) == 3
