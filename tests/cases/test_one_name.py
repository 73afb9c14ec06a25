"""Case 14: a name means the same scenario at every door: the shipped one, which no file hides; a file is a path."""

import pytest

import corridor
from corridor.inputs.scenarios.scenario_files import scenario_folders

OWN = """\
name: darien-gate
extends: history
interventions:
  - {id: gate-half, lever: panama.darien_gate, start: 2023-07-01, to: 0.9, source: assumed}
"""
KID = "name: kid\nextends: darien-gate\n"
OTHER = "name: other\nextends: history\nbaseline: darien-gate\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in (("darien-gate", OWN), ("kid", KID), ("other", OTHER)):
        (tmp_path / f"{name}.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def gate_of(scenario):
    return corridor.resolve(scenario).levers["panama.darien_gate"].values[-1, 0]


def test_a_name_is_the_shipped_scenario_at_every_door(folder):
    assert gate_of(corridor.load_scenario("darien-gate")) == 0.5
    assert gate_of(corridor.load_scenario(folder / "kid.yaml")) == 0.5
    assert gate_of(corridor.parse_scenario(KID)) == 0.5
    assert gate_of(corridor.load_scenario("kid.yaml")) == 0.5
    assert gate_of(corridor.load_scenario("darien-gate.yaml")) == 0.9


def test_a_file_with_the_name_of_a_shipped_scenario_is_told_wherever_it_might_be_meant(folder, run_command):
    for given, said in (
        (
            "kid.yaml",
            "kid.yaml: `extends: darien-gate` is the shipped scenario, not the file darien-gate.yaml",
        ),
        ("other.yaml", "other.yaml: `baseline: darien-gate` is the shipped scenario, not the file"),
        ("darien-gate.yaml", "darien-gate.yaml: darien-gate is also a shipped scenario"),
    ):
        code, _, err = run_command("validate", given)
        assert code == 0 and f"note: {said}" in err
        assert any(note.startswith(said) for note in corridor.load_scenario(given).notes)
    code, _, err = run_command("validate", "darien-gate")
    assert code == 0 and "note" not in err


def test_a_copy_of_the_shipped_folder_says_nothing(folder):
    shipped = scenario_folders()[0]
    for name in ("history", "darien-gate"):
        (folder / f"{name}.yaml").write_bytes((shipped / f"{name}.yaml").read_bytes())
    assert corridor.load_scenario("kid.yaml").notes == ()
    assert corridor.load_scenario(shipped / "darien-gate.yaml").notes == ()


def test_two_scenarios_of_one_name_are_never_run_together(folder, run_command):
    code, _, err = run_command("run", "kid.yaml", "darien-gate.yaml", "--out", "r")
    assert code == 2 and "two different scenarios have the name 'darien-gate'" in err
    assert not (folder / "r").exists()
