"""The ensemble smoother: right where the answer is known, near-sighted by design, and honest about what fails."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from corridor.cli import app
from corridor.experiments.estimation.declared import DEMAND, RATES, STOPS, load_estimation
from corridor.experiments.estimation.estimate import estimate, run_member
from corridor.experiments.estimation.priors import load_declared
from corridor.experiments.estimation.series import Data, cells_of
from corridor.experiments.estimation.smoother import move_members
from corridor.experiments.estimation.tables import (
    demand_table,
    event_table,
    half_year_table,
    judge,
    unknowns_table,
)
from corridor.experiments.estimation.trial import Setting, run_once
from corridor.experiments.estimation.twins import (
    FIRST_SEED,
    make_twin,
    recovered_table,
    summary_table,
    unidentified,
)
from corridor.experiments.estimation.unknowns import Unknowns, demand_centre, stops_centre
from corridor.foundations.errors import InputError
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.observations import last_published, observed_values
from corridor.outputs.rows import Cell

UNTIL = "2021-06"
COARSE = {"members": 6, "people_per_agent": 5000, "workers": 1}


@pytest.fixture(scope="module")
def toy():
    return estimate(UNTIL, seed=3, **COARSE)


def test_where_the_model_is_linear_the_smoother_finds_the_known_answer():
    rng = np.random.default_rng(1)
    members, steps = 20_000, 4
    slope = rng.standard_normal((5, 2))
    error = np.array([0.5, 1.0, 0.7, 2.0, 0.3])
    observed = np.array([1.0, -2.0, 0.5, 3.0, -1.0])
    x = rng.standard_normal((2, members))
    for _ in range(steps):
        noise = rng.standard_normal((5, members))
        x = move_members(x, slope @ x, observed, error, noise, inflation=float(steps), energy=1.0)
    weight = slope.T / error**2
    covariance = np.linalg.inv(weight @ slope + np.eye(2))
    assert x.mean(axis=1) == pytest.approx(covariance @ weight @ observed, abs=0.02)
    assert np.cov(x) == pytest.approx(covariance, abs=0.02)


def test_a_block_that_sees_nothing_keeps_its_members():
    x = np.ones((3, 4))
    nothing = np.empty((0, 4))
    assert move_members(x, nothing, np.empty(0), np.empty(0), nothing, inflation=1.0, energy=1.0) is x


def test_every_unknown_lies_in_one_block():
    unknowns = Unknowns("2023-12", load_estimation())
    rows = [row for block in unknowns.blocks() for row in range(block.rows.start, block.rows.stop)]
    assert rows == list(range(len(unknowns))) == list(range(len(unknowns.names())))


def test_an_unknown_sees_what_is_near_it():
    declared = load_estimation()
    unknowns = Unknowns("2023-12", declared)
    data = Data(Setting("2023-12").months, declared, people_per_agent=50)
    for block in unknowns.blocks():
        seen = data.seen_by(block)
        cells = {data.cells[data._rows[place]] for place in seen}
        months = {data.months[data.columns[place]] for place in seen}
        if block.kind == DEMAND:  # totals must not be corrected by each part on its own
            assert {cell.nationality for cell in cells} <= {block.nationality}
            assert all(np.datetime64(month) >= np.datetime64(block.month) - 1 for month in months)
            assert len(months) <= 11
        if block.kind == STOPS:
            assert {(cell.indicator, cell.nationality) for cell in cells} <= {
                ("mexico_detections", block.nationality)
            }
            assert len(months) <= 7
        if block.kind == RATES:
            assert len(seen) == len(data.observed)


def test_members_of_the_prior_lie_around_its_centre_and_change_as_stated():
    unknowns = Unknowns("2023-12", load_estimation())
    drawn = unknowns.draw(400, np.random.default_rng(0))
    assert drawn.mean(axis=1) == pytest.approx(unknowns.centre, abs=0.25)
    months = len(unknowns.months)
    steps = np.diff((drawn - unknowns.centre[:, None])[:months], axis=0)
    assert steps.std() == pytest.approx(unknowns.step_spread, rel=0.1)


def test_values_of_any_member_are_values_that_the_model_takes():
    unknowns = Unknowns(UNTIL, load_estimation())
    for x in unknowns.draw(5, np.random.default_rng(2)).T * 1.5:
        load_parameters().with_values(unknowns.values(x))  # refuses what lies outside a range


def test_stops_are_estimated_by_nationality_and_half_year_and_mexicans_are_not_stopped():
    unknowns = Unknowns("2023-12", load_estimation())
    stops = [name for name in unknowns.names() if name[0] == "stop_chance"]
    assert {nation for _, nation, _ in stops} == {*NATIONALITIES} - {"Mexico"}
    days = [day for _, nation, day in stops if nation == "Cuba"]
    assert days[0] == "2020-10-01" and days[-1] == "2023-10-01" and len(days) == 7
    assert sum(block.kind == STOPS for block in unknowns.blocks()) == len(stops)


def test_stops_start_at_what_is_read_off_published_counts():
    """x stops for each arrival at the border, of which nine tenths begin again: a chance of x / (1 + 0.9 x)."""
    centre = stops_centre(["Honduras", "Cuba"], ["2022-04-01"], "2023-12", 0.9)
    months = [f"2022-{month:02}" for month in (1, 2, 3, 4, 5, 6)]
    for place, nation in enumerate(("Honduras", "Cuba")):
        cells = [
            Cell(name, "all", nation, "all")
            for name in ("mexico_detections", "encounters_usbp", "encounters_ofo")
        ]
        stops, between, ports = np.nansum(observed_values(cells, months), axis=0)
        each = stops / (between + ports)
        chance = 1 - np.exp(-np.exp(centre[place, 0]))
        assert chance == pytest.approx(each / (1 + 0.9 * each))
        assert 0.05 < chance < 0.6


def test_the_chance_of_a_stop_never_leaves_its_range_however_far_a_member_lies():
    unknowns = Unknowns(UNTIL, load_estimation())
    for far in (-20.0, 20.0):
        chances = unknowns.values(unknowns.centre + far)["stop_chance"]
        assert all(0.0 < chance <= 0.95 for row in chances.values() for chance in row.values())
        assert "Mexico" not in chances


def test_no_month_after_the_last_is_looked_at(monkeypatch):
    from corridor.experiments.estimation import series, unknowns

    asked = []
    for room in (series, unknowns):
        real = room.observed_values
        monkeypatch.setattr(
            room,
            "observed_values",
            lambda cells, months, real=real: asked.extend(months) or real(cells, months),
        )
    declared = load_estimation()
    Unknowns(UNTIL, declared)
    Data(Setting(UNTIL).months, declared, people_per_agent=50)
    assert max(asked) == UNTIL


def test_months_left_out_are_not_compared():
    declared = load_estimation()
    months = Setting(UNTIL).months
    whole = Data(months, declared, people_per_agent=50)
    part = Data(months, declared, people_per_agent=50, left_out=["2021-03"])
    assert len(part.observed) < len(whole.observed)
    assert np.isnan(part.counts[:, months.index("2021-03")]).all()


def test_the_error_of_a_sample_is_added():
    declared = load_estimation()
    months = Setting(UNTIL).months
    fine, coarse = (Data(months, declared, people_per_agent=scale).error for scale in (1, 1000))
    assert (coarse > fine).all()


def test_members_come_nearer(toy):
    assert toy.misfit[-1] < 0.7 * toy.misfit[0]
    assert not toy.failed
    assert len(toy.misfit) == len(load_estimation().inflation) + 1


def test_the_number_of_workers_changes_nothing(toy):
    again = estimate(UNTIL, seed=3, **(COARSE | {"workers": 2}))
    assert (again.members == toy.members).all()


def test_a_member_that_fails_says_why():
    said = run_member(
        {"crossing_rate": 1e9}, Setting(UNTIL, people_per_agent=5000), cells_of(load_estimation()), 1
    )
    assert isinstance(said, str) and "crossing_rate" in said


def test_tables_name_every_unknown_and_every_month(toy):
    table = unknowns_table(toy)
    assert len(table) == len(toy.unknowns)
    assert (table["value"] > 0).all() and (table["spread"] >= 0).all()
    stops = table[table["parameter"] == "stop_chance"]
    assert (stops["value"] < 1).all() and (stops["prior_value"] < 1).all()
    found = toy.values["stop_chance"]["Honduras"]
    told = stops[stops["key"] == "Honduras"].set_index("date")["value"]
    assert told.to_dict() == pytest.approx(found)
    demand = demand_table(toy)
    assert len(demand) == len(NATIONALITIES) * len(toy.unknowns.months)
    assert (demand["low"] <= demand["high"]).all()
    assert demand["step"].isna().sum() == len(NATIONALITIES)  # the first month follows none


def test_a_series_of_which_nothing_was_published_is_not_judged(toy):
    cells, counts = toy.data.cells, toy.data.counts
    bare = {
        (cell.indicator, cell.nationality)
        for cell, row in zip(cells, counts, strict=True)
        if np.isnan(row).all()
    }
    assert ("mexico_detections", "Mexico") in bare
    table = judge(toy, {}, workers=1, seeds=[1001])
    judged = set(zip(table["indicator"], table["nationality"], strict=True))
    assert not judged & bare
    assert {("mexico_detections", "Honduras"), ("mexico_detections", "pooled")} <= judged
    assert np.isfinite(table["estimate"]).all()


def test_the_command_writes_what_it_found(tmp_path):
    words = ["estimate", "--until", UNTIL, "--members", "4", "--people-per-agent", "5000", "--workers", "1"]
    done = CliRunner().invoke(app, [*words, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    record = json.loads((tmp_path / "fit.json").read_text())
    assert record["until"] == UNTIL and record["members"] == 4
    load_parameters().with_values(record["values"])
    distances = pd.read_csv(tmp_path / "distances.csv")
    assert {"estimate", "packaged"} <= set(distances.columns)
    assert (distances["estimate"].dropna() >= 0).all()
    assert "Half-years of latent demand over the one before" in done.output


def test_a_month_without_data_is_refused():
    with pytest.raises(InputError, match=f"2021-06 to {last_published()}"):
        CliRunner().invoke(app, ["estimate", "--until", "2025-01"], catch_exceptions=False)


def test_steps_of_demand_in_the_months_of_events_and_half_years_beyond_a_factor_are_told(toy):
    """A made-up estimate: smooth, but for Venezuela in October 2022 and Cuba in 2023."""
    unknowns = Unknowns("2024-06", load_estimation())
    months = len(unknowns.months)
    demand = np.zeros((len(NATIONALITIES), months))
    at = unknowns.months.index
    demand[NATIONALITIES.index("Venezuela"), at("2022-11") :] = -3.0 * unknowns.step_spread
    demand[NATIONALITIES.index("Nicaragua"), at("2023-01") :] = 1.9 * unknowns.step_spread
    demand[NATIONALITIES.index("Cuba"), at("2023-07") :] = np.log(3.5)
    logs = unknowns.centre.copy()
    logs[: demand.size] = 5.0 + demand.ravel()
    made_up = replace(
        toy,
        setting=replace(toy.setting, until="2024-06"),
        unknowns=unknowns,
        members=np.tile(logs[:, None], 3),
    )
    events = event_table(made_up).set_index(["event", "nationality"])
    assert events.loc[~events["within"]].index.tolist() == [("venezuela-2022-10", "Venezuela")]
    assert events.loc[("venezuela-2022-10", "Venezuela"), "step"] == pytest.approx(-3.0)
    assert events.loc[("four-nationalities-2023-01", "Nicaragua"), "step"] == pytest.approx(1.9)
    assert len(events.loc["title-42-2023-06"]) == len(NATIONALITIES)
    assert {event for event, _ in events.index} == {
        event.id for event in load_declared().events.values() if event.month
    }
    half_years = half_year_table(made_up)
    beyond = half_years.loc[~half_years["within"]]
    assert beyond[["nationality", "half_year"]].to_numpy().tolist() == [["Cuba", "2023-07"]]
    assert beyond["factor"].item() == pytest.approx(3.5)
    assert len(half_years) == 7 * len(NATIONALITIES)


def test_a_mechanism_that_is_switched_off_moves_no_rate_of_its_own():
    declared = load_estimation()
    usual, without = (Unknowns(UNTIL, declared, off) for off in ("", "two_clocks"))
    forced = load_declared().mechanisms["two_clocks"].parameters
    assert {rate.id for rate in usual.rates} - {rate.id for rate in without.rates} == set(forced)
    assert not set(without.values(without.centre)) & set(forced)


def test_demand_is_sought_where_nothing_was_published_too(monkeypatch):
    from corridor.experiments.estimation import unknowns

    monkeypatch.setattr(
        unknowns, "observed_values", lambda cells, months: np.full((len(months), len(cells)), np.nan)
    )
    assert np.isfinite(demand_centre(["2020-07", "2020-08"], "2020-08", 6)).all()


@pytest.fixture(scope="module")
def toy_twin():
    setting = Setting(UNTIL, people_per_agent=5000)
    return make_twin(2, setting), setting


def test_a_twin_is_what_its_known_values_made_with_the_gaps_of_what_was_published(toy_twin):
    twin, setting = toy_twin
    declared = load_estimation()
    published = Data(setting.months, declared, people_per_agent=5000).counts
    assert (np.isnan(twin.counts) == np.isnan(published)).all()
    unknowns = Unknowns(UNTIL, declared)
    made = run_once(unknowns.values(twin.values), setting, cells_of(declared), 0, seed=FIRST_SEED + 2)
    total = [cell == Cell("encounters_usbp", "all", "all", "all") for cell in cells_of(declared)].index(True)
    assert twin.counts[total] == pytest.approx(made[total], rel=0.3)
    assert not np.array_equal(twin.counts[total], made[total])
    again, other = (make_twin(number, setting) for number in (2, 3))
    assert np.array_equal(again.counts, twin.counts, equal_nan=True)
    assert not np.array_equal(other.values, twin.values)


def test_what_is_recovered_of_a_twin_is_told_by_unknown_and_by_kind(toy, toy_twin):
    twin, _ = toy_twin
    table = recovered_table(toy, twin)
    assert len(table) == len(toy.unknowns)
    low, high = np.quantile(toy.members, (0.1, 0.9), axis=1)
    assert table["held"].tolist() == ((low <= twin.values) & (twin.values <= high)).tolist()
    known = replace(twin, values=toy.members.mean(axis=1))
    assert recovered_table(toy, known)["held"].mean() > 0.9
    far = replace(twin, values=toy.members.max(axis=1) + 1.0)
    assert not recovered_table(toy, far)["held"].any()
    nothing_learnt = recovered_table(replace(toy, members=toy.prior), twin)
    assert not nothing_learnt["identified"].any()
    assert len(unidentified(nothing_learnt)) == len(toy.unknowns.rates)
    summary = summary_table(table).set_index("parameter")
    assert summary["count"].to_dict() == {
        "latent_demand": 17 * len(toy.unknowns.months),
        "stop_chance": len(toy.unknowns.stopped) * len(toy.unknowns.stop_days),
        "rates": len(toy.unknowns.rates),
    }


def test_a_twin_is_not_written_into_the_package():
    for other in ("--write", "--again"):
        with pytest.raises(InputError, match="a twin is made up"):
            CliRunner().invoke(app, ["estimate", "--twin", "1", other], catch_exceptions=False)


def test_the_command_says_what_it_recovered_of_a_twin(tmp_path):
    words = ["estimate", "--until", UNTIL, "--members", "4", "--people-per-agent", "5000", "--workers", "1"]
    done = CliRunner().invoke(app, [*words, "--twin", "1", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "Known values of the twin" in done.output
    assert {"true_value", "low", "high", "held", "kept", "identified"} <= set(
        pd.read_csv(tmp_path / "recovered.csv").columns
    )


def test_the_prior_of_an_estimate_does_not_know_months_that_are_left_out(monkeypatch):
    """Other counts in the months that are left out move nothing that an estimate begins with."""
    from corridor.experiments.estimation import unknowns as room

    declared, left_out = load_estimation(), ("2021-02", "2021-03")
    before = Unknowns(UNTIL, declared, left_out=left_out).centre
    real = room.observed_values

    def other(cells, months):
        values = real(cells, months).copy()
        values[[month in left_out for month in months]] *= 7.0
        return values

    assert not np.array_equal(Unknowns(UNTIL, declared).centre, before)
    monkeypatch.setattr(room, "observed_values", other)
    assert np.array_equal(Unknowns(UNTIL, declared, left_out=left_out).centre, before)


@pytest.mark.study
def test_intervals_hold_values_that_are_known():
    """Twins: data made by the engine with known values, with the errors that the smoother expects of data."""
    held, rates = [], []
    for number in range(2):
        setting = Setting("2023-12")
        twin = make_twin(number, setting)
        table = recovered_table(estimate("2023-12", seed=7, members=90, counts=twin.counts), twin)
        held.append(table["held"].mean())
        rates.append(summary_table(table).set_index("parameter").loc["rates", "held"])
    assert 0.7 <= np.mean(held) <= 0.92
    assert 0.6 <= np.mean(rates) <= 0.97
