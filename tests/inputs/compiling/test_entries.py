"""Entries as they were counted: people begin where a route is counted, as many as were published."""

import numpy as np
import pytest

from corridor.foundations.errors import InputError
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.registries.observed import observed_rows
from corridor.outputs.rows import Cell
from tests.small_runs import drivers_of, simulation_of

PEOPLE = 200


def test_entries_are_those_published_and_other_routes_stay_modelled():
    drivers = drivers_of("entries: observed")
    route = [each.id for each in drivers.geography.routes].index("darien")
    nation = NATIONALITIES.index("Venezuela")
    in_december = drivers.timeline.calendar_month == 12
    year = np.array([drivers.timeline.date_of(day).year == 2022 for day in range(drivers.timeline.days)])
    published = next(
        row[5] for row in observed_rows() if row[:4] == ("darien_entries", "2022-12", "all", "Venezuela")
    )
    assert drivers.entries[in_december & year, nation, route].sum() == pytest.approx(published)
    # Who comes by Ecuador or Brazil is counted in the same jungle: the first of the three routes carries all.
    together = {"darien", "ecuador_air", "brazil_air"}
    counted = ~np.isnan(drivers.entries[0, nation])
    assert {each.id for each, told in zip(drivers.geography.routes, counted, strict=True) if told} == together
    for number, each in enumerate(drivers.geography.routes):
        entries = drivers.entries[:, :, number]
        if not each.parameter:
            continue  # dated arrivals: test_arrivals
        if each.id not in together:
            assert np.isnan(entries).all()
        elif number != route:
            np.testing.assert_array_equal(np.isnan(entries), np.isnan(drivers.entries[:, :, route]))
            assert not np.nan_to_num(entries).any()
    assert np.isnan(drivers.entries[:, NATIONALITIES.index("Mexico")]).all()


def test_a_run_from_observed_entries_enters_as_many_as_were_counted_and_a_usual_one_does_not_change():
    simulation = simulation_of("entries: observed", PEOPLE)
    simulation.run()
    rows = {cell: row for row, cell in enumerate(simulation.recorder.map.cells.rows())}
    row = rows[Cell("darien_entries", "all", "Venezuela", "all")]
    at = {period: place for place, period in enumerate(simulation.recorder.periods)}
    published = {r[1]: r[5] for r in observed_rows() if r[0] == "darien_entries" and r[3] == "Venezuela"}
    months = [month for month in published if month in at and month >= "2022-01"]
    made = np.array([simulation.recorder.values[at[month]][row] for month in months])
    told = np.array([published[month] for month in months], dtype=float)
    assert np.abs(made - told).sum() / told.sum() < 0.15  # the chance of so few simulated parties
    usual = drivers_of("")
    begun = {
        each.id for each, at in zip(usual.geography.routes, usual.entries.T, strict=True) if (at >= 0.0).any()
    }
    assert begun == {"tijuana_air"}, "dated arrivals alone"


def test_a_day_beyond_what_was_published_is_refused():
    with pytest.raises(InputError, match="was published to 20"):
        drivers_of("entries: observed\nperiod: {end: 2024-08-31}")


def test_a_scenario_inherits_where_its_people_begin_and_differs_from_the_first_day():
    assert drivers_of("entries: observed").diverges_on == 0
    assert drivers_of("entries: modelled").diverges_on > 0
