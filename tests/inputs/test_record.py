"""Records: history-2023 keeps what was known at the end of 2023, whatever is fitted or decided later."""

from datetime import date

import numpy as np
import pytest

from corridor import run_ensemble
from corridor.experiments.estimation.priors import DEMAND, STOP_CHANCE, load_declared
from corridor.foundations.errors import InputError
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.compiling.projection import demand_known_to
from corridor.inputs.parameters import parameter_set
from corridor.inputs.parameters.parameter_set import ParameterSet, load_parameters
from corridor.inputs.parameters.records import recorded_values
from corridor.inputs.reading.data_files import record_names
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.scenario_files import load_scenario, parse_scenario
from studies.route_pull import PULLS as ROUTE_PULLS
from studies.sector_pull import PULL

RECORD = "history-2023"
END = date(2023, 12, 31)


def test_no_event_of_2024_is_in_the_record_and_every_one_before_is():
    ours, history = load_scenario(RECORD).entries(), load_scenario("history").entries()
    later = {id for id, entry in history.items() if (entry.start or min(entry.values)) > END}
    assert later and set(ours) == set(history) - later


def test_no_lever_of_the_record_moves_after_its_end():
    longer = parse_scenario(f"name: longer\nextends: {RECORD}\nperiod: {{end: 2025-12-31}}")
    resolved = resolve(longer)
    last = resolved.timeline.day_of(END)
    for name, path in resolved.levers.items():
        assert (path.values[last:] == path.values[last]).all(), name
    assert not [shock for shock in resolved.shocks if shock.start_day > last]


def test_the_record_ends_with_2023_and_its_demand_too():
    scenario = load_scenario(RECORD)
    assert scenario.timeline.end == END
    assert demand_known_to(load_parameters(resolve(scenario).overrides)) == END
    assert demand_known_to(load_parameters()) == load_scenario("history").timeline.end


def test_the_record_holds_everything_that_a_fit_moves_and_all_that_goes_on_after_it():
    moved = {DEMAND, STOP_CHANCE, PULL, *ROUTE_PULLS, *(rate.id for rate in load_declared().rates)}
    end = END.toordinal()
    goes_on = {
        id
        for id, parameter in load_parameters().items()
        if any(day > end for knots in parameter.knots.values() for day, _ in knots)
    }
    assert set(recorded_values(RECORD)) == moved | goes_on


def test_no_value_of_the_record_is_dated_after_its_end():
    at_end = load_parameters(recorded_values(RECORD))
    for id in set(recorded_values(RECORD)) - {DEMAND}:  # whose last knot is of the day after
        for knots in at_end[id].knots.values():
            assert all(day <= END.toordinal() for day, _ in knots), id


def test_what_extends_the_record_takes_its_parameters_and_may_override_them():
    overrides = "overrides: {crossing_rate: 0.5}"
    resolved = resolve(parse_scenario(f"name: mine\nextends: outlook-2024\n{overrides}"))
    assert resolved.overrides[DEMAND] == recorded_values(RECORD)[DEMAND]
    assert resolved.overrides["crossing_rate"] == 0.5
    assert resolve(load_scenario("outlook-2024-h2")).overrides == {}


def test_a_scenario_with_a_record_is_compared_with_nothing_unless_that_is_named():
    assert load_scenario(RECORD).baseline_name is None
    assert load_scenario("outlook-2024").baseline_name == RECORD
    named = parse_scenario(f"name: mine\nextends: history\nbaseline: history\nparameters: {RECORD}")
    assert named.baseline_name == "history"
    assert resolve(named).diverges_on == 0


def test_another_fit_leaves_the_run_of_the_record_as_it_was(monkeypatch):
    def run(name):
        return run_ensemble(name, replicates=1, people_per_agent=2000, workers=1)

    before, history = run(RECORD), run("history")
    packaged = load_parameters()
    refitted = packaged.with_values({DEMAND: 50.0, "crossing_rate": 0.9, "belief_origin_days": 20.0})
    monkeypatch.setattr(parameter_set, "_packaged", lambda text: refitted)
    assert np.array_equal(run(RECORD).values, before.values, equal_nan=True)
    assert not np.array_equal(run("history").values, history.values, equal_nan=True)


def test_a_nationality_that_the_record_does_not_know_has_nobody_beside_its_other(monkeypatch):
    demand = recorded_values(RECORD)[DEMAND]
    assert set(demand) == set(NATIONALITIES)
    from corridor.inputs.parameters import records

    known = {nation: knots for nation, knots in demand.items() if nation != "Peru"}
    monkeypatch.setattr(records, "read_data_file", lambda file: {"values": {DEMAND: known}})
    recorded_values.cache_clear()
    try:
        assert recorded_values(RECORD)[DEMAND]["Peru"] == load_parameters()[DEMAND].bounds_of("Peru")[0]
    finally:
        recorded_values.cache_clear()


def test_a_record_that_names_a_parameter_which_is_gone_says_so(monkeypatch):
    packaged = load_parameters()
    without = ParameterSet({id: each for id, each in packaged.items() if id != "rush_strength"})
    monkeypatch.setattr(parameter_set, "_packaged", lambda text: without)
    recorded_values.cache_clear()
    try:
        with pytest.raises(InputError, match=r"records/history-2023\.yaml.*no parameter 'rush_strength'"):
            recorded_values(RECORD)
    finally:
        recorded_values.cache_clear()


def test_an_unknown_record_is_refused_at_its_place():
    with pytest.raises(
        InputError, match=r":3:13: no record of parameters 'history-2032'; did you mean 'history-2023'"
    ):
        parse_scenario("name: mine\nextends: history\nparameters: history-2032")
    assert record_names() == [RECORD]
