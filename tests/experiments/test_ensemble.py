import numpy as np
import pytest

from corridor import InputError, load_scenario, run_ensemble, run_ensembles
from corridor.experiments.workers import stop_workers
from corridor.outputs.rows import Cell


@pytest.fixture(scope="module", autouse=True)
def _no_workers_stay():
    yield
    stop_workers()


@pytest.fixture
def short(scenario_folder):
    return load_scenario(scenario_folder / "short.yaml")


@pytest.fixture
def gate(scenario_folder):
    return load_scenario(scenario_folder / "gate.yaml")


def test_the_bytes_do_not_depend_on_the_number_of_workers(short, gate):
    alone = [each.files() for each in run_ensembles([short, gate], workers=1)]
    for workers in (2, 3):
        assert [each.files() for each in run_ensembles([short, gate], workers=workers)] == alone


def test_a_scenario_gives_the_same_bytes_alone_and_beside_others(short, gate):
    beside = run_ensembles([short, gate], workers=1)[1]
    assert run_ensemble(gate, replicates=3, seed=5, people_per_agent=400, workers=1).files() == beside.files()


def test_a_replicate_is_the_same_whatever_the_number_of_replicates(short):
    few, many = (run_ensemble(short, replicates=count, workers=1) for count in (1, 2))
    np.testing.assert_array_equal(few.values[0], many.values[0])
    assert (many.values[0] != many.values[1]).any()


def test_another_seed_is_another_realisation(short):
    one, two = (run_ensemble(short, replicates=1, seed=seed, workers=1) for seed in (0, 1))
    assert (one.values != two.values).any()


def test_unless_given_everything_runs_as_the_first_scenario_says(short, gate):
    for results in run_ensembles([short, gate], workers=1):
        run = results.manifest["run"]
        assert (run["replicates"], run["seed"], run["people_per_agent"]) == ([0, 1, 2], 5, 400)


def test_a_full_scale_run_has_one_replicate_unless_given(short, monkeypatch):
    # One in four hundred takes the place of everyone, to be quick.
    monkeypatch.setattr("corridor.experiments.ensemble.FULL_SCALE", 400)
    assert len(run_ensemble(short, workers=1).replicates) == 1
    assert len(run_ensemble(short, workers=1, replicates=2).replicates) == 2


def test_days_are_reported_on_request(short):
    daily = run_ensemble(short, replicates=1, daily=True, workers=1)
    monthly = run_ensemble(short, replicates=1, workers=1)
    assert daily.periods[0] == "2021-01-01"
    assert daily.periods[59:] == monthly.periods == ("2021-01", "2021-02", "2021-01 to 2021-02")
    days = daily.values[0, :59, daily.index[Cell("departures")]]
    assert days.sum() == monthly.values[0, 2, monthly.index[Cell("departures")]]


def test_progress_counts_replicates(short, gate):
    seen = []
    run_ensembles([short, gate], workers=1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 6) for done in range(1, 7)]


def test_an_unknown_scenario_is_refused_before_anything_runs(short):
    def never(done, total):
        raise AssertionError("something ran")

    with pytest.raises(InputError, match="did you mean 'history'"):
        run_ensembles([short, "histroy"], progress=never)


def test_the_manifest_holds_the_whole_chain(gate):
    manifest = run_ensemble(gate, replicates=1, people_per_agent=400, workers=1).manifest
    assert list(manifest["texts"]) == ["short", "gate"]
    assert manifest["extends"] == ["short"]
    assert manifest["baseline"] == "short"
    assert manifest["period"] == {"start": "2020-07-01", "report_from": "2021-01-01", "end": "2021-02-28"}


def test_an_override_of_a_parameter_shows_in_the_hash(short, scenario_folder):
    (scenario_folder / "other.yaml").write_text(
        "name: other\nextends: short\noverrides: {crossing_rate: 0.5}\n"
    )
    other = run_ensemble(scenario_folder / "other.yaml", replicates=1, people_per_agent=400, workers=1)
    same = run_ensemble(short, replicates=1, people_per_agent=400, workers=1)
    assert other.manifest["hashes"]["parameters"] != same.manifest["hashes"]["parameters"]
    assert (other.values != same.values).any()
