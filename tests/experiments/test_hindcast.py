"""The hindcast: scores against known answers, what was known when, and no look ahead."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from corridor.experiments import known as known_module
from corridor.experiments.estimation import trial
from corridor.experiments.estimation.estimate import estimate
from corridor.experiments.estimation.record import record_of
from corridor.experiments.estimation.trial import known_parameters
from corridor.experiments.hindcast import protocol, run, scoring
from corridor.experiments.hindcast.protocol import (
    Demand,
    Reversion,
    held_inputs,
    last_fitted,
    project_member,
    refit_of,
)
from corridor.experiments.hindcast.reference import OPPONENTS
from corridor.experiments.hindcast.scoring import Hindcast, block_interval, crps_of, opponents
from corridor.experiments.known import (
    announced_policy,
    known_values,
    lag_of,
    last_known,
    months_between,
    parameters_as_known,
)
from corridor.experiments.scores import coverage, mape, mase, relative_difference, wape
from corridor.foundations.errors import InputError
from corridor.inputs.parameters.accepted import fit_record
from corridor.inputs.parameters.parameter_set import ParameterSet, load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.scenario_files import load_scenario
from corridor.outputs import observations
from corridor.outputs.rows import Cell

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
    assert crps_of(OBSERVED[None] + 7.0, OBSERVED) == pytest.approx([7.0] * 3)
    ensemble = np.random.default_rng(1).normal(200.0, 50.0, (40, 3))
    pairs = np.abs(ensemble[:, None] - ensemble[None]).mean(axis=(0, 1)) / 2
    assert crps_of(ensemble, OBSERVED) == pytest.approx(np.abs(ensemble - OBSERVED).mean(axis=0) - pairs)


def test_an_interval_holds_the_mean_and_is_wider_where_origins_that_follow_are_alike():
    noise = np.random.default_rng(1).normal(1.0, 1.0, 30)
    low, high = block_interval(noise, 1)
    assert low < noise.mean() < high
    alike = np.sort(noise)
    wide = block_interval(alike, 1)
    assert wide[1] - wide[0] > 1.5 * (high - low)
    assert block_interval(np.ones(18), 12) == (1.0, 1.0)


def test_an_origin_takes_the_last_refit_before_it_whose_months_were_published_by_all():
    assert refit_of("2022-01") == "2022-01" and refit_of("2022-12") == "2022-07"
    assert refit_of("2024-05") == "2024-01"
    assert last_fitted("2022-07") == "2022-05"
    assert (protocol.ORIGINS[0], protocol.ORIGINS[-1], len(protocol.ORIGINS)) == ("2022-01", "2024-05", 29)


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


def test_demand_keeps_its_curve_until_something_is_learnt_and_where_nothing_was_published():
    demand = Demand(fit_record()["values"]["latent_demand"], "2022-06")
    months = months_between("2021-01", "2022-06")
    same = np.ones((3 * len(NATIONALITIES), len(months))) * 1000.0
    demand.learn(same, same, months)
    assert not demand.moved.any()
    more = same.copy()
    more[: len(NATIONALITIES), -3:] *= 2.0
    more[0, -3:] = np.nan
    demand.learn(same, more, months)
    assert (demand.moved[1:, -4:-1] > 0).all()
    assert not demand.moved[0].any()
    assert not demand.moved[:, : -protocol.TAKEN_IN].any()


def test_reversion_is_that_of_the_months_so_far_and_its_prior_where_there_are_none():
    rng = np.random.default_rng(1)
    few = Reversion.of(rng.standard_normal((17, 12)))
    assert few.memory == pytest.approx(protocol.MEMORY_PRIOR, abs=0.02)
    assert few.step == pytest.approx(protocol.STEP_PRIOR)
    found = {}
    for memory in (0.5, 0.98):  # the mean of three months falls slower than the last alone
        logs = np.zeros((200, 60))
        for month in range(1, 60):
            logs[:, month] = memory * logs[:, month - 1] + 0.1 * rng.standard_normal(200)
        found[memory] = Reversion.of(logs)
    assert found[0.5].memory < 0.8 < 0.9 < found[0.98].memory
    assert found[0.98].step == pytest.approx(0.1, rel=0.25)


def test_demand_ahead_comes_back_to_the_mean_of_a_year_and_spreads():
    logs = np.tile(np.log(np.array([100.0] * 21 + [200.0] * 3)), (3000, 1))
    ahead = Reversion(0.8, 0.1).ahead(logs, 12, np.random.default_rng(1))
    mean = np.exp(ahead).mean(axis=0)
    assert mean[0] == pytest.approx(125.0 * 1.6**0.8, rel=0.02)
    assert mean[-1] == pytest.approx(125.0 * 1.6 ** (0.8**12), rel=0.03)
    spread = ahead.std(axis=0)
    assert spread[0] == pytest.approx(0.1, rel=0.05)
    assert spread[-1] == pytest.approx(0.1 / np.sqrt(1 - 0.8**2), rel=0.05)


def test_stops_and_returns_are_held_and_members_differ_in_what_mexico_does():
    values = fit_record()["values"]
    held = held_inputs(values, "2022-06", "2023-06", np.random.default_rng(1))
    published = load_parameters()["inm_returns_monthly"].knots["Cuba"]
    cuba = held["inm_returns_monthly"]["Cuba"]
    past = [value for day, value in published if day <= date(2022, 4, 1).toordinal()]
    assert list(cuba.values())[: len(past)] == past, "two months after, as UPMRIP published"
    later = np.array(list(cuba.values())[len(past) :])
    assert len(later) == 14 and len(set(later)) == 14
    walk = np.log(later / np.mean(past[-3:]))
    stops = held["stop_chance"]["Cuba"]
    assert [day for day in stops if day >= "2022-05"] == list(cuba)[len(past) :]
    hazard = -np.log1p(-np.array([value for day, value in stops.items() if day >= "2022-04-01"]))
    assert np.log(hazard[-14:] / hazard[-15]) == pytest.approx(walk), "one walk moves both"
    drawn = [held_inputs(values, "2022-06", "2023-06", np.random.default_rng(n)) for n in range(200)]
    half_year = [np.log(each["inm_returns_monthly"]["Cuba"]["2022-10-01"]) for each in drawn]
    assert np.std(half_year) == pytest.approx(protocol.INM_SPREAD, rel=0.2)


def test_what_was_known_is_what_had_been_published():
    venezuela = Cell("encounters_usbp", "all", "Venezuela", "all")
    west_africa = Cell("encounters_usbp", "all", "West Africa", "all")  # published by OHSS alone
    nobody = Cell("encounters_ofo", "all", "West Africa", "all")
    known = known_values([venezuela, west_africa, nobody], ["2022-04", "2022-05", "2022-06"], "2022-06")
    assert np.isnan(known).tolist() == [[False, False, True], [False, True, True], [False] * 3]
    assert lag_of("UPMRIP Mexico; CBP monthly tables") == 2 and lag_of("SNM Panama") == 1
    parameters = parameters_as_known(load_parameters(), "2022-03")
    port, family = parameters["port_exceptions_daily"].knots["all"], parameters["family_share"].knots["Cuba"]
    assert date.fromordinal(port[-1][0]) == date(2022, 1, 1)
    assert date.fromordinal(family[-1][0]) == date(2021, 10, 16), "January's stands for days to 1 March"
    share = announced_policy("2022-07").levers["us.title_42_share"]
    mexico = share.values[:, share.members.index("Mexico/single_adult")]
    day = announced_policy("2022-07").timeline.day_of
    assert mexico[day(date(2022, 7, 15))] == 0.981, "of the first half of 2022, published in July"
    earlier = (
        announced_policy("2022-06")
        .levers["us.title_42_share"]
        .values[:, share.members.index("Mexico/single_adult")]
    )
    assert earlier[day(date(2022, 3, 1))] == 0.99


@pytest.fixture
def unknown_changed(monkeypatch):
    """A way to change everything that nobody knew at an origin: observations, dated inputs, and policy."""
    caches = (known_parameters, announced_policy)

    def change(origin):
        real_months = observations._months()
        months = {
            cell: {
                month: (value * 3 + 7 if month > last_known(origin, lag_of(publisher)) else value, publisher)
                for month, (value, publisher) in row.items()
            }
            for cell, row in real_months.items()
        }
        monkeypatch.setattr(observations, "_months", lambda: months)
        parameters = load_parameters()
        seen = parameters_as_known(parameters, origin)
        changed = {}
        for id, parameter in parameters.parameters.items():
            knots = {}
            for key, row in parameter.knots.items():
                low, high = parameter.bounds_of(key)
                knots[key] = tuple(k if k in seen[id].knots[key] else (k[0], (low + high) / 2) for k in row)
            changed[id] = replace(parameter, knots=knots)
        assert sum(changed[id] != parameters[id] for id in changed) > 10
        monkeypatch.setattr(trial, "load_parameters", lambda: ParameterSet(changed))
        scenario = load_scenario("history")
        known = known_module._month_after(origin)
        interventions = []
        for each in scenario.interventions:
            if each.earliest_day >= known:
                continue
            before = known_module._as_known(each, origin)
            update = {"end": before.end, "cancelled": before.cancelled}
            if each.values:
                update["values"] = {d: v if d in before.values else 0.0 for d, v in each.values.items()}
            interventions.append(each.model_copy(update=update))
        shocks = [each for each in scenario.shocks if each.start < known]
        history = scenario.model_copy(update={"interventions": interventions, "shocks": shocks})
        assert len(interventions) < len(scenario.interventions)
        monkeypatch.setattr(known_module, "load_scenario", lambda name: history)
        for cache in caches:
            cache.cache_clear()

    yield change
    monkeypatch.undo()
    for cache in caches:
        cache.cache_clear()


@pytest.mark.slow
def test_nothing_that_was_not_known_moves_a_refit_or_a_projection_by_a_byte(unknown_changed):
    origin = "2022-07"
    small = {"members": 4, "people_per_agent": 5000, "workers": 1}

    def made():
        record = record_of(estimate(last_fitted(origin), origin=origin, **small), 2)
        projected = [
            project_member(values, month, member, announced=True, people_per_agent=5000)
            for month in (origin, "2022-09")
            for member, values in enumerate([record["values"], record["accepted"][0]])
        ]
        known = [opponents(nation, origin)["persistence"] for nation in ("all", "Cuba", "West Africa")]
        return record, projected, [each.draws.tobytes() for each in known]

    record, projected, known = made()
    unknown_changed("2022-09")
    later = project_member(record["values"], "2022-09", 0, announced=True, people_per_agent=5000)
    assert later.tobytes() == projected[2].tobytes()
    assert later.shape == (len(NATIONALITIES), 12) and (later >= 0).all()
    unknown_changed(origin)
    again, reprojected, known_again = made()
    assert json.dumps(again) == json.dumps(record)
    assert [each.tobytes() for each in reprojected[:2]] == [each.tobytes() for each in projected[:2]]
    assert known_again == known
    assert reprojected[2].tobytes() != projected[2].tobytes(), "two months later they are known, and move it"


@pytest.mark.slow
def test_a_small_hindcast_writes_scores_differences_and_keeps_its_refits(tmp_path, monkeypatch):
    said = []
    for module in (protocol, run, scoring):
        for name, value in (("ORIGINS", ("2022-01", "2022-02")), ("REFITS", ("2022-01",))):
            monkeypatch.setattr(module, name, value, raising=False)
    monkeypatch.setattr(scoring, "NAMED", 2)
    small = {"members": 3, "ensemble": 4, "people_per_agent": 5000, "workers": 1, "tell": said.append}
    made = run.run_hindcast(tmp_path, **small)
    kept = tmp_path / "fits" / "2022-01.json"
    record = json.loads(kept.read_text())
    assert len(record["accepted"]) == 2
    assert max(record["values"]["latent_demand"]["Cuba"]) == "2021-12-01", (
        "a month after the last, to its end"
    )
    scores = pd.read_csv(tmp_path / "scores.csv")
    assert set(scores["forecast"]) == {*scoring.PROTOCOLS, *OPPONENTS}
    assert len(scores) == 9 * 3 * 4
    assert np.isfinite(scores[["mape", "wape", "crps", "in_80"]].to_numpy()).all()
    differences = pd.read_csv(tmp_path / "differences.csv").set_index(
        ["forecast", "opponent", "nationality", "horizon", "measure"]
    )
    assert len(differences) == 2 * 7 * 3 * 4 * 2
    mape_of = scores.set_index(["forecast", "nationality", "horizon"])["mape"]
    row = differences.loc[(scoring.ANNOUNCED, "theta", "all", 6, "mape")]
    assert row["difference"] == pytest.approx(
        mape_of["theta", "all", 6] - mape_of[scoring.ANNOUNCED, "all", 6]
    )
    assert row["low"] <= row["difference"] <= row["high"]
    assert made.members(scoring.ANNOUNCED, 6, "all").shape == (3, 2)
    before = kept.stat().st_mtime_ns
    monkeypatch.setattr(run, "ORIGINS", ())  # refits alone
    monkeypatch.setattr(run, "all_opponents", lambda *_: {})
    monkeypatch.setattr(run, "Hindcast", lambda *_: Nothing)
    run.run_hindcast(tmp_path, **small)
    assert kept.stat().st_mtime_ns == before
    run.run_hindcast(tmp_path, **{**small, "members": 2})
    assert len(json.loads(kept.read_text())["accepted"]) == 1
    assert sum(line.startswith("estimating") for line in said) == 2
    with pytest.raises(InputError, match="a refit of 4 members gives no 12 parameter sets"):
        run.run_hindcast(tmp_path, **{**small, "members": 12})


class Nothing:
    """What was projected from no origin."""

    scores = table = differences = staticmethod(pd.DataFrame)


def test_bands_hold_no_error_that_was_not_published_at_the_origin():
    months = months_between("2021-01", "2024-06")
    members = {each: np.full((3, len(NATIONALITIES), 12), 1000.0) for each in protocol.ORIGINS}
    observed = np.full((len(NATIONALITIES), len(months)), 1000.0)
    plain = Hindcast({scoring.ANNOUNCED: members}, {}, months, observed)
    moved = observed.copy()
    moved[:, months.index("2022-06")] *= 8.0
    missed = Hindcast({scoring.ANNOUNCED: members}, {}, months, moved)
    cuba, west_africa = (
        (missed.spread(scoring.ANNOUNCED, 1, nation) != plain.spread(scoring.ANNOUNCED, 1, nation)).any(
            axis=0
        )
        for nation in ("Cuba", "West Africa")
    )
    assert protocol.ORIGINS[cuba.argmax()] == "2022-07" and cuba[cuba.argmax() :].all()
    assert protocol.ORIGINS[west_africa.argmax()] == "2022-08"


def test_no_nationality_leaves_its_history_in_two_years_of_projection():
    """Demand is held, here with its least spread; that the fear of being sent back fades is in docs/limits.md."""
    from corridor import run_ensemble
    from corridor.inputs.scenarios.scenario_files import parse_scenario

    text = "name: two-years\nextends: outlook-2024\nperiod: {end: 2025-12-31}\noverrides: {demand_walk_sd: 0.1}\n"
    results = run_ensemble(parse_scenario(text), replicates=4, people_per_agent=100)
    months = [place for place, period in enumerate(results.periods) if len(period) == 7]
    for nation in NATIONALITIES:
        cells = [results.index[Cell(f"encounters_{by}", "all", nation, "all")] for by in ("usbp", "ofo")]
        series = results.values[:, months][:, :, cells].sum(axis=2).mean(axis=0)
        past, ahead = series[:36], series[36:]
        assert ahead.max() <= 2.0 * past.max(), nation
        assert ahead[-12:].mean() >= 0.2 * past[-12:].mean() - 100.0, nation
