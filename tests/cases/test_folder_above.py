"""Case 20: compare and report take the folder above, and pass over what Corridor itself wrote there."""


def test_compare_and_report_take_the_folder_above_and_all_that_is_in_it(
    run_command, scenario_folder, tmp_path
):
    out = tmp_path / "r"
    scale = ("--replicates", "2", "--people-per-agent", "1000", "--workers", "1")
    assert run_command("run", scenario_folder / "gate.yaml", *scale, "--out", out)[0] == 0
    everything = sorted(out.iterdir())
    assert out / "compare.csv" in everything
    made = []
    for number, given in enumerate(([out / "short", out / "gate"], [out], everything)):
        code, _, err = run_command("compare", *given, "--out", tmp_path / f"{number}.csv")
        assert code == 0, (given, err)
        made.append((tmp_path / f"{number}.csv").read_bytes())
        code, _, err = run_command("report", *given, "--out", tmp_path / f"{number}.html")
        assert code == 0, (given, err)
    assert made[0] == made[1] == made[2] == (out / "compare.csv").read_bytes()


def test_what_holds_no_results_is_refused_by_name(run_command, tmp_path):
    (tmp_path / "compare.csv").write_text("mine")
    for given in (tmp_path, tmp_path / "compare.csv", tmp_path / "nothing"):
        code, _, err = run_command("compare", given)
        assert code == 2 and f"{given}: no results here" in err
