import pytest

from corridor import InputError, load_scenario, reproduce, run_ensembles, write_results
from tests.sealing import reseal


@pytest.fixture
def written(scenario_folder, tmp_path):
    """Results of `short` and `gate` on disk; the scenario files are gone."""
    scenarios = [load_scenario(scenario_folder / f"{name}.yaml") for name in ("short", "gate")]
    write_results(run_ensembles(scenarios, replicates=1, workers=1), tmp_path)
    for file in scenario_folder.iterdir():
        file.unlink()
    return tmp_path


@pytest.mark.parametrize("name", ["gate", "gate/manifest.json"])
def test_a_result_is_reproduced_from_its_manifest_alone(written, name):
    result = reproduce(written / name, workers=1)
    assert (result.scenario, result.equal, result.notes) == ("gate", True, ())


def test_a_changed_byte_is_found_and_named(written):
    path = written / "gate" / "summary.csv"
    lines = path.read_text().splitlines()
    lines[1] = lines[1].replace("departures", "departure")
    path.write_text("\n".join(lines) + "\n")
    result = reproduce(written / "gate", workers=1)
    assert not result.equal
    assert len(result.differences) == 1
    assert result.differences[0].startswith(
        "summary.csv: differs from line 2 on: `gate,month,2021-01-01,2021-01-31,departure,"
    )


def test_a_missing_and_a_shortened_file_are_named(written):
    (written / "gate" / "replicates.csv").unlink()
    path = written / "gate" / "summary.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    missing, short = reproduce(written / "gate", workers=1).differences
    assert missing == "replicates.csv: is missing"
    assert "nothing when run again" not in short
    assert short.startswith("summary.csv: differs from line")


def test_what_changed_since_is_a_note(written):
    path = written / "short" / "manifest.json"
    reseal(path.parent, lambda m: (m["hashes"].update(code="0" * 64), m["versions"].update(numpy="1.0.0")))
    result = reproduce(path, workers=1)
    assert result.equal
    assert result.notes[0] == "the code of Corridor changed since"
    assert result.notes[1].startswith("numpy 1.0.0 then, ")


def test_a_manifest_is_needed(tmp_path):
    with pytest.raises(InputError, match=r"manifest\.json: cannot be read"):
        reproduce(tmp_path)


def test_what_was_compared_is_named(written):
    found = reproduce(written / "gate", workers=1)
    assert {"replicates.csv", "summary.csv", "run", "period", "texts"} <= set(found.compared)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("hashes.parameters", lambda m: m["hashes"].update(parameters="0" * 64)),
        ("hashes.cells", lambda m: m["hashes"].update(cells="0" * 64)),
        ("period", lambda m: m["period"].update(end="2021-03-31")),
    ],
)
def test_a_field_that_is_not_that_of_the_run_is_named_though_every_hash_fits(written, part, change):
    reseal(written / "gate", change)
    assert (
        f"manifest.json: {part} is not that of the run" in reproduce(written / "gate", workers=1).differences
    )


def test_files_that_the_run_does_not_give_are_told(written):
    (written / "gate" / "fates.parquet").write_bytes(b"garbage")
    (written / "gate" / "deals.csv").write_text("mine")
    (written / "gate" / "notes.txt").write_text("mine")
    found = reproduce(written / "gate", workers=1)
    assert found.equal
    assert {note.split(" ")[0] for note in found.notes} == {"fates.parquet", "deals.csv", "notes.txt"}
    reseal(written / "gate", lambda m: m["files"].update({"deals.csv": {"bytes": 4, "sha256": "0" * 64}}))
    differences = reproduce(written / "gate", workers=1).differences
    assert differences == ("deals.csv: manifest.json lists it, and the run does not give it",)
