"""Every number of a recording against the second account of the same run."""

import math

import pytest

from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.scenarios.scenario_files import parse_scenario
from tests.recount.account import Account, periods_of
from tests.recount.diary import keep_diary

# A year and a half in which everything that is counted happens, and neither the first nor the last month is whole.
EVERYTHING = """
name: everything
title: A year and a half of everything
period: {start: 2020-07-01, report_from: 2020-10-13, end: 2021-12-19}
run: {replicates: 1, seed: 1}
overrides:
  death_crossing: 0.0008
  death_hiding: 0.002
  appointment_interest: {value: {China: 40, India: 40, Peru: 40, West Africa: 40}}
interventions:
  - {id: a, lever: us.mpp_share, start: 2020-08-01, to: 0.3}
  - {id: b, lever: us.title_42, start: 2021-03-01, end: 2021-11-30, to: 1}
  - {id: b2, lever: us.title_42_share, start: 2021-03-01, to: 0.4}
  - {id: b3, lever: guatemala.expulsions_share, start: 2020-09-15, to: 0.1}
  - {id: c, lever: us.lateral_flights_daily, start: 2020-10-01, to: 8}
  - {id: d, lever: us.processing_daily, start: 2020-12-01, end: 2021-03-01, to: 100}
  - {id: e, lever: panama.deportee_acceptance_monthly, start: 2020-12-01, to: 5000}
  - {id: f, lever: dominican_republic.deportee_acceptance_monthly, start: 2021-01-01, to: 3000}
  - {id: g, lever: mexico.return_acceptance_monthly, start: 2020-12-01, to: 1000}
  - {id: h, lever: mexico.return_acceptance_monthly, for: [Cuba, Haiti, Nicaragua], pooled: true, start: 2021-04-11,
     to: 6000}
  - {id: i, lever: us.cbp_one_daily, start: 2020-11-01, to: 900}
  - {id: j, lever: mexico.transfers_south_daily, start: 2020-12-01, to: 300}
  - {id: k, lever: mexico.enforcement_funding, start: 2021-03-01, to: 0.4}
  - {id: l, lever: panama.darien_gate, start: 2020-11-01, end: 2021-06-01, to: 0.2}
  - {id: m, lever: us.crossings_closed, for: [eagle_pass_rail, lukeville], start: 2021-05-29, end: 2021-06-03, to: 1}
  - {id: n, lever: us.parole_monthly_cap, for: [Cuba, Haiti], pooled: true, start: 2021-02-10, to: 9000}
  - {id: o, lever: us.parole_monthly_cap, for: Venezuela, start: 2021-02-10, to: 5000}
  - {id: p, lever: us.parole_cap_total, for: [Cuba, Haiti, Venezuela], start: 2021-02-10, to: 100000}
  - {id: q, lever: us.removal_flights_weekly, start: 2020-09-01, to: 12}
  - {id: r, lever: mexico.shelter_places, for: tijuana, start: 2021-03-17, to: 12000}
  - {id: rp, lever: us.patrols, for: [tucson_sector, laredo_sector], start: 2021-02-03, to: 2.5}
  - {id: r2, lever: us.transfer_to_mexico, start: 2021-02-01, to: 1000000}
  - {id: r3, lever: us.worker_visas_monthly, for: Guatemala, start: 2021-02-01, to: 100}
  - {id: r4, lever: guatemala.worker_programme, start: 2021-02-01, to: 50}
  - {id: r5, lever: us.aid_origin, for: Honduras, start: 2021-02-01, to: 2}
  - {id: r6, lever: mexico.deportation_flights_weekly, for: [Honduras, Venezuela], start: 2020-11-01, to: 0.5}
  - {id: r7, lever: panama.deportation_flights_weekly, for: [Colombia, Venezuela], start: 2020-11-01, to: 0.5}
  - {id: r8, lever: us.sanctions_relief, start: 2021-02-01, to: 0.3}
shocks:
  - {id: s, kind: caravan, start: 2020-11-05, size: 9000, place: tapachula}
  - {id: t, kind: group_arrival, start: 2021-01-05, size: 7000, place: ciudad_juarez}
  - {id: u, kind: opinion, start: 2021-02-01, end: 2021-05-01, size: 0.5, for: us}
  - {id: v, kind: demand, start: 2020-07-02, size: 10, for: [China, India, West Africa]}
  - {id: w, kind: demand, start: 2020-07-02, size: 10, for: [China, India, West Africa, Peru]}
  - {id: x, kind: demand, start: 2020-07-02, size: 5, for: West Africa}
"""
OF_ALL_KINDS = (
    "public_cost_usd",
    "encounters_usbp",
    "encounters_ofo",
    "custody",
    "satisfaction",
    "shelter_overflow",
)
HISTORY = "name: history-again\ntitle: History once more\nextends: history\n"
FEW = """
name: few
extends: history
period: {end: 2022-03-31}
remove: [ukrainians-2022-03, ukrainians-2022-04]
shocks: [{id: few, kind: demand, start: 2020-07-01, size: 0.0005}]
"""
BARGAINING = """
name: bargaining
extends: history
period: {end: 2022-09-30}
diplomacy: {mode: negotiated, from: 2021-08-01}
"""


def drivers_of_text(text, people_per_agent, *, daily=False):
    policy = resolve(parse_scenario(text))
    parameters = load_parameters(policy.overrides)
    return compile_drivers(policy, parameters, people_per_agent=people_per_agent, daily=daily)


def same(recorded: float, counted: float) -> bool:
    """Equal: whole numbers and what is undefined as they are, others to nine digits."""
    if math.isnan(recorded) or math.isnan(counted):
        return math.isnan(recorded) and math.isnan(counted)
    return math.isclose(recorded, counted, rel_tol=1e-9, abs_tol=1e-9)


def differences(recording, account, drivers) -> list[str]:
    """Every cell of every period that the two accounts have otherwise, or that only one of them has."""
    recorded_cells = list(recording.cells.rows())
    whole = {name for name, entry in INDICATORS.items() if entry.unit == "people" and entry.kind == "flow"}
    whole -= {"parole_arrivals", "returns_pledged"}
    found = []
    for period, days in periods_of(drivers).items():
        row = recording.values[recording.periods.index(period)]
        counted = account.of_period(days)
        if len(period) == len("2023-01-01"):  # different people are not told by the day
            counted |= {cell: math.nan for cell in recorded_cells if cell[0] == "unique_people"}
        for cell, recorded in zip(recorded_cells, row.tolist(), strict=True):
            mine = counted.pop(cell, 0.0)
            equal = recorded == mine if cell[0] in whole else same(recorded, mine)
            if not equal:
                found.append(f"{period} {' '.join(cell)}: recorded {recorded!r}, counted {mine!r}")
        found += [
            f"{period} {' '.join(cell)}: not recorded, counted {n!r}" for cell, n in counted.items() if n
        ]
    return found


def check(recording, diary, simulation) -> Account:
    drivers = simulation.drivers
    account = Account(diary, drivers)
    assert list(recording.periods) == list(periods_of(drivers))
    wrong = differences(recording, account, drivers)
    assert not wrong, f"{len(wrong)} cells, such as\n" + "\n".join(wrong[:40])
    return account


@pytest.fixture(scope="module")
def everything():
    with pytest.MonkeyPatch.context() as patched:
        return keep_diary(drivers_of_text(EVERYTHING, 400), patched)


def test_every_cell_of_a_run_in_which_everything_happens_is_what_a_second_account_counts(everything):
    recording = everything[0]
    account = check(*everything)
    periods = periods_of(everything[2].drivers)
    years = [account.of_period(days) for name, days in periods.items() if len(name) != len("2020-10")]
    proved = {cell for cell in recording.cells.rows() if any(year.get(cell) for year in years)}
    never = [cell for cell in recording.cells.rows() if cell[1:] == ("all",) * 3 and cell not in proved]
    never += [
        cell
        for cell in recording.cells.rows()
        if cell[0] in OF_ALL_KINDS and cell not in proved and cell[1:].count("all") >= 2  # others are thin
    ]
    crossed = {cell[0] for cell in proved if cell[1:].count("all") < 2}
    assert crossed == {name for name, indicator in INDICATORS.items() if indicator.crossings}
    assert not never, "an account of nothing proves nothing"


def test_every_cell_of_history_is_what_a_second_account_counts(monkeypatch):
    check(*keep_diary(drivers_of_text(HISTORY, 1000), monkeypatch, seed=5))


def test_every_cell_is_what_a_second_account_counts_where_each_person_stands_for_one(monkeypatch):
    recording, diary, simulation = keep_diary(drivers_of_text(FEW, 1), monkeypatch)
    check(recording, diary, simulation)
    departures = recording.values[:, list(recording.cells.indicator).index("departures")]
    assert 0 < departures.max() < 3_000


def test_every_cell_of_every_day_is_what_a_second_account_counts(monkeypatch):
    body = EVERYTHING.replace("2020-10-13", "2021-02-21")
    check(*keep_diary(drivers_of_text(body, 1000, daily=True), monkeypatch))


def test_every_cell_is_what_a_second_account_counts_where_governments_bargain(monkeypatch):
    recording, diary, simulation = keep_diary(drivers_of_text(BARGAINING, 2000), monkeypatch)
    assert any(entry.outcome == "agreed" for entry in recording.deals)
    check(recording, diary, simulation)


def test_institutions_are_told_each_week_what_happened_in_it(everything):
    _, diary, simulation = everything
    account = Account(diary, simulation.drivers)
    assert len(diary.briefed) > 70
    for day, told in diary.briefed.items():
        if day == 0:
            continue
        counted = account.briefing(day)
        for name, value in counted.items():
            assert told[name] == pytest.approx(value, rel=1e-9), f"{name} on day {day}"
    assert any(told["unsponsored"] > 0 for told in diary.briefed.values())
