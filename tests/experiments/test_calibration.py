"""The fit: what is declared is known, months after the last are never looked at, a known truth is found again."""

import json
from dataclasses import replace

import numpy as np
import pytest

from corridor.experiments.calibration import calibrate as calibration
from corridor.experiments.calibration import misfit as misfits
from corridor.experiments.calibration.accepted import accept, covariance, identify
from corridor.experiments.calibration.declared import load_declared
from corridor.experiments.calibration.fit import fit, read_fit, robust
from corridor.experiments.calibration.misfit import Misfit, Unknowns
from corridor.experiments.calibration.record import with_rates, with_values_of
from corridor.experiments.calibration.scaling import guess_demand
from corridor.experiments.calibration.trial import Setting, history_of, known_parameters, run_once, simulate
from corridor.inputs.parameters.accepted import accepted_count, fit_record, values_of_draw
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.reading.data_files import DATA_FOLDER
from corridor.inputs.registries.nationalities import load_nationalities

SHORT = Setting("2021-06", replicates=1, people_per_agent=5000)


def test_centres_lie_within_the_ranges_of_their_parameters():
    parameters = load_parameters()
    for rate in load_declared().rates:
        for key, centre in rate.centre.items():
            low, high = parameters[rate.id].bounds_of(key)
            assert low <= centre <= high, (rate.id, key)
        assert rate.source


def test_events_and_breaks_lie_within_the_data():
    declared = load_declared()
    for event in declared.events.values():
        assert "2021-01" <= event.before[0] <= event.before[1] < event.after[1] <= "2023-12"
    assert len(declared.breaks) == 5
    assert len(declared.mechanisms) == 5


def test_parameters_known_at_a_month_hold_no_fitted_value_from_after_it():
    last = np.datetime64("2022-07-01").astype("datetime64[D]").astype(object).toordinal()
    for id, parameter in known_parameters("2022-06", "").parameters.items():
        if parameter.status == "fitted" and parameter.dated:
            for key, knots in parameter.knots.items():
                assert all(day < last or len(knots) == 1 for day, _ in knots), (id, key)


def test_a_trial_is_the_run_of_history_up_to_its_month():
    cells = Misfit(Unknowns(SHORT, guess_demand("2021-06")), SHORT).cells
    short = run_once({}, SHORT, cells, 0)
    later = run_once({}, SHORT, cells, 0, last="2021-12")
    assert short.shape[1] == 6
    assert np.array_equal(short, later[:, :6])


def test_months_after_the_last_and_those_left_out_do_not_enter(monkeypatch):
    unknowns = Unknowns(SHORT, guess_demand("2021-06"))
    plain = Misfit(unknowns, SHORT)
    without = Misfit(unknowns, SHORT, left_out=["2021-03"])
    simulated = simulate({}, SHORT, plain.cells)
    changed = simulated.copy()
    changed[:, 2] *= 3.0
    assert not np.array_equal(plain.compare(simulated), plain.compare(changed))
    assert np.array_equal(without.compare(simulated), without.compare(changed))
    real = misfits.observed_values

    def tampered(cells, months):
        assert max(months) <= "2021-06"
        return real(cells, months)

    monkeypatch.setattr(misfits, "observed_values", tampered)
    Misfit(unknowns, SHORT)


def test_an_event_that_is_left_out_is_not_held_to():
    setting = Setting("2022-06", replicates=1, people_per_agent=2000)
    unknowns = Unknowns(setting, guess_demand("2022-06"))
    assert [event.id for event in Misfit(unknowns, setting).events] == ["visas-2022-01"]
    assert not Misfit(unknowns, setting, left_out=["2022-02"]).events


@pytest.mark.parametrize("off", list(load_declared().mechanisms))
def test_a_mechanism_that_is_switched_off_changes_history(off):
    setting = Setting("2023-12", replicates=1, people_per_agent=2000)
    cells = Misfit(Unknowns(setting, guess_demand("2023-12")), setting).cells[:1]
    usual = run_once({}, setting, cells, 0)
    without = run_once({}, Setting("2023-12", off, 1, 2000), cells, 0)
    assert not np.array_equal(usual, without)
    assert (
        history_of(off) is not history_of("")
        or known_parameters("2023-12", off).hash != load_parameters().hash
    )


@pytest.mark.study
def test_a_fit_lowers_the_loss_is_the_same_on_two_processes_and_leaves_a_record(tmp_path, monkeypatch):
    said = []
    found = fit(SHORT, steps=1, workers=1, checkpoint=tmp_path / "point", tell=said.append)
    first = float(said[0].rsplit(" ", 1)[1])
    assert found.loss < first
    going_on = fit(SHORT, steps=1, workers=1, checkpoint=tmp_path / "point")
    assert going_on.loss <= found.loss
    (tmp_path / "kept.json").write_text(found.as_json())
    stored = read_fit(tmp_path / "kept.json")
    assert stored.values == found.values
    assert np.array_equal(stored.slope, found.slope)
    assert len(identify(found)) == len(found.unknowns)
    assert (np.linalg.eigvalsh(covariance(found, found.unknowns)) > 0).all()
    sets, rate = accept(found, wanted=2, workers=1)
    assert 0 < len(sets) <= 2
    assert 0.0 < rate <= 1.0

    monkeypatch.setattr(calibration, "Setting", lambda until: replace(SHORT, until=until))
    again = calibration.calibrate(tmp_path, until=SHORT.until, steps=1, workers=2)
    assert again.x == found.x, "the same on any number of processes"
    record = json.loads((tmp_path / "fit.json").read_text())
    assert set(record) == set(fit_record())
    told = (tmp_path / "identified.csv").read_text()
    assert told.startswith("unknown,value,spread,kept,told_by,trades_with")


def test_the_robust_loss_is_that_of_scipy():
    residuals = np.array([0.5, -3.0, 10.0])
    scaled = (residuals / 2.0) ** 2
    assert robust(residuals) == pytest.approx(0.5 * 4.0 * (2.0 * (np.sqrt(1 + scaled) - 1)).sum())


def test_packaged_values_are_those_of_the_packaged_fit():
    """What `corridor calibrate --write` would write is there already."""
    values = fit_record()["values"]
    text = (DATA_FOLDER / "parameters.yaml").read_text(encoding="utf-8")
    assert with_rates(text, {id: value for id, value in values.items() if id != "latent_demand"}) == text
    for name, nation in load_nationalities().items():
        own = (DATA_FOLDER / f"nationalities/{nation.id}.yaml").read_text(encoding="utf-8")
        assert with_values_of(own, name, values) == own


def test_a_fit_writes_what_a_nationality_owns_into_its_file_and_what_it_shares_into_the_parameters():
    values = {
        "latent_demand": {"Cuba": {"2021-01-01": 1234.56}},
        "departure_response": {"Cuba": 4.2, "default": 3.1},
    }
    before = (DATA_FOLDER / "nationalities/cuba.yaml").read_text(encoding="utf-8")
    after = with_values_of(before, "Cuba", values)
    changed = [line.strip()[:60] for line in after.splitlines() if line not in before.splitlines()]
    assert len(changed) == 2
    assert changed[0].startswith("departure_response: {value: 4.2, status: fitted")
    assert "2021-01-01: 1230," in after
    text = with_rates(
        (DATA_FOLDER / "parameters.yaml").read_text(encoding="utf-8"),
        {"departure_response": values["departure_response"]},
    )
    assert (
        "  shared: 3.1\n" in text
        and "4.2" not in text.split("departure_response:")[1].split("\n\n")[0].split("range")[0]
    )


def test_draws_are_accepted_sets_and_one_too_many_is_refused():
    from corridor import run_ensemble
    from corridor.foundations.errors import InputError

    assert accepted_count() >= 20
    load_parameters(values_of_draw(1))
    results = run_ensemble("history", replicates=2, people_per_agent=5000, draws=1, workers=1)
    assert list(zip(results.draws.tolist(), results.replicates.tolist(), strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]
    central = run_ensemble("history", replicates=2, people_per_agent=5000, workers=1)
    assert np.array_equal(results.values[:2], central.values, equal_nan=True)
    assert not np.array_equal(results.values[2:], central.values, equal_nan=True)
    with pytest.raises(InputError, match="too many"):
        values_of_draw(accepted_count() + 1)
