"""Case 06: seed 0 in a file is seed 0, as --seed 0 is, and no other."""

FILE = """\
name: s{seed}
title: Seed {seed}
extends: short
interventions:
  - {{id: gate, lever: panama.darien_gate, start: 2021-01-10, to: 0.1, source: a test}}
run: {{replicates: 1, seed: {seed}, people_per_agent: 1000}}
sweep:
  method: sobol
  size: 2
  over:
    - {{intervention: gate, range: [0.0, 0.5]}}
    - {{parameter: crossing_rate, range: [0.5, 1.0]}}
"""


def test_seed_zero_in_a_file_is_seed_zero_on_the_command_line(run_command, scenario_folder, tmp_path):
    made = {}
    for name, seed, words in (("file 0", 0, ()), ("file 1", 1, ()), ("option 0", 1, ("--seed", "0"))):
        file = scenario_folder / f"s{seed}.yaml"
        file.write_text(FILE.format(seed=seed))
        out = tmp_path / name
        rest = ("--size", "2", "--people-per-agent", "1000", "--of", "encounters_usbp", "--workers", "1")
        code, _, err = run_command("sensitivity", file, *rest, *words, "--out", out)
        assert code == 0, err
        made[name] = (out / f"s{seed}" / "sensitivity.csv").read_text().replace(f"s{seed}", "s")
    assert made["file 0"] == made["option 0"]
    assert made["file 0"] != made["file 1"]
