"""Bands of months past the data: as wide as the error of the hindcast at least, nothing past its horizon, marked."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import corridor
from corridor.experiments.compare import compare
from corridor.experiments.headline import CHANCE, WITH_PARAMETERS, interval_holds
from corridor.experiments.projection import (
    NOTHING,
    claimed_ahead,
    months_ahead,
    protocol_error,
    spread_members,
)
from corridor.outputs.files import write_files
from corridor.outputs.observations import goes_past, last_published
from corridor.outputs.results import SUMMARY_SHARES
from corridor.outputs.rows import Cell
from corridor.outputs.tables import spread
from corridor_app.jobs.runs import Outcome
from corridor_app.widgets.downloads import offered

KNOWN = last_published()
MONTHS = tuple(str(np.datetime64(KNOWN, "M") + ahead) for ahead in range(claimed_ahead() + 2))
"""The last published month, those of which a level is claimed, and one more."""

END = str((np.datetime64(MONTHS[-1], "M") + 1).astype("datetime64[D]") - 1)
TOTAL = Cell("encounters_usbp")
USUAL = 1.2816
"""Standard deviations from the middle of a normal distribution to its 90% quantile."""


@pytest.fixture
def past(make_results):
    """Results that go past the data by a month more than is claimed; three runs, nearly equal."""
    return make_results("outlook", shift=50_000.0, periods=MONTHS, end=END)


def told(results, cell=TOTAL):
    table = corridor.projection_table(results)
    chosen = np.logical_and.reduce([table[name] == value for name, value in cell._asdict().items()])
    return table.loc[chosen].set_index("period")


@pytest.mark.parametrize("cell", [TOTAL, Cell("encounters_usbp", nationality="Cuba")])
def test_a_band_is_as_wide_as_the_error_that_was_made_so_many_months_ahead(past, cell):
    rows = told(past, cell).loc[list(MONTHS[1:-1])]
    ahead = rows["months_ahead"].to_numpy(dtype=float)
    assert list(ahead) == list(range(1, claimed_ahead() + 1))
    wide = np.log(rows["p90"] / rows["p10"]).to_numpy() / (2 * USUAL)
    np.testing.assert_allclose(wide, protocol_error(cell, ahead), rtol=0.03)
    assert set(rows["claimed"]) == {"yes"}
    assert set(rows["holds"]) == {"demand + chance + error"}


def test_members_that_differ_more_than_the_error_stay_as_they_are():
    members = np.array([[1_000.0], [100_000.0]])
    np.testing.assert_allclose(np.unique(spread_members(members, np.array([0.1])).round(6)), members[:, 0])


def test_past_the_horizon_nothing_is_claimed_and_there_is_no_band(past):
    last = told(past).loc[MONTHS[-1]]
    assert (last["claimed"], last["holds"]) == ("no", NOTHING)
    assert np.isnan(last[list(SUMMARY_SHARES)].astype(float)).all()
    assert last["mean"] == past.series("encounters_usbp")[1][:, -1].mean()


def test_a_series_that_nobody_publishes_says_that_its_error_is_not_in(past):
    rows = told(past, Cell("departures")).loc[list(MONTHS[1:-1])]
    assert set(rows["holds"]) == {"demand + chance"}
    _, values = past.series("departures")
    assert list(rows["p90"]) == list(spread(values[:, 1:-1], [0.9])[2][0])


def test_draws_put_parameters_into_the_band_and_one_run_holds_no_chance(past):
    assert set(told(drawn(past))["holds"]) == {"parameters + demand + chance + error", NOTHING}
    one = past.with_runs({(0, 1)})
    assert set(told(one)["holds"]) == {"error", NOTHING}


def drawn(results):
    return replace(results, draws=np.array([0, 1, 2]), replicates=np.zeros(3, dtype=np.int64))


def test_a_run_within_the_data_has_no_projection(make_results):
    within = make_results()
    assert corridor.result_files(within) == within.files()
    assert corridor.projection_table(within).empty
    assert corridor.projected_summary(within).equals(within.summary(whole_months=True))


def test_a_run_past_the_data_writes_what_its_table_says_of_each_level(past):
    files = corridor.result_files(past)
    names = [name for name in files if name.startswith("projection")]
    levels = ["", "_by_place", "_by_nationality"]
    assert names == [f"projection{level}.csv" for level in levels]
    read = pd.concat([pd.read_csv(io.BytesIO(files[name])) for name in names])
    table = corridor.projection_table(past)
    assert len(read) == len(table)
    assert read["mean"].sum() == pytest.approx(table["mean"].sum())
    assert set(read["first_day"].str[:7]) == set(MONTHS[1:])
    package = files["datapackage.json"].decode()
    assert "Months after the last published one" in package and "Qué contiene la banda" in package


def test_months_are_counted_from_the_last_published_one():
    assert list(months_ahead(("2024-07", "2025-06"), "2024-06")) == [1, 12]
    assert [goes_past(period) for period in (KNOWN, MONTHS[1], "2023", "2024", "2024-06-30", "2024-07-01")] == [
        False, True, False, True, False, True,
    ]  # fmt: skip


def test_what_is_drawn_past_the_data_is_the_projection(past):
    rows = corridor.fan_rows(corridor.projected_summary(past), "encounters_usbp").set_index("period")
    table = told(past)
    months = list(MONTHS[1:-1])
    assert rows.loc[months, "p10"].equals(table.loc[months, "p10"])
    assert rows.loc[KNOWN, "p90"] == spread(past.series("encounters_usbp")[1][:, 0], [0.9])[2][0]
    assert np.isnan(rows.loc[MONTHS[-1], "p10"]) and rows.loc[MONTHS[-1], "p50"] > 0
    assert rows["holds"].iloc[0] == "" and rows["holds"].iloc[-1] == NOTHING


def test_a_figure_of_a_plain_summary_draws_no_band_past_the_data(past):
    rows = corridor.fan_rows(past.summary(), "encounters_usbp").set_index("period")
    assert rows["p10"].notna().tolist() == [True] + [False] * (len(MONTHS) - 1)
    assert rows["p50"].notna().all()


def test_hover_on_a_month_without_a_band_shows_no_zero(past):
    rows = corridor.fan_rows(corridor.projected_summary(past), "encounters_usbp")
    drawn = str(corridor.fan_chart(rows, title="Encounters").to_dict())
    assert "nothing claimed" in drawn


@pytest.mark.parametrize(("change", "held"), [(lambda each: each, CHANCE), (drawn, WITH_PARAMETERS)])
def test_a_headline_says_whether_its_interval_holds_chance_alone(make_results, change, held):
    before, after = (change(make_results(name, shift=shift)) for name, shift in (("history", 0), ("gate", 5)))
    manifest = {
        **before.manifest["run"],
        "draws": before.draws.tolist(),
        "replicates": before.replicates.tolist(),
    }
    before, after = (replace(each, manifest={**each.manifest, "run": manifest}) for each in (before, after))
    rows = compare([before, after], baseline="history").headline()
    assert set(rows["interval_holds"]) == {held} == {interval_holds(after)}


AHEAD = """\
name: ahead
title: From May 2024 on without events
period: {start: 2024-01-01, report_from: 2024-05-01, end: 2025-07-31}
run: {replicates: 2, seed: 5, people_per_agent: 2000}
"""
GATED = """\
name: gated
title: Panama turns half back
extends: ahead
interventions:
  - {id: half-turned-back, lever: panama.darien_gate, start: 2024-06-10, to: 0.5, source: a test}
"""


def test_run_batch_page_and_report_say_the_same_of_months_past_the_data(run_command, tmp_path):
    for name, text in (("ahead", AHEAD), ("gated", GATED)):
        (tmp_path / f"{name}.yaml").write_text(text)
    gated, run, batch = tmp_path / "gated.yaml", tmp_path / "run", tmp_path / "batch"
    code, said, problems = run_command("run", gated, "--out", run, "--workers", "1")
    assert (code, problems) == (0, "")
    assert "gated against ahead, 2 pairs; intervals hold chance alone" in said
    assert run_command("batch", gated, "--out", batch, "--workers", "1")[0] == 0
    names = sorted(path.name for path in (run / "gated").glob("projection*"))
    assert names == [f"projection{level}.csv" for level in ("", "_by_nationality", "_by_party", "_by_place")]
    results = [corridor.Results.read(run / name) for name in ("ahead", "gated")]
    page = Outcome(results[1], results[0]).files()
    for name in names:
        content = (run / "gated" / name).read_bytes()
        assert content == (batch / "gated" / name).read_bytes() == page[name]
    assert "equal, every byte" in run_command("reproduce", run / "gated", "--workers", "1")[1]

    told = corridor.make_report(results).decode()
    assert "80% of pairs, chance alone" in told
    assert (
        "After 2024-06, the last month published, bands hold demand, chance, error, and not parameters."
        in told
    )
    assert "bands hold demand, chance, and not parameters nor error." in told
    assert "After 2025-06 nothing is claimed, and there is no band." in told
    assert "not claimed" not in told and "not claimed" in corridor.make_report(results[:1]).decode()


def test_a_projection_that_somebody_changed_is_not_read(past, tmp_path):
    write_files(tmp_path, corridor.result_files(past))
    assert corridor.Results.read(tmp_path).cells == past.cells
    (tmp_path / "projection.csv").write_text("mine\n")
    with pytest.raises(corridor.InputError, match="has changed since Corridor wrote it"):
        corridor.Results.read(tmp_path)


def test_the_terminal_says_so_where_parameters_are_drawn(run_command, scenario_folder, tmp_path):
    words = ("run", scenario_folder / "gate.yaml", "--draws", "1", "--replicates", "1", "--workers", "1")
    code, said, _ = run_command(*words, "--people-per-agent", "1000", "--out", tmp_path / "out")
    assert (code, "intervals hold chance and parameters" in said) == (0, True)
    assert not list((tmp_path / "out" / "gate").glob("projection*"))
    assert "chance + parameters" in (tmp_path / "out" / "headline_by_place.csv").read_text()


def test_the_page_offers_a_projection_of_a_run_that_goes_past_the_data_alone(past, make_results):
    assert "projection.csv" in offered(Outcome(past, None))
    assert "projection.csv" not in offered(Outcome(make_results(), None))
