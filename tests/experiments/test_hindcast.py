"""The hindcast: scores against known answers, references, what was known when, and no look ahead."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from corridor.experiments.hindcast import protocol, run
from corridor.experiments.hindcast.known import announced_policy
from corridor.experiments.hindcast.protocol import Demand, months_between, project_member, refit_of
from corridor.experiments.hindcast.reference import drift, persist, repeat_season
from corridor.experiments.scores import coverage, crps, mape, mase, relative_difference, wape
from corridor.foundations.errors import InputError
from corridor.inputs.parameters.accepted import fit_record
from corridor.inputs.registries.nationalities import NATIONALITIES

OBSERVED = np.array([100.0, 200.0, 400.0])


def test_scores_of_known_cases():
    forecast = np.array([110.0, 180.0, 400.0])
    assert mape(forecast, OBSERVED) == pytest.approx((0.1 + 0.1 + 0.0) / 3)
    assert wape(forecast, OBSERVED) == pytest.approx(30 / 700)
    assert mase(forecast, OBSERVED, np.array([200.0, 200.0, 200.0])) == pytest.approx(10 / 100)
    assert coverage(np.tile(np.arange(101.0)[:, None], 3), np.array([50.0, 9.0, 91.0]), 0.8) == pytest.approx(
        1 / 3
    )
    assert relative_difference(np.array([[1.0], [1.0]]), np.array([[1.0], [3.0]])) == pytest.approx(0.5)


def test_crps_of_one_member_is_the_absolute_error_and_of_many_that_of_its_definition():
    assert crps(OBSERVED[None] + 7.0, OBSERVED) == pytest.approx(7.0)
    ensemble = np.random.default_rng(1).normal(200.0, 50.0, (40, 3))
    pairs = np.abs(ensemble[:, None] - ensemble[None]).mean(axis=(0, 1)) / 2
    assert crps(ensemble, OBSERVED) == pytest.approx(
        (np.abs(ensemble - OBSERVED).mean(axis=0) - pairs).mean()
    )


def test_references():
    series = np.arange(1.0, 25.0)
    assert persist(series, 3).tolist() == [24, 24, 24]
    assert repeat_season(series, 14)[[0, 11, 12]].tolist() == [13, 24, 13]
    doubling = 2.0 ** np.arange(12)
    assert drift(doubling, 2) == pytest.approx([2.0**12, 2.0**13])


def test_an_origin_takes_the_last_refit_before_it():
    assert refit_of("2021-12") == "2021-12"
    assert refit_of("2022-11") == "2022-06"
    assert refit_of("2023-11") == "2023-06"


def test_policy_as_announced_knows_no_later_decision_and_expects_what_was_promised():
    april = announced_policy("2022-04")
    day = april.timeline.day_of
    title_42 = april.levers["us.title_42"].values[:, 0]
    assert title_42[day(date(2022, 5, 22))] == 1
    assert title_42[day(date(2022, 5, 24))] == 0, "announced for 23 May and cancelled only on 20 May"
    assert announced_policy("2022-06").levers["us.title_42"].values[-1, 0] == 1
    venezuela = april.levers["mexico.return_acceptance_monthly"]
    assert venezuela.values[-1, venezuela.members.index("Venezuela")] == 0, "the deal of October is unknown"
    assert not [shock for shock in april.shocks if shock.start_day > day(date(2022, 5, 1))]


def test_demand_keeps_its_curve_until_something_is_learnt_and_is_held_with_a_growing_spread():
    demand = Demand(fit_record()["values"]["latent_demand"], "2022-06")
    months = months_between("2021-01", "2022-06")
    same = np.ones((3 * len(NATIONALITIES), len(months))) * 1000.0
    demand.learn(same, same, months)
    assert not demand.moved.any()
    more = same.copy()
    more[: len(NATIONALITIES), -3:] *= 2.0
    demand.learn(same, more, months)
    assert (demand.moved[:, -4:-1] > 0).all()
    assert not demand.moved[:, : -protocol.TAKEN_IN].any()
    rng = np.random.default_rng(1)
    ahead = np.exp([demand.future(12, rng) for _ in range(4000)])
    people = np.exp(demand.smooth + demand.moved)
    usual = people[:, -12:].mean(axis=1)
    held = np.clip(people[:, -3:].mean(axis=1), usual / 2, usual * 2)
    assert ahead[:, :, 0].mean(axis=0) == pytest.approx(held, rel=0.08)
    assert (np.abs(ahead[:, :, -1].mean(axis=0) - held) <= 0.45 * np.abs(usual - held) + 0.12 * held).all()
    spread = np.log(ahead).std(axis=0)
    assert (spread[:, 11] > 1.5 * spread[:, 2]).all()


def test_a_projection_sees_no_month_after_its_origin(monkeypatch):
    values = fit_record()["values"]
    real = protocol.observed_values
    plain = project_member(values, "2022-06", 0, announced=True, people_per_agent=2000)

    def tampered(cells, months):
        assert max(months) <= "2022-06"
        return real(cells, months)

    monkeypatch.setattr(protocol, "observed_values", tampered)
    again = project_member(values, "2022-06", 0, announced=True, people_per_agent=2000)
    assert np.array_equal(plain, again)
    assert plain.shape == (len(NATIONALITIES), 12)
    assert (plain >= 0).all()


def test_refits_are_kept_and_made_again_only_where_they_were_asked_otherwise(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(run, "REFITS", ("2021-12",))
    monkeypatch.setattr(run, "ORIGINS", ())  # refits alone: what is projected from them has its own tests
    monkeypatch.setattr(run, "Hindcast", lambda *_: Nothing)
    small = {"members": 3, "ensemble": 4, "people_per_agent": 5000, "workers": 1, "tell": said.append}
    run.run_hindcast(tmp_path, **small)
    kept = tmp_path / "fits" / "2021-12.json"
    record = json.loads(kept.read_text())
    assert len(record["accepted"]) == 2
    assert max(record["values"]["latent_demand"]["Cuba"]) == "2022-01-01", (
        "one month after the origin, to its end"
    )
    before = kept.stat().st_mtime_ns
    run.run_hindcast(tmp_path, **small)
    assert kept.stat().st_mtime_ns == before
    run.run_hindcast(tmp_path, **{**small, "members": 2})
    assert len(json.loads(kept.read_text())["accepted"]) == 1
    assert sum(line.startswith("estimating") for line in said) == 2
    with pytest.raises(InputError, match="a refit of 4 members gives no 12 parameter sets"):
        run.run_hindcast(tmp_path, **{**small, "members": 12})


class Nothing:
    """What was projected from no origin."""

    scores = table = staticmethod(pd.DataFrame)


def test_no_nationality_leaves_its_history_in_two_years_of_projection():
    """Demand is held, here with its least spread; that the fear of being sent back fades is in docs/limits.md."""
    from corridor import run_ensemble
    from corridor.inputs.scenarios.scenario_files import parse_scenario
    from corridor.outputs.rows import Cell

    text = "name: two-years\nextends: outlook-2024\nperiod: {end: 2025-12-31}\noverrides: {demand_walk_sd: 0.1}\n"
    results = run_ensemble(parse_scenario(text), replicates=4, people_per_agent=100)
    months = [place for place, period in enumerate(results.periods) if len(period) == 7]
    for nation in NATIONALITIES:
        cells = [results.index[Cell(f"encounters_{by}", "all", nation, "all")] for by in ("usbp", "ofo")]
        series = results.values[:, months][:, :, cells].sum(axis=2).mean(axis=0)
        past, ahead = series[:36], series[36:]
        assert ahead.max() <= 2.0 * past.max(), nation
        assert ahead[-12:].mean() >= 0.2 * past[-12:].mean() - 100.0, nation
