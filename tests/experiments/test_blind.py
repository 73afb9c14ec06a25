"""Blind records: every score by hand, every change found, and the model never run."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import corridor
from corridor.experiments.blind import freezing, record
from corridor.experiments.blind.record import COLUMNS, FILES, MANIFEST, QUANTILES, RECORD, SCENARIO
from corridor.experiments.blind.scoring import crps_of_quantiles
from corridor.experiments.estimation.priors import DAMPING
from corridor.foundations.errors import InputError, RunError
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.files import write_files
from corridor.outputs.manifest import manifest_bytes
from corridor.outputs.observations import observed_values
from corridor.outputs.rows import ALL, Cell
from studies import freeze_blind
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "blind.md"
EARLIER = "0.1.0"
BAND = (60.0, 70.0, 90.0, 100.0, 110.0, 130.0, 140.0)
HEAD = "indicator,period,nationality,value\n"
CAME = (
    HEAD
    + "encounters_usbp,2030-01,all,120\nencounters_usbp,2030-02,all,80\nencounters_usbp,2030-03,all,200\n"
    + "encounters_ofo,2030-01,all,30\nencounters_usbp,2030-01,Cuba,0\nhonduras_entries,2030-01,all,5\n"
)


def row(
    indicator, period, claimed="yes", nationality=ALL, mean=100.0, last_month=90.0, last_year=float("nan")
):
    return (indicator, ALL, nationality, ALL, period, claimed, mean, *BAND, last_month, last_year)


ROWS = [
    row("encounters", "2030-01"),
    row("encounters_usbp", "2030-01"),
    row("encounters_usbp", "2030-02", last_year=50.0),
    row("encounters_usbp", "2030-03", claimed="no", last_year=200.0),
    row("encounters_ofo", "2030-01", last_year=30.0),
    row("encounters_usbp", "2030-01", nationality="Cuba"),
    row("darien_entries", "2030-01"),
]


def files_of(rows=ROWS):
    return freezing.record_files(
        "9.9.9",
        pd.DataFrame(rows, columns=list(COLUMNS)),
        scenario="short",
        text="name: short\n",
        known_to="2029-12",
        claimed_to="2030-02",
        contents=freezing.Contents(chance="two replicates"),
        run={"run": {"seed": 1}},
        error={},
    )


@pytest.fixture
def frozen(tmp_path, monkeypatch):
    """A current folder with a frozen record and what came."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path / "frozen", files_of())
    (tmp_path / "came.csv").write_text(CAME)
    return tmp_path / "frozen"


def scored(frozen, observed="came.csv"):
    found = corridor.score_blind(corridor.read_blind_record(frozen), corridor.import_observed(observed))
    table = found.scores.set_index(["indicator", "nationality", "claimed"])
    return found, table


# --- scores ----------------------------------------------------------------------------------------------------------


def test_errors_of_the_record_and_of_its_opponents(frozen):
    _, table = scored(frozen)
    between = table.loc["encounters_usbp", "all", "yes"]
    assert (between["months"], between["first"], between["last"]) == (2, "2030-01", "2030-02")
    assert (between["observed"], between["projected"]) == (200, 200)
    assert between["bias"] == 0 and between["wape"] == pytest.approx((20 + 20) / 200)
    assert between["wape_last_month"] == pytest.approx((30 + 10) / 200)
    assert between["bias_last_month"] == pytest.approx(180 / 200 - 1)
    assert np.isnan(between["wape_last_year"]), "one of its months had not been published"
    assert table.loc["encounters_ofo", "all", "yes"]["wape_last_year"] == 0


def test_months_of_which_nothing_is_claimed_are_scored_apart(frozen):
    _, table = scored(frozen)
    later = table.loc["encounters_usbp", "all", "no"]
    assert (later["months"], later["wape"], later["in_80"], later["wape_last_year"]) == (1, 0.5, 0, 0)


def test_encounters_are_the_sum_of_both_kinds_where_both_came(frozen):
    _, table = scored(frozen)
    whole = table.loc["encounters", "all", "yes"]
    assert (whole["months"], whole["observed"]) == (1, 150)
    assert whole["wape"] == pytest.approx(50 / 150, abs=1e-6)


def test_the_band_of_80_percent_holds_the_months_between_its_ends(frozen):
    found, table = scored(frozen)
    assert table.loc["encounters_usbp", "all", "yes"]["in_80"] == 2  # 120 and 80 lie in 70 to 130
    assert table.loc["encounters", "all", "yes"]["in_80"] == 0  # 150 does not
    assert table.loc["encounters_ofo", "all", "yes"]["in_80"] == 0  # nor does 30
    months = found.months.set_index(["indicator", "nationality", "period"])
    assert months.loc["encounters_usbp", "all", "2030-02"]["in_80"] == "yes"


def test_where_nothing_was_observed_there_is_no_relative_error(frozen):
    _, table = scored(frozen)
    cuba = table.loc["encounters_usbp", "Cuba", "yes"]
    assert np.isnan(cuba["wape"]) and cuba["crps"] > 0


def test_what_was_not_scored_is_told(frozen):
    found, _ = scored(frozen)
    assert "the record does not hold honduras_entries" in found.notes


def test_crps_by_hand():
    """Two pinball losses a level, weighted by the levels that are nearest to it."""
    seen = 120.0
    weights = (0.075, 0.1, 0.2, 0.25, 0.2, 0.1, 0.075)
    levels = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
    expected = sum(
        2 * weight * (level * (seen - value) if seen >= value else (1 - level) * (value - seen))
        for weight, level, value in zip(weights, levels, BAND, strict=True)
    )
    assert crps_of_quantiles(np.array(BAND)[:, None], np.array([seen])) == pytest.approx(expected)


@pytest.mark.parametrize("seen", [40.0, 100.0, 170.0])
def test_crps_without_a_band_is_the_absolute_error(seen):
    assert crps_of_quantiles(np.full((7, 1), 100.0), np.array([seen])) == pytest.approx(abs(seen - 100))


# --- what is frozen stays frozen -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_changed_is_named(frozen, name):
    (frozen / name).write_bytes((frozen / name).read_bytes() + b"\n")
    with pytest.raises(
        InputError, match=f"{name}: has changed since the record was frozen: its hash is"
    ) as caught:
        corridor.read_blind_record(frozen)
    assert len(caught.value.problems) == 1


def test_a_manifest_that_was_changed_to_fit_is_found(frozen):
    changed = (frozen / RECORD).read_bytes().replace(b"100.0", b"101.0")
    (frozen / RECORD).write_bytes(changed)
    manifest = json.loads((frozen / MANIFEST).read_text())
    again = json.loads(manifest_bytes(manifest, {**files_of(), RECORD: changed}))
    manifest["files"][RECORD] = again["files"][RECORD]
    (frozen / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(InputError, match=r"manifest.json: has changed since the record was frozen"):
        corridor.read_blind_record(frozen)


def test_a_missing_file_is_named(frozen):
    (frozen / SCENARIO).unlink()
    with pytest.raises(InputError, match=r"scenario.yaml: cannot be read: No such file"):
        corridor.read_blind_record(frozen)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("2030-02", "2030-13", "record.csv:4:29: period: expected a month such as 2024-07, not '2030-13'"),
        (",no,", ",maybe,", "record.csv:5:37: claimed: expected yes or no, not 'maybe'"),
        ("100.0,60.0", "-1.0,60.0", "record.csv:2:36: mean: expected a number, 0 or more, not '-1.0'"),
        ("60.0,70.0", "60.0,50.0", "q10: is less than the quantile before it"),
        ("q05,q10", "q5,q10", "record.csv:1:1: expected the columns indicator,place,"),
        (",90.0,\n", "\n", f"record.csv:2:1: expected {len(COLUMNS)} fields, not {len(COLUMNS) - 2}"),
        ("2030-02", "2030-01", "record.csv:4:1: indicator: this series and month has a row above"),
    ],
)
def test_what_is_wrong_in_a_record_has_a_line(tmp_path, old, new, says):
    files = files_of()
    text = files[RECORD].decode()
    assert old in text
    files[RECORD] = text.replace(old, new, 1).encode()
    described = json.loads(files[MANIFEST])
    kept = {name: value for name, value in described.items() if name not in ("files", "whole")}
    files[MANIFEST] = manifest_bytes(kept, {name: files[name] for name in FILES})
    write_files(tmp_path, files)
    with pytest.raises(InputError) as caught:
        corridor.read_blind_record(tmp_path)
    assert says in str(caught.value)


def test_the_same_numbers_give_the_same_bytes():
    assert files_of() == files_of()


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_shows_failures_first_and_writes_scores(run_command, frozen):
    code, shown, said = run_command("blind", frozen, "came.csv", "--out", "scores/blind.csv")
    assert code == 0
    seal = json.loads((frozen / MANIFEST).read_text())["whole"]
    lines = shown.splitlines()
    assert lines[:2] == ["record 9.9.9, scenario short, known to 2029-12", f"hash {seal}"]
    assert lines[3] == (
        "months of which it claims a level: no better than the better opponent in 2 of 3 series; "
        "the 80% band held 2 of 5 months"
    )
    assert "months of which it claims nothing" in shown and "does not hold honduras_entries" in said
    with Path("scores/blind.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["indicator"] for row in rows[:2]] == ["encounters", "encounters_usbp"]
    assert (
        Path("scores/blind-months.csv")
        .read_text()
        .startswith("record,indicator,place,nationality,party,period,")
    )
    first = Path("scores/blind.csv").read_bytes()
    run_command("blind", frozen, "came.csv", "--out", "scores/blind.csv")
    assert Path("scores/blind.csv").read_bytes() == first


def test_the_command_as_one_document(run_command, frozen):
    code, shown, said = run_command("blind", frozen, "came.csv", "--json")
    found = json.loads(shown)
    assert (code, said, found["command"]) == (0, "", "blind")
    assert (
        found["record"]["known_to"] == "2029-12" and len(found["scores"]) == 5 and len(found["months"]) == 6
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("frozen", "other.csv"),
            "other.csv: has no month of a series in common with the record 9.9.9: the record",
        ),
        (("frozen", "wrong.csv"), "wrong.csv:2:1: indicator: 'encounter_usbp' is no indicator; did you mean"),
        (("frozen", "nothing.csv"), "nothing.csv: cannot be read: No such file or directory"),
        (
            ("0.1.1", "came.csv"),
            "RECORD: no blind record '0.1.1'; expected a folder that holds manifest.json, or one",
        ),
        (("0.1.1", "came.csv"), "did you mean '0.1.0'?"),
        (("empty", "came.csv"), "empty/manifest.json: cannot be read: No such file or directory"),
        (("frozen", "came.csv", "--out", "empty"), "--out: empty is a folder; scores are one file"),
    ],
)
def test_bad_input_ends_with_2_and_writes_nothing(run_command, frozen, words, says):
    Path("other.csv").write_text(HEAD + "darien_entries,2031-01,all,5\n")
    Path("wrong.csv").write_text(HEAD + "encounter_usbp,2030-01,all,5\n")
    Path("empty").mkdir()
    before = sorted(Path().iterdir())
    code, shown, said = run_command("blind", *words)
    assert (code, shown) == (2, "") and says in said
    assert sorted(Path().iterdir()) == before


def test_a_changed_record_ends_with_2(run_command, frozen):
    (frozen / RECORD).write_bytes((frozen / RECORD).read_bytes().replace(b"140.0", b"150.0"))
    code, shown, said = run_command("blind", frozen, "came.csv")
    assert (code, shown) == (2, "") and "record.csv: has changed since the record was frozen" in said


def test_the_model_is_never_run(frozen):
    code = (
        "import sys, corridor.cli\n"
        "try: corridor.cli.main(['blind', 'frozen', 'came.csv'])\n"
        "except SystemExit as end: assert not end.code\n"
        "print([n for n in sys.modules if n.startswith('corridor.engine') or n in ('numba', 'mesa')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


# --- making one ------------------------------------------------------------------------------------------------------


def test_members_are_spread_as_far_as_the_protocol_erred_and_no_further():
    same = np.full((4, 2), 10_000.0)
    wide = freezing.spread_members(same, np.array([0.3, 0.0]))
    assert np.log(wide[:, 0] + DAMPING).std() == pytest.approx(0.3, rel=0.1)
    assert wide[:, 1] == pytest.approx(10_000)
    assert np.median(wide[:, 0]) == pytest.approx(10_000)
    apart = np.array([[2_000.0], [50_000.0]])
    assert np.allclose(np.unique(freezing.spread_members(apart, np.array([0.1]))), [2_000, 50_000])


def test_the_error_is_that_of_the_hindcast_and_is_held_beyond_it():
    horizons = corridor.load_skill()["horizons"]
    error = freezing.protocol_error(Cell("encounters"), np.array([1.0, 12.0, 24.0]))
    normal = np.sqrt(np.pi / 2)
    assert error[0] == pytest.approx(horizons["1"]["mape_announced"] * normal)
    assert error[1] == error[2] == pytest.approx(horizons["12"]["mape_announced"] * normal)
    assert freezing.protocol_error(Cell("darien_entries"), np.array([1.0]))[0] == pytest.approx(0.30)


def test_opponents_are_the_last_month_and_the_same_month_of_the_last_known_year():
    usbp, ofo = (
        corridor.observed_values([Cell(each)], ["2024-01", "2024-06", "2023-07"])[:, 0]
        for each in ("encounters_usbp", "encounters_ofo")
    )
    held, same = freezing.opponents(Cell("encounters"), ["2024-07", "2025-01", "2025-07"], "2024-06")
    assert held == usbp[1] + ofo[1]
    assert list(same) == [usbp[2] + ofo[2], usbp[0] + ofo[0], usbp[2] + ofo[2]]


def test_a_table_marks_what_is_not_claimed():
    members = {Cell("encounters_usbp"): np.arange(20.0).reshape(10, 2) * 1_000}
    months = ["2025-06", "2025-07"]
    table = freezing.record_table(members, months, "2024-06", 12, spread_by_error=True)
    assert list(table["claimed"]) == ["yes", "no"]
    assert list(table["mean"]) == [9_000, 10_000]
    assert (np.diff(table[list(QUANTILES)].to_numpy(), axis=1) >= 0).all()


def test_a_projection_is_frozen_and_read_back(tmp_path, monkeypatch):
    monkeypatch.setattr(freezing, "accepted_count", lambda: 1)
    asked = {"replicates": 1, "people_per_agent": 2000, "workers": 1}
    write_files(tmp_path, freezing.freeze("outlook-2024-h2", "9.9.9", **asked))
    found = corridor.read_blind_record(tmp_path)
    assert (found.name, found.periods[0], found.periods[-1]) == ("9.9.9", "2024-07", "2024-12")
    assert found.manifest["run"]["run"]["draws"] == 2 and found.manifest["claimed_to"] == "2025-06"
    table = found.table[(found.table[["place", "nationality", "party"]] == ALL).all(axis=1)]
    mean = table.pivot(index="period", columns="indicator", values="mean")
    assert np.allclose(mean["encounters"], mean["encounters_usbp"] + mean["encounters_ofo"], atol=0.2)
    with pytest.raises(
        RunError, match="history ends with what is known, 2024-06: there is nothing to freeze"
    ):
        freezing.freeze("history", "9.9.9", **asked)


def test_a_frozen_record_is_not_replaced_unless_asked(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["freeze_blind"])
    if corridor.__version__ not in corridor.blind_names():
        pytest.skip("nothing is frozen for this version yet")
    with pytest.raises(SystemExit):
        freeze_blind.main()
    assert f"{corridor.__version__} is frozen; --again replaces it" in capsys.readouterr().err


def test_the_hash_of_a_record_is_put_into_its_row_alone():
    page = f"| 0.1.0 | a | `{'1' * 64}` |\n| 0.2.0 | b | `{'2' * 64}` |\n"
    changed = freeze_blind.with_hash(page, "0.2.0", "f" * 64)
    assert changed == page.replace("2" * 64, "f" * 64)


# --- what is in the repository ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", corridor.blind_names())
def test_shipped_records_are_as_they_were_frozen_and_the_page_says_their_hash(name):
    found = corridor.read_blind_record(name)
    assert found.name == name
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith(f"| {name} |")]
    assert any(re.search(rf"`{found.seal}`", line) for line in rows)
    months = pd.period_range(found.periods[0], found.periods[-1], freq="M").astype(str)
    assert list(found.periods) == list(months), "month by month, none left out"
    series = found.table.groupby(["indicator", "place", "nationality", "party"]).size()
    assert (series == len(months)).all()


def test_the_record_of_this_version_is_of_the_scenario_as_it_resolves():
    name = corridor.__version__
    if name not in corridor.blind_names():
        pytest.skip("nothing is frozen for this version yet")
    found = corridor.read_blind_record(name)
    text = (record.blind_folder() / name / SCENARIO).read_text()
    shipped = corridor.load_scenario(found.manifest["scenario"])
    assert text == freezing.standing_alone(shipped).to_yaml(), (
        "freeze it again: python -m studies.freeze_blind --again"
    )
    alone = corridor.parse_scenario(text)
    assert alone.extends is None and alone.timeline == shipped.timeline
    one, other = resolve(alone), resolve(shipped)
    assert one.news == other.news and one.shocks == other.shocks
    assert all(np.array_equal(one.levers[id].values, other.levers[id].values) for id in one.levers)


def test_the_next_record_claims_twelve_months_and_says_what_its_bands_hold():
    found = corridor.read_blind_record("0.2.0")
    claimed = found.table[found.table["claimed"] == "yes"]["period"]
    assert (min(claimed), max(claimed)) == ("2024-07", "2025-06") == ("2024-07", found.manifest["claimed_to"])
    assert found.periods[-1] == "2026-06"
    assert all(part["in"] for part in found.manifest["contains"].values())


def test_two_years_past_the_data_no_nationality_leaves_its_range_without_a_stated_cause_and_no_total_doubles():
    """Nothing changes in the policies of the frozen projection, so nothing may run away in it."""
    below = {nation for nation in NATIONALITIES if f"\n- {nation}:" in PAGE.read_text(encoding="utf-8")}
    table = corridor.read_blind_record(corridor.__version__).table
    history = [str(month) for month in np.arange(np.datetime64("2021-01"), np.datetime64("2024-07"))]
    between = table["indicator"].eq("encounters_usbp") & table["place"].eq(ALL) & table["party"].eq(ALL)
    assert table["period"].max() == "2026-06"
    for nation in (ALL, *NATIONALITIES):
        said = table.loc[between & table["nationality"].eq(nation), "mean"]
        (seen,) = np.nan_to_num(observed_values([Cell("encounters_usbp", ALL, nation, ALL)], history)).T
        assert len(said) == 24
        if nation == ALL:
            assert said.max() < 2.0 * min(seen[-1], seen[-12:].mean())
        else:
            assert said.max() <= seen.max(), nation
            assert (said.min() < seen.min()) == (nation in below), nation


def test_the_score_of_0_1_0_is_what_its_record_gives(tmp_path):
    """And what was published of it, to two digits."""
    rows = corridor.read_observed("packaged").table()
    rows = rows[rows["period"].between("2024-01", "2024-05")]
    rows = rows[(rows[["place", "nationality", "party"]] != ALL).sum(axis=1) < 2]
    (tmp_path / "came.csv").write_text(rows.drop(columns="vintage").to_csv(index=False))
    found, _ = scored(EARLIER, tmp_path / "came.csv")
    kept = corridor.load_blind_scores()
    kept = kept[kept["record"] == EARLIER].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.scores, kept, check_dtype=False)
    page = PAGE.read_text()
    whole = kept[(kept[["place", "nationality", "party"]] == ALL).all(axis=1)].set_index("indicator")
    for indicator, figures in {
        "encounters": (0.59, 0.67, 0.14),
        "encounters_usbp": (0.89, 0.92, 0.23),
        "encounters_ofo": (0.14, 0.02, 0.43),
        "darien_entries": (1.15, 0.28, 0.26),
        "mexico_detections": (0.26, 0.20, 0.69),
        "mexico_returns": (4.30, 0.76, 1.63),
    }.items():
        found = whole.loc[indicator]
        names = ("wape", "wape_last_month", "wape_last_year")
        assert tuple(round(found[name], 2) for name in names) == figures
        model, held, year = (f"{figure:.2f}" for figure in figures)
        assert f"| {model} | {held} | {year} | {found['in_80']} of 5 |" in page
