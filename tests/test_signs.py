"""Signs that the evidence demands, through the front door on small runs."""

import numpy as np
import pytest

from corridor.engine.simulation import Simulation
from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.scenarios.scenario_files import load_scenario
from tests.small_runs import drivers_of, value_of

PEOPLE, REPLICATES = 200, 3


def total(name, indicator, period, **where):
    drivers = _drivers(name)
    if (name,) not in _runs:
        _runs[name,] = [Simulation(drivers, 1, number).run() for number in range(REPLICATES)]
    return sum(value_of(recording, indicator, period=period, **where) for recording in _runs[name,])


_runs: dict = {}


def _drivers(name):
    policy = resolve(load_scenario(name))
    return compile_drivers(policy, load_parameters(policy.overrides), people_per_agent=PEOPLE)


def test_flights_alone_barely_move_flows():
    history, daily = (
        total(name, "encounters_usbp", "2023") for name in ("history", "flight-a-day-venezuela")
    )
    assert abs(daily / history - 1.0) < 0.02


def test_decembers_cut_shows_in_returns_and_transfers():
    def change(indicator):
        return (
            total("history", indicator, "2023-12") / total("funds-last-december", indicator, "2023-12") - 1.0
        )

    assert change("mexico_returns") < -0.8
    assert change("mexico_transfers_south") < -0.5


@pytest.mark.xfail(
    strict=True,
    reason="-11%: whom nobody sends back is not stopped again, and INM counted as many in December as in November",
)
def test_decembers_cut_does_not_show_in_detections():
    with_money, without = (
        total(name, "mexico_detections", "2023-12") for name in ("funds-last-december", "history")
    )
    assert abs(without / with_money - 1.0) < 0.1


def test_a_visa_wall_diverts_more_than_it_stops():
    where = {"nationality": "Venezuela"}
    years = ("2022", "2023")

    def change(indicator):
        return sum(
            total("history", indicator, year, **where) - total("no-visa-wall", indicator, year, **where)
            for year in years
        )

    stopped, diverted = -change("departures"), change("darien_entries")
    assert diverted > 0
    assert diverted > stopped


def test_season_alone_moves_january_little():
    # In the data the usual fall from December to January is about 4 per cent; the fall of January 2024 was far larger.
    season = np.asarray(load_parameters()["season_index"].by(range(1, 13)), dtype=float)
    assert season[0] / season[11] == pytest.approx(0.96, abs=0.02)


def test_doubled_aid_lowers_departures_by_at_most_fifteen_per_cent():
    for nation in ("Guatemala", "Honduras", "El Salvador", "Nicaragua"):
        where = {"nationality": nation}
        ratio = total("aid-doubled", "departures", "2023", **where) / total(
            "history", "departures", "2023", **where
        )
        assert 0.85 <= ratio < 1.0 or nation == "Nicaragua"


def test_with_demand_held_venezuelans_stop_leave_again_and_break_through_when_places_run_out():
    """Autumn 2022 to spring 2023 by what people hear alone: observed .20, 3 times and 8 times."""
    held = ", ".join(f"{year}-{month:02}-01: 1700" for year in (2022, 2023, 2024) for month in (1, 8))
    knots = "2021-01-01: 100, 2022-01-01: 1300, " + held.split(", ", 1)[1]
    body = f"overrides: {{latent_demand: {{value: {{Venezuela: {{{knots}}}}}}}}}\nperiod: {{end: 2023-06-30}}"
    drivers = drivers_of(body, 50)  # at 1:200 chance alone can let so many in that all come
    runs = [Simulation(drivers, 1, number).run() for number in range(REPLICATES)]

    def total_of(indicator, *months):
        where = {"nationality": "Venezuela"}
        return sum(value_of(run, indicator, period=month, **where) for run in runs for month in months)

    assert total_of("encounters_usbp", "2022-11") < 0.4 * total_of("encounters_usbp", "2022-09")
    assert total_of("darien_entries", "2023-03") > 1.5 * total_of("darien_entries", "2022-12")
    assert total_of("encounters_usbp", "2023-05") > 4 * total_of("encounters_usbp", "2023-03")
